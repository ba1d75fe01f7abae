//! What one person may have at once, and what a request may take.

use crate::support::{Server, problem};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn sessions_of_a_day_are_counted() {
    let server = Server::with(|config| config.limits.sessions_per_day = 3).await;
    server.session().await;
    server.session().await;
    let bank = server.get("/api/questions").await.json::<serde_json::Value>().await.unwrap();
    let wish = json!({ "questions": [bank["questions"][0]["id"]], "source": "upload" });
    let made = server.post("/api/sessions", wish.clone()).await;
    assert_eq!(made.status(), 201);
    let one_more = server.post("/api/sessions", wish).await;
    assert!(one_more.headers().contains_key("retry-after"));
    problem(one_more, 429, "too-many").await;
}

#[tokio::test]
async fn uploads_under_way_are_counted() {
    let server = Server::storing(|config| config.limits.uploads_each = 1).await;
    server.consent().await;
    let bank = server.get("/api/questions").await.json::<serde_json::Value>().await.unwrap();
    let wish = json!({ "questions": [bank["questions"][0]["id"]], "source": "upload" });
    let file = json!({ "name": "a.webm", "content_type": "video/webm", "bytes": 1000 });
    let open = async || {
        let made = server.post("/api/sessions", wish.clone()).await.json::<serde_json::Value>().await.unwrap();
        let path = format!("/api/sessions/{}/upload", made["id"].as_str().unwrap());
        (server.post(&path, file.clone()).await, path)
    };
    let (first, path) = open().await;
    assert_eq!(first.status(), 200);
    let (one_more, _) = open().await;
    assert!(one_more.headers().contains_key("retry-after"));
    problem(one_more, 429, "too-many").await;
    assert_eq!(server.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
    assert_eq!(open().await.0.status(), 200, "an upload that was given up no longer counts");
}

#[tokio::test]
async fn a_file_that_the_disk_cannot_take_gets_no_slot() {
    let server = Server::with(|config| config.storage.min_free_bytes = u64::MAX / 2).await;
    let bank = server.get("/api/questions").await.json::<serde_json::Value>().await.unwrap();
    server.post("/api/consents", json!({ "version": coach_server::session::consent::VERSION })).await;
    let wish = json!({ "questions": [bank["questions"][0]["id"]], "source": "upload" });
    let made = server.post("/api/sessions", wish).await.json::<serde_json::Value>().await.unwrap();
    let path = format!("/api/sessions/{}/upload", made["id"].as_str().unwrap());
    let file = json!({ "name": "a.webm", "content_type": "video/webm", "bytes": 1_000_000 });
    let refused = server.post(&path, file).await;
    assert!(refused.headers().contains_key("retry-after"));
    problem(refused, 503, "unavailable").await;
}

#[tokio::test]
async fn agreeing_twice_is_written_down_once() {
    let server = Server::start().await;
    let agree = async || {
        let answer = server.post("/api/consents", json!({ "version": coach_server::session::consent::VERSION })).await;
        answer.json::<serde_json::Value>().await.unwrap()["accepted_us"].as_i64().unwrap()
    };
    let first = agree().await;
    assert_eq!(agree().await, first);
    server.request(Method::DELETE, "/api/consents").send().await.unwrap();
    assert!(agree().await > first);
}

#[tokio::test]
async fn upload_urls_and_the_device_check_need_the_consent_that_is_in_force() {
    let server = Server::start().await;
    let id = server.session().await;
    server.request(Method::DELETE, "/api/consents").send().await.unwrap();
    let clip = server.request(Method::POST, &format!("/api/sessions/{id}/calibration"));
    let clip = clip.header("content-type", "video/webm").body(crate::support::live::WEBM).send().await.unwrap();
    problem(clip, 403, "consent").await;
    let urls = server.post(&format!("/api/sessions/{id}/upload/urls"), json!({ "parts": [1] })).await;
    problem(urls, 403, "consent").await;
}
