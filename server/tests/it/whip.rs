//! Publishing by WHIP, as RFC 9725 describes it.

use crate::support::{Server, problem};
use coach_server::live::PublishError;
use coach_server::session::Event;
use reqwest::{Method, Response};

const FRAGMENT: &str = "application/trickle-ice-sdpfrag";
const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";

async fn post(server: &Server, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Response {
    server.request(Method::POST, path).header("content-type", kind).body(body).send().await.unwrap()
}

#[tokio::test]
async fn an_offer_is_answered_with_the_publishings_own_address() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whip");
    let answer = post(&server, &path, "application/sdp", OFFER).await;
    assert_eq!(answer.status(), 201);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type"), header("etag")), ("application/sdp".into(), "\"1\"".into()));
    let location = header("location");
    assert_eq!(location, format!("{path}/s3cret"));
    assert!(answer.text().await.unwrap().starts_with("v=0"));

    problem(server.request(Method::DELETE, &format!("{path}/guess")).send().await.unwrap(), 404, "not-found").await;
    assert!(server.live.stopped.lock().unwrap().is_empty());
    assert_eq!(server.request(Method::DELETE, &location).send().await.unwrap().status(), 200);
    assert_eq!(*server.live.stopped.lock().unwrap(), [id.parse().unwrap()]);
}

#[tokio::test]
async fn a_publishing_is_ended_whatever_tag_is_named_and_only_once() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whip");
    assert_eq!(post(&server, &path, "application/sdp", OFFER).await.status(), 201);
    let end = async || {
        let request = server.request(Method::DELETE, &format!("{path}/s3cret")).header("if-match", "\"0\"");
        request.send().await.unwrap()
    };
    assert_eq!(end().await.status(), 200);
    problem(end().await, 404, "not-found").await;
    assert_eq!(server.live.stopped.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_names_the_servers_that_relay_and_other_answers_do_not() {
    for urls in [vec![], vec!["turn:turn.example.org:3478?transport=udp", "turns:turn.example.org:5349"]] {
        let server = Server::with(|config| {
            config.turn.urls = urls.iter().map(|url| (*url).to_owned()).collect();
            config.turn.secret = Some(serde_json::from_str("\"a shared secret of the relay\"").unwrap());
        })
        .await;
        let path = format!("/api/sessions/{}/whip", server.session().await);
        let options = server.request(Method::OPTIONS, &path).send().await.unwrap();
        assert_eq!(options.headers().get_all("link").iter().count(), 0);
        let answer = post(&server, &path, "application/sdp", OFFER).await;
        let links: Vec<_> = answer.headers().get_all("link").iter().map(|link| link.to_str().unwrap()).collect();
        assert_eq!(links.len(), urls.len(), "{links:?}");
        for (link, url) in links.iter().zip(&urls) {
            assert!(link.starts_with(&format!("<{url}>; rel=\"ice-server\"; username=\"")), "{link}");
            assert!(link.contains("; credential=\"") && link.ends_with("; credential-type=\"password\""), "{link}");
            assert!(!link.contains("shared secret"), "{link}");
        }
    }
}

#[tokio::test]
async fn what_can_be_sent_is_told_and_other_methods_are_refused() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whip");
    let options = server.request(Method::OPTIONS, &path).send().await.unwrap();
    assert_eq!(
        (options.status().as_u16(), options.headers()["accept-post"].to_str().unwrap()),
        (200, "application/sdp")
    );
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        problem(server.request(method, &path).send().await.unwrap(), 405, "method").await;
    }
    let resource = format!("{path}/s3cret");
    for method in [Method::PUT, Method::POST] {
        problem(server.request(method, &resource).send().await.unwrap(), 405, "method").await;
    }
    let options = server.request(Method::OPTIONS, &resource).send().await.unwrap();
    assert_eq!((options.status().as_u16(), options.headers()["accept-patch"].to_str().unwrap()), (200, FRAGMENT));
}

#[tokio::test]
async fn reading_the_endpoint_or_a_publishing_gives_nothing_and_no_error() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whip");
    let resource = format!("{path}/s3cret");
    let read = async |method: Method, path: &str| {
        let answer = server.request(method, path).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    for method in [Method::GET, Method::HEAD] {
        assert_eq!(read(method.clone(), &path).await, (204, String::new()));
        assert_eq!(read(method.clone(), &resource).await.0, 404);
    }
    assert_eq!(post(&server, &path, "application/sdp", OFFER).await.status(), 201);
    for method in [Method::GET, Method::HEAD] {
        assert_eq!(read(method, &resource).await, (204, String::new()));
    }
    let foreign = format!("/api/sessions/{}/whip", coach_core::SessionId(uuid::Uuid::nil()));
    assert_eq!(read(Method::GET, &foreign).await.0, 404);
}

