//! Access units to WebM: the spool file that survives a crash, the final file that players seek in, the poster.
//!
//! The writer is our own, for VP8 and Opus alone, because a recording has two duties that GStreamer's muxer has not: a
//! block's stamp **is** the unit's [`MediaTime`](coach_core::MediaTime), and a track that is late or has stopped never
//! makes the other one wait.

pub(crate) mod ebml;
mod finalise;
mod poster;
mod recorder;
mod scan;
mod webm;

pub use finalise::{Finalised, finalise};
pub use poster::poster;
pub use recorder::{Recorded, Recorder};
pub use webm::APP;

/// Why a recording could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk's fault: full, gone, or not writable.
    #[error("the recording could not be written to {path}: {source}. Is the disk full?")]
    Write { path: std::path::PathBuf, source: std::io::Error },
    /// The disk's fault.
    #[error("the recording {path} could not be read: {source}")]
    Read { path: std::path::PathBuf, source: std::io::Error },
    /// The disk has not kept up for minutes.
    #[error("the disk is too slow: {queued_mb} MB of recording wait for it")]
    Slow { queued_mb: usize },
    /// The caller's fault: only VP8 and Opus are recorded.
    #[error("only VP8 and Opus are recorded, not {0}")]
    Codec(String),
    /// The caller's fault: a session has at least one track.
    #[error("a recording needs at least one track")]
    NoTracks,
    /// The caller's fault: not one of our spool files.
    #[error("{0} is not a recording made here")]
    NotOurs(std::path::PathBuf),
    /// There is nothing in the parts.
    #[error("the recording is empty: no picture and no sound was received")]
    Empty,
    /// No picture could be decoded for the poster.
    #[error("no poster: {0}")]
    Poster(String),
}
