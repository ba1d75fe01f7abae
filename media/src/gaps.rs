//! The rule for gaps: a pure function of the stamps of the units that were kept.
//!
//! The tap applies it before it hands units on, and the file path applies it to the units it reads; so a recording
//! gives the gaps that were reported while it was made.
//!
//! * Video: two consecutive frames are more than [`VIDEO_MS`] apart.
//! * Audio: a stamp is more than half a packet after the count of samples. Stamps in between are replaced by the count.
//!   A stamp that much before the count is late, and the unit is dropped on both paths.
//! * Before the first unit of a track and after its last: more than [`VIDEO_MS`] to the session's start or end.
//!
//! A long gap is reported in pieces of [`PIECE_MS`], so that it can be reported while it lasts.

use crate::item::{GapReason, Item, Track};
use coach_core::{MediaTime, Span};

/// The longest step between two frames that is no gap, milliseconds: no camera is slower than 3.3 frames per second.
pub const VIDEO_MS: i64 = 300;

/// The length of the pieces of a long gap, milliseconds, counted from its start.
pub const PIECE_MS: i64 = 1000;

/// The state of the rule for one session or file.
#[derive(Debug, Clone, Default)]
pub struct Gaps {
    video: State,
    audio: State,
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// The time up to which this track is decided, nanoseconds: just after the latest frame, or the count of samples.
    known_ns: i64,
    /// The order stamp of the latest frame, nanoseconds.
    step_ns: i64,
    /// The end of the gap that was already reported.
    said: Option<MediaTime>,
    /// Where the session, or this part of it, begins.
    origin: MediaTime,
    started: bool,
}

/// What is to be done with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// The unit is handed on, after the gaps.
    Keep,
    /// The unit's time is decided already. It is dropped; video then waits for a key frame.
    Late,
}

impl Gaps {
    pub fn new() -> Gaps {
        Gaps::default()
    }

    /// Returns the rule for a later part of a session, whose first unit is at `start`: earlier gaps belong to other
    /// parts.
    pub fn starting_at(start: MediaTime) -> Gaps {
        let state = State { known_ns: ns(start), origin: start, ..State::default() };
        Gaps { video: state, audio: state }
    }

    /// Decides on a frame of time `t`. `order` is its decoding time where frames are reordered, otherwise `t`. Gives
    /// the gaps before it to `out`.
    pub fn video(&mut self, t: MediaTime, order: MediaTime, out: &mut impl FnMut(Item)) -> Verdict {
        let state = &mut self.video;
        if state.said.is_some_and(|end| t < end) {
            return Verdict::Late;
        }
        let step_ms = if state.started { (ns(order) - state.step_ns) / 1_000_000 } else { t - state.origin };
        if step_ms > VIDEO_MS {
            state.say(Track::Video, t, out);
        }
        state.said = None;
        // A frame covers its own millisecond.
        state.known_ns = if state.started { state.known_ns.max(ns(t + 1)) } else { ns(t + 1) };
        state.step_ns = ns(order);
        state.started = true;
        Verdict::Keep
    }

    /// Decides on a packet of audio at `t` that lasts `duration_ns`. Gives the gaps before it to `out`.
    pub fn audio(&mut self, t: MediaTime, duration_ns: i64, out: &mut impl FnMut(Item)) -> Verdict {
        let state = &mut self.audio;
        let duration_ns = duration_ns.max(0);
        // Stamps are rounded to the millisecond, so the shortest packets need more than half their length.
        let half = (duration_ns / 2).max(2_000_000);
        let off = ns(t) - state.known_ns;
        if !state.started {
            if t - state.origin > VIDEO_MS {
                state.say(Track::Audio, t, out);
            }
            state.known_ns = ns(t);
        } else if state.said.is_some_and(|end| t < end) || off < -half {
            return Verdict::Late;
        } else if off > half {
            state.say(Track::Audio, t, out);
            state.known_ns = ns(t);
        }
        state.said = None;
        state.known_ns += duration_ns;
        state.started = true;
        Verdict::Keep
    }

    /// Reports the pieces of this track's gap that are complete before `t`, the time of the other track. Only for a
    /// track that has been silent for longer than the caller waits for late units.
    pub fn silent(&mut self, track: Track, t: MediaTime, out: &mut impl FnMut(Item)) {
        let state = self.state(track);
        let start = state.start();
        if t - start.max(state.said.unwrap_or(start)) >= PIECE_MS {
            state.say(track, start + (t - start) / PIECE_MS * PIECE_MS, out);
        }
    }

    /// Reports the gap at the end of a track, given that the session ends at `end`, the largest stamp of all units.
    pub fn finish(&mut self, track: Track, end: MediaTime, out: &mut impl FnMut(Item)) {
        let state = self.state(track);
        if state.said.is_some() || end - state.start() > VIDEO_MS {
            state.say(track, end, out);
        }
    }

