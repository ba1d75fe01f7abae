//! Uploads to the embedded store, through the URLs that a browser gets.

use crate::support::{Server, problem};
use coach_core::SessionId;
use coach_server::clock::now_us;
use coach_server::objects::upload_key;
use coach_server::store::uploads as slots;
use coach_server::uploads::{SLOT_US, sweep};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const PART: usize = 8 << 20;
const SECRET: &str = "correct horse battery";

/// Returns bytes that begin like a WebM file.
fn webm(bytes: usize) -> Vec<u8> {
    let mut file: Vec<u8> = (0..bytes).map(|i| (i * 31 % 251) as u8).collect();
    let head = [0x1a, 0x45, 0xdf, 0xa3].into_iter().take(bytes);
    file.splice(..head.len(), head);
    file
}

fn crc64(bytes: &[u8]) -> String {
    format!("{:016x}", crc_fast::checksum(crc_fast::CrcAlgorithm::Crc64Nvme, bytes))
}

struct Upload {
    server: Server,
    path: String,
    id: SessionId,
}

impl Upload {
    async fn session() -> Upload {
        Upload::on(Server::storing(|config| config.storage.hook_secret = Some(SECRET.into())).await).await
    }

    async fn on(server: Server) -> Upload {
        server.consent().await;
        let wish = json!({"questions": ["failure-own-mistake"], "source": "upload"});
        let made: Value = server.post("/api/sessions", wish).await.json().await.unwrap();
        assert_eq!((made["source"].as_str(), made["state"].as_str()), (Some("upload"), Some("created")));
        let id: SessionId = made["id"].as_str().unwrap().parse().unwrap();
        Upload { server, path: format!("/api/sessions/{id}/upload"), id }
    }

    async fn open(&self, name: &str, bytes: usize) -> Value {
        let wish = json!({"name": name, "content_type": "video/webm", "bytes": bytes});
        let answer = self.server.post(&self.path, wish).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    async fn url(&self, number: usize) -> String {
        let answer = self.server.post(&format!("{}/urls", self.path), json!({"parts": [number]})).await;
        assert_eq!(answer.status(), 200);
        answer.json::<Value>().await.unwrap()["urls"][0]["url"].as_str().unwrap().to_owned()
    }

    async fn put(&self, url: &str, bytes: &[u8]) -> StatusCode {
        self.server.client.put(url).body(bytes.to_vec()).send().await.unwrap().status()
    }

    /// Uploads the whole file in its parts.
    async fn send(&self, file: &[u8]) {
        self.open("answer.webm", file.len()).await;
        for (part, number) in file.chunks(PART).zip(1..) {
            assert_eq!(self.put(&self.url(number).await, part).await, 200);
        }
    }

    async fn complete(&self, body: Value) -> reqwest::Response {
        self.server.post(&format!("{}/complete", self.path), body).await
    }

    async fn state(&self) -> Value {
        let session: Value = self.server.get(&format!("/api/sessions/{}", self.id)).await.json().await.unwrap();
        session["state"].clone()
    }

    async fn in_store(&self) -> Option<u64> {
        self.server.context.objects.size(&upload_key(self.id)).await.unwrap()
    }

    async fn slot(&self) -> slots::Slot {
        slots::get(&self.server.context.db, self.server.user, self.id).await.unwrap().unwrap()
    }

    async fn jobs(&self) -> i64 {
        let counts = coach_server::store::jobs::count(&self.server.context.db).await.unwrap();
        counts.into_iter().map(|(_, count)| count).sum()
    }

    fn hook(&self, secret: &str, body: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        let post = self.server.request(Method::POST, "/api/hooks/s3").header("content-type", "application/json");
        post.header("authorization", format!("Bearer {secret}")).body(body)
    }
}

fn created(bucket: &str, key: &str) -> Value {
    json!({"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:CompleteMultipartUpload",
        "s3": {"s3SchemaVersion": "1.0", "bucket": {"name": bucket, "arn": "x"}, "object": {"key": key, "size": 1, "eTag": "x"}}}]})
}

