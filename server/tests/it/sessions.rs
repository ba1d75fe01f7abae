//! Sessions from creation to deletion.

use crate::support::live::WEBM;
use crate::support::report::{make_ready, report};
use crate::support::{Server, problem};
use coach_core::SessionId;
use coach_server::objects;
use coach_server::session::{Event, State};
use coach_server::store::jobs;
use coach_server::store::sessions;
use reqwest::Method;
use serde_json::{Value, json};

fn id(text: &str) -> SessionId {
    text.parse().unwrap()
}

#[tokio::test]
async fn no_session_is_created_without_consent() {
    let server = Server::start().await;
    let wish = json!({"questions": ["failure-own-mistake"]});
    let refused = problem(server.post("/api/sessions", wish.clone()).await, 403, "consent").await;
    assert!(refused["detail"].as_str().unwrap().contains("/api/consents"));
    server.consent().await;
    assert_eq!(server.post("/api/sessions", wish).await.status(), 201);
}

#[tokio::test]
async fn no_session_is_created_while_the_disk_is_nearly_full() {
    let server = Server::start().await;
    server.consent().await;
    server.live.full.store(true, std::sync::atomic::Ordering::SeqCst);
    let wish = json!({"questions": ["failure-own-mistake"]});
    let refused = problem(server.post("/api/sessions", wish.clone()).await, 503, "unavailable").await;
    assert!(refused["detail"].as_str().unwrap().contains("nearly full"));
    server.live.full.store(false, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(server.post("/api/sessions", wish).await.status(), 201);
}

#[tokio::test]
async fn a_new_session_has_its_questions_in_the_order_they_were_chosen() {
    let server = Server::start().await;
    server.consent().await;
    let wish = json!({
        "questions": ["pressure-deadline", "failure-own-mistake"],
        "hints": {"enabled": ["slow_down", "slow_down"], "budget_ms": 30_000},
        "capture": {"width": 640, "height": 480, "agc": false, "noise_suppression": true},
    });
    let answer = server.post("/api/sessions", wish).await;
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let made: Value = answer.json().await.unwrap();
    assert_eq!(location, format!("/api/sessions/{}", made["id"].as_str().unwrap()));
    assert_eq!(
        (made["state"].as_str(), made["source"].as_str(), made["gold"].as_bool()),
        (Some("created"), Some("live"), Some(false))
    );
    let asked: Vec<_> = made["questions"].as_array().unwrap().iter().map(|q| q["id"].as_str().unwrap()).collect();
    assert_eq!(asked, ["pressure-deadline", "failure-own-mistake"]);
    assert_eq!(server.get(&location).await.json::<Value>().await.unwrap(), made);
    let kept = sessions::get(&server.context.db, server.user, id(made["id"].as_str().unwrap())).await.unwrap().unwrap();
    assert_eq!((kept.hints.enabled, kept.hints.budget_ms), (vec!["slow_down".to_owned()], 30_000));
    assert!(kept.capture.noise_suppression && kept.affect);
}

#[tokio::test]
async fn an_invalid_session_request_is_refused_with_the_reason() {
    let server = Server::start().await;
    server.consent().await;
    let one = ["failure-own-mistake"];
    for (wish, word) in [
        (json!({"questions": []}), "1 to 5"),
        (json!({"questions": ["a", "b", "c", "d", "e", "f"]}), "1 to 5"),
        (json!({"questions": ["failure-own-mistake", "failure-own-mistake"]}), "once"),
        (json!({"questions": ["no-such-question"]}), "no-such-question"),
        (json!({"questions": one, "hints": {"enabled": ["shout"], "budget_ms": 20_000}}), "shout"),
        (json!({"questions": one, "hints": {"enabled": [], "budget_ms": -1}}), "budget_ms"),
        (json!({"questions": one, "hints": {"enabled": []}}), "budget_ms"),
        (json!({"questions": one, "capture": {"width": 100_000, "height": 1}}), "pixels"),
        (json!({"questions": one, "capture": {"width": -1}}), "fit"),
    ] {
        let refused = problem(server.post("/api/sessions", wish).await, 422, "unprocessable").await;
        assert!(refused["detail"].as_str().unwrap().contains(word), "{refused}");
    }
}

#[tokio::test]
async fn another_persons_session_is_not_found_by_any_route() {
    let server = Server::start().await;
    let foreign = server.foreign_session().await;
    server.consent().await;
    let unknown = uuid::Uuid::now_v7().to_string();
    for id in [foreign.as_str(), unknown.as_str(), "x", "%00", "00000000-0000-0000-0000-000000000000"] {
        for (method, rest) in [
            (Method::GET, ""),
            (Method::DELETE, ""),
            (Method::GET, "/report"),
            (Method::GET, "/journal"),
            (Method::GET, "/recording"),
            (Method::GET, "/export"),
            (Method::PUT, "/gold"),
            (Method::POST, "/calibration"),
            (Method::POST, "/whip"),
            (Method::DELETE, "/whip/s3cret"),
            (Method::PATCH, "/whip/s3cret"),
            (Method::GET, "/live"),
        ] {
            let path = format!("/api/sessions/{id}{rest}");
            let answer = server.request(method, &path).json(&json!({"gold": true})).send().await.unwrap();
            problem(answer, 404, "not-found").await;
        }
    }
    assert!(server.live.forgotten.lock().unwrap().is_empty());
    let list: Value = server.get("/api/sessions").await.json().await.unwrap();
    assert_eq!(list, json!({"sessions": [], "next": null}));
}

#[tokio::test]
async fn the_list_goes_page_by_page_and_carries_scores() {
    let server = Server::start().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(server.session().await);
    }
    ids.reverse();
    make_ready(&server.context.db, server.user, id(&ids[0]), &report(Some(66.5))).await;
    let first: Value = server.get("/api/sessions?limit=2").await.json().await.unwrap();
    let shown: Vec<_> = first["sessions"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert_eq!(shown, ids[..2]);
    assert_eq!(
        first["sessions"][0]["scores"],
        json!({"confidence": 66.5, "clarity": 60.5, "resilience": null, "engagement": 0.0})
    );
    assert_eq!(first["sessions"][0]["answers"][1]["question_id"], "pressure-deadline");
    assert_eq!(first["sessions"][1]["scores"], Value::Null);
    let next = first["next"].as_str().unwrap();
    let second: Value = server.get(&format!("/api/sessions?limit=2&before={next}")).await.json().await.unwrap();
    assert_eq!((second["sessions"][0]["id"].as_str(), &second["next"]), (Some(ids[2].as_str()), &Value::Null));
    for query in ["limit=0", "limit=101", "limit=-1", "limit=x", "before=x", "page=2", "limit=1&limit=2"] {
        problem(server.get(&format!("/api/sessions?{query}")).await, 400, "bad-request").await;
    }
}

#[tokio::test]
async fn a_report_is_there_when_the_session_is_ready_and_before_that_the_state_is_said() {
    let server = Server::start().await;
    let text = server.session().await;
    let (path, session) = (format!("/api/sessions/{text}"), id(&text));
    for route in ["report", "journal", "recording", "export"] {
        let refused = problem(server.get(&format!("{path}/{route}")).await, 409, "state").await;
        assert_eq!(refused["state"], "created", "{route}");
    }
    let report = report(Some(50.0));
    make_ready(&server.context.db, server.user, session, &report).await;
    // A ready session without a report in the store is the server's failure.
    problem(server.get(&format!("{path}/report")).await, 500, "internal").await;
    server.objects.put(&objects::report_key(session), serde_json::to_vec(&report).unwrap());
    let answer = server.get(&format!("{path}/report")).await;
    assert_eq!(answer.headers()["content-type"], "application/json");
    assert_eq!(answer.json::<coach_core::report::Report>().await.unwrap(), report);

    let journal: String = (0..5000).map(|t| format!("{{\"kind\":\"nucleus\",\"t\":{t},\"at\":{t}}}\n")).collect();
    server.objects.put(&objects::journal_key(session), zstd::encode_all(journal.as_bytes(), 3).unwrap());
    let answer = server.get(&format!("{path}/journal")).await;
    assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
    assert_eq!(answer.text().await.unwrap(), journal);

    server.objects.put(&objects::recording_key(session), vec![7; 1234]);
    let link: Value = server.get(&format!("{path}/recording")).await.json().await.unwrap();
    assert_eq!((link["bytes"].as_u64(), link["duration_ms"].as_i64()), (Some(1234), Some(90_000)));
    assert_eq!((link["content_type"].as_str(), &link["poster_url"]), (Some("video/webm"), &Value::Null));
    assert!(link["url"].as_str().unwrap().contains(&objects::recording_key(session)));
    assert!(link["expires_us"].as_i64().unwrap() > coach_server::clock::now_us());
    server.objects.put(&objects::poster_key(session), vec![1]);
    let link: Value = server.get(&format!("{path}/recording")).await.json().await.unwrap();
    assert!(link["poster_url"].as_str().unwrap().contains("poster.jpg"));
    // Where the video is H.264 there is a Matroska file.
    server.objects.put(&objects::matroska_key(session), vec![7; 4321]);
    let link: Value = server.get(&format!("{path}/recording")).await.json().await.unwrap();
    assert_eq!((link["bytes"].as_u64(), link["content_type"].as_str()), (Some(4321), Some("video/x-matroska")));
    assert!(link["url"].as_str().unwrap().contains(&objects::matroska_key(session)));
}

#[tokio::test]
async fn a_damaged_journal_breaks_off_and_the_server_lives() {
    let server = Server::start().await;
    let text = server.session().await;
    make_ready(&server.context.db, server.user, id(&text), &report(None)).await;
    server.objects.put(&objects::journal_key(id(&text)), vec![0x28, 0xb5, 0x2f, 0xfd, 9, 9, 9, 9, 9, 9]);
    let answer = server.get(&format!("/api/sessions/{text}/journal")).await;
    assert!(answer.text().await.is_err());
    assert_eq!(server.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn the_device_check_is_kept_with_a_session_that_is_not_live_yet() {
    let server = Server::start().await;
    let text = server.session().await;
    let path = format!("/api/sessions/{text}/calibration");
    let send = |kind: &'static str, body: Vec<u8>| {
        server.request(Method::POST, &path).header("content-type", kind).body(body).send()
    };
    problem(send("application/json", b"{}".into()).await.unwrap(), 415, "media-type").await;
    problem(send("video/webm", Vec::new()).await.unwrap(), 422, "unprocessable").await;
    problem(send("video/webm", b"not media".into()).await.unwrap(), 422, "unprocessable").await;
    let huge = send("video/webm", vec![0; 17 << 20]).await;
    if let Ok(answer) = huge {
        problem(answer, 413, "too-large").await;
    }
    let answer = send("video/webm;codecs=vp8,opus", WEBM.into()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let outcome: Value = answer.json().await.unwrap();
    assert_eq!((outcome["ok"].as_bool(), outcome["calibration"]["noise_floor_db"].as_f64()), (Some(true), Some(31.5)));
    let kept: Value = server.get(&format!("/api/sessions/{text}")).await.json().await.unwrap();
    assert_eq!(kept["calibrated"], true);
    server.context.machine.apply(server.user, id(&text), Event::Published).await.unwrap();
    problem(send("video/webm", WEBM.into()).await.unwrap(), 409, "state").await;
}

#[tokio::test]
async fn only_a_ready_session_becomes_the_reference() {
    let server = Server::start().await;
    let text = server.session().await;
    let put = |body: Value| server.request(Method::PUT, &format!("/api/sessions/{text}/gold")).json(&body).send();
    problem(put(json!({"gold": true})).await.unwrap(), 409, "state").await;
    make_ready(&server.context.db, server.user, id(&text), &report(Some(80.0))).await;
    for body in [json!({}), json!({"gold": "yes"}), json!({"gold": null}), json!({"gold": true, "x": 1})] {
        problem(put(body).await.unwrap(), 422, "unprocessable").await;
    }
    let marked: Value = put(json!({"gold": true})).await.unwrap().json().await.unwrap();
    assert_eq!((marked["gold"].as_bool(), marked["scores"]["confidence"].as_f64()), (Some(true), Some(80.0)));
    let unmarked: Value = put(json!({"gold": false})).await.unwrap().json().await.unwrap();
    assert_eq!(unmarked["gold"], false);
}

#[tokio::test]
async fn deleting_takes_rows_objects_and_spool() {
    let server = Server::start().await;
    let (text, other) = (server.session().await, server.session().await);
    let session = id(&text);
    make_ready(&server.context.db, server.user, session, &report(None)).await;
    server.objects.put(&objects::recording_key(session), vec![1]);
    server.objects.put(&objects::part_key(session, 0), vec![1]);
    server.objects.put(&objects::recording_key(id(&other)), vec![1]);
    let spool = server.context.config.storage.spool().join(&text);
    std::fs::create_dir_all(&spool).unwrap();
    std::fs::write(spool.join("0.webm"), "x").unwrap();
    let path = format!("/api/sessions/{text}");
    let answer = server.request(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let gone: Value = answer.json().await.unwrap();
    assert_eq!(gone, json!({"objects": 2, "rows": true, "spool": true}));
    problem(server.get(&path).await, 404, "not-found").await;
    problem(server.request(Method::DELETE, &path).send().await.unwrap(), 404, "not-found").await;
    assert_eq!(server.objects.keys(), [objects::recording_key(id(&other))]);
    assert!(!spool.exists());
    assert_eq!(*server.live.forgotten.lock().unwrap(), [session]);
    assert!(sessions::all_owners_in_state(&server.context.db, State::Deleted).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_session_that_cannot_be_erased_now_is_gone_for_people_and_erased_later() {
    let server = Server::start().await;
    let text = server.session().await;
    server.objects.put(&objects::recording_key(id(&text)), vec![1]);
    server.objects.set_away(true);
    let path = format!("/api/sessions/{text}");
    let answer = server.request(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({"objects": null, "rows": false, "spool": false}));
    problem(server.get(&path).await, 404, "not-found").await;
    assert_eq!(jobs::count(&server.context.db).await.unwrap(), [("queued".to_owned(), 1)]);
    server.objects.set_away(false);
    let erase: std::sync::Arc<dyn coach_server::jobs::Job> =
        std::sync::Arc::new(coach_server::jobs::erase::Erase(server.context.clone()));
    assert!(
        coach_server::jobs::Worker::new(server.context.queue.clone(), Default::default(), [erase])
            .step(&Default::default())
            .await
            .unwrap()
    );
    assert!(server.objects.keys().is_empty());
    assert!(jobs::count(&server.context.db).await.unwrap().is_empty(), "no job names a session that was erased");
}
