//! Which frames are analyzed: the one nearest to the centre of each cell of a grid on media time.
//!
//! The choice depends on the stamps alone, so a live session and its archived file choose the same frames
//! (ARCHITECTURE, invariant 5). Cell `i` of a grid of `hz` covers `[1000 i / hz, 1000 (i + 1) / hz)` milliseconds.

use crate::MediaTime;

/// What to do with the frame just offered, and with the one held before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Analyze the held frame, before anything is done with the new one.
    pub take_held: bool,
    /// What becomes of the new frame.
    pub this: Fate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Not needed.
    Drop,
    /// The best of its cell so far: keep it (replacing the held one) until the next offer or [`FrameGrid::finish`].
    Hold,
    /// The best its cell can have: analyze it now. Nothing is held any more.
    Take,
}

/// Chooses frames by their stamps. Offer each frame once, in order of time.
#[derive(Debug, Clone)]
pub struct FrameGrid {
    /// Cells per second; 0 takes every frame.
    hz: u32,
    /// Cell and distance of the held frame.
    held: Option<(i64, i64)>,
    /// Last cell whose frame is chosen.
    done: Option<i64>,
}

impl FrameGrid {
    /// A grid of `hz` cells per second; 0 takes every frame (`--every-frame`).
    pub fn new(hz: u32) -> FrameGrid {
        FrameGrid { hz, held: None, done: None }
    }

    /// Cells per second; 0 = every frame.
    pub fn hz(&self) -> u32 {
        self.hz
    }

    /// The frame at `t` has arrived: says what becomes of it and of the held one.
    pub fn offer(&mut self, t: MediaTime) -> Choice {
        if self.hz == 0 {
            return Choice { take_held: false, this: Fate::Take };
        }
        let hz = i64::from(self.hz);
        let cell = (t.ms() * hz).div_euclid(1000);
        // Twice the signed distance from the cell's centre, in units of 1 / hz milliseconds: exact in integers.
        let from_centre = 2 * t.ms() * hz - (2 * cell + 1) * 1000;
        let distance = from_centre.abs();
        let mut take_held = false;
        if let Some((held_cell, held_distance)) = self.held {
            if held_cell != cell {
                take_held = true;
                self.done = Some(held_cell);
                self.held = None;
            } else if held_distance <= distance {
                // At or past the centre and not nearer: the held one can no longer be beaten.
                self.held = None;
                self.done = Some(cell);
                return Choice { take_held: true, this: Fate::Drop };
            }
        }
        if self.done.is_some_and(|done| cell <= done) {
            return Choice { take_held, this: Fate::Drop };
        }
        if from_centre >= 0 {
            self.held = None;
            self.done = Some(cell);
            Choice { take_held, this: Fate::Take }
        } else {
            self.held = Some((cell, distance));
            Choice { take_held, this: Fate::Hold }
        }
    }

    /// No more frames: says whether the held one is to be analyzed.
    pub fn finish(&mut self) -> bool {
        self.held.take().is_some_and(|(cell, _)| {
            self.done = Some(cell);
            true
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chosen(hz: u32, stamps: &[i64]) -> Vec<i64> {
        let mut grid = FrameGrid::new(hz);
        let (mut out, mut held) = (Vec::new(), None);
        for &t in stamps {
            let choice = grid.offer(MediaTime(t));
            if choice.take_held {
                out.push(held.take().expect("a held frame"));
            }
            match choice.this {
                Fate::Take => out.push(t),
                Fate::Hold => held = Some(t),
                Fate::Drop => {}
            }
        }
        if grid.finish() {
            out.push(held.expect("a held frame"));
        }
        out
    }

    /// The rule said directly: per cell the frame nearest to the centre, the earlier one of two equally near.
    fn by_definition(hz: u32, stamps: &[i64]) -> Vec<i64> {
        let hz = i64::from(hz);
        let mut best: std::collections::BTreeMap<i64, (i64, i64)> = Default::default();
        for &t in stamps {
            let cell = (t * hz).div_euclid(1000);
            let distance = (2 * t * hz - (2 * cell + 1) * 1000).abs();
            let entry = best.entry(cell).or_insert((distance, t));
            if distance < entry.0 {
                *entry = (distance, t);
            }
        }
        best.values().map(|&(_, t)| t).collect()
    }

    #[test]
    fn thirty_frames_a_second_give_fifteen_analyzed() {
        let stamps: Vec<i64> = (0..300).map(|i| (f64::from(i) * 1000.0 / 30.0).round() as i64).collect();
        assert_eq!(chosen(15, &stamps).len(), 150);
    }

    #[test]
    fn rate_zero_takes_every_frame() {
        assert_eq!(chosen(0, &[0, 33, 67]), vec![0, 33, 67]);
    }

    proptest! {
        #[test]
        fn the_choice_is_the_definition_at_every_rate_and_phase(
            hz in 1u32..60, steps in prop::collection::vec(1i64..200, 1..200), phase in 0i64..1000,
        ) {
            let mut t = phase;
            let stamps: Vec<i64> = steps.iter().map(|s| { t += s; t }).collect();
            prop_assert_eq!(chosen(hz, &stamps), by_definition(hz, &stamps));
        }
    }
}
