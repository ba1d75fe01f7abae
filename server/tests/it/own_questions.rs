//! Questions that people write, sets of questions, and links by which others take a copy.

use crate::support::people::{login, person};
use crate::support::shown::accounts;
use crate::support::{Server, on_both, problem, sqlite};
use coach_server::clock::{DAY_US, now_us};
use coach_server::session::questions::{BANK, Family};
use coach_server::store::people::{all_owners_sweep, users};
use coach_server::store::questions::own::{self, QUESTIONS_MAX, Written};
use coach_server::store::questions::set_links::{self, Copied, LINKS_MAX};
use coach_server::store::questions::sets::{self, SETS_MAX};
use coach_server::store::{Db, questions};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use uuid::Uuid;

/// A server and the browser of somebody on it.
struct Desk<'a> {
    server: &'a Server,
    cookie: String,
}

impl Desk<'_> {
    async fn ask(&self, method: Method, path: &str, body: Value) -> Response {
        self.server.request(method, path).header("cookie", &self.cookie).json(&body).send().await.unwrap()
    }

    async fn json(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let answer = self.ask(method, path, body).await;
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn question(&self, wish: Value) -> String {
        let (status, made) = self.json(Method::POST, "/api/questions", wish).await;
        assert_eq!(status, 201, "{made}");
        made["id"].as_str().unwrap().to_owned()
    }

    async fn own(&self) -> Vec<Value> {
        let (_, list) = self.json(Method::GET, "/api/questions", Value::Null).await;
        list["questions"].as_array().unwrap().iter().filter(|question| question["own"] == true).cloned().collect()
    }

    async fn sets(&self) -> Value {
        self.json(Method::GET, "/api/question-sets", Value::Null).await.1["sets"].clone()
    }
}

async fn desk<'a>(server: &'a Server, db: &Db, name: &str) -> Desk<'a> {
    Desk { server, cookie: login(db, person(db, name).await).await }
}

#[tokio::test]
async fn ten_classics_come_first_then_the_bank_then_ones_own() {
    on_both(async |db| {
        let server = Server::on(db.clone(), accounts, now_us).await;
        let ada = desk(&server, &db, "ada").await;
        let id = ada.question(json!({"text": " Why a lighthouse? ", "family": "motivation", "label": "Keeper"})).await;
        let (_, list) = ada.json(Method::GET, "/api/questions", Value::Null).await;
        let list = list["questions"].as_array().unwrap();
        assert_eq!((&list[0]["text"], list.len()), (&json!("Tell me about yourself."), BANK.len() + 1));
        assert_eq!(list.iter().filter(|question| question["classic"] == true).count(), 10);
        assert!(list[..10].iter().all(|question| question["classic"] == true && question["own"] == false));
        let last = list.last().unwrap();
        assert_eq!(
            (&last["id"], &last["text"], &last["label"]),
            (&json!(id), &json!("Why a lighthouse?"), &json!("Keeper"))
        );
        assert_eq!(
            (&last["suggested_ms"], &last["own"], &last["classic"]),
            (&json!(120_000), &json!(true), &json!(false))
        );
        let ona = desk(&server, &db, "ona").await;
        assert!(ona.own().await.is_empty(), "what one person writes is not in the list of another");
    })
    .await;
}

#[tokio::test]
async fn a_session_asks_an_own_question_and_keeps_it_as_it_was_asked() {
    on_both(async |db| {
        let server = Server::on(db.clone(), |_| {}, now_us).await;
        let me = Desk { server: &server, cookie: String::new() };
        server.consent().await;
        let id =
            me.question(json!({"text": "Why a lighthouse?", "family": "motivation", "suggested_ms": 45_000})).await;
        let wish = json!({"questions": [id, "motivation-yourself"]});
        let (status, session) = me.json(Method::POST, "/api/sessions", wish.clone()).await;
        assert_eq!((status, &session["questions"][0]["text"]), (201, &json!("Why a lighthouse?")), "{session}");
        let path = format!("/api/questions/{id}");
        let new = json!({"text": "Why the sea?", "family": "failure", "suggested_ms": 60_000, "tip": "Be brief."});
        assert_eq!(me.ask(Method::PUT, &path, new).await.status(), 204);
        let changed = &me.own().await[0];
        assert_eq!(
            (&changed["text"], &changed["family"], &changed["tip"]),
            (&json!("Why the sea?"), &json!("failure"), &json!("Be brief."))
        );
        assert_eq!(me.ask(Method::DELETE, &path, Value::Null).await.status(), 204);
        problem(me.ask(Method::DELETE, &path, Value::Null).await, 404, "not-found").await;
        problem(me.ask(Method::POST, "/api/sessions", wish).await, 422, "unprocessable").await;
        let path = format!("/api/sessions/{}", session["id"].as_str().unwrap());
        let (_, kept) = me.json(Method::GET, &path, Value::Null).await;
        assert_eq!(
            (&kept["questions"][0]["text"], &kept["questions"][0]["suggested_ms"]),
            (&json!("Why a lighthouse?"), &json!(45_000))
        );
    })
    .await;
}

