//! Blinks: short closures of both eyes. A lowered gaze lowers the lids too, slowly and for long, and is no blink.
//!
//! MediaPipe's eyeBlink rises with every look down (r 0.98 with eyeLookDown), so it never decides alone: the eye's opening must
//! drop under six tenths of its running open value, fast, and come back within 400 ms.

use coach_core::face::blendshape;
use coach_core::journal::Face;
use coach_core::{MediaTime, Span};
use std::sync::LazyLock;

const SHORTEST_MS: i64 = 30;
const LONGEST_MS: i64 = 400;
/// The lids fall within this, or it is a lowered gaze.
const FALL_MS: i64 = 250;
const CLOSED: f32 = 0.6;
const OPEN: f32 = 0.8;

static BLINK: LazyLock<[Option<usize>; 2]> =
    LazyLock::new(|| [blendshape("eyeBlinkLeft"), blendshape("eyeBlinkRight")]);

#[derive(Debug, Default)]
pub struct Blink {
    /// Running opening of the open eye.
    open: Option<f32>,
    last: Option<MediaTime>,
    last_open: Option<MediaTime>,
    closed_since: Option<MediaTime>,
}

/// What one frame adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lids {
    pub closed: bool,
    /// A blink that has just ended.
    pub blink: Option<Span>,
}

impl Blink {
    pub fn see(&mut self, face: &Face, rest: Option<f32>) -> Lids {
        let Some([left, right]) = face.eye_opening else { return Lids { closed: false, blink: None } };
        let opening = ((left + right) / 2.0).clamp(0.0, 2.0);
        let shape = face.blendshapes.as_ref().and_then(|b| match *BLINK {
            [Some(l), Some(r)] => Some((b.0[l] + b.0[r]) / 2.0),
            _ => None,
        });
        let dt = self.last.map_or(0, |last| face.t - last);
        self.last = Some(face.t);
        let open = *self.open.get_or_insert(rest.unwrap_or(opening));
        let was_closed = self.closed_since.is_some();
        let closed = opening < if was_closed { OPEN } else { CLOSED } * open && shape.is_none_or(|s| s > 0.3);
        if !closed {
            // Follows the open eye in about two seconds, so that a lowered gaze becomes the new open.
            let a = 1.0 - (-(dt.clamp(0, 500) as f32) / 2000.0).exp();
            self.open = Some((open + a * (opening - open)).max(0.02));
        }
        let mut blink = None;
        match (self.closed_since, closed) {
            (None, true) => {
                let fell_fast = self.last_open.is_some_and(|t| face.t - t <= FALL_MS);
                // A fall that was not seen to begin is not called one.
                self.closed_since = fell_fast.then_some(face.t);
            }
            (Some(since), false) => {
                let span = Span::new(since, face.t);
                blink = (SHORTEST_MS..=LONGEST_MS).contains(&span.len_ms()).then_some(span);
                self.closed_since = None;
            }
            (Some(since), true) if face.t - since > LONGEST_MS => {
                // Closed for longer than a blink: a lowered gaze. What is seen now is its open.
                self.open = Some(opening.max(0.02));
            }
            _ => {}
        }
        if opening > OPEN * open {
            self.last_open = Some(face.t);
        }
        Lids { closed, blink }
    }

    pub fn lose(&mut self) {
        let open = self.open;
        *self = Blink { open, ..Blink::default() };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_core::journal::Quality;

    /// One frame of 67 ms per opening, in hundredths.
    fn blinks(openings: &[u8]) -> usize {
        let mut blink = Blink::default();
        let quality = Quality { light: 0.5, size: 0.4, reason: None };
        let see = |(i, opening): (usize, &u8)| {
            let mut face = Face::absent(MediaTime(i as i64 * 67), quality);
            face.eye_opening = Some([f32::from(*opening) / 100.0; 2]);
            blink.see(&face, Some(0.3)).blink
        };
        openings.iter().enumerate().filter_map(see).count()
    }

    #[test]
    fn a_short_closure_is_one_blink() {
        assert_eq!(blinks(&[30, 30, 30, 8, 5, 28, 30, 30, 30, 30]), 1);
        assert_eq!(blinks(&[30, 30, 6, 30, 30, 30, 7, 29, 30, 30]), 2);
    }

    #[test]
    fn a_gaze_that_is_lowered_and_stays_down_is_none() {
        let mut down = vec![30; 10];
        down.extend([14; 20]);
        down.extend([30; 10]);
        assert_eq!(blinks(&down), 0);
    }

    #[test]
    fn lids_that_sink_slowly_are_none() {
        let slow: Vec<u8> = (0..25).map(|i| 30 - i).chain((5..30).step_by(8)).collect();
        assert_eq!(blinks(&slow), 0);
    }
}
