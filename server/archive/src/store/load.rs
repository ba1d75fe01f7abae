//! Opening a store's folder: takes the lock, reads every record, repairs what a crash left and clears what nobody names.

use std::collections::HashSet;
use std::fs::{DirEntry, File, OpenOptions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::blob::{Blob, Piece};
use super::disk;
use super::index::{Bucket, Index, Object, OpenUpload, Parts, StoredPart};
use super::quota::Quota;
use super::record::{FORMAT, Layout, Manifest, Part, Segment, Upload};

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another store in this one, has the folder.
    #[error(
        "the object store in {0} is already open; stop the other server, or give this one a data folder of its own"
    )]
    InUse(PathBuf),
    /// The folder holds something else.
    #[error("{0} is not an object store of this version; name an empty folder, or one that this version made")]
    Format(PathBuf),
    /// The disk said no.
    #[error(
        "the object store in {path} could not be opened: {source}; check that the folder is writable and the disk is whole"
    )]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What was found when the store was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// Whole objects.
    pub objects: usize,
    /// Multipart uploads that can go on.
    pub uploads: usize,
    /// Uploads whose Complete had happened before a crash; their leftovers were cleared.
    pub repaired: usize,
    /// Files that no record named, cleared.
    pub orphans: usize,
    /// Records that cannot be read, or whose bytes are missing. They are left as they are and not served.
    pub damaged: Vec<String>,
}

/// How long a folder that is in use is waited for. The process before may just be ending, and a child of this one holds the
/// lock with it for the moment between fork and exec.
const LOCK_WITHIN: Duration = Duration::from_secs(1);
const LOCK_AGAIN: Duration = Duration::from_millis(10);

/// Takes the folder for this process alone.
pub(super) fn lock(root: &Path) -> Result<File, OpenError> {
    let failed = |source| OpenError::Io { path: root.to_path_buf(), source };
    std::fs::create_dir_all(root).map_err(failed)?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(root.join("lock")).map_err(failed)?;
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(std::fs::TryLockError::WouldBlock) if began.elapsed() < LOCK_WITHIN => std::thread::sleep(LOCK_AGAIN),
            Err(std::fs::TryLockError::WouldBlock) => return Err(OpenError::InUse(root.to_path_buf())),
            Err(std::fs::TryLockError::Error(source)) => return Err(failed(source)),
        }
    }
}

/// Makes the folders of a new store, or checks that this is one.
pub(super) fn prepare(layout: &Layout) -> Result<(), OpenError> {
    let root = &layout.root;
    let failed = |source| OpenError::Io { path: root.clone(), source };
    let format = root.join("format");
    match std::fs::read_to_string(&format) {
        Ok(text) if text == FORMAT => {}
        Ok(_) => return Err(OpenError::Format(root.clone())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // A folder with foreign things in it is not ours to fill; leftovers of a first start cut short are.
            const OURS: [&str; 7] = ["lock", "tmp", "buckets", "uploads", "objects", "blobs", "format.new"];
            for entry in std::fs::read_dir(root).map_err(failed)? {
                if !entry.map_err(failed)?.file_name().to_str().is_some_and(|name| OURS.contains(&name)) {
                    return Err(OpenError::Format(root.clone()));
                }
            }
            (|| {
                std::fs::set_permissions(root, std::fs::Permissions::from_mode(0o700))?;
                for folder in ["tmp", "buckets", "uploads", "objects", "blobs"] {
                    std::fs::create_dir_all(root.join(folder))?;
                }
                for folder in ["objects", "blobs"] {
                    for number in 0..=255u8 {
                        std::fs::create_dir_all(root.join(folder).join(format!("{number:02x}")))?;
                    }
                    disk::sync_dir(&root.join(folder))?;
                }
                let temporary = root.join("format.new");
                disk::remove(&temporary)?;
                disk::prepare(&temporary, FORMAT.as_bytes())?;
                disk::sync_dir(root)?;
                disk::publish(&temporary, &format)?;
                disk::sync_dir(root)
            })()
            .map_err(failed)?;
        }
        Err(source) => return Err(failed(source)),
    }
    for entry in entries(&root.join("tmp"))? {
        let path = entry.path();
        if path.is_dir() { disk::remove_folder(&path) } else { disk::remove(&path) }.map_err(failed)?;
    }
    Ok(())
}

