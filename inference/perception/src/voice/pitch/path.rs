//! The path through the candidates: decides the pitch of each frame, or that it has none (Viterbi, Boersma 1993).

use super::{CEILING_HZ, Frame, MAX_CANDIDATES, OCTAVE_COST, SILENCE_THRESHOLD, VOICING_THRESHOLD};
use std::collections::VecDeque;

const OCTAVE_JUMP_COST: f64 = 0.35;
const VOICED_UNVOICED_COST: f64 = 0.14;

/// The decision about a frame.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Decision {
    /// The pitch in Hz; 0: unvoiced.
    pub hz: f64,
    /// The strength of the best voiced candidate, 0 to 1; 0 when there is none.
    pub strength: f64,
}

#[derive(Clone, Copy)]
struct Column {
    len: usize,
    /// The pitches in Hz; 0: counts as unvoiced.
    hz: [f64; MAX_CANDIDATES],
    log2: [f64; MAX_CANDIDATES],
    back: [u8; MAX_CANDIDATES],
    strength: f64,
}

/// Takes frames one by one and gives decisions in order. The step between frames is 10 ms.
pub struct Path {
    columns: VecDeque<Column>,
    score: [f64; MAX_CANDIDATES],
}

impl Path {
    /// Creates a path with memory for `frames` undecided frames.
    pub fn new(frames: usize) -> Path {
        Path { columns: VecDeque::with_capacity(frames + 1), score: [0.0; MAX_CANDIDATES] }
    }

    /// Returns the number of frames that wait for their decision.
    pub fn undecided(&self) -> usize {
        self.columns.len()
    }

    pub fn push(&mut self, frame: &Frame) {
        let unvoiced =
            VOICING_THRESHOLD + (2.0 - frame.intensity / (SILENCE_THRESHOLD / (1.0 + VOICING_THRESHOLD))).max(0.0);
        let mut column = Column {
            len: frame.len,
            hz: [0.0; MAX_CANDIDATES],
            log2: [0.0; MAX_CANDIDATES],
            back: [0; MAX_CANDIDATES],
            strength: 0.0,
        };
        let mut own = [unvoiced; MAX_CANDIDATES];
        for (i, candidate) in frame.candidates[..frame.len].iter().enumerate() {
            if candidate.hz > 0.0 && candidate.hz < CEILING_HZ {
                column.hz[i] = candidate.hz;
                column.log2[i] = candidate.hz.log2();
                column.strength = column.strength.max(candidate.strength);
                own[i] = candidate.strength - OCTAVE_COST * (CEILING_HZ.log2() - column.log2[i]);
            }
        }
        if let Some(last) = self.columns.back() {
            let score = self.score;
            for (i, own) in own[..column.len].iter_mut().enumerate() {
                let (mut best, mut from) = (f64::NEG_INFINITY, 0);
                for (j, score) in score[..last.len].iter().enumerate() {
                    let cost = match (last.hz[j] > 0.0, column.hz[i] > 0.0) {
                        (true, true) => OCTAVE_JUMP_COST * (last.log2[j] - column.log2[i]).abs(),
                        (false, false) => 0.0,
                        _ => VOICED_UNVOICED_COST,
                    };
                    if score - cost > best {
                        (best, from) = (score - cost, j);
                    }
                }
                *own += best;
                column.back[i] = from as u8;
            }
        }
        // Only differences between scores matter; small scores lose no precision in a long stream.
        let top = own[..column.len].iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.score = own.map(|score| score - top);
        self.columns.push_back(column);
    }

    fn best(&self) -> usize {
        let len = self.columns.back().map_or(0, |column| column.len);
        let mut best = 0;
        for i in 1..len {
            if self.score[i] > self.score[best] {
                best = i;
            }
        }
        best
    }

    /// Returns the decision about the newest frame if nothing followed it.
    pub fn provisional(&self) -> Decision {
        self.columns.back().map_or(Decision::default(), |last| last.decision(self.best()))
    }

