//! Reads a file with GStreamer, whose thread sends what it finds in the order of the file.

use super::bytes::Bytes;
use super::container::Sniffed;
use super::listener::{Listener, check_caps, text};
use super::queue::Queue;
use super::{Error, Limits};
use crate::codecs::{self, Opening};
use crate::gst::{Pipeline, make};
use crate::item::{Format, Rotation, Track};
use coach_core::MediaTime;
use gstreamer as gst;
use gstreamer::prelude::*;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long reading may make no progress before it is given up.
const MOST_SILENCE: Duration = Duration::from_secs(20);

/// How often progress is checked.
const LOOK: Duration = Duration::from_millis(100);

/// An access unit with the file's own times.
#[derive(Debug, Clone)]
pub struct Raw {
    /// The presentation time on the file's timeline, nanoseconds.
    pub pts_ns: i64,
    /// The decoding time on the file's timeline, nanoseconds.
    pub order_ns: i64,
    /// The duration, nanoseconds; 0: not stated.
    pub duration_ns: i64,
    pub key: bool,
    pub data: bytes::Bytes,
}

/// What the demuxing thread sends.
#[derive(Debug)]
pub enum Message {
    Track(Track, Format),
    Turned(Track, Rotation),
    /// All tracks have been announced.
    Ready,
    Unit(Track, Raw),
    Ended(Track),
    End,
}

type Sender = Arc<Queue<Result<Message, Error>>>;

/// A file that is being read.
pub struct Demux {
    queue: Sender,
    pipeline: Option<Pipeline>,
    found: Arc<Mutex<Found>>,
}

/// What the callbacks of the pads share.
pub(super) struct Shared {
    queue: Sender,
    pub limits: Limits,
    pub stamps: Stamps,
    found: Arc<Mutex<Found>>,
}

/// The meaning of the times in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stamps {
    /// Times of the container, which may begin anywhere.
    File,
    /// Media times, written by this program.
    Media,
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
    /// Starts reading a file of `length` bytes as the recognized container.
    pub fn start(file: File, length: u64, sniffed: Sniffed, stamps: Stamps, limits: &Limits) -> Result<Demux, Error> {
        crate::gst::init().map_err(|e| Error::Unsupported(e.to_string()))?;
        let queue: Sender = Arc::new(Queue::new());
        let pipeline = Pipeline::new();
        let source = Bytes::new(file, sniffed.start, length);
        let opening = codecs::opening(sniffed.container);
        let (Opening::Demuxer(name) | Opening::Parser(name)) = opening;
        let opener = make(name).map_err(Error::Unsupported)?;
        let broken = |e: gst::glib::BoolError| Error::Unsupported(e.to_string());
        pipeline.0.add_many([source.upcast_ref(), &opener]).map_err(broken)?;
        source.link(&opener).map_err(broken)?;
        let found: Arc<Mutex<Found>> = Arc::default();
        let shared = Arc::new(Shared { queue: queue.clone(), limits: *limits, stamps, found: found.clone() });
        let here = shared.clone();
        if let Some(bus) = pipeline.0.bus() {
            bus.set_sync_handler(move |_, message| {
                here.hear(message.view());
                gst::BusSyncReply::Drop
            });
        }
        match (opening, opener.static_pad("src")) {
            (Opening::Parser(_), Some(pad)) => shared.frames(&pipeline.0, &pad)?,
            // This demuxer has one track, and its pad always exists.
            (Opening::Demuxer(_), Some(pad)) => shared.clone().follow(&pipeline.0, &pad, true),
            (_, None) => {
                let (weak, here) = (pipeline.0.downgrade(), shared.clone());
                opener.connect_pad_added(move |_, pad| {
                    if let Some(pipeline) = weak.upgrade() {
                        here.clone().follow(&pipeline, pad, false);
                    }
                });
                opener.connect_no_more_pads(move |_| shared.say(Ok(Message::Ready)));
            }
        }
        let demux = Demux { queue, pipeline: Some(pipeline), found };
        if let Some(pipeline) = &demux.pipeline {
            // When the pipeline does not start, the bus says why.
            let _ = pipeline.0.set_state(gst::State::Playing);
        }
        Ok(demux)
    }

    /// Waits for the next message.
    pub fn next(&self) -> Result<Message, Error> {
        let mut idle = 0;
        for _ in 0..MOST_SILENCE.as_millis() / LOOK.as_millis() {
            if let Some(message) = self.queue.pop(LOOK) {
                return message;
            }
            // A demuxer can stop without an error or an end; then no thread runs any more.
            idle = if self.runs() { 0 } else { idle + 1 };
            if idle == 6 {
                return Err(Error::Damaged("its index is missing or broken".into()));
            }
        }
        Err(Error::Stalled)
    }

    /// Returns whether any thread is at work on the file.
    fn runs(&self) -> bool {
        let Some(pipeline) = &self.pipeline else { return false };
        pipeline
            .0
            .iterate_recurse()
            .into_iter()
            .flatten()
            .any(|element: gst::Element| element.pads().iter().any(|pad| pad.task_state() == gst::TaskState::Started))
    }

    /// Returns the coding of a track that is not supported. `None`: there is none.
    pub fn unsupported(&self) -> Option<String> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).unsupported.clone()
    }

    /// Returns the duration that the file states. `None`: it states none.
    pub fn duration(&self) -> Option<MediaTime> {
        let duration = self.pipeline.as_ref()?.0.query_duration::<gst::ClockTime>()?;
        i64::try_from(duration.nseconds()).ok().filter(|ns| *ns < i64::MAX / 2).map(MediaTime::from_nanos)
    }
}