#[tokio::test]
async fn the_bank_is_nobodys_to_change() {
    let (db, _dir) = sqlite().await;
    let server = Server::on(db.clone(), |_| {}, now_us).await;
    let me = Desk { server: &server, cookie: String::new() };
    let path = "/api/questions/motivation-yourself";
    let new = json!({"text": "Mine now", "family": "failure"});
    problem(me.ask(Method::PUT, path, new).await, 404, "not-found").await;
    problem(me.ask(Method::DELETE, path, Value::Null).await, 404, "not-found").await;
    assert_eq!(questions::list(&db, server.user).await.unwrap()[0].text, "Tell me about yourself.");
}

#[tokio::test]
async fn what_cannot_be_a_question_or_a_set_is_none() {
    let (db, _dir) = sqlite().await;
    let server = Server::on(db.clone(), accounts, now_us).await;
    let ada = desk(&server, &db, "ada").await;
    let (long, longer) = ("x".repeat(501), "ü".repeat(81));
    for wish in [
        json!({}),
        json!({"text": "Why?"}),
        json!({"family": "failure"}),
        json!({"text": "", "family": "failure"}),
        json!({"text": " \n ", "family": "failure"}),
        json!({"text": "a\nb", "family": "failure"}),
        json!({"text": "a\u{0}b", "family": "failure"}),
        json!({"text": long, "family": "failure"}),
        json!({"text": 7, "family": "failure"}),
        json!({"text": "Why?", "family": "trick"}),
        json!({"text": "Why?", "family": "failure", "suggested_ms": 14_999}),
        json!({"text": "Why?", "family": "failure", "suggested_ms": 600_001}),
        json!({"text": "Why?", "family": "failure", "suggested_ms": 1.5}),
        json!({"text": "Why?", "family": "failure", "label": longer}),
        json!({"text": "Why?", "family": "failure", "tip": "x".repeat(501)}),
        json!({"text": "Why?", "family": "failure", "owner": Uuid::nil()}),
        json!({"text": "Why?", "family": "failure", "id": "motivation-yourself"}),
        json!([]),
    ] {
        problem(ada.ask(Method::POST, "/api/questions", wish).await, 422, "unprocessable").await;
    }
    let id = ada.question(json!({"text": "<b>Why</b>'; DROP TABLE questions; --", "family": "failure"})).await;
    let many: Vec<String> =
        BANK.iter().map(|question| question.id.to_owned()).chain((0..5).map(|n| n.to_string())).collect();
    for wish in [
        json!({}),
        json!({"name": "A"}),
        json!({"name": "A", "questions": []}),
        json!({"name": "", "questions": [id]}),
        json!({"name": "x".repeat(81), "questions": [id]}),
        json!({"name": "a\tb", "questions": [id]}),
        json!({"name": "A", "questions": [id, id]}),
        json!({"name": "A", "questions": ["nothing"]}),
        json!({"name": "A", "questions": [id, "' OR 1=1 --"]}),
        json!({"name": "A", "questions": ["z".repeat(100_000)]}),
        json!({"name": "A", "questions": many}),
        json!({"name": "A", "questions": [id], "owner": "me"}),
        json!({"name": "A", "questions": "all"}),
    ] {
        let status = ada.ask(Method::POST, "/api/question-sets", wish.clone()).await.status().as_u16();
        assert!(matches!(status, 413 | 422), "{status}: {wish}");
    }
    assert_eq!(ada.sets().await, json!([]), "a set that is refused half-way is not there");
    let ona = desk(&server, &db, "ona").await;
    let foreign = json!({"name": "A", "questions": ["motivation-yourself", id]});
    problem(ona.ask(Method::POST, "/api/question-sets", foreign).await, 422, "unprocessable").await;
    for path in ["/api/question-sets/x", "/api/question-sets/../questions", "/api/question-sets/%00/links"] {
        let status = ada.ask(Method::DELETE, path, Value::Null).await.status().as_u16();
        assert!(matches!(status, 404 | 405), "{status}: {path}");
    }
}

