//! Multipart uploads: a file that is finished, a recording that is still growing, and the sweep of what was left.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::{Bytes, BytesMut};
use crc_fast::{CrcAlgorithm, Digest, checksum_combine};
use tokio::io::AsyncReadExt as _;

use crate::client::{Archive, LEAST_PART};
use crate::error::Error;
use crate::objects::plain_etag;

/// The most parts of one upload, by the protocol.
const MOST_PARTS: u64 = 10_000;

/// A part that the store has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartReceipt {
    /// 1 to 10000.
    pub number: u16,
    /// Length in bytes.
    pub size: u64,
    /// The ETag, without quotes.
    pub etag: String,
    /// CRC-64/NVME of the part, when the store says it.
    pub crc64: Option<u64>,
}

/// A multipart upload that is under way, or that nobody will end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfinished {
    pub key: String,
    /// The name that [`Archive::resume`] takes.
    pub id: String,
    /// When it began, seconds since 1970, when the store says it.
    pub began_s: Option<i64>,
}

/// An object whose bytes in the store were confirmed to be those that were sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Length in bytes.
    pub size: u64,
    /// CRC-64/NVME of all bytes.
    pub crc64: u64,
    /// The ETag, without quotes.
    pub etag: String,
}

/// A multipart upload under way. Its parts are durable one by one; nobody sees the object before [`Upload::complete`].
///
/// Dropping it leaves the upload as it is: [`Archive::resume`] goes on with it, [`Archive::sweep`] clears it away.
#[derive(Clone, Debug)]
pub struct Upload {
    archive: Archive,
    key: String,
    id: String,
    parts: Vec<PartReceipt>,
}

impl Upload {
    /// The name that [`Archive::resume`] takes.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The object's key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The parts that the store has, in order.
    pub fn parts(&self) -> &[PartReceipt] {
        &self.parts
    }

    /// Bytes that are durable in the store.
    pub fn durable(&self) -> u64 {
        self.parts.iter().map(|part| part.size).sum()
    }

    /// Sends the next part: at least 5 MiB, but for the last. After an error the same part may be sent again.
    ///
    /// # Errors
    /// See [`Error`]; `is_transient` says that trying again makes sense.
    pub async fn part(&mut self, bytes: Bytes) -> Result<(), Error> {
        let number = self.parts.last().map_or(1, |part| part.number + 1);
        if u64::from(number) > MOST_PARTS {
            return Err(Error::Config(format!("{} would need more than {MOST_PARTS} parts", self.key)));
        }
        if self.parts.last().is_some_and(|part| part.size < LEAST_PART as u64) {
            return Err(Error::Config(format!("only the last part of {} may be smaller than 5 MiB", self.key)));
        }
        let size = bytes.len() as u64;
        let crc64 = crc64(&bytes);
        let archive = &self.archive;
        let part = archive.client.upload_part().bucket(&archive.bucket).key(&self.key).upload_id(&self.id);
        let part = part.part_number(i32::from(number)).checksum_crc64_nvme(crc64_to_base64(crc64)).body(bytes.into());
        let answer = part.send().await.map_err(|error| Error::sdk(&self.key, error))?;
        let etag = plain_etag(answer.e_tag.as_deref());
        self.parts.push(PartReceipt { number, size, etag, crc64: Some(crc64) });
        Ok(())
    }

    /// Makes the object of the parts and confirms it: its CRC in the store must be that of the parts.
    ///
    /// # Errors
    /// See [`Error`]; after `Unavailable` it may have happened or not, and may be called again.
    pub async fn complete(&self) -> Result<Stored, Error> {
        let archive = &self.archive;
        let expected = join(&self.parts);
        let parts = self.parts.iter().map(|part| {
            let crc64 = part.crc64.map(crc64_to_base64);
            CompletedPart::builder()
                .part_number(i32::from(part.number))
                .e_tag(format!("\"{}\"", part.etag))
                .set_checksum_crc64_nvme(crc64)
                .build()
        });
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts.collect())).build();
        let complete = archive.client.complete_multipart_upload().bucket(&archive.bucket).key(&self.key);
        let complete = complete.upload_id(&self.id).multipart_upload(parts).checksum_type(ChecksumType::FullObject);
        let complete = complete.set_checksum_crc64_nvme(expected.map(crc64_to_base64));
        match complete.send().await.map_err(|error| Error::sdk(&self.key, error)) {
            Ok(_) => archive.confirm(&self.key, self.durable(), expected).await,
            // The upload is gone, perhaps because an earlier Complete had succeeded and its answer was lost.
            Err(gone @ Error::NotFound { .. }) if expected.is_some() => {
                archive.confirm(&self.key, self.durable(), expected).await.map_err(|_| gone)
            }
            Err(error) => Err(error),
        }
    }

    /// Gives the upload up and frees its parts; one that is gone already is no error.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn abort(self) -> Result<(), Error> {
        self.archive.abort(&self.key, &self.id).await
    }
}

