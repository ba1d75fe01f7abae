//! Hands out the units of both tracks in order of time, from t = 0 on.

use super::{Error, Raw, Source};
use crate::gaps::Verdict;
use crate::item::{AccessUnit, Item, Track};
use coach_core::MediaTime;
use std::collections::VecDeque;

/// How long audio waits for a key frame that could be t = 0, nanoseconds.
const KEY_FRAME_WITHIN_NS: i64 = 1_000_000_000;

/// How far one track may be ahead of the other before it is no longer held back, nanoseconds: badly interleaved tracks
/// come out of order instead of filling the memory.
const AHEAD_NS: i64 = 5_000_000_000;
const AHEAD_BYTES: usize = 64 << 20;

/// The number of units a track may have before its rate is judged.
const LEEWAY: u64 = 1000;

/// The units of a track that were read and not handed out yet.
#[derive(Debug, Default)]
pub(super) struct Lane {
    pub there: bool,
    pub ended: bool,
    pub bytes: usize,
    pub waiting: VecDeque<Raw>,
    /// Units that were handed out.
    count: u64,
    /// The next frame can only be decoded if it is a key frame.
    pub needs_key: bool,
    /// The duration of the last unit, for units that state none, nanoseconds.
    duration_ns: i64,
}

impl Lane {
    pub fn ahead(&self) -> bool {
        let span = match (self.waiting.front(), self.waiting.back()) {
            (Some(first), Some(last)) => last.order_ns.saturating_sub(first.order_ns),
            _ => 0,
        };
        span > AHEAD_NS || self.bytes > AHEAD_BYTES
    }

    pub fn pop(&mut self) -> Option<Raw> {
        let mut raw = self.waiting.pop_front()?;
        self.bytes -= raw.data.len();
        self.count += 1;
        if raw.duration_ns <= 0 {
            let step = self.waiting.front().map_or(0, |next| next.pts_ns.saturating_sub(raw.pts_ns));
            raw.duration_ns = if (1..200_000_000).contains(&step) { step } else { self.duration_ns };
        }
        self.duration_ns = raw.duration_ns;
        Some(raw)
    }
}

impl Source {
    /// Returns whether the next unit is known: each track has one, has ended, or is too far behind to be waited for.
    pub(super) fn settled(&self) -> bool {
        let waited_for = |lane: &Lane| lane.there && !lane.ended && lane.waiting.is_empty();
        !self.lanes.iter().any(waited_for) || self.lanes.iter().any(Lane::ahead)
    }

    pub(super) fn earliest(&self) -> Option<Track> {
        let order = |track: Track| self.lanes[track as usize].waiting.front().map(|raw| raw.order_ns);
        match (order(Track::Video), order(Track::Audio)) {
            (Some(video), Some(audio)) if audio < video => Some(Track::Audio),
            (Some(_), _) => Some(Track::Video),
            (None, Some(_)) => Some(Track::Audio),
            (None, None) => None,
        }
    }

    /// Returns where t = 0 is on the file's timeline, nanoseconds.
    pub(super) fn first_kept(&self) -> i64 {
        let [video, audio] = &self.lanes;
        // Frames before the beginning are decoded for the sake of the first that is shown.
        let frame = video.waiting.iter().find(|raw| raw.key).map(|raw| raw.pts_ns.max(0));
        let audio = audio.waiting.front().map(|raw| raw.pts_ns.max(0));
        match (frame, audio) {
            (Some(frame), Some(audio)) if frame - audio > KEY_FRAME_WITHIN_NS => audio,
            (Some(frame), _) => frame,
            (None, audio) => audio.unwrap_or(0),
        }
    }

    pub(super) fn hand_out(&mut self, track: Track) -> Result<(), Error> {
        let zero_ns = self.zero_ns;
        let Some(raw) = self.lane(track).pop() else { return Ok(()) };
        let at = |ns: i64| MediaTime::from_nanos(ns.saturating_sub(zero_ns));
        let (t, order) = (at(raw.pts_ns), at(raw.order_ns));
        let lane = &mut self.lanes[track as usize];
        if t < MediaTime::ZERO {
            lane.count -= 1;
            if track == Track::Video {
                self.keep_before(AccessUnit { t, key: raw.key, data: raw.data });
            }
            return Ok(());
        }
        self.check_rate(track, order)?;
        if track == Track::Video && !self.before.is_empty() {
            let needed = !raw.key;
            let before = std::mem::take(&mut self.before);
            if needed {
                self.out.extend(before.into_iter().map(|unit| Item::Unit(track, unit)));
                self.lane(track).needs_key = false;
            }
        }
        let lane = &mut self.lanes[track as usize];
        if lane.needs_key && !raw.key {
            return Ok(());
        }
        let out = &mut self.out;
        let verdict = match track {
            Track::Video => self.gaps.video(t, order, &mut |gap| out.push_back(gap)),
            Track::Audio => self.gaps.audio(t, raw.duration_ns, &mut |gap| out.push_back(gap)),
        };
        lane.needs_key = track == Track::Video && verdict == Verdict::Late;
        if verdict == Verdict::Late {
            return Ok(());
        }
        self.end = self.end.max(t);
        self.out.push_back(Item::Unit(track, AccessUnit { t, key: raw.key, data: raw.data }));
        self.check_duration(t)
    }

    /// Keeps a frame before t = 0 for the first that is shown. A key frame makes those before it needless.
    fn keep_before(&mut self, unit: AccessUnit) {
        if unit.key {
            self.before.clear();
        }
        let bytes: usize = self.before.iter().map(|unit| unit.data.len()).sum();
        if (unit.key || !self.before.is_empty()) && bytes + unit.data.len() <= AHEAD_BYTES {
            self.before.push(unit);
        }
    }

    pub(super) fn finish(&mut self) {
        self.finished = true;
        for track in [Track::Video, Track::Audio] {
            if self.formats.of(track).is_some() {
                let out = &mut self.out;
                self.gaps.finish(track, self.end, &mut |gap| out.push_back(gap));
                self.out.push_back(Item::End(track));
            }
        }
    }

    /// Refuses a track with more units per second than the limits allow: a small file can hold a billion frames within
    /// a second.
    fn check_rate(&self, track: Track, order: MediaTime) -> Result<(), Error> {
        let (what, most) = match track {
            Track::Video => ("its frames per second are", self.limits.frames_hz),
            Track::Audio => ("its packets of audio per second are", self.limits.packets_hz),
        };
        let (count, ms) = (self.lanes[track as usize].count, order.ms().max(1).unsigned_abs());
        if count <= LEEWAY + u64::from(most) * ms / 1000 {
            return Ok(());
        }
        Err(Error::Limit { what, is: (count * 1000 / ms).to_string(), most: most.to_string() })
    }

    pub(super) fn check_duration(&self, t: MediaTime) -> Result<(), Error> {
        if t <= self.limits.duration {
            return Ok(());
        }
        Err(Error::Limit { what: "it lasts", is: t.to_string(), most: self.limits.duration.to_string() })
    }
}
