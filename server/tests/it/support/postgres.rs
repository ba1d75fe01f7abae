//! A PostgreSQL server of the test program, in a temporary folder, stopped when the program ends.

use coach_server::store::Db;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

struct Running {
    socket: PathBuf,
    // The server runs as long as its standard input is open.
    _script: Child,
}

/// Opens a fresh, migrated database; `None`: PostgreSQL is not installed.
pub async fn fresh() -> Option<Db> {
    let db = Db::open(&fresh_url().await?, 8).await.unwrap();
    db.migrate().await.unwrap();
    Some(db)
}

/// Returns the address of a fresh, empty database; `None`: PostgreSQL is not installed.
pub async fn fresh_url() -> Option<String> {
    static SERVER: OnceLock<Option<Running>> = OnceLock::new();
    let running = tokio::task::spawn_blocking(|| SERVER.get_or_init(start).as_ref()).await.unwrap()?;
    let socket = running.socket.display();
    let name = format!("t{}", uuid::Uuid::now_v7().simple());
    let Db::Pg(pool) = Db::open(&format!("postgres://coach@localhost/postgres?host={socket}"), 1).await.unwrap() else {
        panic!("a postgres:// address gives PostgreSQL");
    };
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await.unwrap();
    pool.close().await;
    Some(format!("postgres://coach@localhost/{name}?host={socket}"))
}

fn start() -> Option<Running> {
    let dir = tempfile::tempdir().unwrap().keep();
    let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/postgres.sh"))
        .arg(&dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(script.stdout.take().unwrap()).read_line(&mut line).unwrap();
    match line.trim() {
        "ready" => Some(Running { socket: dir, _script: script }),
        "absent" => None,
        other => panic!("PostgreSQL is installed and does not start: {other:?}"),
    }
}
