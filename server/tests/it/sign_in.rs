//! Local accounts: sign-in by password, browsers, tokens, the audit log.

use crate::support::people::{Browser, login, person, token};
use crate::support::{Server, problem, sqlite};
use coach_server::clock::now_us;
use coach_server::config::Config;
use coach_server::store::people::passwords;
use coach_server::store::people::tokens::Scope;
use coach_server::store::people::users::{self, AccountRole};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

const PASSWORD: &str = "a long enough password";

async fn local() -> (Server, TempDir) {
    let (db, dir) = sqlite().await;
    let configure = |config: &mut Config| {
        config.auth.local = true;
        // These tests send more than people do.
        config.limits.changes_hz = 10_000;
    };
    (Server::on(db, configure, now_us).await, dir)
}

/// Makes an account with a password by its link.
async fn account(server: &Server, email: &str) {
    let db = &server.context.db;
    let person = passwords::add(db, email, Some("Ada".into()), AccountRole::Candidate).await.unwrap().unwrap();
    let link = passwords::link(db, person, i64::MAX).await.unwrap();
    let answer = server.post("/api/password", json!({"link": link, "password": PASSWORD})).await;
    assert_eq!(answer.status(), 204);
}

async fn attempt(server: &Server, browser: &Browser, name: &str, password: &str) -> Response {
    let body = json!({"name": name, "password": password});
    browser.send(Method::POST, &format!("{}/api/sign-in", server.base), |request| request.json(&body)).await
}

async fn me(server: &Server, browser: &Browser) -> u16 {
    browser.send(Method::GET, &format!("{}/api/me", server.base), |request| request).await.status().as_u16()
}

