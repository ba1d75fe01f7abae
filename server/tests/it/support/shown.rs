//! A ready session that its owner shows to others.

use super::Server;
use super::people::{Browser, login, person};
use super::report::{make_ready, report, session};
use coach_core::{SessionId, UserId};
use coach_server::clock::now_us;
use coach_server::config::Config;
use coach_server::objects;
use coach_server::store::Db;
use reqwest::{Method, Response};
use serde_json::Value;

/// A server with a ready session of somebody, and the owner's browser.
pub struct Shown {
    pub server: Server,
    pub owner: UserId,
    pub session: SessionId,
    pub cookie: String,
}

impl Shown {
    /// Starts the server on this database.
    pub async fn on(db: Db, configure: impl FnOnce(&mut Config)) -> Shown {
        let server = Server::on(db.clone(), configure, now_us).await;
        let accounts = server.context.config.auth.enabled();
        let owner = if accounts { person(&db, "ada").await } else { server.user };
        let id = session(&db, owner).await.id;
        let report = report(Some(77.0));
        make_ready(&db, owner, id, &report).await;
        server.objects.put(&objects::report_key(id), serde_json::to_vec(&report).unwrap());
        server.objects.put(&objects::recording_key(id), "video");
        let cookie = if accounts { login(&db, owner).await } else { String::new() };
        Shown { server, owner, session: id, cookie }
    }

    /// A request of the owner about this session.
    pub async fn ask(&self, method: Method, below: &str, body: Value) -> Response {
        let request = self.server.request(method, &format!("/api/sessions/{}{below}", self.session));
        request.header("cookie", &self.cookie).json(&body).send().await.unwrap()
    }

    /// Makes a link. Returns its id and its secret.
    pub async fn link(&self, wish: Value) -> (String, String) {
        let answer = self.ask(Method::POST, "/links", wish).await;
        assert_eq!(answer.status(), 201);
        let made: Value = answer.json().await.unwrap();
        let secret = made["path"].as_str().unwrap().strip_prefix("/guest#").unwrap().to_owned();
        (made["id"].as_str().unwrap().to_owned(), secret)
    }

    /// The links that the owner sees.
    pub async fn links(&self) -> Value {
        self.ask(Method::GET, "/links", Value::Null).await.json::<Value>().await.unwrap()["links"].clone()
    }

    /// Opens a link in this browser.
    pub async fn open(&self, browser: &Browser, body: Value) -> Response {
        browser.send(Method::POST, &format!("{}/api/guest", self.server.base), |request| request.json(&body)).await
    }

    /// A request of a guest.
    pub async fn see(&self, browser: &Browser, link: &str, below: &str) -> Response {
        let url = format!("{}/api/guest/{link}{below}", self.server.base);
        browser.send(Method::GET, &url, |request| request).await
    }

    /// What the owner's log says, the newest first.
    pub async fn audit(&self) -> Vec<String> {
        let request = self.server.request(Method::GET, "/api/audit").header("cookie", &self.cookie);
        let log: Value = request.send().await.unwrap().json().await.unwrap();
        log["entries"].as_array().unwrap().iter().map(|e| e["what"].as_str().unwrap().to_owned()).collect()
    }
}

/// Lets people sign in, and send more than people do.
pub fn accounts(config: &mut Config) {
    config.auth.local = true;
    config.limits.changes_hz = 10_000;
}
