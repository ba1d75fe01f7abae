//! RTP in, items out: the one place that decides time (ARCHITECTURE, invariant 2). No clock, no socket: time is an argument.
//!
//! Packets are put in order, duplicates dropped, holes waited for ([`sequence`]); payloads become access units ([`vp8`],
//! Opus needs nothing); RTP time becomes the caller's time ([`clock`]), then media time: t = 0 is the first key frame, or
//! the first packet of sound when no picture came within a second. As the sender's clocks drift apart ([`drift`]), pictures
//! follow the sound ([`alignment`]). Gaps follow from the stamps alone ([`crate::gaps`]). What comes out is final: recorder
//! and decoder get the same items.

pub mod alignment;
pub mod clock;
pub mod drift;
mod lane;
pub mod sequence;
pub mod vp8;

use crate::gaps::{Gaps, Verdict};
use crate::item::{AccessUnit, Item, Track};
use bytes::Bytes;
use coach_core::MediaTime;
pub use drift::SenderReport;
use lane::{Entry, Lane};
use std::collections::VecDeque;
use std::time::Duration;

/// Without a picture for this long, the first packet of sound is t = 0.
const FRAME_WITHIN: Duration = Duration::from_secs(1);
/// ... and for this long when packets of a picture came, but no key frame yet.
const KEY_FRAME_WITHIN: Duration = Duration::from_secs(3);
/// A track is silent when it said nothing for this long while the other one went on.
const SILENCE: Duration = Duration::from_secs(2);
/// How often silence is looked for.
const TICK: Duration = Duration::from_millis(500);

/// What the tap must know beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// Which tracks were agreed on.
    pub video: bool,
    pub audio: bool,
    /// Media time of the first kept unit: 0 for the first part of a session.
    pub offset: MediaTime,
    /// Key frames wider or higher than that are dropped. Pixels.
    pub max_side: u32,
}

impl Default for Config {
    fn default() -> Self {
        Config { video: true, audio: true, offset: MediaTime::ZERO, max_side: 1920 }
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

/// What the tap says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// The first unit is known: this moment of the caller's clock is media time 0. Comes once, before all items.
    Started(Origin),
    Item(Item),
}

/// Where media time 0 is on the caller's clock. May lie before that clock's own 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    ns: i64,
}

impl Origin {
    /// The media time of a moment.
    pub fn at(self, moment: Duration) -> MediaTime {
        MediaTime::from_nanos(clock::ns(moment) - self.ns)
    }
}

/// What one track has been through, counted since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TrackStats {
    pub packets: u64,
    /// Of payload.
    pub bytes: u64,
    pub duplicates: u64,
    /// Came after they had been given up.
    pub late: u64,
    /// Never came, or too late. Padding is among them.
    pub lost: u64,
    /// From an SSRC that is not the track's.
    pub strangers: u64,
    /// Times when pictures were incomplete, or payloads made no sense.
    pub broken: u64,
    /// Units handed out.
    pub units: u64,
    pub key_frames: u64,
    /// Pictures dropped because they need one that is missing.
    pub undecodable: u64,
    /// Units dropped because their time had passed: before t = 0, backwards, or said to be silent.
    pub untimely: u64,
    /// Of the sender, that told something of its clocks.
    pub reports: u64,
    /// ... that did not: of another SSRC, too late, or far from the others.
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
    /// What the clocks of video and audio had drifted by when both were known first.
    drifts_ns: Option<(i64, i64)>,
    out: VecDeque<Output>,
    last_tick: Duration,
    ended: bool,
}

/// A lane and what it has said.
#[derive(Debug)]
struct Exit {
    lane: Lane,
    agreed: bool,
    last: Option<MediaTime>,
    /// Pictures handed out now could not be decoded.
    needs_key: bool,
}

impl Exit {
    fn new(track: Track, agreed: bool, config: &Config) -> Exit {
        Exit { lane: Lane::new(track, config.max_side), agreed, last: None, needs_key: track == Track::Video }
    }
}

impl Tap {
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

