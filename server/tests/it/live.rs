//! The live channel as a page uses it.

use crate::support::Server;
use coach_core::MediaTime;
use coach_core::journal::MarkKind;
use coach_core::live::Vitals;
use coach_server::channel::Message;
use coach_server::channel::protocol::ClientMark;
use coach_server::session::Event;
use coach_server::store::reports;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{self, Message as Frame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open(server: &Server, id: &str, origin: Option<&str>) -> Result<Socket, u16> {
    let url = format!("{}/api/sessions/{id}/live", server.base.replace("http://", "ws://"));
    let mut request = url.into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", HeaderValue::from_str(origin).unwrap());
    }
    match connect_async(request).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// Returns the next message of the channel; `None`: it is closed.
async fn next(socket: &mut Socket) -> Option<Value> {
    loop {
        match socket.next().await?.ok()? {
            Frame::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
            Frame::Close(_) => return None,
            _ => {}
        }
    }
}

async fn say(socket: &mut Socket, message: Value) {
    socket.send(Frame::text(message.to_string())).await.unwrap();
}

async fn opened(server: &Server) -> (String, Socket) {
    let id = server.session().await;
    let mut socket = open(server, &id, Some(&server.base)).await.unwrap();
    assert_eq!(next(&mut socket).await.unwrap()["type"], "hello");
    assert_eq!(next(&mut socket).await.unwrap()["type"], "snapshot");
    (id, socket)
}

#[tokio::test]
async fn a_page_gets_the_session_first_and_then_its_events() {
    let server = Server::start().await;
    let id = server.session().await;
    let session = id.parse().unwrap();
    server.context.hub.publish(session, Message::Vitals(Vitals { t: MediaTime(200), ..Vitals::default() }));
    let mut socket = open(&server, &id, Some(&server.base)).await.unwrap();
    let hello = next(&mut socket).await.unwrap();
    assert_eq!(
        (hello["type"].as_str(), hello["protocol"].as_u64(), hello["now_t"].as_i64()),
        (Some("hello"), Some(1), Some(4200))
    );
    assert_eq!(
        (hello["session"]["id"].as_str(), hello["session"]["state"].as_str()),
        (Some(id.as_str()), Some("created"))
    );
    let snapshot = next(&mut socket).await.unwrap();
    assert_eq!((snapshot["vitals"]["t"].as_i64(), snapshot["seq"].as_u64()), (Some(200), Some(1)));

    server.context.machine.apply(server.user, session, Event::Published).await.unwrap();
    let state = next(&mut socket).await.unwrap();
    assert_eq!(
        (state["type"].as_str(), state["state"].as_str(), state["seq"].as_u64()),
        (Some("state"), Some("live"), Some(2))
    );
    server.context.hub.publish(session, Message::ReportReady {});
    let ready = next(&mut socket).await.unwrap();
    assert_eq!((ready["type"].as_str(), ready["seq"].as_u64()), (Some("report_ready"), Some(3)));
}

#[tokio::test]
async fn a_foreign_page_gets_no_channel_and_a_program_without_an_origin_does() {
    let server = Server::start().await;
    let id = server.session().await;
    for origin in ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1.evil.example"] {
        assert_eq!(open(&server, &id, Some(origin)).await.err(), Some(403), "{origin}");
    }
    assert!(open(&server, &id, None).await.is_ok());
    assert_eq!(open(&server, &server.foreign_session().await, None).await.err(), Some(404));
    assert_eq!(server.get(&format!("/api/sessions/{id}/live")).await.status(), 400);
}

