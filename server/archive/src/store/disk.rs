//! The only place where the store writes to the disk: every step that a crash can fall between has a name here.
//!
//! The rules that make a crash harmless: data is written under a fresh name and synced before anything names it; a
//! record becomes visible by one rename, after which its folder is synced; only then may what it replaced be unlinked.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Opens a file that must not exist yet, for writing.
pub(super) fn create(path: &Path) -> io::Result<File> {
    step("create");
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Appends bytes to a file made by [`create`].
pub(super) fn append(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    step("append");
    // Half of the bytes, so that the fail point in the middle finds a torn file.
    let (head, tail) = bytes.split_at(bytes.len() / 2);
    file.write_all(head)?;
    step("append, torn");
    file.write_all(tail)
}

/// Syncs a file's bytes and its folder, so that both survive a power cut.
pub(super) fn seal(file: &File, folder: &Path) -> io::Result<()> {
    step("sync file");
    file.sync_all()?;
    sync_dir(folder)
}

/// Syncs a folder: names made, renamed or removed in it are durable afterwards.
pub(super) fn sync_dir(folder: &Path) -> io::Result<()> {
    step("sync folder");
    File::open(folder)?.sync_all()
}

/// Writes a whole small file under a temporary name and syncs it; [`publish`] makes it visible.
pub(super) fn prepare(temporary: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = (|| {
        let mut file = create(temporary)?;
        append(&mut file, bytes)?;
        step("sync record");
        file.sync_all()
    })();
    if written.is_err() {
        // Best effort: a temporary file that stays is cleared away at the next opening.
        let _ = std::fs::remove_file(temporary);
    }
    written
}

/// Puts a prepared file in its place, replacing what was there. Visible at once, durable after [`sync_dir`].
pub(super) fn publish(temporary: &Path, place: &Path) -> io::Result<()> {
    step("publish");
    std::fs::rename(temporary, place)?;
    step("published");
    Ok(())
}

/// Gives a file's bytes a second name; where the file system cannot, copies and syncs them.
pub(super) fn link_or_copy(from: &Path, to: &Path) -> io::Result<()> {
    step("link");
    if std::fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    std::fs::copy(from, to)?;
    File::open(to)?.sync_all()
}

/// Removes a file; one that is already gone is no error.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    step("remove");
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes a folder and what is in it; one that is already gone is no error.
pub(super) fn remove_folder(path: &Path) -> io::Result<()> {
    step("remove folder");
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(not(test))]
#[inline(always)]
fn step(_name: &str) {}

/// In tests every step asks whether the process shall die here.
#[cfg(test)]
fn step(name: &str) {
    super::crash_test::step(name);
}