    /// A packet arrived. `arrival` never goes back. Call [`Tap::poll`] until it says `None` afterwards.
    pub fn push(&mut self, track: Track, packet: Packet, arrival: Duration) {
        let exit = self.exit(track);
        if exit.agreed && !self.ended {
            self.exit(track).lane.push(packet, arrival);
            self.advance(arrival);
        }
    }

    /// The sender of a track compared its clocks. `arrival` never goes back, for packets and reports together. Call
    /// [`Tap::poll`] until it says `None` afterwards.
    pub fn report(&mut self, track: Track, report: SenderReport, arrival: Duration) {
        if !self.exit(track).agreed || self.ended {
            return;
        }
        // What was due before it came is decided without it.
        self.advance(arrival);
        self.exit(track).lane.report(report);
        let (video, audio) = (&mut self.video.lane.clock, &mut self.audio.lane.clock);
        // Clocks are only compared with each other; one alone says nothing.
        if let (Some(video_ns), Some(audio_ns)) = (video.drift_ns(), audio.drift_ns()) {
            let (video_zero, audio_zero) = *self.drifts_ns.get_or_insert((video_ns, audio_ns));
            let sound_ns = audio_ns - audio_zero;
            video.follow(video_ns - video_zero, sound_ns);
            audio.follow(sound_ns, sound_ns);
        }
    }

    /// Time has come to `now`. Call it at [`Tap::deadline`].
    pub fn tick(&mut self, now: Duration) {
        if !self.ended {
            self.last_tick = now;
            self.advance(now);
        }
    }

    /// Nothing more will come: gives out what waits, and the ends.
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

    /// What comes next.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When [`Tap::tick`] is due at the latest.
    pub fn deadline(&self) -> Duration {
        let start = (self.zero_ns.is_none()).then_some(self.audio.lane.first_arrival).flatten();
        let start = [start.map(|first| first + FRAME_WITHIN), start.map(|first| first + KEY_FRAME_WITHIN)];
        let waits = [self.video.lane.deadline(), self.audio.lane.deadline()].into_iter().chain(start);
        waits.flatten().filter(|&at| at > self.last_tick).fold(self.last_tick + TICK, Duration::min)
    }

    /// Whether pictures cannot go on without a key frame.
    pub fn wants_key_frame(&self) -> bool {
        self.config.video
            && !self.ended
            && (self.video.lane.wants_key || self.video.needs_key && self.video.last.is_some())
    }

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

    /// Decides where t = 0 is, once.
    fn start(&mut self, now: Duration, at_once: bool) {
        if self.zero_ns.is_some() {
            return;
        }
        let video = &mut self.video.lane.stamped;
        // Nothing before the first key frame can be decoded.
        while let Some(entry) = video.front()
            && !matches!(entry, Entry::Unit(unit) if unit.key)
        {
            video.pop_front();
        }
        let picture = video.front();
        let sound = self.audio.lane.stamped.front();
        let within = if self.video.lane.first_arrival.is_some() { KEY_FRAME_WITHIN } else { FRAME_WITHIN };
        let waited = self.audio.lane.first_arrival.is_some_and(|first| now >= first + within);
        let first = match picture {
            Some(_) => picture,
            None if waited || at_once || !self.config.video => sound,
            None => None,
        };
        if let Some(Entry::Unit(unit)) = first {
            self.zero_ns = Some(unit.ns);
            let origin = Origin { ns: unit.ns - self.config.offset.ms() * 1_000_000 };
            self.out.push_back(Output::Started(origin));
        }
    }

    /// Hands out what is stamped.
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
                    Track::Video => gaps.picture(t, t, &mut say),
                    Track::Audio => gaps.sound(t, unit.duration_ns, &mut say),
                } == Verdict::Keep;
            if !timely {
                exit.lane.stats.untimely += 1;
                exit.needs_key = track == Track::Video;
                continue;
            }
            exit.needs_key = false;
            exit.last = Some(t);
            exit.lane.stats.units += 1;
            exit.lane.stats.key_frames += u64::from(unit.key && track == Track::Video);
            say(Item::Unit(track, AccessUnit { t, key: unit.key, data: unit.data }));
        }
    }

    /// Says the gaps of a track that has fallen silent while the other one goes on steadily. When both are silent nothing
    /// is said: it may be a stall, after which everything comes.
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
