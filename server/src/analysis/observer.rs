//! Makes journal lines of the media of one session: decodes, chooses frames, has faces analyzed and voice measured.
//!
//! The live path and the file path both use it. An [`Observer`] runs on the thread that owns it; decoders and workers answer
//! with [`Event`]s. The order in which these arrive has no influence on the result: the engine sorts lines by media time, up to
//! the time that [`Observer::known_until`] returns.

use super::latency::Latency;
use super::models::Models;
use super::overload::{Ladder, Step};
use super::words::{WordsLane, Written};
use super::workers::{Lane, Net, Workers};
use coach_core::grid::{Choice, Fate, FrameGrid};
use coach_core::journal::{Face, FaceModel, Gap, GapKind, GapReason, Line, Rate, Stream};
use coach_core::{MediaTime, Span};
use coach_media::decode::{self, AudioBlock, VideoFrame};
use coach_media::process::Decoding;
use coach_media::{AccessUnit, Formats, Item, Track};
use coach_perception::face::Detail;
use coach_perception::voice::Listener;
use std::collections::VecDeque;
use std::sync::Arc;

/// An answer of a decoder or a worker.
pub enum Event {
    /// A decoded frame.
    Frame(VideoFrame),
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

/// Frames of one stream that may wait for a worker. When there are more, a live session takes a step down the overload ladder.
/// At the start the tap holds media back for about a second and then gives it out at once, so a second of frames must fit.
const UNDER_WAY: usize = 24;

/// Audio stamped more than this before the listener's time, in ms, repeats what was heard already; less is rounding.
const LATE_MS: i64 = 40;

/// Makes journal lines of the media of one session.
pub struct Observer {
    models: Models,
    options: Options,
    post: Post,
    decoding: Decoding,
    lines: Vec<Line>,
    face: FaceLane,
    voice: VoiceLane,
    /// `None` where nothing writes words down.
    words: Option<WordsLane>,
    ladder: Ladder,
    /// Of the decoders of video and audio.
    latency: [Latency; 2],
}

/// The state of the video track.
struct FaceLane {
    lane: Option<Lane>,
    decoder: Option<decode::Video>,
    grid: FrameGrid,
    /// The best frame so far of the current cell of the grid.
    held: Option<VideoFrame>,
    /// Stamps of the frames a worker has, oldest first.
    under_way: VecDeque<MediaTime>,
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
}

/// The state of the audio track.
struct VoiceLane {
    decoder: Option<decode::Audio>,
    listener: Option<Listener>,
    /// Gaps that were reported and that the listener has not been given yet.
    gaps: VecDeque<Silence>,
    /// Stamp of the last unit given to the decoder.
    pushed: Option<MediaTime>,
    /// Latest stamp of the blocks that the decoder gave back.
    heard: Option<MediaTime>,
    /// Whether the decoder has refused a unit, which is logged once.
    refused: bool,
    ended: bool,
    /// Where the last gap before the first audio ends.
    gap_end: MediaTime,
}

/// A gap in the audio. It is held back until the audio before it is decoded.
struct Silence {
    span: Span,
    reason: GapReason,
    /// Stamp of the last unit before the gap; `None` when there is none.
    after: Option<MediaTime>,
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
            words,
            decoding: Decoding::new(),
            lines: Vec::new(),
            face: FaceLane {
                lane: workers.map(Workers::lane),
                decoder: None,
                grid: FrameGrid::new(options.rate_hz),
                held: None,
                under_way: VecDeque::new(),
                pushed: None,
                decoded: None,
                chosen: 0,
                refused: false,
                ended: false,
                gap_end: MediaTime::ZERO,
            },
            voice: VoiceLane {
                decoder: None,
                listener: None,
                gaps: VecDeque::new(),
                pushed: None,
                heard: None,
                refused: false,
                ended: false,
                gap_end: MediaTime::ZERO,
            },
            ladder: Ladder::new(options.rate_hz, models.has_lite_step()),
            latency: [Latency::new("video"), Latency::new("audio")],
        }
    }

    /// Decodes where the file is taken apart, so that both are one process. To be called before [`Observer::formats`].
    pub fn decode_in(&mut self, decoding: &Decoding) {
        self.decoding = decoding.clone();
    }

    /// A publishing begins: makes its decoders. What the one before left undecoded is waited for.
    ///
    /// # Errors
    /// A format cannot be decoded on this machine.
    pub fn formats(&mut self, formats: &Formats) -> Result<(), decode::Error> {
        self.flush();
        if let (Some(format), true) = (&formats.video, self.face.lane.is_some()) {
            let post = self.post.clone();
            self.face.decoder = Some(self.decoding.video(format, move |frame| post(Event::Frame(frame)))?);
            (self.face.ended, self.face.refused) = (false, false);
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
                    self.latency[0].pushed(unit.t);
                }
                let pushed = if self.options.live { decoder.push(unit) } else { decoder.push_blocking(unit) };
                log_once(&mut self.face.refused, unit, pushed);
            }
            Item::Unit(Track::Audio, unit) => {
                let Some(decoder) = &mut self.voice.decoder else { return };
                self.voice.pushed = Some(unit.t);
                if self.options.live {
                    self.latency[1].pushed(unit.t);
                }
                let pushed = if self.options.live { decoder.push(unit) } else { decoder.push_blocking(unit) };
                log_once(&mut self.voice.refused, unit, pushed);
            }
            Item::Gap(Track::Video, span, reason) => {
                self.lines.push(gap(GapKind::Video, *span, *reason));
                self.face.gap_end = self.face.gap_end.max(span.end);
            }
            Item::Gap(Track::Audio, span, reason) => {
                let after = self.voice.pushed;
                self.voice.gaps.push_back(Silence { span: *span, reason: *reason, after });
                self.pass_gaps();
            }
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
            Event::Audio(block) => self.audio(&block),
            Event::Face(t, seen) => self.face(t, seen),
            Event::Words(written) => {
                if let Some(words) = &mut self.words {
                    words.written(written, &mut self.lines);
                }
            }
            Event::Drained(Track::Video) => {
                self.analyze_held();
                self.face.ended = true;
            }
            Event::Drained(Track::Audio) => {
                if let Some(mut listener) = self.voice.listener.take() {
                    let lines = &mut self.lines;
                    if let Err(error) = listener.finish(&mut |line| lines.push(line)) {
                        tracing::warn!(%error, "the last audio of a session cannot be measured");
                    }
                    if let Some(words) = &mut self.words {
                        std::iter::from_fn(|| listener.take_segment()).for_each(|s| words.take(s, &mut self.lines));
                        words.ended(listener.now());
                    }
                }
                self.voice.ended = true;
            }
        }
    }

    /// Adds gaps up to `t` for a time in which nobody publishes. No media from before `t` may come later. A gap shorter than
    /// `least_ms` is not added, because each gap is a line of the journal.
    ///
    /// While somebody publishes, the media port reports gaps as they grow, and this must not be called.
    pub fn nobody_until(&mut self, t: MediaTime, least_ms: i64) {
        let listened = self.voice.listener.as_ref().map_or(self.voice.gap_end, Listener::now);
        let seen = self.face.gap_end.max(self.face.decoded.map_or(MediaTime::ZERO, |last| last + 1));
        for (track, known) in [(Track::Audio, listened), (Track::Video, seen)] {
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
                let waiting = self.face.under_way.front().copied().or(self.face.held.as_ref().map(|f| f.t));
                let reached = self.face.decoded.map_or(MediaTime::ZERO, |t| t + 1);
                match waiting {
                    Some(t) => t.min(reached),
                    // Everything that was pushed is decoded, so the next frame comes after the gap.
                    None if self.face.pushed <= self.face.decoded => reached.max(self.face.gap_end),
                    None => reached,
                }
            }
            Stream::Voice => match &self.voice.listener {
                Some(listener) => listener.known_until(),
                None => self.voice.gap_end,
            },
            Stream::Marks => MediaTime(i64::MAX),
            Stream::Words => self.words.as_ref().map_or(MediaTime(i64::MAX), WordsLane::passed),
        }
    }

    /// No segment of speech closes before `heard` any more: gives out the phrases that count by now and returns up to when all words
    /// are known. To be called before [`Observer::take_lines`].
    pub fn words_until(&mut self, heard: MediaTime) -> MediaTime {
        self.words.as_mut().map_or(MediaTime(i64::MAX), |words| words.known_until(heard, &mut self.lines))
    }

    /// Returns whether the stream gives out no further lines.
    pub fn is_over(&self, stream: Stream) -> bool {
        match stream {
            Stream::Face => self.face.ended && self.face.under_way.is_empty() && self.face.held.is_none(),
            Stream::Voice => self.voice.ended,
            Stream::Marks => true,
            Stream::Words => self.voice.ended && self.words.as_ref().is_none_or(WordsLane::is_over),
        }
    }

    /// Returns how many frames wait for the answer of a worker.
    pub fn under_way(&self) -> usize {
        self.face.under_way.len()
    }

    /// Drains the decoders at the end of the session. The caller must go on delivering events until both streams are over.
    pub fn end(&mut self) {
        self.flush();
        if let Some(words) = &mut self.words {
            words.wait();
        }
        (self.post)(Event::Drained(Track::Video));
        (self.post)(Event::Drained(Track::Audio));
    }

    /// Takes a decoded frame: the grid drops it, holds it or has it analyzed.
    fn frame(&mut self, frame: VideoFrame) {
        let t = frame.t;
        self.latency[0].came(t);
        if self.face.decoded.is_some_and(|last| t <= last) {
            return; // of two frames in one millisecond the first is used
        }
        self.face.decoded = Some(t);
        if let Some(lost) = frame.lost {
            self.lines.push(gap(GapKind::Video, lost.span, lost.reason));
        }
        let Choice { take_held, this } = self.face.grid.offer(t);
        if take_held && let Some(held) = self.face.held.take() {
            self.analyze(held);
        }
        match this {
            Fate::Drop => {}
            Fate::Hold => self.face.held = Some(frame),
            Fate::Take => {
                self.face.held = None;
                self.analyze(frame);
            }
        }
    }

    /// Gives a frame to the worker. When the queue of a live session is full, drops it and steps down instead.
    fn analyze(&mut self, frame: VideoFrame) {
        let t = frame.t;
        if self.options.live && self.face.under_way.len() >= UNDER_WAY {
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
            if let Some(held) = self.face.held.take() {
                self.analyze(held);
            }
        }
        let model = if step.net == Net::Lite { FaceModel::Lite } else { self.models.face_kind() };
        self.lines.push(Line::Rate(Rate { t, hz: step.hz, model }));
    }

    /// Takes what a worker saw in a frame.
    fn face(&mut self, t: MediaTime, seen: Result<Face, String>) {
        if let Some(place) = self.face.under_way.iter().position(|&waiting| waiting == t) {
            self.face.under_way.remove(place);
        }
        match seen {
            Ok(face) => self.lines.push(Line::Face(Box::new(face))),
            Err(error) => {
                tracing::error!(%error, %t, "a frame could not be analyzed");
                metrics::counter!("coach_frames_dropped_total", "reason" => "failed").increment(1);
                self.lines.push(gap(GapKind::Face, Span::new(t, t + 1), GapReason::Overload));
            }
        }
    }

    /// Takes a block of decoded audio.
    fn audio(&mut self, block: &AudioBlock) {
        self.voice.heard = self.voice.heard.max(Some(block.t));
        self.latency[1].came(block.t);
        let lines = &mut self.lines;
        let mut out = |line| lines.push(line);
        if self.voice.listener.is_none() {
            match Listener::new(block.rate_hz, self.models.activity(), block.t) {
                Ok(mut listener) => {
                    if self.words.is_some() {
                        listener.collect_segments();
                    }
                    self.voice.listener = Some(listener);
                }
                Err(error) => {
                    tracing::error!(%error, rate_hz = block.rate_hz, "audio of this sample rate cannot be measured");
                    self.voice.decoder = None;
                    self.voice.ended = true;
                }
            }
        }
        let Some(listener) = &mut self.voice.listener else { return };
        // A gap at the decoder is treated like a gap in the network.
        if let Some(lost) = block.lost {
            self.voice.gaps.push_back(Silence { span: lost.span, reason: lost.reason, after: None });
        }
        while let Some(silence) = self.voice.gaps.front()
            && silence.span.end <= block.t
        {
            if let Err(error) = listener.gap(silence.span.end, silence.reason, &mut out) {
                tracing::warn!(%error, t = %block.t, "a gap in the audio cannot be measured");
            }
            self.voice.gaps.pop_front();
        }
        // A publishing that replaced another may repeat the last audio of the one before, which is left out.
        let repeated = (listener.now() - block.t).max(0) * i64::from(block.rate_hz) / 1000;
        let from = if listener.now() - block.t > LATE_MS { repeated as usize } else { 0 };
        let samples = block.samples.get(from..).unwrap_or_default();
        if let Err(error) = listener.push(samples, &mut out) {
            tracing::warn!(%error, t = %block.t, "a block of audio cannot be measured");
        }
        self.pass_gaps();
    }

    /// Gives the listener the gaps whose preceding audio has been heard.
    fn pass_gaps(&mut self) {
        while let Some(silence) = self.voice.gaps.front()
            && silence.after <= self.voice.heard
        {
            match &mut self.voice.listener {
                Some(listener) => {
                    let lines = &mut self.lines;
                    if let Err(error) = listener.gap(silence.span.end, silence.reason, &mut |line| lines.push(line)) {
                        tracing::warn!(%error, "a gap in the audio cannot be measured");
                    }
                }
                None => {
                    self.lines.push(gap(GapKind::Audio, silence.span, silence.reason));
                    self.voice.gap_end = self.voice.gap_end.max(silence.span.end);
                }
            }
            self.voice.gaps.pop_front();
        }
        self.take_segments();
    }

    /// Segments of speech that were closed go to the recognizer.
    fn take_segments(&mut self) {
        if let (Some(words), Some(listener)) = (&mut self.words, &mut self.voice.listener) {
            while let Some(segment) = listener.take_segment() {
                words.take(segment, &mut self.lines);
            }
            words.send();
        }
    }

    /// Has the held frame analyzed: no better frame can come for its cell.
    fn analyze_held(&mut self) {
        if self.face.grid.finish()
            && let Some(held) = self.face.held.take()
        {
            self.analyze(held);
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

/// Returns the journal line of a gap. Its time is the end of the gap, when the gap is known.
fn gap(what: GapKind, span: Span, reason: GapReason) -> Line {
    Line::Gap(Gap { t: span.end, what, start: span.start, end: span.end, reason })
}
