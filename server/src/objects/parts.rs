//! Objects that a browser uploads part by part through signed URLs; the server begins and completes them.

use async_trait::async_trait;
use bytes::Bytes;
use std::time::Duration;

/// An upload part that the store has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutPart {
    /// Number of the part, from 1.
    pub number: u16,
    pub bytes: u64,
    /// CRC-64/NVME; `None`: the store does not report it.
    pub crc64: Option<u64>,
}

/// A multipart upload that is under way.
#[async_trait]
pub trait Filling: Send {
    /// Returns the parts that the store has, by number.
    fn parts(&self) -> Vec<PutPart>;
    /// Completes the object from all parts; from then on it can be read.
    async fn join(self: Box<Self>) -> anyhow::Result<()>;
}

/// What uploads need of the object store. Transient failures contain `coach_archive::Error::Unavailable`.
#[async_trait]
pub trait BrowserParts {
    /// Begins an object. Returns the id under which its parts are uploaded.
    async fn begin_parts(&self, key: &str, content_type: &str) -> anyhow::Result<String>;
    /// Returns the multipart upload; `None`: it was completed, aborted or swept.
    async fn filling(&self, key: &str, upload: &str) -> anyhow::Result<Option<Box<dyn Filling>>>;
    /// Returns a URL to PUT one part of exactly this length.
    async fn presign_part(
        &self,
        key: &str,
        upload: &str,
        number: u16,
        bytes: u64,
        good_for: Duration,
    ) -> anyhow::Result<String>;
    /// Aborts the multipart upload and deletes its parts. One that does not exist is no error.
    async fn abort_parts(&self, key: &str, upload: &str) -> anyhow::Result<()>;
    /// Checks whether the object has this length and, where one is given, this CRC-64/NVME. The whole object is read when the
    /// store does not know its checksum. The inner error is a reason for the person.
    async fn confirm(&self, key: &str, bytes: u64, crc64: Option<u64>) -> anyhow::Result<Result<(), String>>;
    /// Returns the first bytes of an object, at most this many.
    async fn beginning(&self, key: &str, bytes: u64) -> anyhow::Result<Bytes>;
}
