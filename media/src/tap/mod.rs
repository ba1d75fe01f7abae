//! Turns RTP packets into items. This is the one place that decides time (ARCHITECTURE, invariant 2). It has no clock
//! and no socket: time is an argument.
//!
//! Packets are put in order, duplicates are dropped and missing ones are waited for ([`sequence`]). Payloads become
//! access units ([`vp8`], [`h264`]; Opus needs nothing). RTP time becomes the caller's time ([`clock`]), then media time: t = 0
//! is the first key frame, or the first packet of audio when no video came within a second. As the sender's clocks
//! drift apart ([`drift`]), video follows the audio ([`alignment`]). Gaps follow from the stamps alone
//! ([`crate::gaps`]). Items are final: recorder and decoder get the same ones.

pub mod alignment;
pub mod assembler;
pub mod clock;
pub mod drift;
pub mod h264;
mod lane;
pub mod sequence;
pub mod vp8;

use crate::gaps::{Gaps, Verdict};
use crate::item::{AccessUnit, Item, Track, VideoCodec};
use bytes::Bytes;
use coach_core::MediaTime;
pub use drift::SenderReport;
use lane::{Entry, Lane};
use std::collections::VecDeque;
use std::time::Duration;

/// Without a video packet for this long, the first packet of audio is t = 0.
const FRAME_WITHIN: Duration = Duration::from_secs(1);
/// Without a key frame for this long, although video packets came, the first packet of audio is t = 0.
const KEY_FRAME_WITHIN: Duration = Duration::from_secs(3);
/// A track is silent when no packet of it arrived for this long while the other track went on.
const SILENCE: Duration = Duration::from_secs(2);
/// How often silence is looked for.
const TICK: Duration = Duration::from_millis(500);

/// The settings of a tap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Whether a video track was negotiated.
    pub video: bool,
    /// Whether an audio track was negotiated.
    pub audio: bool,
    /// How the video is coded.
    pub codec: VideoCodec,
    /// The media time of the first kept unit: 0 for the first part of a session.
    pub offset: MediaTime,
    /// Where media time 0 is on the caller's clock, nanoseconds, when another participant's media has set it already: the first kept
    /// unit then has the time that has passed since, and `offset` is not used. It may lie before that clock's own 0.
    pub zero_ns: Option<i64>,
    /// The largest width or height of a key frame, pixels; larger ones are dropped.
    pub max_side: u32,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            video: true,
            audio: true,
            codec: VideoCodec::default(),
            offset: MediaTime::ZERO,
            zero_ns: None,
            max_side: 1920,
        }
    }
}

/// An RTP packet, decrypted and without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    pub ssrc: u32,
    pub sequence: u16,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Bytes,
}

/// What comes out of the tap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// The first unit is known: media time 0 is this moment of the caller's clock. Comes once, before all items.
    Started(Origin),
    Item(Item),
}

/// Where media time 0 is on the caller's clock. It may lie before that clock's own 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    ns: i64,
}

impl Origin {
    /// Returns the media time of a moment.
    pub fn at(self, moment: Duration) -> MediaTime {
        MediaTime::from_nanos(clock::ns(moment) - self.ns)
    }
}

/// Counts of one track since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrackStats {
    /// Packets that arrived.
    pub packets: u64,
    /// Bytes of payload.
    pub bytes: u64,
    /// Packets that arrived a second time.
    pub duplicates: u64,
    /// Packets that arrived after they had been given up.
    pub late: u64,
    /// Packets that never arrived, or too late. Padding that was lost is among them.
    pub lost: u64,
    /// Packets of an SSRC that is not the track's.
    pub strangers: u64,
    /// How often frames were incomplete or a payload was invalid.
    pub broken: u64,
    /// Units handed out.
    pub units: u64,
    pub key_frames: u64,
    /// Frames dropped because they need one that is missing.
    pub undecodable: u64,
    /// Units dropped because their time had passed: before t = 0, backwards, or within a reported gap.
    pub untimely: u64,
    /// Sender reports that were used.
    pub reports: u64,
    /// Sender reports that were ignored: another SSRC, too late, or far from the others.
    pub unbelieved: u64,
}

