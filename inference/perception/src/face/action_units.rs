//! FACS action units as proxies, 0 to 1: from blendshapes where the model is alive, from geometry where it is dead.
//!
//! The mapping is by anatomy (names in the manner of ARKit); it is not validated against FACS coders. State of each source in
//! `face_landmarker.task` float16/1, over 625 real frames and 6000 synthetic inputs:
//!
//! | AU | source | state |
//! |---|---|---|
//! | 1, 2, 4 | browInnerUp; browOuterUp; browDown | alive |
//! | 5 | eyeWide | weak, at most 0.1 in real frames |
//! | 6 | min(eyeSquint, mouthSmile): cheekSquint is dead | proxy, cannot be told from 7 |
//! | 7 | eyeSquint | alive, personal offset 0.2 to 0.4 at rest |
//! | 9 | geometry, wing of the nose to inner eye corner: noseSneer is dead | proxy |
//! | 10 | mouthUpperUp | alive, rises with every smile |
//! | 12 | mouthSmile | strongest |
//! | 14, 15, 17 | mouthDimple; mouthFrown; mouthShrugLower | weak; moderate; alive |
//! | 18, 22 | mouthPucker; mouthFunnel | alive, driven by speech |
//! | 20, 24, 28 | mouthStretch; mouthPress; mouthRoll | alive; small; small |
//! | 25, 26 | geometry, gap of the inner lips; jawOpen | alive, driven by speech |
//! | 43 | eyeBlink | alive, rises with lowered gaze |
//!
//! With the lite model all of them come from geometry and are of low confidence; those that geometry cannot tell are `None`.

use super::points::{INNER_BROWS, LEFT_EYE, LIPS_INNER, LIPS_OUTER, MOUTH, NOSE_WINGS, OUTER_BROWS, Points, RIGHT_EYE};
use coach_core::face::{ActionUnits, Blendshapes};

/// Indices into the blendshapes, right and left where there are two.
mod shape {
    pub const BROW_DOWN: [usize; 2] = [1, 2];
    pub const BROW_INNER_UP: [usize; 2] = [3, 3];
    pub const BROW_OUTER_UP: [usize; 2] = [4, 5];
    pub const EYE_BLINK: [usize; 2] = [9, 10];
    pub const EYE_SQUINT: [usize; 2] = [19, 20];
    pub const EYE_WIDE: [usize; 2] = [21, 22];
    pub const JAW_OPEN: [usize; 2] = [25, 25];
    pub const DIMPLE: [usize; 2] = [28, 29];
    pub const FROWN: [usize; 2] = [30, 31];
    pub const FUNNEL: [usize; 2] = [32, 32];
    pub const PRESS: [usize; 2] = [36, 37];
    pub const PUCKER: [usize; 2] = [38, 38];
    pub const ROLL: [usize; 2] = [40, 41];
    pub const SHRUG_LOWER: [usize; 2] = [42, 42];
    pub const SMILE: [usize; 2] = [44, 45];
    pub const STRETCH: [usize; 2] = [46, 47];
    pub const UPPER_UP: [usize; 2] = [48, 49];
}

/// From the full model: blendshapes, and geometry for the dead ones.
pub fn from_blendshapes(shapes: &Blendshapes, points: Points<'_>) -> ActionUnits {
    let mean = |[a, b]: [usize; 2]| Some(f32::midpoint(shapes.0[a], shapes.0[b]));
    let both = |p: [usize; 2], q: [usize; 2]| {
        let side = |k: usize| shapes.0[p[k]].min(shapes.0[q[k]]);
        Some(f32::midpoint(side(0), side(1)))
    };
    ActionUnits {
        au01: mean(shape::BROW_INNER_UP),
        au02: mean(shape::BROW_OUTER_UP),
        au04: mean(shape::BROW_DOWN),
        au05: mean(shape::EYE_WIDE),
        au06: both(shape::EYE_SQUINT, shape::SMILE),
        au07: mean(shape::EYE_SQUINT),
        au09: nose_wrinkle(points),
        au10: mean(shape::UPPER_UP),
        au12: mean(shape::SMILE),
        au14: mean(shape::DIMPLE),
        au15: mean(shape::FROWN),
        au17: mean(shape::SHRUG_LOWER),
        au18: mean(shape::PUCKER),
        au20: mean(shape::STRETCH),
        au22: mean(shape::FUNNEL),
        au24: mean(shape::PRESS),
        au25: lips_apart(points),
        au26: mean(shape::JAW_OPEN),
        au28: mean(shape::ROLL),
        au43: mean(shape::EYE_BLINK),
    }
}

