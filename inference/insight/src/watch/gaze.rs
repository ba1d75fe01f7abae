//! Eyes on the camera: head and iris relative to the person's own look at the camera, with hysteresis, held over blinks.
//!
//! The gaze is the head's turn plus 35 degrees per unit of iris offset: the eyeball's textbook geometry, personal by some tenths
//! (notes in docs/SCORES.md). So the threshold is wide. Without irises (lite model) the head alone must do, with wider thresholds.

use crate::baseline::{Look, STRAIGHT_IRIS, to_camera};
use coach_core::MediaTime;
use coach_core::journal::{Face, QualityReason};
use std::collections::VecDeque;

const DEGREES_PER_IRIS: f32 = 35.0;
/// On the camera from under, away from over: degrees.
const WITH_IRIS: (f32, f32) = (10.0, 14.0);
const HEAD_ALONE: (f32, f32) = (13.0, 18.0);
/// A blink hides the iris for no longer than this; after it the eyes are closed, which is not looking.
pub const HELD_MS: i64 = 400;
/// Time constant of the smoothing.
const SMOOTH_MS: f32 = 120.0;
/// Eyes and head together further to the side of the lens than this, degrees, nine tenths of the time: the lens is not where the
/// person looks, even if their look was learnt there.
const OFF_LENS: f32 = 12.0;
const LENS_MS: i64 = 20_000;

/// Degrees away from the camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Away {
    /// Positive: to the subject's own left.
    pub yaw: f32,
    /// Positive: down.
    pub pitch: f32,
}

#[derive(Debug, Default)]
pub struct Gaze {
    smooth: Option<Away>,
    contact: bool,
    open_at: Option<MediaTime>,
    last: Option<MediaTime>,
    lens: Lens,
}

/// Whether the face ever turns to where the lens is, whatever was learnt as the look at it.
#[derive(Debug, Default)]
struct Lens {
    /// Time, weight in ms, and whether it was turned away, over the last [`LENS_MS`].
    seen: VecDeque<(MediaTime, i64, bool)>,
    all_ms: i64,
    off_ms: i64,
}

impl Lens {
    fn see(&mut self, t: MediaTime, ms: i64, off: bool) {
        self.seen.push_back((t, ms, off));
        self.all_ms += ms;
        self.off_ms += if off { ms } else { 0 };
        while let Some(&(at, ms, off)) = self.seen.front()
            && t - at > LENS_MS
        {
            self.seen.pop_front();
            self.all_ms -= ms;
            self.off_ms -= if off { ms } else { 0 };
        }
    }

    fn is_missed(&self) -> bool {
        2 * self.all_ms >= LENS_MS && self.off_ms * 10 >= self.all_ms * 9
    }
}

/// Where the face looks, relative to the camera; `None` without a pose.
pub fn away(face: &Face, look: &Look) -> Option<(Away, bool)> {
    let pose = face.pose?;
    let mut away = Away { yaw: pose.yaw - look.yaw, pitch: pose.pitch - look.pitch };
    let with_iris = face.iris.zip(Some(look.iris.unwrap_or(STRAIGHT_IRIS)));
    if let Some((iris, rest)) = with_iris {
        let mean = |k: usize| ((iris.left[k] + iris.right[k]) / 2.0).clamp(-1.5, 1.5);
        away.yaw += DEGREES_PER_IRIS * (mean(0) - rest[0]);
        away.pitch += DEGREES_PER_IRIS * (mean(1) - rest[1]);
    }
    let away = Away { yaw: away.yaw.clamp(-180.0, 180.0), pitch: away.pitch.clamp(-180.0, 180.0) };
    Some((away, with_iris.is_some()))
}

impl Gaze {
    /// One frame: whether the eyes are on the camera, `None` when it cannot be told.
    pub fn see(&mut self, face: &Face, look: &Look, closed: bool) -> Option<bool> {
        let dt = self.last.map_or(0, |last| face.t - last);
        self.last = Some(face.t);
        if face.quality.reason == Some(QualityReason::Turned) {
            // Turned by more than 45 degrees: no iris is needed to see where it looks.
            (self.smooth, self.contact) = (None, false);
            return Some(false);
        }
        if closed {
            let held = self.open_at.is_some_and(|open| face.t - open <= HELD_MS);
            self.contact &= held;
            return Some(self.contact);
        }
        self.open_at = Some(face.t);
        let (now, with_iris) = away(face, look)?;
        let smooth = match self.smooth {
            Some(was) if dt < 1000 => {
                let a = 1.0 - (-(dt as f32) / SMOOTH_MS).exp();
                Away { yaw: was.yaw + a * (now.yaw - was.yaw), pitch: was.pitch + a * (now.pitch - was.pitch) }
            }
            _ => now,
        };
        self.smooth = Some(smooth);
        if let Some(pose) = &face.pose {
            let iris = face.iris.map_or(0.0, |iris| (iris.left[0] + iris.right[0]) / 2.0 - STRAIGHT_IRIS[0]);
            let yaw = pose.yaw - to_camera(pose)[0] + DEGREES_PER_IRIS * iris.clamp(-1.5, 1.5);
            self.lens.see(face.t, dt.clamp(0, 250), yaw.abs() > OFF_LENS);
        }
        let (on, off) = if with_iris { WITH_IRIS } else { HEAD_ALONE };
        let angle = smooth.yaw.hypot(smooth.pitch);
        self.contact = angle < if self.contact { off } else { on } && !self.lens.is_missed();
        Some(self.contact)
    }

    /// The face was lost.
    pub fn lose(&mut self) {
        *self = Gaze { lens: std::mem::take(&mut self.lens), ..Gaze::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_core::journal::{Iris, Pose, Quality};

    const LOOK: Look = Look { yaw: 0.0, pitch: 0.0, roll: 0.0, iris: Some([0.0, 0.0]) };

    fn face(t: i64, yaw: f32, iris_x: f32) -> Face {
        let mut face = Face::absent(MediaTime(t), Quality { light: 0.5, size: 0.4, reason: None });
        face.present = true;
        face.pose = Some(Pose { yaw, pitch: 0.0, roll: 0.0, matrix: [0.0; 16] });
        face.iris = Some(Iris { left: [iris_x, 0.0], right: [iris_x, 0.0] });
        face
    }

    #[test]
    fn eyes_that_turn_back_against_the_head_stay_on_the_camera() {
        let (away, with_iris) = away(&face(0, 20.0, -20.0 / 35.0), &LOOK).expect("a pose");
        assert!(with_iris && away.yaw.abs() < 0.01, "{away:?}");
    }

    #[test]
    fn contact_is_kept_until_14_degrees_and_found_again_under_10() {
        let mut gaze = Gaze::default();
        let mut at = |i: i64, yaw| {
            // Long enough for the smoothing to settle.
            (0..20).map(|k| gaze.see(&face(i * 2000 + k * 67, yaw, 0.0), &LOOK, false)).last().flatten()
        };
        assert_eq!(
            [at(0, 0.0), at(1, 12.0), at(2, 16.0), at(3, 12.0), at(4, 8.0)].map(Option::unwrap_or_default),
            [true, true, false, false, true]
        );
    }

    #[test]
    fn a_blink_holds_what_was_and_closed_eyes_do_not_look() {
        let mut gaze = Gaze::default();
        assert_eq!(gaze.see(&face(0, 0.0, 0.0), &LOOK, false), Some(true));
        assert_eq!(gaze.see(&face(200, 0.0, 0.9), &LOOK, true), Some(true));
        assert_eq!(gaze.see(&face(700, 0.0, 0.9), &LOOK, true), Some(false));
    }
}
