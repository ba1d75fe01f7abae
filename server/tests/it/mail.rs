//! Mail against a real SMTP server: invitations, links to set a password anew, comments.

use crate::support::people::{Browser, login, person};
use crate::support::shown::{Shown, accounts};
use crate::support::{Server, on_both, problem, project, sqlite};
use coach_server::clock::now_us;
use coach_server::config::Config;
use coach_server::jobs::notify::mail::{self, Mail};
use coach_server::jobs::{Job, Worker};
use coach_server::store::Db;
use coach_server::store::people::passwords;
use coach_server::store::people::users::{self, AccountRole};
use coach_testing::{Need, not_checked};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const WORD: &str = "a password of the mail server";

/// An SMTP server, and what it was given.
struct Mailbox {
    port: u16,
    lines: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Mailbox {
    /// Starts the server; `None`: it is not installed.
    async fn start() -> Option<Mailbox> {
        let python = project().join("tests/python/.venv/bin/python");
        if !project().join("tests/python/.venv/bin/aiosmtpd").exists() {
            not_checked(Need::Other, "mail", "run `make setup-test` to install aiosmtpd");
            return None;
        }
        let mut child = Command::new(python)
            .arg(project().join("tests/python/mailbox.py"))
            .arg(WORD)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next_line().await.unwrap().unwrap().parse().unwrap();
        Some(Mailbox { port, lines, _child: child })
    }

    /// Sends mail here, and lets people sign in.
    fn configure(&self, config: &mut Config) {
        accounts(config);
        config.mail.url = Some(format!("smtp://coach@127.0.0.1:{}", self.port));
        config.mail.password = Some(WORD.into());
        config.mail.from = Some("Interview Coach <coach@uni.test>".into());
        config.check().unwrap();
    }

    /// Returns the next mail.
    async fn next(&mut self) -> Value {
        serde_json::from_str(&self.lines.next_line().await.unwrap().unwrap()).unwrap()
    }
}

/// Runs every mail job that is due. Returns how many.
async fn send(server: &Server) -> usize {
    let mail: Arc<dyn Job> = Arc::new(Mail::new(server.context.clone()).unwrap());
    let worker = Worker::new(server.context.queue.clone(), Default::default(), [mail]);
    let mut done = 0;
    while worker.step(&Default::default()).await.unwrap() {
        done += 1;
    }
    done
}

fn secret(mail: &Value) -> String {
    let text = mail["text"].as_str().unwrap();
    text.split("/password#").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

/// Everything that the jobs of mail hold.
async fn queued(db: &Db) -> String {
    const SELECT: &str =
        "SELECT COALESCE(CAST(payload AS TEXT), '') || COALESCE(last_error, '') FROM jobs WHERE kind = 'mail'";
    let rows: Vec<String> = match db {
        Db::Lite(pool) => sqlx::query_scalar(SELECT).fetch_all(pool).await.unwrap(),
        Db::Pg(pool) => sqlx::query_scalar(SELECT).fetch_all(pool).await.unwrap(),
    };
    rows.join("\n")
}

#[tokio::test]
async fn an_invitation_and_a_forgotten_password_come_by_mail() {
    on_both(async |db| {
        let Some(mut mailbox) = Mailbox::start().await else { return };
        let server = Server::on(db.clone(), |config| mailbox.configure(config), now_us).await;
        let ada =
            passwords::add(&db, "ada@uni.test", Some("Ada".into()), AccountRole::Candidate).await.unwrap().unwrap();
        server.context.queue.enqueue(mail::invitation(ada)).await.unwrap();
        assert_eq!(send(&server).await, 1);
        let letter = mailbox.next().await;
        assert_eq!(
            (&letter["to"], &letter["from"]),
            (&json!(["ada@uni.test"]), &json!("Interview Coach <coach@uni.test>"))
        );
        assert_eq!(
            (&letter["authenticated"], &letter["subject"]),
            (&json!(true), &json!("You are invited to the Interview Coach"))
        );
        assert!(!queued(&db).await.contains(&secret(&letter)), "no row holds the secret of the link");
        let set = json!({"link": secret(&letter), "password": "a long enough password"});
        assert_eq!(server.post("/api/password", set.clone()).await.status(), 204);
        problem(server.post("/api/password", set).await, 401, "sign-in").await;

        assert_eq!(server.post("/api/password/forgotten", json!({"name": " ADA@uni.test "})).await.status(), 204);
        assert_eq!(server.post("/api/password/forgotten", json!({"name": "nobody@uni.test"})).await.status(), 204);
        assert_eq!(send(&server).await, 2, "the same work for a name that nobody has");
        let letter = mailbox.next().await;
        assert_eq!(letter["to"], json!(["ada@uni.test"]));
        let set = json!({"link": secret(&letter), "password": "another password"});
        assert_eq!(server.post("/api/password", set).await.status(), 204);
        users::disable(&db, ada).await.unwrap();
        assert_eq!(server.post("/api/password/forgotten", json!({"name": "ada@uni.test"})).await.status(), 204);
        assert_eq!(send(&server).await, 1);
        server.context.queue.enqueue(mail::invitation(person(&db, "end").await)).await.unwrap();
        assert_eq!(send(&server).await, 1);
        assert_eq!(
            mailbox.next().await["to"],
            json!(["end@uni.test"]),
            "neither nobody nor a disabled account got one"
        );
    })
    .await;
}

#[tokio::test]
async fn whoever_asks_for_many_links_is_slowed() {
    let Some(mailbox) = Mailbox::start().await else { return };
    let (db, _dir) = sqlite().await;
    let server = Server::on(db.clone(), |config| mailbox.configure(config), now_us).await;
    let mut answers = Vec::new();
    for _ in 0..30 {
        let answer = server.post("/api/password/forgotten", json!({"name": "ada@uni.test"})).await;
        answers.push(answer.status().as_u16());
    }
    let taken = answers.iter().filter(|&&status| status == 204).count();
    assert!((3..12).contains(&taken) && answers.iter().all(|status| matches!(status, 204 | 429)), "{answers:?}");
    for wrong in [json!({}), json!({"name": 1}), json!({"name": "x".repeat(255)}), json!({"name": "x", "more": 1})] {
        problem(server.post("/api/password/forgotten", wrong).await, 422, "unprocessable").await;
    }
}

#[tokio::test]
async fn a_full_mailbox_is_tried_again_and_one_that_is_gone_is_not() {
    let Some(mut mailbox) = Mailbox::start().await else { return };
    let (db, _dir) = sqlite().await;
    let server = Server::on(db.clone(), |config| mailbox.configure(config), now_us).await;
    for name in ["full", "gone"] {
        server.context.queue.enqueue(mail::invitation(person(&db, name).await)).await.unwrap();
    }
    assert_eq!(send(&server).await, 2);
    let Db::Lite(pool) = &db else { panic!() };
    let states = "SELECT state || ' ' || attempts FROM jobs WHERE kind = 'mail' ORDER BY id";
    let now: Vec<String> = sqlx::query_scalar(states).fetch_all(pool).await.unwrap();
    assert_eq!(now, ["queued 1", "dead 1"]);
    assert!(!queued(&db).await.contains(WORD), "{}", queued(&db).await);
    sqlx::query("UPDATE jobs SET run_at_us = 0").execute(pool).await.unwrap();
    assert_eq!(send(&server).await, 1);
    assert_eq!(mailbox.next().await["to"], json!(["full@uni.test"]));
}

#[tokio::test]
async fn the_owner_is_told_once_of_several_comments_and_not_of_their_own() {
    let Some(mut mailbox) = Mailbox::start().await else { return };
    let (db, _dir) = sqlite().await;
    let shown = Shown::on(db.clone(), |config| mailbox.configure(config)).await;
    let comment = json!({"text": "My own words."});
    assert_eq!(shown.ask(Method::POST, "/comments", comment).await.status(), 201);
    let (id, secret) = shown.link(json!({"days": 7, "comments": true})).await;
    let guest = Browser::new();
    shown.open(&guest, json!({"link": secret, "name": "Gus"})).await;
    for _ in 0..3 {
        let url = format!("{}/api/guest/{id}/comments", shown.server.base);
        let body = json!({"text": "Secret words of a guest.", "name": "Gus"});
        let answer = guest.send(Method::POST, &url, |request| request.json(&body)).await;
        assert_eq!(answer.status(), 201);
    }
    assert_eq!(send(&shown.server).await, 0, "it waits for further ones");
    let Db::Lite(pool) = &db else { panic!() };
    sqlx::query("UPDATE jobs SET run_at_us = 0").execute(pool).await.unwrap();
    assert_eq!(send(&shown.server).await, 1);
    let letter = mailbox.next().await;
    assert_eq!((&letter["to"], &letter["subject"]), (&json!(["ada@uni.test"]), &json!("A comment on your session")));
    let text = letter["text"].as_str().unwrap();
    assert!(text.contains(&format!("/sessions/{}", shown.session)) && !text.contains("Secret words"), "{text}");
}

#[tokio::test]
async fn without_a_mail_server_nothing_is_promised() {
    let (db, _dir) = sqlite().await;
    let server = Server::on(db.clone(), accounts, now_us).await;
    let ways: Value = server.get("/api/sign-in").await.json().await.unwrap();
    assert_eq!(ways["forgotten"], false);
    problem(server.post("/api/password/forgotten", json!({"name": "ada@uni.test"})).await, 404, "not-found").await;
    let ada = person(&db, "ada").await;
    server.context.queue.enqueue(mail::invitation(ada)).await.unwrap();
    assert_eq!(send(&server).await, 1, "a job from before ends");
    login(&db, ada).await;
}
