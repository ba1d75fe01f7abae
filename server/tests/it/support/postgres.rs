//! A PostgreSQL server of the test program's own, in a temporary folder, gone when the program is.

use coach_server::store::Db;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// Makes, starts, says "ready", and cleans up when its standard input ends, which it does however the test program ends.
/// initdb refuses root, so root runs it as the user that the package made.
const SCRIPT: &str = r#"
set -e
bin=$1 dir=$2
if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; as="setpriv --reuid=postgres --regid=postgres --clear-groups"; fi
trap 'rm -rf "$dir"' EXIT
cd "$dir"
$as "$bin/initdb" -D "$dir/db" -U coach --auth=trust --no-sync --no-instructions >/dev/null
$as "$bin/pg_ctl" -D "$dir/db" -w -l "$dir/log" -o "-c fsync=off -c listen_addresses='' -c max_connections=300 -k $dir" start >/dev/null
echo ready
cat >/dev/null
$as "$bin/pg_ctl" -D "$dir/db" -w -m immediate stop >/dev/null
"#;

struct Running {
    socket: PathBuf,
    // Its standard input is what keeps the server alive.
    _script: Child,
}

/// A fresh, migrated database; `None` where PostgreSQL is not installed.
pub async fn fresh() -> Option<Db> {
    static SERVER: OnceLock<Option<Running>> = OnceLock::new();
    let running = tokio::task::spawn_blocking(|| SERVER.get_or_init(start).as_ref()).await.unwrap()?;
    let socket = running.socket.display();
    let name = format!("t{}", uuid::Uuid::now_v7().simple());
    let Db::Pg(pool) = Db::open(&format!("postgres://coach@localhost/postgres?host={socket}"), 1).await.unwrap() else {
        panic!("a postgres:// address gives PostgreSQL");
    };
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&pool).await.unwrap();
    pool.close().await;
    let db = Db::open(&format!("postgres://coach@localhost/{name}?host={socket}"), 8).await.unwrap();
    db.migrate().await.unwrap();
    Some(db)
}

fn start() -> Option<Running> {
    let bin = newest(Path::new("/usr/lib/postgresql"))?;
    let dir = tempfile::tempdir().unwrap().keep();
    let mut script = Command::new("sh")
        .args(["-c", SCRIPT, "sh"])
        .arg(bin)
        .arg(&dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(script.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line.trim(), "ready", "PostgreSQL is installed and does not start");
    Some(Running { socket: dir, _script: script })
}

fn newest(root: &Path) -> Option<PathBuf> {
    let mut versions: Vec<u32> = std::fs::read_dir(root)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|&version| version >= 15)
        .collect();
    versions.sort_unstable();
    let bin = root.join(versions.last()?.to_string()).join("bin");
    bin.join("initdb").exists().then_some(bin)
}
