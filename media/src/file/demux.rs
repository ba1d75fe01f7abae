//! GStreamer takes a file apart; its thread says what it finds, in the order of the file.

use super::queue::Queue;
use super::{Error, Limits, check_pixels};
use crate::gst::{Pipeline, make};
use crate::item::{Format, Rotation, Track};
use bytes::Bytes;
use coach_core::MediaTime;
use gstreamer as gst;
use gstreamer::prelude::*;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long the file may be silent before reading is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often it is looked whether anything still happens.
const LOOK: Duration = Duration::from_millis(100);

/// The most that one unit may hold.
const MOST_UNIT: usize = 64 << 20;

/// An access unit with the file's own times.
#[derive(Debug, Clone)]
pub struct Raw {
    /// When it is shown or heard, on the file's timeline.
    pub pts_ns: i64,
    /// When it is decoded.
    pub order_ns: i64,
    /// 0 = not said.
    pub duration_ns: i64,
    pub key: bool,
    pub data: Bytes,
}

/// What the taking apart says.
#[derive(Debug)]
pub enum Message {
    Track(Track, Format),
    Turned(Track, Rotation),
    /// All tracks have been told.
    Ready,
    Unit(Track, Raw),
    Ended(Track),
    End,
}

type Sender = Arc<Queue<Result<Message, Error>>>;

/// A file being taken apart.
pub struct Demux {
    queue: Sender,
    pipeline: Option<Pipeline>,
    found: Arc<Mutex<Found>>,
}

/// What the pads' callbacks share.
struct Shared {
    queue: Sender,
    limits: Limits,
    found: Arc<Mutex<Found>>,
}

#[derive(Default)]
struct Found {
    video: bool,
    audio: bool,
    streams: usize,
    encrypted: bool,
    unsupported: Option<String>,
}

impl Demux {
    pub fn start(path: &Path, limits: &Limits) -> Result<Demux, Error> {
        crate::gst::init().map_err(|e| Error::Unsupported(e.to_string()))?;
        let queue: Sender = Arc::new(Queue::new());
        let pipeline = Pipeline::new();
        let source = make("filesrc").map_err(Error::Unsupported)?;
        source.set_property("location", path);
        let parse = make("parsebin").map_err(Error::Unsupported)?;
        let broken = |e: gst::glib::BoolError| Error::Unsupported(e.to_string());
        pipeline.0.add_many([&source, &parse]).map_err(broken)?;
        source.link(&parse).map_err(broken)?;
        let found: Arc<Mutex<Found>> = Arc::default();
        let shared = Arc::new(Shared { queue: queue.clone(), limits: *limits, found: found.clone() });
        // VP8 and Opus are units already; a parser might touch their stamps.
        parse.connect("autoplug-continue", false, |values| {
            let caps = values.get(2).and_then(|v| v.get::<gst::Caps>().ok());
            let name = caps.as_ref().and_then(|c| c.structure(0)).map(|s| s.name().to_string());
            Some((!matches!(name.as_deref(), Some("video/x-vp8" | "audio/x-opus"))).to_value())
        });
        if let Some(bin) = parse.dynamic_cast_ref::<gst::Bin>() {
            bin.connect_element_added(|_, element| believe_the_stream(element));
        }
        let (weak, here) = (pipeline.0.downgrade(), shared.clone());
        parse.connect_pad_added(move |_, pad| {
            if let Some(pipeline) = weak.upgrade()
                && let Err(error) = here.attach(&pipeline, pad)
            {
                let _ = here.queue.say(Err(error));
            }
        });
        let here = shared.clone();
        parse.connect("unknown-type", false, move |values| {
            if let Some(caps) = values.get(2).and_then(|v| v.get::<gst::Caps>().ok()) {
                here.unknown(&caps);
            }
            None
        });
        let here = shared.clone();
        parse.connect_no_more_pads(move |_| {
            let _ = here.queue.say(Ok(Message::Ready));
        });
        if let Some(bus) = pipeline.0.bus() {
            bus.set_sync_handler(move |_, message| {
                shared.hear(message.view());
                gst::BusSyncReply::Drop
            });
        }
        let demux = Demux { queue, pipeline: Some(pipeline), found };
        if let Some(pipeline) = &demux.pipeline {
            // Where it does not start, the bus says why.
            let _ = pipeline.0.set_state(gst::State::Playing);
        }
        Ok(demux)
    }

