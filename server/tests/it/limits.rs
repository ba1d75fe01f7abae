//! What one person may have at once, and what a request may take.

use crate::support::live::WEBM;
use crate::support::report::{make_ready, report};
use crate::support::{Server, problem};
use coach_core::SessionId;
use coach_server::objects;
use coach_testing::{LIMIT, eventually};
use reqwest::{Method, Response};
use serde_json::json;
use std::io::Read;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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

/// Sends the beginning of a request and leaves the rest to later.
async fn begin(server: &Server, head: &str) -> TcpStream {
    let address = server.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("{head}\r\nHost: {address}\r\n").as_bytes()).await.unwrap();
    stream
}

/// Asks until the answer is not this status.
async fn after(status: u16, ask: impl AsyncFn() -> Response) -> Response {
    eventually(LIMIT, &format!("an answer other than {status}"), async || {
        let answer = ask().await;
        (answer.status() != status).then_some(answer)
    })
    .await
}

#[tokio::test]
async fn a_device_check_takes_its_place_before_its_clip_is_read_and_others_are_told_to_wait() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/calibration");
    let check = async || {
        let clip = server.request(Method::POST, &path).header("content-type", "video/webm").body(WEBM);
        clip.send().await.unwrap()
    };
    // One person may have three of the six places.
    let mut slow = Vec::new();
    for _ in 0..3 {
        let mut stream = begin(&server, &format!("POST {path} HTTP/1.1")).await;
        stream.write_all(b"Content-Type: video/webm\r\nContent-Length: 1000000\r\n\r\n\x1a\x45").await.unwrap();
        slow.push(stream);
    }
    let full = after(200, check).await;
    assert!(full.headers().contains_key("retry-after"));
    problem(full, 429, "too-many").await;
    drop(slow);
    assert_eq!(after(429, check).await.status(), 200);
}

#[tokio::test]
async fn journals_that_nobody_reads_are_counted_and_give_their_places_back() {
    let server = Server::start().await;
    let id: SessionId = server.session().await.parse().unwrap();
    make_ready(&server.context.db, server.user, id, &report(None)).await;
    // Small to store, and more than the buffers between the server and its reader hold.
    let packed = zstd::encode_all(std::io::repeat(b' ').take(64 << 20), 1).unwrap();
    server.objects.put(&objects::journal_key(id), packed);
    let path = format!("/api/sessions/{id}/journal");
    let mut unread = Vec::new();
    for _ in 0..32 {
        let mut stream = begin(&server, &format!("GET {path} HTTP/1.1")).await;
        stream.write_all(b"\r\n").await.unwrap();
        stream.read_exact(&mut [0; 15]).await.unwrap();
        unread.push(stream);
    }
    problem(server.get(&path).await, 429, "too-many").await;
    drop(unread);
    assert_eq!(after(429, async || server.get(&path).await).await.status(), 200);
}

#[tokio::test]
async fn downloads_that_nobody_reads_are_few_and_give_their_places_back() {
    let server = Server::start().await;
    let id: SessionId = server.session().await.parse().unwrap();
    make_ready(&server.context.db, server.user, id, &report(None)).await;
    // More than the buffers between the server and its reader hold.
    server.objects.put(&objects::recording_key(id), vec![7; 64 << 20]);
    let path = format!("/api/sessions/{id}/export");
    let export = async || server.get(&path).await;
    let mut unread = Vec::new();
    for _ in 0..3 {
        let mut stream = begin(&server, &format!("GET {path} HTTP/1.1")).await;
        stream.write_all(b"\r\n").await.unwrap();
        // The answer has begun.
        stream.read_exact(&mut [0; 15]).await.unwrap();
        unread.push(stream);
    }
    problem(export().await, 429, "too-many").await;
    drop(unread);
    assert_eq!(after(429, export).await.status(), 200);
}
