//! Retention: only sessions older than the limit are deleted, and a person can choose the limit.

use crate::support::objects::Memory;
use crate::support::report::{make_ready, report, session};
use crate::support::{Server, on_both, person, problem};
use coach_server::clock::DAY_US;
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
        users::set_retention_days(&db, brief, Some(7)).await.unwrap();
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
    let put = |body: Value| server.request(Method::PUT, "/api/me").json(&body).send();
    let me: Value = server.get("/api/me").await.json().await.unwrap();
    assert_eq!(me["retention"], json!({"days": 30, "own": null, "server": 30}));
    let me: Value = put(json!({"retention_days": 7})).await.unwrap().json().await.unwrap();
    assert_eq!(me["retention"], json!({"days": 7, "own": 7, "server": 30}));
    let me: Value = put(json!({"retention_days": 365})).await.unwrap().json().await.unwrap();
    assert_eq!(me["retention"], json!({"days": 30, "own": 365, "server": 30}), "the server's days are the most");
    let me: Value = put(json!({"retention_days": null})).await.unwrap().json().await.unwrap();
    assert_eq!(me["retention"]["own"], Value::Null);
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