#[tokio::test]
async fn a_file_goes_in_parts_to_the_store_and_its_analysis_is_queued_once() {
    let upload = Upload::session().await;
    let file = webm(PART + 1234);
    let slot = upload.open("answer.webm", file.len()).await;
    assert_eq!(
        (slot["parts"].as_u64(), slot["part_bytes"].as_u64(), &slot["job"]),
        (Some(2), Some(PART as u64), &Value::Null)
    );
    // The last part is sent first, since several are sent at once.
    assert_eq!(upload.put(&upload.url(2).await, &file[PART..]).await, 200);
    let again = upload.open("answer.webm", file.len()).await;
    assert_eq!(again["stored"], json!([{"number": 2, "bytes": 1234, "crc64": crc64(&file[PART..])}]));
    let early = problem(upload.complete(json!({})).await, 409, "conflict").await;
    assert!(early["detail"].as_str().unwrap().contains("part 1 of 2"), "{early}");
    assert_eq!(upload.put(&upload.url(1).await, &file[..PART]).await, 200);
    let seen: Value = upload.server.get(&upload.path).await.json().await.unwrap();
    assert_eq!(seen["stored"].as_array().unwrap().len(), 2);

    let first = upload.complete(json!({"crc64": crc64(&file)})).await;
    assert_eq!(first.status(), 202);
    let first: Value = first.json().await.unwrap();
    let second = upload.complete(json!({})).await;
    assert_eq!(second.status(), 202);
    assert_eq!(second.json::<Value>().await.unwrap(), first);
    assert_eq!((upload.state().await, upload.jobs().await), (json!("finalising"), 1));
    assert_eq!(upload.in_store().await, Some(file.len() as u64));
    let seen: Value = upload.server.get(&upload.path).await.json().await.unwrap();
    assert_eq!(seen["job"], first["job"]);
    // The replay plays the original.
    let link: Value = upload.server.get(&format!("/api/sessions/{}/recording", upload.id)).await.json().await.unwrap();
    assert_eq!((link["content_type"].as_str(), link["bytes"].as_u64()), (Some("video/webm"), Some(file.len() as u64)));
    let stored = upload.server.client.get(link["url"].as_str().unwrap()).send().await.unwrap().bytes().await.unwrap();
    assert!(stored == file, "the store has other bytes");

    // The session has moved on: nothing can be uploaded or given up.
    problem(
        upload.server.post(&upload.path, json!({"name": "b", "content_type": "video/webm", "bytes": 1})).await,
        409,
        "state",
    )
    .await;
    problem(upload.server.post(&format!("{}/urls", upload.path), json!({"parts": [1]})).await, 409, "state").await;
    problem(upload.server.request(Method::DELETE, &upload.path).send().await.unwrap(), 409, "state").await;
}

#[tokio::test]
async fn two_pages_that_complete_at_once_get_the_same_job() {
    let upload = Upload::session().await;
    upload.send(&webm(5000)).await;
    let answers = futures::future::join_all((0..4).map(|_| upload.complete(json!({})))).await;
    let mut jobs = Vec::new();
    for answer in answers {
        assert_eq!(answer.status(), 202);
        jobs.push(answer.json::<Value>().await.unwrap()["job"].clone());
    }
    jobs.dedup();
    assert_eq!(jobs.len(), 1, "{jobs:?}");
}

#[tokio::test]
async fn an_unacceptable_file_is_refused_before_it_is_sent() {
    let upload = Upload::on(Server::storing(|config| config.limits.upload_bytes = 1000).await).await;
    for (name, kind, bytes) in [
        ("", "video/webm", json!(5)),
        ("a\u{7}", "video/webm", json!(5)),
        ("a", "text/plain", json!(5)),
        ("a", "", json!(5)),
        ("a", "video/webm", json!(0)),
        ("a", "video/webm", json!(1001)),
        ("a", "video/webm", json!(-1)),
        ("a", "video/webm", json!(1e30)),
        ("a", "video/webm", json!("5")),
    ] {
        let wish = json!({"name": name, "content_type": kind, "bytes": bytes});
        problem(upload.server.post(&upload.path, wish).await, 422, "unprocessable").await;
    }
    problem(upload.server.get(&upload.path).await, 404, "not-found").await;
    problem(upload.complete(json!({})).await, 404, "not-found").await;
    upload.open("exactly at the limit.webm", 1000).await;
    let two = json!({"questions": ["failure-own-mistake", "pressure-deadline"], "source": "upload"});
    problem(upload.server.post("/api/sessions", two).await, 422, "unprocessable").await;
}