/// Reads all records, drops what is complete or unnamed.
pub(super) fn read(layout: &Layout, quota: &Arc<Quota>) -> Result<(Index, Opened), OpenError> {
    let mut index = Index::default();
    let mut opened = Opened::default();
    let mut named = HashSet::new();

    for entry in entries(&layout.root.join("buckets"))? {
        if let Some(record) = parse::<BucketRecord>(&entry.path(), &mut opened)? {
            index.buckets.insert(record.name, Bucket { created_us: record.created_us, ..Bucket::default() });
        }
    }
    for folder in entries(&layout.root.join("objects"))? {
        for entry in entries(&folder.path())? {
            let Some(manifest) = parse::<Manifest>(&entry.path(), &mut opened)? else { continue };
            named.extend(manifest.segments.iter().map(|segment| segment.blob));
            let whole = entry.path() == layout.object(&manifest.bucket, &manifest.key)
                && manifest.segments.iter().all(|segment| present(layout, segment));
            if !whole {
                opened.damaged.push(format!("object {}/{}", manifest.bucket, manifest.key));
                continue;
            }
            let blobs = manifest.segments.iter().map(|segment| found(layout, quota, segment)).collect();
            let bucket = index.buckets.entry(manifest.bucket.clone()).or_default();
            bucket.objects.insert(manifest.key.clone(), Arc::new(Object { manifest, blobs }));
            opened.objects += 1;
        }
    }
    for entry in entries(&layout.root.join("uploads"))? {
        let Some(id) = entry.file_name().to_str().and_then(|name| Uuid::try_parse(name).ok()) else { continue };
        let path = entry.path().join("upload");
        if !path.exists() {
            // Cut short while it was being made or removed: nobody was ever told of it, or everybody that it is gone.
            disk::remove_folder(&entry.path()).map_err(|source| OpenError::Io { path: entry.path(), source })?;
            opened.repaired += 1;
            continue;
        }
        let Some(record) = parse::<Upload>(&path, &mut opened)? else { continue };
        let complete = index.object(&record.bucket, &record.key).is_some_and(|o| o.manifest.upload == Some(id));
        if complete {
            disk::remove_folder(&entry.path()).map_err(|source| OpenError::Io { path: entry.path(), source })?;
            opened.repaired += 1;
            continue;
        }
        let mut parts = Parts::default();
        for file in entries(&entry.path())? {
            let Some(number) = file.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let Some(part) = parse::<Part>(&file.path(), &mut opened)? else { continue };
            named.insert(part.segment.blob);
            if present(layout, &part.segment) {
                let blob = found(layout, quota, &part.segment);
                let piece = Piece { segment: part.segment, blob };
                parts.by_number.insert(number, StoredPart { piece, modified_us: part.modified_us });
            } else {
                opened.damaged.push(format!("part {number} of an upload of {}/{}", record.bucket, record.key));
            }
        }
        index.uploads.insert(id, Arc::new(OpenUpload { record, parts: Mutex::new(parts) }));
        opened.uploads += 1;
    }
    if !opened.damaged.is_empty() {
        // A record that cannot be read may name any of the files: better keep some too many than lose one.
        return Ok((index, opened));
    }
    for folder in entries(&layout.root.join("blobs"))? {
        for entry in entries(&folder.path())? {
            let id = entry.file_name().to_str().and_then(|name| Uuid::try_parse(name).ok());
            if id.is_some_and(|id| !named.contains(&id)) {
                disk::remove(&entry.path()).map_err(|source| OpenError::Io { path: entry.path(), source })?;
                opened.orphans += 1;
            }
        }
    }
    Ok((index, opened))
}

/// `buckets/<sha256>`.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BucketRecord {
    pub name: String,
    pub created_us: i64,
}

fn entries(folder: &Path) -> Result<Vec<DirEntry>, OpenError> {
    std::fs::read_dir(folder)
        .and_then(|entries| entries.collect())
        .map_err(|source| OpenError::Io { path: folder.to_path_buf(), source })
}

/// Reads a record; one that does not parse is damage to report, not a reason to serve nothing at all.
fn parse<T: DeserializeOwned>(path: &Path, opened: &mut Opened) -> Result<Option<T>, OpenError> {
    let bytes = std::fs::read(path).map_err(|source| OpenError::Io { path: path.to_path_buf(), source })?;
    match serde_json::from_slice(&bytes) {
        Ok(record) => Ok(Some(record)),
        Err(error) => {
            opened.damaged.push(format!("record {}: {error}", path.display()));
            Ok(None)
        }
    }
}

fn present(layout: &Layout, segment: &Segment) -> bool {
    std::fs::metadata(layout.blob(segment.blob)).is_ok_and(|found| found.is_file() && found.len() == segment.sums.len)
}

fn found(layout: &Layout, quota: &Arc<Quota>, segment: &Segment) -> Arc<Blob> {
    Arc::new(Blob::found(layout, segment.blob, quota.adopt(segment.sums.len)))
}
