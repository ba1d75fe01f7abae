//! Health, readiness and metrics, for operators.

use crate::support::{Server, problem};
use coach_server::cli::serve::take_up;
use coach_server::config::Config;
use coach_server::context::Context;
use coach_server::http::app::App;
use coach_server::session::{Event, State};
use coach_server::store::people::users;
use coach_server::store::sessions;
use std::sync::Arc;

#[tokio::test]
async fn a_server_is_alive_before_it_is_ready_and_says_what_is_missing() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").await.status(), 200);
    assert_eq!(server.get("/readyz").await.status(), 200);
    server.objects.set_away(true);
    let answer = server.get("/readyz").await;
    assert_eq!(answer.headers()["retry-after"], "2");
    let missing = problem(answer, 503, "unavailable").await;
    assert!(missing["detail"].as_str().unwrap().contains("object store"), "{missing}");
    assert_eq!(server.get("/healthz").await.status(), 200);
    server.objects.set_away(false);
    server.context.db.close().await;
    let missing = problem(server.get("/readyz").await, 503, "unavailable").await;
    assert!(missing["detail"].as_str().unwrap().contains("database"), "{missing}");
    // A closed database is the server's failure, and the answer has no details.
    problem(server.get("/api/questions").await, 500, "internal").await;
}

#[tokio::test]
async fn a_server_whose_models_are_not_loaded_is_not_ready() {
    let (db, dir) = crate::support::sqlite().await;
    let mut config = Config::default();
    config.storage.data = dir.path().join("data");
    let context = Context::new(config, db, Arc::new(crate::support::objects::Memory::default()));
    let app = App::builder(context).build(Arc::new(crate::support::live::LiveDouble::default())).await.unwrap();
    let request =
        axum::http::Request::get("/readyz").header("host", "localhost").body(axum::body::Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(coach_server::http::router(app), request).await.unwrap();
    assert_eq!(answer.status(), 503);
}

#[tokio::test]
async fn the_metrics_are_in_prometheus_text() {
    let server = Server::start().await;
    let answer = server.get("/metrics").await;
    assert_eq!(answer.status(), 200);
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
}

#[tokio::test]
async fn after_a_crash_running_sessions_are_interrupted_and_deleted_ones_erased() {
    let server = Server::start().await;
    let (context, me) = (&server.context, server.user);
    let live = crate::support::report::session(&context.db, me).await;
    let gone = crate::support::report::session(&context.db, me).await;
    let untouched = crate::support::report::session(&context.db, me).await;
    context.machine.apply(me, live.id, Event::Published).await.unwrap();
    context.machine.apply(me, gone.id, Event::Deleted).await.unwrap();
    take_up(context).await.unwrap();
    assert_eq!(sessions::get(&context.db, me, live.id).await.unwrap().unwrap().state, State::Interrupted);
    assert_eq!(sessions::get(&context.db, me, untouched.id).await.unwrap().unwrap().state, State::Created);
    let erase: Arc<dyn coach_server::jobs::Job> = Arc::new(coach_server::jobs::erase::Erase(context.clone()));
    let worker = coach_server::jobs::Worker::new(context.queue.clone(), Default::default(), [erase]);
    assert!(worker.step(&Default::default()).await.unwrap());
    assert!(sessions::all_owners_in_state(&context.db, State::Deleted).await.unwrap().is_empty());
    assert_eq!(users::personal(&context.db).await.unwrap(), me);
}
