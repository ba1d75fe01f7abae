//! What is remembered of one stream from frame to frame.

use super::roi::Roi;
use super::smooth::OneEuro;
use coach_core::MediaTime;

/// Numbers per frame: 478 points with x, y, z.
pub(super) const NUMBERS: usize = 478 * 3;
/// After a longer pause than this the face is looked for anew.
const STALE_MS: i64 = 1000;

/// State of one stream: where the face was, its smoothing, how many faces there were.
///
/// It may move between workers, of the full and of the lite model too: what follows depends on the frames of this stream alone.
pub struct Track {
    pub(super) roi: Option<Roi>,
    smooth: OneEuro,
    /// Faces when the detector last ran, and when that was.
    pub(super) faces: u32,
    pub(super) counted: Option<MediaTime>,
    /// How many points the model of the last frame gave.
    points: usize,
    last: Option<MediaTime>,
    size: (usize, usize),
}

impl Default for Track {
    fn default() -> Track {
        Track::new()
    }
}

impl Track {
    pub fn new() -> Track {
        Track { roi: None, smooth: OneEuro::new(NUMBERS), faces: 0, counted: None, points: 0, last: None, size: (0, 0) }
    }

    /// Before a frame: a picture of another size, time that runs back or a long pause end what was followed.
    pub(super) fn begin(&mut self, t: MediaTime, size: (usize, usize)) {
        let continues = self.last.is_some_and(|last| last <= t && t - last <= STALE_MS) && self.size == size;
        if !continues {
            self.lose();
            self.counted = None;
            self.faces = 0;
        }
        (self.last, self.size) = (Some(t), size);
    }

    /// Smooths the landmarks of a frame in place. Another model's landmarks begin anew: they lie a little elsewhere.
    pub(super) fn smooth(&mut self, t: MediaTime, landmarks: &mut [f64], face_px: f64) {
        if self.points != landmarks.len() / 3 {
            self.smooth.reset();
            self.points = landmarks.len() / 3;
        }
        self.smooth.apply(t.ms(), landmarks, face_px);
    }

    /// The face is gone: the next frame looks for it anew.
    pub(super) fn lose(&mut self) {
        self.roi = None;
        self.smooth.reset();
    }
}
