//! The poster: the still image that stands for a recording.

use super::Error;
use crate::decode::VideoFrame;
use crate::file::Limits;
use crate::gst::{Pipeline, make};
use crate::item::{Item, Track};
use crate::process::Decoding;
use coach_core::frame::{Matrix, Range, Rotation};
use coach_core::{I420, MediaTime};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::{AppSink, AppSrc};
use gstreamer_video as gst_video;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// The time of the frame that is used: by then people have settled. A shorter recording gives its last frame.
const AT: MediaTime = MediaTime(1000);

/// The longer side of the poster, pixels.
const SIDE: u32 = 640;

/// Writes a JPEG of the recording's first second, upright and at most 640 pixels wide or high.
///
/// The recording is read in the process that [`Decoding::new`] names.
///
/// # Errors
/// [`Error::Poster`]: the recording cannot be read, or no frame could be decoded. [`Error::Write`]: the disk.
pub fn poster(path: &Path, out_jpeg: &Path) -> Result<(), Error> {
    let frame = frame(&Decoding::new(), path)?;
    let jpeg = jpeg(&frame).map_err(Error::Poster)?;
    std::fs::write(out_jpeg, jpeg).map_err(|source| Error::Write { path: out_jpeg.to_path_buf(), source })
}

/// Decodes the frame at [`AT`], or the last one before it.
fn frame(decoding: &Decoding, path: &Path) -> Result<VideoFrame, Error> {
    let no = |e: &dyn std::fmt::Display| Error::Poster(e.to_string());
    let mut source = decoding.open(path, Limits::default()).map_err(|e| no(&e))?;
    let format = source.formats().video.clone().ok_or_else(|| Error::Poster("there are no frames".into()))?;
    let taken: Arc<Mutex<Option<VideoFrame>>> = Arc::default();
    let sink = taken.clone();
    let take = move |frame: VideoFrame| {
        let mut taken = sink.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.as_ref().is_none_or(|before| before.t < AT) {
            *taken = Some(frame);
        }
    };
    let mut decoder = decoding.video(&format, take).map_err(|e| no(&e))?;
    while let Some(item) = source.next().map_err(|e| no(&e))? {
        let Item::Unit(Track::Video, unit) = item else { continue };
        decoder.push_blocking(&unit).map_err(|e| no(&e))?;
        if taken.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|frame| frame.t >= AT) {
            break;
        }
    }
    decoder.flush().map_err(|e| no(&e))?;
    let frame = taken.lock().unwrap_or_else(PoisonError::into_inner).take();
    frame.ok_or_else(|| Error::Poster("no frame could be decoded".into()))
}

/// Returns the pixels in the layout of GStreamer.
fn raw(view: &I420<'_>) -> Result<(gst::Buffer, gst::Caps), String> {
    let (width, height) = (view.width as u32, view.height as u32);
    let range = if view.range == Range::Full { 1 } else { 2 };
    let matrix = if view.matrix == Matrix::Bt709 { 3 } else { 4 };
    let info = gst_video::VideoInfo::builder(gst_video::VideoFormat::I420, width, height).build();
    let info = info.map_err(|e| e.to_string())?;
    let mut bytes = vec![0; info.size()];
    let half = view.height.div_ceil(2);
    let planes = [
        (view.y, view.y_stride, view.width, view.height),
        (view.u, view.u_stride, view.width.div_ceil(2), half),
        (view.v, view.v_stride, view.width.div_ceil(2), half),
    ];
    for (n, (plane, stride, width, rows)) in planes.into_iter().enumerate() {
        let to = bytes.get_mut(info.offset()[n]..).ok_or("a plane outside the frame")?;
        for (to, from) in to.chunks_mut(info.stride()[n] as usize).zip(plane.chunks(stride)).take(rows) {
            to[..width].copy_from_slice(&from[..width]);
        }
    }
    let mut caps = info.to_caps().map_err(|e| e.to_string())?;
    caps.make_mut().set("colorimetry", format!("{range}:{matrix}:0:0"));
    Ok((gst::Buffer::from_slice(bytes), caps))
}

fn jpeg(frame: &VideoFrame) -> Result<Vec<u8>, String> {
    let view = frame.view();
    let (width, height) = (view.width as u32, view.height as u32);
    let longest = width.max(height).max(SIDE);
    let scaled = |side: u32| (side * SIDE / longest).max(2) as i32;
    let (buffer, caps) = raw(&view)?;
    // The colours of JPEG are BT.601 with values from 0 to 255.
    let small = gst::Caps::builder("video/x-raw")
        .field("format", "I420")
        .field("width", scaled(width))
        .field("height", scaled(height))
        .field("colorimetry", "1:4:0:0")
        .build();
    let source = AppSrc::builder().caps(&caps).format(gst::Format::Time).build();
    let sink = AppSink::builder().sync(false).async_(false).build();
    let scale = make("videoscale")?;
    let convert = make("videoconvert")?;
    let filter = make("capsfilter")?;
    filter.set_property("caps", &small);
    let flip = make("videoflip")?;
    flip.set_property_from_str(
        "video-direction",
        match view.rotation {
            Rotation::None => "identity",
            Rotation::Clockwise90 => "90r",
            Rotation::Half => "180",
            Rotation::Clockwise270 => "90l",
        },
    );
    let encode = make("jpegenc")?;
    let elements = [source.clone().upcast(), scale, convert, filter, flip, encode, sink.clone().upcast()];
    let pipeline = Pipeline::new();
    pipeline.0.add_many(&elements).map_err(|e| e.to_string())?;
    gst::Element::link_many(&elements).map_err(|e| e.to_string())?;
    pipeline.0.set_state(gst::State::Playing).map_err(|e| e.to_string())?;
    source.push_buffer(buffer).map_err(|e| e.to_string())?;
    source.end_of_stream().map_err(|e| e.to_string())?;
    let sample = sink.try_pull_sample(gst::ClockTime::from_seconds(10)).ok_or("the encoder gave nothing")?;
    let map = sample.buffer().ok_or("the encoder gave nothing")?.map_readable().map_err(|e| e.to_string())?;
    Ok(map.to_vec())
}
