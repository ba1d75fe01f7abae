//! The webhook against a receiver in the test: deliveries are signed, retried until accepted, and hold no personal data but
//! ids.

use crate::support::Server;
use crate::support::report::{report, session};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use coach_server::jobs::notify::webhook::{Webhook, signature};
use coach_server::jobs::{Job, Worker};
use coach_server::session::Event;
use coach_server::store::{Db, jobs, reports};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio_util::sync::CancellationToken;

const SECRET: &str = "a secret of sixteen and more";

type Heard = Arc<Mutex<Vec<(HeaderMap, Vec<u8>)>>>;

/// Starts a receiver that gives these answers in turn, then 200. `None`: it never answers.
async fn receiver(mut answers: Vec<Option<StatusCode>>) -> (String, Heard) {
    let heard = Heard::default();
    answers.reverse();
    let (all, answers) = (heard.clone(), Arc::new(Mutex::new(answers)));
    let app = axum::Router::new().fallback(move |headers: HeaderMap, body: axum::body::Bytes| async move {
        all.lock().unwrap().push((headers, body.to_vec()));
        let answer = answers.lock().unwrap().pop().unwrap_or(Some(StatusCode::OK));
        match answer {
            Some(status) => (status, [(header::LOCATION, "/elsewhere")]).into_response(),
            None => std::future::pending::<Response>().await,
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, app).into_future());
    (url, heard)
}

async fn server(url: String) -> (Server, Worker) {
    let server = Server::with(|config| {
        config.webhook.url = Some(url);
        config.webhook.secret = Some(SECRET.into());
        config.webhook.timeout_s = 1;
    })
    .await;
    let job: Arc<dyn Job> = Arc::new(Webhook::new(server.context.clone()).unwrap());
    let worker = Worker::new(server.context.queue.clone(), Default::default(), [job]);
    (server, worker)
}

/// Runs the next delivery at once, even if it is paused.
async fn step(server: &Server, worker: &Worker) {
    let Db::Lite(pool) = &server.context.db else { panic!("SQLite") };
    sqlx::query("UPDATE jobs SET run_at_us = 0 WHERE state = 'queued'").execute(pool).await.unwrap();
    assert!(worker.step(&CancellationToken::new()).await.unwrap());
}

async fn states(server: &Server) -> Vec<(String, i64)> {
    jobs::count(&server.context.db).await.unwrap()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers[name].to_str().unwrap()
}

#[tokio::test]
async fn a_scored_session_is_delivered_until_accepted_and_every_attempt_is_signed() {
    let (url, heard) = receiver(vec![Some(StatusCode::INTERNAL_SERVER_ERROR), Some(StatusCode::BAD_GATEWAY)]).await;
    let (server, worker) = server(url).await;
    let (context, me) = (&server.context, server.user);
    let id = session(&context.db, me).await.id;
    for event in [Event::Published, Event::Stopped, Event::Recorded] {
        context.machine.apply(me, id, event).await.unwrap();
    }
    assert!(states(&server).await.is_empty(), "nothing is told before the end");
    assert!(reports::save_report(&context.db, me, id, &report(Some(80.0))).await.unwrap());
    context.machine.apply(me, id, Event::Scored).await.unwrap();
    assert_eq!(states(&server).await, [("queued".to_owned(), 1)]);
    for state in ["queued", "queued", "done"] {
        step(&server, &worker).await;
        assert_eq!(states(&server).await, [(state.to_owned(), 1)]);
    }
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 3);
    for (headers, body) in heard.iter() {
        assert_eq!(body, &heard[0].1, "every attempt says the same");
        assert_eq!(headers["coach-delivery"], heard[0].0["coach-delivery"]);
        assert_eq!(header(headers, "content-type"), "application/json");
        let signed = header(headers, "coach-signature");
        let seconds: i64 = signed.strip_prefix("t=").and_then(|rest| rest.split_once(',')?.0.parse().ok()).unwrap();
        assert!((coach_server::clock::now_us() / 1_000_000 - seconds).abs() < 60);
        assert_eq!(signature(SECRET, seconds, body), signed);
        assert_ne!(signature("another secret", seconds, body), signed);
        assert_ne!(signature(SECRET, seconds + 1, body), signed);
    }
    let told: Value = serde_json::from_slice(&heard[0].1).unwrap();
    assert_eq!(
        (told["type"].as_str(), told["id"].as_str()),
        (Some("session.scored"), Some(header(&heard[0].0, "coach-delivery")))
    );
    assert_eq!(
        (told["session"]["id"].as_str(), told["session"]["scores"]["confidence"].as_f64()),
        (Some(&*id.to_string()), Some(80.0))
    );
    assert_eq!(told["session"]["answers"].as_array().unwrap().len(), 2);
    let text = String::from_utf8_lossy(&heard[0].1);
    assert!(!text.contains("Tell me about it") && !text.contains("Slow down"), "no words of the session: {text}");
}

