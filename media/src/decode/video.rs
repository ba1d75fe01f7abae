//! Pictures, as decoders give them.

use super::chain::{Chain, Plan};
use super::{Error, Lost};
use crate::item::{AccessUnit, Format, GapReason, Rotation};
use crate::packet;
use coach_core::frame::{Matrix, Range};
use coach_core::{I420, MediaTime};
use gstreamer as gst;
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;
use std::sync::{Arc, Mutex};

/// The largest picture that is decoded unless told otherwise: 4096 x 2304 and anything of as many pixels.
pub const MOST_PIXELS: u32 = 4096 * 2304;

/// A decoded picture. Cheap to hold and to send; as long as it lives, its memory is not used again.
pub struct VideoFrame {
    /// When it is shown.
    pub t: MediaTime,
    /// What should have come out before it.
    pub lost: Option<Lost>,
    rotation: Rotation,
    caps: gst::Caps,
    frame: gst_video::VideoFrame<gst_video::video_frame::Readable>,
}

impl VideoFrame {
    /// The pixels, without a copy.
    pub fn view(&self) -> I420<'_> {
        let info = self.frame.info();
        let plane = |n: u32| self.frame.plane_data(n).unwrap_or_default();
        let stride = |n: usize| info.stride().get(n).copied().and_then(|s| usize::try_from(s).ok()).unwrap_or(0);
        I420 {
            width: info.width() as usize,
            height: info.height() as usize,
            y: plane(0),
            u: plane(1),
            v: plane(2),
            y_stride: stride(0),
            u_stride: stride(1),
            v_stride: stride(2),
            matrix: match info.colorimetry().matrix() {
                gst_video::VideoColorMatrix::Bt709 => Matrix::Bt709,
                _ => Matrix::Bt601,
            },
            range: match info.colorimetry().range() {
                gst_video::VideoColorRange::Range0_255 => Range::Full,
                _ => Range::Limited,
            },
            rotation: self.rotation,
        }
    }
}

impl VideoFrame {
    /// The picture as GStreamer has it.
    pub(crate) fn parts(&self) -> (gst::Buffer, gst::Caps) {
        (self.frame.buffer_owned(), self.caps.clone())
    }
}

impl std::fmt::Debug for VideoFrame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let info = self.frame.info();
        write!(f, "VideoFrame({}, {}x{})", self.t, info.width(), info.height())
    }
}

/// Decodes pictures.
pub struct Video {
    chain: Chain,
    vp8: bool,
    most_pixels: u32,
}

impl Video {
    /// Starts a decoder; `sink` is called on its thread, in order of time.
    pub fn new(format: &Format, mut sink: impl FnMut(VideoFrame) + Send + 'static) -> Result<Video, Error> {
        let input: gst::Caps = format
            .caps
            .parse()
            .map_err(|_| Error::Unsupported { caps: format.caps.clone(), why: "these are no capabilities".into() })?;
        let output = gst::Caps::builder("video/x-raw").field("format", "I420").build();
        let vp8 = format.media_type() == "video/x-vp8";
        let plan = Plan {
            decoders: super::decoders(&input, format)?,
            input,
            convert: "videoconvert",
            output,
            delta: format.media_type() != "video/x-raw",
            // The bit that says that the frame is shown (RFC 6386 section 9.1).
            answers: if vp8 { |unit| unit.first().is_some_and(|tag| tag >> 4 & 1 == 1) } else { |_| false },
        };
        let rotation = format.rotation;
        let sink = move |sample: gst::Sample, lost: Option<Lost>| {
            let (Some(caps), Some(buffer)) = (sample.caps(), sample.buffer_owned()) else { return };
            let nanos = buffer.pts().map_or(0, |pts| i64::try_from(pts.nseconds()).unwrap_or(0));
            let Ok(info) = gst_video::VideoInfo::from_caps(caps) else { return };
            let Ok(frame) = gst_video::VideoFrame::from_buffer_readable(buffer, &info) else { return };
            let caps = caps.to_owned();
            let frame = VideoFrame { t: MediaTime::from_nanos(nanos), lost, rotation, caps, frame };
            // Perception reads the planes by these sizes.
            if frame.view().is_consistent() {
                sink(frame);
            }
        };
        let chain = Chain::new(plan, Arc::new(Mutex::new(sink)))?;
        Ok(Video { chain, vp8, most_pixels: MOST_PIXELS })
    }

    /// Takes a unit without waiting; where the decoder is far behind, it and all up to the next key frame are lost.
    pub fn push(&mut self, unit: &AccessUnit) -> Result<(), Error> {
        if self.check(unit)? { self.chain.push(unit) } else { Ok(()) }
    }

    /// Takes a unit when there is room for it.
    pub fn push_blocking(&mut self, unit: &AccessUnit) -> Result<(), Error> {
        if self.check(unit)? { self.chain.push_blocking(unit) } else { Ok(()) }
    }

    /// Waits until everything has come out. Nothing can be pushed afterwards.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.chain.flush()
    }

    /// Since when nothing has come out for what was pushed, where no later output has told.
    pub fn lost(&self) -> Option<(MediaTime, GapReason)> {
        self.chain.lost()
    }

    /// Live pictures come from strangers: their size is known before memory is taken for them, and what cannot be a
    /// picture never reaches the decoder, which would show the last one again.
    fn check(&mut self, unit: &AccessUnit) -> Result<bool, Error> {
        if !self.vp8 {
            return Ok(true);
        }
        match packet::vp8(&unit.data) {
            Some(packet::Vp8 { key: Some((width, height)) }) if width * height > self.most_pixels => {
                Err(Error::Pixels { width, height, limit: self.most_pixels })
            }
            Some(vp8) if vp8.key.is_some() == unit.key => Ok(true),
            _ => {
                self.chain.refuse(unit);
                Ok(false)
            }
        }
    }
}
