//! Watching by WHEP, as draft-ietf-wish-whep-03 describes it, and by whom.

use crate::support::people::{grant, login, person, token};
use crate::support::report::session;
use crate::support::{Server, on_both, problem};
use coach_server::clock::now_us;
use coach_server::live::WatchError;
use coach_server::store::people::grants::Role;
use coach_server::store::people::tokens::Scope;
use coach_testing::{LIMIT, eventually};
use reqwest::{Method, Response};

const SDP: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";
const OFFER: &str =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=recvonly\r\n";

async fn post(server: &Server, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Response {
    server.request(Method::POST, path).header("content-type", kind).body(body).send().await.unwrap()
}

#[tokio::test]
async fn an_offer_is_answered_with_the_viewings_own_address_which_ends_it() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whep/candidate");
    let answer = post(&server, &path, SDP, OFFER).await;
    assert_eq!(answer.status(), 201);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type"), header("etag")), (SDP.into(), "\"1\"".into()));
    let location = header("location");
    assert_eq!(location, format!("{path}/s3cret"));
    for method in [Method::GET, Method::HEAD] {
        assert_eq!(server.request(method, &location).send().await.unwrap().status(), 204);
    }
    problem(server.request(Method::DELETE, &format!("{path}/guess")).send().await.unwrap(), 404, "not-found").await;
    // An entity tag has no meaning here, whatever it is.
    let delete = server.request(Method::DELETE, &location).header("if-match", "\"other\"");
    assert_eq!(delete.send().await.unwrap().status(), 200);
    problem(server.request(Method::DELETE, &location).send().await.unwrap(), 404, "not-found").await;
    problem(server.request(Method::GET, &location).send().await.unwrap(), 404, "not-found").await;
}

#[tokio::test]
async fn what_can_be_sent_is_told_and_other_methods_are_refused() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whep/candidate");
    let options = async |path: &str, name: &str| {
        let answer = server.request(Method::OPTIONS, path).send().await.unwrap();
        (answer.status().as_u16(), answer.headers()[name].to_str().unwrap().to_owned())
    };
    assert_eq!(options(&path, "accept-post").await, (200, SDP.into()));
    assert_eq!(options(&format!("{path}/s3cret"), "accept-patch").await, (200, FRAGMENT.into()));
    for method in [Method::GET, Method::HEAD] {
        let answer = server.request(method, &path).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap()), (204, String::new()));
    }
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        problem(server.request(method, &path).send().await.unwrap(), 405, "method").await;
    }
    for method in [Method::PUT, Method::POST] {
        problem(server.request(method, &format!("{path}/s3cret")).send().await.unwrap(), 405, "method").await;
    }
}

#[tokio::test]
async fn a_patch_needs_the_tag_of_the_ice_session_and_tells_trickle_from_restart() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whep/candidate");
    let patch = async |kind: &'static str, tag: Option<&str>, body: &'static [u8]| {
        let request = server.request(Method::PATCH, &format!("{path}/s3cret")).header("content-type", kind).body(body);
        let request = tag.into_iter().fold(request, |request, tag| request.header("if-match", tag));
        request.send().await.unwrap()
    };
    let candidate = b"a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
    problem(patch(FRAGMENT, Some("\"1\""), candidate).await, 404, "not-found").await;
    assert_eq!(post(&server, &path, SDP, OFFER).await.status(), 201);
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
}

#[tokio::test]
async fn a_body_that_is_no_offer_and_a_participant_that_there_is_not_are_refused() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whep/candidate");
    problem(post(&server, &path, "application/json", OFFER).await, 415, "media-type").await;
    problem(server.request(Method::POST, &path).body(OFFER).send().await.unwrap(), 415, "media-type").await;
    for body in [&b""[..], b"hello", b"\xff\xfe\x00", b"v=1\r\n", b"{\"sdp\":\"v=0\"}"] {
        problem(post(&server, &path, SDP, body.to_vec()).await, 400, "bad-request").await;
    }
    let large = format!("{OFFER}{}", "a=candidate:1 1 udp 1 10.0.0.1 1 typ host\r\n".repeat(3000));
    problem(post(&server, &path, SDP, large).await, 413, "too-large").await;
    for nobody in ["observer", "CANDIDATE", "..%2Fwhip", "%00", "candidate%20"] {
        let path = format!("/api/sessions/{id}/whep/{nobody}");
        problem(post(&server, &path, SDP, OFFER).await, 404, "not-found").await;
    }
    assert!(server.live.watched.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_offer_that_is_refused_has_the_status_of_its_kind_and_a_time_to_come_again() {
    let server = Server::start().await;
    let id = server.session().await;
    let path = format!("/api/sessions/{id}/whep/candidate");
    for (refusal, status, word, again) in [
        (WatchError::Malformed("no ice-ufrag".into()), 400, "bad-request", None),
        (WatchError::Unacceptable("H264 alone".into()), 422, "unprocessable", None),
        (WatchError::NothingYet, 409, "not-yet", Some("2")),
        (WatchError::Over, 409, "state", None),
        (WatchError::Busy("16 watch".into()), 503, "unavailable", Some("30")),
        (WatchError::Failed(anyhow::anyhow!("no sockets")), 500, "internal", None),
    ] {
        *server.live.refuse_viewer.lock().unwrap() = Some(refusal);
        let answer = post(&server, &path, SDP, OFFER).await;
        let after = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(after.as_deref(), again, "{word}");
        problem(answer, status, word).await;
    }
}

/// Waits until nobody watches.
async fn ended(server: &Server) {
    let nobody = async || server.live.watched.lock().unwrap().is_empty().then_some(());
    eventually(LIMIT, "the viewing ends", nobody).await;
}

#[tokio::test]
async fn a_viewing_ends_when_the_share_or_the_token_is_revoked() {
    on_both(async |db| {
        let server = Server::on(db.clone(), |config| config.auth.local = true, now_us).await;
        let owner = person(&db, "olga").await;
        let here = session(&db, owner).await.id;
        let path = format!("/api/sessions/{here}/whep/candidate");
        let offer = async |name: &'static str, value: &str| {
            let request = server.request(Method::POST, &path).header("content-type", SDP).header(name, value);
            request.body(OFFER).send().await.unwrap().status().as_u16()
        };
        let friend = person(&db, "freya").await;
        let cookie = login(&db, friend).await;
        assert_eq!(offer("cookie", &cookie).await, 404, "it is not shared");
        let given = grant(&db, owner, here, friend, Role::Observer, false).await;
        assert_eq!(offer("cookie", &cookie).await, 201);
        coach_server::store::people::grants::revoke(&db, owner, here, given).await.unwrap();
        ended(&server).await;
        assert_eq!(offer("cookie", &cookie).await, 404);

        let (id, secret) = token(&db, owner, Scope::Watch, None).await;
        let bearer = format!("Bearer {secret}");
        assert_eq!(offer("authorization", &bearer).await, 201);
        coach_server::store::people::tokens::revoke(&db, owner, id).await.unwrap();
        ended(&server).await;
        let (_, publishes) = token(&db, owner, Scope::Publish, None).await;
        assert_eq!(offer("authorization", &format!("Bearer {publishes}")).await, 403);
    })
    .await;
}
