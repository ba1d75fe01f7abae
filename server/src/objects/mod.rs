//! The object store's interface for routes and jobs, and the keys of a session's objects, which the server alone chooses.

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

/// The path of the embedded store's objects on this server, where browsers are led to the store through it.
pub const BROWSER_PATH: &str = "/objects";

/// Returns the prefix of all objects of a session.
pub fn prefix(session: SessionId) -> String {
    format!("sessions/{session}/")
}

/// Returns the prefix of a session's parts.
pub fn parts_prefix(session: SessionId) -> String {
    format!("sessions/{session}/parts/")
}

/// Returns the key of a part, which is uploaded while the session is live.
pub fn part_key(session: SessionId, n: i32) -> String {
    format!("sessions/{session}/parts/{n}.webm")
}

/// Returns the key of a part of the interviewer's recording, which is uploaded while the session is live.
pub fn interviewer_part_key(session: SessionId, n: u32) -> String {
    format!("sessions/{session}/parts/interviewer/{n}.webm")
}

/// Returns the key of the interviewer's final recording.
pub fn interviewer_key(session: SessionId) -> String {
    format!("sessions/{session}/interviewer.webm")
}

/// Returns the key of the final recording of a live session whose video is VP8, or that has none.
pub fn recording_key(session: SessionId) -> String {
    format!("sessions/{session}/recording.webm")
}

/// Returns the key of the final recording of a live session whose video is H.264, which WebM cannot hold.
pub fn matroska_key(session: SessionId) -> String {
    format!("sessions/{session}/recording.mkv")
}

/// Returns the session whose uploaded file has this key.
pub fn upload_of(key: &str) -> Option<SessionId> {
    key.strip_prefix("sessions/")?.strip_suffix("/upload")?.parse().ok().filter(|id| upload_key(*id) == key)
}

/// Returns the key of the journal, which is compressed.
pub fn journal_key(session: SessionId) -> String {
    format!("sessions/{session}/journal.jsonl.zst")
}

/// Returns the key of the report.
pub fn report_key(session: SessionId) -> String {
    format!("sessions/{session}/report.json")
}

/// Returns the key of what another recognizer wrote down of the session.
pub fn words_key(session: SessionId) -> String {
    format!("sessions/{session}/words.json")
}

/// Returns the key of what was written down here after the session, of speech that the recognizer could not keep up with.
pub fn late_words_key(session: SessionId) -> String {
    format!("sessions/{session}/late-words.json")
}

/// Returns the key of what a language model noticed in what was said.
pub fn review_key(session: SessionId) -> String {
    format!("sessions/{session}/review.json")
}

/// Returns the key of what a service of others estimated of the video.
pub fn affect_key(session: SessionId) -> String {
    format!("sessions/{session}/affect.json")
}

/// Returns the key of the poster, a still of the recording.
pub fn poster_key(session: SessionId) -> String {
    format!("sessions/{session}/poster.jpg")
}

/// Returns the key of the uploaded file, which is the recording of a session that was never live.
pub fn upload_key(session: SessionId) -> String {
    format!("sessions/{session}/upload")
}

/// Returns which object a session with a report lacks; `has`: whether there is an object with that key. `None`: it lacks none.
pub fn lacking(session: SessionId, has: impl Fn(&str) -> bool) -> Option<&'static str> {
    let recording = [recording_key(session), matroska_key(session), upload_key(session)];
    if !recording.iter().any(|key| has(key)) {
        return Some("its recording is missing");
    }
    if !has(&journal_key(session)) {
        return Some("its journal is missing");
    }
    (!has(&report_key(session))).then_some("its report is missing")
}

/// An object being read.
pub struct Reading {
    pub bytes: u64,
    /// The media type, where it is known.
    pub content_type: Option<String>,
    pub chunks: BoxStream<'static, anyhow::Result<Bytes>>,
}

/// An object that is uploaded while it is still being written.
#[async_trait]
pub trait Growing: Send {
    /// Uploads the next bytes: at least 5 MiB, except in the last call.
    async fn part(&mut self, bytes: Bytes) -> anyhow::Result<()>;
    /// Completes the object; from then on it can be read.
    async fn complete(self: Box<Self>) -> anyhow::Result<()>;
}

/// What routes and jobs need of the object store.
#[async_trait]
pub trait Objects: BrowserParts + Send + Sync {
    /// Returns the length in bytes; `None`: the object does not exist.
    async fn size(&self, key: &str) -> anyhow::Result<Option<u64>>;
    /// Returns the whole object in chunks; `None`: it does not exist.
    async fn read(&self, key: &str) -> anyhow::Result<Option<Reading>>;
    /// Returns the keys of all objects under the prefix.
    async fn keys(&self, prefix: &str) -> anyhow::Result<Vec<String>>;
    /// Uploads a whole file and verifies what was stored by its checksum.
    async fn put_file(&self, key: &str, path: &Path, content_type: &str) -> anyhow::Result<()>;
    /// Begins an object that is uploaded piece by piece.
    async fn begin(&self, key: &str, content_type: &str) -> anyhow::Result<Box<dyn Growing>>;
    /// Returns a URL under which a browser can read the object, ranges included, until `good_for` has passed.
    async fn presign(&self, key: &str, good_for: Duration) -> anyhow::Result<String>;
    /// Deletes everything under the prefix, unfinished uploads included. Returns the number of objects.
    async fn delete_prefix(&self, prefix: &str) -> anyhow::Result<usize>;
    /// Aborts the unfinished uploads under the prefix; objects stay.
    async fn abort_unfinished(&self, prefix: &str) -> anyhow::Result<()>;
    /// Returns scheme, host and port of the URLs from [`Objects::presign`], which the page's security policy allows; empty: they are
    /// paths of this server.
    fn browser_origin(&self) -> String;
    /// Returns the store's own origin, where browsers are led to it through this server.
    fn forwarded(&self) -> Option<String> {
        None
    }
    /// Checks that the store answers.
    async fn ping(&self) -> anyhow::Result<()>;
}
