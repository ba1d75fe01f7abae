//! What both paths produce: access units with their media time, gaps, ends, and the formats of the two tracks.

use crate::h264;
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
    /// Whether decoding can start here: a key frame, or a recovery point of H.264. Always true for audio.
    pub key: bool,
    /// The codec's bytes, as `Format::caps` describes them. Never empty.
    pub data: Bytes,
}

impl AccessUnit {
    /// Returns the key unit with which a track goes on after units were lost, and which says so where a decoder cannot see it.
    pub fn resuming(self) -> AccessUnit {
        AccessUnit { data: h264::resuming(self.data), ..self }
    }
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

/// How publishers code video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum VideoCodec {
    #[default]
    Vp8,
    H264,
}

impl VideoCodec {
    /// The coding of a live track, or of the file path's; `None` for any that no publisher sends.
    pub fn of(format: &Format) -> Option<VideoCodec> {
        match format.media_type() {
            "video/x-vp8" => Some(VideoCodec::Vp8),
            "video/x-h264" => Some(VideoCodec::H264),
            _ => None,
        }
    }
}

impl std::fmt::Display for VideoCodec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            VideoCodec::Vp8 => "VP8",
            VideoCodec::H264 => "H.264",
        })
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

    /// Returns H.264 in access units with start codes and with the parameter sets in front of each key unit.
    pub fn h264() -> Format {
        let caps = "video/x-h264, stream-format=(string)byte-stream, alignment=(string)au";
        Format { caps: caps.into(), rotation: Rotation::None }
    }

    /// Returns video as publishers send it.
    pub fn video(codec: VideoCodec) -> Format {
        match codec {
            VideoCodec::Vp8 => Format::vp8(),
            VideoCodec::H264 => Format::h264(),
        }
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
        for codec in [VideoCodec::Vp8, VideoCodec::H264] {
            assert_eq!(VideoCodec::of(&Format::video(codec)), Some(codec));
        }
    }
}
