//! Taking everything along as one file, and deleting everything after a day.

use crate::support::people::{login, person};
use crate::support::report::{make_ready, report, session};
use crate::support::shown::accounts;
use crate::support::{Server, on_both, problem};
use coach_core::SessionId;
use coach_server::clock::{DAY_US, now_us};
use coach_server::jobs::retention::erase_asked;
use coach_server::objects;
use coach_server::session::questions::Family;
use coach_server::store::people::erasure;
use coach_server::store::questions::own::{self, Written};
use coach_server::store::{questions, sessions};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut found = BTreeMap::new();
    for n in 0..archive.len() {
        let mut file = archive.by_index(n).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        found.insert(file.name().unwrap().into_owned(), content);
    }
    found
}

fn question(text: &str) -> Written {
    Written { family: Family::Failure, text: text.into(), suggested_ms: 60_000, tip: String::new(), label: None }
}

#[tokio::test]
async fn everything_of_a_person_is_in_one_file_and_nothing_of_others() {
    on_both(async |db| {
        let server = Server::on(db.clone(), accounts, now_us).await;
        let (ada, ona) = (person(&db, "ada").await, person(&db, "ona").await);
        let cookie = login(&db, ada).await;
        let mut ids = Vec::new();
        for _ in 0..60 {
            ids.push(session(&db, ada).await.id);
        }
        let ready = ids[3];
        make_ready(&db, ada, ready, &report(Some(77.0))).await;
        let recording: Vec<u8> = (0..300_000u32).map(|i| (i * 7) as u8).collect();
        server.objects.put(&objects::recording_key(ready), recording.clone());
        server.objects.put(&objects::journal_key(ready), &b"a damaged journal is given as it is"[..]);
        server.objects.put(&objects::report_key(ready), &b"{}"[..]);
        server.objects.put(&objects::poster_key(ready), &b"jpeg"[..]);
        own::add(&db, ada, &question("Why a lighthouse?")).await.unwrap();
        own::add(&db, ona, &question("Of somebody else")).await.unwrap();
        let foreign = session(&db, ona).await.id;
        let answer = server.request(Method::GET, "/api/me/export").header("cookie", &cookie).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["content-type"]),
            (200, &"application/zip".parse().unwrap())
        );
        assert!(answer.headers()["content-disposition"].to_str().unwrap().contains("interview-coach.zip"));
        let bytes = answer.bytes().await.unwrap();
        let files = unpacked(&bytes);
        let of = |id: SessionId, name: &str| {
            let end = format!("-{id}/{name}");
            files.iter().find(|(path, _)| path.ends_with(&end)).map(|(_, content)| content.clone())
        };
        assert!(ids.iter().all(|&id| of(id, "session.json").is_some()), "also those on the second page of the list");
        assert_eq!(of(ready, "recording.webm").unwrap(), recording);
        assert_eq!(of(ready, "journal.jsonl.zst").unwrap(), b"a damaged journal is given as it is");
        assert_eq!(
            (of(ready, "report.json").unwrap(), of(ready, "poster.jpg").unwrap()),
            (b"{}".to_vec(), b"jpeg".to_vec())
        );
        let about: Value = serde_json::from_slice(&of(ready, "session.json").unwrap()).unwrap();
        assert_eq!((&about["session"]["scores"]["confidence"], &about["links"]), (&json!(77.0), &json!([])));
        let account: Value = serde_json::from_slice(&files["account.json"]).unwrap();
        assert_eq!((&account["name"], &account["questions"][0]["text"]), (&json!("ada"), &json!("Why a lighthouse?")));
        assert!(of(foreign, "session.json").is_none());
        assert!(files.values().all(|content| !String::from_utf8_lossy(content).contains("Of somebody else")));
        let log = server.request(Method::GET, "/api/audit").header("cookie", &cookie).send().await.unwrap();
        assert_eq!(log.json::<Value>().await.unwrap()["entries"][0]["what"], "exported");
    })
    .await;
}

