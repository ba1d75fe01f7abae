//! Objects that a browser fills part by part, by signed URLs; the server begins them and makes them whole.

use async_trait::async_trait;
use bytes::Bytes;
use std::time::Duration;

/// A part that the store has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutPart {
    /// From 1.
    pub number: u16,
    pub bytes: u64,
    /// CRC-64/NVME, when the store says it.
    pub crc64: Option<u64>,
}

/// A multipart upload under way.
#[async_trait]
pub trait Filling: Send {
    /// What the store has of it, by number.
    fn parts(&self) -> Vec<PutPart>;
    /// Makes the object of all parts; from now on it can be read.
    async fn join(self: Box<Self>) -> anyhow::Result<()>;
}

/// What the upload path needs of the store. Errors that time cures are `coach_archive::Error::Unavailable` inside.
#[async_trait]
pub trait BrowserParts {
    /// Begins an object; the name under which its parts are put.
    async fn begin_parts(&self, key: &str, content_type: &str) -> anyhow::Result<String>;
    /// What is there of it; `None`: it was joined, aborted or swept.
    async fn filling(&self, key: &str, upload: &str) -> anyhow::Result<Option<Box<dyn Filling>>>;
    /// A URL to PUT one part of exactly this length.
    async fn presign_part(
        &self,
        key: &str,
        upload: &str,
        number: u16,
        bytes: u64,
        good_for: Duration,
    ) -> anyhow::Result<String>;
    /// Gives it up and frees its parts; one that is gone already is no error.
    async fn abort_parts(&self, key: &str, upload: &str) -> anyhow::Result<()>;
    /// Whether the whole object has this length and, where one is given, this CRC-64/NVME. A store that does not know the
    /// sum of the whole is made to send it. The reason why not is for the person.
    async fn confirm(&self, key: &str, bytes: u64, crc64: Option<u64>) -> anyhow::Result<Result<(), String>>;
    /// How an object begins; at most so many bytes.
    async fn beginning(&self, key: &str, bytes: u64) -> anyhow::Result<Bytes>;
}
