//! Retention: only sessions older than the limit are deleted, and a person can choose the limit.

use crate::support::objects::Memory;
use crate::support::report::{make_ready, report, session};
use crate::support::{Server, on_both, person, problem};
use coach_server::clock::{DAY_US, now_us};
use coach_server::config::Config;
use coach_server::context::Context;
use coach_server::jobs::retention::sweep;
use coach_server::jobs::{Worker, erase};
use coach_server::objects;
use coach_server::session::Event;
use coach_server::store::people::users;
use coach_server::store::sessions;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

#[tokio::test]
async fn sessions_at_rest_go_after_the_days_of_the_server_or_of_their_owners() {
    on_both(async |db| {
        let (dir, store) = (tempfile::tempdir().unwrap(), Arc::new(Memory::default()));
        let mut config = Config::default();
        config.limits.retention_days = 30;
        config.storage.data = dir.path().to_owned();
        let context = Context::new(config, db.clone(), store.clone());
        let me = users::personal(&db).await.unwrap();
        let brief = person(&db, "brief").await;
        users::set_retention_days(&db, brief, Some(7), now_us()).await.unwrap();
        let (mine, live, theirs) = (session(&db, me).await, session(&db, me).await, session(&db, brief).await);
        make_ready(&db, me, mine.id, &report(None)).await;
        context.machine.apply(me, live.id, Event::Published).await.unwrap();
        for id in [mine.id, live.id, theirs.id] {
            store.put(&objects::recording_key(id), "film");
        }
        let made = mine.created_us;
        assert_eq!(sweep(&context, made + 6 * DAY_US).await.unwrap(), 0);
        assert_eq!(sweep(&context, made + 8 * DAY_US).await.unwrap(), 1);
        assert!(sessions::get(&db, brief, theirs.id).await.unwrap().is_none());
        assert_eq!(sweep(&context, made + 29 * DAY_US).await.unwrap(), 0);
        assert_eq!(sweep(&context, made + 31 * DAY_US).await.unwrap(), 1, "one that is live stays");
        assert_eq!(sweep(&context, made + 31 * DAY_US).await.unwrap(), 0);
        let eraser: Arc<dyn coach_server::jobs::Job> = Arc::new(erase::Erase(context.clone()));
        let worker = Worker::new(context.queue.clone(), Default::default(), [eraser]);
        while worker.step(&Default::default()).await.unwrap() {}
        assert_eq!(store.keys(), [objects::recording_key(live.id)]);
        assert_eq!(sessions::list(&db, me, None, 10).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn without_limits_nothing_ever_goes() {
    on_both(async |db| {
        let context = Context::new(Config::default(), db.clone(), Arc::new(Memory::default()));
        let me = users::personal(&db).await.unwrap();
        let made = session(&db, me).await;
        assert_eq!(sweep(&context, made.created_us + 100_000 * DAY_US).await.unwrap(), 0);
        assert_eq!(sweep(&context, i64::MAX).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_person_chooses_fewer_days_than_the_server_and_takes_it_back() {
    let server = Server::with(|config| config.limits.retention_days = 30).await;
    let chosen = |me: &Value| {
        let retention = &me["retention"];
        let from = retention["from_us"].as_i64().map(|us| us - now_us());
        assert!(from.is_none_or(|us| (1..=DAY_US).contains(&us)), "{retention}");
        (retention["days"].clone(), retention["own"].clone(), retention["server"].clone(), from.is_some())
    };
    let put = |body: Value| server.request(Method::PUT, "/api/me").json(&body).send();
    let me: Value = server.get("/api/me").await.json().await.unwrap();
    assert_eq!(chosen(&me), (json!(30), Value::Null, json!(30), false));
    let me: Value = put(json!({"retention_days": 7})).await.unwrap().json().await.unwrap();
    assert_eq!(chosen(&me), (json!(7), json!(7), json!(30), true), "it counts from tomorrow on");
    let me: Value = put(json!({"retention_days": 365})).await.unwrap().json().await.unwrap();
    assert_eq!(chosen(&me), (json!(30), json!(365), json!(30), true), "the server's days are the most");
    let me: Value = put(json!({"retention_days": null})).await.unwrap().json().await.unwrap();
    assert_eq!(chosen(&me), (json!(30), Value::Null, json!(30), false));
    for body in [
        json!({}),
        json!({"retention_days": 0}),
        json!({"retention_days": -1}),
        json!({"retention_days": 36_501}),
        json!({"retention_days": "7"}),
        json!({"retention_days": 1, "x": 1}),
        json!([]),
    ] {
        problem(put(body).await.unwrap(), 422, "unprocessable").await;
    }
}

#[tokio::test]
async fn a_limit_counts_a_day_after_it_was_chosen_and_references_outlive_it() {
    on_both(async |db| {
        let mut config = Config::default();
        config.limits.retention_days = 100;
        let context = Context::new(config, db.clone(), Arc::new(Memory::default()));
        let me = users::personal(&db).await.unwrap();
        let (old, gold) = (session(&db, me).await, session(&db, me).await);
        for one in [&old, &gold] {
            make_ready(&db, me, one.id, &report(None)).await;
        }
        assert!(sessions::set_gold(&db, me, gold.id, true).await.unwrap());
        let chosen = old.created_us + 30 * DAY_US;
        users::set_retention_days(&db, me, Some(7), chosen).await.unwrap();
        assert_eq!(sweep(&context, chosen + DAY_US - 1).await.unwrap(), 0, "there is a day to take it back");
        users::set_retention_days(&db, me, None, chosen + 1).await.unwrap();
        assert_eq!(sweep(&context, chosen + 20 * DAY_US).await.unwrap(), 0, "it was taken back");
        users::set_retention_days(&db, me, Some(7), chosen + 20 * DAY_US).await.unwrap();
        assert_eq!(sweep(&context, chosen + 21 * DAY_US).await.unwrap(), 1);
        assert!(sessions::get(&db, me, gold.id).await.unwrap().is_some(), "a reference stays");
        assert_eq!(
            sweep(&context, old.created_us + 101 * DAY_US).await.unwrap(),
            1,
            "but not beyond the server's days"
        );
    })
    .await;
}

#[tokio::test]
async fn a_preview_counts_what_would_go_tomorrow_and_changes_nothing() {
    on_both(async |db| {
        let server = Server::on(db.clone(), |_| {}, now_us).await;
        let me = server.user;
        let mut ids = Vec::new();
        for _ in 0..5 {
            let id = session(&db, me).await.id;
            make_ready(&db, me, id, &report(None)).await;
            ids.push(id);
        }
        session(&db, person(&db, "ona").await).await;
        assert!(sessions::set_gold(&db, me, ids[1], true).await.unwrap());
        let none: Value = server.get("/api/me/retention?days=2").await.json().await.unwrap();
        assert_eq!((&none["sessions"], &none["references"], &none["oldest"]), (&json!(0), &json!(0), &json!([])));
        let preview: Value = server.get("/api/me/retention?days=1").await.json().await.unwrap();
        assert_eq!((&preview["sessions"], &preview["references"]), (&json!(4), &json!(1)), "made before this moment");
        let named: Vec<_> = preview["oldest"].as_array().unwrap().iter().map(|old| old["id"].clone()).collect();
        assert_eq!(named, [json!(ids[0]), json!(ids[2]), json!(ids[3])]);
        assert!(preview["oldest"][0]["question"].as_str().is_some_and(|text| text.len() > 10), "{preview}");
        assert!((1..=DAY_US).contains(&(preview["at_us"].as_i64().unwrap() - now_us())));
        for query in ["days=0", "days=36501"] {
            problem(server.get(&format!("/api/me/retention?{query}")).await, 422, "unprocessable").await;
        }
        for query in ["", "days=", "days=-1", "days=x", "days=1&owner=x", "days=99999999999999999999"] {
            problem(server.get(&format!("/api/me/retention?{query}")).await, 400, "bad-request").await;
        }
        let kept: Value = server.get("/api/me").await.json().await.unwrap();
        assert_eq!(kept["retention"]["own"], Value::Null);
    })
    .await;
}
