//! The embedded S3 store: the S3 protocol of `s3s` over a folder of our own making.
//!
//! ```text
//! format, lock, keys.json
//! buckets/<sha256 of the name>        a record: the bucket exists
//! objects/<2>/<sha256 of bucket, key> a manifest: the object exists; names its blobs
//! blobs/<2>/<random id>               immutable bytes, each owned by one manifest or one part
//! uploads/<id>/{upload,00001,…}       a multipart upload and its parts
//! tmp/                                records before their rename; cleared at opening
//! ```
//!
//! What a crash can cost: nothing that was answered. A power cut: nothing that was answered, where the disk honours
//! fsync. An object is old and whole or new and whole, since it exists by one manifest that is renamed into place.

mod blob;
mod commit;
mod conditions;
mod disk;
mod failure;
mod index;
mod keys;
mod list;
mod load;
mod multipart;
mod quota;
mod read;
mod receive;
mod record;
mod s3;
mod serve;
mod sums;

#[cfg(test)]
mod crash_test;
#[cfg(test)]
mod faulty_disk;
#[cfg(test)]
mod opening_test;

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use s3s::{S3Error, S3Result};

use index::Index;
pub use keys::Keys;
pub use load::{OpenError, Opened};
pub use serve::Cors;

use quota::Quota;
use record::Layout;

/// How to open a store.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder, made when it is not there.
    pub dir: PathBuf,
    /// The most bytes that objects and uploads may take together; None: as much as the disk has. A copy counts like
    /// its original, although both share the bytes on most file systems.
    pub quota_bytes: Option<u64>,
    /// Keys to accept instead of the store's own.
    pub keys: Option<Keys>,
}

impl Options {
    /// A store in this folder, with its own keys and no quota.
    pub fn new(dir: impl Into<PathBuf>) -> Options {
        Options { dir: dir.into(), quota_bytes: None, keys: None }
    }
}

/// An open store. Cheap to clone; the folder is locked until the last clone and the last answer are gone.
///
/// ```no_run
/// use coach_archive::store::{Cors, Options, Store};
/// use coach_archive::{Archive, Config};
///
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// let store = Store::open(Options::new("data/objects"))?;
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:8081").await?;
/// let client = Archive::new(Config::embedded("http://127.0.0.1:8081", store.keys().clone()))?;
/// let cors = Cors { origins: vec!["http://localhost:8080".into()] };
/// let serving = tokio::spawn(store.serve(listener, cors, async { tokio::signal::ctrl_c().await.unwrap_or_default() }));
/// client.ensure_bucket().await?;
/// client.put("greeting", "hello".into(), "text/plain").await?;
/// serving.await??;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

/// What a store holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of objects and of parts of uploads under way.
    pub bytes: u64,
    /// The quota in bytes.
    pub quota_bytes: Option<u64>,
    /// Objects.
    pub objects: usize,
    /// Multipart uploads under way.
    pub uploads: usize,
}

#[derive(Debug)]
struct Inner {
    layout: Layout,
    quota: Arc<Quota>,
    keys: Keys,
    opened: Opened,
    index: Mutex<Index>,
    /// Writers of one object take turns; which of these is its turn follows from the key.
    turns: Vec<Mutex<()>>,
    _lock: File,
}

impl Store {
    /// Opens a store, or makes one in an empty folder; repairs what a crash left. Blocks: reads every record.
    ///
    /// # Errors
    /// The folder is in use, is something else, or cannot be read or written.
    pub fn open(options: Options) -> Result<Store, OpenError> {
        let lock = load::lock(&options.dir)?;
        let layout = Layout { root: options.dir.clone() };
        load::prepare(&layout)?;
        let keys = match options.keys {
            Some(keys) => keys,
            None => Keys::load_or_make(&options.dir)
                .map_err(|source| OpenError::Io { path: options.dir.join("keys.json"), source })?,
        };
        let quota = Quota::new(options.quota_bytes);
        let (index, opened) = load::read(&layout, &quota)?;
        for damage in &opened.damaged {
            tracing::error!(damage, "the object store has damage; this is not served");
        }
        tracing::info!(
            objects = opened.objects,
            uploads = opened.uploads,
            orphans = opened.orphans,
            "object store open"
        );
        let turns = (0..64).map(|_| Mutex::new(())).collect();
        let index = Mutex::new(index);
        Ok(Store { inner: Arc::new(Inner { layout, quota, keys, opened, index, turns, _lock: lock }) })
    }

    /// The keys that sign requests to this store.
    pub fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    /// What was found at opening.
    pub fn opened(&self) -> &Opened {
        &self.inner.opened
    }

    /// What the store holds now.
    pub fn usage(&self) -> Usage {
        let index = self.inner.index();
        Usage {
            bytes: self.inner.quota.used(),
            quota_bytes: self.inner.quota.limit(),
            objects: index.buckets.values().map(|bucket| bucket.objects.len()).sum(),
            uploads: index.uploads.len(),
        }
    }

    /// Aborts multipart uploads that were begun longer ago than this; returns how many.
    ///
    /// # Errors
    /// The disk failed.
    pub async fn sweep(&self, older_than: Duration) -> std::io::Result<usize> {
        let inner = self.inner.clone();
        blocking(move || inner.sweep(older_than)).await.map_err(std::io::Error::other)
    }
}

impl Inner {
    /// The index. Held for look-ups and single changes, never across a disk access.
    fn index(&self) -> MutexGuard<'_, Index> {
        held(&self.index)
    }
}

/// A mutex whose holder panicked still guards whole data here: every change under one is a single insert or remove.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Runs what touches the disk where it may block. It runs to its end even when the client hangs up meanwhile.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> S3Result<T> + Send + 'static) -> S3Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|panicked| Err(S3Error::internal_error(panicked)))
}
