//! The operations of the protocol, translated into those of the store.

use std::sync::Arc;

use async_trait::async_trait;
use s3s::dto::*;
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};

use super::index::Object as StoredObject;
use super::list::{Query, page_size};
use super::multipart::Completion;
use super::receive::{Claims, algorithm, receive};
use super::record::{Algorithm, Headers, Manifest, Upload, now_us, system_time};
use super::{Inner, Store, blocking, conditions, failure, read, sums};

/// The least and most number of a part.
const PARTS: std::ops::RangeInclusive<i32> = 1..=10_000;

type Answer<T> = S3Result<S3Response<T>>;

fn answer<T>(output: T) -> Answer<T> {
    Ok(S3Response::new(output))
}

fn etag(of: &str) -> Option<ETag> {
    Some(ETag::Strong(of.to_owned()))
}

fn length(bytes: u64) -> Option<i64> {
    i64::try_from(bytes).ok()
}

fn part_number(number: i32) -> S3Result<u16> {
    let wrong = || failure::refuse(S3ErrorCode::InvalidArgument, format!("{number} is no part number; 1 to 10000 are"));
    PARTS.contains(&number).then(|| u16::try_from(number).ok()).flatten().ok_or_else(wrong)
}

/// A key that the XML of a listing cannot carry is refused when it is made, or it would spoil every listing.
fn check_key(key: &str) -> S3Result<()> {
    if key.chars().any(|c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')) {
        return Err(failure::refuse(S3ErrorCode::InvalidArgument, "control characters are not allowed in keys here"));
    }
    Ok(())
}

/// Moves the headers that are kept, and the claims about the bytes, out of an input that has these fields.
macro_rules! headers {
    ($input:expr) => {
        Headers {
            content_type: $input.content_type.take(),
            content_disposition: $input.content_disposition.take(),
            content_encoding: $input.content_encoding.take(),
            content_language: $input.content_language.take(),
            cache_control: $input.cache_control.take(),
            user: $input.metadata.take().unwrap_or_default().into_iter().collect(),
        }
    };
}

macro_rules! claims {
    ($input:expr) => {
        Claims {
            length: $input.content_length,
            md5: $input.content_md5.take(),
            algorithm: $input.checksum_algorithm.take(),
            crc32: $input.checksum_crc32.take(),
            crc32c: $input.checksum_crc32c.take(),
            crc64: $input.checksum_crc64nvme.take(),
            sha1: $input.checksum_sha1.take(),
            sha256: $input.checksum_sha256.take(),
        }
    };
}

pub(super) fn manifest(bucket: String, key: String, headers: Headers, algorithm: Algorithm, etag: String) -> Manifest {
    Manifest {
        bucket,
        key,
        headers,
        etag,
        modified_us: now_us(),
        algorithm,
        full_object: true,
        upload: None,
        segments: Vec::new(),
    }
}

fn modified(object: &StoredObject) -> Option<Timestamp> {
    Some(system_time(object.manifest.modified_us).into())
}

fn find(inner: &Inner, bucket: &str, key: &str, version: Option<&str>) -> S3Result<Arc<StoredObject>> {
    if version.is_some_and(|version| version != "null") {
        return Err(S3Error::new(S3ErrorCode::NoSuchVersion));
    }
    inner.find(bucket, key)
}

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

#[async_trait]
impl S3 for Store {
    async fn create_bucket(&self, request: S3Request<CreateBucketInput>) -> Answer<CreateBucketOutput> {
        let (inner, name) = (self.inner.clone(), request.input.bucket);
        let location = format!("/{name}");
        blocking(move || inner.create_bucket(&name)).await?;
        answer(CreateBucketOutput { location: Some(location), ..CreateBucketOutput::default() })
    }

    async fn head_bucket(&self, request: S3Request<HeadBucketInput>) -> Answer<HeadBucketOutput> {
        self.inner.has_bucket(&request.input.bucket)?;
        answer(HeadBucketOutput::default())
    }

    async fn get_bucket_location(&self, request: S3Request<GetBucketLocationInput>) -> Answer<GetBucketLocationOutput> {
        self.inner.has_bucket(&request.input.bucket)?;
        answer(GetBucketLocationOutput::default())
    }

