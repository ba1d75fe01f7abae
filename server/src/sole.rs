//! Lets one server at a time use a database and a data folder. A second one would take the first one's live sessions for leftovers
//! of a crash.

use crate::config::Config;
use anyhow::{Context as _, bail};
use sqlx::{Connection as _, PgConnection};
use std::fs::{File, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// The number of the lock in PostgreSQL ("coach" in ASCII): locks of one database share their numbers.
const PG_LOCK: i64 = 0x63_6f_61_63_68;
/// Interval at which the connection that holds the lock in PostgreSQL is checked.
const CHECK: Duration = Duration::from_secs(5);
/// Longest wait for an answer of PostgreSQL about the lock.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Time between two questions for the lock while a backend of this server that holds it ends.
const RETRY: Duration = Duration::from_millis(50);

/// Holds the database and the data folder until it is dropped.
#[derive(Debug)]
pub struct Sole {
    _files: Vec<File>,
    watch: Option<tokio::task::JoinHandle<()>>,
}

impl Drop for Sole {
    fn drop(&mut self) {
        if let Some(watch) = &self.watch {
            watch.abort();
        }
    }
}

/// Takes the database and the data folder. `coach worker` takes neither and may run beside a server.
///
/// `taken` is cancelled when the lock in PostgreSQL was lost with its connection and is now held elsewhere.
///
/// # Errors
/// Another server runs on one of them, or the lock cannot be taken; the message says what to do.
pub async fn take(config: &Config, taken: CancellationToken) -> anyhow::Result<Sole> {
    let mut files = vec![lock(&config.storage.data.join("serve.lock"), "storage.data")?];
    let url = config.database_url();
    if let Some(mut beside) = config.database_file().map(PathBuf::into_os_string) {
        beside.push(".lock");
        files.push(lock(Path::new(&beside), "database.url")?);
    }
    let watch = match url.starts_with("sqlite:") {
        true => None,
        false => {
            let mut own = Vec::new();
            let answer = timeout(ANSWER_WITHIN, take_pg(&url, &mut own)).await;
            let answer = answer.context("cannot open the database: it does not answer; is it running?")?;
            let connection = answer.context("cannot open the database")?.context(
                "another `coach serve` uses this PostgreSQL database; stop it first, or give this one a database of its own \
                 (database.url); `coach worker` may run beside it",
            )?;
            Some(tokio::spawn(keep(url, connection, own, taken)))
        }
    };
    Ok(Sole { _files: files, watch })
}

/// Locks a file and writes the number of this process into it.
fn lock(path: &Path, key: &str) -> anyhow::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let mut options = File::options();
    let open = options.read(true).write(true).create(true).truncate(false).open(path);
    let mut file = open.with_context(|| format!("{} cannot be opened", path.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = file.read_to_string(&mut holder);
            let holder = holder.trim();
            let process = if holder.is_empty() { String::new() } else { format!(" (process {holder})") };
            bail!(
                "another `coach serve`{process} holds {}; stop it first, or give this one another {key}; `coach worker` may run \
                 beside it",
                path.display()
            );
        }
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("{} cannot be locked", path.display()));
        }
    }
    // Only for people: the lock is the kernel's.
    let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    Ok(file)
}

/// A backend process of PostgreSQL that this server has started with a connection. Its number may be used again when it has ended,
/// so the time of its start, microseconds since 1970, is part of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Backend {
    pid: i32,
    started_us: i64,
}

/// Returns a connection that holds the lock; `None`: another server holds it.
///
/// `own` has the backends of earlier connections of this server, and afterwards this one's too. PostgreSQL may keep the backend of
/// a lost connection for hours, and with it the lock, so the ones in `own` are ended.
async fn take_pg(url: &str, own: &mut Vec<Backend>) -> sqlx::Result<Option<PgConnection>> {
    const BACKEND: &str =
        "SELECT pid, CAST(EXTRACT(EPOCH FROM backend_start) * 1000000 AS BIGINT) FROM pg_stat_activity
        WHERE pid = pg_backend_pid()";
    let mut connection = PgConnection::connect(url).await?;
    let (pid, started_us) = sqlx::query_as(BACKEND).fetch_one(&mut connection).await?;
    let (this, before) = (Backend { pid, started_us }, own.clone());
    // Before the lock is asked for: the answer may not arrive.
    own.push(this);
    let mut last = before.is_empty();
    loop {
        let lock = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(PG_LOCK);
        if lock.fetch_one(&mut connection).await? {
            *own = vec![this];
            return Ok(Some(connection));
        }
        if last {
            return Ok(None);
        }
        // When none of them is left, the lock may have become free since it was asked for.
        last = !end_backends(&mut connection, &before).await?;
        tokio::time::sleep(RETRY).await;
    }
}

/// Asks PostgreSQL to end these backends, and returns whether any of them was still there.
async fn end_backends(connection: &mut PgConnection, backends: &[Backend]) -> sqlx::Result<bool> {
    const END: &str = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
        JOIN UNNEST($1::INT[], $2::BIGINT[]) AS own (number, started_us)
        ON pid = number AND CAST(EXTRACT(EPOCH FROM backend_start) * 1000000 AS BIGINT) = started_us";
    let pids: Vec<i32> = backends.iter().map(|backend| backend.pid).collect();
    let starts: Vec<i64> = backends.iter().map(|backend| backend.started_us).collect();
    let ended: i64 = sqlx::query_scalar(END).bind(pids).bind(starts).fetch_one(connection).await?;
    Ok(ended > 0)
}

/// Checks the connection that holds the lock, and takes the lock again when the connection was lost. A connection that gives no
/// answer within [`ANSWER_WITHIN`] counts as lost.
async fn keep(url: String, connection: PgConnection, mut own: Vec<Backend>, taken: CancellationToken) {
    let mut held = Some(connection);
    let mut tick = tokio::time::interval(CHECK);
    loop {
        tick.tick().await;
        if let Some(connection) = &mut held
            && matches!(timeout(ANSWER_WITHIN, connection.ping()).await, Ok(Ok(())))
        {
            continue;
        }
        // Closed before the next one asks for the lock, which it may still hold.
        drop(held.take());
        held = match timeout(ANSWER_WITHIN, take_pg(&url, &mut own)).await {
            Ok(Ok(Some(connection))) => Some(connection),
            Ok(Ok(None)) => {
                tracing::error!("another server has taken this database while it was away; this one stops");
                taken.cancel();
                return;
            }
            // The database is away, which is logged by whoever asks it something.
            Ok(Err(_)) | Err(_) => None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(data: &Path) -> Config {
        let mut config = Config::default();
        config.storage.data = data.to_owned();
        config
    }

    #[tokio::test]
    async fn a_second_server_on_the_same_data_or_the_same_database_is_refused_until_the_first_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (config(&dir.path().join("one")), config(&dir.path().join("other")));
        let first = take(&one, CancellationToken::new()).await.unwrap();
        let refused = take(&one, CancellationToken::new()).await.unwrap_err().to_string();
        assert!(refused.contains("storage.data") && refused.contains("coach worker"), "{refused}");
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");

        let mut same_database = other.clone();
        same_database.database.url = Some(one.database_url());
        let refused = take(&same_database, CancellationToken::new()).await.unwrap_err().to_string();
        assert!(refused.contains("database.url"), "{refused}");

        let _elsewhere = take(&config(&dir.path().join("third")), CancellationToken::new()).await.unwrap();
        drop(first);
        assert!(take(&one, CancellationToken::new()).await.is_ok());
    }
}
