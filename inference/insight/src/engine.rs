//! The engine: observations in, hints and scores out, on media time alone.
//!
//! The caller adds lines with [`Engine::observe`], declares with [`Engine::advance`] up to which time each stream is complete, and drains
//! [`Engine::poll`] after every call. The outputs depend on the lines alone (invariants 6 and 7): replaying the accepted lines gives the same
//! outputs and the same report, bit for bit.

use crate::absence::Absence;
use crate::merge::{Merge, Refused};
use crate::output::{LastAnswer, Output};
use crate::revision::Revision;
use crate::state::State;
use coach_core::MediaTime;
use coach_core::journal::{Calibration, Header, Line, Stream};
use coach_core::report::Report;
use std::collections::VecDeque;

/// Milliseconds between two evaluations of hints, vitals and stress.
pub const TICK_MS: i64 = 200;

/// The analysis of one session.
///
/// ```
/// use coach_core::journal::Stream;
/// use coach_insight::{Engine, Output, journal::Reader};
///
/// # let text = include_str!("../tests/golden/journal_v1.jsonl");
/// // Any source of lines will do: here a journal that a session has written.
/// let (header, lines) = Reader::open(text.as_bytes())?;
/// let mut engine = Engine::new(header);
/// let (mut accepted, mut hints) = (Vec::new(), Vec::new());
/// for line in lines {
///     let t = line.t();
///     engine.observe(line);
///     // The lines of a journal are in order, so no stream has more to say before `t`.
///     for stream in Stream::ALL {
///         engine.advance(stream, t);
///     }
///     while let Some(output) = engine.poll() {
///         match output {
///             Output::Accepted(line) => accepted.push(line),
///             Output::Hint(hint) => hints.push(hint),
///             Output::Vitals(_) | Output::Scores(_) | Output::FollowUp(_) | Output::TalkTime(_) => {}
///         }
///     }
/// }
/// let (_last, report) = engine.finish();
/// assert!(!accepted.is_empty() && !report.answers.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    merge: Merge,
    absence: Absence,
    state: State,
    next_tick: MediaTime,
    out: VecDeque<Output>,
}

impl Engine {
    pub fn new(header: Header) -> Engine {
        let out = VecDeque::from([Output::Accepted(Line::Header(Box::new(header.clone())))]);
        let mut merge = Merge::new();
        if header.models.words.is_none() {
            // Nobody writes words down, so nobody has to say so.
            merge.advance(Stream::Words, MediaTime(i64::MAX));
        }
        if !header.room {
            merge.advance(Stream::Other, MediaTime(i64::MAX));
        }
        Engine { merge, absence: Absence::default(), state: State::new(header), next_tick: MediaTime(TICK_MS), out }
    }

    /// Adds an observation. Lines of a stream may come in any order, but not before the time up to which the stream was declared
    /// complete. A late line, or one with a number or a time that no session can hold, is refused and counted ([`Engine::refused`]).
    pub fn observe(&mut self, line: Line) {
        self.merge.observe(line);
        self.pump();
    }

    /// Declares that this stream brings no more lines before `t`.
    pub fn advance(&mut self, stream: Stream, t: MediaTime) {
        self.merge.advance(stream, t);
        self.pump();
    }

    /// Declares that this stream brings no more lines.
    pub fn end(&mut self, stream: Stream) {
        self.advance(stream, MediaTime(i64::MAX));
    }

    /// Returns the next output; to be drained after every call.
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// Returns how many lines were refused.
    pub fn refused(&self) -> Refused {
        self.merge.refused
    }

    /// Returns what was learnt as usual for this person so far: a later session without a device check may start from it.
    pub fn learnt(&self) -> Calibration {
        self.state.baseline.calibration()
    }

    /// Returns the answer that ended last; `None`: none has ended, or its words are uncertain.
    pub fn last_answer(&self) -> Option<LastAnswer> {
        self.state.last_answer()
    }

    /// Ends all streams. Returns the remaining outputs and the report.
    pub fn finish(self) -> (Vec<Output>, Report) {
        self.finish_revised(Revision::default())
    }

    /// Ends all streams. Returns the remaining outputs, and the report of the revised words.
    pub fn finish_revised(mut self, revision: Revision) -> (Vec<Output>, Report) {
        for stream in Stream::ALL {
            self.end(stream);
        }
        self.state.revise(revision);
        let report = self.state.report(self.absence.end(self.merge.extent()));
        (self.out.into(), report)
    }

    /// Processes ticks and lines up to the watermark in order of time; a tick at `t` comes before the lines at `t`. No tick goes beyond the last
    /// line, because a replay knows the lines only.
    fn pump(&mut self) {
        loop {
            let tick = self.next_tick;
            let due = tick <= self.merge.watermark() && tick <= self.merge.horizon();
            if due && self.merge.peek().is_none_or(|t| t >= tick) {
                self.state.tick(tick, &mut self.out);
                self.next_tick = tick + TICK_MS;
            } else if let Some(line) = self.merge.next() {
                self.absence.accept(&line);
                self.state.accept(&line);
                self.out.push_back(Output::Accepted(line));
            } else {
                break;
            }
        }
    }
}
