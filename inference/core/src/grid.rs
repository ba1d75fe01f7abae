//! Which frames are analyzed: of the frames of a video, so many a second, evenly on media time.
//!
//! The choice depends on the stamps alone, so a live session and its archived file choose the same frames
//! (ARCHITECTURE, invariant 5). The instants at which a frame is due are the multiples of 1000 / hz milliseconds. Each
//! gets the first frame that comes not much before it; a video with at most hz frames a second keeps all of them,
//! wherever its frames lie between the instants, though stamps are rounded and cameras are not exact.

use crate::MediaTime;

/// The distance of two instants, in units of 1 / hz milliseconds.
const PERIOD: i64 = 1000;
/// How long before its instant a frame may come. Half a period would take two frames of three where a video has twice as
/// many frames as are analyzed.
const EARLY: i64 = PERIOD / 4;

/// Chooses frames by their stamps. Offer each frame once, in order of time.
#[derive(Debug, Clone)]
pub struct FrameGrid {
    /// Frames per second; 0 takes every frame.
    hz: u32,
    /// The number of the next instant that has no frame. `None`: no frame was offered yet.
    next: Option<i64>,
}

impl FrameGrid {
    /// A grid of `hz` frames per second; 0 takes every frame (`--every-frame`).
    pub fn new(hz: u32) -> FrameGrid {
        FrameGrid { hz, next: None }
    }

    /// Frames per second; 0 = every frame.
    pub fn hz(&self) -> u32 {
        self.hz
    }

    /// Returns whether the frame at `t` is analyzed. Frames that are not leave the grid as it was.
    pub fn takes(&mut self, t: MediaTime) -> bool {
        if self.hz == 0 {
            return true;
        }
        // In units of 1 / hz milliseconds an instant is a multiple of 1000: exact in integers.
        let at = t.ms().saturating_mul(i64::from(self.hz));
        let Some(next) = self.next else {
            self.next = Some(at.div_euclid(PERIOD) + 1);
            return true;
        };
        let late = at - next * PERIOD;
        if late < -EARLY {
            return false;
        }
        // A frame that is late by a period or more belongs to a later instant.
        self.next = Some(next + late.div_euclid(PERIOD).max(0) + 1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chosen(hz: u32, stamps: &[i64]) -> Vec<i64> {
        let mut grid = FrameGrid::new(hz);
        stamps.iter().copied().filter(|&t| grid.takes(MediaTime(t))).collect()
    }

    fn stamps(count: u32, hz: f64, phase: f64) -> Vec<i64> {
        (0..count).map(|i| (phase + f64::from(i) * 1000.0 / hz).round() as i64).collect()
    }

    #[test]
    fn thirty_frames_a_second_give_every_second_one() {
        let all = stamps(300, 30.0, 0.0);
        assert_eq!(chosen(15, &all), all.iter().copied().step_by(2).collect::<Vec<_>>());
    }

    #[test]
    fn rate_zero_takes_every_frame() {
        assert_eq!(chosen(0, &[0, 33, 67]), vec![0, 33, 67]);
    }

    proptest! {
        #[test]
        fn a_video_with_no_more_frames_than_are_analyzed_keeps_all_of_them(
            hz in 1u32..60, share in 0.2f64..=1.0, phase in 0.0f64..1000.0, count in 1u32..400,
        ) {
            let all = stamps(count, f64::from(hz) * share, phase);
            prop_assert_eq!(chosen(hz, &all), all);
        }

        #[test]
        fn a_camera_that_is_early_or_late_by_a_tenth_of_a_frame_loses_none(
            hz in 1u32..30, phase in 0.0f64..1000.0, jitter in prop::collection::vec(-0.1f64..0.1, 1..300),
        ) {
            let period = 1000.0 / f64::from(hz);
            let place = |(i, early): (usize, &f64)| (phase + (i as f64 + early) * period).round() as i64;
            let all: Vec<i64> = jitter.iter().enumerate().map(place).collect();
            prop_assert_eq!(chosen(hz, &all), all);
        }

        #[test]
        fn no_more_frames_are_taken_than_there_are_instants(
            hz in 1u32..60, steps in prop::collection::vec(1i64..200, 1..300), phase in -1000i64..1000,
        ) {
            let mut t = phase;
            let all: Vec<i64> = steps.iter().map(|s| { t += s; t }).collect();
            let taken = chosen(hz, &all);
            for (n, first) in taken.iter().enumerate() {
                for (m, last) in taken.iter().enumerate().skip(n) {
                    let instants = (last - first) * i64::from(hz) / PERIOD + 2;
                    prop_assert!(((m - n) as i64) < instants + 1, "{} frames in {} ms", m - n + 1, last - first);
                }
            }
        }

        #[test]
        fn choosing_again_from_what_was_chosen_keeps_it(
            hz in 1u32..60, steps in prop::collection::vec(1i64..200, 1..300), phase in 0i64..1000,
        ) {
            let mut t = phase;
            let all: Vec<i64> = steps.iter().map(|s| { t += s; t }).collect();
            let once = chosen(hz, &all);
            prop_assert_eq!(chosen(hz, &once), once);
        }

        #[test]
        fn frames_that_were_lost_do_not_change_the_choice_long_after(
            hz in 1u32..30, phase in 0i64..1000, from in 0usize..100, lost in 1usize..100,
        ) {
            let all = stamps(400, f64::from(hz) * 2.0, phase as f64);
            let some: Vec<i64> = all[..from].iter().chain(&all[from + lost..]).copied().collect();
            let late = |chosen: Vec<i64>| chosen.into_iter().filter(|&t| t > all[from + lost + 3]).collect::<Vec<_>>();
            prop_assert_eq!(late(chosen(hz, &some)), late(chosen(hz, &all)));
        }
    }
}
