//! The limits of a file, the reasons to refuse one, and the checks before GStreamer reads it.

use super::container::{Container, sniff};
use super::demux::{Stamps, Wanted};
use crate::record;
use coach_core::MediaTime;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The limits of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The length of the file.
    pub bytes: u64,
    /// Width times height of a frame.
    pub pixels: u32,
    /// The media time.
    pub duration: MediaTime,
    /// The number of tracks of any kind.
    pub streams: usize,
    /// Frames per second of media, on average.
    pub frames_hz: u32,
    /// Packets of audio per second of media, on average.
    pub packets_hz: u32,
}

impl Default for Limits {
    /// Returns 8 GiB, 4096 x 2304, 4 hours, 16 tracks, the 240 frames per second of slow motion with a margin, and four
    /// times the rate of the shortest packets of Opus.
    fn default() -> Self {
        Limits {
            bytes: 8 << 30,
            pixels: 4096 * 2304,
            duration: MediaTime(4 * 3_600_000),
            streams: 16,
            frames_hz: 300,
            packets_hz: 1600,
        }
    }
}

/// Why a file is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{path} cannot be read: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{0} is not a file")]
    NotAFile(PathBuf),
    #[error("the file is empty")]
    Empty,
    #[error("this is not a video or audio file")]
    NotMedia,
    #[error("the file has neither video nor audio that could be analyzed")]
    NoTracks,
    #[error("the file is encrypted; only files without copy protection can be analyzed")]
    Encrypted,
    #[error("the file's coding is not supported here: {0}")]
    Unsupported(String),
    #[error("the file is damaged: {0}")]
    Damaged(String),
    #[error("the file is over the limit: {what} {is}, at most {most}")]
    Limit { what: &'static str, is: String, most: String },
    #[error("reading the file makes no progress; it is probably damaged")]
    Stalled,
    /// The data broke the process that read it, or the machine ended that process.
    #[error("the process that read the file ended: {0}")]
    Ended(String),
}

/// Refuses frames with more pixels than the limits allow.
pub(super) fn check_pixels(width: u32, height: u32, limits: &Limits) -> Result<(), Error> {
    if u64::from(width) * u64::from(height) <= u64::from(limits.pixels) {
        return Ok(());
    }
    Err(Error::Limit {
        what: "its frames have",
        is: format!("{width} x {height} pixels"),
        most: format!("{} pixels", limits.pixels),
    })
}

/// A file that passed the first checks.
pub(super) struct Looked {
    pub file: File,
    pub length: u64,
    pub wanted: Wanted,
}

/// Checks the file before GStreamer reads it.
pub(super) fn look(path: &Path, limits: &Limits, audio: usize) -> Result<Looked, Error> {
    let wrong = |source| Error::Read { path: path.to_path_buf(), source };
    // Checked first: opening a named pipe would wait for its writer.
    if !std::fs::metadata(path).map_err(wrong)?.is_file() {
        return Err(Error::NotAFile(path.to_path_buf()));
    }
    let file = File::open(path).map_err(wrong)?;
    let length = file.metadata().map_err(wrong)?.len();
    if length == 0 {
        return Err(Error::Empty);
    }
    if length > limits.bytes {
        let mb = |bytes: u64| format!("{} MB", bytes >> 20);
        return Err(Error::Limit { what: "it has", is: mb(length), most: mb(limits.bytes) });
    }
    let sniffed = sniff(&file, length).map_err(wrong)?.ok_or(Error::NotMedia)?;
    let mut head = Vec::new();
    (&file).take(4096).read_to_end(&mut head).map_err(wrong)?;
    let ours = sniffed.container == Container::Matroska
        && head.windows(record::APP.len()).any(|w| w == record::APP.as_bytes());
    let stamps = if ours { Stamps::Media } else { Stamps::File };
    Ok(Looked { file, length, wanted: Wanted { sniffed, stamps, limits: *limits, audio } })
}
