//! Real `coach worker` processes that are killed while they work: every job takes effect exactly once.

use crate::support::{clip, postgres, project, sqlite_url, uploaded};
use coach_core::{SessionId, UserId};
use coach_server::config::Config;
use coach_server::context::Context;
use coach_server::jobs::analyze;
use coach_server::objects::{self, archive};
use coach_server::session::State;
use coach_server::store::people::users;
use coach_server::store::{self, Db};
use coach_testing::{LIMIT, Need, eventually, not_checked};
use sqlx::Row;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Number of jobs; the soak test sets 200.
fn wanted() -> usize {
    std::env::var("COACH_TEST_JOBS").ok().and_then(|text| text.parse().ok()).unwrap_or(24)
}

/// A deployment: a store served by this process, a database, and the workers' environment.
struct Deployment {
    context: Context,
    settings: Vec<(&'static str, String)>,
    _store: tokio_util::sync::DropGuard,
    folder: tempfile::TempDir,
}

impl Deployment {
    async fn open(url: String) -> Deployment {
        let folder = tempfile::tempdir().unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut config = Config::default();
        config.storage.data = folder.path().join("data");
        config.storage.embedded_bind = ([127, 0, 0, 1], port).into();
        config.database.url = Some(url.clone());
        config.webhook.url = Some("http://127.0.0.1:9/".into());
        config.webhook.secret = Some("long enough to be one".into());
        let settings = vec![
            ("COACH_DATABASE_URL", url.clone()),
            ("COACH_STORAGE_DATA", config.storage.data.display().to_string()),
            ("COACH_STORAGE_EMBEDDED_BIND", config.storage.embedded_bind.to_string()),
            ("COACH_MODELS_DIR", project().join("models").display().to_string()),
            ("COACH_JOBS_LEASE_S", "5".into()),
            ("COACH_JOBS_POLL_MS", "100".into()),
            ("COACH_WEBHOOK_URL", "http://127.0.0.1:9/".into()),
            ("COACH_WEBHOOK_SECRET", "long enough to be one".into()),
        ];
        let stop = CancellationToken::new();
        let store = archive::open(&config, stop.clone()).await.unwrap();
        let db = Db::open(&url, 4).await.unwrap();
        db.migrate().await.unwrap();
        let context = Context::new(config, db, store);
        Deployment { context, settings, _store: stop.drop_guard(), folder }
    }

    /// Inserts a session whose upload is complete, and its job.
    async fn upload(&self, owner: UserId, clip: &Path) -> SessionId {
        let Context { db, objects, .. } = &self.context;
        let session = uploaded(db, owner).await;
        objects.put_file(&objects::upload_key(session), clip, "video/webm").await.unwrap();
        analyze::enqueue(&self.context, owner, session).await.unwrap();
        session
    }

