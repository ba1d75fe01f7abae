//! Reads a file with GStreamer, whose thread sends what it finds in the order of the file.

use super::bytes::Bytes;
use super::container::{Container, Sniffed};
use super::listener::{Listener, check_caps, text};
use super::movie::{self, MovieTrack};
use super::queue::Queue;
use super::{Error, Limits, parts, wave};
use crate::codecs::{self, Opening};
use crate::gst::{Pipeline, make};
use crate::item::{Format, Rotation, Track};
use coach_core::MediaTime;
use gstreamer as gst;
use gstreamer::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
    /// The file ends in the middle of what it says it holds.
    Cut,
    End,
}

/// What is to be taken out of a file.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Wanted {
    pub sniffed: Sniffed,
    pub stamps: Stamps,
    pub limits: Limits,
    /// Which of the audio tracks that can be decoded, counted from 0 in the order of the file.
    pub audio: usize,
}

/// An audio track that can be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioTrack {
    /// The file says that this track is to be played where nobody chooses.
    pub default: bool,
}

type Sender = Arc<Queue<Result<Message, Error>>>;

/// A file that is being read.
pub struct Demux {
    queue: Sender,
    pipeline: Option<Pipeline>,
    found: Arc<Mutex<Found>>,
    file: File,
    length: u64,
    wanted: Wanted,
    /// Where the recordings begin that stand behind this one.
    rest: VecDeque<u64>,
    /// The codings of the recordings before this one.
    told: [Option<String>; 2],
    /// The audio tracks of the first recording, once another one is read.
    first_audio: Option<Vec<AudioTrack>>,
    /// How long a movie says that it is.
    shown: Option<MediaTime>,
}

/// What the callbacks of the pads share.
pub(super) struct Shared {
    queue: Sender,
    pub limits: Limits,
    pub stamps: Stamps,
    pub container: Container,
    pub movie: Vec<MovieTrack>,
    audio: usize,
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
    audio: Vec<AudioTrack>,
    streams: usize,
    encrypted: bool,
    unsupported: Option<String>,
    /// Where the demuxer's times begin, in nanoseconds.
    begins_ns: Option<i64>,
    /// Where the recording that is read now is put on the timeline.
    part: Part,
}

/// The times of one of several recordings in a file.
#[derive(Debug, Default)]
struct Part {
    /// Where it begins, in nanoseconds; that of a first recording is its own.
    begins_ns: Option<i64>,
    /// What is added to its own times.
    shift_ns: Option<i64>,
    /// The end of what was read.
    end_ns: i64,
}

impl Demux {
    /// Starts reading a file of `length` bytes.
    pub fn start(file: File, mut length: u64, wanted: Wanted) -> Result<Demux, Error> {
        crate::gst::init().map_err(|e| Error::Unsupported(e.to_string()))?;
        let unread = |e: std::io::Error| Error::Damaged(e.to_string());
        let Sniffed { container, start } = wanted.sniffed;
        let (mut movie, mut hidden, mut rest, mut cut) = (Vec::new(), Vec::new(), VecDeque::new(), false);
        let mut shown = None;
        match container {
            Container::IsoMedia => {
                let read = movie::read(&file, length).map_err(unread)?;
                (movie, hidden, cut, shown) = (read.tracks, read.hidden, read.cut, read.shown);
            }
            Container::Matroska if wanted.stamps == Stamps::File => {
                let read = parts::read(&file, length).map_err(unread)?;
                cut = read.cut;
                rest.extend(read.starts.into_iter().filter(|at| *at > start));
            }
            Container::Wave => {
                let read = wave::read(&file, length).map_err(unread)?;
                (hidden, cut) = (read.hidden, read.cut);
                length = read.end.unwrap_or(length);
            }
            _ => {}
        }
        let mut demux = Demux {
            queue: Arc::new(Queue::new()),
            pipeline: None,
            found: Arc::default(),
            file,
            length,
            wanted,
            rest,
            told: [None, None],
            first_audio: None,
            shown,
        };
        if cut {
            // Before anything that the pipeline says, which may come to its end at once.
            let _ = demux.queue.say(Ok(Message::Cut));
        }
        demux.begin(start, movie, hidden)?;
        Ok(demux)
    }

