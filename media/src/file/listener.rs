//! Observes the end of one track: its coding, its rotation, its units with the file's own times.

use super::container::Container;
use super::demux::{Message, Raw, Stamps};
use super::limits::{Error, Limits, check_pixels};
use super::movie::{MovieTrack, Place};
use super::tracks::Shared;
use super::wave::adpcm_samples;
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
    /// What the movie says of this track, where the file has one.
    movie: Option<MovieTrack>,
    /// Samples of ADPCM so far: the demuxer's times come from a rate that many files state wrongly.
    adpcm: Option<u64>,
    last_ns: i64,
    /// Frames were left out, so that only a key frame can be decoded next.
    needs_key: bool,
}

impl Listener {
    /// Attaches to `pad`, which carries one track in the form that a decoder takes.
    pub fn attach(shared: Arc<Shared>, track: Track, pad: &gst::Pad) {
        let mut listener = Listener {
            shared,
            track,
            segment: None,
            caps: None,
            movie: None,
            adpcm: None,
            last_ns: 0,
            needs_key: false,
        };
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
            gst::EventView::StreamStart(start) => {
                // The demuxer's name for a stream ends with the track's number.
                let id = start.stream_id().rsplit('/').next().and_then(|id| id.parse::<u32>().ok());
                self.movie = self.shared.movie.iter().find(|track| Some(track.id) == id).cloned();
            }
            gst::EventView::Segment(segment) => {
                self.segment = segment.segment().downcast_ref::<gst::ClockTime>().cloned();
                let start = self.segment.as_ref().and_then(|segment| segment.start());
                if let Some(start_ns) = start.and_then(|start| i64::try_from(start.nseconds()).ok()) {
                    self.shared.begins(start_ns);
                }
            }
            gst::EventView::Tag(tag) => {
                if let Some(turn) = tag.tag().get::<gst::tags::ImageOrientation>() {
                    self.shared.say(Ok(Message::Turned(self.track, rotation(turn.get()))));
                }
            }
            gst::EventView::Caps(caps) => {
                let mut new = caps.caps_owned();
                if self.movie.as_ref().is_some_and(|movie| movie.little_endian) {
                    lowest_byte_first(&mut new);
                }
                self.adpcm = (self.shared.container == Container::Wave
                    && new.structure(0).is_some_and(|s| s.name() == "audio/x-adpcm"))
                .then_some(0);
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

    /// A time as it counts, in nanoseconds.
    fn time(&self, time: Option<gst::ClockTime>) -> Option<i64> {
        let time = time?;
        let plain = i64::try_from(time.nseconds()).ok();
        // The demuxer moves a file that does not begin at zero there, but media times are taken as they are; those of a
        // movie are placed by its own edit lists.
        if self.shared.stamps == Stamps::Media || self.movie.is_some() {
            return plain;
        }
        let Some(segment) = &self.segment else { return plain };
        let signed = segment.to_running_time_full(time)?;
        let magnitude = i64::try_from(signed.abs().nseconds()).ok()?;
        Some(if signed.is_negative() { -magnitude } else { magnitude })
    }

    /// Begin and end of `bytes` of ADPCM by the count of samples, in nanoseconds.
    fn adpcm_times(&mut self, bytes: usize) -> Option<(i64, i64)> {
        let (count, coding) = (self.adpcm?, self.caps.as_ref()?.structure(0)?);
        let number = |name: &str| coding.get::<i32>(name).ok().and_then(|n| u32::try_from(n).ok());
        let (rate, channels, block) = (number("rate")?.max(1), number("channels")?, number("block_align")?);
        let samples = adpcm_samples(coding.get::<&str>("layout").ok()?, block, channels, bytes as u64)?;
        let at = |count: u64| i64::try_from(u128::from(count) * 1_000_000_000 / u128::from(rate)).ok();
        let end = count.checked_add(samples)?;
        self.adpcm = Some(end);
        Some((at(count)?, at(end)?))
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
        let (pts, dts) = (self.time(buffer.pts()), self.time(buffer.dts()));
        let mut duration_ns = buffer.duration().and_then(|d| i64::try_from(d.nseconds()).ok()).unwrap_or(0);
        let mut pts_ns = pts.or(dts).unwrap_or(self.last_ns);
        if let Some((begins_ns, ends_ns)) = self.adpcm_times(buffer.size()) {
            (pts_ns, duration_ns) = (begins_ns, ends_ns - begins_ns);
        }
        let mut order_ns = if self.track == Track::Video { dts.unwrap_or(pts_ns) } else { pts_ns };
        self.last_ns = pts_ns;
        let key = self.track == Track::Audio || !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
        let moved_ns = match self.movie.as_ref().map(|movie| movie.timeline.place(pts_ns)) {
            Some(Place::Shown(_)) if self.needs_key && !key => return None,
            Some(Place::Shown(t) | Place::Before(t)) => t.saturating_sub(pts_ns),
            Some(Place::Out) => {
                self.needs_key = self.track == Track::Video;
                return None;
            }
            None => self.shared.shift(pts_ns, duration_ns),
        };
        self.needs_key = false;
        (pts_ns, order_ns) = (pts_ns.saturating_add(moved_ns), order_ns.saturating_add(moved_ns));
        let data = Bytes::copy_from_slice(buffer.map_readable().ok()?.as_slice());
        Some(Raw { pts_ns, order_ns, duration_ns, key, data })
    }
}

/// Names the format of samples whose lowest byte comes first.
fn lowest_byte_first(caps: &mut gst::Caps) {
    for structure in caps.make_mut().iter_mut() {
        let format = structure.get::<String>("format").ok();
        if let Some(name) = format.as_deref().and_then(|format| format.strip_suffix("BE")) {
            structure.set("format", format!("{name}LE"));
        }
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
    if old.name() == now.name() && fixed(old).iter().copied().all(same) {
        return Ok(());
    }
    // What came before it can be analyzed.
    Err(Error::Damaged(format!("the coding of a track changes in the middle ({})", now.name())))
}

/// The fields of a coding that a decoder is made for. Units of some codings say all of it themselves.
fn fixed(coding: &gst::StructureRef) -> &'static [&'static str] {
    let adts = coding.get::<&str>("stream-format").is_ok_and(|format| matches!(format, "adts" | "loas"));
    match coding.name().as_str() {
        "audio/mpeg" if coding.get::<i32>("mpegversion") == Ok(1) || adts => &["stream-format"],
        "audio/x-opus" | "audio/x-ac3" | "audio/x-eac3" | "audio/ac3" | "audio/eac3" => &[],
        _ => &["codec_data", "stream-format", "rate", "channels", "format"],
    }
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

/// GStreamer's tag says how the frames have to be turned, clockwise, and whether they are mirrored before that.
///
/// Mirrored frames are turned, not mirrored. To turn by a quarter after mirroring is to turn by the opposite quarter before
/// it, so that without the mirroring the quarters change places.
fn rotation(tag: &str) -> Rotation {
    match tag {
        "rotate-90" | "flip-rotate-270" => Rotation::Clockwise90,
        "rotate-180" | "flip-rotate-180" => Rotation::Half,
        "rotate-270" | "flip-rotate-90" => Rotation::Clockwise270,
        _ => Rotation::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirrored_frame_is_turned_the_other_way_than_a_plain_one() {
        assert_eq!(rotation("rotate-90"), Rotation::Clockwise90);
        assert_eq!(rotation("flip-rotate-90"), Rotation::Clockwise270);
        assert_eq!(rotation("flip-rotate-270"), Rotation::Clockwise90);
        assert_eq!(rotation("flip-rotate-180"), Rotation::Half);
        assert_eq!(rotation("flip-rotate-0"), Rotation::None);
        assert_eq!(rotation("upside down"), Rotation::None);
    }
}
