//! Conditional requests: RFC 9110 section 13.2.2 for reads, S3's If-Match and If-None-Match for writes.

use s3s::dto::{ETag, ETagCondition, Timestamp};
use s3s::{S3Error, S3ErrorCode, S3Result};

use super::record::Manifest;

/// The four preconditions of a read.
#[derive(Default)]
pub(super) struct Read {
    pub if_match: Option<ETagCondition>,
    pub if_none_match: Option<ETagCondition>,
    pub if_modified_since: Option<Timestamp>,
    pub if_unmodified_since: Option<Timestamp>,
}

/// The two preconditions of a write.
#[derive(Default)]
pub(super) struct Write {
    pub if_match: Option<ETagCondition>,
    pub if_none_match: Option<ETagCondition>,
}

impl Read {
    /// Refuses with 412 or 304, in the order that the RFC sets.
    pub fn check(&self, manifest: &Manifest) -> S3Result<()> {
        let modified_s = manifest.modified_us.div_euclid(1_000_000);
        if let Some(condition) = &self.if_match {
            if !matches(condition, manifest) {
                return Err(S3Error::new(S3ErrorCode::PreconditionFailed));
            }
        } else if let Some(time) = &self.if_unmodified_since
            && modified_s > seconds(time)
        {
            return Err(S3Error::new(S3ErrorCode::PreconditionFailed));
        }
        if let Some(condition) = &self.if_none_match {
            if matches(condition, manifest) {
                return Err(S3Error::new(S3ErrorCode::NotModified));
            }
        } else if let Some(time) = &self.if_modified_since
            && modified_s <= seconds(time)
        {
            return Err(S3Error::new(S3ErrorCode::NotModified));
        }
        Ok(())
    }

    /// The same for the source of a copy, where there is no 304.
    pub fn check_source(&self, manifest: &Manifest) -> S3Result<()> {
        self.check(manifest).map_err(|_| S3Error::new(S3ErrorCode::PreconditionFailed))
    }
}

impl Write {
    /// Refuses a write over (or without) an object that the writer did not expect.
    pub fn check(&self, current: Option<&Manifest>) -> S3Result<()> {
        if let Some(condition) = &self.if_match {
            match current {
                None => return Err(S3Error::new(S3ErrorCode::NoSuchKey)),
                Some(manifest) if !matches(condition, manifest) => {
                    return Err(S3Error::new(S3ErrorCode::PreconditionFailed));
                }
                Some(_) => {}
            }
        }
        if let (Some(condition), Some(manifest)) = (&self.if_none_match, current)
            && matches(condition, manifest)
        {
            return Err(S3Error::new(S3ErrorCode::PreconditionFailed));
        }
        Ok(())
    }
}

fn matches(condition: &ETagCondition, manifest: &Manifest) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(tag) => same(tag, &manifest.etag),
    }
}

/// An ETag is taken with quotes or without: clients send both.
pub(super) fn same(tag: &ETag, etag: &str) -> bool {
    tag.value().trim_matches('"') == etag
}

fn seconds(time: &Timestamp) -> i64 {
    time::OffsetDateTime::from(time.clone()).unix_timestamp()
}
