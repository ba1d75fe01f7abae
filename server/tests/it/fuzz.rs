//! Hostile bytes for what pages and disks give the server: messages and frames of the live channel, marks, journals.

use crate::support::Server;
use coach_core::MediaTime;
use coach_core::journal::{Header, Line, Mark, Stream};
use coach_insight::{Engine, Output, replay, replay_text};
use coach_server::channel::protocol::FromClient;
use coach_testing::{LIMIT, fuzz, panics};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

const JOURNAL: &str = include_str!("../../../inference/insight/tests/golden/journal_v1.jsonl");

#[test]
fn hostile_bytes_as_a_message_of_a_page_are_a_message_or_an_error() {
    let seeds = [
        r#"{"type":"mark","what":"question","question_id":"q"}"#,
        r#"{"type":"mark","what":"note","note":"\u00fc\ud83d\ude00"}"#,
        r#"{"type":"hint_feedback","id":"slow_down","t":1200,"useful":true}"#,
        r#"{"type":"echo","nonce":"1"}"#,
        r#"{"type":"later"}"#,
    ];
    fuzz("messages of pages", seeds.map(|text| text.as_bytes().to_vec()).to_vec(), |bytes| {
        let _ = serde_json::from_slice::<FromClient>(bytes);
    });
}

#[test]
fn hostile_bytes_as_a_journal_are_lines_or_damage_and_give_a_report() {
    let lines: Vec<&str> = JOURNAL.lines().collect();
    // Whole journals are long; the beginning and a piece from the middle have every kind of line.
    let piece =
        |from: usize| [&lines[..1], &lines[from..(from + 60).min(lines.len())]].concat().join("\n").into_bytes();
    fuzz("journals", vec![piece(1), piece(lines.len() / 2)], |bytes| {
        let _ = replay_text(bytes);
    });
}

/// The longest that a session of this target lasts, milliseconds: longer ones have the same rules and take longer.
const LONGEST_MS: i64 = 4 * 60_000;

#[test]
fn hostile_bytes_as_marks_give_answers_in_order_and_the_journal_gives_the_same_report() {
    let header = || -> Header {
        match serde_json::from_str(JOURNAL.lines().next().unwrap()).unwrap() {
            Line::Header(header) => *header,
            other => panic!("{other:?}"),
        }
    };
    let marks = [
        r#"{"t":0,"what":"question","question":"Why?","question_id":"why","suggested_ms":90000}"#,
        r#"{"t":19000,"what":"answer_end"}"#,
        r#"{"t":20000,"what":"follow_up","question":"What came of it?"}"#,
        r#"{"t":31000,"what":"pause"}"#,
        r#"{"t":32000,"what":"resume"}"#,
        r#"{"t":33000,"what":"note","question":"a word"}"#,
        r#"{"t":40000,"what":"question","question":"How?","question_id":"how"}"#,
        r#"{"t":55000,"what":"answer_end"}"#,
    ];
    let seeds = vec![marks.join("\n").into_bytes(), [marks[0], marks[1], marks[6], marks[7]].join("\n").into_bytes()];
    fuzz("marks", seeds, |bytes| {
        let mut engine = Engine::new(header());
        let (mut now, mut accepted) = (MediaTime::ZERO, Vec::new());
        let mut keep = |output| accepted.extend(if let Output::Accepted(line) = output { Some(line) } else { None });
        for mark in String::from_utf8_lossy(bytes).lines().filter_map(|line| serde_json::from_str::<Mark>(line).ok()) {
            if mark.t.ms() <= LONGEST_MS {
                now = now.max(mark.t);
            }
            engine.observe(Line::Mark(mark));
            engine.advance(Stream::Marks, now);
            std::iter::from_fn(|| engine.poll()).for_each(&mut keep);
        }
        let (rest, report) = engine.finish();
        rest.into_iter().for_each(&mut keep);
        let mut end = MediaTime::ZERO;
        for answer in &report.answers {
            assert!(end <= answer.start && answer.start <= answer.end, "{} to {}", answer.start.ms(), answer.end.ms());
            end = answer.end;
        }
        accepted.retain(|line| !matches!(line, Line::Header(_)));
        assert_eq!(replay(header(), accepted), report);
    });
}

/// A frame of a client (RFC 6455, section 5.2), masked with zeros.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = match payload.len() {
        short @ 0..126 => vec![0x80 | short as u8],
        long => [&[0x80 | 126][..], &(long as u16).to_be_bytes()].concat(),
    };
    [&[first][..], &length, &[0; 4], payload].concat()
}

/// Opens a channel, sends these bytes in it, and reads until the server closes it.
async fn talk(server: &Server, id: &str, bytes: &[u8]) {
    let host = server.base.trim_start_matches("http://");
    let request = format!(
        "GET /api/sessions/{id}/live HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        server.base
    );
    loop {
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.unwrap();
        // The places of channels that have just ended may not be free yet.
        if head.ends_with(b"429") {
            continue;
        }
        assert_eq!(String::from_utf8_lossy(&head), "HTTP/1.1 101");
        // A server that closes early takes no more.
        let _ = stream.write_all(bytes).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        return;
    }
}

#[test]
fn hostile_bytes_as_frames_of_a_page_end_their_channel_at_most() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (server, id) = runtime.block_on(async {
        let server = Server::with(|config| config.limits.channel_messages_hz = 1_000_000).await;
        let id = server.session().await;
        (server, id)
    });
    let text = br#"{"type":"mark","what":"note","note":"a word"}"#;
    let (front, back) = text.split_at(20);
    let seeds = [
        [frame(0x81, text), frame(0x81, br#"{"type":"echo","nonce":"1"}"#), frame(0x88, &[3, 232])].concat(),
        [frame(0x01, front), frame(0x89, b"ping"), frame(0x80, back)].concat(),
        [frame(0x81, br#"{"type":"hint_feedback","id":"slow_down","t":1200,"useful":true}"#), frame(0x82, &[7; 300])]
            .concat(),
        [frame(0x81, &[b'a'; 70]), vec![0x81, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]].concat(),
    ];
    let before = panics();
    fuzz("frames of pages", seeds.to_vec(), |bytes| {
        let talked = runtime.block_on(async { timeout(LIMIT, talk(&server, &id, bytes)).await });
        assert!(talked.is_ok(), "a channel whose page left stays open");
        assert_eq!(panics(), before, "the server panics");
    });
    let (status, found) = runtime.block_on(async {
        let answer = server.get(&format!("/api/sessions/{id}")).await;
        (answer.status(), answer.text().await.unwrap())
    });
    assert_eq!(status, 200, "{found}");
}
