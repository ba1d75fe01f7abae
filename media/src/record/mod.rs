//! Writes access units to WebM, or to Matroska where the video is H.264: the spool file that survives a crash, the final file that players can seek in, and the
//! poster.
//!
//! The writer is part of this crate, for VP8, H.264 and Opus alone, because GStreamer's muxer lacks two properties that a
//! recording needs: a block's stamp **is** the unit's [`MediaTime`](coach_core::MediaTime), and a track that is late or
//! has stopped never makes the other one wait.

pub(crate) mod ebml;
mod finalise;
mod poster;
mod recorder;
mod scan;
mod webm;

pub use finalise::{Finalised, finalise};
pub use poster::poster;
pub use recorder::{Recorded, Recorder};
pub use webm::{APP, media_type};

/// Why a recording could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk is full, missing or not writable.
    #[error("the recording could not be written to {path}: {source}. Is the disk full?")]
    Write { path: std::path::PathBuf, source: std::io::Error },
    /// The disk cannot be read.
    #[error("the recording {path} could not be read: {source}")]
    Read { path: std::path::PathBuf, source: std::io::Error },
    /// The disk has been too slow for minutes.
    #[error("the disk is too slow: {queued_mb} MB of recording wait for it")]
    Slow { queued_mb: usize },
    /// The caller asked for a format other than VP8, H.264 and Opus.
    #[error("only VP8, H.264 and Opus are recorded, not {0}")]
    Codec(String),
    /// The caller named no track.
    #[error("a recording needs at least one track")]
    NoTracks,
    /// The caller named a file that is not a spool file of this crate.
    #[error("{0} is not a recording made here")]
    NotOurs(std::path::PathBuf),
    /// The parts hold no unit.
    #[error("the recording is empty: no video and no audio was received")]
    Empty,
    /// No frame could be decoded for the poster.
    #[error("no poster: {0}")]
    Poster(String),
}