#[tokio::test]
async fn one_person_takes_three_downloads_at_once_and_gets_the_place_back() {
    let server = Server::start().await;
    let places: Vec<_> = (0..3).map(|_| server.app.exports.take(server.user).unwrap()).collect();
    problem(server.get("/api/me/export").await, 429, "too-many").await;
    drop(places);
    for _ in 0..5 {
        let answer = server.get("/api/me/export").await;
        assert_eq!(answer.status(), 200);
        assert!(unpacked(&answer.bytes().await.unwrap()).contains_key("account.json"));
    }
}

#[tokio::test]
async fn everything_that_was_there_goes_a_day_after_it_was_asked_for() {
    on_both(async |db| {
        let server = Server::on(db.clone(), accounts, now_us).await;
        let (ada, ona) = (person(&db, "ada").await, person(&db, "ona").await);
        let cookie = login(&db, ada).await;
        let ask = async |method: Method, path: &str| {
            server.request(method, path).header("cookie", &cookie).send().await.unwrap()
        };
        let (old, gold) = (session(&db, ada).await.id, session(&db, ada).await.id);
        make_ready(&db, ada, gold, &report(None)).await;
        assert!(sessions::set_gold(&db, ada, gold, true).await.unwrap());
        own::add(&db, ada, &question("Why?")).await.unwrap();
        own::add(&db, ona, &question("Why not?")).await.unwrap();
        let hers = session(&db, ona).await.id;

        problem(ask(Method::DELETE, "/api/me/erasure").await, 404, "not-found").await;
        let asked: Value = ask(Method::POST, "/api/me/erasure").await.json().await.unwrap();
        assert!((DAY_US - 60_000_000..=DAY_US).contains(&(asked["at_us"].as_i64().unwrap() - now_us())));
        let me: Value = ask(Method::GET, "/api/me").await.json().await.unwrap();
        assert_eq!(me["erasure_us"], asked["at_us"]);
        assert_eq!(ask(Method::DELETE, "/api/me/erasure").await.status(), 204);
        let me: Value = ask(Method::GET, "/api/me").await.json().await.unwrap();
        assert_eq!(me["erasure_us"], Value::Null);
        assert_eq!(erase_asked(&server.context, now_us() + 2 * DAY_US).await.unwrap(), 0, "it was taken back");

        let first: Value = ask(Method::POST, "/api/me/erasure").await.json().await.unwrap();
        let second: Value = ask(Method::POST, "/api/me/erasure").await.json().await.unwrap();
        assert_eq!(first, second, "asking again is no second day");
        let at_us = first["at_us"].as_i64().unwrap();
        let later = session(&db, ada).await.id;
        assert_eq!(erase_asked(&server.context, at_us - 1).await.unwrap(), 0);
        assert_eq!(sessions::list(&db, ada, None, 10).await.unwrap().len(), 3);
        assert_eq!(erase_asked(&server.context, at_us).await.unwrap(), 1);
        let left: Vec<_> = sessions::list(&db, ada, None, 10).await.unwrap().iter().map(|one| one.id).collect();
        assert_eq!(left, [later], "what was made after it was asked for stays; references do not");
        assert!(sessions::get(&db, ada, old).await.unwrap().is_none());
        assert!(questions::list(&db, ada).await.unwrap().iter().all(|question| !question.own));
        assert!(sessions::get(&db, ona, hers).await.unwrap().is_some());
        assert!(questions::list(&db, ona).await.unwrap().iter().any(|question| question.own));
        assert_eq!(erasure::asked(&db, ada).await.unwrap(), None);
        assert_eq!(erase_asked(&server.context, at_us + DAY_US).await.unwrap(), 0);
        let log: Value = ask(Method::GET, "/api/audit").await.json().await.unwrap();
        let what: Vec<_> =
            log["entries"].as_array().unwrap().iter().map(|line| line["what"].as_str().unwrap()).collect();
        assert_eq!(what, ["erased", "erasure_asked", "erasure_asked", "erasure_taken_back", "erasure_asked"]);
    })
    .await;
}
