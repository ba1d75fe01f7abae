//! FACS action units as proxies, 0 to 1: from blendshapes where the model gives useful values, otherwise from geometry.
//!
//! The mapping follows anatomy (names in the manner of ARKit) and is not validated against FACS coders. The table gives
//! the state of each source in `face_landmarker.task` float16/1, over 625 real frames and 6000 synthetic inputs; a dead
//! source hardly ever leaves 0:
//!
//! | AU | source | state |
//! |---|---|---|
//! | 1, 2, 4 | browInnerUp; browOuterUp; browDown | alive |
//! | 5 | eyeWide | weak, at most 0.1 in real frames |
//! | 6 | min(eyeSquint, mouthSmile): cheekSquint is dead | proxy, cannot be told from 7 |
//! | 7 | eyeSquint | alive, personal offset 0.2 to 0.4 at rest |
//! | 9 | geometry, wing of the nose to inner eye corner: noseSneer is dead | weak proxy, personal offset |
//! | 10 | mouthUpperUp | alive, rises with every smile |
//! | 12 | mouthSmile | strongest |
//! | 14, 15, 17 | mouthDimple; mouthFrown; mouthShrugLower | weak; moderate; alive |
//! | 18, 22 | mouthPucker; mouthFunnel | alive, driven by speech |
//! | 20, 24, 28 | mouthStretch; mouthPress; mouthRoll | alive; small; small |
//! | 25, 26 | geometry, gap of the inner lips; jawOpen | alive, driven by speech |
//! | 43 | eyeBlink | alive, rises with lowered gaze |
//!
//! With the lite model all of them come from geometry and have low confidence; those that geometry cannot give are
//! `None`.

use super::points::{
    BROWS, CHIN, FOREHEAD, LEFT_EYE, LIPS_INNER, LIPS_OUTER, MOUTH, NOSE_BASE, NOSE_WINGS, OUTER_BROWS, Points,
    RIGHT_EYE,
};
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

/// Returns the action units of the full model: from blendshapes, and from geometry where the blendshape is dead.
pub fn from_blendshapes(shapes: &Blendshapes, points: Points<'_>) -> ActionUnits {
    let frame = Frame::new(points);
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
        au09: nose_wrinkle(&frame),
        au10: mean(shape::UPPER_UP),
        au12: mean(shape::SMILE),
        au14: mean(shape::DIMPLE),
        au15: mean(shape::FROWN),
        au17: mean(shape::SHRUG_LOWER),
        au18: mean(shape::PUCKER),
        au20: mean(shape::STRETCH),
        au22: mean(shape::FUNNEL),
        au24: mean(shape::PRESS),
        au25: lips_apart(&frame),
        au26: mean(shape::JAW_OPEN),
        au28: mean(shape::ROLL),
        au43: mean(shape::EYE_BLINK),
    }
}

/// Returns the action units of the lite model from geometry alone. Their confidence is low, and all but AU12, AU25 and
/// AU43 have a personal offset at rest.
///
/// The ends of the ramps are the values of a face at rest and of a full movement, set on the frames of the reference
/// clips against the blendshapes there (correlations 0.5 to 0.9, AU43 0.98).
pub fn from_geometry(points: Points<'_>) -> ActionUnits {
    let frame = Frame::new(points);
    let brows = frame.above_eyes(BROWS);
    let lips = frame.middle(LIPS_INNER);
    let lift = frame.up_from(lips, frame.middle(MOUTH));
    let width = frame.distance(MOUTH[0], MOUTH[1]);
    let smile = [ramp(lift, 0.0, 0.12), ramp(width, 0.80, 1.12)];
    let open = super::eyes::eye_opening(points).map(|[l, r]| f64::from(f32::midpoint(l, r)));
    let gap = frame.distance(LIPS_INNER[0], LIPS_INNER[1]);
    ActionUnits {
        au01: ramp(brows, 0.36, 0.56),
        au02: ramp(frame.above_eyes(OUTER_BROWS), 0.27, 0.42),
        au04: ramp(brows, 0.33, 0.20),
        au09: nose_wrinkle(&frame),
        au10: ramp(frame.distance(NOSE_BASE, LIPS_OUTER[0]), 0.26, 0.12),
        au12: smile[0].zip(smile[1]).map(|(a, b)| f32::midpoint(a, b)),
        au15: ramp(lift, -0.02, -0.14),
        au18: ramp(width, 0.70, 0.50),
        au25: lips_apart(&frame),
        au26: ramp(gap, 0.15, 0.60),
        au43: open.and_then(|open| ramp(open, 0.28, 0.08)),
        ..ActionUnits::default()
    }
}

/// Returns AU09: how far the wings of the nose have moved up to the inner corners of the eyes. It depends on the length
/// of the nose, so it is read against the baseline.
fn nose_wrinkle(frame: &Frame<'_>) -> Option<f32> {
    let right = frame.distance(NOSE_WINGS[0], RIGHT_EYE[3]);
    let left = frame.distance(NOSE_WINGS[1], LEFT_EYE[3]);
    ramp(f64::midpoint(right, left), 0.70, 0.50)
}

/// Returns AU25: the gap between the inner lips.
fn lips_apart(frame: &Frame<'_>) -> Option<f32> {
    ramp(frame.distance(LIPS_INNER[0], LIPS_INNER[1]), 0.015, 0.30)
}

/// Returns 0 up to `zero`, 1 from `one` on, and a straight line in between. `None` for a face without width.
fn ramp(value: f64, zero: f64, one: f64) -> Option<f32> {
    value.is_finite().then_some(((value - zero) / (one - zero)).clamp(0.0, 1.0) as f32)
}

type Vector = [f64; 3];

/// The face's own upward direction and unit of length in space, which hardly change with turning and nodding.
struct Frame<'a> {
    points: Points<'a>,
    eyes: [Vector; 2],
    up: Vector,
    /// The distance between the middles of both eyes' corners.
    unit: f64,
}

impl Frame<'_> {
    fn new(points: Points<'_>) -> Frame<'_> {
        let middle = |a: usize, b: usize| midpoint(points.xyz(a), points.xyz(b));
        let eyes = [middle(RIGHT_EYE[0], RIGHT_EYE[3]), middle(LEFT_EYE[0], LEFT_EYE[3])];
        let axis = minus(eyes[1], eyes[0]);
        let unit = dot(axis, axis).sqrt();
        let rise = minus(points.xyz(FOREHEAD), points.xyz(CHIN));
        let along = dot(rise, axis) / (unit * unit);
        let up = minus(rise, axis.map(|v| v * along));
        let length = dot(up, up).sqrt();
        Frame { points, eyes, up: up.map(|v| v / length), unit }
    }

    fn distance(&self, a: usize, b: usize) -> f64 {
        let d = minus(self.points.xyz(a), self.points.xyz(b));
        dot(d, d).sqrt() / self.unit
    }

    fn middle(&self, [a, b]: [usize; 2]) -> Vector {
        midpoint(self.points.xyz(a), self.points.xyz(b))
    }

    /// Returns how far `b` lies above `a`.
    fn up_from(&self, a: Vector, b: Vector) -> f64 {
        dot(minus(b, a), self.up) / self.unit
    }

    /// Returns how far a point of each brow lies above its eye, on average.
    fn above_eyes(&self, brows: [usize; 2]) -> f64 {
        let side = |k: usize| self.up_from(self.eyes[k], self.points.xyz(brows[k]));
        f64::midpoint(side(0), side(1))
    }
}

fn minus(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn midpoint(a: Vector, b: Vector) -> Vector {
    [f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1]), f64::midpoint(a[2], b[2])]
}

fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