    /// Waits for the next message.
    pub fn next(&self) -> Result<Message, Error> {
        let mut idle = 0;
        for _ in 0..PATIENCE.as_millis() / LOOK.as_millis() {
            if let Some(message) = self.queue.pop(LOOK) {
                return message;
            }
            // An error that comes while parsebin is still starting the demuxer is lost inside it; what is left of it is
            // that nothing runs any more.
            idle = if self.runs() { 0 } else { idle + 1 };
            if idle == 6 {
                return Err(Error::Damaged("its index is missing or broken".into()));
            }
        }
        Err(Error::Stalled)
    }

    /// Whether any thread is at work on the file.
    fn runs(&self) -> bool {
        let Some(pipeline) = &self.pipeline else { return false };
        pipeline
            .0
            .iterate_recurse()
            .into_iter()
            .flatten()
            .any(|element: gst::Element| element.pads().iter().any(|pad| pad.task_state() == gst::TaskState::Started))
    }

    /// A coding that nothing here knows.
    pub fn unsupported(&self) -> Option<String> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).unsupported.clone()
    }

    /// What the file says of its length.
    pub fn duration(&self) -> Option<MediaTime> {
        let duration = self.pipeline.as_ref()?.0.query_duration::<gst::ClockTime>()?;
        i64::try_from(duration.nseconds()).ok().filter(|ns| *ns < i64::MAX / 2).map(MediaTime::from_nanos)
    }
}

impl Drop for Demux {
    fn drop(&mut self) {
        // First the waiting thread, then the pipeline that joins it.
        self.queue.close();
        self.pipeline = None;
    }
}

impl Shared {
    fn found(&self) -> std::sync::MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the first track of each kind; the others run into nothing.
    fn attach(self: &Arc<Self>, pipeline: &gst::Pipeline, pad: &gst::Pad) -> Result<(), Error> {
        let damaged = |why: &str| Error::Damaged(why.to_string());
        let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
        let structure = caps.structure(0).ok_or_else(|| damaged("a track without a coding"))?;
        let name = structure.name();
        if encrypted(name) {
            return Err(Error::Encrypted);
        }
        let track = {
            let mut found = self.found();
            found.streams += 1;
            if found.streams > self.limits.streams {
                return Err(Error::Limit {
                    what: "it has",
                    is: format!("{} tracks or more", found.streams),
                    most: self.limits.streams.to_string(),
                });
            }
            if name.starts_with("video/") && !std::mem::replace(&mut found.video, true) {
                Some(Track::Video)
            } else if name.starts_with("audio/") && !std::mem::replace(&mut found.audio, true) {
                Some(Track::Audio)
            } else {
                None
            }
        };
        if let Some(track) = track {
            check_caps(structure, &self.limits)?;
            let format = Format { caps: text(&caps, track), rotation: Rotation::None };
            let _ = self.queue.say(Ok(Message::Track(track, format)));
            let mut listener = Listener { shared: self.clone(), track, segment: None, caps: caps.clone(), last_ns: 0 };
            pad.sticky_events_foreach(|event| {
                if !matches!(event.view(), gst::EventView::Caps(_)) {
                    let _ = listener.event(event);
                }
                std::ops::ControlFlow::Continue(gst::EventForeachAction::Keep)
            });
            let listener = Mutex::new(listener);
            let kinds = gst::PadProbeType::BUFFER | gst::PadProbeType::EVENT_DOWNSTREAM;
            pad.add_probe(kinds, move |_, info| {
                let mut listener = listener.lock().unwrap_or_else(PoisonError::into_inner);
                match &info.data {
                    Some(gst::PadProbeData::Buffer(buffer)) => listener.buffer(buffer),
                    Some(gst::PadProbeData::Event(event)) => listener.event(event),
                    _ => gst::PadProbeReturn::Ok,
                }
            });
        }
        let sink = make("fakesink").map_err(Error::Unsupported)?;
        sink.set_property("sync", false);
        sink.set_property("async", false);
        pipeline.add(&sink).map_err(|e| damaged(&e.to_string()))?;
        sink.sync_state_with_parent().map_err(|e| damaged(&e.to_string()))?;
        let entry = sink.static_pad("sink").ok_or_else(|| damaged("a sink without a pad"))?;
        pad.link(&entry).map_err(|e| damaged(&e.to_string()))?;
        Ok(())
    }