    /// Begins to read the recording at `start`.
    fn begin(&mut self, start: u64, movie: Vec<MovieTrack>, hidden: Vec<(u64, [u8; 4])>) -> Result<(), Error> {
        let Wanted { sniffed, stamps, limits, audio } = self.wanted;
        let pipeline = Pipeline::new();
        let file = self.file.try_clone().map_err(|e| Error::Damaged(e.to_string()))?;
        let end = self.rest.front().copied().unwrap_or(self.length);
        let source = Bytes::new(file, start, end, hidden);
        let opening = codecs::opening(sniffed.container);
        let (Opening::Demuxer(name) | Opening::Parser(name)) = opening;
        let opener = make(name).map_err(Error::Unsupported)?;
        let broken = |e: gst::glib::BoolError| Error::Unsupported(e.to_string());
        pipeline.0.add_many([source.upcast_ref(), &opener]).map_err(broken)?;
        source.link(&opener).map_err(broken)?;
        let (queue, found) = (self.queue.clone(), self.found.clone());
        let shared = Arc::new(Shared { queue, limits, stamps, container: sniffed.container, movie, audio, found });
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
        // Where it does not start, the bus says why.
        let _ = pipeline.0.set_state(gst::State::Playing);
        self.pipeline = Some(pipeline);
        Ok(())
    }

    /// Waits for the next message, over all recordings in the file.
    pub fn next(&mut self) -> Result<Message, Error> {
        loop {
            match self.next_of_part()? {
                Message::End if !self.rest.is_empty() => self.go_on()?,
                Message::Ended(_) if !self.rest.is_empty() => {}
                Message::Track(track, format) => {
                    let later = self.found().part.begins_ns.is_some();
                    let told = &mut self.told[track as usize];
                    if later && told.as_ref().is_some_and(|told| !alike(told, &format.caps)) {
                        return Err(Error::Damaged("its second part is coded in another way than its first".into()));
                    }
                    *told = Some(format.caps.clone());
                    return Ok(Message::Track(track, format));
                }
                message => return Ok(message),
            }
        }
    }

    /// Goes on with the recording that stands behind this one in the file.
    fn go_on(&mut self) -> Result<(), Error> {
        let Some(start) = self.rest.pop_front() else { return Ok(()) };
        self.pipeline = None;
        let mut found = self.found();
        let end_ns = found.part.end_ns;
        let part = Part { begins_ns: Some(end_ns), shift_ns: None, end_ns };
        let before = std::mem::replace(&mut *found, Found { part, ..Found::default() });
        drop(found);
        self.first_audio.get_or_insert(before.audio);
        self.begin(start, Vec::new(), Vec::new())
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_of_part(&self) -> Result<Message, Error> {
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
        self.found().unsupported.clone()
    }

    /// The audio tracks that can be decoded, in the order of the file.
    pub fn audio_tracks(&self) -> Vec<AudioTrack> {
        self.first_audio.clone().unwrap_or_else(|| self.found().audio.clone())
    }

    /// Returns the duration that the file states. `None`: it states none.
    pub fn duration(&self) -> Option<MediaTime> {
        if self.shown.is_some() {
            return self.shown;
        }
        let duration = self.pipeline.as_ref()?.0.query_duration::<gst::ClockTime>()?;
        let end_ns = i64::try_from(duration.nseconds()).ok().filter(|ns| *ns < i64::MAX / 2)?;
        // Matroska says when the file ends, which may begin hours after its own zero.
        let begins_ns = self.found().begins_ns.filter(|_| self.wanted.sniffed.container == Container::Matroska);
        let late_ns = begins_ns.filter(|begins_ns| *begins_ns < end_ns).unwrap_or(0);
        Some(MediaTime::from_nanos(end_ns - late_ns))
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

/// Whether two codings need no other decoder: those of Opus differ in the number of channels alone.
fn alike(one: &str, other: &str) -> bool {
    one == other || one.starts_with("audio/x-opus") && other.starts_with("audio/x-opus")
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