#[tokio::test]
async fn a_delivery_that_hangs_or_is_redirected_is_retried_and_one_answered_gone_is_not() {
    let (url, heard) = receiver(vec![None, Some(StatusCode::FOUND), Some(StatusCode::GONE)]).await;
    let (server, worker) = server(url).await;
    let (context, me) = (&server.context, server.user);
    let id = session(&context.db, me).await.id;
    context.machine.apply(me, id, Event::Failed("the camera was stolen".into())).await.unwrap();
    for (state, why) in [("queued", "not delivered"), ("queued", "redirects"), ("dead", "410")] {
        step(&server, &worker).await;
        let job = jobs::latest(&context.db, me, id, "webhook").await.unwrap().unwrap();
        let error = job.last_error.unwrap();
        assert_eq!(job.state, state);
        assert!(error.contains(why) && !error.contains("127.0.0.1") && !error.contains(SECRET), "{error}");
    }
    let heard = heard.lock().unwrap();
    assert_eq!(heard.len(), 3, "a redirect is not followed");
    let told: Value = serde_json::from_slice(&heard[0].1).unwrap();
    assert_eq!((told["type"].as_str(), told["session"]["scores"].is_null()), (Some("session.failed"), true));
}

#[tokio::test]
async fn no_event_is_sent_for_a_deleted_session_or_without_a_webhook() {
    let (url, heard) = receiver(Vec::new()).await;
    let (server, worker) = server(url).await;
    let (context, me) = (&server.context, server.user);
    let id = session(&context.db, me).await.id;
    context.machine.apply(me, id, Event::Failed("so it is".into())).await.unwrap();
    context.machine.apply(me, id, Event::Deleted).await.unwrap();
    step(&server, &worker).await;
    assert_eq!(states(&server).await, [("done".to_owned(), 1)]);
    assert!(heard.lock().unwrap().is_empty());
    let silent = Server::start().await;
    let id = session(&silent.context.db, silent.user).await.id;
    silent.context.machine.apply(silent.user, id, Event::Failed("so it is".into())).await.unwrap();
    assert!(states(&silent).await.is_empty());
}

#[tokio::test]
async fn a_comment_is_delivered_without_its_words() {
    let (url, heard) = receiver(Vec::new()).await;
    let (server, worker) = server(url).await;
    let id = session(&server.context.db, server.user).await.id;
    let body = serde_json::json!({"text": "A word for you alone", "start_ms": 5000});
    let made: Value = server.post(&format!("/api/sessions/{id}/comments"), body).await.json().await.unwrap();
    assert_eq!(states(&server).await, [("queued".to_owned(), 1)]);
    step(&server, &worker).await;
    let heard = heard.lock().unwrap();
    let told: Value = serde_json::from_slice(&heard[0].1).unwrap();
    assert_eq!(
        (told["type"].as_str(), &told["session"]["id"]),
        (Some("session.commented"), &Value::from(id.to_string()))
    );
    assert_eq!(told["comment"], serde_json::json!({"id": made["id"], "by": "owner"}));
    assert!(!told.to_string().contains("alone"), "{told}");
}