#[tokio::test]
async fn a_set_keeps_its_order_and_loses_what_is_deleted() {
    on_both(async |db| {
        let server = Server::on(db.clone(), accounts, now_us).await;
        let ada = desk(&server, &db, "ada").await;
        let own = ada.question(json!({"text": "Why us?", "family": "motivation"})).await;
        let wish = json!({"name": "Acme", "questions": ["pressure-deadline", own, "motivation-yourself"]});
        let (status, made) = ada.json(Method::POST, "/api/question-sets", wish.clone()).await;
        assert_eq!(status, 201);
        let sets = ada.sets().await;
        assert_eq!(
            (&sets[0]["name"], &sets[0]["questions"], &sets[0]["id"]),
            (&wish["name"], &wish["questions"], &made["id"])
        );
        let path = format!("/api/question-sets/{}", made["id"].as_str().unwrap());
        let other =
            json!({"name": "Acme, second round", "questions": ["motivation-yourself", own, "conflict-customer"]});
        assert_eq!(ada.ask(Method::PUT, &path, other.clone()).await.status(), 204);
        assert_eq!(ada.sets().await[0]["questions"], other["questions"]);
        let wrong = json!({"name": "Lost", "questions": ["motivation-yourself", "nothing"]});
        problem(ada.ask(Method::PUT, &path, wrong).await, 422, "unprocessable").await;
        assert_eq!(ada.sets().await[0]["name"], other["name"], "a change that is refused changes nothing");
        assert_eq!(ada.ask(Method::DELETE, &format!("/api/questions/{own}"), Value::Null).await.status(), 204);
        assert_eq!(ada.sets().await[0]["questions"], json!(["motivation-yourself", "conflict-customer"]));
        // A question that left the bank is not shown, and is there again when it comes back.
        let less: Vec<_> = BANK.iter().copied().filter(|question| question.id != "conflict-customer").collect();
        questions::seed(&db, &less).await.unwrap();
        assert_eq!(ada.sets().await[0]["questions"], json!(["motivation-yourself"]));
        questions::seed(&db, BANK).await.unwrap();
        assert_eq!(ada.sets().await[0]["questions"], json!(["motivation-yourself", "conflict-customer"]));
        assert_eq!(ada.ask(Method::DELETE, &path, Value::Null).await.status(), 204);
        problem(ada.ask(Method::DELETE, &path, Value::Null).await, 404, "not-found").await;
        problem(ada.ask(Method::PUT, &path, other).await, 404, "not-found").await;
    })
    .await;
}

#[tokio::test]
async fn whoever_has_the_link_reads_the_set_and_takes_a_copy_of_their_own() {
    on_both(async |db| {
        let server = Server::on(db.clone(), accounts, now_us).await;
        let (ada, ona) = (desk(&server, &db, "ada").await, desk(&server, &db, "ona").await);
        let own =
            ada.question(json!({"text": "Why us?", "family": "motivation", "label": "Acme", "tip": "Be brief."})).await;
        let wish = json!({"name": "Acme", "questions": [own, "motivation-yourself"]});
        let (_, made) = ada.json(Method::POST, "/api/question-sets", wish).await;
        let links = format!("/api/question-sets/{}/links", made["id"].as_str().unwrap());
        for days in
            [json!({}), json!({"days": 0}), json!({"days": 367}), json!({"days": -1}), json!({"days": 7, "x": 1})]
        {
            problem(ada.ask(Method::POST, &links, days).await, 422, "unprocessable").await;
        }
        let (status, link) = ada.json(Method::POST, &links, json!({"days": 7})).await;
        assert_eq!(status, 201);
        let secret = link["path"].as_str().unwrap().strip_prefix("/set#").unwrap().to_owned();
        let given = json!({"link": secret});
        let nobody = server.request(Method::POST, "/api/shared-sets").json(&given).send().await.unwrap();
        problem(nobody, 401, "sign-in").await;
        let (status, shown) = ona.json(Method::POST, "/api/shared-sets", given.clone()).await;
        assert_eq!((status, &shown["name"], &shown["owner_name"]), (200, &json!("Acme"), &json!("ada")), "{shown}");
        assert_eq!((&shown["questions"][0]["text"], &shown["questions"][0]["id"]), (&json!("Why us?"), &Value::Null));
        assert_eq!(shown["questions"][1]["id"], "motivation-yourself");
        assert_eq!(ona.ask(Method::POST, "/api/shared-sets/copy", given.clone()).await.status(), 201);
        let (sets, mine) = (ona.sets().await, ona.own().await);
        assert_eq!((mine.len(), &mine[0]["text"], &mine[0]["label"]), (1, &json!("Why us?"), &json!("Acme")));
        assert_eq!(sets[0]["questions"], json!([mine[0]["id"], "motivation-yourself"]));
        assert_ne!(mine[0]["id"], own);
        // The copy is independent of what it was copied from.
        assert_eq!(ada.ask(Method::DELETE, &format!("/api/questions/{own}"), Value::Null).await.status(), 204);
        assert_eq!(ona.own().await.len(), 1);
        let (_, list) = ada.json(Method::GET, &links, Value::Null).await;
        assert_eq!((&list["links"][0]["copies"], list.to_string().contains(&secret)), (&json!(1), false));
        problem(ona.ask(Method::GET, &links, Value::Null).await, 404, "not-found").await;
        problem(ona.ask(Method::POST, &links, json!({"days": 7})).await, 404, "not-found").await;
        let end = format!("{links}/{}", link["id"].as_str().unwrap());
        problem(ona.ask(Method::DELETE, &end, Value::Null).await, 404, "not-found").await;
        assert_eq!(ada.ask(Method::DELETE, &end, Value::Null).await.status(), 204);
        for path in ["/api/shared-sets", "/api/shared-sets/copy"] {
            problem(ona.ask(Method::POST, path, given.clone()).await, 404, "not-found").await;
        }
        for secret in ["", "x", "' OR 1=1 --", "\u{0}"] {
            problem(ona.ask(Method::POST, "/api/shared-sets", json!({"link": secret})).await, 404, "not-found").await;
        }
    })
    .await;
}

