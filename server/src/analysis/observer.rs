//! Makes journal lines of the media of one session: decodes, chooses frames, has faces analyzed. The audio track is measured in
//! `voice.rs`.
//!
//! The live path and the file path both use it. An [`Observer`] runs on the thread that owns it; decoders and workers answer
//! with [`Event`]s. The order in which these arrive has no influence on the result: the engine sorts lines by media time, up to
//! the time that [`Observer::known_until`] returns.

use super::gap;
use super::latency::Latency;
use super::models::Models;
use super::overload::{Ladder, Room, Step};
use super::voice::VoiceLane;
use super::words::{WordsLane, Written};
use super::workers::{Lane, Net, Workers};
use coach_core::grid::FrameGrid;
use coach_core::journal::{Face, FaceModel, GapKind, GapReason, Line, Rate, Stream};
use coach_core::{MediaTime, Span};
use coach_media::decode::{self, AudioBlock, Decoded, VideoFrame};
use coach_media::process::Decoding;
use coach_media::{AccessUnit, Formats, Item, Track};
use coach_perception::face::Detail;
use std::collections::VecDeque;
use std::sync::Arc;

/// An answer of a decoder or a worker.
pub enum Event {
    /// A decoded frame.
    Frame(VideoFrame),
    /// The frame with this stamp was decoded and is not needed.
    Passed(MediaTime),
    /// A block of decoded audio.
    Audio(AudioBlock),
    /// What was seen in the frame with this stamp, or why it could not be analyzed.
    Face(MediaTime, Result<Face, String>),
    /// What the recognizer wrote down.
    Words(Written),
    /// The track has ended; no answer of its decoder follows.
    Drained(Track),
}

/// Sends an answer to the thread that owns the observer. Is called on other threads.
pub type Post = Arc<dyn Fn(Event) + Send + Sync>;

/// How media is analyzed.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Analyzed frames per second; 0 = every frame.
    pub rate_hz: u32,
    /// Whether all landmarks are written into the journal.
    pub landmarks: bool,
    /// Whether words are written down.
    pub words: bool,
    /// Whether the media is live. Live, frames are dropped when the queue is full, and the overload ladder steps down. A file
    /// is read only as fast as it is analyzed.
    pub live: bool,
}

/// Makes journal lines of the media of one session.
pub struct Observer {
    models: Models,
    options: Options,
    post: Post,
    decoding: Decoding,
    lines: Vec<Line>,
    face: FaceLane,
    voice: VoiceLane,
    ladder: Ladder,
}

/// The state of the video track.
struct FaceLane {
    lane: Option<Lane>,
    decoder: Option<decode::Video>,
    grid: FrameGrid,
    /// Stamps of the frames a worker has, oldest first.
    under_way: VecDeque<MediaTime>,
    /// How many of them there may be in a live session.
    room: Room,
    /// Latest stamp of the units given to the decoder.
    pushed: Option<MediaTime>,
    /// Stamp of the last frame that the decoder gave back.
    decoded: Option<MediaTime>,
    /// How many frames were given to a worker.
    chosen: u64,
    /// Whether the decoder has refused a unit, which is logged once.
    refused: bool,
    ended: bool,
    /// Where the last gap that was reported ends.
    gap_end: MediaTime,
    latency: Latency,
}

impl Observer {
    /// Returns an observer whose decoders and workers answer by `post`. Without `workers` no video is decoded.
    pub fn new(models: &Models, workers: Option<&Arc<Workers>>, options: Options, post: Post) -> Observer {
        let reply = post.clone();
        let written = Arc::new(move |written| reply(Event::Words(written)));
        let words = models.words().filter(|_| options.words);
        let words = words.map(|words| WordsLane::new(words, options.live, written));
        Observer {
            models: models.clone(),
            options,
            post,
            decoding: Decoding::new(),
            lines: Vec::new(),
            face: FaceLane {
                lane: workers.map(Workers::lane),
                decoder: None,
                grid: FrameGrid::new(options.rate_hz),
                under_way: VecDeque::new(),
                room: Room::default(),
                pushed: None,
                decoded: None,
                chosen: 0,
                refused: false,
                ended: false,
                gap_end: MediaTime::ZERO,
                latency: Latency::new("video"),
            },
            voice: VoiceLane::new(words),
            ladder: Ladder::new(options.rate_hz, models.has_lite_step()),
        }
    }

