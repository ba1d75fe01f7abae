//! Lets one server at a time use a database and a data folder. A second one would take the first one's live sessions for leftovers
//! of a crash.

use crate::config::Config;
use anyhow::{Context as _, bail};
use sqlx::{Connection as _, PgConnection};
use std::fs::{File, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The number of the lock in PostgreSQL ("coach" in ASCII): locks of one database share their numbers.
const PG_LOCK: i64 = 0x63_6f_61_63_68;
/// Interval at which the connection that holds the lock in PostgreSQL is checked.
const CHECK: Duration = Duration::from_secs(5);

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
    let watch = match url.strip_prefix("sqlite:") {
        Some(path) => {
            let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
            let beside = PathBuf::from(format!("{path}.lock"));
            if !path.is_empty() && !path.starts_with(':') {
                files.push(lock(&beside, "database.url")?);
            }
            None
        }
        None => {
            let connection = take_pg(&url).await?.context(
                "another `coach serve` uses this PostgreSQL database; stop it first, or give this one a database of its own \
                 (database.url); `coach worker` may run beside it",
            )?;
            Some(tokio::spawn(keep(url, connection, taken)))
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

/// Returns a connection that holds the lock; `None`: another one does.
async fn take_pg(url: &str) -> anyhow::Result<Option<PgConnection>> {
    let mut connection = PgConnection::connect(url).await.context("cannot open the database")?;
    let locked: bool =
        sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(PG_LOCK).fetch_one(&mut connection).await?;
    Ok(locked.then_some(connection))
}

/// Checks the connection that holds the lock, and takes the lock again when the connection was lost.
async fn keep(url: String, connection: PgConnection, taken: CancellationToken) {
    let mut held = Some(connection);
    let mut tick = tokio::time::interval(CHECK);
    loop {
        tick.tick().await;
        if let Some(connection) = &mut held
            && connection.ping().await.is_ok()
        {
            continue;
        }
        // Closed before the next one asks for the lock, which it may still hold.
        drop(held.take());
        held = match take_pg(&url).await {
            Ok(Some(connection)) => Some(connection),
            Ok(None) => {
                tracing::error!("another server has taken this database while it was away; this one stops");
                taken.cancel();
                return;
            }
            // The database is away, which is logged by whoever asks it something.
            Err(_) => None,
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
