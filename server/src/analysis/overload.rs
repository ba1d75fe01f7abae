//! The overload ladder: the order in which a live session reduces its analysis when the machine cannot keep up.

use super::workers::Net;
use coach_core::MediaTime;

/// A step of the overload ladder: how the frames of a session are analyzed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Analyzed frames per second; 0 = every frame.
    pub hz: u32,
    /// Whether blendshapes are computed for every second analyzed frame only.
    pub half_blendshapes: bool,
    /// The networks that analyze the frames.
    pub net: Net,
}

/// Shortest time between two steps down, ms, so that one short stall costs one step.
const DOWN_MS: i64 = 1_000;
/// Time without a full queue, and without a change of step, before the next step up, ms.
const CALM_MS: i64 = 15_000;

/// Frames of one stream that may wait for a worker. When there are more, a live session takes a step down the overload ladder.
/// At the start the tap holds media back for about a second and then gives it out at once, so a second of frames must fit.
const UNDER_WAY: usize = 24;
/// As [`UNDER_WAY`], at the start of a publishing: what came while a decoding process started is decoded at once, which says nothing
/// about the machine. It takes some 33 MB at 640x480.
const UNDER_WAY_AT_START: usize = 72;

/// How many frames of a live stream may wait for a worker.
#[derive(Debug, Default)]
pub struct Room {
    /// Whether the worker has caught up once since the publishing began.
    caught_up: bool,
}

impl Room {
    /// Returns whether no further frame may wait beside `under_way`.
    pub fn is_full(&self, under_way: usize) -> bool {
        under_way >= if self.caught_up { UNDER_WAY } else { UNDER_WAY_AT_START }
    }

    /// Notes that a frame was analyzed and `under_way` are left.
    pub fn left(&mut self, under_way: usize) {
        self.caught_up |= under_way <= 1;
    }
}

/// The overload ladder of one session, and its current step.
#[derive(Debug)]
pub struct Ladder {
    /// From full analysis to the most reduced one.
    steps: Vec<Step>,
    /// Index of the current step.
    at: usize,
    /// When the step last changed.
    changed: Option<MediaTime>,
    /// When the queue was last full.
    pressed: Option<MediaTime>,
}

impl Ladder {
    /// Returns a ladder at its first step, full analysis of `hz` frames per second (0 = every frame). The further steps are:
    /// blendshapes on every second frame, at most 10 frames per second, and with `lite` the lite face model.
    pub fn new(hz: u32, lite: bool) -> Ladder {
        let full = Step { hz, half_blendshapes: false, net: Net::Best };
        let half = Step { half_blendshapes: true, ..full };
        let slow = Step { hz: if hz == 0 { 10 } else { hz.min(10) }, ..half };
        let mut steps = vec![full, half, slow];
        if lite {
            steps.push(Step { net: Net::Lite, ..slow });
        }
        Ladder { steps, at: 0, changed: None, pressed: None }
    }

    /// Returns the current step.
    pub fn step(&self) -> Step {
        self.steps[self.at]
    }

    /// Notes that the queue is full at `t`. Returns the new step if the ladder steps down.
    pub fn step_down(&mut self, t: MediaTime) -> Option<Step> {
        self.pressed = Some(t);
        if self.changed.is_some_and(|last| t - last < DOWN_MS) || self.at + 1 == self.steps.len() {
            return None;
        }
        self.at += 1;
        self.changed = Some(t);
        Some(self.step())
    }

    /// Notes that the queue is nearly empty at `t`. Returns the new step if the ladder steps up.
    pub fn step_up(&mut self, t: MediaTime) -> Option<Step> {
        let long_enough = |since: Option<MediaTime>| since.is_none_or(|since| t - since >= CALM_MS);
        if self.at == 0 || !long_enough(self.changed) || !long_enough(self.pressed) {
            return None;
        }
        self.at -= 1;
        self.changed = Some(t);
        Some(self.step())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_before_the_worker_caught_up_for_the_first_time_is_no_overload() {
        let mut room = Room::default();
        assert!(!room.is_full(UNDER_WAY_AT_START - 1) && room.is_full(UNDER_WAY_AT_START));
        room.left(40);
        assert!(!room.is_full(40), "it has not caught up yet");
        room.left(1);
        assert!(!room.is_full(UNDER_WAY - 1) && room.is_full(UNDER_WAY));
    }

    #[test]
    fn the_ladder_steps_down_at_most_once_a_second_and_up_after_fifteen() {
        let mut ladder = Ladder::new(15, true);
        let down = |ladder: &mut Ladder, t| ladder.step_down(MediaTime(t));
        assert!(down(&mut ladder, 0).is_some_and(|r| r.half_blendshapes && r.hz == 15));
        assert_eq!(down(&mut ladder, 500), None, "one short stall costs one step");
        assert_eq!(down(&mut ladder, 1_000).map(|r| r.hz), Some(10));
        assert_eq!(down(&mut ladder, 2_000).map(|r| r.net), Some(Net::Lite));
        assert_eq!(down(&mut ladder, 9_000), None, "there is no lower one");
        assert_eq!(ladder.step_up(MediaTime(20_000)), None, "the queue was full 11 s ago");
        assert_eq!(ladder.step_up(MediaTime(24_000)).map(|r| r.net), Some(Net::Best));
        assert_eq!(ladder.step_up(MediaTime(30_000)), None);
    }

    #[test]
    fn without_a_lite_model_the_ladder_has_one_step_less() {
        let mut ladder = Ladder::new(15, false);
        for t in 0..10 {
            ladder.step_down(MediaTime(t * 1_000));
        }
        assert_eq!(ladder.step(), Step { hz: 10, half_blendshapes: true, net: Net::Best });
    }
}