#[tokio::test]
async fn urls_are_given_only_for_existing_parts_and_few_at_once() {
    let upload = Upload::session().await;
    upload.open("answer.webm", PART * 40).await;
    let ask =
        async |parts: Value| upload.server.post(&format!("{}/urls", upload.path), json!({ "parts": parts })).await;
    for parts in [
        json!([]),
        json!([0]),
        json!([41]),
        json!([1, 10_001]),
        json!([65_536]),
        json!([-1]),
        json!([1.5]),
        json!("1"),
        json!((1..=33).collect::<Vec<_>>()),
    ] {
        problem(ask(parts).await, 422, "unprocessable").await;
    }
    let answer: Value = ask(json!((1..=32).collect::<Vec<_>>())).await.json().await.unwrap();
    assert_eq!(answer["urls"].as_array().unwrap().len(), 32);
    let left_us = answer["expires_us"].as_i64().unwrap() - now_us();
    assert!((290_000_000..=300_000_000).contains(&left_us), "{left_us}");
}

#[tokio::test]
async fn a_url_takes_exactly_its_part() {
    let upload = Upload::session().await;
    upload.open("answer.webm", 1000).await;
    let url = upload.url(1).await;
    for bytes in [1001, 999, 0, PART] {
        assert_eq!(upload.put(&url, &webm(bytes)).await, 403, "{bytes} bytes");
    }
    let foreign = url.replace("partNumber=1", "partNumber=2");
    assert_eq!(upload.put(&foreign, &webm(1000)).await, 403);
    assert_eq!(upload.server.client.get(&url).send().await.unwrap().status(), 403);
    assert_eq!(upload.put(&url, &webm(1000)).await, 200);
}

#[tokio::test]
async fn sessions_of_others_and_live_ones_take_no_file() {
    let server = Server::storing(|_| {}).await;
    let (live, foreign) = (server.session().await, server.foreign_session().await);
    let wish = json!({"name": "a", "content_type": "video/webm", "bytes": 5});
    for (id, status, word) in
        [(foreign.as_str(), 404, "not-found"), (live.as_str(), 409, "conflict"), ("nobody", 404, "not-found")]
    {
        let path = format!("/api/sessions/{id}/upload");
        problem(server.post(&path, wish.clone()).await, status, word).await;
        problem(server.post(&format!("{path}/urls"), json!({"parts": [1]})).await, status, word).await;
        problem(server.request(Method::DELETE, &path).send().await.unwrap(), status, word).await;
        problem(server.post(&format!("{path}/complete"), json!({})).await, 404, "not-found").await;
        problem(server.get(&path).await, 404, "not-found").await;
    }
    let upload = Upload::on(server).await;
    let offer = upload.server.request(Method::POST, &format!("/api/sessions/{}/whip", upload.id));
    problem(offer.header("content-type", "application/sdp").body("v=0\r\n").send().await.unwrap(), 409, "conflict")
        .await;
    assert_eq!(upload.server.request(Method::DELETE, "/api/consents").send().await.unwrap().status(), 204);
    problem(upload.server.post(&upload.path, wish).await, 403, "consent").await;
}