    fn unknown(&self, caps: &gst::Caps) {
        let name = caps.structure(0).map(|s| s.name().to_string()).unwrap_or_default();
        let mut found = self.found();
        if encrypted(&name) {
            found.encrypted = true;
        } else {
            found.unsupported = Some(name);
        }
    }

    fn hear(&self, message: gst::MessageView<'_>) {
        match message {
            gst::MessageView::Eos(_) => {
                let _ = self.queue.push(Ok(Message::End), 0);
            }
            gst::MessageView::Error(error) => {
                let found = self.found();
                let error = verdict(&found, &error.error());
                drop(found);
                let _ = self.queue.say(Err(error));
            }
            _ => {}
        }
    }
}

/// What an error of GStreamer says about the file.
fn verdict(found: &Found, error: &gst::glib::Error) -> Error {
    use gst::{CoreError, StreamError};
    if found.encrypted {
        return Error::Encrypted;
    }
    match (error.kind::<StreamError>(), error.kind::<CoreError>()) {
        (Some(StreamError::Decrypt | StreamError::DecryptNokey), _) => Error::Encrypted,
        (Some(StreamError::TypeNotFound | StreamError::WrongType), _) => Error::NotMedia,
        (Some(StreamError::CodecNotFound), _) | (_, Some(CoreError::MissingPlugin)) => {
            Error::Unsupported(found.unsupported.clone().unwrap_or_else(|| error.message().to_string()))
        }
        _ => Error::Damaged(error.message().to_string()),
    }
}

/// Listens at the pad of one track.
struct Listener {
    shared: Arc<Shared>,
    track: Track,
    segment: Option<gst::FormattedSegment<gst::ClockTime>>,
    caps: gst::Caps,
    last_ns: i64,
}

impl Listener {
    fn event(&mut self, event: &gst::Event) -> gst::PadProbeReturn {
        let queue = &self.shared.queue;
        match event.view() {
            gst::EventView::Segment(segment) => {
                self.segment = segment.segment().downcast_ref::<gst::ClockTime>().cloned();
            }
            gst::EventView::Tag(tag) => {
                if let Some(turn) = tag.tag().get::<gst::tags::ImageOrientation>() {
                    let _ = queue.say(Ok(Message::Turned(self.track, rotation(turn.get()))));
                }
            }
            gst::EventView::Caps(caps) => {
                let new = caps.caps_owned();
                let told = if self.caps.is_fixed() {
                    self.change(&new)
                } else {
                    // Some tracks are shown before their coding is known.
                    let format = Format { caps: text(&new, self.track), rotation: Rotation::None };
                    let _ = queue.say(Ok(Message::Track(self.track, format)));
                    new.structure(0).map_or(Ok(()), |s| check_caps(s, &self.shared.limits))
                };
                self.caps = new;
                if let Err(error) = told {
                    let _ = queue.say(Err(error));
                }
            }
            gst::EventView::Eos(_) => {
                let _ = queue.say(Ok(Message::Ended(self.track)));
            }
            _ => {}
        }
        gst::PadProbeReturn::Ok
    }