#[tokio::test]
async fn marks_reach_the_session_and_bad_ones_are_answered_to_this_page_alone() {
    let server = Server::start().await;
    let (id, mut socket) = opened(&server).await;
    let mut other = open(&server, &id, None).await.unwrap();
    say(&mut socket, json!({"type": "mark", "what": "question", "question_id": "pressure-deadline"})).await;
    say(&mut socket, json!({"type": "of_the_future", "x": [1, 2]})).await;
    for bad in [
        json!({"type": "mark", "what": "question", "question_id": "nothing"}),
        json!({"type": "mark", "what": "note", "note": "x".repeat(501)}),
        json!({"type": "mark", "what": "sing"}),
        json!({"type": "echo", "nonce": "x".repeat(501)}),
        json!({"type": "hint_feedback", "id": "", "t": 0, "useful": true}),
        json!({"type": "hint_feedback", "id": "slow_down", "t": -1, "useful": true}),
        json!([]),
    ] {
        say(&mut socket, bad).await;
        let answer = next(&mut socket).await.unwrap();
        assert_eq!(answer["type"], "error", "{answer}");
        assert!(answer["title"].as_str().is_some_and(|title| !title.is_empty()));
    }
    let expected = ClientMark {
        what: MarkKind::Question,
        question_id: Some("pressure-deadline".into()),
        note: None,
        follow_up: false,
    };
    assert_eq!(*server.live.marks.lock().unwrap(), [expected]);
    say(&mut other, json!({"type": "echo", "nonce": "n1"})).await;
    let heard: Vec<Value> =
        [next(&mut other).await.unwrap(), next(&mut other).await.unwrap(), next(&mut other).await.unwrap()].into();
    assert_eq!(heard[2]["type"], "echo", "nothing in between: {heard:?}");
    assert_eq!((heard[2]["nonce"].as_str(), heard[2]["t"].as_i64()), (Some("n1"), Some(4200)));
}

#[tokio::test]
async fn feedback_on_a_hint_is_stored() {
    let server = Server::start().await;
    let (_, mut socket) = opened(&server).await;
    say(&mut socket, json!({"type": "hint_feedback", "id": "slow_down", "t": 30_000, "useful": true})).await;
    // Messages are handled in order: the answer to this one shows that the earlier one was handled.
    say(&mut socket, json!({"type": "echo", "nonce": "x"})).await;
    assert_eq!(next(&mut socket).await.unwrap()["type"], "echo");
    assert_eq!(
        reports::hint_verdicts(&server.context.db, server.user).await.unwrap(),
        [("slow_down".to_owned(), 1, 0)]
    );
}

#[tokio::test]
async fn a_hint_that_does_not_help_is_not_shown_again_until_that_is_taken_back() {
    let server = Server::start().await;
    let (_, mut socket) = opened(&server).await;
    for (id, useful) in [("slow_down", false), ("no such hint", false), ("slow_down", true)] {
        say(&mut socket, json!({"type": "hint_feedback", "id": id, "t": 30_000, "useful": useful})).await;
    }
    say(&mut socket, json!({"type": "echo", "nonce": "x"})).await;
    assert_eq!(next(&mut socket).await.unwrap()["type"], "echo");
    let mark = |what| ClientMark { what, question_id: None, note: Some("slow_down".into()), follow_up: false };
    assert_eq!(*server.live.marks.lock().unwrap(), [mark(MarkKind::HintOff), mark(MarkKind::HintOn)]);
}

#[tokio::test]
async fn a_page_that_sends_too_often_too_much_or_binary_is_disconnected() {
    let server = Server::start().await;
    let (_, mut chatty) = opened(&server).await;
    for _ in 0..200 {
        // The server may close the channel while the client still sends.
        if chatty.send(Frame::text(r#"{"type":"noise"}"#)).await.is_err() {
            break;
        }
    }
    while next(&mut chatty).await.is_some() {}

    let (_, mut binary) = opened(&server).await;
    binary.send(Frame::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(next(&mut binary).await, None);

    let (_, mut long) = opened(&server).await;
    let _ = long.send(Frame::text("x".repeat(70_000))).await;
    assert_eq!(next(&mut long).await, None);
    assert_eq!(server.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn a_session_accepts_a_limited_number_of_pages() {
    let server = Server::with(|config| config.limits.channels = 2).await;
    let (id, _first) = opened(&server).await;
    let second = open(&server, &id, None).await.unwrap();
    assert_eq!(open(&server, &id, None).await.err(), Some(429));
    drop(second);
    // The place is free once the server has noticed that the page left; until then it answers 429.
    while open(&server, &id, None).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn deleting_the_session_and_stopping_the_server_end_the_channel() {
    let server = Server::start().await;
    let (id, mut socket) = opened(&server).await;
    let deleted = server.request(reqwest::Method::DELETE, &format!("/api/sessions/{id}")).send().await.unwrap();
    assert_eq!(deleted.status(), 200);
    let last = next(&mut socket).await.unwrap();
    assert_eq!((last["type"].as_str(), last["state"].as_str()), (Some("state"), Some("deleted")));
    assert_eq!(next(&mut socket).await, None);

    let (_, mut socket) = opened(&server).await;
    server.context.shutdown.cancel();
    assert_eq!(next(&mut socket).await, None);
}
