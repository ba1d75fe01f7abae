//! Put, head, get, copy and delete.

use std::sync::Arc;

use s3s::dto::*;
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::super::index::Object as StoredObject;
use super::super::receive::receive;
use super::super::record::Manifest;
use super::super::{Inner, blocking, conditions, failure, read, sums};
use super::parts::part_number;
use super::{Answer, answer, check_key, etag, length, modified};

fn find(inner: &Inner, bucket: &str, key: &str, version: Option<&str>) -> S3Result<Arc<StoredObject>> {
    if version.is_some_and(|version| version != "null") {
        return Err(S3Error::new(S3ErrorCode::NoSuchVersion));
    }
    inner.find(bucket, key)
}

pub(super) async fn put_object(inner: &Arc<Inner>, request: S3Request<PutObjectInput>) -> Answer<PutObjectOutput> {
    let mut input = request.input;
    check_key(&input.key)?;
    inner.has_bucket(&input.bucket)?;
    if input.write_offset_bytes.is_some() {
        return Err(failure::refuse(S3ErrorCode::NotImplemented, "objects are not appended to"));
    }
    let condition = conditions::Write { if_match: input.if_match.take(), if_none_match: input.if_none_match.take() };
    let headers = headers!(input);
    let claims = claims!(input);
    let algorithm = claims.algorithm();
    let piece = receive(inner, input.body, claims, request.trailing_headers).await?;
    // A trailer may bring a kind that no header announced; the CRC is always there.
    let chosen = algorithm.filter(|kind| sums::value(*kind, &piece.segment.sums).is_some()).unwrap_or_default();
    let manifest = Manifest::new(input.bucket, input.key, headers, chosen, piece.segment.sums.md5.clone());
    let inner = inner.clone();
    let object = blocking(move || inner.commit_piece(manifest, piece, &condition)).await?;
    let sum = sums::of(&object.manifest);
    answer(PutObjectOutput {
        e_tag: etag(&object.manifest.etag),
        checksum_crc32: sum.checksum_crc32,
        checksum_crc32c: sum.checksum_crc32c,
        checksum_crc64nvme: sum.checksum_crc64nvme,
        checksum_sha1: sum.checksum_sha1,
        checksum_sha256: sum.checksum_sha256,
        checksum_type: sum.checksum_type,
        ..PutObjectOutput::default()
    })
}

pub(super) async fn head_object(inner: &Arc<Inner>, request: S3Request<HeadObjectInput>) -> Answer<HeadObjectOutput> {
    let input = request.input;
    let object = find(inner, &input.bucket, &input.key, input.version_id.as_deref())?;
    let manifest = &object.manifest;
    conditions::Read {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
    }
    .check(manifest)?;
    let whole = input.range.is_none() && input.part_number.is_none();
    let (range, content_range) = range(manifest, input.range, input.part_number)?;
    let sum = if whole && input.checksum_mode.is_some() { sums::of(manifest) } else { Checksum::default() };
    let headers = manifest.headers.clone();
    let output = HeadObjectOutput {
        accept_ranges: Some("bytes".into()),
        content_length: length(range.end - range.start),
        content_range: content_range.clone(),
        content_type: headers.content_type,
        content_disposition: headers.content_disposition,
        content_encoding: headers.content_encoding,
        content_language: headers.content_language,
        cache_control: headers.cache_control,
        metadata: Some(headers.user.into_iter().collect()),
        e_tag: etag(&manifest.etag),
        last_modified: modified(&object),
        parts_count: input.part_number.and_then(|_| i32::try_from(manifest.segments.len()).ok()),
        checksum_crc32: sum.checksum_crc32,
        checksum_crc32c: sum.checksum_crc32c,
        checksum_crc64nvme: sum.checksum_crc64nvme,
        checksum_sha1: sum.checksum_sha1,
        checksum_sha256: sum.checksum_sha256,
        checksum_type: sum.checksum_type,
        ..HeadObjectOutput::default()
    };
    let status = content_range.map(|_| hyper::StatusCode::PARTIAL_CONTENT);
    Ok(S3Response { status, ..S3Response::new(output) })
}

pub(super) async fn get_object(inner: &Arc<Inner>, request: S3Request<GetObjectInput>) -> Answer<GetObjectOutput> {
    let input = request.input;
    let object = find(inner, &input.bucket, &input.key, input.version_id.as_deref())?;
    let manifest = &object.manifest;
    conditions::Read {
        if_match: input.if_match,
        if_none_match: input.if_none_match,
        if_modified_since: input.if_modified_since,
        if_unmodified_since: input.if_unmodified_since,
    }
    .check(manifest)?;
    let whole = input.range.is_none() && input.part_number.is_none();
    let (range, content_range) = range(manifest, input.range, input.part_number)?;
    let sum = if whole && input.checksum_mode.is_some() { sums::of(manifest) } else { Checksum::default() };
    let headers = manifest.headers.clone();
    answer(GetObjectOutput {
        accept_ranges: Some("bytes".into()),
        content_length: length(range.end - range.start),
        content_range,
        content_type: input.response_content_type.or(headers.content_type),
        content_disposition: input.response_content_disposition.or(headers.content_disposition),
        content_encoding: input.response_content_encoding.or(headers.content_encoding),
        content_language: input.response_content_language.or(headers.content_language),
        cache_control: input.response_cache_control.or(headers.cache_control),
        metadata: Some(headers.user.into_iter().collect()),
        e_tag: etag(&manifest.etag),
        last_modified: modified(&object),
        parts_count: input.part_number.and_then(|_| i32::try_from(manifest.segments.len()).ok()),
        checksum_crc32: sum.checksum_crc32,
        checksum_crc32c: sum.checksum_crc32c,
        checksum_crc64nvme: sum.checksum_crc64nvme,
        checksum_sha1: sum.checksum_sha1,
        checksum_sha256: sum.checksum_sha256,
        checksum_type: sum.checksum_type,
        body: Some(read::stream(object.clone(), range)),
        ..GetObjectOutput::default()
    })
}

