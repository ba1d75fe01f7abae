//! The moments at which objects and buckets come to be and go: one rename, one unlink.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, MutexGuard};

use s3s::{S3Error, S3ErrorCode, S3Result};

use super::blob::{Blob, Piece};
use super::index::{Bucket, Object};
use super::load::BucketRecord;
use super::record::{Headers, Manifest, folder, now_us};
use super::{Inner, conditions, disk, failure, held};

impl Inner {
    /// Waits for the turn to write this object.
    fn turn(&self, bucket: &str, key: &str) -> MutexGuard<'_, ()> {
        let mut hash = DefaultHasher::new();
        (bucket, key).hash(&mut hash);
        held(&self.turns[usize::try_from(hash.finish() % self.turns.len() as u64).unwrap_or(0)])
    }

    /// Makes an object of synced blobs: visible and durable when this returns, or (on an error) at worst visible.
    pub fn commit(
        &self,
        manifest: Manifest,
        blobs: Vec<Arc<Blob>>,
        condition: &conditions::Write,
    ) -> S3Result<Arc<Object>> {
        let place = self.layout.object(&manifest.bucket, &manifest.key);
        let record = serde_json::to_vec(&manifest).map_err(S3Error::internal_error)?;
        let _turn = self.turn(&manifest.bucket, &manifest.key);
        let current = {
            let index = self.index();
            let bucket = index.buckets.get(&manifest.bucket).ok_or_else(no_bucket)?;
            bucket.objects.get(&manifest.key).cloned()
        };
        condition.check(current.as_ref().map(|object| &object.manifest))?;
        let temporary = self.layout.temporary();
        disk::prepare(&temporary, &record).map_err(failure::disk)?;
        if let Err(error) = disk::publish(&temporary, &place) {
            let _ = disk::remove(&temporary);
            return Err(failure::disk(error));
        }
        // From here on the manifest names the blobs, whatever else fails.
        blobs.iter().for_each(|blob| blob.keep());
        let object = Arc::new(Object { manifest, blobs });
        let old = {
            let mut index = self.index();
            let bucket = index.buckets.entry(object.manifest.bucket.clone()).or_default();
            bucket.objects.insert(object.manifest.key.clone(), object.clone())
        };
        // Before this sync a power cut may bring the old manifest back, so its blobs must stay till then.
        disk::sync_dir(folder(&place)).map_err(failure::disk)?;
        if let Some(old) = old {
            old.release();
        }
        Ok(object)
    }

    /// One whole object from one piece.
    pub fn commit_piece(
        &self,
        mut manifest: Manifest,
        piece: Piece,
        condition: &conditions::Write,
    ) -> S3Result<Arc<Object>> {
        manifest.segments = vec![piece.segment];
        self.commit(manifest, vec![piece.blob], condition)
    }

    /// Gives an object's bytes a second owner; no byte is copied where the file system has hard links.
    pub fn copy(&self, source: &Object, bucket: String, key: String, headers: Headers) -> S3Result<Arc<Object>> {
        self.has_bucket(&bucket)?;
        let mut copy =
            Manifest { bucket, key, headers, modified_us: now_us(), upload: None, ..source.manifest.clone() };
        let mut blobs = Vec::with_capacity(source.blobs.len());
        for (segment, blob) in copy.segments.iter_mut().zip(&source.blobs) {
            let mut space = self.quota.reserve();
            space.grow(segment.sums.len).map_err(failure::quota)?;
            let (id, blob) = blob.duplicate(&self.layout, space).map_err(failure::disk)?;
            segment.blob = id;
            blobs.push(Arc::new(blob));
        }
        self.commit(copy, blobs, &conditions::Write::default())
    }

    /// Removes an object; one that is not there is no error, as in S3.
    pub fn delete(&self, bucket: &str, key: &str, condition: &conditions::Write) -> S3Result<()> {
        let _turn = self.turn(bucket, key);
        let current = {
            let index = self.index();
            index.buckets.get(bucket).ok_or_else(no_bucket)?.objects.get(key).cloned()
        };
        condition.check(current.as_ref().map(|object| &object.manifest))?;
        let place = self.layout.object(bucket, key);
        disk::remove(&place).map_err(failure::disk)?;
        if let Some(bucket) = self.index().buckets.get_mut(bucket) {
            bucket.objects.remove(key);
        }
        disk::sync_dir(folder(&place)).map_err(failure::disk)?;
        if let Some(object) = current {
            object.release();
        }
        Ok(())
    }

    /// Makes a bucket; one that is there already is no error for its one owner.
    pub fn create_bucket(&self, name: &str) -> S3Result<()> {
        let _turn = self.turn(name, "");
        if self.index().buckets.contains_key(name) {
            return Ok(());
        }
        let place = self.layout.bucket(name);
        let record = BucketRecord { name: name.to_owned(), created_us: now_us() };
        let bytes = serde_json::to_vec(&record).map_err(S3Error::internal_error)?;
        let temporary = self.layout.temporary();
        disk::prepare(&temporary, &bytes).map_err(failure::disk)?;
        disk::publish(&temporary, &place).map_err(failure::disk)?;
        disk::sync_dir(folder(&place)).map_err(failure::disk)?;
        let bucket = Bucket { created_us: record.created_us, ..Bucket::default() };
        self.index().buckets.entry(record.name).or_insert(bucket);
        Ok(())
    }

    /// The object, or the answer that says what is missing.
    pub fn find(&self, bucket: &str, key: &str) -> S3Result<Arc<Object>> {
        let index = self.index();
        let bucket = index.buckets.get(bucket).ok_or_else(no_bucket)?;
        bucket.objects.get(key).cloned().ok_or_else(|| S3Error::new(S3ErrorCode::NoSuchKey))
    }

    pub fn has_bucket(&self, bucket: &str) -> S3Result<()> {
        self.index().buckets.contains_key(bucket).then_some(()).ok_or_else(no_bucket)
    }
}

pub(super) fn no_bucket() -> S3Error {
    S3Error::new(S3ErrorCode::NoSuchBucket)
}
