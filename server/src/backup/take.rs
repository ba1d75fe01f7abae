//! Takes a backup, also while sessions run.
//!
//! The order makes each session whole. First the files of sessions that are not over, which only grow: what is copied of them is what a
//! crash at that moment would have left. Then the database. Then the objects, which are complete before the database says "ready".

use super::list::{self, Entry, Writer};
use super::{DATABASE, OBJECTS, SPOOL};
use crate::clock::now_us;
use crate::objects::{self, Objects, blocking};
use crate::session::State;
use crate::store::Db;
use crate::store::sessions::{self, Session, Source};
use anyhow::Context as _;
use coach_core::SessionId;
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// What a backup holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    pub files: usize,
    pub bytes: u64,
    /// Sessions with a report.
    pub ready: usize,
    /// Sessions that were not over: a restored server finishes them from what was recorded until then.
    pub running: usize,
    /// Sessions with a report of which the store lacks objects, and why.
    pub lacking: Vec<(SessionId, String)>,
}

/// Takes a backup into `folder`, which must not exist or be empty. `spool`: the folder of recordings that are not stored yet.
/// `each` is told how many of how many sessions are done.
///
/// The database of a PostgreSQL server is not in it: its own tools save it, before the objects.
///
/// # Errors
/// The disk, the database or the store fails. What was written stays, and is no backup: its list has no last line.
pub async fn take(
    db: &Db,
    store: &dyn Objects,
    spool: &Path,
    folder: &Path,
    mut each: impl FnMut(usize, usize),
) -> anyhow::Result<Taken> {
    prepare(folder)?;
    let mut backup =
        Backup { folder: folder.to_owned(), list: Writer::begin(folder, now_us())?, taken: Taken::default() };
    backup.spool(spool, None).await?;
    let found = backup.database(db).await?;
    let unfinished: Vec<_> = found.iter().filter(|session| is_unfinished(session)).map(|session| session.id).collect();
    // Those that began meanwhile, or recorded more.
    backup.spool(spool, Some(&unfinished)).await?;
    backup.list_spool().await?;
    for (n, session) in found.iter().enumerate() {
        each(n, found.len());
        backup.objects(store, session).await.with_context(|| format!("session {}", session.id))?;
    }
    each(found.len(), found.len());
    let Backup { list, mut taken, .. } = backup;
    taken.running = unfinished.len();
    taken.files = tokio::task::spawn_blocking(move || list.end()).await??;
    Ok(taken)
}

/// Returns whether the recording of a session may still be on the server's disk alone.
fn is_unfinished(session: &Session) -> bool {
    use State as S;
    let unfinished = match session.state {
        S::Live | S::Grace | S::Finalising | S::Scoring | S::Interrupted | S::Failed => true,
        S::Created | S::Ready | S::Deleted => false,
    };
    unfinished && session.source == Source::Live
}

fn prepare(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let empty = std::fs::read_dir(folder)?.next().is_none();
    anyhow::ensure!(empty, "{} is not empty; a backup gets a folder of its own", folder.display());
    Ok(())
}

struct Backup {
    folder: PathBuf,
    list: Writer,
    taken: Taken,
}

impl Backup {
    /// Copies the spool's folders, all or of these sessions. A session that was copied before is copied anew if it is still there.
    async fn spool(&self, spool: &Path, only: Option<&[SessionId]>) -> anyhow::Result<()> {
        let (spool, to) = (spool.to_owned(), self.folder.join(SPOOL));
        let only: Option<BTreeSet<String>> = only.map(|ids| ids.iter().map(ToString::to_string).collect());
        tokio::task::spawn_blocking(move || -> io::Result<()> {
            for name in names(&spool)? {
                if name.parse::<SessionId>().is_ok() && only.as_ref().is_none_or(|only| only.contains(&name)) {
                    copy_session(&spool.join(&name), &to, &name)?;
                }
            }
            Ok(())
        })
        .await?
        .context("the recordings on this disk cannot be copied")
    }

    async fn list_spool(&mut self) -> anyhow::Result<()> {
        let folder = self.folder.join(SPOOL);
        let entries = tokio::task::spawn_blocking(move || -> io::Result<Vec<Entry>> {
            let mut entries = Vec::new();
            for session in names(&folder)? {
                for file in names(&folder.join(&session))? {
                    let (bytes, sha256) = list::checksum(File::open(folder.join(&session).join(&file))?, |_| Ok(()))?;
                    entries.push(Entry {
                        file: format!("{SPOOL}/{session}/{file}"),
                        bytes,
                        sha256,
                        content_type: None,
                    });
                }
            }
            Ok(entries)
        })
        .await??;
        entries.into_iter().try_for_each(|entry| self.add(entry))
    }

    /// Copies the database, if it is SQLite, and returns the sessions that the copy holds.
    async fn database(&mut self, db: &Db) -> anyhow::Result<Vec<Session>> {
        let path = self.folder.join(DATABASE);
        let Some(copy) = db.copy_to(&path).await.context("the database cannot be copied")? else {
            return Ok(sessions::all_owners_sessions(db).await?);
        };
        let found = sessions::all_owners_sessions(&copy).await?;
        copy.close().await;
        let (bytes, sha256) =
            tokio::task::spawn_blocking(move || list::checksum(File::open(path)?, |_| Ok(()))).await??;
        self.add(Entry { file: DATABASE.into(), bytes, sha256, content_type: None })?;
        Ok(found)
    }

    /// Copies the objects of a session, but parts that are joined later: they are in the spool too.
    async fn objects(&mut self, store: &dyn Objects, session: &Session) -> anyhow::Result<()> {
        let mut keys = BTreeSet::new();
        let (all, parts) = (store.keys(&objects::prefix(session.id)).await?, objects::parts_prefix(session.id));
        for key in all.into_iter().filter(|key| !key.starts_with(&parts)) {
            let file = format!("{OBJECTS}/{key}");
            let path =
                list::below(&file).with_context(|| format!("the object {key:?} has no name that a file can have"))?;
            // It was deleted meanwhile.
            let Some(reading) = store.read(&key).await? else { continue };
            let content_type = reading.content_type.clone();
            let (from, to) = (blocking(reading), self.folder.join(path));
            let (bytes, sha256) = tokio::task::spawn_blocking(move || list::copy(from, &to)).await??;
            keys.insert(key);
            self.add(Entry { file, bytes, sha256, content_type })?;
        }
        if session.state == State::Ready {
            self.taken.ready += 1;
            if let Some(why) = objects::lacking(session.id, |key| keys.contains(key)) {
                self.taken.lacking.push((session.id, why.into()));
            }
        }
        Ok(())
    }

    fn add(&mut self, entry: Entry) -> anyhow::Result<()> {
        self.taken.bytes += entry.bytes;
        Ok(self.list.add(entry)?)
    }
}

/// Copies the files of a session's spool folder. Where some are gone before all are copied, what was copied before stays.
fn copy_session(from: &Path, to: &Path, name: &str) -> io::Result<()> {
    let (fresh, whole) = (to.join(format!("{name}.new")), to.join(name));
    for file in names(from)? {
        match File::open(from.join(&file)) {
            Ok(open) => drop(list::copy(open, &fresh.join(&file))?),
            // The session was stored meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return if fresh.exists() { std::fs::remove_dir_all(fresh) } else { Ok(()) };
            }
            Err(error) => return Err(error),
        }
    }
    if fresh.exists() {
        if whole.exists() {
            std::fs::remove_dir_all(&whole)?;
        }
        std::fs::rename(fresh, whole)?;
    }
    Ok(())
}

/// Returns the names in a folder, sorted; none where there is no folder.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry?.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}