    fn state(&mut self, track: Track) -> &mut State {
        match track {
            Track::Video => &mut self.video,
            Track::Audio => &mut self.audio,
        }
    }
}

impl State {
    fn start(&self) -> MediaTime {
        MediaTime::from_nanos(self.known_ns)
    }

    /// Reports the gap up to `end`, in pieces, without the pieces already reported.
    fn say(&mut self, track: Track, end: MediaTime, out: &mut impl FnMut(Item)) {
        let reason = if self.started { GapReason::Loss } else { GapReason::NoConnection };
        let mut from = self.said.unwrap_or(self.start());
        while from < end {
            let to = end.min(from + PIECE_MS);
            out(Item::Gap(track, Span::new(from, to), reason));
            from = to;
        }
        self.said = Some(from);
    }
}

fn ns(t: MediaTime) -> i64 {
    t.ms() * 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: i64 = 20_000_000;

    fn gaps(items: &[Item]) -> Vec<(i64, i64)> {
        items.iter().map(|i| if let Item::Gap(_, s, _) = i { (s.start.ms(), s.end.ms()) } else { panic!() }).collect()
    }

    #[test]
    fn frames_close_together_have_no_gap_and_frames_far_apart_have() {
        let (mut rule, mut said) = (Gaps::new(), Vec::new());
        for t in [0, 33, 67, 367, 400, 701] {
            assert_eq!(rule.video(MediaTime(t), MediaTime(t), &mut |i| said.push(i)), Verdict::Keep);
        }
        assert_eq!(gaps(&said), [(401, 701)]);
    }

    #[test]
    fn reordered_frames_are_judged_by_their_decoding_time() {
        let (mut rule, mut said) = (Gaps::new(), Vec::new());
        for (t, order) in [(0, -400), (800, -300), (400, -200), (200, -100), (600, 0), (1600, 100)] {
            assert_eq!(rule.video(MediaTime(t), MediaTime(order), &mut |i| said.push(i)), Verdict::Keep);
        }
        assert!(said.is_empty());
    }

    #[test]
    fn a_lost_packet_of_audio_is_a_gap_and_jitter_is_none() {
        let (mut rule, mut said) = (Gaps::new(), Vec::new());
        for t in [5, 25, 47, 63, 105, 125] {
            assert_eq!(rule.audio(MediaTime(t), PACKET, &mut |i| said.push(i)), Verdict::Keep);
        }
        assert_eq!(gaps(&said), [(85, 105)]);
        assert_eq!(rule.audio(MediaTime(130), PACKET, &mut |i| said.push(i)), Verdict::Late);
    }

    #[test]
    fn a_long_gap_is_said_in_the_same_pieces_while_it_lasts_and_afterwards() {
        let run = |ticks: &[i64]| {
            let (mut rule, mut said) = (Gaps::new(), Vec::new());
            let _ = rule.audio(MediaTime(0), PACKET, &mut |i| said.push(i));
            for t in ticks {
                rule.silent(Track::Audio, MediaTime(*t), &mut |i| said.push(i));
            }
            let _ = rule.audio(MediaTime(3120), PACKET, &mut |i| said.push(i));
            gaps(&said)
        };
        assert_eq!(run(&[]), [(20, 1020), (1020, 2020), (2020, 3020), (3020, 3120)]);
        assert_eq!(run(&[]), run(&[400, 1019, 1020, 1021, 2900, 3050]));
    }

    #[test]
    fn a_unit_whose_time_was_said_to_be_silent_is_late() {
        let mut rule = Gaps::new();
        let _ = rule.video(MediaTime(0), MediaTime(0), &mut |_| ());
        rule.silent(Track::Video, MediaTime(1500), &mut |_| ());
        assert_eq!(rule.video(MediaTime(990), MediaTime(990), &mut |_| ()), Verdict::Late);
        assert_eq!(rule.video(MediaTime(1001), MediaTime(1001), &mut |_| ()), Verdict::Keep);
    }

    #[test]
    fn a_track_that_starts_late_or_stops_early_has_a_gap_there() {
        let (mut rule, mut said) = (Gaps::new(), Vec::new());
        let _ = rule.video(MediaTime(700), MediaTime(700), &mut |i| said.push(i));
        rule.finish(Track::Video, MediaTime(1600), &mut |i| said.push(i));
        rule.finish(Track::Audio, MediaTime(1600), &mut |i| said.push(i));
        assert_eq!(gaps(&said), [(0, 700), (701, 1600), (0, 1000), (1000, 1600)]);
        assert!(matches!(said[0], Item::Gap(_, _, GapReason::NoConnection)));
    }
}
