//! Multipart uploads: begun, filled in any order, completed by one manifest that takes over the parts' blobs.

use std::sync::Arc;
use std::time::Duration;

use s3s::dto::{Checksum, CompletedPart};
use s3s::{S3Error, S3ErrorCode, S3Result};
use uuid::Uuid;

use super::blob::Piece;
use super::index::{Object, OpenUpload, Parts, StoredPart};
use super::record::{Manifest, Part, Upload, folder, now_us};
use super::{Inner, conditions, disk, failure, held, receive, sums};

/// Every part but the last has at least this many bytes.
const LEAST: u64 = 5 << 20;

/// What a Complete asks for.
pub(super) struct Completion {
    pub parts: Vec<CompletedPart>,
    /// The checksum of the whole that the client expects.
    pub expected: Checksum,
    pub size: Option<i64>,
    pub condition: conditions::Write,
}

impl Inner {
    pub fn begin(&self, record: Upload) -> S3Result<Uuid> {
        self.has_bucket(&record.bucket)?;
        let id = Uuid::now_v7();
        let place = self.layout.upload(id);
        let bytes = serde_json::to_vec(&record).map_err(S3Error::internal_error)?;
        let made = (|| {
            disk::create_folder(&place)?;
            let temporary = self.layout.temporary();
            disk::prepare(&temporary, &bytes)?;
            disk::publish(&temporary, &place.join("upload"))?;
            disk::sync_dir(&place)?;
            disk::sync_dir(folder(&place))
        })();
        if let Err(error) = made {
            let _ = disk::remove_folder(&place);
            return Err(failure::disk(error));
        }
        self.index().uploads.insert(id, Arc::new(OpenUpload { record, parts: Default::default() }));
        Ok(id)
    }

    /// The upload of this id, if it is one of this object.
    pub fn upload(&self, id: &str, bucket: &str, key: &str) -> S3Result<(Uuid, Arc<OpenUpload>)> {
        let gone = || S3Error::new(S3ErrorCode::NoSuchUpload);
        let id = Uuid::try_parse(id).map_err(|_| gone())?;
        let upload = self.index().uploads.get(&id).cloned().ok_or_else(gone)?;
        if upload.record.bucket != bucket || upload.record.key != key {
            return Err(gone());
        }
        Ok((id, upload))
    }

    /// Files a received piece as a part, in the place of an earlier part of that number.
    pub fn put_part(&self, id: Uuid, upload: &OpenUpload, number: u16, piece: Piece) -> S3Result<StoredPart> {
        let mut parts = self.open_parts(upload)?;
        let part = StoredPart { piece, modified_us: now_us() };
        let record = Part { segment: part.piece.segment.clone(), modified_us: part.modified_us };
        let bytes = serde_json::to_vec(&record).map_err(S3Error::internal_error)?;
        let temporary = self.layout.temporary();
        disk::prepare(&temporary, &bytes).map_err(failure::disk)?;
        if let Err(error) = disk::publish(&temporary, &self.layout.part(id, number)) {
            let _ = disk::remove(&temporary);
            return Err(failure::disk(error));
        }
        part.piece.blob.keep();
        let old = parts.by_number.insert(number, part.clone());
        disk::sync_dir(&self.layout.upload(id)).map_err(failure::disk)?;
        if let Some(old) = old {
            old.piece.blob.release();
        }
        Ok(part)
    }

    /// The parts of an upload that was neither completed nor aborted since it was found.
    pub fn open_parts<'a>(&self, upload: &'a OpenUpload) -> S3Result<std::sync::MutexGuard<'a, Parts>> {
        let parts = held(&upload.parts);
        if parts.closed { Err(S3Error::new(S3ErrorCode::NoSuchUpload)) } else { Ok(parts) }
    }

    /// Makes the object. A Complete that is repeated after its answer was lost gets the same answer again.
    pub fn complete(&self, id: &str, bucket: &str, key: &str, completion: &Completion) -> S3Result<Arc<Object>> {
        let completed_before = |gone: S3Error| {
            let id = Uuid::try_parse(id).ok();
            let object = self.index().object(bucket, key);
            object.filter(|object| id.is_some() && object.manifest.upload == id).ok_or(gone)
        };
        let (id, upload) = match self.upload(id, bucket, key) {
            Ok(found) => found,
            Err(gone) => return completed_before(gone),
        };
        let mut parts = match self.open_parts(&upload) {
            Ok(parts) => parts,
            // It waited for another Complete of the same upload.
            Err(gone) => return completed_before(gone),
        };
        let pieces = choose(&parts, &completion.parts)?;
        let segments: Vec<_> = pieces.iter().map(|piece| piece.segment.clone()).collect();
        let record = &upload.record;
        let (algorithm, full_object) = sums::settle(record.algorithm, record.full_object, &segments);
        let manifest = Manifest {
            bucket: record.bucket.clone(),
            key: record.key.clone(),
            headers: record.headers.clone(),
            etag: sums::multipart_etag(&segments),
            modified_us: now_us(),
            algorithm,
            full_object,
            upload: Some(id),
            segments,
        };
        if completion.size.is_some_and(|size| u64::try_from(size).ok() != Some(manifest.len())) {
            return Err(failure::refuse(S3ErrorCode::InvalidRequest, "the parts have another size than was announced"));
        }
        check_whole(&completion.expected, &manifest)?;
        let blobs = pieces.into_iter().map(|piece| piece.blob).collect();
        let object = self.commit(manifest, blobs, &completion.condition)?;
        // The object is durable; its upload's records go, and with them the parts that were not chosen.
        let unchosen = close(&mut parts, |part| !object.blobs.iter().any(|blob| Arc::ptr_eq(blob, &part.piece.blob)));
        self.index().uploads.remove(&id);
        if let Err(error) = self.forget(id, unchosen) {
            tracing::warn!(%error, "a completed upload's records could not be removed; they go at the next start");
        }
        Ok(object)
    }

    pub fn abort(&self, id: Uuid, upload: &OpenUpload) -> S3Result<()> {
        let mut parts = self.open_parts(upload)?;
        let all = close(&mut parts, |_| true);
        self.index().uploads.remove(&id);
        self.forget(id, all).map_err(failure::disk)
    }

    /// Removes an upload's folder at one stroke; the blobs go once that is durable.
    fn forget(&self, id: Uuid, parts: Vec<StoredPart>) -> std::io::Result<()> {
        let place = self.layout.upload(id);
        let grave = self.layout.temporary();
        disk::publish(&place, &grave)?;
        disk::sync_dir(folder(&place))?;
        parts.iter().for_each(|part| part.piece.blob.release());
        disk::remove_folder(&grave)
    }

    /// Aborts uploads begun longer ago than this.
    pub fn sweep(&self, older_than: Duration) -> S3Result<usize> {
        let age_us = i64::try_from(older_than.as_micros()).unwrap_or(i64::MAX);
        let before = now_us().saturating_sub(age_us);
        let stale: Vec<_> = {
            let index = self.index();
            let old = index.uploads.iter().filter(|(_, upload)| upload.record.started_us <= before);
            old.map(|(id, upload)| (*id, upload.clone())).collect()
        };
        let mut swept = 0;
        for (id, upload) in stale {
            match self.abort(id, &upload) {
                Ok(()) => swept += 1,
                // Completed or aborted by its owner since we looked.
                Err(error) if *error.code() == S3ErrorCode::NoSuchUpload => {}
                Err(error) => return Err(error),
            }
        }
        Ok(swept)
    }
}

