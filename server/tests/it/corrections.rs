//! What the owner corrects of the words: kept beside what was heard, computed anew, shown everywhere, and taken back again.

use crate::support::report::make_ready;
use crate::support::{Server, problem};
use coach_core::journal::{Line, Phrase, Word, is_filler};
use coach_core::{MediaTime, SessionId};
use coach_insight::replay::replay_text;
use coach_server::jobs::rescore::Rescore;
use coach_server::jobs::{Job, Worker};
use coach_server::objects::{journal_key, report_key};
use coach_server::store::jobs;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

const JOURNAL: &str = include_str!("../../../inference/insight/tests/golden/journal_v1.jsonl");
const HEARD: &str = "Um so we moved the pay men to um Oslo um";

/// A phrase from `start` to `end`, whose words begin 100 ms after its start.
fn phrase(start: i64, end: i64, text: &str) -> Phrase {
    let word = |(k, w): (usize, &str)| {
        let start = MediaTime(start + 100 + k as i64 * 400);
        Word { text: w.to_owned(), start, end: start + 300, filler: is_filler(w), logp: -0.1 }
    };
    let words: Vec<Word> = text.split(' ').enumerate().map(word).collect();
    let (start, end) = (MediaTime(start), MediaTime(end));
    let (text, source) = (text.to_owned(), "moonshine-tiny-en 0.1.29".to_owned());
    Phrase { t: end + 1500, start, end, text, logp: -0.1, complete: true, source, words, heard: None }
}

/// The journal of a session in which this was heard, with all of its speech written down.
fn journal() -> String {
    let mut lines: Vec<String> = JOURNAL.lines().map(str::to_owned).collect();
    let mut header: Value = serde_json::from_str(&lines[0]).unwrap();
    header["version"] = json!(2);
    header["models"]["words"] = json!("moonshine-tiny-en 0.1.29");
    lines[0] = header.to_string();
    for said in [phrase(1000, 9000, HEARD), phrase(9000, 20_000, "They were late")] {
        let t = said.t.ms();
        let after = |line: &String| serde_json::from_str::<Value>(line).unwrap()["t"].as_i64() > Some(t);
        let at = lines.iter().position(after).unwrap_or(lines.len());
        lines.insert(at, serde_json::to_string(&Line::Phrase(Box::new(said))).unwrap());
    }
    lines.join("\n") + "\n"
}

/// A server with a ready session of its person, in which words were heard, and the worker that scores again.
async fn ready() -> (Server, SessionId, Worker) {
    let server = Server::start().await;
    let id: SessionId = server.session().await.parse().unwrap();
    let journal = journal();
    let report = replay_text(journal.as_bytes()).unwrap().report;
    assert_eq!(report.transcript.len(), 2);
    make_ready(&server.context.db, server.user, id, &report).await;
    server.objects.put(&journal_key(id), zstd::encode_all(journal.as_bytes(), 3).unwrap());
    server.objects.put(&report_key(id), serde_json::to_vec(&report).unwrap());
    let job: Arc<dyn Job> = Arc::new(Rescore(server.context.clone()));
    let worker = Worker::new(server.context.queue.clone(), Default::default(), [job]);
    (server, id, worker)
}

async fn correct(server: &Server, id: SessionId, start_ms: &str, body: Value) -> Response {
    server.request(Method::PUT, &format!("/api/sessions/{id}/corrections/{start_ms}")).json(&body).send().await.unwrap()
}

async fn run(worker: &Worker) -> bool {
    worker.step(&CancellationToken::new()).await.unwrap()
}

async fn report(server: &Server, id: SessionId) -> Value {
    server.get(&format!("/api/sessions/{id}/report")).await.json().await.unwrap()
}

async fn text(server: &Server, path: &str) -> String {
    server.get(path).await.text().await.unwrap()
}

#[tokio::test]
async fn a_corrected_phrase_is_shown_searched_and_measured_and_taken_back() {
    let (server, id, worker) = ready().await;
    let before = report(&server, id).await;
    let answer = correct(&server, id, "1000", json!({"text": " So we moved the  payment to Oslo. "})).await;
    assert_eq!(answer.status(), 200);
    let told: Value = answer.json().await.unwrap();
    let expected = json!([{"start_ms": 1000, "text": "So we moved the payment to Oslo."}]);
    assert_eq!((&told["corrections"], &told["pending"]), (&expected, &json!(true)));
    assert!(run(&worker).await);
    let told: Value = server.get(&format!("/api/sessions/{id}/corrections")).await.json().await.unwrap();
    assert_eq!((&told["corrections"], &told["pending"]), (&expected, &json!(false)));

    let after = report(&server, id).await;
    let phrase = &after["transcript"][0];
    assert_eq!((&phrase["text"], &phrase["heard"]), (&json!("So we moved the payment to Oslo."), &json!(HEARD)));
    assert_eq!(
        phrase["words"][0]["start"], before["transcript"][0]["words"][1]["start"],
        "\"so\" was said when it was"
    );
    assert_eq!(after["transcript"][1], before["transcript"][1]);
    assert_ne!(after["metrics"], before["metrics"]);
    assert_eq!((&after["hints"], &after["series"]["valence"]), (&before["hints"], &before["series"]["valence"]));
    let captions = text(&server, &format!("/api/sessions/{id}/transcript")).await;
    assert!(captions.contains("payment") && !captions.contains("pay men"), "{captions}");
    assert!(text(&server, "/api/search?q=payment").await.contains(&id.to_string()));
    assert!(!text(&server, "/api/search?q=pay%20men").await.contains(&id.to_string()));
    let journal = text(&server, &format!("/api/sessions/{id}/journal")).await;
    assert!(journal.contains("pay men") && !journal.contains("payment"), "the journal is what was heard");

    let gone = server.request(Method::DELETE, &format!("/api/sessions/{id}/corrections/1000")).send().await.unwrap();
    assert_eq!(gone.status(), 200);
    assert!(run(&worker).await);
    assert_eq!(report(&server, id).await, before);
    assert!(text(&server, "/api/search?q=pay%20men").await.contains(&id.to_string()));
    let again = server.request(Method::DELETE, &format!("/api/sessions/{id}/corrections/1000")).send().await.unwrap();
    problem(again, 404, "not-found").await;
}