impl Drop for Demux {
    fn drop(&mut self) {
        // The waiting thread is released before the pipeline that joins it is stopped.
        self.queue.close();
        self.pipeline = None;
    }
}

impl Shared {
    fn found(&self) -> std::sync::MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a message without waiting, for the few messages about progress.
    pub fn say(&self, message: Result<Message, Error>) {
        // An error means that the reader has gone.
        let _ = self.queue.say(message);
    }

    /// Sends a message, waiting for room.
    pub fn push(&self, message: Result<Message, Error>, bytes: usize) {
        let _ = self.queue.push(message, bytes);
    }

    /// Reads the frames of a file that has one track and no container.
    fn frames(self: &Arc<Self>, pipeline: &gst::Pipeline, pad: &gst::Pad) -> Result<(), Error> {
        self.say(Ok(Message::Track(Track::Audio, Format { caps: "audio/x-raw".into(), rotation: Rotation::None })));
        Listener::attach(self.clone(), Track::Audio, pad);
        drain(pipeline, pad)?;
        self.say(Ok(Message::Ready));
        Ok(())
    }

    /// Reads a track of the demuxer as soon as its coding is known. `only`: there is no other track.
    fn follow(self: Arc<Self>, pipeline: &gst::Pipeline, pad: &gst::Pad, only: bool) {
        let take = {
            let (weak, here) = (pipeline.downgrade(), self);
            move |pad: &gst::Pad, caps: &gst::Caps| {
                let Some(pipeline) = weak.upgrade() else { return };
                if let Err(error) = here.track(&pipeline, pad, caps) {
                    here.say(Err(error));
                }
                if only {
                    here.say(Ok(Message::Ready));
                }
            }
        };
        if let Some(caps) = pad.current_caps() {
            return take(pad, &caps);
        }
        pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |pad, info| {
            let Some(gst::PadProbeData::Event(event)) = &info.data else { return gst::PadProbeReturn::Ok };
            let gst::EventView::Caps(caps) = event.view() else { return gst::PadProbeReturn::Ok };
            take(pad, &caps.caps_owned());
            gst::PadProbeReturn::Remove
        });
    }

    /// Reads the first track of each kind that can be decoded; the data of other tracks is discarded.
    fn track(self: &Arc<Self>, pipeline: &gst::Pipeline, pad: &gst::Pad, caps: &gst::Caps) -> Result<(), Error> {
        let coding = caps.structure(0).ok_or_else(|| Error::Damaged("a track without a coding".into()))?;
        let Some(track) = self.choose(coding)? else { return drain(pipeline, pad) };
        check_caps(coding, &self.limits)?;
        self.say(Ok(Message::Track(track, Format { caps: text(caps, track), rotation: Rotation::None })));
        let Some((name, wanted)) = codecs::parser(coding) else {
            Listener::attach(self.clone(), track, pad);
            return drain(pipeline, pad);
        };
        let damaged = |e: gst::glib::BoolError| Error::Damaged(e.to_string());
        let parser = make(name).map_err(Error::Unsupported)?;
        believe_the_stream(&parser);
        pipeline.add(&parser).map_err(damaged)?;
        let mut last = parser.clone();
        if let Some(wanted) = wanted {
            let filter = make("capsfilter").map_err(Error::Unsupported)?;
            filter.set_property_from_str("caps", wanted);
            pipeline.add(&filter).map_err(damaged)?;
            parser.link(&filter).map_err(damaged)?;
            filter.sync_state_with_parent().map_err(damaged)?;
            last = filter;
        }
        let no_pad = || Error::Damaged("a parser without a pad".into());
        let (entry, end) = (parser.static_pad("sink").ok_or_else(no_pad)?, last.static_pad("src").ok_or_else(no_pad)?);
        Listener::attach(self.clone(), track, &end);
        drain(pipeline, &end)?;
        parser.sync_state_with_parent().map_err(damaged)?;
        pad.link(&entry).map_err(|e| Error::Damaged(e.to_string()))?;
        Ok(())
    }

    /// Returns which track this is. `None`: it is not read.
    fn choose(&self, coding: &gst::StructureRef) -> Result<Option<Track>, Error> {
        let name = coding.name();
        if encrypted(name) {
            self.found().encrypted = true;
            return Err(Error::Encrypted);
        }
        let mut found = self.found();
        found.streams += 1;
        if found.streams > self.limits.streams {
            return Err(Error::Limit {
                what: "it has",
                is: format!("{} tracks or more", found.streams),
                most: self.limits.streams.to_string(),
            });
        }
        let (taken, track) = match name.split('/').next() {
            Some("video" | "image") => (&mut found.video, Track::Video),
            Some("audio") => (&mut found.audio, Track::Audio),
            _ => return Ok(None),
        };
        if *taken {
            return Ok(None);
        }
        if codecs::decoders(name).is_none() {
            found.unsupported = Some(name.to_string());
            return Ok(None);
        }
        *taken = true;
        Ok(Some(track))
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

/// Converts an error of GStreamer to what it says about the file.
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

/// Discards everything that comes out of a pad.
fn drain(pipeline: &gst::Pipeline, pad: &gst::Pad) -> Result<(), Error> {
    let damaged = |why: &dyn std::fmt::Display| Error::Damaged(why.to_string());
    let sink = make("fakesink").map_err(Error::Unsupported)?;
    sink.set_property("sync", false);
    sink.set_property("async", false);
    pipeline.add(&sink).map_err(|e| damaged(&e))?;
    sink.sync_state_with_parent().map_err(|e| damaged(&e))?;
    let entry = sink.static_pad("sink").ok_or_else(|| damaged(&"a sink without a pad"))?;
    pad.link(&entry).map_err(|e| damaged(&e))?;
    Ok(())
}

/// Makes a parser report the size that the stream states, which is what the decoder takes memory for, instead of the
/// size that the container states.
fn believe_the_stream(parser: &gst::Element) {
    let Some(pad) = parser.static_pad("sink") else { return };
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

/// Returns whether this is one of GStreamer's names for encrypted media.
fn encrypted(name: &str) -> bool {
    ["application/x-cenc", "application/x-cbcs", "application/x-webm-enc", "application/x-aes"]
        .iter()
        .any(|n| name.starts_with(n))
}