    fn worker(&self, n: usize) -> Worker {
        let path = self.log(n);
        let log = std::fs::File::options().create(true).append(true).open(&path).unwrap();
        let from = log.metadata().unwrap().len() as usize;
        let child = coach_worker()
            .current_dir(self.folder.path())
            .envs(self.settings.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        Worker { child, log: path, from }
    }

    fn log(&self, n: usize) -> PathBuf {
        self.folder.path().join(format!("worker-{n}.log"))
    }

    async fn one(&self, sql: &'static str) -> i64 {
        match &self.context.db {
            Db::Pg(pool) => sqlx::query(sql).fetch_one(pool).await.unwrap().get(0),
            Db::Lite(pool) => sqlx::query(sql).fetch_one(pool).await.unwrap().get(0),
        }
    }

    async fn jobs(&self) -> BTreeMap<String, i64> {
        const SELECT: &str = "SELECT state, COUNT(*) FROM jobs WHERE kind = 'analyze' GROUP BY state";
        let rows: Vec<(String, i64)> = match &self.context.db {
            Db::Pg(pool) => sqlx::query_as(SELECT).fetch_all(pool).await.unwrap(),
            Db::Lite(pool) => sqlx::query_as(SELECT).fetch_all(pool).await.unwrap(),
        };
        rows.into_iter().collect()
    }
}

/// Returns the program's command, without the variables that this test program was given.
fn coach_worker() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coach"));
    command.arg("worker").env_remove("COACH_UPDATE").env_remove("COACH_TEST_JOBS");
    command
}

/// A process that is killed when it is dropped.
struct Worker {
    child: Child,
    log: PathBuf,
    /// Position in the log at which this process's output begins.
    from: usize,
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Worker {
    /// Asks the process to stop once it has started, and waits until it has ended.
    async fn stop(mut self) {
        eventually(LIMIT, "a worker comes up", async || {
            let said = &std::fs::read_to_string(&self.log).unwrap()[self.from..];
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none(), "a worker ended by itself with {ended:?}:\n{said}");
            said.contains("the worker is ready").then_some(())
        })
        .await;
        Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        let status = eventually(LIMIT, "a worker stops", async || self.child.try_wait().unwrap()).await;
        assert!(status.success(), "{status}");
    }
}

/// Counts the jobs of which each further attempt might be the last.
const WORN: &str = "SELECT COUNT(*) FROM jobs WHERE kind = 'analyze' AND state <> 'done' AND attempts > 2";

async fn survive(url: String, on: &str) {
    let (deployment, count) = (Deployment::open(url).await, wanted());
    let every = if count > 100 { Duration::from_secs(5) } else { Duration::from_secs(2) };
    let owner = users::personal(&deployment.context.db).await.unwrap();
    let clip = clip(deployment.folder.path());
    let mut sessions = Vec::new();
    for _ in 0..count {
        sessions.push(deployment.upload(owner, &clip).await);
    }
    let began = Instant::now();
    let mut workers = [deployment.worker(0), deployment.worker(1)];
    let (mut kills, mut next, mut done_before) = (0, Instant::now() + every, -1);
    loop {
        let jobs = deployment.jobs().await;
        let done = jobs.get("done").copied().unwrap_or(0);
        if done == count as i64 {
            break;
        }
        assert!(
            began.elapsed() < LIMIT * count as u32 && !jobs.contains_key("dead"),
            "{jobs:?}: {}",
            logs(&deployment)
        );
        // Workers are killed only during work, otherwise the test shows nothing; only after a job was done, so that a slow machine
        // makes progress; and never so often during one job that it is rightly given up.
        if Instant::now() >= next
            && done > done_before
            && jobs.contains_key("running")
            && deployment.one(WORN).await == 0
        {
            let n = kills % 2;
            drop(std::mem::replace(&mut workers[n], deployment.worker(n)));
            (kills, next, done_before) = (kills + 1, Instant::now() + every, done);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let took = began.elapsed();
    let again = deployment.one("SELECT COUNT(*) FROM jobs WHERE kind = 'analyze' AND attempts > 1").await;
    println!(
        "{on}: {count} jobs, two workers, {kills} kills in {:.1} s; {again} jobs were taken up again",
        took.as_secs_f64()
    );
    assert!(kills > 0, "nothing was killed");
    for (what, found) in [
        ("ready sessions", deployment.one("SELECT COUNT(*) FROM sessions WHERE state = 'ready'").await),
        (
            "analyses that are done",
            deployment.one("SELECT COUNT(*) FROM jobs WHERE kind = 'analyze' AND state = 'done'").await,
        ),
        ("answers", deployment.one("SELECT COUNT(*) FROM answers").await),
        ("sessions with an answer", deployment.one("SELECT COUNT(DISTINCT session) FROM answers").await),
        ("events told", deployment.one("SELECT COUNT(*) FROM jobs WHERE kind = 'webhook'").await),
        ("sessions told of", deployment.one("SELECT COUNT(DISTINCT session) FROM jobs WHERE kind = 'webhook'").await),
    ] {
        assert_eq!(found, count as i64, "{what}");
    }
    let scores = deployment.one("SELECT COUNT(*) FROM scores").await;
    assert_eq!(scores, 8 * count as i64, "four scores of each answer and of each session");
    for session in sessions {
        for key in [
            objects::upload_key(session),
            objects::report_key(session),
            objects::journal_key(session),
            objects::poster_key(session),
        ] {
            assert!(deployment.context.objects.size(&key).await.unwrap().is_some_and(|bytes| bytes > 0), "{key}");
        }
        let found = store::sessions::get(&deployment.context.db, owner, session).await.unwrap().unwrap();
        assert_eq!((found.state, found.started_us, found.failure), (State::Ready, Some(found.created_us), None));
        assert!(found.duration_ms.is_some_and(|ms| (900..1200).contains(&ms)), "{:?}", found.duration_ms);
    }
    for worker in workers {
        worker.stop().await;
    }
    let work = deployment.context.config.storage.data.join("work");
    let left = std::fs::read_dir(work).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir()).count();
    assert_eq!(left, 0, "work that was left behind: {}", logs(&deployment));
}

fn logs(deployment: &Deployment) -> String {
    (0..2).map(|n| std::fs::read_to_string(deployment.log(n)).unwrap_or_default()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_job_is_lost_or_done_twice_when_workers_are_killed_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    survive(sqlite_url(folder.path()), "SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_job_is_lost_or_done_twice_when_workers_are_killed_on_postgresql() {
    match postgres::fresh_url().await {
        Some(url) => survive(url, "PostgreSQL").await,
        None => not_checked(Need::Postgres, "killed workers", "no PostgreSQL 15 or newer is installed"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_without_a_server_or_its_store_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let deployment = Deployment::open(sqlite_url(folder.path())).await;
    let run = |settings: &[(&str, &str)]| {
        let output = coach_worker()
            .current_dir(folder.path())
            .envs(deployment.settings.iter().map(|(name, value)| (*name, value.as_str())))
            .envs(settings.iter().copied())
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let empty = folder.path().join("empty").display().to_string();
    let said = run(&[("COACH_STORAGE_DATA", &empty)]);
    assert!(said.contains("start `coach serve` with the same storage.data first"), "{said}");
    let said = run(&[("COACH_STORAGE_EMBEDDED_BIND", "127.0.0.1:9")]);
    assert!(said.contains("is `coach serve` running?"), "{said}");
}
