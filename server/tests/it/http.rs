//! What all routes have in common: hosts, origins, bodies, methods, headers.

use crate::support::{Server, problem};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn a_foreign_host_is_refused_everywhere() {
    let server = Server::start().await;
    for path in ["/api/me", "/api/sessions", "/", "/healthz", "/api/openapi.json"] {
        let answer = server.request(Method::GET, path).header("host", "evil.example").send().await.unwrap();
        problem(answer, 421, "host").await;
    }
    let answer = server.request(Method::GET, "/api/me").header("host", "localhost:1").send().await.unwrap();
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_foreign_page_changes_nothing() {
    let server = Server::start().await;
    let id = server.session().await;
    let session = format!("/api/sessions/{id}");
    for (method, path) in [
        (Method::POST, "/api/sessions".to_owned()),
        (Method::POST, "/api/consents".to_owned()),
        (Method::DELETE, session.clone()),
        (Method::PUT, format!("{session}/gold")),
        (Method::POST, format!("{session}/whip")),
        (Method::POST, format!("{session}/calibration")),
    ] {
        for origin in ["http://evil.example", "null", "http://localhost:1"] {
            let answer =
                server.request(method.clone(), &path).header("origin", origin).body("{}").send().await.unwrap();
            problem(answer, 403, "origin").await;
        }
    }
    assert_eq!(server.get(&session).await.status(), 200);
    let own = server.request(Method::DELETE, &session).header("origin", server.base.clone()).send().await.unwrap();
    assert_eq!(own.status(), 200);
}

#[tokio::test]
async fn a_body_that_is_not_what_it_should_be_is_refused_by_its_kind() {
    let server = Server::start().await;
    server.consent().await;
    let send = |kind: &'static str, body: Vec<u8>| {
        server.request(Method::POST, "/api/sessions").header("content-type", kind).body(body).send()
    };
    problem(send("text/plain", b"{}".into()).await.unwrap(), 415, "media-type").await;
    for body in ["", "{", "{\"questions\":[", "\u{0}", "{\"questions\":[\"a\"]}}"] {
        problem(send("application/json", body.into()).await.unwrap(), 400, "bad-request").await;
    }
    problem(send("application/json", vec![0xff, 0xfe]).await.unwrap(), 400, "bad-request").await;
    for body in
        ["7", "[]", "{}", "null", r#"{"questions":"x"}"#, r#"{"questions":[1]}"#, r#"{"questions":[],"extra":1}"#]
    {
        problem(send("application/json", body.into()).await.unwrap(), 422, "unprocessable").await;
    }
    let large = json!({"questions": ["x".repeat(80_000)]}).to_string();
    problem(send("application/json", large.into()).await.unwrap(), 413, "too-large").await;
    let deep = format!("{{\"questions\":{}", "[".repeat(60_000));
    problem(send("application/json; charset=utf-8", deep.into()).await.unwrap(), 422, "unprocessable").await;
}

#[tokio::test]
async fn a_body_without_an_end_is_cut_at_the_limit() {
    let server = Server::start().await;
    let endless = futures::stream::iter((0..2000).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1000])));
    let request = server.request(Method::POST, "/api/consents").header("content-type", "application/json");
    // The server may close the connection before everything was sent; in both cases it keeps running.
    if let Ok(answer) = request.body(reqwest::Body::wrap_stream(endless)).send().await {
        problem(answer, 413, "too-large").await;
    }
    assert_eq!(server.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn an_unknown_path_and_a_wrong_method_are_problems_too() {
    let server = Server::start().await;
    for path in ["/api", "/api/nothing", "/api/sessions/x/y/z"] {
        problem(server.get(path).await, 404, "not-found").await;
    }
    let answer = server.request(Method::PUT, "/api/sessions").body("{}").send().await.unwrap();
    let allow = answer.headers().get("allow").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    problem(answer, 405, "method").await;
    problem(server.request(Method::POST, "/history").send().await.unwrap(), 405, "method").await;
}

#[tokio::test]
async fn the_pages_are_there_or_say_how_to_build_them_and_missing_files_are_missing() {
    let server = Server::start().await;
    for path in ["/", "/history", "/sessions/0/report"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status(), 200);
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    }
    for path in [
        "/assets/nothing.js",
        "/favicon.nothing",
        "/../Cargo.toml",
        "/%2e%2e/%2e%2e/Cargo.toml",
        "/assets/..%2f..%2fpackage.json",
    ] {
        problem(server.get(path).await, 404, "not-found").await;
    }
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let server = Server::start().await;
    for path in ["/", "/api/me", "/api/nothing", "/docs/", "/healthz"] {
        let answer = server.get(path).await;
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'self'") && policy.contains("http://store.example"), "{path}: {policy}");
        assert!(!policy.contains("script-src 'self' 'unsafe"), "{policy}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert!(header("permissions-policy").contains("camera=(self)"), "{path}");
        assert!(header("permissions-policy").contains("microphone=(self)"), "{path}");
    }
    assert_eq!(server.get("/api/me").await.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn only_configured_origins_may_read_from_elsewhere() {
    let server = Server::with(|config| config.http.allowed_origins = vec!["http://localhost:5173".into()]).await;
    let ask = |origin: &'static str| server.request(Method::GET, "/api/me").header("origin", origin).send();
    let allowed = ask("http://localhost:5173").await.unwrap();
    assert_eq!(allowed.headers()["access-control-allow-origin"], "http://localhost:5173");
    let foreign = ask("http://evil.example").await.unwrap();
    assert!(foreign.headers().get("access-control-allow-origin").is_none());
    let write = server
        .request(Method::POST, "/api/consents")
        .header("origin", "http://localhost:5173")
        .json(&json!({"version": coach_server::session::consent::VERSION}))
        .send()
        .await
        .unwrap();
    assert_eq!(write.status(), 201);
    let options = server
        .request(Method::OPTIONS, "/api/sessions/x/whip")
        .header("origin", "http://localhost:5173")
        .header("access-control-request-method", "POST")
        .send()
        .await
        .unwrap();
    let header = |name: &str| options.headers()[name].to_str().unwrap();
    assert_eq!(header("accept-post"), "application/sdp");
    assert!(header("access-control-allow-methods").contains("PATCH"), "{options:?}");
}

#[tokio::test]
async fn random_bytes_on_the_port_do_not_stop_the_server() {
    let server = Server::start().await;
    let address = server.base.strip_prefix("http://").unwrap();
    for noise in [
        &b"\x16\x03\x01\x02\x00\x01\x00"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"\r\n\r\n\r\n\r\n",
        &[0xff; 4096],
        b"GET /api/me HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\n\r\n",
        b"GET /api/me HTTP/1.0\r\n\r\n",
        // HTTP/2 by prior knowledge, which nobody uses here: its answer would begin with a frame.
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
    ] {
        let mut line = tokio::net::TcpStream::connect(address).await.unwrap();
        // The server may close the connection while the test still sends.
        let _ = line.write_all(noise).await;
        let _ = line.shutdown().await;
        let mut answer = Vec::new();
        let _ = line.read_to_end(&mut answer).await;
        let text = String::from_utf8_lossy(&answer);
        assert!(text.is_empty() || text.starts_with("HTTP/1.") && text.as_bytes()[9] == b'4', "{text}");
    }
    assert_eq!(server.get("/api/me").await.status(), 200);
}

#[tokio::test]
async fn the_person_sees_the_servers_abilities_and_their_own_consent() {
    let server = Server::start().await;
    let me: Value = server.get("/api/me").await.json().await.unwrap();
    assert_eq!(
        (me["mode"].as_str(), &me["consent"], me["affect"].as_bool()),
        (Some("personal"), &Value::Null, Some(true))
    );
    assert_eq!(
        (me["models"]["face"].as_str(), me["models"]["voice_activity"].as_str()),
        (Some("lite"), Some("energy"))
    );
    let hints = me["hints"].as_array().unwrap();
    assert!(hints.iter().any(|hint| hint["id"] == "slow_down"));
    assert!(
        hints
            .iter()
            .all(|hint| ["id", "text", "description"].iter().all(|key| !hint[*key].as_str().unwrap().is_empty()))
    );

    let text: Value = server.get("/api/consent").await.json().await.unwrap();
    assert_eq!(text["version"], me["consent_version"]);
    assert!(text["sections"].as_array().unwrap().len() >= 5);
    problem(server.post("/api/consents", json!({"version": "1999-01"})).await, 409, "conflict").await;
    server.consent().await;
    let me: Value = server.get("/api/me").await.json().await.unwrap();
    assert_eq!(me["consent"]["version"], text["version"]);
    assert!(me["consent"]["accepted_us"].as_i64().unwrap() > 1_600_000_000_000_000);

    let withdrawn = server.request(Method::DELETE, "/api/consents").send().await.unwrap();
    assert_eq!(withdrawn.status(), 204);
    let refused = server.post("/api/sessions", json!({"questions": ["failure-own-mistake"]})).await;
    problem(refused, 403, "consent").await;
}

#[tokio::test]
async fn every_question_has_what_a_page_needs() {
    let server = Server::start().await;
    let list: Value = server.get("/api/questions").await.json().await.unwrap();
    let questions = list["questions"].as_array().unwrap();
    assert!(questions.len() >= 42);
    for question in questions {
        assert!(
            ["id", "family", "text", "tip"].iter().all(|key| question[*key].is_string())
                && question["suggested_ms"].is_i64()
        );
    }
}
