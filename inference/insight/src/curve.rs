//! Curves from a metric to its quality, 0 to 1: smooth, without cliffs, monotone on either side of what is aimed at.

/// Corners of a curve, in the metric's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Curve {
    /// More is better, up to `full`.
    Rise { zero: f32, full: f32 },
    /// Less is better, down to `full`.
    Fall { full: f32, zero: f32 },
    /// Between `low` and `high` is best.
    Band { zero_low: f32, low: f32, high: f32, zero_high: f32 },
}

/// Quality where what is aimed at begins; the rest is for what lies well within it.
pub const EDGE: f32 = 0.9;
/// How far beyond its edge an open-ended aim is reached in full, as a share of the way from zero to the edge.
const BEYOND: f32 = 0.5;

impl Curve {
    /// 0 to 1: 0 at the zeros, [`EDGE`] where what is aimed at begins, 1 in its middle.
    pub fn quality(self, x: f32) -> f32 {
        match self {
            Curve::Rise { zero, full } | Curve::Fall { full, zero } => {
                let within = (x - full) / (BEYOND * (full - zero));
                EDGE * between(x, zero, full) + (1.0 - EDGE) * within.clamp(0.0, 1.0)
            }
            Curve::Band { zero_low, low, high, zero_high } => {
                let half = (high - low) / 2.0;
                let from_edge = 1.0 - ((x - low - half) / half).abs();
                EDGE * between(x, zero_low, low).min(between(x, zero_high, high))
                    + (1.0 - EDGE) * (2.0 * from_edge).clamp(0.0, 1.0)
            }
        }
    }

    /// Which side of what is aimed at `x` lies on.
    pub fn side(self, x: f32) -> Side {
        match self {
            Curve::Rise { full, .. } if x < full => Side::Under,
            Curve::Fall { full, .. } if x > full => Side::Over,
            Curve::Band { low, .. } if x < low => Side::Under,
            Curve::Band { high, .. } if x > high => Side::Over,
            _ => Side::Within,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Under,
    Within,
    Over,
}

/// 0 at `zero`, 1 at `full`, flat at both; `zero` may be the larger.
fn between(x: f32, zero: f32, full: f32) -> f32 {
    crate::stats::smooth((x - zero) / (full - zero))
}