fn written(text: &str) -> Written {
    Written { family: Family::Failure, text: text.into(), suggested_ms: 60_000, tip: String::new(), label: None }
}

#[tokio::test]
async fn links_end_by_themselves_and_with_the_account_of_their_owner() {
    on_both(async |db| {
        let (ada, ona) = (person(&db, "ada").await, person(&db, "ona").await);
        let own = own::add(&db, ada, &written("Why?")).await.unwrap().unwrap();
        let sets::Written::Done(set) = sets::write(&db, ada, None, "A", &[own]).await.unwrap() else { panic!() };
        let now = now_us();
        let (_, old) = set_links::make(&db, ada, set, now).await.unwrap().unwrap();
        let (_, good) = set_links::make(&db, ada, set, now + DAY_US).await.unwrap().unwrap();
        assert_eq!(set_links::open(&db, &old).await.unwrap(), None);
        assert_eq!(set_links::copy(&db, ona, &old).await.unwrap(), Copied::NoLink);
        assert!(set_links::open(&db, &good).await.unwrap().is_some());
        assert_eq!(all_owners_sweep(&db, now + 1, DAY_US).await.unwrap(), 1);
        users::disable(&db, ada).await.unwrap();
        assert_eq!(set_links::open(&db, &good).await.unwrap(), None);
        assert_eq!(set_links::copy(&db, ona, &good).await.unwrap(), Copied::NoLink);
    })
    .await;
}

#[tokio::test]
async fn there_is_an_end_to_what_one_person_writes() {
    on_both(async |db| {
        let (ada, ona) = (person(&db, "ada").await, person(&db, "ona").await);
        let own = own::add(&db, ada, &written("Why?")).await.unwrap().unwrap();
        let sets::Written::Done(set) = sets::write(&db, ada, None, "A", std::slice::from_ref(&own)).await.unwrap()
        else {
            panic!()
        };
        for _ in 1..SETS_MAX {
            sets::write(&db, ada, None, "A", std::slice::from_ref(&own)).await.unwrap();
        }
        assert_eq!(sets::write(&db, ada, None, "A", &[own]).await.unwrap(), sets::Written::Full);
        for _ in 0..LINKS_MAX {
            assert!(set_links::make(&db, ada, set, i64::MAX).await.unwrap().is_some());
        }
        assert_eq!(set_links::make(&db, ada, set, i64::MAX).await.unwrap(), None);
        for _ in 0..QUESTIONS_MAX {
            assert!(own::add(&db, ona, &written("Why?")).await.unwrap().is_some());
        }
        assert_eq!(own::add(&db, ona, &written("Why?")).await.unwrap(), None);
        let links = set_links::list(&db, ada, set).await.unwrap();
        assert!(set_links::end(&db, ada, set, links[0].id).await.unwrap());
        let (_, secret) = set_links::make(&db, ada, set, i64::MAX).await.unwrap().unwrap();
        assert_eq!(set_links::copy(&db, ona, &secret).await.unwrap(), Copied::Full);
        assert_eq!(sets::list(&db, ona).await.unwrap(), [], "a copy that finds no room leaves nothing behind");
    })
    .await;
}
