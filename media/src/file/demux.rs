//! Reads a file with GStreamer, whose thread sends what it finds in the order of the file.

use super::bytes::Bytes;
use super::container::{Container, Sniffed};
use super::movie::{self, MovieTrack};
use super::queue::Queue;
use super::tracks::{Found, Part, Sender, Shared};
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

/// The meaning of the times in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stamps {
    /// Times of the container, which may begin anywhere.
    File,
    /// Media times, written by this program.
    Media,
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

/// Whether two codings need no other decoder: those of Opus differ in the number of channels alone.
fn alike(one: &str, other: &str) -> bool {
    one == other || one.starts_with("audio/x-opus") && other.starts_with("audio/x-opus")
}
