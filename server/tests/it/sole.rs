//! One server per PostgreSQL database, also when its connection is lost without an end.

use crate::support::postgres;
use coach_server::config::Config;
use coach_server::sole;
use coach_testing::{LIMIT, Need, eventually, not_checked};
use sqlx::{Connection as _, PgConnection};
use std::path::Path;
use tempfile::TempDir;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The lock as `pg_locks` shows it: the upper and the lower half of its number.
const HOLDER: &str =
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 99 AND objid = 1868653416 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
/// Whoever waits for a lock.
const WAITING: &str = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 1868653416 AND NOT granted";
const NUMBER: i64 = 0x63_6f_61_63_68;

/// Forwards connections to PostgreSQL until it is told to leave the ones that exist open and carry nothing more over them.
struct Line {
    folder: TempDir,
    stalled: watch::Sender<u32>,
}

impl Line {
    fn to(socket: &str) -> Line {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let (stalled, _) = watch::channel(0);
        let (to, told) = (Path::new(socket).join(".s.PGSQL.5432"), stalled.subscribe());
        tokio::spawn(async move {
            while let Ok((mut here, _)) = listener.accept().await {
                let (to, mut told) = (to.clone(), told.clone());
                told.mark_unchanged();
                tokio::spawn(async move {
                    let mut there = UnixStream::connect(to).await.unwrap();
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut here, &mut there) => {}
                        _ = told.changed() => std::future::pending::<()>().await,
                    }
                });
            }
        });
        Line { folder, stalled }
    }

    fn stall(&self) {
        self.stalled.send_modify(|n| *n += 1);
    }
}

async fn holder(connection: &mut PgConnection) -> Option<i32> {
    sqlx::query_scalar(HOLDER).fetch_optional(connection).await.unwrap()
}

#[tokio::test]
async fn a_server_whose_connection_hangs_takes_its_lock_back_and_stops_only_for_another_one() {
    let Some(url) = postgres::fresh_url().await else {
        return not_checked(Need::Postgres, "the lock of a database", "no PostgreSQL 15 or newer is installed");
    };
    let (address, socket) = url.split_once("?host=").unwrap();
    let line = Line::to(socket);
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::default();
    config.storage.data = dir.path().join("data");
    config.database.url = Some(format!("{address}?host={}", line.folder.path().display()));
    let taken = CancellationToken::new();
    let _sole = sole::take(&config, taken.clone()).await.unwrap();
    let mut watching = PgConnection::connect(&url).await.unwrap();
    let first = holder(&mut watching).await.unwrap();

    let mut second_server = config.clone();
    second_server.storage.data = dir.path().join("second");
    let refused = sole::take(&second_server, CancellationToken::new()).await.unwrap_err().to_string();
    assert!(refused.contains("another `coach serve`"), "{refused}");
    assert_eq!(holder(&mut watching).await, Some(first), "a refused server ends nobody's connection");

    // The backend lives on and holds the lock: nobody tells it that its connection carries nothing any more.
    line.stall();
    let second =
        eventually(LIMIT, "the lock is taken again", async || holder(&mut watching).await.filter(|now| *now != first));
    let second = second.await;
    assert!(!taken.is_cancelled(), "its own old connection is no other server");

    // Another server waits for the lock, and has it as soon as the connection ends.
    let mut other = PgConnection::connect(&url).await.unwrap();
    let waits = async { sqlx::query("SELECT pg_advisory_lock($1)").bind(NUMBER).execute(&mut other).await.unwrap() };
    let ends = async {
        eventually(LIMIT, "the other one waits", async || {
            sqlx::query_scalar::<_, i32>(WAITING).fetch_optional(&mut watching).await.unwrap()
        })
        .await;
        sqlx::query("SELECT pg_terminate_backend($1)").bind(second).execute(&mut watching).await.unwrap();
    };
    tokio::time::timeout(LIMIT, async { tokio::join!(waits, ends) }).await.unwrap();
    tokio::time::timeout(LIMIT, taken.cancelled()).await.expect("a server that lost its database stops");
}