    /// Decides the oldest frame by the best path that leads to the newest one.
    pub fn decide(&mut self) -> Option<Decision> {
        let mut at = self.best();
        for column in self.columns.iter().skip(1).rev() {
            at = usize::from(column.back[at]);
        }
        self.columns.pop_front().map(|column| column.decision(at))
    }

    /// Decides, in order, every frame that no later frame can change.
    pub fn settle(&mut self, mut out: impl FnMut(Decision)) {
        let Some(last) = self.columns.back() else { return };
        let mut alive = [false; MAX_CANDIDATES];
        alive[..last.len].fill(true);
        let mut settled = None;
        for (i, column) in self.columns.iter().enumerate().rev() {
            let mut living = (0..column.len).filter(|&c| alive[c]);
            // The newest column stays: the next frame's costs start from it.
            if let (Some(only), None, true) = (living.next(), living.next(), i + 1 < self.columns.len()) {
                settled = Some((i, only));
                break;
            }
            let mut before = [false; MAX_CANDIDATES];
            for c in (0..column.len).filter(|&c| alive[c]) {
                before[usize::from(column.back[c])] = true;
            }
            alive = before;
        }
        if let Some((newest, at)) = settled {
            self.release(newest, at, &mut out);
        }
    }

    /// Decides all remaining frames; no frame follows.
    pub fn finish(&mut self, mut out: impl FnMut(Decision)) {
        if let Some(newest) = self.columns.len().checked_sub(1) {
            self.release(newest, self.best(), &mut out);
        }
    }

    /// Gives out the frames up to `newest`, whose candidate is `at`.
    fn release(&mut self, newest: usize, mut at: usize, out: &mut impl FnMut(Decision)) {
        // The path back is written over `len`, which a decided column no longer needs.
        for i in (0..=newest).rev() {
            let column = &mut self.columns[i];
            column.len = at;
            at = usize::from(column.back[at]);
        }
        for column in self.columns.drain(..=newest) {
            out(column.decision(column.len));
        }
        // The remaining columns keep pointing at frames that are gone, but the first column's pointers are never
        // followed.
    }
}

impl Column {
    fn decision(&self, at: usize) -> Decision {
        Decision { hz: self.hz[at], strength: self.strength.clamp(0.0, 1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Candidate;
    use super::*;
    use proptest::prelude::*;

    fn frame(intensity: f64, voiced: &[(f64, f64)]) -> Frame {
        let mut frame = Frame::default();
        frame.clear(intensity);
        for &(hz, strength) in voiced {
            frame.candidates[frame.len] = Candidate { hz, strength };
            frame.len += 1;
        }
        frame
    }

    #[test]
    fn a_single_octave_slip_inside_a_steady_voice_is_bridged() {
        let mut path = Path::new(8);
        for i in 0..5 {
            let strong = if i == 2 { (0.90, 0.93) } else { (0.95, 0.80) };
            path.push(&frame(1.0, &[(120.0, strong.0), (60.0 * 4.0, strong.1)]));
        }
        let mut hz = Vec::new();
        path.finish(|decision| hz.push(decision.hz));
        assert_eq!(hz, vec![120.0; 5]);
    }

    #[test]
    fn silence_is_unvoiced_however_periodic_it_is() {
        let mut path = Path::new(2);
        path.push(&frame(0.001, &[(120.0, 0.99)]));
        assert_eq!(path.provisional().hz, 0.0);
        assert_eq!(path.decide().map(|decision| decision.hz), Some(0.0));
    }

    proptest! {
        #[test]
        fn deciding_as_early_as_possible_changes_nothing(
            frames in prop::collection::vec((0.0..1.0f64, prop::collection::vec((75.0..600.0f64, 0.2..1.0f64), 0..6)), 1..60),
        ) {
            let (mut early, mut late) = (Path::new(4), Path::new(64));
            let (mut a, mut b) = (Vec::new(), Vec::new());
            for (intensity, voiced) in &frames {
                early.push(&frame(*intensity, voiced));
                late.push(&frame(*intensity, voiced));
                early.settle(|decision| a.push(decision));
            }
            early.finish(|decision| a.push(decision));
            late.finish(|decision| b.push(decision));
            prop_assert_eq!(a, b);
        }
    }
}
