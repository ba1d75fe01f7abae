//! Named points of MediaPipe's face mesh, and distances between them.
//!
//! "Right" and "left" are the subject's own; the subject's right eye is on the viewer's left.

/// Outer corner, upper lid (outer, inner), inner corner, lower lid (inner, outer).
pub const RIGHT_EYE: [usize; 6] = [33, 160, 158, 133, 153, 144];
pub const LEFT_EYE: [usize; 6] = [263, 387, 385, 362, 380, 373];
pub const RIGHT_IRIS: usize = 468;
pub const LEFT_IRIS: usize = 473;
/// Corner of the mouth, subject's right and left.
pub const MOUTH: [usize; 2] = [61, 291];
/// Outer edge of the lips in the middle, above and below.
pub const LIPS_OUTER: [usize; 2] = [0, 17];
/// Inner edge of the lips in the middle, above and below.
pub const LIPS_INNER: [usize; 2] = [13, 14];
/// Wings of the nose, subject's right and left.
pub const NOSE_WINGS: [usize; 2] = [48, 278];
/// Middle and outer end of the brows, subject's right and left.
pub const BROWS: [usize; 2] = [52, 282];
pub const OUTER_BROWS: [usize; 2] = [70, 300];
/// Below the nose, in the middle.
pub const NOSE_BASE: usize = 2;
pub const FOREHEAD: usize = 10;
pub const CHIN: usize = 152;

/// Landmarks of one frame in pixels of the upright image, x, y, z after each other.
#[derive(Clone, Copy)]
pub struct Points<'a>(pub &'a [f64]);

impl Points<'_> {
    /// Returns x and y of a point.
    pub fn xy(&self, index: usize) -> [f64; 2] {
        [self.0[3 * index], self.0[3 * index + 1]]
    }

    /// Returns the number of points.
    pub fn len(&self) -> usize {
        self.0.len() / 3
    }

    /// Returns the distance between two points in the image, pixels.
    pub fn distance(&self, a: usize, b: usize) -> f64 {
        let (a, b) = (self.xy(a), self.xy(b));
        (a[0] - b[0]).hypot(a[1] - b[1])
    }

    /// Returns x, y and z of a point.
    pub fn xyz(&self, index: usize) -> [f64; 3] {
        [self.0[3 * index], self.0[3 * index + 1], self.0[3 * index + 2]]
    }

    /// Returns the middle between two points.
    pub fn middle(&self, a: usize, b: usize) -> [f64; 2] {
        let (a, b) = (self.xy(a), self.xy(b));
        [f64::midpoint(a[0], b[0]), f64::midpoint(a[1], b[1])]
    }

    /// Returns left, top, right and bottom of all points.
    pub fn bounds(&self) -> [f64; 4] {
        let mut b = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for p in self.0.chunks_exact(3) {
            b = [b[0].min(p[0]), b[1].min(p[1]), b[2].max(p[0]), b[3].max(p[1])];
        }
        b
    }
}