/// The tap of one peer.
///
/// ```
/// use bytes::Bytes;
/// use coach_media::Item;
/// use coach_media::tap::{Config, Output, Packet, Tap};
/// use coach_media::Track;
/// use std::time::Duration;
///
/// let mut tap = Tap::new(Config { video: false, ..Config::default() });
/// let mut stamps = Vec::new();
/// // Two seconds of Opus: a packet every 20 ms, 960 samples each. The third comes after the fourth.
/// let order = [0, 1, 3, 2].into_iter().chain(4..100);
/// for (arrived, n) in order.enumerate() {
///     let (sequence, timestamp) = (n as u16, n * 960);
///     let packet = Packet { ssrc: 1, sequence, timestamp, marker: false, payload: Bytes::from_static(&[0xFC, 1, 2]) };
///     tap.push(Track::Audio, packet, Duration::from_millis(20 * arrived as u64));
///     while let Some(output) = tap.poll() {
///         if let Output::Item(Item::Unit(_, unit)) = output {
///             stamps.push(unit.t.ms());
///         }
///     }
/// }
/// tap.finish(Duration::from_secs(2));
/// while let Some(output) = tap.poll() {
///     if let Output::Item(Item::Unit(_, unit)) = output {
///         stamps.push(unit.t.ms());
///     }
/// }
/// assert_eq!(stamps, (0..100).map(|n| 20 * n).collect::<Vec<i64>>());
/// ```
#[derive(Debug)]
pub struct Tap {
    config: Config,
    video: Exit,
    audio: Exit,
    gaps: Gaps,
    zero_ns: Option<i64>,
    /// The drifts of video and audio when both were first known, nanoseconds.
    drifts_ns: Option<(i64, i64)>,
    out: VecDeque<Output>,
    last_tick: Duration,
    ended: bool,
}

/// A lane, and the state of handing out its units.
#[derive(Debug)]
struct Exit {
    lane: Lane,
    agreed: bool,
    last: Option<MediaTime>,
    /// The next frame can only be decoded if it is a key frame.
    needs_key: bool,
}

impl Exit {
    fn new(track: Track, agreed: bool, config: &Config) -> Exit {
        Exit {
            lane: Lane::new(track, config.codec, config.max_side),
            agreed,
            last: None,
            needs_key: track == Track::Video,
        }
    }
}

impl Tap {
    /// Creates a tap without packets.
    pub fn new(config: Config) -> Tap {
        Tap {
            config,
            video: Exit::new(Track::Video, config.video, &config),
            audio: Exit::new(Track::Audio, config.audio, &config),
            gaps: Gaps::starting_at(config.offset),
            zero_ns: None,
            drifts_ns: None,
            out: VecDeque::new(),
            last_tick: Duration::ZERO,
            ended: false,
        }
    }

    /// Takes a parameter set of H.264 that the publisher named before it sent anything.
    pub fn parameter_set(&mut self, nal: &Bytes) {
        self.video.lane.parameter_set(nal);
    }

    /// Returns the newest parameter sets of H.264 that have come; none for other codings.
    pub fn parameter_sets(&self) -> Vec<Bytes> {
        self.video.lane.parameter_sets()
    }

    /// Takes a packet. `arrival` never goes back. [`Tap::poll`] is to be called until it returns `None` afterwards.
    pub fn push(&mut self, track: Track, packet: Packet, arrival: Duration) {
        let exit = self.exit(track);
        if exit.agreed && !self.ended {
            self.exit(track).lane.push(packet, arrival);
            self.advance(arrival);
        }
    }

    /// Takes a sender's report. `arrival` never goes back, for packets and reports together. [`Tap::poll`] is to be
    /// called until it returns `None` afterwards.
    pub fn report(&mut self, track: Track, report: SenderReport, arrival: Duration) {
        if !self.exit(track).agreed || self.ended {
            return;
        }
        // What was due before the report arrived is decided without it.
        self.advance(arrival);
        self.exit(track).lane.report(report);
        let (video, audio) = (&mut self.video.lane.clock, &mut self.audio.lane.clock);
        // Two clocks are compared with each other; the drift of one alone has no meaning.
        if let (Some(video_ns), Some(audio_ns)) = (video.drift_ns(), audio.drift_ns()) {
            let (video_zero, audio_zero) = *self.drifts_ns.get_or_insert((video_ns, audio_ns));
            let audio_ns = audio_ns - audio_zero;
            video.follow(video_ns - video_zero, audio_ns);
            audio.follow(audio_ns, audio_ns);
        }
    }

    /// Processes what is due at `now`; to be called at [`Tap::deadline`].
    pub fn tick(&mut self, now: Duration) {
        if !self.ended {
            self.last_tick = now;
            self.advance(now);
        }
    }

