//! The only place where the store writes to the disk: every step that a crash can fall behind has a name here.
//!
//! The rules that make a crash harmless: data is written under a fresh name and synced before anything names it; a
//! record becomes visible by one rename, after which its folder is synced; only then may what it replaced be unlinked.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// One change of the disk, or one sync.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(not(test), allow(dead_code, reason = "only the tests' faulty disk looks at the paths"))]
pub(super) enum Step<'a> {
    Create(&'a Path),
    CreateFolder(&'a Path),
    /// The first half of some bytes was written.
    AppendHalf,
    Append,
    SyncFile(&'a Path),
    SyncFolder(&'a Path),
    Publish {
        from: &'a Path,
        to: &'a Path,
    },
    Link(&'a Path),
    Remove(&'a Path),
    RemoveFolder(&'a Path),
}

/// Makes a step. In tests the process may die right after it, and unsynced steps may be undone as by a power cut.
fn take<T>(step: Step<'_>, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    #[cfg(test)]
    super::faulty_disk::before(step);
    let done = work()?;
    #[cfg(test)]
    super::faulty_disk::after(step);
    let _ = step;
    Ok(done)
}

/// Opens a file that must not exist yet, for writing.
pub(super) fn create(path: &Path) -> io::Result<File> {
    take(Step::Create(path), || OpenOptions::new().write(true).create_new(true).open(path))
}

/// Makes a folder that must not exist yet.
pub(super) fn create_folder(path: &Path) -> io::Result<()> {
    take(Step::CreateFolder(path), || std::fs::create_dir(path))
}

/// Appends bytes to a file made by [`create`].
pub(super) fn append(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    // In two steps, so that a crash between them leaves a torn file.
    let (head, tail) = bytes.split_at(bytes.len() / 2);
    take(Step::AppendHalf, || file.write_all(head))?;
    take(Step::Append, || file.write_all(tail))
}

/// Syncs a file's bytes.
pub(super) fn sync_file(file: &File, path: &Path) -> io::Result<()> {
    take(Step::SyncFile(path), || file.sync_all())
}

/// Syncs a folder: names made, renamed or removed in it are durable afterwards.
pub(super) fn sync_dir(folder: &Path) -> io::Result<()> {
    take(Step::SyncFolder(folder), || File::open(folder)?.sync_all())
}

/// Writes a whole small file under a temporary name and syncs it; [`publish`] makes it visible.
pub(super) fn prepare(temporary: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = (|| {
        let mut file = create(temporary)?;
        append(&mut file, bytes)?;
        sync_file(&file, temporary)
    })();
    if written.is_err() {
        // Best effort: a temporary file that stays is cleared away at the next opening.
        let _ = std::fs::remove_file(temporary);
    }
    written
}

/// Puts a prepared file in its place, replacing what was there. Visible at once, durable after [`sync_dir`].
pub(super) fn publish(from: &Path, to: &Path) -> io::Result<()> {
    take(Step::Publish { from, to }, || std::fs::rename(from, to))
}

/// Gives a file's bytes a second name; where the file system cannot, copies and syncs them.
pub(super) fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    take(Step::Link(to), || {
        if std::fs::hard_link(from, to).is_ok() {
            return Ok(());
        }
        std::fs::copy(from, to)?;
        File::open(to)?.sync_all()
    })
}

/// Removes a file; one that is already gone is no error.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    take(Step::Remove(path), || gone_is_fine(std::fs::remove_file(path)))
}

/// Removes a folder and what is in it; one that is already gone is no error.
pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    take(Step::RemoveFolder(path), || gone_is_fine(std::fs::remove_dir_all(path)))
}

fn gone_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
