//! Restores a backup on a machine that holds nothing yet.

use super::list::{self, Entry, List};
use super::{DATABASE, OBJECTS, SPOOL};
use crate::objects::{self, Objects};
use crate::session::State;
use crate::store::Db;
use crate::store::sessions;
use anyhow::Context as _;
use coach_core::SessionId;
use std::fs::File;
use std::path::Path;

/// What was restored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restored {
    pub files: usize,
    pub bytes: u64,
    /// Sessions whose recording, journal and report are in the store as they were.
    pub whole: usize,
    /// Sessions with a report whose objects are not all there, and why.
    pub lacking: Vec<(SessionId, String)>,
    /// Sessions that the server finishes when it starts.
    pub running: usize,
}

/// Checks every file of the backup in `folder` against its checksum. `each` is told how many of how many files are done.
///
/// # Errors
/// The list cannot be read, a file is missing, or its bytes are others than when the backup was taken.
pub fn verify(folder: &Path, mut each: impl FnMut(usize, usize)) -> anyhow::Result<List> {
    let found = List::read(folder)?;
    for (n, entry) in found.entries.iter().enumerate() {
        each(n, found.entries.len());
        let path = list::below(&entry.file).context("a name that leads nowhere")?;
        let open = File::open(folder.join(path)).with_context(|| format!("{} is missing", entry.file))?;
        let (bytes, sha256) = list::checksum(open, |_| Ok(())).with_context(|| entry.file.clone())?;
        anyhow::ensure!(
            (bytes, &sha256) == (entry.bytes, &entry.sha256),
            "{} is not as it was when the backup was taken; use another backup",
            entry.file
        );
    }
    each(found.entries.len(), found.entries.len());
    Ok(found)
}

/// Restores the backup in `folder`: the objects into `store`, recordings that were not stored into `spool`, and last the database, to the
/// file `database` or, without one, from what PostgreSQL's own tools restored before. Nothing that is there is written over; a restore
/// that was interrupted can be made again.
///
/// # Errors
/// The backup is damaged, something is there already, or the disk, the store or the database fails.
pub async fn restore(
    folder: &Path,
    store: &dyn Objects,
    spool: &Path,
    database: Option<&Path>,
    open: impl AsyncFnOnce() -> anyhow::Result<Db>,
    mut each: impl FnMut(usize, usize),
) -> anyhow::Result<Restored> {
    if let Some(path) = database {
        anyhow::ensure!(!path.exists(), "{} is there already; a backup is restored where nothing is", path.display());
    }
    let found = verify(folder, &mut each)?;
    let mut restored = Restored { files: found.entries.len(), ..Restored::default() };
    let copied = found.entries.iter().find(|entry| entry.file == DATABASE);
    anyhow::ensure!(
        copied.is_some() || database.is_none(),
        "the backup is of a server with PostgreSQL: restore its database by its own tools, and set database.url"
    );
    anyhow::ensure!(
        copied.is_none() || database.is_some(),
        "the backup holds a SQLite database, and database.url is not one: leave it out to restore the backup"
    );
    for (n, (key, entry)) in found.below(OBJECTS).enumerate() {
        each(n, found.entries.len());
        let content_type = entry.content_type.as_deref().unwrap_or("application/octet-stream");
        store.put_file(key, &folder.join(&entry.file), content_type).await.with_context(|| key.to_owned())?;
        restored.bytes += entry.bytes;
    }
    for (rest, entry) in found.below(SPOOL) {
        place(folder, entry, &spool.join(rest)).await?;
        restored.bytes += entry.bytes;
    }
    if let (Some(entry), Some(path)) = (copied, database) {
        // Under another name until it is whole: no server begins with half a database.
        let half = path.with_extension("restoring");
        place(folder, entry, &half).await?;
        std::fs::rename(&half, path)?;
        restored.bytes += entry.bytes;
    }
    each(found.entries.len(), found.entries.len());
    let db = open().await?;
    let judged = judge(&db, store, &mut restored).await;
    db.close().await;
    judged?;
    Ok(restored)
}

/// Copies a file of the backup to its place. What an interrupted restore left there is replaced.
async fn place(folder: &Path, entry: &Entry, to: &Path) -> anyhow::Result<()> {
    let (from, to) = (folder.join(&entry.file), to.to_owned());
    let copied = tokio::task::spawn_blocking(move || {
        if to.exists() {
            std::fs::remove_file(&to)?;
        }
        list::copy(File::open(from)?, &to)
    });
    let (bytes, sha256) = copied.await??;
    anyhow::ensure!(
        (bytes, sha256) == (entry.bytes, entry.sha256.clone()),
        "{} changed while it was copied",
        entry.file
    );
    Ok(())
}

/// Looks into the store for what each session needs.
async fn judge(db: &Db, store: &dyn Objects, restored: &mut Restored) -> anyhow::Result<()> {
    for session in sessions::all_owners_sessions(db).await? {
        match session.state {
            State::Ready => {
                let keys = store.keys(&objects::prefix(session.id)).await?;
                match objects::lacking(session.id, |key| keys.iter().any(|k| k == key)) {
                    None => restored.whole += 1,
                    Some(why) => restored.lacking.push((session.id, why.into())),
                }
            }
            State::Created | State::Failed | State::Deleted => {}
            State::Live | State::Grace | State::Finalising | State::Scoring | State::Interrupted => {
                restored.running += 1
            }
        }
    }
    Ok(())
}
