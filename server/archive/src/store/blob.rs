//! A blob is an immutable file of bytes with exactly one owner; it is unlinked when its last reader has let go.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use uuid::Uuid;

use super::disk;
use super::quota::Reserved;
use super::record::{Layout, Segment, folder};

/// The file behind a [`Segment`]. Not kept until [`Blob::keep`] says that a durable record names it; a reader that is
/// in the middle of it can finish even when its object is replaced or deleted meanwhile.
#[derive(Debug)]
pub(super) struct Blob {
    path: PathBuf,
    kept: AtomicBool,
    /// The bytes count against the quota for as long as the file is there.
    space: Reserved,
}

impl Blob {
    /// A blob that is about to be written.
    pub fn fresh(layout: &Layout, space: Reserved) -> (Uuid, Blob) {
        let id = Uuid::new_v4();
        (id, Blob { path: layout.blob(id), kept: AtomicBool::new(false), space })
    }

    /// A blob that a record found at opening names.
    pub fn found(layout: &Layout, id: Uuid, space: Reserved) -> Blob {
        Blob { path: layout.blob(id), kept: AtomicBool::new(true), space }
    }

    pub fn create(&self) -> io::Result<File> {
        disk::create(&self.path)
    }

    pub fn open(&self) -> io::Result<File> {
        File::open(&self.path)
    }

    pub fn space(&mut self) -> &mut Reserved {
        &mut self.space
    }

    /// Makes bytes and name durable.
    pub fn seal(&self, file: &File) -> io::Result<()> {
        disk::sync_file(file, &self.path)?;
        disk::sync_dir(folder(&self.path))
    }

    /// A second name for the same bytes, durable but not kept yet.
    pub fn duplicate(&self, layout: &Layout, space: Reserved) -> io::Result<(Uuid, Blob)> {
        let (id, copy) = Blob::fresh(layout, space);
        disk::link_or_copy(&self.path, &copy.path)?;
        disk::sync_dir(folder(&copy.path))?;
        Ok((id, copy))
    }

    /// A record on the disk names it now.
    pub fn keep(&self) {
        self.kept.store(true, Ordering::Release);
    }

    /// No record on the disk names it any more, and that is durable.
    pub fn release(&self) {
        self.kept.store(false, Ordering::Release);
    }
}

impl Drop for Blob {
    fn drop(&mut self) {
        if !self.kept.load(Ordering::Acquire)
            && let Err(error) = disk::remove(&self.path)
        {
            tracing::warn!(%error, "a blob that is no longer needed could not be removed; it goes at the next start");
        }
    }
}

/// A segment together with its file.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub segment: Segment,
    pub blob: Arc<Blob>,
}
