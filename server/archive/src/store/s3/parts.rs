//! Multipart uploads: create, part, complete, abort.

use std::sync::Arc;

use s3s::dto::*;
use s3s::{S3ErrorCode, S3Request, S3Result};

use super::super::multipart::Completion;
use super::super::receive::{algorithm, receive};
use super::super::record::{Algorithm, Upload, now_us};
use super::super::{Inner, blocking, conditions, failure, sums};
use super::{Answer, answer, check_key, etag};

/// The least and most number of a part.
const PARTS: std::ops::RangeInclusive<i32> = 1..=10_000;

pub(super) fn part_number(number: i32) -> S3Result<u16> {
    let wrong = || failure::refuse(S3ErrorCode::InvalidArgument, format!("{number} is no part number; 1 to 10000 are"));
    PARTS.contains(&number).then(|| u16::try_from(number).ok()).flatten().ok_or_else(wrong)
}

pub(super) async fn create_multipart_upload(
    inner: &Arc<Inner>,
    request: S3Request<CreateMultipartUploadInput>,
) -> Answer<CreateMultipartUploadOutput> {
    let mut input = request.input;
    check_key(&input.key)?;
    let named = input.checksum_algorithm.as_ref().map(|name| (name.clone(), algorithm(name.as_str())));
    let chosen = match &named {
        None => Algorithm::default(),
        Some((_, Some(kind))) => *kind,
        Some((name, None)) => {
            let message = format!("{} is no checksum algorithm of this store", name.as_str());
            return Err(failure::refuse(S3ErrorCode::InvalidArgument, message));
        }
    };
    let full_object = match input.checksum_type.as_ref().map(ChecksumType::as_str) {
        Some(ChecksumType::FULL_OBJECT) if matches!(chosen, Algorithm::Sha1 | Algorithm::Sha256) => {
            return Err(failure::refuse(S3ErrorCode::InvalidRequest, "a SHA of the whole cannot be joined from parts"));
        }
        Some(ChecksumType::COMPOSITE) if chosen == Algorithm::Crc64 && named.is_some() => {
            return Err(failure::refuse(S3ErrorCode::InvalidRequest, "CRC64NVME is of the whole object only"));
        }
        Some(kind) => kind == ChecksumType::FULL_OBJECT || named.is_none(),
        None => chosen == Algorithm::Crc64,
    };
    let record = Upload {
        bucket: input.bucket.clone(),
        key: input.key.clone(),
        headers: headers!(input),
        algorithm: chosen,
        full_object,
        started_us: now_us(),
    };
    let inner = inner.clone();
    let id = blocking(move || inner.begin(record)).await?;
    let kind = if full_object { ChecksumType::FULL_OBJECT } else { ChecksumType::COMPOSITE };
    answer(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id.to_string()),
        checksum_type: named.as_ref().map(|_| ChecksumType::from_static(kind)),
        checksum_algorithm: named.map(|(name, _)| name),
        ..CreateMultipartUploadOutput::default()
    })
}

pub(super) async fn upload_part(inner: &Arc<Inner>, request: S3Request<UploadPartInput>) -> Answer<UploadPartOutput> {
    let mut input = request.input;
    let number = part_number(input.part_number)?;
    let (id, upload) = inner.upload(&input.upload_id, &input.bucket, &input.key)?;
    let mut claims = claims!(input);
    if claims.algorithm().is_none() && matches!(upload.record.algorithm, Algorithm::Sha1 | Algorithm::Sha256) {
        // The parts of such an upload need that SHA, sent or not.
        let name = if upload.record.algorithm == Algorithm::Sha1 { "SHA1" } else { "SHA256" };
        claims.algorithm = Some(ChecksumAlgorithm::from(name.to_owned()));
    }
    let algorithm = claims.algorithm().unwrap_or(upload.record.algorithm);
    let piece = receive(inner, input.body, claims, request.trailing_headers).await?;
    let inner = inner.clone();
    let part = blocking(move || inner.put_part(id, &upload, number, piece)).await?;
    let stored = &part.piece.segment.sums;
    let sum = sums::in_field(algorithm, sums::value(algorithm, stored));
    answer(UploadPartOutput {
        e_tag: etag(&stored.md5),
        checksum_crc32: sum.checksum_crc32,
        checksum_crc32c: sum.checksum_crc32c,
        checksum_crc64nvme: sum.checksum_crc64nvme,
        checksum_sha1: sum.checksum_sha1,
        checksum_sha256: sum.checksum_sha256,
        ..UploadPartOutput::default()
    })
}

pub(super) async fn complete_multipart_upload(
    inner: &Arc<Inner>,
    request: S3Request<CompleteMultipartUploadInput>,
) -> Answer<CompleteMultipartUploadOutput> {
    let (inner, input) = (inner.clone(), request.input);
    let completion = Completion {
        parts: input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default(),
        expected: Checksum {
            checksum_crc32: input.checksum_crc32,
            checksum_crc32c: input.checksum_crc32c,
            checksum_crc64nvme: input.checksum_crc64nvme,
            checksum_sha1: input.checksum_sha1,
            checksum_sha256: input.checksum_sha256,
            checksum_type: None,
        },
        size: input.mpu_object_size,
        condition: conditions::Write { if_match: input.if_match, if_none_match: input.if_none_match },
    };
    let (bucket, key, id) = (input.bucket.clone(), input.key.clone(), input.upload_id);
    let object = blocking(move || inner.complete(&id, &bucket, &key, &completion)).await?;
    let sum = sums::of(&object.manifest);
    answer(CompleteMultipartUploadOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: etag(&object.manifest.etag),
        checksum_crc32: sum.checksum_crc32,
        checksum_crc32c: sum.checksum_crc32c,
        checksum_crc64nvme: sum.checksum_crc64nvme,
        checksum_sha1: sum.checksum_sha1,
        checksum_sha256: sum.checksum_sha256,
        checksum_type: sum.checksum_type,
        ..CompleteMultipartUploadOutput::default()
    })
}

pub(super) async fn abort_multipart_upload(
    inner: &Arc<Inner>,
    request: S3Request<AbortMultipartUploadInput>,
) -> Answer<AbortMultipartUploadOutput> {
    let (inner, input) = (inner.clone(), request.input);
    blocking(move || {
        let (id, upload) = inner.upload(&input.upload_id, &input.bucket, &input.key)?;
        inner.abort(id, &upload)
    })
    .await?;
    answer(AbortMultipartUploadOutput::default())
}
