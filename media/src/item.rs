//! What both paths speak: access units with their media time, gaps, ends, and the formats of the two tracks.

use bytes::Bytes;
pub use coach_core::frame::Rotation;
pub use coach_core::journal::GapReason;
use coach_core::{MediaTime, Span};
use serde::{Deserialize, Serialize};

/// One of the two tracks of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Track {
    Video,
    Audio,
}

/// One encoded picture, or one packet of sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessUnit {
    /// Presentation time.
    pub t: MediaTime,
    /// Whether decoding can start here. Always true for sound.
    pub key: bool,
    /// The codec's bytes, as `Format::caps` describes them. Never empty.
    pub data: Bytes,
}

/// What the live path or the file path gives next.
///
/// Per track, units come in decoding order. For codecs without reordering (VP8, Opus) that is the order of `t`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// An access unit that is kept: recorded and decoded.
    Unit(Track, AccessUnit),
    /// Nothing is known of this track in this span. Comes before the unit that ends the span.
    Gap(Track, Span, GapReason),
    /// The track says nothing more.
    End(Track),
}

impl Item {
    /// The track that it is about.
    pub fn track(&self) -> Track {
        match self {
            Item::Unit(track, _) | Item::Gap(track, ..) | Item::End(track) => *track,
        }
    }

    /// When it begins; an end has no time of its own.
    pub fn t(&self) -> Option<MediaTime> {
        match self {
            Item::Unit(_, unit) => Some(unit.t),
            Item::Gap(_, span, _) => Some(span.start),
            Item::End(_) => None,
        }
    }
}

/// How a track is coded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// GStreamer capabilities as text, with the codec's private data where it has any: `video/x-vp8`.
    pub caps: String,
    /// How far the decoded pictures must be turned clockwise to stand upright. `None` for sound.
    pub rotation: Rotation,
}

impl Format {
    /// VP8, as WebRTC sends and WebM holds it.
    pub fn vp8() -> Format {
        Format { caps: "video/x-vp8".into(), rotation: Rotation::None }
    }

    /// Opus in packets, decoded to `channels` (1 or 2) at 48 kHz.
    pub fn opus(channels: u8) -> Format {
        let channels = channels.clamp(1, 2);
        Format {
            caps: format!("audio/x-opus, rate=(int)48000, channels=(int){channels}, channel-mapping-family=(int)0"),
            rotation: Rotation::None,
        }
    }

    /// The media type in front of the fields: `video/x-vp8`.
    pub fn media_type(&self) -> &str {
        self.caps.split(',').next().unwrap_or_default().trim()
    }
}

/// The tracks of a session; at least one is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Formats {
    pub video: Option<Format>,
    pub audio: Option<Format>,
}

impl Formats {
    /// The format of one track, when the session has it.
    pub fn of(&self, track: Track) -> Option<&Format> {
        match track {
            Track::Video => self.video.as_ref(),
            Track::Audio => self.audio.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_names_its_media_type() {
        assert_eq!(Format::vp8().media_type(), "video/x-vp8");
        assert_eq!(Format::opus(2).media_type(), "audio/x-opus");
    }
}
