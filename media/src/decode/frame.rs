//! Decoded video frames, in memory of this process or in memory that a decoding process shares.

use super::Lost;
use crate::item::Rotation;
use crate::process::wire;
use coach_core::frame::{Matrix, Range};
use coach_core::{I420, MediaTime};
use gstreamer_video as gst_video;
use gstreamer_video::prelude::*;
use memmap2::Mmap;
use std::io::{PipeWriter, Write};
use std::sync::Arc;

/// A decoded frame. Cheap to hold and to send; its memory is not reused while it exists.
pub struct VideoFrame {
    /// The presentation time.
    pub t: MediaTime,
    /// What should have come out before it. `None`: nothing was lost.
    pub lost: Option<Lost>,
    rotation: Rotation,
    pixels: Pixels,
}

#[expect(
    clippy::large_enum_variant,
    reason = "one of them lives in each frame, and a frame is moved by its Arc or once"
)]
enum Pixels {
    Own(gst_video::VideoFrame<gst_video::video_frame::Readable>),
    Shared(SharedFrame),
}

/// A frame in a piece of shared memory. The process is told when it is dropped.
pub(crate) struct SharedFrame {
    pub map: Arc<Mmap>,
    pub back: Arc<PipeWriter>,
    pub said: wire::Frame,
}

impl Drop for SharedFrame {
    fn drop(&mut self) {
        // A process that has ended needs no message; one that does not read runs out of memory and ends.
        let _ = (&*self.back).write(&self.said.memory.to_le_bytes());
    }
}

impl VideoFrame {
    pub(crate) fn own(
        t: MediaTime,
        lost: Option<Lost>,
        rotation: Rotation,
        frame: gst_video::VideoFrame<gst_video::video_frame::Readable>,
    ) -> VideoFrame {
        VideoFrame { t, lost, rotation, pixels: Pixels::Own(frame) }
    }

    /// Returns the frame that a process described. `None`: its planes are not within its memory.
    pub(crate) fn shared(
        t: MediaTime,
        lost: Option<Lost>,
        rotation: Rotation,
        shared: SharedFrame,
    ) -> Option<VideoFrame> {
        let frame = VideoFrame { t, lost, rotation, pixels: Pixels::Shared(shared) };
        frame.view().is_consistent().then_some(frame)
    }

    /// Returns the pixels, without a copy.
    pub fn view(&self) -> I420<'_> {
        match &self.pixels {
            Pixels::Own(frame) => own(frame, self.rotation),
            Pixels::Shared(shared) => shared.view(self.rotation),
        }
    }
}

fn own(frame: &gst_video::VideoFrame<gst_video::video_frame::Readable>, rotation: Rotation) -> I420<'_> {
    let info = frame.info();
    let plane = |n: u32| frame.plane_data(n).unwrap_or_default();
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
        rotation,
    }
}

impl SharedFrame {
    fn view(&self, rotation: Rotation) -> I420<'_> {
        let said = &self.said;
        let (width, height) = (said.width as usize, said.height as usize);
        // A plane outside the memory becomes empty, which makes the view inconsistent.
        let plane = |n: usize, rows: usize| {
            let (start, stride) = (usize::try_from(said.planes[n].0).ok(), said.planes[n].1 as usize);
            let rest = start.and_then(|start| self.map.get(start..)).unwrap_or_default();
            &rest[..rest.len().min(stride.saturating_mul(rows))]
        };
        let half = height.div_ceil(2);
        I420 {
            width,
            height,
            y: plane(0, height),
            u: plane(1, half),
            v: plane(2, half),
            y_stride: said.planes[0].1 as usize,
            u_stride: said.planes[1].1 as usize,
            v_stride: said.planes[2].1 as usize,
            matrix: said.matrix,
            range: said.range,
            rotation,
        }
    }
}

impl std::fmt::Debug for VideoFrame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let view = self.view();
        write!(f, "VideoFrame({}, {}x{})", self.t, view.width, view.height)
    }
}
