//! Nods and shakes: the head swings to and fro within a second, mostly up and down or mostly sideways.
//!
//! Turning points of pitch and yaw are found with a threshold of 2.5 degrees (more than ten times the tracker's noise at rest); two
//! swings in a row, each 80 to 700 ms long, are a gesture, of the axis that moved more.

use crate::timeline::Gesture;
use coach_core::{MediaTime, Span};

const SWING: f32 = 2.5;
const SHORTEST_MS: i64 = 80;
const LONGEST_MS: i64 = 700;

#[derive(Debug, Default, Clone, Copy)]
struct Axis {
    /// Extreme that the current swing started from, and the furthest reached since.
    from: Option<(MediaTime, f32)>,
    reach: (MediaTime, f32),
    /// Length in degrees, begin and end of the swing before.
    before: Option<(f32, Span)>,
}

impl Axis {
    /// A pair of swings that has just been completed: its degrees and its span.
    fn see(&mut self, t: MediaTime, x: f32) -> Option<(f32, Span)> {
        let Some((from_t, from)) = self.from else {
            self.from = Some((t, x));
            self.reach = (t, x);
            return None;
        };
        let (reach_t, reach) = self.reach;
        let swing = reach - from;
        if swing.abs() < SWING {
            // Nothing has begun: the start follows a slow drift.
            if (x - from).abs() > swing.abs() {
                self.reach = (t, x);
            }
            if t - from_t > LONGEST_MS && (x - from).abs() < SWING {
                self.from = Some((t, x));
                self.reach = (t, x);
                self.before = None;
            }
            return None;
        }
        if (x - reach) * swing.signum() > 0.0 {
            self.reach = (t, x);
            return None;
        }
        if (reach - x) * swing.signum() < SWING {
            return None;
        }
        // It has turned: the swing from `from` to `reach` is complete, the next one has begun.
        let span = Span::new(from_t, reach_t);
        let quick = (SHORTEST_MS..=LONGEST_MS).contains(&span.len_ms());
        self.from = Some((reach_t, reach));
        self.reach = (t, x);
        let before = std::mem::replace(&mut self.before, quick.then_some((swing.abs(), span)));
        match before {
            Some((degrees, first)) if quick && first.end == span.start => {
                self.before = None;
                Some((degrees + swing.abs(), Span::new(first.start, span.end)))
            }
            _ => None,
        }
    }
}

#[derive(Debug, Default)]
pub struct Nods {
    pitch: Axis,
    yaw: Axis,
    /// Recent movement on each axis, degrees per second, over half a second.
    motion: [f32; 2],
    last: Option<(MediaTime, [f32; 2])>,
}

impl Nods {
    pub fn see(&mut self, t: MediaTime, yaw: f32, pitch: f32) -> Option<(Gesture, Span)> {
        if let Some((last, was)) = self.last {
            let dt = t - last;
            if dt <= 0 {
                return None;
            }
            if dt > 300 {
                *self = Nods::default();
            } else {
                let a = 1.0 - (-(dt as f32) / 500.0).exp();
                for (k, x) in [yaw, pitch].into_iter().enumerate() {
                    let speed = (x - was[k]).abs() * 1000.0 / dt as f32;
                    self.motion[k] += a * (speed - self.motion[k]);
                }
            }
        }
        self.last = Some((t, [yaw, pitch]));
        let (nod, shake) = (self.pitch.see(t, pitch), self.yaw.see(t, yaw));
        match (nod, shake) {
            (Some((_, span)), _) if self.motion[1] > 1.5 * self.motion[0] => Some((Gesture::Nod, span)),
            (_, Some((_, span))) if self.motion[0] > 1.5 * self.motion[1] => Some((Gesture::Shake, span)),
            _ => None,
        }
    }

    pub fn lose(&mut self) {
        *self = Nods::default();
    }
}
