//! The ladder: what a live session gives up first when the machine cannot keep up. The one place for this policy.

use super::workers::Net;
use coach_core::MediaTime;

/// How a session is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rung {
    /// Analysed frames per second; 0 = every frame.
    pub hz: u32,
    /// Blendshapes only on every second analysed frame.
    pub half_blendshapes: bool,
    pub net: Net,
}

/// A rung is left downwards at most once in this time, so that one hiccup costs one rung.
const DOWN_MS: i64 = 1_000;
/// This long without a full queue before a rung is climbed again.
const CALM_MS: i64 = 15_000;

/// Where a session stands on the ladder.
#[derive(Debug)]
pub struct Ladder {
    rungs: Vec<Rung>,
    at: usize,
    changed: Option<MediaTime>,
    /// When the queue was last full.
    pressed: Option<MediaTime>,
}

impl Ladder {
    /// 15/s in full -> blendshapes on every second frame -> 10/s -> the lite model, where there is a smaller one.
    pub fn new(hz: u32, lite: bool) -> Ladder {
        let full = Rung { hz, half_blendshapes: false, net: Net::Best };
        let half = Rung { half_blendshapes: true, ..full };
        let slow = Rung { hz: if hz == 0 { 10 } else { hz.min(10) }, ..half };
        let mut rungs = vec![full, half, slow];
        if lite {
            rungs.push(Rung { net: Net::Lite, ..slow });
        }
        Ladder { rungs, at: 0, changed: None, pressed: None }
    }

    pub fn rung(&self) -> Rung {
        self.rungs[self.at]
    }

    /// The queue is full at `t`: the rung to go on with, if it is another one.
    pub fn step_down(&mut self, t: MediaTime) -> Option<Rung> {
        self.pressed = Some(t);
        if self.changed.is_some_and(|last| t - last < DOWN_MS) || self.at + 1 == self.rungs.len() {
            return None;
        }
        self.at += 1;
        self.changed = Some(t);
        Some(self.rung())
    }

    /// The queue is nearly empty at `t`: the rung to go on with, if calm has lasted.
    pub fn calm(&mut self, t: MediaTime) -> Option<Rung> {
        let long_enough = |since: Option<MediaTime>| since.is_none_or(|since| t - since >= CALM_MS);
        if self.at == 0 || !long_enough(self.changed) || !long_enough(self.pressed) {
            return None;
        }
        self.at -= 1;
        self.changed = Some(t);
        Some(self.rung())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pressure_goes_down_one_rung_a_second_and_calm_comes_back_up_slowly() {
        let mut ladder = Ladder::new(15, true);
        let down = |ladder: &mut Ladder, t| ladder.step_down(MediaTime(t));
        assert!(down(&mut ladder, 0).is_some_and(|r| r.half_blendshapes && r.hz == 15));
        assert_eq!(down(&mut ladder, 500), None, "one hiccup costs one rung");
        assert_eq!(down(&mut ladder, 1_000).map(|r| r.hz), Some(10));
        assert_eq!(down(&mut ladder, 2_000).map(|r| r.net), Some(Net::Lite));
        assert_eq!(down(&mut ladder, 9_000), None, "there is no lower one");
        assert_eq!(ladder.calm(MediaTime(20_000)), None, "pressed 11 s ago");
        assert_eq!(ladder.calm(MediaTime(24_000)).map(|r| r.net), Some(Net::Best));
        assert_eq!(ladder.calm(MediaTime(30_000)), None);
    }

    #[test]
    fn without_a_smaller_model_there_is_one_rung_less() {
        let mut ladder = Ladder::new(15, false);
        for t in 0..10 {
            ladder.step_down(MediaTime(t * 1_000));
        }
        assert_eq!(ladder.rung(), Rung { hz: 10, half_blendshapes: true, net: Net::Best });
    }
}
