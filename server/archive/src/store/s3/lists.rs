//! The lists of buckets, objects, uploads and parts.

use std::sync::Arc;

use s3s::S3Request;
use s3s::dto::*;

use super::super::index::Object as StoredObject;
use super::super::list::{Query, page_size};
use super::super::record::system_time;
use super::super::{Inner, sums};
use super::{Answer, answer, etag, length, modified};

fn listed(object: &StoredObject) -> Object {
    Object {
        key: Some(object.manifest.key.clone()),
        e_tag: etag(&object.manifest.etag),
        size: length(object.manifest.len()),
        last_modified: modified(object),
        storage_class: Some(ObjectStorageClass::from_static(ObjectStorageClass::STANDARD)),
        ..Object::default()
    }
}

pub(super) async fn list_buckets(
    inner: &Arc<Inner>,
    _request: S3Request<ListBucketsInput>,
) -> Answer<ListBucketsOutput> {
    let index = inner.index();
    let buckets = index.buckets.iter().map(|(name, bucket)| Bucket {
        name: Some(name.clone()),
        creation_date: Some(system_time(bucket.created_us).into()),
        ..Bucket::default()
    });
    answer(ListBucketsOutput { buckets: Some(buckets.collect()), ..ListBucketsOutput::default() })
}

pub(super) async fn list_objects_v2(
    inner: &Arc<Inner>,
    request: S3Request<ListObjectsV2Input>,
) -> Answer<ListObjectsV2Output> {
    let input = request.input;
    let max = page_size(input.max_keys)?;
    let page = inner.list(&Query {
        bucket: &input.bucket,
        prefix: input.prefix.as_deref().unwrap_or(""),
        delimiter: input.delimiter.as_deref(),
        start_after: input.start_after.as_deref(),
        token: input.continuation_token.as_deref(),
        max,
    })?;
    let prefixes = page.prefixes.into_iter().map(|prefix| CommonPrefix { prefix: Some(prefix) });
    answer(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: input.prefix,
        delimiter: input.delimiter,
        start_after: input.start_after,
        continuation_token: input.continuation_token,
        max_keys: Some(max),
        key_count: i32::try_from(page.objects.len() + prefixes.len()).ok(),
        is_truncated: Some(page.next.is_some()),
        next_continuation_token: page.next,
        common_prefixes: Some(prefixes.collect()),
        contents: Some(page.objects.iter().map(|object| listed(object)).collect()),
        ..ListObjectsV2Output::default()
    })
}

pub(super) async fn list_parts(inner: &Arc<Inner>, request: S3Request<ListPartsInput>) -> Answer<ListPartsOutput> {
    let input = request.input;
    let (id, upload) = inner.upload(&input.upload_id, &input.bucket, &input.key)?;
    let max = page_size(input.max_parts)?;
    let after = input.part_number_marker.unwrap_or(0);
    let parts = inner.open_parts(&upload)?;
    let algorithm = upload.record.algorithm;
    let mut rest = parts.by_number.iter().filter(|(number, _)| i32::from(**number) > after);
    let page: Vec<Part> = rest
        .by_ref()
        .take(usize::try_from(max).unwrap_or(0))
        .map(|(number, part)| {
            let stored = &part.piece.segment.sums;
            let sum = sums::in_field(algorithm, sums::value(algorithm, stored));
            Part {
                part_number: Some(i32::from(*number)),
                e_tag: etag(&stored.md5),
                size: length(stored.len),
                last_modified: Some(system_time(part.modified_us).into()),
                checksum_crc32: sum.checksum_crc32,
                checksum_crc32c: sum.checksum_crc32c,
                checksum_crc64nvme: sum.checksum_crc64nvme,
                checksum_sha1: sum.checksum_sha1,
                checksum_sha256: sum.checksum_sha256,
            }
        })
        .collect();
    let more = max > 0 && rest.next().is_some();
    let kind = if upload.record.full_object { ChecksumType::FULL_OBJECT } else { ChecksumType::COMPOSITE };
    answer(ListPartsOutput {
        bucket: Some(input.bucket),
        key: Some(input.key),
        upload_id: Some(id.to_string()),
        max_parts: Some(max),
        part_number_marker: Some(after),
        is_truncated: Some(more),
        next_part_number_marker: if more { page.last().and_then(|part| part.part_number) } else { None },
        parts: Some(page),
        checksum_type: Some(ChecksumType::from_static(kind)),
        ..ListPartsOutput::default()
    })
}

pub(super) async fn list_multipart_uploads(
    inner: &Arc<Inner>,
    request: S3Request<ListMultipartUploadsInput>,
) -> Answer<ListMultipartUploadsOutput> {
    let input = request.input;
    inner.has_bucket(&input.bucket)?;
    let max = page_size(input.max_uploads)?;
    let prefix = input.prefix.as_deref().unwrap_or("");
    let mut uploads: Vec<(String, String, i64)> = {
        let index = inner.index();
        let ours = index.uploads.iter().filter(|(_, upload)| upload.record.bucket == input.bucket);
        ours.map(|(id, upload)| (upload.record.key.clone(), id.to_string(), upload.record.started_us))
            .filter(|(key, _, _)| key.starts_with(prefix))
            .collect()
    };
    // By key, then by id: that is by key, then by time. A page goes on after the pair where the last one ended.
    uploads.sort();
    let (key_marker, id_marker) = (input.key_marker.as_deref(), input.upload_id_marker.as_deref());
    let mut rest = uploads.into_iter().filter(|(key, id, _)| match (key_marker, id_marker) {
        (Some(after_key), Some(after_id)) => (key.as_str(), id.as_str()) > (after_key, after_id),
        (Some(after_key), None) => key.as_str() > after_key,
        (None, _) => true,
    });
    let page: Vec<MultipartUpload> = rest
        .by_ref()
        .take(usize::try_from(max).unwrap_or(0))
        .map(|(key, id, started_us)| MultipartUpload {
            key: Some(key),
            upload_id: Some(id),
            initiated: Some(system_time(started_us).into()),
            ..MultipartUpload::default()
        })
        .collect();
    let more = max > 0 && rest.next().is_some();
    let last = page.last().filter(|_| more);
    answer(ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        prefix: input.prefix,
        key_marker: input.key_marker,
        upload_id_marker: input.upload_id_marker,
        max_uploads: Some(max),
        is_truncated: Some(more),
        next_key_marker: last.and_then(|upload| upload.key.clone()),
        next_upload_id_marker: last.and_then(|upload| upload.upload_id.clone()),
        uploads: Some(page),
        ..ListMultipartUploadsOutput::default()
    })
}