    /// Makes the decoders run in the process that takes the file apart. Must be called before [`Observer::formats`].
    pub fn decode_in(&mut self, decoding: &Decoding) {
        self.decoding = decoding.clone();
    }

    /// Starts the decoding process ahead of the first media. Returns at once.
    pub fn warm_up(&self) {
        self.decoding.warm_up();
    }

    /// Returns whether video was lost so that nothing can be decoded before the next key unit.
    pub fn needs_key(&self) -> bool {
        self.face.decoder.as_ref().is_some_and(decode::Video::needs_key)
    }

    /// Makes the decoders of a publishing that begins. Waits until what the one before left undecoded is decoded.
    ///
    /// # Errors
    /// A format cannot be decoded on this machine.
    pub fn formats(&mut self, formats: &Formats) -> Result<(), decode::Error> {
        self.flush();
        if let (Some(format), true) = (&formats.video, self.face.lane.is_some()) {
            let post = self.post.clone();
            let decoded = move |decoded| {
                post(match decoded {
                    Decoded::Frame(frame) => Event::Frame(frame),
                    Decoded::Passed(t) => Event::Passed(t),
                });
            };
            // Lower steps of the overload ladder choose from these frames.
            self.face.decoder = Some(self.decoding.video_at(format, self.options.rate_hz, decoded)?);
            (self.face.ended, self.face.refused) = (false, false);
            self.face.room = Room::default();
        }
        if let Some(format) = &formats.audio {
            let post = self.post.clone();
            self.voice.decoder = Some(self.decoding.audio(format, move |block| post(Event::Audio(block)))?);
            (self.voice.ended, self.voice.refused) = (false, false);
        }
        for (track, has_decoder) in
            [(Track::Video, self.face.decoder.is_some()), (Track::Audio, self.voice.decoder.is_some())]
        {
            if !has_decoder {
                (self.post)(Event::Drained(track));
            }
        }
        Ok(())
    }

    /// Takes the next item of the live path or the file path.
    pub fn item(&mut self, item: &Item) {
        match item {
            Item::Unit(Track::Video, unit) => {
                let Some(decoder) = &mut self.face.decoder else { return };
                // Units may come in decoding order: all are decoded only when the one with the latest stamp is.
                self.face.pushed = self.face.pushed.max(Some(unit.t));
                if self.options.live {
                    self.face.latency.pushed(unit.t);
                }
                let pushed = if self.options.live { decoder.push(unit) } else { decoder.push_blocking(unit) };
                log_once(&mut self.face.refused, unit, pushed);
            }
            Item::Unit(Track::Audio, unit) => {
                let Some(decoder) = &mut self.voice.decoder else { return };
                self.voice.pushed = Some(unit.t);
                if self.options.live {
                    self.voice.latency.pushed(unit.t);
                }
                let pushed = if self.options.live { decoder.push(unit) } else { decoder.push_blocking(unit) };
                log_once(&mut self.voice.refused, unit, pushed);
            }
            Item::Gap(Track::Video, span, reason) => {
                self.lines.push(gap(GapKind::Video, *span, *reason));
                self.face.gap_end = self.face.gap_end.max(span.end);
                // Which frames came before it is not known otherwise until the next one comes.
                if let Some(decoder) = &mut self.face.decoder {
                    decoder.tell();
                }
            }
            Item::Gap(Track::Audio, span, reason) => self.voice.gap(*span, *reason, &mut self.lines),
            // This answer comes after everything that the decoder still gives out.
            Item::End(track) => {
                self.flush_track(*track);
                (self.post)(Event::Drained(*track));
            }
        }
    }

