//! The spool: local folders that hold a session's files until the object store has confirmed them.

use coach_core::SessionId;
use std::path::{Path, PathBuf};

/// The folder of one session in the spool.
#[derive(Debug, Clone)]
pub struct Spool {
    folder: PathBuf,
}

impl Spool {
    /// Returns the session's folder below `root`. The folder need not exist.
    pub fn of(root: &Path, session: SessionId) -> Spool {
        Spool { folder: root.join(session.to_string()) }
    }

    /// Creates the folder and its parents; an existing folder is kept as it is.
    ///
    /// # Errors
    /// The folder cannot be created.
    pub fn create(&self) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)
    }

    /// Returns the path of the session's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the path of the recording of part `n`, that is of one publishing. The first part is 0.
    pub fn part(&self, n: u32) -> PathBuf {
        self.folder.join(format!("part-{n}.webm"))
    }

    /// Returns the path of the recording of the interviewer's part `n`. The first part is 0.
    pub fn interviewer_part(&self, n: u32) -> PathBuf {
        self.folder.join(format!("interviewer-{n}.webm"))
    }

    /// Returns the path of the interviewer's recording that is joined from all parts.
    pub fn interviewer(&self) -> PathBuf {
        self.folder.join("interviewer.webm")
    }

    /// Returns the path of the session's journal.
    pub fn journal(&self) -> PathBuf {
        self.folder.join("journal.jsonl")
    }

    /// Returns the path of the recording that is joined from all parts.
    pub fn recording(&self) -> PathBuf {
        self.folder.join("recording.webm")
    }

    /// Returns the numbers of the parts in the folder, ascending.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn parts(&self) -> std::io::Result<Vec<u32>> {
        self.numbers("part-")
    }

    /// Returns the paths of the interviewer's parts in the folder, in order.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn interviewer_parts(&self) -> std::io::Result<Vec<PathBuf>> {
        Ok(self.numbers("interviewer-")?.into_iter().map(|n| self.interviewer_part(n)).collect())
    }

    /// Returns the numbers of the files whose names begin like this, ascending.
    fn numbers(&self, before: &str) -> std::io::Result<Vec<u32>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let number: Option<u32> =
                name.to_str().and_then(|n| n.strip_prefix(before)?.strip_suffix(".webm")?.parse().ok());
            found.extend(number);
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Removes the folder and everything in it. An absent folder is no error.
    ///
    /// # Errors
    /// A file or the folder cannot be removed.
    pub fn remove(&self) -> std::io::Result<()> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Returns the size of the files of all sessions below `root`, in bytes. What cannot be read counts as 0.
    pub fn bytes(root: &Path) -> u64 {
        let files = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten();
        let folders = files(root.to_owned()).map(|entry| entry.path());
        folders.flat_map(files).filter_map(|file| Some(file.metadata().ok()?.len())).sum()
    }

    /// Returns the sessions that have a folder below `root`. Empty when `root` cannot be read.
    pub fn sessions(root: &Path) -> Vec<SessionId> {
        let Ok(entries) = std::fs::read_dir(root) else { return Vec::new() };
        entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_named_as_parts_are_listed_in_order_of_their_numbers() {
        let root = tempfile::tempdir().expect("a folder");
        let spool = Spool::of(root.path(), SessionId(uuid::Uuid::now_v7()));
        spool.create().expect("made");
        for name in
            ["part-10.webm", "part-2.webm", "part-x.webm", "recording.webm", "interviewer-1.webm", "interviewer.webm"]
        {
            std::fs::write(spool.folder().join(name), b"").expect("written");
        }
        assert_eq!(spool.parts().expect("read"), [2, 10]);
        assert_eq!(spool.interviewer_parts().expect("read"), [spool.interviewer_part(1)]);
        assert_eq!(Spool::sessions(root.path()).len(), 1);
        assert_eq!(Spool::bytes(root.path()), 0);
        std::fs::write(spool.part(3), b"five!").expect("written");
        assert_eq!(Spool::bytes(root.path()), 5);
        spool.remove().expect("removed");
        spool.remove().expect("twice is fine");
    }
}
