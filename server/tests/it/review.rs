//! Trends, comparisons, and the export of a session.

use crate::support::report::{make_ready, report};
use crate::support::{Server, problem};
use coach_core::SessionId;
use coach_server::objects;
use serde_json::Value;
use std::io::Read;

async fn ready(server: &Server, confidence: f32) -> SessionId {
    let id: SessionId = server.session().await.parse().unwrap();
    let report = report(Some(confidence));
    make_ready(&server.context.db, server.user, id, &report).await;
    server.objects.put(&objects::report_key(id), serde_json::to_vec(&report).unwrap());
    id
}

#[tokio::test]
async fn trends_are_empty_at_first_and_need_enough_sessions() {
    let server = Server::start().await;
    let none: Value = server.get("/api/trends").await.json().await.unwrap();
    assert_eq!(none, serde_json::json!({"points": [], "trends": []}));
    let ids = [ready(&server, 40.0).await, ready(&server, 60.0).await];
    let two: Value = server.get("/api/trends").await.json().await.unwrap();
    let points = two["points"].as_array().unwrap();
    assert_eq!(
        points.iter().map(|p| p["session_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>(),
        ids.map(|id| id.to_string())
    );
    assert_eq!(
        (points[1]["scores"]["confidence"].as_f64(), points[1]["metrics"]["pace"].as_f64()),
        (Some(60.0), Some(141.0))
    );
    let confidence = two["trends"].as_array().unwrap().iter().find(|trend| trend["id"] == "confidence").unwrap();
    assert_eq!((&confidence["direction"], confidence["sessions"].as_u64()), (&Value::Null, Some(2)));
}

#[tokio::test]
async fn six_rising_sessions_are_a_trend() {
    let server = Server::start().await;
    for value in [30.0, 41.0, 50.0, 61.0, 70.0, 82.0] {
        ready(&server, value).await;
    }
    let trends: Value = server.get("/api/trends").await.json().await.unwrap();
    let confidence = trends["trends"].as_array().unwrap().iter().find(|trend| trend["id"] == "confidence").unwrap();
    assert_eq!((confidence["direction"].as_str(), confidence["better"].as_bool()), (Some("up"), Some(true)));
}

#[tokio::test]
async fn two_ready_sessions_are_compared_answer_by_answer() {
    let server = Server::start().await;
    let (a, b) = (ready(&server, 40.0).await, ready(&server, 60.0).await);
    let compared: Value = server.get(&format!("/api/compare?a={a}&b={b}")).await.json().await.unwrap();
    assert_eq!(
        (compared["same_question"].as_bool(), compared["phases"].as_array().map(Vec::len)),
        (Some(true), Some(3))
    );
    let second: Value =
        server.get(&format!("/api/compare?a={a}&b={b}&answer_a=1&answer_b=1")).await.json().await.unwrap();
    assert_eq!(second["a"]["answer"], 1);
}

#[tokio::test]
async fn a_comparison_of_what_is_not_there_says_so() {
    let server = Server::start().await;
    let (a, created) = (ready(&server, 40.0).await, server.session().await);
    let foreign = server.foreign_session().await;
    problem(server.get(&format!("/api/compare?a={a}&b={created}")).await, 409, "state").await;
    problem(server.get(&format!("/api/compare?a={a}&b={foreign}")).await, 404, "not-found").await;
    problem(server.get(&format!("/api/compare?a={a}&b={}", uuid::Uuid::now_v7())).await, 404, "not-found").await;
    problem(server.get(&format!("/api/compare?a={a}&b={a}&answer_a=7&answer_b=0")).await, 422, "unprocessable").await;
    for query in [
        format!("a={a}"),
        format!("a={a}&b=x"),
        format!("a={a}&b={a}&answer_a=0"),
        format!("a={a}&b={a}&c=1"),
        format!("a={a}&b={a}&answer_a=-1&answer_b=0"),
    ] {
        problem(server.get(&format!("/api/compare?{query}")).await, 400, "bad-request").await;
    }
    server.objects.put(&objects::report_key(a), &b"not json"[..]);
    problem(server.get(&format!("/api/compare?a={a}&b={a}")).await, 500, "internal").await;
}

#[tokio::test]
async fn a_whole_session_can_be_exported() {
    let server = Server::start().await;
    let id = ready(&server, 40.0).await;
    let recording: Vec<u8> = (0..300_000u32).map(|i| (i * 7) as u8).collect();
    let journal = "{\"kind\":\"header\"}\n".repeat(5000);
    server.objects.put(&objects::recording_key(id), recording.clone());
    server.objects.put(&objects::journal_key(id), zstd::encode_all(journal.as_bytes(), 3).unwrap());
    let answer = server.get(&format!("/api/sessions/{id}/export")).await;
    assert_eq!(answer.headers()["content-type"], "application/zip");
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains(&id.to_string()));
    let bytes = answer.bytes().await.unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut read = |name: &str| {
        let mut out = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut out).unwrap();
        out
    };
    assert_eq!(read("recording.webm"), recording);
    assert_eq!(read("journal.jsonl"), journal.as_bytes());
    assert!(serde_json::from_slice::<coach_core::report::Report>(&read("report.json")).is_ok());
    assert!(read("README.txt").len() > 100);
    assert!(archive.by_name("calibration.json").is_err(), "there was no device check");
}

#[tokio::test]
async fn a_damaged_session_breaks_the_archive_off_and_the_server_lives() {
    let server = Server::start().await;
    let id = ready(&server, 40.0).await;
    server.objects.put(&objects::journal_key(id), &b"this was never compressed"[..]);
    let answer = server.get(&format!("/api/sessions/{id}/export")).await;
    assert!(answer.bytes().await.is_err());
    assert_eq!(server.get("/healthz").await.status(), 200);
}
