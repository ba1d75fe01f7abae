//! Praat's frame grid: as many frames as fit, placed symmetrically over the sound.

/// The frames of one analysis over a sound of `samples` at `rate_hz`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grid {
    pub frames: usize,
    /// The time from the start of the sound to the centre of the first frame, seconds.
    pub t0: f64,
    /// The time from one frame to the next, seconds.
    pub dt: f64,
    rate_hz: f64,
}

impl Grid {
    /// Returns the grid of frames of `window` seconds every `dt` seconds. It is empty when the sound is shorter than
    /// the window.
    pub fn new(samples: usize, rate_hz: f64, window: f64, dt: f64) -> Grid {
        let dx = 1.0 / rate_hz;
        let duration = dx * samples as f64;
        let frames = if window > duration { 0 } else { ((duration - window) / dt).floor() as usize + 1 };
        let t0 = 0.5 * duration - 0.5 * (frames as f64 * dt) + 0.5 * dt;
        Grid { frames, t0, dt, rate_hz }
    }

    /// Returns the centre of frame `i`, seconds.
    pub fn time(&self, i: usize) -> f64 {
        self.t0 + i as f64 * self.dt
    }

    /// Returns the position of frame `i` among the samples; 0 is the middle of the first sample.
    pub fn position(&self, i: usize) -> f64 {
        let dx = 1.0 / self.rate_hz;
        (self.time(i) - 0.5 * dx) / dx
    }

    /// Returns the number of samples before the centre of frame `i`.
    pub fn before(&self, i: usize) -> usize {
        (self.position(i).floor() + 1.0).max(0.0) as usize
    }
}
