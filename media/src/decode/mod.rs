//! Access units to pictures and samples.
//!
//! Each decoder is one thread of its own that gives its output to a sink. What comes out depends on the units pushed and
//! on nothing else: not on when they were pushed, so the live path and the file path get the same.
//!
//! After more than a second without sound the decoder begins anew, so that a session that went on in another part, with
//! a decoder of its own, sounds as its recording does.
//!
//! A unit that cannot be decoded costs what depends on it: pictures wait for the next key frame, sound goes on with the
//! next packet; the output that follows carries the span in [`Lost`].

mod audio;
mod chain;
mod frame;
mod video;
mod way;

pub use audio::{Audio, AudioBlock};
pub(crate) use frame::SharedFrame;
pub use frame::VideoFrame;
pub use video::Video;
pub(crate) use way::{Decoder, Pace};

use crate::codecs;
use crate::item::{Format, GapReason};
use coach_core::Span;
use gstreamer as gst;

/// What was pushed and never came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost {
    pub span: Span,
    /// `Loss`: damaged data. `Overload`: units came faster than they could be decoded.
    pub reason: GapReason,
}

/// Why nothing can be decoded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file's fault, or an element is not installed.
    #[error("{caps} cannot be decoded here: {why}")]
    Unsupported { caps: String, why: String },
    /// The data's fault: it broke the decoder again and again.
    #[error("the decoder gave up: {0}")]
    Broken(String),
    /// The data's fault: pictures larger than the limit.
    #[error("pictures of {width} x {height} are over the limit of {limit} pixels")]
    Pixels { width: u32, height: u32, limit: u32 },
    /// The caller's fault.
    #[error("the decoder has been flushed")]
    Flushed,
}

/// The decoders for a coding that are installed, best first; none for what is raw already.
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