pub(super) async fn copy_object(inner: &Arc<Inner>, request: S3Request<CopyObjectInput>) -> Answer<CopyObjectOutput> {
    let mut input = request.input;
    check_key(&input.key)?;
    let CopySource::Bucket { bucket, key, version_id } = &input.copy_source else {
        return Err(failure::refuse(S3ErrorCode::NotImplemented, "a copy is made from a bucket of this store"));
    };
    let source = find(inner, bucket, key, version_id.as_deref())?;
    conditions::Read {
        if_match: input.copy_source_if_match.take(),
        if_none_match: input.copy_source_if_none_match.take(),
        if_modified_since: input.copy_source_if_modified_since.take(),
        if_unmodified_since: input.copy_source_if_unmodified_since.take(),
    }
    .check_source(&source.manifest)?;
    let replace = input.metadata_directive.as_ref().is_some_and(|d| d.as_str() == MetadataDirective::REPLACE);
    if !replace && **bucket == *input.bucket && **key == *input.key {
        return Err(failure::refuse(S3ErrorCode::InvalidRequest, "an object is copied to itself only to change it"));
    }
    let headers = if replace { headers!(input) } else { source.manifest.headers.clone() };
    let inner = inner.clone();
    let object = blocking(move || inner.copy(&source, input.bucket, input.key, headers)).await?;
    let sum = sums::of(&object.manifest);
    answer(CopyObjectOutput {
        copy_object_result: Some(CopyObjectResult {
            e_tag: etag(&object.manifest.etag),
            last_modified: modified(&object),
            checksum_crc32: sum.checksum_crc32,
            checksum_crc32c: sum.checksum_crc32c,
            checksum_crc64nvme: sum.checksum_crc64nvme,
            checksum_sha1: sum.checksum_sha1,
            checksum_sha256: sum.checksum_sha256,
            checksum_type: sum.checksum_type,
        }),
        ..CopyObjectOutput::default()
    })
}

pub(super) async fn delete_object(
    inner: &Arc<Inner>,
    request: S3Request<DeleteObjectInput>,
) -> Answer<DeleteObjectOutput> {
    let (inner, input) = (inner.clone(), request.input);
    let condition = conditions::Write { if_match: input.if_match, ..conditions::Write::default() };
    blocking(move || inner.delete(&input.bucket, &input.key, &condition)).await?;
    answer(DeleteObjectOutput::default())
}

pub(super) async fn delete_objects(
    inner: &Arc<Inner>,
    request: S3Request<DeleteObjectsInput>,
) -> Answer<DeleteObjectsOutput> {
    let (inner, input) = (inner.clone(), request.input);
    inner.has_bucket(&input.bucket)?;
    if input.delete.objects.len() > 1000 {
        return Err(failure::refuse(S3ErrorCode::MalformedXML, "at most 1000 objects are deleted at once"));
    }
    let quiet = input.delete.quiet.unwrap_or(false);
    let (deleted, errors) = blocking(move || {
        let (mut deleted, mut errors) = (Vec::new(), Vec::new());
        for object in input.delete.objects {
            let if_match = object.e_tag.map(ETagCondition::ETag);
            let condition = conditions::Write { if_match, if_none_match: None };
            match inner.delete(&input.bucket, &object.key, &condition) {
                Ok(()) => deleted.push(DeletedObject { key: Some(object.key), ..DeletedObject::default() }),
                Err(error) => errors.push(Error {
                    code: Some(error.code().as_str().to_owned()),
                    key: Some(object.key),
                    message: error.message().map(str::to_owned),
                    version_id: None,
                }),
            }
        }
        Ok((deleted, errors))
    })
    .await?;
    answer(DeleteObjectsOutput {
        deleted: (!quiet).then_some(deleted),
        errors: (!errors.is_empty()).then_some(errors),
        ..DeleteObjectsOutput::default()
    })
}

/// The bytes that a read asks for, and the Content-Range of the answer when they are not all.
fn range(
    manifest: &Manifest,
    range: Option<Range>,
    part: Option<i32>,
) -> S3Result<(std::ops::Range<u64>, Option<String>)> {
    let all = manifest.len();
    let bytes = match (range, part) {
        (None, None) => return Ok((0..all, None)),
        (Some(_), Some(_)) => {
            return Err(failure::refuse(S3ErrorCode::InvalidRequest, "a range and a part number exclude each other"));
        }
        (Some(range), None) => range.check(all)?,
        (None, Some(number)) => {
            let index = usize::from(part_number(number)?) - 1;
            let segment = manifest.segments.get(index).ok_or_else(|| S3Error::new(S3ErrorCode::InvalidRange))?;
            let start: u64 = manifest.segments[..index].iter().map(|segment| segment.sums.len).sum();
            start..start + segment.sums.len
        }
    };
    if bytes.is_empty() {
        // The last n bytes of an object without any.
        return Err(S3Error::new(S3ErrorCode::InvalidRange));
    }
    let header = format!("bytes {}-{}/{all}", bytes.start, bytes.end - 1);
    Ok((bytes, Some(header)))
}