#[tokio::test]
async fn an_object_that_differs_from_the_announcement_is_refused_and_erased_and_can_be_uploaded_again() {
    let upload = Upload::session().await;
    let refused = async |body: Value, words: &str| {
        let answer = problem(upload.complete(body).await, 422, "unprocessable").await;
        assert!(answer["detail"].as_str().unwrap().contains(words), "{answer}");
        assert_eq!((upload.in_store().await, upload.state().await, upload.jobs().await), (None, json!("created"), 0));
        problem(upload.server.get(&upload.path).await, 404, "not-found").await;
    };
    // The bytes differ from those that the page read.
    upload.send(&webm(5000)).await;
    for crc64 in ["", "0", "zzzzzzzzzzzzzzzz", "+0000000000000001", "+000000000000001"] {
        problem(upload.complete(json!({ "crc64": crc64 })).await, 422, "unprocessable").await;
    }
    refused(json!({"crc64": crc64(&webm(4999))}), "upload it again").await;
    // The file is not a recording.
    upload.send(b"MZ this is a program, whatever its name says").await;
    refused(json!({}), "choose an MP4").await;
    // Somebody with the store's keys has put a truncated object.
    upload.send(&webm(5000)).await;
    let (store, key) = (&upload.server.context.objects, upload_key(upload.id));
    store.abort_parts(&key, &upload.slot().await.upload_id).await.unwrap();
    let short = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(short.path(), webm(4000)).unwrap();
    store.put_file(&key, short.path(), "video/webm").await.unwrap();
    refused(json!({}), "4000 bytes").await;
    // The store has lost the object.
    upload.send(&webm(5000)).await;
    store.abort_parts(&key, &upload.slot().await.upload_id).await.unwrap();
    refused(json!({}), "not there").await;

    upload.send(&webm(5000)).await;
    assert_eq!(upload.complete(json!({"crc64": crc64(&webm(5000))})).await.status(), 202);
}

#[tokio::test]
async fn another_file_takes_the_place_of_the_first_and_giving_up_erases_it() {
    let upload = Upload::session().await;
    upload.open("first.webm", 1000).await;
    let old = upload.url(1).await;
    assert_eq!(upload.put(&old, &webm(1000)).await, 200);
    let second = upload.open("second.webm", 1000).await;
    assert_eq!(second["stored"], json!([]));
    assert_eq!(upload.put(&old, &webm(1000)).await, 404);
    let url = upload.url(1).await;
    for _ in 0..2 {
        assert_eq!(upload.server.request(Method::DELETE, &upload.path).send().await.unwrap().status(), 204);
    }
    assert_eq!(upload.put(&url, &webm(1000)).await, 404);
    problem(upload.server.get(&upload.path).await, 404, "not-found").await;
}

#[tokio::test]
async fn an_abandoned_slot_expires() {
    let upload = Upload::session().await;
    upload.open("answer.webm", 1000).await;
    let url = upload.url(1).await;
    assert!(slots::extend(&upload.server.context.db, &upload.slot().await, now_us() - 1).await.unwrap());
    let over =
        problem(upload.server.post(&format!("{}/urls", upload.path), json!({"parts": [1]})).await, 409, "conflict")
            .await;
    assert!(over["detail"].as_str().unwrap().contains("choose the file again"));
    // Choosing the same file again continues the upload.
    assert_eq!(upload.put(&url, &webm(1000)).await, 200);
    assert_eq!(upload.open("answer.webm", 1000).await["stored"].as_array().unwrap().len(), 1);

    let context = &upload.server.context;
    assert_eq!(sweep::once(context, now_us()).await.unwrap(), 0);
    assert_eq!(sweep::once(context, now_us() + SLOT_US + 1_000_000).await.unwrap(), 1);
    assert_eq!(sweep::once(context, now_us() + SLOT_US + 1_000_000).await.unwrap(), 0);
    problem(upload.server.get(&upload.path).await, 404, "not-found").await;
    assert_eq!(upload.put(&url, &webm(1000)).await, 404);
}

#[tokio::test]
async fn deleting_a_session_aborts_its_unfinished_upload() {
    let upload = Upload::session().await;
    upload.open("answer.webm", 1000).await;
    let url = upload.url(1).await;
    let gone = upload.server.request(Method::DELETE, &format!("/api/sessions/{}", upload.id)).send().await.unwrap();
    assert_eq!(gone.status(), 200);
    assert_eq!(upload.put(&url, &webm(1000)).await, 404);
    problem(upload.server.get(&upload.path).await, 404, "not-found").await;
    assert!(slots::all_owners_get(&upload.server.context.db, upload.id).await.unwrap().is_none());
}