    /// Pictures may change their size, but not their coding.
    fn change(&self, new: &gst::Caps) -> Result<(), Error> {
        let (Some(old), Some(now)) = (self.caps.structure(0), new.structure(0)) else { return Ok(()) };
        check_caps(now, &self.shared.limits)?;
        let same = |field: &str| {
            let (old, now) = (old.value(field).ok(), now.value(field).ok());
            old.map(|v| v.serialize().ok()) == now.map(|v| v.serialize().ok())
        };
        if old.name() == now.name()
            && ["codec_data", "stream-format", "rate", "channels", "format"].into_iter().all(same)
        {
            return Ok(());
        }
        Err(Error::Unsupported(format!("its coding changes in the middle, from {old} to {now}")))
    }

    fn buffer(&mut self, buffer: &gst::Buffer) -> gst::PadProbeReturn {
        let Some(raw) = self.raw(buffer) else { return gst::PadProbeReturn::Ok };
        let bytes = raw.data.len();
        // When the reader has gone the rest runs into nothing until the pipeline stops.
        let _ = self.shared.queue.push(Ok(Message::Unit(self.track, raw)), bytes);
        gst::PadProbeReturn::Ok
    }

    fn raw(&mut self, buffer: &gst::Buffer) -> Option<Raw> {
        if buffer.size() == 0 || buffer.flags().contains(gst::BufferFlags::GAP) {
            return None;
        }
        if buffer.size() > MOST_UNIT {
            let _ = self.shared.queue.say(Err(Error::Limit {
                what: "a unit has",
                is: format!("{} MB", buffer.size() >> 20),
                most: format!("{} MB", MOST_UNIT >> 20),
            }));
            return None;
        }
        let running = |time: Option<gst::ClockTime>| {
            let time = time?;
            let Some(segment) = &self.segment else { return i64::try_from(time.nseconds()).ok() };
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

/// A parser believes what the container says of the size. Without that it reads what the stream says, which is what the
/// decoder takes memory for.
fn believe_the_stream(element: &gst::Element) {
    let parser = element.factory().is_some_and(|f| f.metadata("klass").is_some_and(|klass| klass.contains("Parser")));
    let (true, Some(pad)) = (parser, element.static_pad("sink")) else { return };
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, |_, info| {
        let caps = match &info.data {
            Some(gst::PadProbeData::Event(event)) => match event.view() {
                gst::EventView::Caps(caps) => Some(caps.caps_owned()),
                _ => None,
            },
            _ => None,
        };
        if let Some(mut caps) = caps {
            for structure in caps.make_mut().iter_mut().filter(|s| s.name().starts_with("video/x-")) {
                structure.remove_fields(["width", "height"]);
            }
            info.data = Some(gst::PadProbeData::Event(gst::event::Caps::new(&caps)));
        }
        gst::PadProbeReturn::Ok
    });
}

/// GStreamer's names for what only a key opens.
fn encrypted(name: &str) -> bool {
    ["application/x-cenc", "application/x-cbcs", "application/x-webm-enc", "application/x-aes"]
        .iter()
        .any(|n| name.starts_with(n))
}

/// Checks what a coding says of its pictures before anything is made for them.
fn check_caps(structure: &gst::StructureRef, limits: &Limits) -> Result<(), Error> {
    let side = |name: &str| structure.get::<i32>(name).ok().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    check_pixels(side("width"), side("height"), limits)
}

/// The capabilities a decoder needs. Opus as live: without a header, so that nothing is trimmed.
fn text(caps: &gst::Caps, track: Track) -> String {
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

/// GStreamer's tag says how the picture has to be turned, clockwise. Mirrored ones are turned, not mirrored.
fn rotation(tag: &str) -> Rotation {
    match tag.trim_start_matches("flip-") {
        "rotate-90" => Rotation::Clockwise90,
        "rotate-180" => Rotation::Half,
        "rotate-270" => Rotation::Clockwise270,
        _ => Rotation::None,
    }
}
