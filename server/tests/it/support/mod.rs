//! A server on a free port, with live sessions and an object store made for tests, and both kinds of database.

pub mod live;
pub mod memory_parts;
pub mod objects;
pub mod people;
pub mod postgres;
pub mod report;
pub mod service;
pub mod shown;
pub mod speech;
pub mod tables;

use coach_core::journal::{FaceModel, HintSettings, VoiceActivityModel};
use coach_core::{SessionId, UserId};
use coach_server::auth::{Accounts, Mode};
use coach_server::clock::now_us;
use coach_server::config::Config;
use coach_server::context::{Context, ModelNames};
use coach_server::http::app::App;
use coach_server::http::listen;
use coach_server::objects::Objects;
use coach_server::store::people::users;
use coach_server::store::sessions::{self, NewSession, Source};
use coach_server::store::{Db, questions};
use coach_testing::{Need, not_checked};
use live::LiveDouble;
use objects::Memory;
pub use people::person;
use reqwest::{Method, RequestBuilder, Response};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Returns the address of a SQLite database in this folder.
pub fn sqlite_url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("data/coach.db").display())
}

/// Opens a fresh SQLite database, which exists as long as its folder.
pub async fn sqlite() -> (Db, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let db = Db::open(&sqlite_url(dir.path()), 8).await.unwrap();
    db.migrate().await.unwrap();
    (db, dir)
}

/// Runs the same check on a fresh SQLite and on a fresh PostgreSQL database.
pub async fn on_both<F: AsyncFn(Db)>(check: F) {
    let (db, _dir) = sqlite().await;
    check(db).await;
    match postgres::fresh().await {
        Some(db) => check(db).await,
        None => not_checked(Need::Postgres, "queries and jobs", "no PostgreSQL 15 or newer is installed"),
    }
}

/// A running server.
pub struct Server {
    pub base: String,
    pub client: reqwest::Client,
    pub context: Context,
    pub live: Arc<LiveDouble>,
    pub objects: Arc<Memory>,
    pub user: UserId,
    pub app: App,
    store_stop: Option<DropGuard>,
    _dir: TempDir,
}

impl Server {
    pub async fn start() -> Server {
        Server::with(|_| {}).await
    }

