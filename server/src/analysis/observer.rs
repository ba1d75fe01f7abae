//! One session's media turned into journal lines: decoders, the choice of frames, a face lane, a listener.
//!
//! Both doors use it. Everything happens on the thread that owns it; decoders and workers answer by [`Event`]s, whose
//! order of arrival is no input: the engine sorts by media time behind the watermark that [`Observer::known_until`] gives.

use super::latency::Latency;
use super::models::Models;
use super::overload::{Ladder, Rung};
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

/// What decoders and workers answer.
pub enum Event {
    Frame(VideoFrame),
    Audio(AudioBlock),
    Face(MediaTime, Result<Face, String>),
    Words(Written),
    /// Everything of this track came before this.
    Drained(Track),
}

/// How answers find their way back to the owner's thread.
pub type Post = Arc<dyn Fn(Event) + Send + Sync>;

/// How to look.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Analysed frames per second; 0 = every frame.
    pub rate_hz: u32,
    /// Write all landmarks into the journal.
    pub landmarks: bool,
    /// Write down what is said.
    pub words: bool,
    /// Live: frames are dropped rather than waited for, and the ladder steps down. A file is waited for.
    pub live: bool,
}

/// Frames of one stream that may be under way to a worker. Beyond it a live session steps down a rung. The tap finds its anchor
/// over the first second and then gives out what it held, so a second's worth must have room.
const UNDER_WAY: usize = 24;

/// Sound that is stamped this much before the sample clock repeats what was heard; less is rounding.
const LATE_MS: i64 = 40;

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

struct FaceLane {
    lane: Option<Lane>,
    decoder: Option<decode::Video>,
    grid: FrameGrid,
    /// The best frame of its cell so far.
    held: Option<VideoFrame>,
    /// Stamps of the frames a worker has, oldest first.
    under_way: VecDeque<MediaTime>,
    /// The latest unit given to the decoder, and the last frame it gave back.
    pushed: Option<MediaTime>,
    decoded: Option<MediaTime>,
    chosen: u64,
    /// The decoder has refused a unit, and that was said.
    refused: bool,
    ended: bool,
    /// Where the last gap that was told of ends.
    gap_end: MediaTime,
}

struct VoiceLane {
    decoder: Option<decode::Audio>,
    listener: Option<Listener>,
    /// Gaps that were told of and that the listener does not know yet.
    gaps: VecDeque<Silence>,
    pushed: Option<MediaTime>,
    heard: Option<MediaTime>,
    /// The decoder has refused a unit, and that was said.
    refused: bool,
    ended: bool,
    /// Where the last gap before the first sound ends.
    gap_end: MediaTime,
}

/// A gap in the sound, waiting for the sound before it.
struct Silence {
    span: Span,
    reason: GapReason,
    /// The last unit before it: once that was heard, the gap's turn has come.
    after: Option<MediaTime>,
}

impl Observer {
    /// An observer that gives its answers' way back as `post`. Without a face model no frame is decoded.
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
            ladder: Ladder::new(options.rate_hz, models.has_lite_rung()),
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
    /// A format that cannot be decoded here.
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

    /// The next item of either path, live or file.
    pub fn item(&mut self, item: &Item) {
        match item {
            Item::Unit(Track::Video, unit) => {
                let Some(decoder) = &mut self.face.decoder else { return };
                // Pictures may come in decoding order: only when the latest has come out, all have.
                self.face.pushed = self.face.pushed.max(Some(unit.t));
                if self.options.live {
                    self.latency[0].pushed(unit.t);
                }
                let pushed = if self.options.live { decoder.push(unit) } else { decoder.push_blocking(unit) };
                tell_once(&mut self.face.refused, unit, pushed);
            }
            Item::Unit(Track::Audio, unit) => {
                let Some(decoder) = &mut self.voice.decoder else { return };
                self.voice.pushed = Some(unit.t);
                if self.options.live {
                    self.latency[1].pushed(unit.t);
                }
                let pushed = if self.options.live { decoder.push(unit) } else { decoder.push_blocking(unit) };
                tell_once(&mut self.voice.refused, unit, pushed);
            }
            Item::Gap(Track::Video, span, reason) => {
                self.lines.push(gap(GapKind::Video, *span, *reason));
                self.face.gap_end = self.face.gap_end.max(span.end);
            }
            Item::Gap(Track::Audio, span, reason) => {
                let after = self.voice.pushed;
                self.voice.gaps.push_back(Silence { span: *span, reason: *reason, after });
                self.fall_silent();
            }
            // Answered behind everything that the decoder still gives out.
            Item::End(track) => {
                self.flush_track(*track);
                (self.post)(Event::Drained(*track));
            }
        }
    }