    /// Hands out everything that waits and the end of each track. Later packets are ignored.
    pub fn finish(&mut self, now: Duration) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        self.video.lane.flush(now);
        self.audio.lane.flush(now);
        self.start(now, true);
        self.emit(Track::Video);
        self.emit(Track::Audio);
        if self.zero_ns.is_none() {
            return;
        }
        let end = self.video.last.max(self.audio.last).unwrap_or(self.config.offset);
        for track in [Track::Video, Track::Audio] {
            if self.exit(track).agreed {
                let out = &mut self.out;
                self.gaps.finish(track, end, &mut |item| out.push_back(Output::Item(item)));
                self.out.push_back(Output::Item(Item::End(track)));
            }
        }
    }

    /// Returns the next output.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// Returns when [`Tap::tick`] is due at the latest.
    pub fn deadline(&self) -> Duration {
        let start = (self.zero_ns.is_none()).then_some(self.audio.lane.first_arrival).flatten();
        let start = [start.map(|first| first + FRAME_WITHIN), start.map(|first| first + KEY_FRAME_WITHIN)];
        let waits = [self.video.lane.deadline(), self.audio.lane.deadline()].into_iter().chain(start);
        waits.flatten().filter(|&at| at > self.last_tick).fold(self.last_tick + TICK, Duration::min)
    }

    /// Returns whether the video cannot go on without a key frame.
    pub fn wants_key_frame(&self) -> bool {
        self.config.video
            && !self.ended
            && (self.video.lane.wants_key || self.video.needs_key && self.video.last.is_some())
    }

    /// Returns the counts of one track.
    pub fn stats(&self, track: Track) -> TrackStats {
        if track == Track::Video { self.video.lane.stats } else { self.audio.lane.stats }
    }

    fn exit(&mut self, track: Track) -> &mut Exit {
        if track == Track::Video { &mut self.video } else { &mut self.audio }
    }

    fn advance(&mut self, now: Duration) {
        self.video.lane.advance(now);
        self.audio.lane.advance(now);
        self.start(now, false);
        self.emit(Track::Video);
        self.emit(Track::Audio);
        self.silences(now);
    }

    /// Decides once where t = 0 is. `at_once`: no packet follows.
    fn start(&mut self, now: Duration, at_once: bool) {
        if self.zero_ns.is_some() {
            return;
        }
        let video = &mut self.video.lane.stamped;
        // Frames before the first key frame cannot be decoded.
        while let Some(entry) = video.front()
            && !matches!(entry, Entry::Unit(unit) if unit.key)
        {
            video.pop_front();
        }
        let frame = video.front();
        let audio = self.audio.lane.stamped.front();
        let within = if self.video.lane.first_arrival.is_some() { KEY_FRAME_WITHIN } else { FRAME_WITHIN };
        let waited = self.audio.lane.first_arrival.is_some_and(|first| now >= first + within);
        let first = match frame {
            Some(_) => frame,
            None if waited || at_once || !self.config.video => audio,
            None => None,
        };
        if let Some(Entry::Unit(unit)) = first {
            self.zero_ns = Some(unit.ns);
            if let Some(zero_ns) = self.config.zero_ns {
                self.config.offset = MediaTime::from_nanos(unit.ns - zero_ns).max(MediaTime::ZERO);
                self.gaps = Gaps::starting_at(self.config.offset);
            }
            let origin = Origin { ns: unit.ns - self.config.offset.ms() * 1_000_000 };
            self.out.push_back(Output::Started(origin));
        }
    }

    /// Hands out the stamped units of one track.
    fn emit(&mut self, track: Track) {
        let Some(zero) = self.zero_ns else { return };
        let (out, gaps, offset) = (&mut self.out, &mut self.gaps, self.config.offset);
        let exit = if track == Track::Video { &mut self.video } else { &mut self.audio };
        while let Some(entry) = exit.lane.stamped.pop_front() {
            let Entry::Unit(unit) = entry else {
                exit.needs_key = true;
                continue;
            };
            if exit.needs_key && !unit.key {
                exit.lane.stats.undecodable += 1;
                continue;
            }
            let t = offset + MediaTime::from_nanos(unit.ns - zero).ms();
            let mut say = |item| out.push_back(Output::Item(item));
            let timely = t >= offset
                && exit.last.is_none_or(|last| t > last)
                && match track {
                    Track::Video => gaps.video(t, t, &mut say),
                    Track::Audio => gaps.audio(t, unit.duration_ns, &mut say),
                } == Verdict::Keep;
            if !timely {
                exit.lane.stats.untimely += 1;
                exit.needs_key = track == Track::Video;
                continue;
            }
            let resumes = std::mem::replace(&mut exit.needs_key, false);
            exit.last = Some(t);
            exit.lane.stats.units += 1;
            exit.lane.stats.key_frames += u64::from(unit.key && track == Track::Video);
            let unit = AccessUnit { t, key: unit.key, data: unit.data };
            say(Item::Unit(track, if resumes { unit.resuming() } else { unit }));
        }
    }

    /// Reports the gap of a track that is silent while the other one goes on steadily. While both are silent nothing is
    /// reported: it may be a stall, after which everything arrives.
    fn silences(&mut self, now: Duration) {
        if self.zero_ns.is_none() || !(self.config.video && self.config.audio) {
            return;
        }
        for (track, this, other) in [(Track::Video, &self.video, &self.audio), (Track::Audio, &self.audio, &self.video)]
        {
            let silent = this.lane.last_arrival.is_none_or(|last| now.saturating_sub(last) >= SILENCE);
            let other_last = other.lane.last_arrival.unwrap_or_default();
            let steady = now.saturating_sub(other.lane.steady_since) >= SILENCE
                && now.saturating_sub(other_last) < TICK
                && other.lane.last_arrival.is_some();
            if let (true, true, Some(t)) = (silent, steady, other.last) {
                let out = &mut self.out;
                self.gaps.silent(track, t, &mut |item| out.push_back(Output::Item(item)));
            }
        }
    }
}
