//! What was said: captions, text, and the search over all sessions of a person.

use crate::support::report::{make_ready, report};
use crate::support::{Server, problem};
use coach_core::journal::{Phrase, Word};
use coach_core::{MediaTime, SessionId};
use coach_server::objects;
use serde_json::Value;

fn phrase(start: i64, text: &str) -> Phrase {
    let word = |(k, w): (usize, &str)| {
        let start = MediaTime(start + 100 + k as i64 * 400);
        Word { text: w.to_owned(), start, end: start + 300, filler: false, logp: -0.1 }
    };
    let words: Vec<Word> = text.split(' ').enumerate().map(word).collect();
    let end = words.last().map_or(MediaTime(start), |word| word.end);
    let (start, text, source) = (MediaTime(start), text.to_owned(), "moonshine-tiny-en 0.1.29".to_owned());
    Phrase { t: end + 2500, start, end, text, logp: -0.1, complete: true, source, words, heard: None }
}

/// A ready session of the server's person in which this was said.
async fn said(server: &Server, phrases: &[(i64, &str)]) -> SessionId {
    let id: SessionId = server.session().await.parse().unwrap();
    let mut report = report(Some(60.0));
    report.transcript = phrases.iter().map(|&(start, text)| phrase(start, text)).collect();
    make_ready(&server.context.db, server.user, id, &report).await;
    server.objects.put(&objects::report_key(id), serde_json::to_vec(&report).unwrap());
    id
}

#[tokio::test]
async fn a_transcript_is_given_as_captions_and_as_text() {
    let server = Server::start().await;
    let id = said(&server, &[(1000, "We had a hard deadline."), (5000, "It was <late>.")]).await;
    for (format, kind, holds) in [
        ("", "text/vtt", "00:00:01.100 --> 00:00:03.000\nWe had a hard deadline."),
        ("?format=vtt", "text/vtt", "It was &lt;late&gt;."),
        ("?format=srt", "application/x-subrip", "2\n00:00:05,100 --> 00:00:06,200\nIt was <late>."),
        ("?format=text", "text/plain", "00:00:01  We had a hard deadline.\n"),
    ] {
        let answer = server.get(&format!("/api/sessions/{id}/transcript{format}")).await;
        assert_eq!(answer.status(), 200, "{format}");
        let content_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(content_type.starts_with(kind), "{format}: {content_type}");
        let text = answer.text().await.unwrap();
        assert!(text.contains(holds), "{format}: {text}");
    }
    problem(server.get(&format!("/api/sessions/{id}/transcript?format=pdf")).await, 400, "bad-request").await;
    let foreign = server.foreign_session().await;
    problem(server.get(&format!("/api/sessions/{foreign}/transcript")).await, 404, "not-found").await;
    let created = server.session().await;
    problem(server.get(&format!("/api/sessions/{created}/transcript")).await, 409, "state").await;
}

#[tokio::test]
async fn words_are_found_in_all_sessions_of_their_owner_and_signs_mean_themselves() {
    let server = Server::start().await;
    let first = said(&server, &[(1000, "We had a hard deadline."), (5000, "100 percent of it.")]).await;
    let second = said(&server, &[(2000, "The Deadline moved."), (8000, "Émile agreed.")]).await;
    let search = async |q: &str| -> Vec<(String, i64)> {
        let found: Value = server.get(&format!("/api/search?q={q}")).await.json().await.unwrap();
        let phrases = found["phrases"].as_array().unwrap().iter();
        phrases.map(|p| (p["session_id"].as_str().unwrap().to_owned(), p["start_ms"].as_i64().unwrap())).collect()
    };
    assert_eq!(search("deadline").await, [(second.to_string(), 2100), (first.to_string(), 1100)], "newest first");
    assert_eq!(search("HARD%20%20dead").await, [(first.to_string(), 1100)]);
    assert_eq!(search("%C3%89mile").await, [(second.to_string(), 8100)], "as it is written");
    assert!(search("100%25").await.is_empty() && search("d_adline").await.is_empty());
    problem(server.get("/api/search?q=x").await, 422, "unprocessable").await;
    problem(server.get("/api/search").await, 400, "bad-request").await;
}
