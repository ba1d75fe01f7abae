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
/// It may move between workers: everything that follows depends on the frames of this stream alone.
pub struct Track {
    pub(super) roi: Option<Roi>,
    pub(super) smooth: OneEuro,
    /// Faces when the detector last ran, and when that was.
    pub(super) faces: u32,
    pub(super) counted: Option<MediaTime>,
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
        Track { roi: None, smooth: OneEuro::new(NUMBERS), faces: 0, counted: None, last: None, size: (0, 0) }
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

    /// The face is gone: the next frame looks for it anew.
    pub(super) fn lose(&mut self) {
        self.roi = None;
        self.smooth.reset();
    }
}