    /// Takes an answer of a decoder or a worker.
    pub fn event(&mut self, event: Event) {
        match event {
            Event::Frame(frame) => self.frame(frame),
            Event::Passed(t) => {
                self.face.latency.forget(t);
                self.face.decoded = self.face.decoded.max(Some(t));
            }
            Event::Audio(block) => self.voice.audio(&block, &self.models, &mut self.lines),
            Event::Face(t, seen) => self.face(t, seen),
            Event::Words(written) => {
                if let Some(words) = &mut self.voice.words {
                    words.written(written, &mut self.lines);
                }
            }
            Event::Drained(Track::Video) => self.face.ended = true,
            Event::Drained(Track::Audio) => self.voice.drained(&mut self.lines),
        }
    }

    /// Adds gaps up to `t` for a time in which nobody publishes. No media from before `t` may come later. A gap shorter than
    /// `least_ms` is not added, because each gap is a line of the journal.
    ///
    /// While somebody publishes, the media port reports gaps as they grow, and this must not be called.
    pub fn nobody_until(&mut self, t: MediaTime, least_ms: i64) {
        let seen = self.face.gap_end.max(self.face.decoded.map_or(MediaTime::ZERO, |last| last + 1));
        for (track, known) in [(Track::Audio, self.voice.now()), (Track::Video, seen)] {
            if t - known >= least_ms {
                self.item(&Item::Gap(track, Span::new(known, t), GapReason::NoConnection));
            }
        }
    }

    /// Drains the decoders at the end of a publishing. Another publishing may follow.
    pub fn flush(&mut self) {
        self.flush_track(Track::Video);
        self.flush_track(Track::Audio);
    }

    fn flush_track(&mut self, track: Track) {
        let (flushed, lost, last) = match track {
            Track::Video => {
                let Some(mut decoder) = self.face.decoder.take() else { return };
                (decoder.flush(), decoder.lost(), self.face.pushed)
            }
            Track::Audio => {
                let Some(mut decoder) = self.voice.decoder.take() else { return };
                (decoder.flush(), decoder.lost(), self.voice.pushed)
            }
        };
        if let Err(error) = flushed {
            tracing::warn!(%error, ?track, "a decoder could not be drained; some media is lost");
        }
        // The last units, which the decoder did not decode.
        if let (Some((since, reason)), Some(last)) = (lost, last) {
            self.item(&Item::Gap(track, Span::new(since, last + 1), reason));
        }
    }

    /// Returns the lines since the last call, in no particular order.
    pub fn take_lines(&mut self) -> impl Iterator<Item = Line> {
        self.lines.drain(..)
    }

    /// Returns the media time up to which the stream is complete: every line with an earlier `t` was given out.
    pub fn known_until(&self, stream: Stream) -> MediaTime {
        match stream {
            Stream::Face => {
                let waiting = self.face.under_way.front().copied();
                let reached = self.face.decoded.map_or(MediaTime::ZERO, |t| t + 1);
                match waiting {
                    Some(t) => t.min(reached),
                    // Everything that was pushed is decoded, so the next frame comes after the gap.
                    None if self.face.pushed <= self.face.decoded => reached.max(self.face.gap_end),
                    None => reached,
                }
            }
            Stream::Voice => self.voice.known_until(),
            Stream::Marks | Stream::Other => MediaTime(i64::MAX),
            Stream::Words => self.voice.words.as_ref().map_or(MediaTime(i64::MAX), WordsLane::passed),
        }
    }

    /// Gives out the phrases that count by now, given that no segment of speech closes before `heard` any more. Returns the media
    /// time up to which all words are known. Must be called before [`Observer::take_lines`].
    pub fn words_until(&mut self, heard: MediaTime) -> MediaTime {
        self.voice.words.as_mut().map_or(MediaTime(i64::MAX), |words| words.known_until(heard, &mut self.lines))
    }

    /// Returns whether the stream gives out no further lines.
    pub fn is_over(&self, stream: Stream) -> bool {
        match stream {
            Stream::Face => self.face.ended && self.face.under_way.is_empty(),
            Stream::Voice => self.voice.ended,
            Stream::Marks | Stream::Other => true,
            Stream::Words => self.voice.ended && self.voice.words.as_ref().is_none_or(WordsLane::is_over),
        }
    }

    /// Returns how many frames wait for the answer of a worker.
    pub fn under_way(&self) -> usize {
        self.face.under_way.len()
    }

