//! Where a session's files lie until the object store has confirmed them.

use coach_core::SessionId;
use std::path::{Path, PathBuf};

/// The folder of one session in the spool.
#[derive(Debug, Clone)]
pub struct Spool {
    folder: PathBuf,
}

impl Spool {
    /// The session's folder below `root`; it need not exist.
    pub fn of(root: &Path, session: SessionId) -> Spool {
        Spool { folder: root.join(session.to_string()) }
    }

    /// # Errors
    /// The folder cannot be made.
    pub fn create(&self) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What one publishing recorded.
    pub fn part(&self, n: u32) -> PathBuf {
        self.folder.join(format!("part-{n}.webm"))
    }

    pub fn journal(&self) -> PathBuf {
        self.folder.join("journal.jsonl")
    }

    /// The joined recording, before it is in the object store.
    pub fn recording(&self) -> PathBuf {
        self.folder.join("recording.webm")
    }

    /// Numbers of the parts that are there, ascending.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn parts(&self) -> std::io::Result<Vec<u32>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let number: Option<u32> =
                name.to_str().and_then(|n| n.strip_prefix("part-")?.strip_suffix(".webm")?.parse().ok());
            found.extend(number);
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Removes everything; an absent folder is fine.
    ///
    /// # Errors
    /// Something cannot be removed.
    pub fn remove(&self) -> std::io::Result<()> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// What all sessions below `root` hold.
    pub fn bytes(root: &Path) -> u64 {
        let files = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten();
        let folders = files(root.to_owned()).map(|entry| entry.path());
        folders.flat_map(files).filter_map(|file| Some(file.metadata().ok()?.len())).sum()
    }

    /// The sessions that have a folder below `root`.
    pub fn sessions(root: &Path) -> Vec<SessionId> {
        let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
        entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_by_their_numbers_and_nothing_else_is_taken_for_one() {
        let root = tempfile::tempdir().expect("a folder");
        let spool = Spool::of(root.path(), SessionId(uuid::Uuid::now_v7()));
        spool.create().expect("made");
        for name in ["part-10.webm", "part-2.webm", "part-x.webm", "recording.webm"] {
            std::fs::write(spool.folder().join(name), b"").expect("written");
        }
        assert_eq!(spool.parts().expect("read"), [2, 10]);
        assert_eq!(Spool::sessions(root.path()).len(), 1);
        assert_eq!(Spool::bytes(root.path()), 0);
        std::fs::write(spool.part(3), b"five!").expect("written");
        assert_eq!(Spool::bytes(root.path()), 5);
        spool.remove().expect("removed");
        spool.remove().expect("twice is fine");
    }
}
