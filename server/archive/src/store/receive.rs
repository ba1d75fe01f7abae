//! Takes a request's body onto the disk: counted, hashed and compared with what the client claimed before it is synced.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::{Bytes, BytesMut};
use crc_fast::{CrcAlgorithm, Digest};
use futures::StreamExt;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{ChecksumAlgorithm, StreamingBlob};
use s3s::{S3Error, S3ErrorCode, S3Result, TrailingHeaders};

use super::blob::{Blob, Piece};
use super::record::{Algorithm, Segment, Sums, hex};
use super::{Inner, blocking, disk, failure};

/// Bytes are written in blocks of this size, the memory that one upload costs.
const BLOCK: usize = 1 << 20;
/// A client that sends nothing for this long has gone.
const SILENCE: Duration = Duration::from_secs(60);
/// The protocol's limit for one part or one put.
const MOST: u64 = 5 << 30;

/// What the client says about the bytes it sends; every claim is checked.
#[derive(Default)]
pub(super) struct Claims {
    pub length: Option<i64>,
    pub md5: Option<String>,
    pub algorithm: Option<ChecksumAlgorithm>,
    pub crc32: Option<String>,
    pub crc32c: Option<String>,
    pub crc64: Option<String>,
    pub sha1: Option<String>,
    pub sha256: Option<String>,
}

impl Claims {
    /// The algorithm that the client chose, by name or by sending a value.
    pub fn algorithm(&self) -> Option<Algorithm> {
        let named = self.algorithm.as_ref().and_then(|name| algorithm(name.as_str()));
        let sent = [
            (&self.crc32, Algorithm::Crc32),
            (&self.crc32c, Algorithm::Crc32c),
            (&self.crc64, Algorithm::Crc64),
            (&self.sha1, Algorithm::Sha1),
            (&self.sha256, Algorithm::Sha256),
        ];
        named.or_else(|| sent.into_iter().find_map(|(value, kind)| value.is_some().then_some(kind)))
    }

    /// Trailing headers arrive after the body.
    fn add_trailers(&mut self, trailers: Option<TrailingHeaders>) {
        let Some(trailers) = trailers.and_then(|trailers| trailers.take()) else { return };
        let take = |name: &str, into: &mut Option<String>| {
            if let Some(value) = trailers.get(name) {
                // What is not text cannot be the right sum: kept, so that it is refused.
                *into = Some(value.to_str().unwrap_or("not text").to_owned());
            }
        };
        take("x-amz-checksum-crc32", &mut self.crc32);
        take("x-amz-checksum-crc32c", &mut self.crc32c);
        take("x-amz-checksum-crc64nvme", &mut self.crc64);
        take("x-amz-checksum-sha1", &mut self.sha1);
        take("x-amz-checksum-sha256", &mut self.sha256);
    }

    fn check(&self, sums: &Sums) -> S3Result<()> {
        if let Some(length) = self.length
            && u64::try_from(length).ok() != Some(sums.len)
        {
            return Err(failure::refuse(
                S3ErrorCode::IncompleteBody,
                format!("{length} bytes were announced and {} came", sums.len),
            ));
        }
        if let Some(claim) = &self.md5 {
            let claimed = BASE64.decode(claim).map_err(|_| S3Error::new(S3ErrorCode::InvalidDigest))?;
            if hex(&claimed) != sums.md5 {
                return Err(wrong("Content-MD5"));
            }
        }
        let pairs = [
            (&self.crc32, Some(base64_crc32(sums.crc32)), "CRC32"),
            (&self.crc32c, Some(base64_crc32(sums.crc32c)), "CRC32C"),
            (&self.crc64, Some(base64_crc64(sums.crc64)), "CRC64NVME"),
            (&self.sha1, sums.sha1.clone(), "SHA1"),
            (&self.sha256, sums.sha256.clone(), "SHA256"),
        ];
        for (claim, found, name) in pairs {
            if claim.is_some() && *claim != found {
                return Err(wrong(name));
            }
        }
        Ok(())
    }
}

pub(super) fn wrong(name: &str) -> S3Error {
    failure::refuse(S3ErrorCode::BadDigest, format!("the {name} that was sent is not that of the bytes that came"))
}

pub(super) fn algorithm(name: &str) -> Option<Algorithm> {
    match name {
        ChecksumAlgorithm::CRC32 => Some(Algorithm::Crc32),
        ChecksumAlgorithm::CRC32C => Some(Algorithm::Crc32c),
        ChecksumAlgorithm::CRC64NVME => Some(Algorithm::Crc64),
        ChecksumAlgorithm::SHA1 => Some(Algorithm::Sha1),
        ChecksumAlgorithm::SHA256 => Some(Algorithm::Sha256),
        _ => None,
    }
}

