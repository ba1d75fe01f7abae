//! Follows the tracks that a demuxer finds: chooses those that are read, puts a parser behind each, and discards the others.

use super::container::Container;
use super::demux::{AudioTrack, Message, Stamps};
use super::limits::{Error, Limits};
use super::listener::{Listener, check_caps, text};
use super::movie::MovieTrack;
use super::queue::Queue;
use crate::codecs;
use crate::gst::make;
use crate::item::{Format, Rotation, Track};
use gstreamer as gst;
use gstreamer::prelude::*;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The way of the messages to the reader; an error is the last one.
pub(super) type Sender = Arc<Queue<Result<Message, Error>>>;

/// What the callbacks of the pads share.
pub(super) struct Shared {
    pub queue: Sender,
    pub limits: Limits,
    pub stamps: Stamps,
    pub container: Container,
    pub movie: Vec<MovieTrack>,
    pub audio: usize,
    pub found: Arc<Mutex<Found>>,
}

/// What is known of the recording that is read now.
#[derive(Default)]
pub(super) struct Found {
    pub video: bool,
    pub audio: Vec<AudioTrack>,
    pub streams: usize,
    pub encrypted: bool,
    pub unsupported: Option<String>,
    /// Where the demuxer's times begin, in nanoseconds.
    pub begins_ns: Option<i64>,
    /// Where the recording that is read now is put on the timeline.
    pub part: Part,
}

/// The times of one of several recordings in a file.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Where it begins, in nanoseconds; that of a first recording is its own.
    pub begins_ns: Option<i64>,
    /// What is added to its own times.
    pub shift_ns: Option<i64>,
    /// The end of what was read.
    pub end_ns: i64,
}

impl Shared {
    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a unit on the timeline of the whole file, and returns by how much its times are moved, in nanoseconds.
    pub fn shift(&self, pts_ns: i64, duration_ns: i64) -> i64 {
        let part = &mut self.found().part;
        let shift_ns = match (part.shift_ns, part.begins_ns) {
            (Some(shift_ns), _) => shift_ns,
            (None, Some(begins_ns)) => begins_ns.saturating_sub(pts_ns),
            (None, None) => 0,
        };
        part.shift_ns = Some(shift_ns);
        part.end_ns = part.end_ns.max(pts_ns.saturating_add(shift_ns).saturating_add(duration_ns.max(0)));
        shift_ns
    }

    /// Says where the demuxer's times begin, in nanoseconds.
    pub fn begins(&self, at_ns: i64) {
        let begins_ns = &mut self.found().begins_ns;
        *begins_ns = Some(begins_ns.map_or(at_ns, |before| before.min(at_ns)));
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
    pub fn frames(self: &Arc<Self>, pipeline: &gst::Pipeline, pad: &gst::Pad) -> Result<(), Error> {
        self.say(Ok(Message::Track(Track::Audio, Format { caps: "audio/x-raw".into(), rotation: Rotation::None })));
        Listener::attach(self.clone(), Track::Audio, pad);
        drain(pipeline, pad)?;
        self.say(Ok(Message::Ready));
        Ok(())
    }

    /// Reads a track of the demuxer as soon as its coding is known. `only`: there is no other track.
    pub fn follow(self: Arc<Self>, pipeline: &gst::Pipeline, pad: &gst::Pad, only: bool) {
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
        let Some(track) = self.choose(coding, pad)? else { return drain(pipeline, pad) };
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
    fn choose(&self, coding: &gst::StructureRef, pad: &gst::Pad) -> Result<Option<Track>, Error> {
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
        let track = match name.split('/').next() {
            Some("video" | "image") => Track::Video,
            Some("audio") => Track::Audio,
            _ => return Ok(None),
        };
        if track == Track::Video && found.video {
            return Ok(None);
        }
        if codecs::decoders(name).is_none() {
            found.unsupported = Some(name.to_string());
            return Ok(None);
        }
        if track == Track::Video {
            found.video = true;
            return Ok(Some(track));
        }
        let flags = pad.sticky_event::<gst::event::StreamStart>(0).map(|event| event.stream_flags());
        found.audio.push(AudioTrack { default: flags.is_some_and(|flags| flags.contains(gst::StreamFlags::SELECT)) });
        Ok((found.audio.len() == self.audio + 1).then_some(track))
    }

    pub fn hear(&self, message: gst::MessageView<'_>) {
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
