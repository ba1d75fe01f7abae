//! The folder for temporary files of a process's jobs, which is removed with the process or by the next one; how recordings come into it, and
//! results into the object store.

use super::Hopeless;
use crate::context::Context;
use crate::objects::{self, Objects};
use crate::session::State;
use crate::store::sessions::{self, Session};
use anyhow::Context as _;
use futures::StreamExt as _;
use serde::Serialize;
use std::fs::{File, TryLockError};
use std::path::Path;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;

/// A folder below `data/work` that belongs to this process while it runs.
pub struct Workplace {
    folder: TempDir,
    _lock: File,
}

const LOCK: &str = "lock";

impl Workplace {
    /// Creates the folder and removes those of processes that have ended. Blocks for a moment while another process does the
    /// same.
    ///
    /// # Errors
    /// The data folder cannot be written.
    pub fn open(data: &Path) -> anyhow::Result<Workplace> {
        let root = data.join("work");
        let open = || -> std::io::Result<Workplace> {
            std::fs::create_dir_all(&root)?;
            // The lock is held while folders are created and swept, because a folder without a lock would be taken for an
            // abandoned one.
            let turn = File::create(root.join(LOCK))?;
            turn.lock()?;
            sweep(&root)?;
            let folder = tempfile::Builder::new().prefix("process-").tempdir_in(&root)?;
            let lock = File::create(folder.path().join(LOCK))?;
            lock.try_lock().map_err(std::io::Error::from)?;
            Ok(Workplace { folder, _lock: lock })
        };
        open().with_context(|| format!("{} cannot be used for work under way", root.display()))
    }

    /// Creates a file without a name, which is gone with this process, however that ends.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn nameless(&self) -> std::io::Result<File> {
        tempfile::tempfile_in(self.folder.path())
    }

    /// Creates a folder for one job; it is removed when it is dropped.
    ///
    /// # Errors
    /// The folder cannot be created.
    pub fn bench(&self) -> std::io::Result<TempDir> {
        tempfile::tempdir_in(self.folder.path())
    }
}

/// Downloads an object into a file. Calls `told` with how much of it is there, per cent.
///
/// # Errors
/// The object is gone, which a further attempt does not change; the store or the disk fails.
pub async fn fetch(store: &dyn Objects, key: &str, to: &Path, told: impl Fn(u8)) -> anyhow::Result<()> {
    let Some(mut reading) = store.read(key).await? else {
        return Err(Hopeless("the recording is no longer in the store".into()).into());
    };
    let mut file = tokio::fs::File::create(to).await?;
    let mut came = 0;
    while let Some(chunk) = reading.chunks.next().await {
        let chunk = chunk?;
        file.write_all(&chunk).await.context("the recording cannot be kept while it is worked on")?;
        came += chunk.len() as u64;
        told((came * 100 / reading.bytes.max(1)) as u8);
    }
    file.flush().await?;
    anyhow::ensure!(came == reading.bytes, "the store broke off after {came} of {} bytes", reading.bytes);
    Ok(())
}

/// Stores what came of a job beside the session's other objects. Returns false when the session was deleted meanwhile: then nothing of it is
/// left.
///
/// # Errors
/// The store, the database or the disk fails.
pub async fn keep(context: &Context, session: &Session, key: &str, what: &impl Serialize) -> anyhow::Result<bool> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("kept.json");
    tokio::fs::write(&path, serde_json::to_vec(what)?).await?;
    context.objects.put_file(key, &path, "application/json").await?;
    let there = sessions::get(&context.db, session.owner, session.id).await?.is_some_and(|s| s.state != State::Deleted);
    if !there {
        context.objects.delete_prefix(&objects::prefix(session.id)).await?;
    }
    Ok(there)
}

fn sweep(root: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(root)? {
        let path = entry?.path();
        if !path.is_dir() {
            continue;
        }
        let alive =
            File::open(path.join(LOCK)).is_ok_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));
        if !alive {
            tracing::info!(folder = %path.display(), "work that a process left behind is removed");
            std::fs::remove_dir_all(&path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_dead_process_left_goes_and_what_a_living_one_holds_stays() {
        let data = tempfile::tempdir().unwrap();
        let dead = data.path().join("work/process-dead");
        std::fs::create_dir_all(&dead).unwrap();
        std::fs::write(dead.join("upload"), "half a film").unwrap();
        let first = Workplace::open(data.path()).unwrap();
        assert!(!dead.exists());
        let job = first.bench().unwrap();
        let second = Workplace::open(data.path()).unwrap();
        assert!(job.path().exists() && second.bench().unwrap().path().exists());
        drop((job, first));
        drop(second);
        let left = std::fs::read_dir(data.path().join("work")).unwrap().filter(|e| e.as_ref().unwrap().path().is_dir());
        assert_eq!(left.count(), 0);
    }
}
