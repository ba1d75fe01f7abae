//! Observes the end of one track: its coding, its rotation, its units with the file's own times.

use super::demux::{Message, Raw, Shared, Stamps};
use super::{Error, Limits, check_pixels};
use crate::item::{Format, Rotation, Track};
use bytes::Bytes;
use gstreamer as gst;
use gstreamer::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

/// The largest unit, bytes.
const MOST_UNIT: usize = 64 << 20;

/// Observes the pad of one track.
pub(super) struct Listener {
    shared: Arc<Shared>,
    track: Track,
    segment: Option<gst::FormattedSegment<gst::ClockTime>>,
    /// The coding, once it is final.
    caps: Option<gst::Caps>,
    last_ns: i64,
}

impl Listener {
    /// Attaches to `pad`, which carries one track in the form that a decoder takes.
    pub fn attach(shared: Arc<Shared>, track: Track, pad: &gst::Pad) {
        let mut listener = Listener { shared, track, segment: None, caps: None, last_ns: 0 };
        pad.sticky_events_foreach(|event| {
            let _ = listener.event(event);
            std::ops::ControlFlow::Continue(gst::EventForeachAction::Keep)
        });
        let listener = Mutex::new(listener);
        pad.add_probe(gst::PadProbeType::BUFFER | gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
            let mut listener = listener.lock().unwrap_or_else(PoisonError::into_inner);
            match &info.data {
                Some(gst::PadProbeData::Buffer(buffer)) => listener.buffer(buffer),
                Some(gst::PadProbeData::Event(event)) => listener.event(event),
                _ => gst::PadProbeReturn::Ok,
            }
        });
    }

    fn event(&mut self, event: &gst::Event) -> gst::PadProbeReturn {
        match event.view() {
            gst::EventView::Segment(segment) => {
                self.segment = segment.segment().downcast_ref::<gst::ClockTime>().cloned();
            }
            gst::EventView::Tag(tag) => {
                if let Some(turn) = tag.tag().get::<gst::tags::ImageOrientation>() {
                    self.shared.say(Ok(Message::Turned(self.track, rotation(turn.get()))));
                }
            }
            gst::EventView::Caps(caps) => {
                let new = caps.caps_owned();
                let told = match &self.caps {
                    Some(old) => change(old, &new, &self.shared.limits),
                    None => {
                        let format = Format { caps: text(&new, self.track), rotation: Rotation::None };
                        self.shared.say(Ok(Message::Track(self.track, format)));
                        new.structure(0).map_or(Ok(()), |s| check_caps(s, &self.shared.limits))
                    }
                };
                self.caps = Some(new);
                if let Err(error) = told {
                    self.shared.say(Err(error));
                }
            }
            gst::EventView::Eos(_) => self.shared.say(Ok(Message::Ended(self.track))),
            _ => {}
        }
        gst::PadProbeReturn::Ok
    }

    fn buffer(&mut self, buffer: &gst::Buffer) -> gst::PadProbeReturn {
        let Some(raw) = self.raw(buffer) else { return gst::PadProbeReturn::Ok };
        let bytes = raw.data.len();
        // After the reader has gone the rest is discarded until the pipeline stops.
        self.shared.push(Ok(Message::Unit(self.track, raw)), bytes);
        gst::PadProbeReturn::Ok
    }

    fn raw(&mut self, buffer: &gst::Buffer) -> Option<Raw> {
        if buffer.size() == 0 || buffer.flags().contains(gst::BufferFlags::GAP) {
            return None;
        }
        if buffer.size() > MOST_UNIT {
            self.shared.say(Err(Error::Limit {
                what: "a unit has",
                is: format!("{} MB", buffer.size() >> 20),
                most: format!("{} MB", MOST_UNIT >> 20),
            }));
            return None;
        }
        let running = |time: Option<gst::ClockTime>| {
            let time = time?;
            let plain = i64::try_from(time.nseconds()).ok();
            // The demuxer shifts a file that does not begin at zero to zero, but media times stay as they are.
            if self.shared.stamps == Stamps::Media {
                return plain;
            }
            let Some(segment) = &self.segment else { return plain };
            let signed = segment.to_running_time_full(time)?;
            let magnitude = i64::try_from(signed.abs().nseconds()).ok()?;
            Some(if signed.is_negative() { -magnitude } else { magnitude })
        };
        let (pts, dts) = (running(buffer.pts()), running(buffer.dts()));
        let pts_ns = pts.or(dts).unwrap_or(self.last_ns);
        let order_ns = if self.track == Track::Video { dts.unwrap_or(pts_ns) } else { pts_ns };
        self.last_ns = pts_ns;
        let duration_ns = buffer.duration().and_then(|d| i64::try_from(d.nseconds()).ok()).unwrap_or(0);
        let key = self.track == Track::Audio || !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
        let data = Bytes::copy_from_slice(buffer.map_readable().ok()?.as_slice());
        Some(Raw { pts_ns, order_ns, duration_ns, key, data })
    }
}

/// Checks a change within the track: the size of the video may change, its coding may not.
fn change(old: &gst::Caps, new: &gst::Caps, limits: &Limits) -> Result<(), Error> {
    let (Some(old), Some(now)) = (old.structure(0), new.structure(0)) else { return Ok(()) };
    check_caps(now, limits)?;
    let same = |field: &str| {
        let (old, now) = (old.value(field).ok(), now.value(field).ok());
        old.map(|v| v.serialize().ok()) == now.map(|v| v.serialize().ok())
    };
    if old.name() == now.name() && ["codec_data", "stream-format", "rate", "channels", "format"].into_iter().all(same) {
        return Ok(());
    }
    Err(Error::Unsupported(format!("its coding changes in the middle, from {old} to {now}")))
}

/// Checks the frame size of a coding before any memory is taken for it.
pub(super) fn check_caps(structure: &gst::StructureRef, limits: &Limits) -> Result<(), Error> {
    let side = |name: &str| structure.get::<i32>(name).ok().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    check_pixels(side("width"), side("height"), limits)
}

/// Returns the capabilities that a decoder needs. Opus is described as in live sessions, without a header, so that
/// nothing is trimmed.
pub(super) fn text(caps: &gst::Caps, track: Track) -> String {
    if track == Track::Audio
        && let Some(structure) = caps.structure(0)
        && structure.name() == "audio/x-opus"
        && structure.get::<i32>("channel-mapping-family").unwrap_or(0) == 0
    {
        return Format::opus(if structure.get::<i32>("channels") == Ok(1) { 1 } else { 2 }).caps;
    }
    if caps.structure(0).is_some_and(|s| s.name() == "video/x-vp8") {
        return Format::vp8().caps;
    }
    caps.to_string()
}

/// Converts GStreamer's orientation tag to a clockwise rotation. A mirrored image is turned, but not mirrored.
fn rotation(tag: &str) -> Rotation {
    match tag.trim_start_matches("flip-") {
        "rotate-90" => Rotation::Clockwise90,
        "rotate-180" => Rotation::Half,
        "rotate-270" => Rotation::Clockwise270,
        _ => Rotation::None,
    }
}
