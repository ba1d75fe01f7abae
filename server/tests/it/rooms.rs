//! Invitations into a live session: whom they let in, what an interviewer agrees to, and how they end.

use crate::support::people::Browser;
use crate::support::report::{make_ready, report};
use crate::support::{Server, on_both, problem};
use coach_core::SessionId;
use coach_server::clock::now_us;
use coach_server::live::InterviewError;
use coach_server::session::Event;
use coach_server::session::consent::room::VERSION;
use coach_server::store::sessions;
use coach_testing::{LIMIT, eventually};
use reqwest::{Method, Response};
use serde_json::{Value, json};

const SDP: &str = "application/sdp";
const OFFER: &str =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\n";

/// Makes an invitation. Returns its id and its secret.
async fn invite(server: &Server, session: SessionId, role: &str) -> (String, String) {
    let wish = json!({"role": role, "days": 1});
    let answer =
        server.request(Method::POST, &format!("/api/sessions/{session}/links")).json(&wish).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let made: Value = answer.json().await.unwrap();
    let secret = made["path"].as_str().unwrap().strip_prefix("/room#").unwrap().to_owned();
    (made["id"].as_str().unwrap().to_owned(), secret)
}

/// Somebody who was invited, in a browser of their own.
struct Invited<'a> {
    server: &'a Server,
    browser: Browser,
    link: String,
}

impl<'a> Invited<'a> {
    /// Opens an invitation. Returns what the page is told, too.
    async fn opening(server: &'a Server, (link, secret): (String, String)) -> (Invited<'a>, Value) {
        let browser = Browser::new();
        let body = json!({"link": secret, "name": "Ira"});
        let url = format!("{}/api/guest", server.base);
        let answer = browser.send(Method::POST, &url, |request| request.json(&body)).await;
        assert_eq!(answer.status(), 200);
        let view = answer.json().await.unwrap();
        (Invited { server, browser, link }, view)
    }

    async fn ask(&self, method: Method, below: &str) -> Response {
        let url = format!("{}/api/guest/{}{below}", self.server.base, self.link);
        self.browser.send(method, &url, |request| request).await
    }

    async fn agree(&self, body: Value) -> Response {
        let url = format!("{}/api/guest/{}/consent", self.server.base, self.link);
        self.browser.send(Method::POST, &url, |request| request.json(&body)).await
    }

    async fn offer(&self, below: &str) -> Response {
        let url = format!("{}/api/guest/{}{below}", self.server.base, self.link);
        self.browser.send(Method::POST, &url, |request| request.header("content-type", SDP).body(OFFER)).await
    }
}

#[tokio::test]
async fn an_interviewer_takes_part_after_agreeing_and_until_the_invitation_ends() {
    on_both(async |db| {
        let server = Server::on(db.clone(), |config| config.limits.changes_hz = 10_000, now_us).await;
        let id: SessionId = server.session().await.parse().unwrap();
        let invitation = invite(&server, id, "interviewer").await;
        let (ira, view) = Invited::opening(&server, invitation).await;
        assert_eq!(
            (&view["role"], &view["agreed"], &view["session"]["room"]),
            (&json!("interviewer"), &json!(false), &json!(true))
        );

        problem(ira.offer("/whip").await, 403, "consent").await;
        let text: Value = server.get("/api/consent/room").await.json().await.unwrap();
        assert_eq!(text["version"], VERSION);
        problem(ira.agree(json!({"version": "another"})).await, 409, "conflict").await;
        for wrong in [
            json!({}),
            json!({"version": VERSION, "name": "x".repeat(81)}),
            json!({"version": VERSION, "name": "\u{7}"}),
        ] {
            problem(ira.agree(wrong).await, 422, "unprocessable").await;
        }
        assert_eq!(ira.agree(json!({"version": VERSION, "name": "Ira I."})).await.status(), 204);
        let view: Value = ira.ask(Method::GET, "").await.json().await.unwrap();
        assert_eq!((&view["agreed"], &view["name"]), (&json!(true), &json!("Ira I.")));

        let answer = ira.offer("/whip").await;
        assert_eq!(answer.status(), 201);
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(location, format!("/api/guest/{}/whip/s3cret", ira.link));
        assert_eq!(server.live.interviewed.lock().unwrap()[0].1.name.as_deref(), Some("Ira I."));
        assert_eq!(ira.ask(Method::GET, "/whip/s3cret").await.status(), 204);
        problem(ira.ask(Method::DELETE, "/whip/guess").await, 404, "not-found").await;
        assert_eq!(ira.ask(Method::DELETE, "/whip/s3cret").await.status(), 200);
        problem(ira.ask(Method::DELETE, "/whip/s3cret").await, 404, "not-found").await;

        assert_eq!(ira.offer("/whip").await.status(), 201);
        for participant in ["candidate", "interviewer"] {
            let answer = ira.offer(&format!("/whep/{participant}")).await;
            assert_eq!(answer.status(), 201);
            let location = answer.headers()["location"].to_str().unwrap().to_owned();
            assert_eq!(location, format!("/api/guest/{}/whep/{participant}/s3cret", ira.link));
        }
        problem(ira.offer("/whep/observer").await, 404, "not-found").await;
        for below in ["/recording", "/transcript", "/report", "/comments"] {
            problem(ira.ask(Method::GET, below).await, 403, "forbidden").await;
        }
        let revoke = server.request(Method::DELETE, &format!("/api/sessions/{id}/links/{}", ira.link));
        assert_eq!(revoke.send().await.unwrap().status(), 204);
        let over = async || {
            let (interviewed, watched) = (server.live.interviewed.lock().unwrap(), server.live.watched.lock().unwrap());
            (interviewed.is_empty() && watched.is_empty()).then_some(())
        };
        eventually(LIMIT, "whoever was invited is out", over).await;
        problem(ira.offer("/whip").await, 404, "not-found").await;
    })
    .await;
}