/// Closes an upload and takes out the parts that belong to nobody any more.
fn close(parts: &mut Parts, mut orphaned: impl FnMut(&StoredPart) -> bool) -> Vec<StoredPart> {
    parts.closed = true;
    std::mem::take(&mut parts.by_number).into_values().filter(|part| orphaned(part)).collect()
}

/// The pieces that a Complete names, each checked against what was stored.
fn choose(parts: &Parts, named: &[CompletedPart]) -> S3Result<Vec<Piece>> {
    if named.is_empty() {
        return Err(failure::refuse(
            S3ErrorCode::MalformedXML,
            "a multipart upload is completed with one part at least",
        ));
    }
    let mut chosen: Vec<Piece> = Vec::with_capacity(named.len());
    let mut last = 0;
    for part in named {
        let number = part.part_number.and_then(|number| u16::try_from(number).ok()).unwrap_or(0);
        let invalid = || failure::refuse(S3ErrorCode::InvalidPart, format!("part {number} is not one that was stored"));
        if chosen.last().is_some() && number <= last {
            return Err(S3Error::new(S3ErrorCode::InvalidPartOrder));
        }
        last = number;
        let stored = parts.by_number.get(&number).ok_or_else(invalid)?;
        let sums = &stored.piece.segment.sums;
        let etag = part.e_tag.as_ref().ok_or_else(invalid)?;
        if !conditions::same(etag, &sums.md5) {
            return Err(invalid());
        }
        let claims = [
            (&part.checksum_crc32, Some(receive::base64_crc32(sums.crc32))),
            (&part.checksum_crc32c, Some(receive::base64_crc32(sums.crc32c))),
            (&part.checksum_crc64nvme, Some(receive::base64_crc64(sums.crc64))),
            (&part.checksum_sha1, sums.sha1.clone()),
            (&part.checksum_sha256, sums.sha256.clone()),
        ];
        if claims.into_iter().any(|(claim, found)| claim.is_some() && *claim != found) {
            return Err(invalid());
        }
        chosen.push(stored.piece.clone());
    }
    let (_, all_but_last) = chosen.split_last().expect("the list was not empty");
    if all_but_last.iter().any(|piece| piece.segment.sums.len < LEAST) {
        return Err(S3Error::new(S3ErrorCode::EntityTooSmall));
    }
    Ok(chosen)
}

/// Compares the checksum of the whole that the client computed with the one of the parts.
fn check_whole(expected: &Checksum, manifest: &Manifest) -> S3Result<()> {
    use super::record::Algorithm::{Crc32, Crc32c, Crc64, Sha1, Sha256};
    let claims = [
        (&expected.checksum_crc32, Crc32, "CRC32"),
        (&expected.checksum_crc32c, Crc32c, "CRC32C"),
        (&expected.checksum_crc64nvme, Crc64, "CRC64NVME"),
        (&expected.checksum_sha1, Sha1, "SHA1"),
        (&expected.checksum_sha256, Sha256, "SHA256"),
    ];
    for (claim, algorithm, name) in claims {
        let Some(claim) = claim else { continue };
        // A composite sum ends in the number of its parts; S3 takes it with and without.
        let composite = sums::one(algorithm, false, &manifest.segments);
        let plain = composite.as_deref().and_then(|sum| sum.split_once('-')).map(|(sum, _)| sum);
        let whole = sums::one(algorithm, true, &manifest.segments);
        if ![composite.as_deref(), plain, whole.as_deref()].contains(&Some(claim.as_str())) {
            return Err(receive::wrong(name));
        }
    }
    Ok(())
}