#[tokio::test]
async fn many_corrections_in_a_row_are_computed_once_and_the_last_one_counts() {
    let (server, id, worker) = ready().await;
    for n in 0..5 {
        let answer = correct(&server, id, "1000", json!({"text": format!("It was number {n}.")})).await;
        assert_eq!(answer.status(), 200);
    }
    assert!(run(&worker).await && !run(&worker).await, "one job does the work of five");
    assert_eq!(report(&server, id).await["transcript"][0]["text"], "It was number 4.");
    assert_eq!(report(&server, id).await["transcript"][0]["heard"], HEARD);
}

#[tokio::test]
async fn what_is_no_text_of_a_phrase_is_refused_and_changes_nothing() {
    let (server, id, worker) = ready().await;
    let long = "a".repeat(2001);
    for text in ["", "   \n", "a\u{0}b", "\u{1b}[31mred", &long, &"word ".repeat(300)] {
        problem(correct(&server, id, "1000", json!({"text": text})).await, 422, "unprocessable").await;
    }
    for body in [json!({}), json!({"text": 7}), json!({"text": null}), json!({"text": "a", "start_ms": 3}), json!("a")]
    {
        problem(correct(&server, id, "1000", body).await, 422, "unprocessable").await;
    }
    for place in ["1001", "-1", "9223372036854775808", "1e3", "%00", "0x3e8"] {
        problem(correct(&server, id, place, json!({"text": "Yes."})).await, 404, "not-found").await;
    }
    let path = format!("/api/sessions/{id}/corrections/1000");
    let broken = server.request(Method::PUT, &path).header("content-type", "application/json").body("{\"text\":\"a");
    problem(broken.send().await.unwrap(), 400, "bad-request").await;
    let huge = server.request(Method::PUT, &path).json(&json!({"text": "x".repeat(1 << 20)})).send().await.unwrap();
    problem(huge, 413, "too-large").await;
    let created = server.session().await.parse().unwrap();
    problem(correct(&server, created, "1000", json!({"text": "Yes."})).await, 409, "state").await;
    let foreign = server.foreign_session().await.parse().unwrap();
    problem(correct(&server, foreign, "1000", json!({"text": "Yes."})).await, 404, "not-found").await;
    assert!(!run(&worker).await, "nothing is to be done");
    assert!(!text(&server, &format!("/api/sessions/{id}/report")).await.contains("heard\""));
    // Text is text: it neither ends a caption nor begins a tag.
    let markup = "<script>alert(1)</script> --> 'DROP TABLE' ﷽ \u{1f600}";
    assert_eq!(correct(&server, id, "1000", json!({"text": markup})).await.status(), 200);
    assert!(run(&worker).await);
    assert_eq!(report(&server, id).await["transcript"][0]["text"], markup);
    let captions = text(&server, &format!("/api/sessions/{id}/transcript")).await;
    assert!(!captions.contains("<script>"), "{captions}");
}

#[tokio::test]
async fn a_session_that_is_deleted_takes_its_corrections_along_and_is_not_scored_again() {
    let (server, id, worker) = ready().await;
    assert_eq!(correct(&server, id, "9000", json!({"text": "They were very late."})).await.status(), 200);
    let gone = server.request(Method::DELETE, &format!("/api/sessions/{id}")).send().await.unwrap();
    assert_eq!(gone.status(), 200);
    // The erasure may have taken the job along.
    run(&worker).await;
    let job = jobs::latest(&server.context.db, server.user, id, "rescore").await.unwrap();
    assert!(job.is_none_or(|job| job.state == "done"));
    let (status, list) = (404, server.get(&format!("/api/sessions/{id}/corrections")).await);
    problem(list, status, "not-found").await;
}

#[tokio::test]
async fn a_store_that_is_away_is_tried_again_and_a_damaged_journal_is_given_up() {
    let (server, id, worker) = ready().await;
    assert_eq!(correct(&server, id, "1000", json!({"text": "Yes."})).await.status(), 200);
    server.objects.set_away(true);
    assert!(run(&worker).await);
    server.objects.set_away(false);
    let state = async || jobs::latest(&server.context.db, server.user, id, "rescore").await.unwrap().unwrap().state;
    assert_eq!(state().await, "queued");
    server.objects.put(&journal_key(id), b"no archive".to_vec());
    // The correction of another phrase is due at once and takes up the one that waits.
    assert_eq!(correct(&server, id, "9000", json!({"text": "They were late."})).await.status(), 200);
    assert!(run(&worker).await);
    assert_eq!(state().await, "dead");
    let told: Value = server.get(&format!("/api/sessions/{id}/corrections")).await.json().await.unwrap();
    assert_eq!((told["corrections"].as_array().unwrap().len(), &told["pending"]), (2, &json!(false)));
}
