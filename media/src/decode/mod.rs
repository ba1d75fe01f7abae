//! Decodes access units to frames and samples.
//!
//! Each decoder is one thread that gives its output to a sink. The output depends on the pushed units alone, not on
//! when they were pushed, so the live path and the file path get the same.
//!
//! After more than a second without audio the decoder is restarted, so that a session that went on in another part,
//! with another decoder, gives the same samples as its recording.
//!
//! A unit that cannot be decoded costs the units that depend on it: video waits for the next key frame, audio goes on
//! with the next packet. The following output carries the span in [`Lost`].

mod audio;
mod chain;
mod frame;
mod mono;
mod video;
mod way;

pub use audio::{Audio, AudioBlock};
pub(crate) use chain::{MOST_WAITING, MOST_WAITING_AUDIO};
pub(crate) use frame::SharedFrame;
pub use frame::VideoFrame;
pub use video::{Decoded, Video};
pub(crate) use way::{Decoder, Pace};

use crate::codecs;
use crate::item::{Format, GapReason};
use coach_core::Span;
use gstreamer as gst;

/// A span that was pushed and never came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    pub span: Span,
    /// `Loss`: damaged data. `Overload`: units arrived faster than they could be decoded.
    pub reason: GapReason,
}

/// Why nothing can be decoded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The coding is not supported, or an element is not installed.
    #[error("{caps} cannot be decoded here: {why}")]
    Unsupported { caps: String, why: String },
    /// The data broke the decoder again and again.
    #[error("the decoder gave up: {0}")]
    Broken(String),
    /// The data holds frames larger than the limit.
    #[error("frames of {width} x {height} are over the limit of {limit} pixels")]
    Pixels { width: u32, height: u32, limit: u32 },
    /// The caller pushed a unit after the decoder was flushed.
    #[error("the decoder has been flushed")]
    Flushed,
}

/// Returns the installed decoders of a coding, best first; none for raw data.
fn decoders(caps: &gst::Caps, format: &Format) -> Result<Vec<String>, Error> {
    let unsupported = |why: &str| Error::Unsupported { caps: format.caps.clone(), why: why.into() };
    let listed = codecs::decoders(format.media_type()).ok_or_else(|| unsupported("this coding is not supported"))?;
    let able = codecs::able(caps);
    if able.is_empty() && !listed.is_empty() {
        return Err(unsupported(&format!("no decoder is installed; {} would do", listed.join(" or "))));
    }
    Ok(able.into_iter().map(str::to_owned).collect())
}

fn caps(format: &Format) -> Result<gst::Caps, Error> {
    let unsupported = || Error::Unsupported { caps: format.caps.clone(), why: "these are no capabilities".into() };
    format.caps.parse().map_err(|_| unsupported())
}