#[tokio::test]
async fn an_observer_watches_and_cannot_take_part() {
    let server = Server::start().await;
    let id: SessionId = server.session().await.parse().unwrap();
    let (odo, view) = Invited::opening(&server, invite(&server, id, "observer").await).await;
    assert_eq!(view["role"], "observer");
    assert_eq!(odo.offer("/whep/candidate").await.status(), 201);
    problem(odo.offer("/whip").await, 403, "forbidden").await;
    problem(odo.agree(json!({"version": VERSION})).await, 403, "forbidden").await;
    problem(odo.ask(Method::GET, "/whip").await, 403, "forbidden").await;
    problem(odo.ask(Method::GET, "/live").await, 400, "bad-request").await;
    // What opens one session opens no other, and nothing of the owner's.
    let other = format!("{}/api/guest/{}/whep/candidate", server.base, uuid::Uuid::now_v7());
    let stranger = Browser::new();
    let answer = stranger.send(Method::POST, &other, |r| r.header("content-type", SDP).body(OFFER)).await;
    problem(answer, 404, "not-found").await;
}

#[tokio::test]
async fn an_invitation_that_could_not_be_used_is_not_made() {
    on_both(async |db| {
        let server = Server::on(db.clone(), |config| config.limits.changes_hz = 10_000, now_us).await;
        let id: SessionId = server.session().await.parse().unwrap();
        let path = format!("/api/sessions/{id}/links");
        let ask = async |wish: Value| server.request(Method::POST, &path).json(&wish).send().await.unwrap();
        for wrong in [
            json!({"role": "coach", "days": 1}),
            json!({"role": "owner", "days": 1}),
            json!({"role": "observer", "days": 1, "scores": true}),
            json!({"role": "interviewer", "days": 1, "comments": true}),
            json!({"role": "interviewer", "days": 1, "passphrase": "a long passphrase"}),
            json!({"role": "interviewer", "days": 0}),
        ] {
            problem(ask(wrong).await, 422, "unprocessable").await;
        }
        problem(ask(json!({"role": 7, "days": 1})).await, 400, "bad-request").await;
        assert!(!sessions::get(&db, server.user, id).await.unwrap().unwrap().room);
        // A session that began alone keeps no other voice apart.
        server.context.machine.apply(server.user, id, Event::Published).await.unwrap();
        problem(ask(json!({"role": "interviewer", "days": 1})).await, 409, "state").await;
        make_ready(&db, server.user, id, &report(Some(77.0))).await;
        problem(ask(json!({"role": "observer", "days": 1})).await, 409, "state").await;
    })
    .await;
}

#[tokio::test]
async fn an_offer_that_is_refused_has_the_status_of_its_kind_and_says_who_is_there() {
    let server = Server::start().await;
    let id: SessionId = server.session().await.parse().unwrap();
    let (ira, _) = Invited::opening(&server, invite(&server, id, "interviewer").await).await;
    assert_eq!(ira.agree(json!({"version": VERSION})).await.status(), 204);
    for (refusal, status, word, again) in [
        (InterviewError::Malformed("no ice-ufrag".into()), 400, "bad-request", None),
        (InterviewError::Unacceptable("H264 alone".into()), 422, "unprocessable", None),
        (InterviewError::NotYet, 409, "not-yet", Some("2")),
        (InterviewError::Taken("Ina".into()), 409, "conflict", None),
        (InterviewError::Over, 409, "state", None),
        (InterviewError::Busy("100 places".into()), 503, "unavailable", Some("30")),
        (InterviewError::Failed(anyhow::anyhow!("no sockets")), 500, "internal", None),
    ] {
        *server.live.refuse_interviewer.lock().unwrap() = Some(refusal);
        let answer = ira.offer("/whip").await;
        let after = answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(after.as_deref(), again, "{word}");
        problem(answer, status, word).await;
    }
    let answer = ira
        .browser
        .send(Method::POST, &format!("{}/api/guest/{}/whip", server.base, ira.link), |r| r.body(OFFER))
        .await;
    problem(answer, 415, "media-type").await;
}
