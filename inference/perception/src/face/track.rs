//! The state of one stream from frame to frame.

use super::roi::Roi;
use super::smooth::OneEuro;
use coach_core::MediaTime;

/// Numbers per frame: 478 points with x, y, z.
pub(super) const NUMBERS: usize = 478 * 3;
/// The pause after which the face is searched anew, milliseconds.
const STALE_MS: i64 = 1000;

/// The state of one stream: where the face was, its smoothing, and how many faces there were.
///
/// A track may move between workers, of the full and of the lite model too: results depend on the frames of this stream
/// alone.
pub struct Track {
    pub(super) roi: Option<Roi>,
    smooth: OneEuro,
    /// How many faces could be the one that is followed when the detector last ran.
    pub(super) faces: u32,
    /// When the detector last ran.
    pub(super) counted: Option<MediaTime>,
    /// The number of points that the model of the last frame gave.
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

    /// Prepares for a frame. An image of another size, time that runs back, or a long pause end what was followed.
    pub(super) fn begin(&mut self, t: MediaTime, size: (usize, usize)) {
        let continues = self.last.is_some_and(|last| last <= t && t - last <= STALE_MS) && self.size == size;
        if !continues {
            self.lose();
            self.counted = None;
            self.faces = 0;
        }
        (self.last, self.size) = (Some(t), size);
    }

    /// Smooths the landmarks of a frame in place. Smoothing starts anew with another model, whose landmarks differ
    /// slightly.
    pub(super) fn smooth(&mut self, t: MediaTime, landmarks: &mut [f64], face_px: f64) {
        if self.points != landmarks.len() / 3 {
            self.smooth.reset();
            self.points = landmarks.len() / 3;
        }
        self.smooth.apply(t.ms(), landmarks, face_px);
    }

    /// Forgets the face: it is searched in the next frame.
    pub(super) fn lose(&mut self) {
        self.roi = None;
        self.smooth.reset();
    }
}
