//! The parts of a WebM file, or of a Matroska file where the video is H.264: header, info, tracks, cluster heads and blocks.

use super::ebml::{Buffer, UNKNOWN, id};
use crate::item::{AccessUnit, Format, Formats, Track, VideoCodec};
use crate::{h264, packet};
use coach_core::MediaTime;

/// The name of the writer in the file. The stamps of a file with this name are media times: nothing before t = 0 was
/// kept.
pub const APP: &str = "behavioural interview coach";

/// The longest cluster, milliseconds. The stamp of a block may differ from its cluster's by 32 767 ms.
pub const CLUSTER_MS: i64 = 5000;

/// The shortest cluster where a key frame could begin the next one, milliseconds.
pub const CLUSTER_MIN_MS: i64 = 1000;

/// How long the last frame of a recording is assumed to last, milliseconds.
pub const FRAME_MS: i64 = 33;

/// The tracks of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tracks {
    pub video: Option<Video>,
    /// Channels of the audio.
    pub audio: Option<u8>,
}

/// What a recording says of its video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Video {
    pub codec: VideoCodec,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// What a decoder is given before the first unit; empty for VP8.
    private: Vec<u8>,
}

impl Video {
    /// What can be said before a key unit has told more.
    pub fn unknown(codec: VideoCodec) -> Video {
        Video::with(codec, (640, 480), std::iter::empty())
    }

    /// What a unit says; `None` where it is no key unit.
    pub fn of_unit(codec: VideoCodec, unit: &[u8]) -> Option<Video> {
        match codec {
            VideoCodec::Vp8 => Some(Video::with(codec, packet::vp8(unit)?.key?, std::iter::empty())),
            VideoCodec::H264 => Some(Video::with(codec, h264::size(h264::units(unit))?, h264::units(unit))),
        }
    }

    /// What a block says, which holds H.264 with lengths in place of start codes.
    pub fn of_block(codec: VideoCodec, block: &[u8]) -> Option<Video> {
        match codec {
            VideoCodec::Vp8 => Video::of_unit(codec, block),
            VideoCodec::H264 => {
                let size = h264::size(h264::prefixed_units(block))?;
                Some(Video::with(codec, size, h264::prefixed_units(block)))
            }
        }
    }

    fn with<'a>(codec: VideoCodec, size: (u32, u32), nals: impl Iterator<Item = &'a [u8]>) -> Video {
        let private = match codec {
            VideoCodec::Vp8 => Vec::new(),
            VideoCodec::H264 => h264::configuration(nals),
        };
        Video { codec, size, private }
    }
}

/// The names of the codecs in a track entry.
pub const fn codec_id(codec: VideoCodec) -> &'static [u8] {
    match codec {
        VideoCodec::Vp8 => b"V_VP8",
        VideoCodec::H264 => b"V_MPEG4/ISO/AVC",
    }
}

/// The media type of a recording with video of this coding.
pub const fn media_type(codec: VideoCodec) -> &'static str {
    match codec {
        VideoCodec::Vp8 => "video/webm",
        VideoCodec::H264 => "video/x-matroska",
    }
}

/// The document type that can hold video of this coding: WebM knows no H.264.
pub const fn doc_type(codec: VideoCodec) -> &'static [u8] {
    match codec {
        VideoCodec::Vp8 => b"webm",
        VideoCodec::H264 => b"matroska",
    }
}

impl Tracks {
    /// Returns the tracks before a key unit has come. `None`: a track is neither VP8, H.264 nor Opus.
    pub fn of(formats: &Formats) -> Option<Tracks> {
        let video = match &formats.video {
            Some(format) => Some(Video::unknown(VideoCodec::of(format)?)),
            None => None,
        };
        if formats.audio.as_ref().is_some_and(|f| f.media_type() != "audio/x-opus") {
            return None;
        }
        Some(Tracks { video, audio: formats.audio.as_ref().map(channels) })
    }

    /// The coding of the video; VP8 where there is none.
    pub fn codec(&self) -> VideoCodec {
        self.video.as_ref().map_or(VideoCodec::Vp8, |video| video.codec)
    }
}

fn channels(format: &Format) -> u8 {
    let field = format.caps.split("channels=").nth(1).unwrap_or("2");
    let digits = field.trim_start_matches("(int)").trim_start();
    if digits.starts_with('1') { 1 } else { 2 }
}

/// Returns the number of a track in the file.
pub const fn number(track: Track) -> u8 {
    match track {
        Track::Video => 1,
        Track::Audio => 2,
    }
}