    /// Starts a server with a changed configuration.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Server {
        Server::over(change, async |_, memory| memory).await
    }

    /// Starts a server with a changed configuration over the embedded object store.
    pub async fn storing(change: impl FnOnce(&mut Config)) -> Server {
        let stop = CancellationToken::new();
        let open = async |config: &Config, _| coach_server::objects::archive::open(config, stop.clone()).await.unwrap();
        let mut server = Server::over(change, open).await;
        server.store_stop = Some(stop.drop_guard());
        server
    }

    /// Starts a server with a changed configuration over this database. `clock`: the time by which tokens of a provider are judged.
    pub async fn on(db: Db, change: impl FnOnce(&mut Config), clock: fn() -> i64) -> Server {
        Server::made(db, tempfile::tempdir().unwrap(), change, async |_, memory| memory, clock).await
    }

    async fn over(
        change: impl FnOnce(&mut Config),
        open: impl AsyncFnOnce(&Config, Arc<dyn Objects>) -> Arc<dyn Objects>,
    ) -> Server {
        let (db, dir) = sqlite().await;
        Server::made(db, dir, change, open, now_us).await
    }

    async fn made(
        db: Db,
        dir: TempDir,
        change: impl FnOnce(&mut Config),
        open: impl AsyncFnOnce(&Config, Arc<dyn Objects>) -> Arc<dyn Objects>,
        clock: fn() -> i64,
    ) -> Server {
        let mut config = Config::default();
        config.storage.data = dir.path().join("data");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        config.http.bind = listener.local_addr().unwrap();
        config.storage.embedded_bind.set_port(0);
        change(&mut config);
        let (objects, live) = (Arc::new(Memory::default()), Arc::new(LiveDouble::default()));
        let storage = open(&config, objects.clone()).await;
        let context = Context::new(config, db.clone(), storage);
        let names = ModelNames { face: FaceModel::Lite, voice_activity: VoiceActivityModel::Energy, words: None };
        context.models.fill(names);
        let user = users::personal(&db).await.unwrap();
        let mode = if context.config.auth.enabled() {
            let base = context.config.http.base_url();
            Mode::Accounts(Arc::new(Accounts::new(&context.config.auth, &base, clock).unwrap()))
        } else {
            Mode::Personal(user)
        };
        let app = App::builder(context.clone()).mode(mode).build(live.clone()).await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let options = listen::Options {
            connections: 1024,
            proxies: context.config.http.trusted_proxies.iter().map(|network| network.0).collect(),
            // Speaks plain http even where the configuration says https: nothing here depends on it.
            tls: None,
        };
        let router = coach_server::http::router(app.clone());
        tokio::spawn(listen::serve(listener, router, options, context.shutdown.clone()));
        Server { base, client: reqwest::Client::new(), context, live, objects, user, app, store_stop: None, _dir: dir }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Response {
        self.request(Method::POST, path).json(&body).send().await.unwrap()
    }

    pub async fn consent(&self) {
        let answer = self.post("/api/consents", json!({"version": coach_server::session::consent::VERSION})).await;
        assert_eq!(answer.status(), 201);
    }

    /// Gives consent and creates a session. Returns its id.
    pub async fn session(&self) -> String {
        self.consent().await;
        let answer =
            self.post("/api/sessions", json!({"questions": ["failure-own-mistake", "pressure-deadline"]})).await;
        assert_eq!(answer.status(), 201);
        answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Creates a session of another person on the same server. Returns its id.
    pub async fn foreign_session(&self) -> String {
        let other = person(&self.context.db, "other").await;
        report::session(&self.context.db, other).await.id.to_string()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.context.shutdown.cancel();
    }
}

/// Asserts that the answer is this problem. Returns the problem document.
pub async fn problem(answer: Response, status: u16, word: &str) -> Value {
    let (code, kind) = (answer.status().as_u16(), answer.headers().get("content-type").cloned());
    let text = answer.text().await.unwrap();
    assert_eq!(code, status, "{text}");
    assert_eq!(kind.unwrap(), "application/problem+json", "{text}");
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["type"], format!("urn:coach:problem:{word}"), "{text}");
    assert_eq!(json["status"], status, "{text}");
    assert!(json["detail"].as_str().is_some_and(|detail| detail.len() > 5), "{text}");
    json
}

/// Returns the project's root folder.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Returns a second of video and audio.
pub fn clip(folder: &Path) -> PathBuf {
    film(folder, 1)
}

/// Returns this many seconds of video and audio.
pub fn film(folder: &Path, seconds: u32) -> PathBuf {
    let path = folder.join(format!("film-{seconds}.webm"));
    let (video, audio) =
        (format!("testsrc2=size=320x240:rate=15:duration={seconds}"), format!("sine=frequency=180:duration={seconds}"));
    #[rustfmt::skip]
    let status = Command::new("ffmpeg").args(["-v", "error", "-y", "-f", "lavfi", "-i", &video, "-f", "lavfi", "-i", &audio,
        "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"]).arg(&path).status();
    assert!(status.expect("ffmpeg is there").success());
    path
}

/// Creates a session that waits for its upload.
pub async fn uploaded(db: &Db, owner: UserId) -> SessionId {
    let bank = questions::list(db, owner).await.unwrap();
    let new = NewSession {
        source: Source::Upload,
        questions: bank.into_iter().take(1).map(Into::into).collect(),
        hints: HintSettings { enabled: Vec::new(), budget_ms: 20_000 },
        capture: Default::default(),
        affect: true,
    };
    sessions::create(db, owner, new, report::UNLIMITED).await.unwrap().unwrap().id
}