/// From geometry alone, for the lite model: low confidence.
pub fn from_geometry(points: Points<'_>) -> ActionUnits {
    let unit = eye_distance(points);
    let per_eyes = |d: f64| d / unit;
    let brow = |brows: [usize; 2]| {
        let right = across(points, points.xy(brows[0]), points.middle(RIGHT_EYE[0], RIGHT_EYE[3]));
        let left = across(points, points.xy(brows[1]), points.middle(LEFT_EYE[0], LEFT_EYE[3]));
        per_eyes(f64::midpoint(right, left))
    };
    let lift = corner_lift(points);
    let upper_lip = per_eyes(points.distance(2, LIPS_OUTER[0]));
    let closed = super::eyes::eye_opening(points).map_or(0.0, |[l, r]| 1.0 - f64::from(f32::midpoint(l, r)) / 0.3);
    ActionUnits {
        au01: ramp(brow(INNER_BROWS), 0.40, 0.60),
        au02: ramp(brow(OUTER_BROWS), 0.42, 0.62),
        au04: ramp(-brow(INNER_BROWS), -0.36, -0.24),
        au09: nose_wrinkle(points),
        au10: ramp(-upper_lip, -0.24, -0.10),
        au12: ramp(lift, 0.02, 0.22),
        au15: ramp(-lift, 0.06, 0.20),
        au18: ramp(-per_eyes(points.distance(MOUTH[0], MOUTH[1])), -0.70, -0.50),
        au25: lips_apart(points),
        au26: ramp(per_eyes(points.distance(LIPS_INNER[0], LIPS_INNER[1])), 0.10, 0.60),
        au43: ramp(closed, 0.35, 0.80),
        ..ActionUnits::default()
    }
}

/// How far the corners of the mouth are above the middle of the lips, in eye distances.
fn corner_lift(points: Points<'_>) -> f64 {
    let lips = points.middle(LIPS_INNER[0], LIPS_INNER[1]);
    across(points, points.middle(MOUTH[0], MOUTH[1]), lips) / eye_distance(points)
}

/// AU09: the wings of the nose come up to the inner corners of the eyes.
fn nose_wrinkle(points: Points<'_>) -> Option<f32> {
    let right = points.distance(NOSE_WINGS[0], RIGHT_EYE[3]);
    let left = points.distance(NOSE_WINGS[1], LEFT_EYE[3]);
    ramp(-f64::midpoint(right, left) / eye_distance(points), -0.62, -0.48)
}

/// AU25: the gap between the inner lips.
fn lips_apart(points: Points<'_>) -> Option<f32> {
    ramp(points.distance(LIPS_INNER[0], LIPS_INNER[1]) / eye_distance(points), 0.015, 0.30)
}

/// Between the middles of both eyes' corners, in pixels.
fn eye_distance(points: Points<'_>) -> f64 {
    let (r, l) = (points.middle(RIGHT_EYE[0], RIGHT_EYE[3]), points.middle(LEFT_EYE[0], LEFT_EYE[3]));
    (r[0] - l[0]).hypot(r[1] - l[1])
}

/// How far `a` lies above `b`, measured across the line of the eyes, in pixels.
fn across(points: Points<'_>, a: [f64; 2], b: [f64; 2]) -> f64 {
    let (r, l) = (points.middle(RIGHT_EYE[0], RIGHT_EYE[3]), points.middle(LEFT_EYE[0], LEFT_EYE[3]));
    let axis = [l[0] - r[0], l[1] - r[1]];
    ((b[1] - a[1]) * axis[0] - (b[0] - a[0]) * axis[1]) / axis[0].hypot(axis[1])
}

/// 0 at `zero`, 1 at `one`, straight between; `None` for a face without width.
fn ramp(value: f64, zero: f64, one: f64) -> Option<f32> {
    value.is_finite().then_some(((value - zero) / (one - zero)).clamp(0.0, 1.0) as f32)
}
