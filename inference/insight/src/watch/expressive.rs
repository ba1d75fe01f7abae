//! Expressiveness: how much the face moves about its own mean over the last ten seconds, 0 still to 1 lively.
//!
//! The sum over brows, cheeks and mouth corners of each action unit's running standard deviation, bent into 0 to 1. Units that
//! speech drives (jaw, funnel, pucker) do not count. A convention of ours: no scale of expressiveness is agreed on.

use super::units::{AU01, AU02, AU04, AU05, AU06, AU10, AU12, AU14, AU15, Units};
use coach_core::MediaTime;

const COUNTED: [usize; 9] = [AU01, AU02, AU04, AU05, AU06, AU10, AU12, AU14, AU15];
const WINDOW_MS: f32 = 10_000.0;
/// The sum of deviations that reads as 0.63.
const SCALE: f32 = 0.35;

#[derive(Debug, Default)]
pub struct Expressive {
    since: Option<MediaTime>,
    last: Option<MediaTime>,
    mean: [f32; COUNTED.len()],
    var: [f32; COUNTED.len()],
}

impl Expressive {
    /// `None` in the first 3 s of a face.
    pub fn see(&mut self, t: MediaTime, units: &Units) -> Option<f32> {
        let since = *self.since.get_or_insert(t);
        let dt = self.last.map_or(0, |last| (t - last).clamp(0, 1000));
        let first = self.last.is_none();
        self.last = Some(t);
        // While the window is not full, all of what was seen counts alike.
        let filled = ((t - since) as f32).clamp(1.0, WINDOW_MS);
        let a = 1.0 - (-(dt as f32) / (filled / 2.0)).exp();
        let mut sum = 0.0;
        for (k, &unit) in COUNTED.iter().enumerate() {
            let Some(x) = units.0[unit] else { continue };
            if first {
                self.mean[k] = x;
            }
            let d = x - self.mean[k];
            self.mean[k] += a * d;
            self.var[k] = (1.0 - a) * (self.var[k] + a * d * d);
            sum += self.var[k].max(0.0).sqrt();
        }
        (t - since >= 3000).then(|| 1.0 - (-sum / SCALE).exp())
    }
}