    async fn list_buckets(&self, _request: S3Request<ListBucketsInput>) -> Answer<ListBucketsOutput> {
        let index = self.inner.index();
        let buckets = index.buckets.iter().map(|(name, bucket)| Bucket {
            name: Some(name.clone()),
            creation_date: Some(system_time(bucket.created_us).into()),
            ..Bucket::default()
        });
        answer(ListBucketsOutput { buckets: Some(buckets.collect()), ..ListBucketsOutput::default() })
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> Answer<PutObjectOutput> {
        let mut input = request.input;
        check_key(&input.key)?;
        self.inner.has_bucket(&input.bucket)?;
        if input.write_offset_bytes.is_some() {
            return Err(failure::refuse(S3ErrorCode::NotImplemented, "objects are not appended to"));
        }
        let condition =
            conditions::Write { if_match: input.if_match.take(), if_none_match: input.if_none_match.take() };
        let headers = headers!(input);
        let claims = claims!(input);
        let algorithm = claims.algorithm();
        let piece = receive(&self.inner, input.body, claims, request.trailing_headers).await?;
        // A trailer may bring a kind that no header announced; the CRC is always there.
        let chosen = algorithm.filter(|kind| sums::value(*kind, &piece.segment.sums).is_some()).unwrap_or_default();
        let manifest = manifest(input.bucket, input.key, headers, chosen, piece.segment.sums.md5.clone());
        let inner = self.inner.clone();
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

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> Answer<HeadObjectOutput> {
        let input = request.input;
        let object = find(&self.inner, &input.bucket, &input.key, input.version_id.as_deref())?;
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

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> Answer<GetObjectOutput> {
        let input = request.input;
        let object = find(&self.inner, &input.bucket, &input.key, input.version_id.as_deref())?;
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

    async fn copy_object(&self, request: S3Request<CopyObjectInput>) -> Answer<CopyObjectOutput> {
        let mut input = request.input;
        check_key(&input.key)?;
        let CopySource::Bucket { bucket, key, version_id } = &input.copy_source else {
            return Err(failure::refuse(S3ErrorCode::NotImplemented, "a copy is made from a bucket of this store"));
        };
        let source = find(&self.inner, bucket, key, version_id.as_deref())?;
        conditions::Read {
            if_match: input.copy_source_if_match.take(),
            if_none_match: input.copy_source_if_none_match.take(),
            if_modified_since: input.copy_source_if_modified_since.take(),
            if_unmodified_since: input.copy_source_if_unmodified_since.take(),
        }
        .check_source(&source.manifest)?;
        let replace = input.metadata_directive.as_ref().is_some_and(|d| d.as_str() == MetadataDirective::REPLACE);
        if !replace && **bucket == *input.bucket && **key == *input.key {
            return Err(failure::refuse(
                S3ErrorCode::InvalidRequest,
                "an object is copied to itself only to change it",
            ));
        }
        let headers = if replace { headers!(input) } else { source.manifest.headers.clone() };
        let inner = self.inner.clone();
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

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> Answer<DeleteObjectOutput> {
        let (inner, input) = (self.inner.clone(), request.input);
        let condition =
            conditions::Write { if_match: input.if_match.map(ETagCondition::from), ..conditions::Write::default() };
        blocking(move || inner.delete(&input.bucket, &input.key, &condition)).await?;
        answer(DeleteObjectOutput::default())
    }

    async fn delete_objects(&self, request: S3Request<DeleteObjectsInput>) -> Answer<DeleteObjectsOutput> {
        let (inner, input) = (self.inner.clone(), request.input);
        self.inner.has_bucket(&input.bucket)?;
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

    async fn list_objects_v2(&self, request: S3Request<ListObjectsV2Input>) -> Answer<ListObjectsV2Output> {
        let input = request.input;
        let max = page_size(input.max_keys)?;
        let page = self.inner.list(&Query {
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

    async fn create_multipart_upload(
        &self,
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
                return Err(failure::refuse(
                    S3ErrorCode::InvalidRequest,
                    "a SHA of the whole cannot be joined from parts",
                ));
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
        let inner = self.inner.clone();
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

    async fn upload_part(&self, request: S3Request<UploadPartInput>) -> Answer<UploadPartOutput> {
        let mut input = request.input;
        let number = part_number(input.part_number)?;
        let (id, upload) = self.inner.upload(&input.upload_id, &input.bucket, &input.key)?;
        let mut claims = claims!(input);
        if claims.algorithm().is_none() && matches!(upload.record.algorithm, Algorithm::Sha1 | Algorithm::Sha256) {
            // The parts of such an upload need that SHA, sent or not.
            let name = if upload.record.algorithm == Algorithm::Sha1 { "SHA1" } else { "SHA256" };
            claims.algorithm = Some(ChecksumAlgorithm::from(name.to_owned()));
        }
        let algorithm = claims.algorithm().unwrap_or(upload.record.algorithm);
        let piece = receive(&self.inner, input.body, claims, request.trailing_headers).await?;
        let inner = self.inner.clone();
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

    async fn list_parts(&self, request: S3Request<ListPartsInput>) -> Answer<ListPartsOutput> {
        let input = request.input;
        let (id, upload) = self.inner.upload(&input.upload_id, &input.bucket, &input.key)?;
        let max = page_size(input.max_parts)?;
        let after = input.part_number_marker.unwrap_or(0);
        let parts = super::held(&upload.parts);
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

    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> Answer<ListMultipartUploadsOutput> {
        let input = request.input;
        self.inner.has_bucket(&input.bucket)?;
        let max = page_size(input.max_uploads)?;
        let prefix = input.prefix.as_deref().unwrap_or("");
        let mut uploads: Vec<(String, String, i64)> = {
            let index = self.inner.index();
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

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> Answer<CompleteMultipartUploadOutput> {
        let (inner, input) = (self.inner.clone(), request.input);
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

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> Answer<AbortMultipartUploadOutput> {
        let (inner, input) = (self.inner.clone(), request.input);
        blocking(move || {
            let (id, upload) = inner.upload(&input.upload_id, &input.bucket, &input.key)?;
            inner.abort(id, &upload)
        })
        .await?;
        answer(AbortMultipartUploadOutput::default())
    }
}

impl Inner {
    /// Gives an object's bytes a second owner; no byte is copied where the file system has hard links.
    pub(super) fn copy(
        &self,
        source: &StoredObject,
        bucket: String,
        key: String,
        headers: Headers,
    ) -> S3Result<Arc<StoredObject>> {
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
