//! What both paths produce: access units with their media time, gaps, ends, and the formats of the two tracks.

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

/// One encoded frame, or one packet of audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessUnit {
    /// The presentation time.
    pub t: MediaTime,
    /// Whether decoding can start here. Always true for audio.
    pub key: bool,
    /// The codec's bytes, as `Format::caps` describes them. Never empty.
    pub data: Bytes,
}

/// The next output of the live path or the file path.
///
/// Within a track, units come in decoding order. For codecs without reordering (VP8, Opus) that is the order of `t`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// An access unit that is kept: recorded and decoded.
    Unit(Track, AccessUnit),
    /// A stretch of the track without media. Comes before the unit that ends it.
    Gap(Track, Span, GapReason),
    /// The track has ended.
    End(Track),
}

impl Item {
    /// Returns the track of the item.
    pub fn track(&self) -> Track {
        match self {
            Item::Unit(track, _) | Item::Gap(track, ..) | Item::End(track) => *track,
        }
    }

    /// Returns when the item begins. `None` for an end.
    pub fn t(&self) -> Option<MediaTime> {
        match self {
            Item::Unit(_, unit) => Some(unit.t),
            Item::Gap(_, span, _) => Some(span.start),
            Item::End(_) => None,
        }
    }
}

/// How a track is encoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Format {
    /// GStreamer capabilities as text, with the codec's private data where it has any, for example `video/x-vp8`.
    pub caps: String,
    /// How far the decoded frames must be turned clockwise to stand upright. [`Rotation::None`] for audio.
    pub rotation: Rotation,
}

impl Format {
    /// Returns VP8 as WebRTC sends it and WebM holds it.
    pub fn vp8() -> Format {
        Format { caps: "video/x-vp8".into(), rotation: Rotation::None }
    }

    /// Returns Opus in packets that decode to `channels` (1 or 2) at 48 kHz.
    pub fn opus(channels: u8) -> Format {
        let channels = channels.clamp(1, 2);
        Format {
            caps: format!("audio/x-opus, rate=(int)48000, channels=(int){channels}, channel-mapping-family=(int)0"),
            rotation: Rotation::None,
        }
    }

    /// Returns the media type before the fields, for example `video/x-vp8`.
    pub fn media_type(&self) -> &str {
        self.caps.split(',').next().unwrap_or_default().trim()
    }
}

/// The tracks of a session; it has at least one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Formats {
    pub video: Option<Format>,
    pub audio: Option<Format>,
}

impl Formats {
    /// Returns the format of one track. `None`: the session does not have it.
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