#[tokio::test]
async fn a_patch_needs_the_tag_of_the_ice_session_and_tells_trickle_from_restart() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whip");
    let resource = format!("{path}/s3cret");
    let patch = async |kind: &'static str, tag: Option<&str>, body: &'static [u8]| {
        let request = server.request(Method::PATCH, &resource).header("content-type", kind).body(body);
        let request = tag.into_iter().fold(request, |request, tag| request.header("if-match", tag));
        request.send().await.unwrap()
    };
    let candidate = b"a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
    problem(patch(FRAGMENT, Some("\"1\""), candidate).await, 404, "not-found").await;
    assert_eq!(post(&server, &path, "application/sdp", OFFER).await.status(), 201);
    problem(patch("text/plain", Some("\"1\""), candidate).await, 415, "media-type").await;
    problem(patch(FRAGMENT, None, candidate).await, 428, "precondition").await;
    problem(patch(FRAGMENT, Some("\"0\""), candidate).await, 412, "precondition").await;
    problem(patch(FRAGMENT, Some("\"1\""), b"\xff").await, 400, "bad-request").await;
    problem(patch(FRAGMENT, Some("\"1\""), b"nonsense").await, 400, "bad-request").await;
    let trickled = patch(FRAGMENT, Some("\"1\""), candidate).await;
    assert_eq!((trickled.status().as_u16(), trickled.headers().get("etag")), (204, None));
    let restarted = patch(FRAGMENT, Some("*"), b"a=ice-ufrag:x\r\n").await;
    let header = |name: &str| restarted.headers()[name].to_str().unwrap();
    assert_eq!((restarted.status().as_u16(), header("content-type"), header("etag")), (200, FRAGMENT, "\"2\""));
    assert!(restarted.text().await.unwrap().starts_with("a=ice-ufrag:"));
}

#[tokio::test]
async fn a_body_that_is_no_offer_is_refused_before_a_peer_is_created() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whip");
    problem(post(&server, &path, "application/json", OFFER).await, 415, "media-type").await;
    problem(server.request(Method::POST, &path).body(OFFER).send().await.unwrap(), 415, "media-type").await;
    for body in [&b""[..], b"hello", b"\xff\xfe\x00", b"v=1\r\n", b"{\"sdp\":\"v=0\"}"] {
        problem(post(&server, &path, "application/sdp", body.to_vec()).await, 400, "bad-request").await;
    }
    let large = format!("{OFFER}{}", "a=candidate:1 1 udp 1 10.0.0.1 1 typ host\r\n".repeat(3000));
    problem(post(&server, &path, "application/sdp", large).await, 413, "too-large").await;
    assert!(server.live.published.lock().unwrap().is_empty());
    assert_eq!(post(&server, &path, "Application/SDP; charset=utf-8", OFFER).await.status(), 201);
}

#[tokio::test]
async fn an_offer_that_is_refused_has_the_status_of_its_kind() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whip");
    for (refusal, status, word) in [
        (PublishError::Malformed("no ice-ufrag".into()), 400, "bad-request"),
        (PublishError::Unacceptable("H264 alone".into()), 422, "unprocessable"),
        (PublishError::Closed, 409, "state"),
        (PublishError::Busy("8 are live".into()), 503, "unavailable"),
        (PublishError::Failed(anyhow::anyhow!("no sockets")), 500, "internal"),
    ] {
        *server.live.refuse.lock().unwrap() = Some(refusal);
        problem(post(&server, &path, "application/sdp", OFFER).await, status, word).await;
    }
}

#[tokio::test]
async fn a_session_that_is_over_takes_no_media() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whip");
    for event in [Event::Published, Event::Stopped] {
        server.context.machine.apply(server.user, id.parse().unwrap(), event).await.unwrap();
    }
    let refused = problem(post(&server, &path, "application/sdp", OFFER).await, 409, "state").await;
    assert_eq!(refused["state"], "finalising");
}

#[tokio::test]
async fn nothing_is_published_after_the_consent_was_withdrawn() {
    let server = Server::start().await;
    let id = server.session().await;
    server.request(Method::DELETE, "/api/consents").send().await.unwrap();
    assert_eq!(*server.live.withdrawn.lock().unwrap(), [server.user], "what is live stops");
    let refused = post(&server, &format!("/api/sessions/{id}/whip"), "application/sdp", OFFER).await;
    problem(refused, 403, "consent").await;
    assert!(server.live.published.lock().unwrap().is_empty());
}
