//! The disk of the crash tests: counts the steps till death, remembers what was not synced, and can lose it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use uuid::Uuid;

use super::disk::Step;
use super::held;
use super::record::folder;

/// How a process dies, and what of its writes stays.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Way {
    Kill,
    Torn,
    Lost,
    Mixed,
}

/// A change of names that is not durable yet, with what undoes it.
enum Undo {
    Made(PathBuf),
    Renamed { from: PathBuf, to: PathBuf, was: Option<PathBuf> },
    Removed { path: PathBuf, was: PathBuf },
    RemovedFolder { path: PathBuf, was: PathBuf },
}

#[derive(Default)]
struct Disk {
    way: Option<Way>,
    /// Steps till death.
    left: usize,
    unsynced_files: HashSet<PathBuf>,
    unsynced_names: Vec<Undo>,
    /// Where files that are replaced or removed are kept by a second name.
    aside: PathBuf,
}

static DISK: Mutex<Option<Disk>> = Mutex::new(None);

impl Disk {
    fn set_aside(&self, path: &Path) -> Option<PathBuf> {
        let copy = self.aside.join(Uuid::new_v4().to_string());
        std::fs::hard_link(path, &copy).ok().map(|()| copy)
    }

    /// What a power cut does to that which was not synced.
    fn cut_power(&mut self) {
        if self.way == Some(Way::Kill) {
            return;
        }
        for path in &self.unsynced_files {
            if let Ok(file) = std::fs::OpenOptions::new().write(true).open(path) {
                let length = file.metadata().expect("an open file").len();
                file.set_len(length / 2).expect("torn");
            }
        }
        if matches!(self.way, Some(Way::Lost | Way::Mixed)) {
            for undo in self.unsynced_names.drain(..).rev() {
                match undo {
                    Undo::Made(path) => {
                        let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
                    }
                    Undo::Renamed { from, to, was } => {
                        let _ = std::fs::rename(&to, from);
                        if let Some(was) = was {
                            std::fs::rename(was, to).expect("the old file is back");
                        }
                    }
                    // The file system may have made a removal durable before a rename that came earlier.
                    Undo::Removed { .. } if self.way == Some(Way::Mixed) => {}
                    Undo::RemovedFolder { path, was } => std::fs::rename(was, path).expect("the folder is back"),
                    Undo::Removed { path, was } => std::fs::rename(was, path).expect("the removed file is back"),
                }
            }
        }
    }
}

pub(super) fn before(step: Step<'_>) {
    let mut disk = held(&DISK);
    let Some(disk) = disk.as_mut() else { return };
    match step {
        Step::Publish { from, to } => {
            let undo = Undo::Renamed { from: from.into(), to: to.into(), was: disk.set_aside(to) };
            disk.unsynced_names.push(undo);
        }
        Step::Remove(path) => {
            if let Some(was) = disk.set_aside(path) {
                disk.unsynced_names.push(Undo::Removed { path: path.into(), was });
            }
        }
        Step::RemoveFolder(path) if path.is_dir() => {
            let copy = disk.aside.join(Uuid::new_v4().to_string());
            std::fs::create_dir(&copy).expect("made");
            for entry in std::fs::read_dir(path).expect("there") {
                let entry = entry.expect("readable");
                std::fs::hard_link(entry.path(), copy.join(entry.file_name())).expect("linked");
            }
            disk.unsynced_names.push(Undo::RemovedFolder { path: path.into(), was: copy });
        }
        _ => {}
    }
}

pub(super) fn after(step: Step<'_>) {
    let mut disk = held(&DISK);
    let Some(disk) = disk.as_mut() else { return };
    match step {
        Step::Create(path) => {
            disk.unsynced_files.insert(path.into());
            disk.unsynced_names.push(Undo::Made(path.into()));
        }
        Step::CreateFolder(path) | Step::Link(path) => disk.unsynced_names.push(Undo::Made(path.into())),
        Step::SyncFile(path) => {
            disk.unsynced_files.remove(path);
        }
        Step::SyncFolder(synced) => disk.unsynced_names.retain(|undo| match undo {
            Undo::Made(path) | Undo::Removed { path, .. } | Undo::RemovedFolder { path, .. } => folder(path) != synced,
            // One entry of the file system's journal holds both ends of a rename.
            Undo::Renamed { from, to, .. } => folder(from) != synced && folder(to) != synced,
        }),
        // Bytes that were not synced under the old name are not synced under the new one.
        Step::Publish { from, to } if disk.unsynced_files.remove(from) => {
            disk.unsynced_files.insert(to.into());
        }
        _ => {}
    }
    disk.left -= 1;
    if disk.left == 0 {
        disk.cut_power();
        std::process::abort();
    }
}

/// From now on this process dies behind the step `left`, in this way.
pub(super) fn arm(way: Way, left: usize, aside: PathBuf) {
    *held(&DISK) = Some(Disk { way: Some(way), left, aside, ..Disk::default() });
}

/// The process has survived all its steps: only a power cut can come now.
pub(super) fn disarm_and_cut_power() {
    held(&DISK).take().expect("armed").cut_power();
}