/// Appends the EBML header of a file with video of this coding.
pub fn header(out: &mut Buffer, codec: VideoCodec) {
    out.master(id::EBML, |e| {
        e.uint(id::EBML_VERSION, 1);
        e.uint(id::EBML_READ_VERSION, 1);
        e.uint(id::EBML_MAX_ID_LENGTH, 4);
        e.uint(id::EBML_MAX_SIZE_LENGTH, 8);
        e.bytes(id::DOC_TYPE, doc_type(codec));
        e.uint(id::DOC_TYPE_VERSION, 4);
        e.uint(id::DOC_TYPE_READ_VERSION, 2);
    });
}

/// Opens a segment whose end is not known.
pub fn open_segment(out: &mut Buffer) {
    out.id(id::SEGMENT);
    out.0.extend_from_slice(&UNKNOWN);
}

/// Appends the info: ticks of a millisecond, the writer, and the duration when it is known.
pub fn info(out: &mut Buffer, duration: Option<MediaTime>) {
    out.master(id::INFO, |e| {
        e.uint(id::TIMESTAMP_SCALE, 1_000_000);
        if let Some(duration) = duration {
            e.float(id::DURATION, duration.ms() as f64);
        }
        e.bytes(id::MUXING_APP, APP.as_bytes());
        e.bytes(id::WRITING_APP, APP.as_bytes());
    });
}

/// Appends the track entries.
pub fn tracks(out: &mut Buffer, tracks: &Tracks) {
    out.master(id::TRACKS, |e| {
        if let Some(Video { codec, size: (width, height), private }) = &tracks.video {
            e.master(id::TRACK_ENTRY, |e| {
                entry(e, Track::Video, 1, codec_id(*codec));
                if !private.is_empty() {
                    e.bytes(id::CODEC_PRIVATE, private);
                }
                e.master(id::VIDEO, |e| {
                    e.uint(id::PIXEL_WIDTH, (*width).into());
                    e.uint(id::PIXEL_HEIGHT, (*height).into());
                });
            });
        }
        if let Some(channels) = tracks.audio {
            e.master(id::TRACK_ENTRY, |e| {
                entry(e, Track::Audio, 2, b"A_OPUS");
                // No pre-skip and no codec delay: the stamps in the file are those of the packets.
                let mut head = *b"OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0";
                head[9] = channels;
                e.bytes(id::CODEC_PRIVATE, &head);
                e.uint(id::SEEK_PRE_ROLL, 80_000_000);
                e.master(id::AUDIO, |e| {
                    e.float(id::SAMPLING_FREQUENCY, packet::OPUS_HZ.into());
                    e.uint(id::CHANNELS, channels.into());
                });
            });
        }
    });
}

fn entry(e: &mut Buffer, track: Track, kind: u64, codec: &[u8]) {
    e.uint(id::TRACK_NUMBER, number(track).into());
    e.uint(id::TRACK_UID, number(track).into());
    e.uint(id::TRACK_TYPE, kind);
    e.uint(id::FLAG_LACING, 0);
    e.bytes(id::CODEC_ID, codec);
}

/// Opens a cluster whose end is not known.
pub fn open_cluster(out: &mut Buffer, t: MediaTime) {
    out.id(id::CLUSTER);
    out.0.extend_from_slice(&UNKNOWN);
    out.uint(id::TIMESTAMP, t.ms().max(0) as u64);
}

/// Appends the head of a block; `length` bytes of payload follow. `t` is within 32 767 ms of `cluster`.
pub fn block_head(out: &mut Buffer, track: Track, cluster: MediaTime, t: MediaTime, key: bool, length: usize) {
    out.id(id::SIMPLE_BLOCK);
    out.size(length as u64 + 4);
    let [high, low] = ((t - cluster) as i16).to_be_bytes();
    out.0.extend_from_slice(&[0x80 | number(track), high, low, if key { 0x80 } else { 0 }]);
}

/// Decides where clusters begin, and keeps the stamp of the open one.
#[derive(Debug, Default)]
pub struct Clusters {
    open: Option<MediaTime>,
}

impl Clusters {
    /// Returns the stamp of the cluster that a block belongs to, and whether that cluster has to be opened for it.
    ///
    /// Where there is video a cluster begins with a key frame, so that a player can start there.
    pub fn place(&mut self, track: Track, t: MediaTime, key: bool) -> (MediaTime, bool) {
        if let Some(open) = self.open {
            let age = t - open;
            let due = track == Track::Video && key && age >= CLUSTER_MIN_MS;
            if !due && (-CLUSTER_MS..CLUSTER_MS).contains(&age) {
                return (open, false);
            }
        }
        self.open = Some(t);
        (t, true)
    }
}

/// Returns when the unit ends, as far as its bytes tell.
pub fn end(track: Track, unit: &AccessUnit) -> MediaTime {
    match track {
        Track::Video => unit.t + FRAME_MS,
        Track::Audio => unit.t + i64::from(packet::opus_samples(&unit.data).unwrap_or(0) / 48),
    }
}
