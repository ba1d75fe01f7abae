//! What the store knows in memory: every object, every upload under way, in the order of their keys.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use uuid::Uuid;

use super::blob::{Blob, Piece};
use super::record::{Manifest, Upload};

/// A whole object. Readers hold it by `Arc`, so it can be read to its end after it was replaced.
#[derive(Debug)]
pub(super) struct Object {
    pub manifest: Manifest,
    /// The files of `manifest.segments`, in the same order.
    pub blobs: Vec<Arc<Blob>>,
}

impl Object {
    pub fn release(&self) {
        self.blobs.iter().for_each(|blob| blob.release());
    }
}

/// An upload under way. Whoever changes it holds `parts`.
#[derive(Debug)]
pub(super) struct OpenUpload {
    pub record: Upload,
    pub parts: Mutex<Parts>,
}

#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Completed or aborted: whoever waited for the lock comes too late.
    pub closed: bool,
    pub by_number: BTreeMap<u16, StoredPart>,
}

#[derive(Clone, Debug)]
pub(super) struct StoredPart {
    pub piece: Piece,
    pub modified_us: i64,
}

#[derive(Debug, Default)]
pub(super) struct Index {
    pub buckets: BTreeMap<String, Bucket>,
    pub uploads: BTreeMap<Uuid, Arc<OpenUpload>>,
}

#[derive(Debug, Default)]
pub(super) struct Bucket {
    pub created_us: i64,
    pub objects: BTreeMap<String, Arc<Object>>,
}

impl Index {
    pub fn object(&self, bucket: &str, key: &str) -> Option<Arc<Object>> {
        self.buckets.get(bucket)?.objects.get(key).cloned()
    }
}
