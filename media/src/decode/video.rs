//! Decodes access units to frames.

use super::chain::{Chain, Plan, Thread};
use super::frame::VideoFrame;
use super::way::{Decoder, Pace, Way};
use super::{Error, Lost};
use crate::item::{AccessUnit, Format, GapReason, Track, VideoCodec};
use crate::process::shared::Pieces;
use crate::process::{self, Process};
use crate::{h264, packet};
use coach_core::MediaTime;
use gstreamer as gst;
use gstreamer_video as gst_video;
use std::sync::{Arc, Mutex};

/// The largest frame that is decoded, pixels: 4096 x 2304, or as many in another shape.
const MOST_PIXELS: u32 = 4096 * 2304;

/// What a decoder of video gives out.
#[expect(clippy::large_enum_variant, reason = "it is moved once, and a box for each frame costs more")]
#[derive(Debug)]
pub enum Decoded {
    Frame(VideoFrame),
    /// The frame with this stamp was decoded and is not wanted.
    Passed(MediaTime),
}

/// A decoder of video.
pub struct Video {
    way: Way,
    codec: Option<VideoCodec>,
}

impl Video {
    /// Starts a decoder; `sink` is called on its thread, in order of time.
    pub fn new(format: &Format, sink: impl FnMut(VideoFrame) + Send + 'static) -> Result<Video, Error> {
        Video::here(format, None, sink)
    }

    /// Starts a decoder as [`Video::new`] does, on the thread that pushes units, with frames in shared memory where the
    /// decoder allows it.
    pub(crate) fn in_shared_memory(
        format: &Format,
        pieces: Arc<Pieces>,
        sink: impl FnMut(VideoFrame) + Send + 'static,
    ) -> Result<Video, Error> {
        Video::here(format, Some(pieces), sink)
    }

    /// Starts a decoder as [`Video::new`] does, in a separate process, for `hz` frames a second; 0: for all.
    pub(crate) fn new_in(
        process: &Process,
        format: &Format,
        hz: u32,
        sink: impl FnMut(Decoded) + Send + 'static,
    ) -> Result<Video, Error> {
        super::decoders(&super::caps(format)?, format)?;
        let sink = process::Sink::Video(Box::new(sink));
        let decoder = process::Decoder::new(process, Track::Video, format, hz, sink)?;
        Ok(Video { way: Way::Away(decoder), codec: VideoCodec::of(format) })
    }

    fn here(
        format: &Format,
        pieces: Option<Arc<Pieces>>,
        mut sink: impl FnMut(VideoFrame) + Send + 'static,
    ) -> Result<Video, Error> {
        let input = super::caps(format)?;
        let mut output = gst::Caps::builder("video/x-raw").field("format", "I420").build();
        // A face must not be squeezed: pixels that are not square are made so.
        let square = !stretched(&input);
        if !square && let Some(output) = output.get_mut() {
            output.set("pixel-aspect-ratio", gst::Fraction::new(1, 1));
        }
        let codec = VideoCodec::of(format);
        let plan = Plan {
            thread: if pieces.is_some() { Thread::Callers } else { Thread::Own },
            decoders: super::decoders(&input, format)?,
            input,
            convert: if square { &["videoconvert"] } else { &["videoconvert", "videoscale"] },
            output,
            pieces,
            delta: format.media_type() != "video/x-raw",
            // The bit that says that the frame is shown (RFC 6386, section 9.1).
            answers: if codec == Some(VideoCodec::Vp8) {
                |unit| unit.first().is_some_and(|tag| tag >> 4 & 1 == 1)
            } else {
                |_| false
            },
        };
        let rotation = format.rotation;
        let sink = move |sample: gst::Sample, lost: Option<Lost>| {
            let (Some(caps), Some(buffer)) = (sample.caps(), sample.buffer_owned()) else { return };
            let t = super::chain::time(&buffer);
            let Ok(info) = gst_video::VideoInfo::from_caps(caps) else { return };
            let Ok(frame) = gst_video::VideoFrame::from_buffer_readable(buffer, &info) else { return };
            let frame = VideoFrame::own(t, lost, rotation, frame);
            // Perception reads the planes by these sizes.
            if frame.view().is_consistent() {
                sink(frame);
            }
        };
        let chain = Chain::new(plan, Arc::new(Mutex::new(sink)))?;
        Ok(Video { way: Way::Here(chain), codec })
    }

    /// Takes a unit without waiting. When the decoder is far behind, the unit and all up to the next key frame are
    /// lost.
    pub fn push(&mut self, unit: &AccessUnit) -> Result<(), Error> {
        self.take(unit, Pace::Live)
    }

    /// Takes a unit, waiting until there is room for it.
    pub fn push_blocking(&mut self, unit: &AccessUnit) -> Result<(), Error> {
        self.take(unit, Pace::File)
    }

    /// Waits until everything that was pushed has come out. Nothing can be pushed afterwards.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.way.flush()
    }

    /// Asks for the stamps of frames that were decoded and are not wanted, because nothing follows them for a while.
    /// Returns at once.
    pub fn tell(&mut self) {
        if let Way::Away(decoder) = &mut self.way {
            decoder.tell();
        }
    }

    /// Returns since when nothing has come out for pushed units, unless later output reported it.
    pub fn lost(&self) -> Option<(MediaTime, GapReason)> {
        self.way.lost()
    }

    /// Returns whether units were lost so that nothing decodes before the next key unit: the publisher should be asked for one.
    pub fn needs_key(&self) -> bool {
        self.way.needs_key()
    }

    /// Returns whether a unit may be decoded. Live frames are not trusted: their size is known before memory is taken
    /// for them, and bytes that cannot be a frame never reach the decoder, which would repeat the last frame.
    fn check(&self, unit: &AccessUnit) -> Result<bool, Error> {
        let (fit, size) = match self.codec {
            Some(VideoCodec::Vp8) => match packet::vp8(&unit.data) {
                Some(vp8) => (vp8.key.is_some() == unit.key, vp8.key),
                None => (false, None),
            },
            Some(VideoCodec::H264) => {
                let sets = h264::units(&unit.data).filter_map(h264::sps);
                (true, sets.map(|sps| (sps.width, sps.height)).max_by_key(|(width, height)| width * height))
            }
            None => (true, None),
        };
        match size.filter(|(width, height)| width * height > MOST_PIXELS) {
            Some((width, height)) => Err(Error::Pixels { width, height, limit: MOST_PIXELS }),
            None => Ok(fit),
        }
    }
}

/// Whether the coding says that its pixels are not square.
fn stretched(caps: &gst::Caps) -> bool {
    let ratio = caps.structure(0).and_then(|s| s.get::<gst::Fraction>("pixel-aspect-ratio").ok());
    ratio.is_some_and(|ratio| ratio.numer() > 0 && ratio.denom() > 0 && ratio.numer() != ratio.denom())
}

impl Decoder for Video {
    fn take(&mut self, unit: &AccessUnit, pace: Pace) -> Result<(), Error> {
        let fit = self.check(unit)?;
        if unit.key && self.codec == Some(VideoCodec::H264) && h264::begins_anew(&unit.data) {
            self.way.renew(unit.t)?;
        }
        self.way.push(unit, fit, pace)
    }

    fn way(&mut self) -> &mut Way {
        &mut self.way
    }
}