#[tokio::test]
async fn a_withdrawn_consent_ends_uploads_under_way_and_their_urls() {
    let upload = Upload::session().await;
    let file = webm(PART + 1000);
    upload.open("answer.webm", file.len()).await;
    let (first, second) = (upload.url(1).await, upload.url(2).await);
    assert_eq!(upload.put(&first, &file[..PART]).await, 200);
    let withdrawn = upload.server.request(Method::DELETE, "/api/consents").send().await.unwrap();
    assert_eq!(withdrawn.status(), 204);
    // Neither a part that was not sent nor one that was is taken any more.
    assert_eq!(upload.put(&second, &file[PART..]).await, 404);
    assert_eq!(upload.put(&first, &file[..PART]).await, 404);
    problem(upload.server.get(&upload.path).await, 404, "not-found").await;
    assert_eq!((upload.in_store().await, upload.jobs().await), (None, 0));
    // Who agrees again begins again.
    upload.server.consent().await;
    upload.send(&file).await;
    assert_eq!(upload.complete(json!({})).await.status(), 202);
}

#[tokio::test]
async fn a_notification_of_the_store_changes_nothing_while_the_consent_is_withdrawn() {
    let upload = Upload::session().await;
    upload.send(&webm(5000)).await;
    let db = &upload.server.context.db;
    coach_server::store::consents::withdraw(db, upload.server.user).await.unwrap();
    let said = created("coach", &upload_key(upload.id)).to_string();
    assert_eq!(upload.hook(SECRET, said.clone()).send().await.unwrap().status(), 204);
    assert_eq!((upload.jobs().await, upload.state().await), (0, json!("created")));
    upload.server.consent().await;
    assert_eq!(upload.hook(SECRET, said).send().await.unwrap().status(), 204);
    assert_eq!(upload.jobs().await, 1);
}

#[tokio::test]
async fn a_notification_of_the_store_completes_an_upload() {
    let upload = Upload::session().await;
    upload.send(&webm(5000)).await;
    let key = upload_key(upload.id);
    // Notifications about other objects are ignored.
    for body in [
        json!({}),
        json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "coach"}),
        json!({"Records": []}),
        created("coach", "sessions/unknown/upload"),
        created("coach", &key.replace("upload", "recording.webm")),
        created("coach", &format!("{key}/../upload")),
        created("coach", "%ff%00"),
        created("another", &key),
        created("coach", &upload_key(SessionId(uuid::Uuid::now_v7()))),
        serde_json::from_str(&created("coach", &key).to_string().replace("ObjectCreated:", "ObjectRemoved:")).unwrap(),
    ] {
        assert_eq!(upload.hook(SECRET, body.to_string()).send().await.unwrap().status(), 204, "{body}");
        assert_eq!(upload.jobs().await, 0, "{body}");
    }
    let minio = created("coach", &key.replace('/', "%2F")).to_string().replace("ObjectCreated", "s3:ObjectCreated");
    for _ in 0..2 {
        assert_eq!(upload.hook(SECRET, minio.clone()).send().await.unwrap().status(), 204);
        assert_eq!((upload.jobs().await, upload.state().await), (1, json!("finalising")));
    }
}

#[tokio::test]
async fn the_stores_hook_refuses_wrong_tokens_and_malformed_notifications() {
    let upload = Upload::session().await;
    let body = created("coach", &upload_key(upload.id)).to_string();
    for secret in ["", "wrong", &SECRET[1..], &format!("{SECRET}x")] {
        problem(upload.hook(secret, body.clone()).send().await.unwrap(), 403, "forbidden").await;
    }
    let bare = upload.server.request(Method::POST, &format!("/api/hooks/s3?token={SECRET}")).body(body.clone());
    problem(bare.send().await.unwrap(), 403, "forbidden").await;
    for (nonsense, status, word) in [
        ("", 400, "bad-request"),
        ("{\"Records\":[", 400, "bad-request"),
        ("null", 422, "unprocessable"),
        ("{\"Records\":7}", 422, "unprocessable"),
        ("{\"Records\":[{\"eventName\":\"ObjectCreated:Put\"}]}", 422, "unprocessable"),
        ("{\"Records\":[{\"s3\":{\"bucket\":{\"name\":1},\"object\":{\"key\":[]}}}]}", 422, "unprocessable"),
    ] {
        problem(upload.hook(SECRET, nonsense).send().await.unwrap(), status, word).await;
    }
    problem(upload.hook(SECRET, " ".repeat(80_000)).send().await.unwrap(), 413, "too-large").await;

    let closed = Server::start().await;
    problem(closed.post("/api/hooks/s3", json!({"Records": []})).await, 404, "not-found").await;
}
