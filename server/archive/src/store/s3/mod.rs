//! The operations of the protocol, translated into those of the store.

/// Moves the headers that are kept out of an input that has these fields.
macro_rules! headers {
    ($input:expr) => {
        $crate::store::record::Headers {
            content_type: $input.content_type.take(),
            content_disposition: $input.content_disposition.take(),
            content_encoding: $input.content_encoding.take(),
            content_language: $input.content_language.take(),
            cache_control: $input.cache_control.take(),
            user: $input.metadata.take().unwrap_or_default().into_iter().collect(),
        }
    };
}

/// The claims about the bytes that come.
macro_rules! claims {
    ($input:expr) => {
        $crate::store::receive::Claims {
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

mod lists;
mod objects;
mod parts;

use async_trait::async_trait;
use s3s::dto::*;
use s3s::{S3, S3ErrorCode, S3Request, S3Response, S3Result};

use super::index::Object as StoredObject;
use super::record::system_time;
use super::{Store, blocking, failure};

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

/// A key that the XML of a listing cannot carry is refused when it is made, or it would spoil every listing.
fn check_key(key: &str) -> S3Result<()> {
    if key.chars().any(|c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')) {
        return Err(failure::refuse(S3ErrorCode::InvalidArgument, "control characters are not allowed in keys here"));
    }
    Ok(())
}

fn modified(object: &StoredObject) -> Option<Timestamp> {
    Some(system_time(object.manifest.modified_us).into())
}

#[async_trait]
impl S3 for Store {
    async fn create_bucket(&self, request: S3Request<CreateBucketInput>) -> Answer<CreateBucketOutput> {
        let (inner, name) = (self.inner.clone(), request.input.bucket);
        let location = format!("/{name}");
        blocking(move || inner.create_bucket(&name)).await?;
        answer(CreateBucketOutput { location: Some(location) })
    }

    async fn head_bucket(&self, request: S3Request<HeadBucketInput>) -> Answer<HeadBucketOutput> {
        self.inner.has_bucket(&request.input.bucket)?;
        answer(HeadBucketOutput::default())
    }

    async fn get_bucket_location(&self, request: S3Request<GetBucketLocationInput>) -> Answer<GetBucketLocationOutput> {
        self.inner.has_bucket(&request.input.bucket)?;
        answer(GetBucketLocationOutput::default())
    }

    async fn list_buckets(&self, request: S3Request<ListBucketsInput>) -> Answer<ListBucketsOutput> {
        lists::list_buckets(&self.inner, request).await
    }

    async fn put_object(&self, request: S3Request<PutObjectInput>) -> Answer<PutObjectOutput> {
        objects::put_object(&self.inner, request).await
    }

    async fn head_object(&self, request: S3Request<HeadObjectInput>) -> Answer<HeadObjectOutput> {
        objects::head_object(&self.inner, request).await
    }

    async fn get_object(&self, request: S3Request<GetObjectInput>) -> Answer<GetObjectOutput> {
        objects::get_object(&self.inner, request).await
    }

    async fn copy_object(&self, request: S3Request<CopyObjectInput>) -> Answer<CopyObjectOutput> {
        objects::copy_object(&self.inner, request).await
    }

    async fn delete_object(&self, request: S3Request<DeleteObjectInput>) -> Answer<DeleteObjectOutput> {
        objects::delete_object(&self.inner, request).await
    }

    async fn delete_objects(&self, request: S3Request<DeleteObjectsInput>) -> Answer<DeleteObjectsOutput> {
        objects::delete_objects(&self.inner, request).await
    }

    async fn list_objects_v2(&self, request: S3Request<ListObjectsV2Input>) -> Answer<ListObjectsV2Output> {
        lists::list_objects_v2(&self.inner, request).await
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> Answer<CreateMultipartUploadOutput> {
        parts::create_multipart_upload(&self.inner, request).await
    }

    async fn upload_part(&self, request: S3Request<UploadPartInput>) -> Answer<UploadPartOutput> {
        parts::upload_part(&self.inner, request).await
    }

    async fn list_parts(&self, request: S3Request<ListPartsInput>) -> Answer<ListPartsOutput> {
        lists::list_parts(&self.inner, request).await
    }

    async fn list_multipart_uploads(
        &self,
        request: S3Request<ListMultipartUploadsInput>,
    ) -> Answer<ListMultipartUploadsOutput> {
        lists::list_multipart_uploads(&self.inner, request).await
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> Answer<CompleteMultipartUploadOutput> {
        parts::complete_multipart_upload(&self.inner, request).await
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> Answer<AbortMultipartUploadOutput> {
        parts::abort_multipart_upload(&self.inner, request).await
    }
}
