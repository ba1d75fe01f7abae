//! The checksum an object answers with: of all its bytes, or of the checksums of its parts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crc_fast::{CrcAlgorithm, checksum_combine};
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Md5, Sha1, Sha256};
use s3s::dto::{Checksum, ChecksumType};

use super::receive::{base64_crc32, base64_crc64};
use super::record::{Algorithm, Manifest, Segment, Sums, hex};

/// The CRC of all bytes, joined from the CRCs of the segments. None for the SHAs, which cannot be joined.
fn whole(algorithm: Algorithm, segments: &[Segment]) -> Option<String> {
    let join = |kind, of: fn(&Sums) -> u64| {
        segments.iter().fold(0, |sum, segment| checksum_combine(kind, sum, of(&segment.sums), segment.sums.len))
    };
    match algorithm {
        Algorithm::Crc32 => Some(short(join(CrcAlgorithm::Crc32IsoHdlc, |sums| sums.crc32.into()))),
        Algorithm::Crc32c => Some(short(join(CrcAlgorithm::Crc32Iscsi, |sums| sums.crc32c.into()))),
        Algorithm::Crc64 => Some(base64_crc64(join(CrcAlgorithm::Crc64Nvme, |sums| sums.crc64))),
        Algorithm::Sha1 | Algorithm::Sha256 => match segments {
            [only] => value(algorithm, &only.sums),
            _ => None,
        },
    }
}

fn short(crc: u64) -> String {
    base64_crc32(u32::try_from(crc).expect("a joined 32-bit CRC has 32 bits"))
}

/// The checksum of one segment.
pub(super) fn value(algorithm: Algorithm, sums: &Sums) -> Option<String> {
    match algorithm {
        Algorithm::Crc32 => Some(base64_crc32(sums.crc32)),
        Algorithm::Crc32c => Some(base64_crc32(sums.crc32c)),
        Algorithm::Crc64 => Some(base64_crc64(sums.crc64)),
        Algorithm::Sha1 => sums.sha1.clone(),
        Algorithm::Sha256 => sums.sha256.clone(),
    }
}

/// The checksum of the parts' checksums, `sum-count`. None when a part has none of this kind.
fn composite(algorithm: Algorithm, segments: &[Segment]) -> Option<String> {
    let mut bytes = Vec::new();
    for segment in segments {
        bytes.extend(BASE64.decode(value(algorithm, &segment.sums)?).ok()?);
    }
    let sum = match algorithm {
        Algorithm::Crc32 => BASE64.encode(Crc32::checksum(&bytes)),
        Algorithm::Crc32c => BASE64.encode(Crc32c::checksum(&bytes)),
        Algorithm::Crc64 => return None,
        Algorithm::Sha1 => BASE64.encode(Sha1::checksum(&bytes)),
        Algorithm::Sha256 => BASE64.encode(Sha256::checksum(&bytes)),
    };
    Some(format!("{sum}-{}", segments.len()))
}

/// The checksum of a kind, when these parts allow it.
pub(super) fn one(algorithm: Algorithm, full_object: bool, segments: &[Segment]) -> Option<String> {
    if full_object { whole(algorithm, segments) } else { composite(algorithm, segments) }
}

/// The algorithm and kind that are really possible for these parts: a SHA that a part lacks becomes a CRC of the whole.
pub(super) fn settle(algorithm: Algorithm, full_object: bool, segments: &[Segment]) -> (Algorithm, bool) {
    if one(algorithm, full_object, segments).is_some() { (algorithm, full_object) } else { (Algorithm::Crc64, true) }
}

/// The checksum that an object answers with, in the field of its algorithm.
pub(super) fn of(manifest: &Manifest) -> Checksum {
    let sum = one(manifest.algorithm, manifest.full_object, &manifest.segments);
    let kind = if manifest.full_object { ChecksumType::FULL_OBJECT } else { ChecksumType::COMPOSITE };
    let mut answer = in_field(manifest.algorithm, sum);
    answer.checksum_type = Some(ChecksumType::from_static(kind));
    answer
}

/// A value in the field of its algorithm.
pub(super) fn in_field(algorithm: Algorithm, sum: Option<String>) -> Checksum {
    let mut answer = Checksum::default();
    match algorithm {
        Algorithm::Crc32 => answer.checksum_crc32 = sum,
        Algorithm::Crc32c => answer.checksum_crc32c = sum,
        Algorithm::Crc64 => answer.checksum_crc64nvme = sum,
        Algorithm::Sha1 => answer.checksum_sha1 = sum,
        Algorithm::Sha256 => answer.checksum_sha256 = sum,
    }
    answer
}

/// The ETag of a multipart object: the MD5 of the parts' MD5s, `md5-count`.
pub(super) fn multipart_etag(segments: &[Segment]) -> String {
    let mut md5 = Md5::new();
    for segment in segments {
        let digits = segment.sums.md5.as_bytes();
        for pair in digits.chunks(2) {
            let text = std::str::from_utf8(pair).unwrap_or_default();
            md5.update(&[u8::from_str_radix(text, 16).unwrap_or_default()]);
        }
    }
    format!("{}-{}", hex(&md5.finalize()), segments.len())
}
