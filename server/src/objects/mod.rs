//! The object store as routes and drive see it, and the keys of a session's objects: always the server's choice.

pub mod archive;
mod archive_parts;
mod blocking;
pub mod parts;

pub use blocking::{BlockingReader, blocking};
pub use parts::BrowserParts;

use async_trait::async_trait;
use bytes::Bytes;
use coach_core::SessionId;
use futures::stream::BoxStream;
use std::path::Path;
use std::time::Duration;

/// Everything of a session lies under this prefix.
pub fn prefix(session: SessionId) -> String {
    format!("sessions/{session}/")
}

/// A part, streamed while live.
pub fn part_key(session: SessionId, n: i32) -> String {
    format!("sessions/{session}/parts/{n}.webm")
}

/// The final recording.
pub fn recording_key(session: SessionId) -> String {
    format!("sessions/{session}/recording.webm")
}

/// The session whose uploaded file has this key.
pub fn upload_of(key: &str) -> Option<SessionId> {
    key.strip_prefix("sessions/")?.strip_suffix("/upload")?.parse().ok().filter(|id| upload_key(*id) == key)
}

/// The journal, compressed.
pub fn journal_key(session: SessionId) -> String {
    format!("sessions/{session}/journal.jsonl.zst")
}

/// The report.
pub fn report_key(session: SessionId) -> String {
    format!("sessions/{session}/report.json")
}

/// A still of the recording.
pub fn poster_key(session: SessionId) -> String {
    format!("sessions/{session}/poster.jpg")
}

/// What was uploaded: the recording of a session that was never live.
pub fn upload_key(session: SessionId) -> String {
    format!("sessions/{session}/upload")
}

/// An object being read.
pub struct Reading {
    pub bytes: u64,
    pub chunks: BoxStream<'static, anyhow::Result<Bytes>>,
}

/// An object that is written while it is still being made.
#[async_trait]
pub trait Growing: Send {
    /// The next bytes; at least 5 MiB, but for the last ones.
    async fn part(&mut self, bytes: Bytes) -> anyhow::Result<()>;
    /// It is whole: from now on it can be read.
    async fn complete(self: Box<Self>) -> anyhow::Result<()>;
}

/// What routes and drive need of the store.
#[async_trait]
pub trait Objects: BrowserParts + Send + Sync {
    /// Length in bytes; `None`: not there.
    async fn size(&self, key: &str) -> anyhow::Result<Option<u64>>;
    /// The whole object in chunks; `None`: not there.
    async fn read(&self, key: &str) -> anyhow::Result<Option<Reading>>;
    /// Puts a file, whole, and confirms what was stored by its checksum.
    async fn put_file(&self, key: &str, path: &Path, content_type: &str) -> anyhow::Result<()>;
    /// Begins an object that grows part by part.
    async fn begin(&self, key: &str, content_type: &str) -> anyhow::Result<Box<dyn Growing>>;
    /// A URL under which a browser can read the object, with ranges, for so long.
    async fn presign(&self, key: &str, good_for: Duration) -> anyhow::Result<String>;
    /// Deletes everything under the prefix, unfinished uploads included; how many objects that were.
    async fn delete_prefix(&self, prefix: &str) -> anyhow::Result<usize>;
    /// Gives up the uploads under the prefix that were begun and never completed; objects stay.
    async fn abort_unfinished(&self, prefix: &str) -> anyhow::Result<()>;
    /// Scheme, host and port of the URLs that [`Objects::presign`] gives: the page's security policy allows them.
    fn browser_origin(&self) -> String;
    /// Answers, or says why not.
    async fn ping(&self) -> anyhow::Result<()>;
}