impl Archive {
    /// Begins a multipart upload whose checksum is of the whole object.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create_multipart(&self, key: &str, content_type: &str) -> Result<Upload, Error> {
        let create = self.client.create_multipart_upload().bucket(&self.bucket).key(key).content_type(content_type);
        let create = create.checksum_algorithm(ChecksumAlgorithm::Crc64Nvme).checksum_type(ChecksumType::FullObject);
        let answer = create.send().await.map_err(|error| Error::sdk(key, error))?;
        let id = answer.upload_id.ok_or_else(|| Error::Refused {
            what: key.to_owned(),
            code: "NoUploadId".into(),
            message: "the store began an upload without a name".into(),
        })?;
        Ok(Upload { archive: self.clone(), key: key.to_owned(), id, parts: Vec::new() })
    }

    /// Goes on with an upload: asks the store which parts it has. Also the way to complete one that a browser filled.
    ///
    /// # Errors
    /// `NotFound` when it was completed, aborted or swept.
    pub async fn resume(&self, key: &str, upload_id: &str) -> Result<Upload, Error> {
        let mut upload =
            Upload { archive: self.clone(), key: key.to_owned(), id: upload_id.to_owned(), parts: Vec::new() };
        let mut marker = None;
        loop {
            let list = self.client.list_parts().bucket(&self.bucket).key(key).upload_id(upload_id);
            let page = list.set_part_number_marker(marker).send().await.map_err(|error| Error::sdk(key, error))?;
            for part in page.parts() {
                upload.parts.push(PartReceipt {
                    number: part.part_number().and_then(|number| u16::try_from(number).ok()).unwrap_or(0),
                    size: part.size().and_then(|size| u64::try_from(size).ok()).unwrap_or(0),
                    etag: plain_etag(part.e_tag()),
                    crc64: part.checksum_crc64_nvme().and_then(crc64_from_base64),
                });
            }
            match page.next_part_number_marker.filter(|_| page.is_truncated == Some(true)) {
                Some(next) => marker = Some(next),
                None => break,
            }
        }
        upload.parts.sort_by_key(|part| part.number);
        Ok(upload)
    }

    /// Stores a file and confirms it by the CRC of all its bytes, read once; large files go in parts.
    ///
    /// # Errors
    /// See [`Error`]; the object is then as it was before, but for a `Corrupt` after the upload.
    pub async fn put_file(&self, key: &str, path: &Path, content_type: &str) -> Result<Stored, Error> {
        let failed = |source| Error::io(path, source);
        let mut file = tokio::fs::File::open(path).await.map_err(failed)?;
        let size = file.metadata().await.map_err(failed)?.len();
        // A part size that fits the file into the most parts there may be.
        let least = usize::try_from(size.div_ceil(MOST_PARTS)).unwrap_or(usize::MAX);
        let part_size = self.part_size.max(least);
        let mut block = read_block(&mut file, part_size).await.map_err(failed)?;
        if block.len() < part_size {
            let (count, crc) = (block.len() as u64, crc64(&block));
            self.put(key, block, content_type).await?;
            return self.confirm(key, count, Some(crc)).await;
        }
        let mut upload = self.create_multipart(key, content_type).await?;
        let sent = async {
            while !block.is_empty() {
                upload.part(std::mem::take(&mut block)).await?;
                block = read_block(&mut file, part_size).await.map_err(failed)?;
            }
            upload.complete().await
        };
        match sent.await {
            Ok(stored) => Ok(stored),
            Err(error) => {
                // Best effort: the sweep takes what is left when the store is away.
                if let Err(abort) = upload.abort().await {
                    tracing::debug!(error = %abort, key, "a failed upload could not be aborted");
                }
                Err(error)
            }
        }
    }

    /// Confirms that the object is the file, by length and by the CRC of all bytes.
    ///
    /// # Errors
    /// `Corrupt` when it is not, `NotFound` when it is not there.
    pub async fn confirm_file(&self, key: &str, path: &Path) -> Result<Stored, Error> {
        let failed = |source| Error::io(path, source);
        let mut file = tokio::fs::File::open(path).await.map_err(failed)?;
        let (mut size, mut digest) = (0, Digest::new(CrcAlgorithm::Crc64Nvme));
        loop {
            let block = read_block(&mut file, 1 << 20).await.map_err(failed)?;
            if block.is_empty() {
                break;
            }
            size += block.len() as u64;
            digest.update(&block);
        }
        self.confirm(key, size, Some(digest.finalize())).await
    }

    /// Compares the object's length and CRC-64/NVME with what they should be. A store that does not know the CRC of the
    /// whole is made to send the object back.
    ///
    /// # Errors
    /// `Corrupt` when they differ, `NotFound` when it is not there.
    pub async fn confirm(&self, key: &str, size: u64, expected: Option<u64>) -> Result<Stored, Error> {
        let head = self.head(key).await?.ok_or_else(|| Error::NotFound { what: key.to_owned() })?;
        let corrupt = |message: String| Error::Corrupt { what: key.to_owned(), message };
        if head.size != size {
            return Err(corrupt(format!("it has {} bytes in the store, {size} were sent", head.size)));
        }
        let found = match head.crc64 {
            Some(crc64) => crc64,
            None => {
                let mut body = self.get(key, None).await?;
                let mut digest = Digest::new(CrcAlgorithm::Crc64Nvme);
                while let Some(bytes) = body.next().await? {
                    digest.update(&bytes);
                }
                digest.finalize()
            }
        };
        match expected {
            Some(crc64) if crc64 != found => Err(corrupt(format!("its CRC is {found:016x}, {crc64:016x} was sent"))),
            _ => Ok(Stored { size, crc64: found, etag: head.etag }),
        }
    }

    /// Aborts every multipart upload that was begun longer ago than this; returns how many.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn sweep(&self, older_than: Duration) -> Result<usize, Error> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let before = i64::try_from(now.saturating_sub(older_than).as_secs()).unwrap_or(i64::MAX);
        self.abort_uploads("", Some(before)).await
    }

    /// Aborts the uploads whose keys begin with the prefix and that began at this time (seconds since 1970) or before;
    /// returns how many.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn abort_uploads(&self, prefix: &str, before: Option<i64>) -> Result<usize, Error> {
        let mut stale = self.unfinished(prefix).await?;
        stale.retain(|upload| before.is_none_or(|before| upload.began_s.is_some_and(|began| began <= before)));
        for upload in &stale {
            self.abort(&upload.key, &upload.id).await?;
        }
        Ok(stale.len())
    }

    /// The uploads whose keys begin with the prefix and that were neither completed nor aborted.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn unfinished(&self, prefix: &str) -> Result<Vec<Unfinished>, Error> {
        let what = format!("the uploads of {prefix}");
        let (mut found, mut key_marker, mut id_marker) = (Vec::new(), None, None);
        loop {
            let list = self.client.list_multipart_uploads().bucket(&self.bucket).prefix(prefix);
            let list = list.set_key_marker(key_marker).set_upload_id_marker(id_marker);
            let page = list.send().await.map_err(|error| Error::sdk(&what, error))?;
            for upload in page.uploads() {
                if let (Some(key), Some(id)) = (upload.key(), upload.upload_id()) {
                    let began_s = upload.initiated().map(aws_sdk_s3::primitives::DateTime::secs);
                    found.push(Unfinished { key: key.to_owned(), id: id.to_owned(), began_s });
                }
            }
            if page.is_truncated != Some(true) {
                return Ok(found);
            }
            (key_marker, id_marker) = (page.next_key_marker, page.next_upload_id_marker);
        }
    }

    /// Gives an upload up and frees its parts; one that is gone already is no error.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn abort(&self, key: &str, id: &str) -> Result<(), Error> {
        let abort = self.client.abort_multipart_upload().bucket(&self.bucket).key(key).upload_id(id);
        match abort.send().await.map_err(|error| Error::sdk(key, error)) {
            Ok(_) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The next bytes of the file: exactly `size` of them but at its end.
async fn read_block(file: &mut tokio::fs::File, size: usize) -> std::io::Result<Bytes> {
    let mut block = BytesMut::with_capacity(size);
    let mut rest = file.take(size as u64);
    while rest.read_buf(&mut block).await? > 0 {}
    Ok(block.freeze())
}

fn crc64(bytes: &[u8]) -> u64 {
    crc_fast::checksum(CrcAlgorithm::Crc64Nvme, bytes)
}

fn crc64_to_base64(crc64: u64) -> String {
    BASE64.encode(crc64.to_be_bytes())
}

pub(crate) fn crc64_from_base64(text: &str) -> Option<u64> {
    BASE64.decode(text).ok()?.try_into().ok().map(u64::from_be_bytes)
}

/// The CRC of the whole, when that of every part is known.
fn join(parts: &[PartReceipt]) -> Option<u64> {
    parts.iter().try_fold(0, |sum, part| Some(checksum_combine(CrcAlgorithm::Crc64Nvme, sum, part.crc64?, part.size)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_crc_of_the_parts_joins_to_that_of_the_whole(parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..8)) {
            let receipts: Vec<_> = parts.iter().map(|bytes| PartReceipt {
                number: 1, size: bytes.len() as u64, etag: String::new(), crc64: Some(crc64(bytes)),
            }).collect();
            prop_assert_eq!(join(&receipts), Some(crc64(&parts.concat())));
        }
    }

    #[test]
    fn a_part_without_a_crc_leaves_the_whole_without_one() {
        let part = |crc64| PartReceipt { number: 1, size: 1, etag: String::new(), crc64 };
        assert_eq!(join(&[part(Some(1)), part(None)]), None);
        assert_eq!(join(&[]), Some(0));
    }
}