    /// An answer of a decoder or a worker.
    pub fn event(&mut self, event: Event) {
        match event {
            Event::Frame(frame) => self.frame(frame),
            Event::Audio(block) => self.heard(&block),
            Event::Face(t, seen) => self.seen(t, seen),
            Event::Words(written) => {
                if let Some(words) = &mut self.words {
                    words.written(written, &mut self.lines);
                }
            }
            Event::Drained(Track::Video) => {
                self.look_at_held();
                self.face.ended = true;
            }
            Event::Drained(Track::Audio) => {
                if let Some(mut listener) = self.voice.listener.take() {
                    let lines = &mut self.lines;
                    if let Err(error) = listener.finish(&mut |line| lines.push(line)) {
                        tracing::warn!(%error, "the last sound cannot be used");
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

    /// Nobody publishes, and nothing from before `t` can come any more: media time goes on without sound and picture. Said only
    /// when it is `least_ms` or more, because each saying is a line of the journal.
    ///
    /// While somebody publishes, the media door tells of gaps while they last, and no clock is needed.
    pub fn nobody_until(&mut self, t: MediaTime, least_ms: i64) {
        let listened = self.voice.listener.as_ref().map_or(self.voice.gap_end, Listener::now);
        let seen = self.face.gap_end.max(self.face.decoded.map_or(MediaTime::ZERO, |last| last + 1));
        for (track, known) in [(Track::Audio, listened), (Track::Video, seen)] {
            if t - known >= least_ms {
                self.item(&Item::Gap(track, Span::new(known, t), GapReason::NoConnection));
            }
        }
    }

    /// The publishing is over, but not the session: gets everything out of the decoders.
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
            tracing::warn!(%error, ?track, "a decoder did not give everything out");
        }
        // What was pushed last and never came out.
        if let (Some((since, reason)), Some(last)) = (lost, last) {
            self.item(&Item::Gap(track, Span::new(since, last + 1), reason));
        }
    }

    /// Lines since the last call, in no particular order.
    pub fn take_lines(&mut self) -> impl Iterator<Item = Line> {
        self.lines.drain(..)
    }

    /// Every line of this stream with an earlier `t` was given out.
    pub fn known_until(&self, stream: Stream) -> MediaTime {
        match stream {
            Stream::Face => {
                let waiting = self.face.under_way.front().copied().or(self.face.held.as_ref().map(|f| f.t));
                let reached = self.face.decoded.map_or(MediaTime::ZERO, |t| t + 1);
                match waiting {
                    Some(t) => t.min(reached),
                    // Everything that was pushed has come out: the next frame is after the gap.
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

    /// Whether the stream says nothing more.
    pub fn is_over(&self, stream: Stream) -> bool {
        match stream {
            Stream::Face => self.face.ended && self.face.under_way.is_empty() && self.face.held.is_none(),
            Stream::Voice => self.voice.ended,
            Stream::Marks => true,
            Stream::Words => self.voice.ended && self.words.as_ref().is_none_or(WordsLane::is_over),
        }
    }

    /// Frames that a worker has and has not answered.
    pub fn under_way(&self) -> usize {
        self.face.under_way.len()
    }

    /// No more media: gets everything out of the decoders. The caller goes on delivering events until both streams are over.
    pub fn end(&mut self) {
        self.flush();
        if let Some(words) = &mut self.words {
            words.wait();
        }
        (self.post)(Event::Drained(Track::Video));
        (self.post)(Event::Drained(Track::Audio));
    }

    fn frame(&mut self, frame: VideoFrame) {
        let t = frame.t;
        self.latency[0].came(t);
        if self.face.decoded.is_some_and(|last| t <= last) {
            return; // two frames of one millisecond: the first counts
        }
        self.face.decoded = Some(t);
        if let Some(lost) = frame.lost {
            self.lines.push(gap(GapKind::Video, lost.span, lost.reason));
        }
        let Choice { take_held, this } = self.face.grid.offer(t);
        if take_held && let Some(held) = self.face.held.take() {
            self.look(held);
        }
        match this {
            Fate::Drop => {}
            Fate::Hold => self.face.held = Some(frame),
            Fate::Take => {
                self.face.held = None;
                self.look(frame);
            }
        }
    }

    fn look(&mut self, frame: VideoFrame) {
        let t = frame.t;
        if self.options.live && self.face.under_way.len() >= UNDER_WAY {
            let span = Span::new(t, t + 1);
            self.lines.push(gap(GapKind::Face, span, GapReason::Overload));
            let rung = self.ladder.step_down(t);
            metrics::counter!("coach_frames_dropped_total", "reason" => "overload").increment(1);
            metrics::counter!("coach_overload_steps_total").increment(u64::from(rung.is_some()));
            self.change_rate(t, rung);
            return;
        }
        let rung = if self.options.live && self.face.under_way.len() <= 1 { self.ladder.calm(t) } else { None };
        self.change_rate(t, rung);
        let Some(lane) = &self.face.lane else { return };
        let rung = self.ladder.rung();
        let blendshapes = !rung.half_blendshapes || self.face.chosen.is_multiple_of(2);
        self.face.chosen += 1;
        self.face.under_way.push_back(t);
        let post = self.post.clone();
        let detail = Detail { blendshapes, landmarks: self.options.landmarks };
        lane.look(frame, detail, rung.net, move |t, seen| post(Event::Face(t, seen)));
    }

    fn change_rate(&mut self, t: MediaTime, rung: Option<Rung>) {
        let Some(rung) = rung else { return };
        if rung.hz != self.face.grid.hz() {
            self.face.grid = FrameGrid::new(rung.hz);
            if let Some(held) = self.face.held.take() {
                self.look(held);
            }
        }
        let model = if rung.net == Net::Lite { FaceModel::Lite } else { self.models.face_kind() };
        self.lines.push(Line::Rate(Rate { t, hz: rung.hz, model }));
    }

    fn seen(&mut self, t: MediaTime, seen: Result<Face, String>) {
        if let Some(place) = self.face.under_way.iter().position(|&waiting| waiting == t) {
            self.face.under_way.remove(place);
        }
        match seen {
            Ok(face) => self.lines.push(Line::Face(Box::new(face))),
            Err(error) => {
                tracing::error!(%error, %t, "a frame could not be looked at");
                metrics::counter!("coach_frames_dropped_total", "reason" => "failed").increment(1);
                self.lines.push(gap(GapKind::Face, Span::new(t, t + 1), GapReason::Overload));
            }
        }
    }

    fn heard(&mut self, block: &AudioBlock) {
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
                    tracing::error!(%error, rate_hz = block.rate_hz, "sound of this rate cannot be listened to");
                    self.voice.decoder = None;
                    self.voice.ended = true;
                }
            }
        }
        let Some(listener) = &mut self.voice.listener else { return };
        // What the media door missed and what the decoder could not decode are the same to the ear.
        if let Some(lost) = block.lost {
            self.voice.gaps.push_back(Silence { span: lost.span, reason: lost.reason, after: None });
        }
        while let Some(silence) = self.voice.gaps.front()
            && silence.span.end <= block.t
        {
            if let Err(error) = listener.gap(silence.span.end, silence.reason, &mut out) {
                tracing::warn!(%error, t = %block.t, "silence cannot be listened to");
            }
            self.voice.gaps.pop_front();
        }
        // A publishing that took over may repeat the last moment of the one before; the first telling counts.
        let repeated = (listener.now() - block.t).max(0) * i64::from(block.rate_hz) / 1000;
        let from = if listener.now() - block.t > LATE_MS { repeated as usize } else { 0 };
        let samples = block.samples.get(from..).unwrap_or_default();
        if let Err(error) = listener.push(samples, &mut out) {
            tracing::warn!(%error, t = %block.t, "a block of sound cannot be used");
        }
        self.fall_silent();
    }

    /// Gaps whose turn has come are told to the listener.
    fn fall_silent(&mut self) {
        while let Some(silence) = self.voice.gaps.front()
            && silence.after <= self.voice.heard
        {
            match &mut self.voice.listener {
                Some(listener) => {
                    let lines = &mut self.lines;
                    if let Err(error) = listener.gap(silence.span.end, silence.reason, &mut |line| lines.push(line)) {
                        tracing::warn!(%error, "silence cannot be listened to");
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

    /// The held frame can have no rival any more.
    fn look_at_held(&mut self) {
        if self.face.grid.finish()
            && let Some(held) = self.face.held.take()
        {
            self.look(held);
        }
    }
}

/// The first unit that a decoder refuses is worth a line; the thousand after it are not.
fn tell_once(told: &mut bool, unit: &AccessUnit, pushed: Result<(), decode::Error>) {
    if let Err(error) = pushed
        && !std::mem::replace(told, true)
    {
        tracing::warn!(%error, t = %unit.t, "a unit cannot be decoded; more like it are not told");
    }
}

/// A gap line: known when it ended.
fn gap(what: GapKind, span: Span, reason: GapReason) -> Line {
    Line::Gap(Gap { t: span.end, what, start: span.start, end: span.end, reason })
}