    /// Drains the decoders at the end of the session. The caller must go on delivering events until all streams are over.
    pub fn end(&mut self) {
        self.flush();
        if let Some(words) = &mut self.voice.words {
            words.wait();
        }
        (self.post)(Event::Drained(Track::Video));
        (self.post)(Event::Drained(Track::Audio));
    }

    /// Reports what has no answer yet as gaps. To be called at the end of a session whose decoders or workers do not answer any
    /// more.
    pub fn give_up(&mut self) {
        for t in std::mem::take(&mut self.face.under_way) {
            self.lines.push(gap(GapKind::Face, Span::new(t, t + 1), GapReason::Overload));
        }
        if let Some(words) = &mut self.voice.words {
            words.give_up(&mut self.lines);
        }
    }

    /// Takes a decoded frame: the grid drops it or has it analyzed.
    fn frame(&mut self, frame: VideoFrame) {
        let t = frame.t;
        self.face.latency.came(t);
        if self.face.decoded.is_some_and(|last| t <= last) {
            return; // of two frames in one millisecond the first is used
        }
        self.face.decoded = Some(t);
        if let Some(lost) = frame.lost {
            self.lines.push(gap(GapKind::Video, lost.span, lost.reason));
        }
        if self.face.grid.takes(t) {
            self.analyze(frame);
        }
    }

    /// Gives a frame to the worker. When the queue of a live session is full, drops it and steps down instead.
    fn analyze(&mut self, frame: VideoFrame) {
        let t = frame.t;
        if self.options.live && self.face.room.is_full(self.face.under_way.len()) {
            let span = Span::new(t, t + 1);
            self.lines.push(gap(GapKind::Face, span, GapReason::Overload));
            let step = self.ladder.step_down(t);
            metrics::counter!("coach_frames_dropped_total", "reason" => "overload").increment(1);
            metrics::counter!("coach_overload_steps_total").increment(u64::from(step.is_some()));
            self.change_step(t, step);
            return;
        }
        let step = if self.options.live && self.face.under_way.len() <= 1 { self.ladder.step_up(t) } else { None };
        self.change_step(t, step);
        let Some(lane) = &self.face.lane else { return };
        let step = self.ladder.step();
        let blendshapes = !step.half_blendshapes || self.face.chosen.is_multiple_of(2);
        self.face.chosen += 1;
        self.face.under_way.push_back(t);
        let post = self.post.clone();
        let detail = Detail { blendshapes, landmarks: self.options.landmarks };
        lane.analyze(frame, detail, step.net, move |t, seen| post(Event::Face(t, seen)));
    }

    /// Goes on with another step of the overload ladder, if there is one, and writes it into the journal.
    fn change_step(&mut self, t: MediaTime, step: Option<Step>) {
        let Some(step) = step else { return };
        if step.hz != self.face.grid.hz() {
            self.face.grid = FrameGrid::new(step.hz);
        }
        let model = if step.net == Net::Lite { FaceModel::Lite } else { self.models.face_kind() };
        self.lines.push(Line::Rate(Rate { t, hz: step.hz, model }));
    }

    /// Takes what a worker saw in a frame.
    fn face(&mut self, t: MediaTime, seen: Result<Face, String>) {
        if let Some(place) = self.face.under_way.iter().position(|&waiting| waiting == t) {
            self.face.under_way.remove(place);
        }
        self.face.room.left(self.face.under_way.len());
        match seen {
            Ok(face) => self.lines.push(Line::Face(Box::new(face))),
            Err(error) => {
                tracing::error!(%error, %t, "a frame could not be analyzed");
                metrics::counter!("coach_frames_dropped_total", "reason" => "failed").increment(1);
                self.lines.push(gap(GapKind::Face, Span::new(t, t + 1), GapReason::Overload));
            }
        }
    }
}

/// Logs the first unit that a decoder refuses, and none after it.
fn log_once(logged: &mut bool, unit: &AccessUnit, pushed: Result<(), decode::Error>) {
    if let Err(error) = pushed
        && !std::mem::replace(logged, true)
    {
        tracing::warn!(%error, t = %unit.t, "a unit cannot be decoded; further ones of this track are not logged");
    }
}