pub(super) fn base64_crc32(value: u32) -> String {
    BASE64.encode(value.to_be_bytes())
}

pub(super) fn base64_crc64(value: u64) -> String {
    BASE64.encode(value.to_be_bytes())
}

/// Receives a body into a synced blob that no record names yet; dropping the result removes it again.
pub(super) async fn receive(
    inner: &Arc<Inner>,
    body: Option<StreamingBlob>,
    mut claims: Claims,
    trailers: Option<TrailingHeaders>,
) -> S3Result<Piece> {
    let mut body = body.ok_or_else(|| S3Error::new(S3ErrorCode::MissingRequestBodyError))?;
    if claims.length.is_some_and(|length| u64::try_from(length).is_ok_and(|length| length > MOST)) {
        return Err(S3Error::new(S3ErrorCode::EntityTooLarge));
    }
    let hash = inner.clone();
    let chosen = claims.algorithm();
    let mut writer = blocking(move || Writer::new(&hash, chosen)).await?;
    let mut block = BytesMut::with_capacity(BLOCK);
    loop {
        let next = tokio::time::timeout(SILENCE, body.next())
            .await
            .map_err(|_| failure::refuse(S3ErrorCode::RequestTimeout, "the body stopped coming"))?;
        let Some(chunk) = next else { break };
        let mut chunk: Bytes = chunk.map_err(|source| S3Error::with_source(S3ErrorCode::IncompleteBody, source))?;
        while !chunk.is_empty() {
            let taken = chunk.split_to(chunk.len().min(BLOCK - block.len()));
            block.extend_from_slice(&taken);
            if block.len() == BLOCK {
                (writer, block) = write(writer, block).await?;
            }
        }
    }
    if !block.is_empty() {
        (writer, _) = write(writer, block).await?;
    }
    claims.add_trailers(trailers);
    blocking(move || writer.finish(&claims)).await
}

async fn write(mut writer: Writer, mut block: BytesMut) -> S3Result<(Writer, BytesMut)> {
    blocking(move || {
        writer.write(&block)?;
        block.clear();
        Ok((writer, block))
    })
    .await
}

/// A blob being filled.
struct Writer {
    file: File,
    blob: Blob,
    segment: Segment,
    md5: Md5,
    crcs: [Digest; 3],
    sha: ChecksumHasher,
}

impl Writer {
    fn new(inner: &Inner, chosen: Option<Algorithm>) -> S3Result<Writer> {
        let (id, blob) = Blob::fresh(&inner.layout, inner.quota.reserve());
        let file = blob.create().map_err(failure::disk)?;
        let sums = Sums { len: 0, md5: String::new(), crc32: 0, crc32c: 0, crc64: 0, sha1: None, sha256: None };
        let sha = ChecksumHasher {
            sha1: (chosen == Some(Algorithm::Sha1)).then(Default::default),
            sha256: (chosen == Some(Algorithm::Sha256)).then(Default::default),
            ..ChecksumHasher::default()
        };
        let crcs = [CrcAlgorithm::Crc32IsoHdlc, CrcAlgorithm::Crc32Iscsi, CrcAlgorithm::Crc64Nvme].map(Digest::new);
        Ok(Writer { file, blob, segment: Segment { blob: id, sums }, md5: Md5::new(), crcs, sha })
    }

    fn write(&mut self, bytes: &[u8]) -> S3Result<()> {
        let count = bytes.len() as u64;
        if self.segment.sums.len + count > MOST {
            return Err(S3Error::new(S3ErrorCode::EntityTooLarge));
        }
        self.blob.space().grow(count).map_err(failure::quota)?;
        disk::append(&mut self.file, bytes).map_err(failure::disk)?;
        self.segment.sums.len += count;
        self.md5.update(bytes);
        self.sha.update(bytes);
        self.crcs.iter_mut().for_each(|crc| crc.update(bytes));
        Ok(())
    }

    fn finish(self, claims: &Claims) -> S3Result<Piece> {
        let Writer { file, blob, mut segment, md5, crcs: [crc32, crc32c, crc64], sha } = self;
        let sha = sha.finalize();
        let narrow = |crc: &Digest| u32::try_from(crc.finalize()).expect("a 32-bit CRC has 32 bits");
        segment.sums = Sums {
            len: segment.sums.len,
            md5: hex(&md5.finalize()),
            crc32: narrow(&crc32),
            crc32c: narrow(&crc32c),
            crc64: crc64.finalize(),
            sha1: sha.checksum_sha1,
            sha256: sha.checksum_sha256,
        };
        claims.check(&segment.sums)?;
        blob.seal(&file).map_err(failure::disk)?;
        Ok(Piece { segment, blob: Arc::new(blob) })
    }
}