#[tokio::test]
async fn a_person_is_invited_signs_in_and_out() {
    let (server, _dir) = local().await;
    let ways: Value = server.get("/api/sign-in").await.json().await.unwrap();
    assert_eq!(
        ways,
        json!({"mode": "accounts", "password": true, "passkeys": true, "pairing": false, "forgotten": false, "provider": null})
    );
    account(&server, "ada@uni.test").await;
    let browser = Browser::new();
    assert_eq!(me(&server, &browser).await, 401);
    let answer = attempt(&server, &browser, " ADA@uni.test ", PASSWORD).await;
    assert_eq!(answer.status(), 204);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("coach=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert!(cookie.contains("Path=/") && cookie.contains("Max-Age=1209600") && !cookie.contains("Domain"), "{cookie}");
    assert_eq!(me(&server, &browser).await, 200);
    // Signing in again gives a new secret, and the old one is of no more use.
    let old = browser.cookie(&server.base, "coach").unwrap();
    attempt(&server, &browser, "ada@uni.test", PASSWORD).await;
    assert_ne!(browser.cookie(&server.base, "coach").unwrap(), old);
    let stolen = server.request(Method::GET, "/api/me").header("cookie", format!("coach={old}")).send().await.unwrap();
    problem(stolen, 401, "sign-in").await;
    let out = browser.send(Method::POST, &format!("{}/api/sign-out", server.base), |request| request).await;
    assert_eq!(out.json::<Value>().await.unwrap(), json!({"location": null}));
    assert_eq!(me(&server, &browser).await, 401);
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let (db, _dir) = sqlite().await;
    let configure = |config: &mut Config| {
        config.auth.local = true;
        config.http.public_url = Some("https://coach.example".into());
    };
    let server = Server::on(db, configure, now_us).await;
    account(&server, "ada@uni.test").await;
    let answer = attempt(&server, &Browser::new(), "ada@uni.test", PASSWORD).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-coach=") && cookie.contains("Secure") && cookie.contains("Path=/"), "{cookie}");
    // A cookie without the prefix could have been set by another host of the domain.
    let secret = cookie.split(['=', ';']).nth(1).unwrap();
    let plain =
        server.request(Method::GET, "/api/me").header("cookie", format!("coach={secret}")).send().await.unwrap();
    assert_eq!(plain.status(), 401);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let (server, _dir) = local().await;
    account(&server, "ada@uni.test").await;
    let mut answers = Vec::new();
    for (name, password) in
        [("ada@uni.test", "not the password"), ("bob@uni.test", PASSWORD), ("", ""), ("' OR 1=1 --", PASSWORD)]
    {
        let mut answer = problem(attempt(&server, &Browser::new(), name, password).await, 401, "sign-in").await;
        answer.as_object_mut().unwrap().remove("instance");
        answers.push(answer);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    for body in [json!({}), json!({"name": 1, "password": "x"}), json!({"name": "x", "password": "y", "more": 1})] {
        problem(server.post("/api/sign-in", body).await, 422, "unprocessable").await;
    }
}

#[tokio::test]
async fn a_guesser_of_passwords_is_slowed_and_nobody_else() {
    let (server, _dir) = local().await;
    account(&server, "ada@uni.test").await;
    account(&server, "bob@uni.test").await;
    let (mut refused, mut slowed) = (0, 0);
    // The attempts that pass cost a hash each, so this test makes few; the limit itself is tested with ten thousand.
    for n in 0..40 {
        let answer = attempt(&server, &Browser::new(), "ada@uni.test", &format!("guess {n}")).await;
        match answer.status().as_u16() {
            401 => refused += 1,
            429 => {
                assert!(answer.headers()["retry-after"].to_str().unwrap().parse::<u32>().unwrap() >= 1);
                slowed += 1;
            }
            other => panic!("{other}"),
        }
    }
    assert!(refused <= 12 && slowed >= 28, "{refused} refused, {slowed} slowed");
    let right = attempt(&server, &Browser::new(), "ada@uni.test", PASSWORD).await;
    assert_eq!(right.status(), 429, "the right password is not told from a wrong one while the name is slowed");
}

#[tokio::test]
async fn a_guesser_of_tokens_is_slowed_and_a_valid_token_is_not() {
    let (server, _dir) = local().await;
    let ada = person(&server.context.db, "ada").await;
    let (_, secret) = token(&server.context.db, ada, Scope::Api, None).await;
    let ask = async |secret: &str| {
        let request = server.request(Method::GET, "/api/me").header("authorization", format!("Bearer {secret}"));
        request.send().await.unwrap().status().as_u16()
    };
    let mut answers = Vec::new();
    for n in 0..10_000 {
        answers.push(ask(&format!("{n:064x}")).await);
    }
    let (refused, slowed) =
        (answers.iter().filter(|&&s| s == 401).count(), answers.iter().filter(|&&s| s == 429).count());
    println!("10000 invented tokens of one address: {refused} refused, {slowed} slowed");
    assert_eq!(refused + slowed, 10_000);
    assert!(slowed > refused, "{refused} refused, {slowed} slowed");
    assert_eq!(ask(&secret).await, 200);
}

#[tokio::test]
async fn a_password_is_set_by_a_link_alone_and_once() {
    let (server, _dir) = local().await;
    account(&server, "ada@uni.test").await;
    let db = &server.context.db;
    let ada = users::with_email(db, "ada@uni.test").await.unwrap()[0];
    let browser = Browser::new();
    attempt(&server, &browser, "ada@uni.test", PASSWORD).await;
    let link = passwords::link(db, ada, i64::MAX).await.unwrap();
    let long = "x".repeat(257);
    for short in ["", "short", "elevenchars", long.as_str()] {
        let answer = server.post("/api/password", json!({"link": link, "password": short})).await;
        problem(answer, 422, "unprocessable").await;
    }
    for wrong in ["", "x", &link[1..]] {
        let answer = server.post("/api/password", json!({"link": wrong, "password": PASSWORD})).await;
        problem(answer, 401, "sign-in").await;
    }
    let new = "another password";
    assert_eq!(server.post("/api/password", json!({"link": link, "password": new})).await.status(), 204);
    problem(server.post("/api/password", json!({"link": link, "password": PASSWORD})).await, 401, "sign-in").await;
    assert_eq!(me(&server, &browser).await, 401, "every browser is signed out");
    problem(attempt(&server, &browser, "ada@uni.test", PASSWORD).await, 401, "sign-in").await;
    assert_eq!(attempt(&server, &browser, "ada@uni.test", new).await.status(), 204);
}

#[tokio::test]
async fn a_person_lists_and_ends_browsers_and_tokens() {
    let (server, _dir) = local().await;
    let db = &server.context.db;
    let (ada, bob) = (person(db, "ada").await, person(db, "bob").await);
    let (one, other, foreign) = (login(db, ada).await, login(db, ada).await, login(db, bob).await);
    let ask = async |method: Method, path: &str, cookie: &str, body: Value| {
        let answer = server.request(method, path).header("cookie", cookie).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default())
    };
    let (_, list) = ask(Method::GET, "/api/browsers", &one, Value::Null).await;
    assert_eq!(list["browsers"].as_array().unwrap().len(), 2);
    let this = list["this"].as_str().unwrap().to_owned();
    let ids = list["browsers"].as_array().unwrap().iter().map(|b| b["id"].as_str().unwrap().to_owned());
    let another = ids.clone().find(|id| *id != this).unwrap();
    for path in ["/api/browsers/x", &format!("/api/browsers/{}", uuid::Uuid::nil())] {
        assert_eq!(ask(Method::DELETE, path, &one, Value::Null).await.0, 404);
    }
    assert_eq!(ask(Method::DELETE, &format!("/api/browsers/{another}"), &foreign, Value::Null).await.0, 404);
    assert_eq!(ask(Method::DELETE, &format!("/api/browsers/{another}"), &one, Value::Null).await.0, 204);
    assert_eq!(ask(Method::GET, "/api/me", &other, Value::Null).await.0, 401);

    let wish = json!({"name": "OBS", "scope": "publish", "days": 30});
    let (status, issued) = ask(Method::POST, "/api/tokens", &one, wish).await;
    assert_eq!((status, issued["secret"].as_str().unwrap().len()), (201, 64));
    for wrong in [
        json!({"name": " ", "scope": "api", "days": 1}),
        json!({"name": "x", "scope": "all", "days": 1}),
        json!({"name": "x", "scope": "api", "days": 0}),
        json!({"name": "x", "scope": "api", "days": 367}),
        json!({"name": "x", "scope": "api", "days": 1, "session": uuid::Uuid::nil()}),
        json!({"name": "x".repeat(101), "scope": "api", "days": 1}),
    ] {
        assert_eq!(ask(Method::POST, "/api/tokens", &one, wrong.clone()).await.0, 422, "{wrong}");
    }
    let (_, list) = ask(Method::GET, "/api/tokens", &one, Value::Null).await;
    let shown = &list["tokens"][0];
    assert_eq!((&shown["name"], &shown["scope"], &shown["used_us"]), (&"OBS".into(), &"publish".into(), &Value::Null));
    assert!(!list.to_string().contains(issued["secret"].as_str().unwrap()), "it is shown once");
    let path = format!("/api/tokens/{}", issued["id"].as_str().unwrap());
    assert_eq!(ask(Method::DELETE, &path, &foreign, Value::Null).await.0, 404);
    assert_eq!(ask(Method::DELETE, &path, &one, Value::Null).await.0, 204);
    assert_eq!(ask(Method::DELETE, &path, &one, Value::Null).await.0, 404);
    let (_, log) = ask(Method::GET, "/api/audit", &one, Value::Null).await;
    let what: Vec<_> = log["entries"].as_array().unwrap().iter().map(|e| e["what"].as_str().unwrap()).collect();
    assert_eq!(what, ["token_revoked", "token_issued", "signed_out"]);
    let (_, log) = ask(Method::GET, "/api/audit", &foreign, Value::Null).await;
    assert_eq!(log["entries"], json!([]));
}

#[tokio::test]
async fn a_request_with_a_token_and_a_cookie_has_the_tokens_rights_alone() {
    let (server, _dir) = local().await;
    let db = &server.context.db;
    let (ada, bob) = (person(db, "ada").await, person(db, "bob").await);
    let (cookie, (_, secret)) = (login(db, ada).await, token(db, bob, Scope::Publish, None).await);
    let ask = async |authorization: &str| {
        let request = server.request(Method::GET, "/api/me").header("cookie", &cookie);
        request.header("authorization", authorization).send().await.unwrap().status().as_u16()
    };
    assert_eq!(ask(&format!("Bearer {secret}")).await, 403);
    for wrong in ["Bearer ", "Bearer", "Basic YTpi", &format!("Basic {secret}"), "x"] {
        assert_eq!(ask(wrong).await, 401, "{wrong}");
    }
}

#[tokio::test]
async fn personal_mode_has_no_sign_in() {
    let server = Server::start().await;
    let ways: Value = server.get("/api/sign-in").await.json().await.unwrap();
    assert_eq!(
        ways,
        json!({"mode": "personal", "password": false, "passkeys": false, "pairing": false, "forgotten": false, "provider": null})
    );
    let body = json!({"name": "ada@uni.test", "password": PASSWORD});
    problem(server.post("/api/sign-in", body).await, 404, "not-found").await;
    let body = json!({"link": "x", "password": PASSWORD});
    problem(server.post("/api/password", body).await, 404, "not-found").await;
    assert_eq!(server.get("/auth/login").await.status(), 404);
    assert_eq!(server.get("/auth/callback").await.status(), 404);
    let me: Value = server.get("/api/me").await.json().await.unwrap();
    assert_eq!((&me["mode"], &me["name"], &me["role"]), (&"personal".into(), &Value::Null, &"candidate".into()));
}
