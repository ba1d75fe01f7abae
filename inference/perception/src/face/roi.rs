//! The region that is searched: a rotated rectangle in the upright image, and its affine maps.

use coach_core::frame::Rotation;
use std::f64::consts::PI;

/// A rotated rectangle in pixels of the upright image; `rotation` in radians, clockwise as seen by the viewer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Roi {
    pub cx: f64,
    pub cy: f64,
    pub width: f64,
    pub height: f64,
    pub rotation: f64,
}

/// How much larger than the face the crop is; MediaPipe's value for detections and landmarks alike.
const MARGIN: f64 = 1.5;

/// A face of less than this share of the width of the one that is followed is somebody in the background, or a face on a poster.
const RIVAL_WIDTH: f64 = 0.5;

/// Returns how many of the faces could be the one that is followed, itself included: those that are at least half as wide. `followed`: its
/// region in the frame before, where the detector need not have found it; `None`: the largest is followed.
pub fn rivals(faces: impl Iterator<Item = Roi> + Clone, followed: Option<&Roi>) -> usize {
    let distance = |a: &Roi, b: &Roi| (a.cx - b.cx).hypot(a.cy - b.cy);
    let area = |roi: &Roi| roi.width * roi.height;
    let wide = |least: f64| faces.clone().filter(|face| face.width >= RIVAL_WIDTH * least).count();
    let Some(followed) = followed else {
        let largest = faces.clone().max_by(|a, b| area(a).total_cmp(&area(b)));
        return largest.map_or(0, |largest| wide(largest.width));
    };
    let nearest = faces.clone().min_by(|a, b| distance(a, followed).total_cmp(&distance(b, followed)));
    match nearest.filter(|nearest| distance(nearest, followed) < followed.width / 2.0) {
        Some(found) => wide(found.width),
        None => 1 + wide(followed.width),
    }
}

/// An affine map: x = m0 u + m1 v + m2, y = m3 u + m4 v + m5.
pub type Affine = [f64; 6];

/// Returns the angle in [-pi, pi).
pub fn normalised(angle: f64) -> f64 {
    angle - 2.0 * PI * ((angle + PI) / (2.0 * PI)).floor()
}

impl Roi {
    /// Returns the square around the whole image, which the detector searches.
    pub fn letterbox(width: usize, height: usize) -> Roi {
        let side = width.max(height) as f64;
        Roi { cx: width as f64 / 2.0, cy: height as f64 / 2.0, width: side, height: side, rotation: 0.0 }
    }

    /// Returns the region around a detection: its box with a margin (not made square), upright by the eyes.
    pub fn around_detection(bounds: [f64; 4], left_eye: [f64; 2], right_eye: [f64; 2]) -> Roi {
        let [x0, y0, x1, y1] = bounds;
        Roi {
            cx: f64::midpoint(x0, x1),
            cy: f64::midpoint(y0, y1),
            width: (x1 - x0) * MARGIN,
            height: (y1 - y0) * MARGIN,
            rotation: normalised((right_eye[1] - left_eye[1]).atan2(right_eye[0] - left_eye[0])),
        }
    }

    /// Returns the region around the landmarks of the previous frame: a square with a margin, upright by the outer eye
    /// corners.
    pub fn around_landmarks(bounds: [f64; 4], left_corner: [f64; 2], right_corner: [f64; 2]) -> Roi {
        let [x0, y0, x1, y1] = bounds;
        let side = (x1 - x0).max(y1 - y0) * MARGIN;
        let upright = Roi::around_detection(bounds, left_corner, right_corner);
        Roi { width: side, height: side, ..upright }
    }

    /// Returns the map from pixels of a crop of `size` by `size` to pixels of the upright image.
    ///
    /// The convention is OpenCV's, which MediaPipe uses: pixel 0 of the crop lies on the corner of the rectangle,
    /// without a half-pixel shift.
    pub fn crop_map(&self, size: usize) -> Affine {
        let (sin, cos) = self.rotation.sin_cos();
        let (n, w, h) = (size as f64, self.width, self.height);
        [
            w * cos / n,
            -h * sin / n,
            self.cx - 0.5 * w * cos + 0.5 * h * sin,
            w * sin / n,
            h * cos / n,
            self.cy - 0.5 * w * sin - 0.5 * h * cos,
        ]
    }

    /// Returns whether a crop can be taken; landmarks that diverged give no usable rectangle.
    pub fn is_sound(&self) -> bool {
        let numbers = [self.cx, self.cy, self.width, self.height, self.rotation];
        numbers.iter().all(|v| v.is_finite() && v.abs() < 1e6) && self.width >= 1.0 && self.height >= 1.0
    }
}

/// Returns the size of the upright image, pixels.
pub fn upright_size(width: usize, height: usize, rotation: Rotation) -> (usize, usize) {
    match rotation {
        Rotation::None | Rotation::Half => (width, height),
        Rotation::Clockwise90 | Rotation::Clockwise270 => (height, width),
    }
}

/// Converts a map to pixels of the upright image into one to pixels of the stored image (`width` by `height`).
pub fn to_stored(map: Affine, width: usize, height: usize, rotation: Rotation) -> Affine {
    let [a, b, c, d, e, f] = map;
    let (right, bottom) = (width as f64 - 1.0, height as f64 - 1.0);
    match rotation {
        Rotation::None => map,
        // The stored left edge is on top after a clockwise turn: stored x = upright y, stored y = bottom - upright x.
        Rotation::Clockwise90 => [d, e, f, -a, -b, bottom - c],
        Rotation::Half => [-a, -b, right - c, -d, -e, bottom - f],
        Rotation::Clockwise270 => [-d, -e, right - f, a, b, c],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(m: Affine, u: f64, v: f64) -> (f64, f64) {
        (m[0] * u + m[1] * v + m[2], m[3] * u + m[4] * v + m[5])
    }

    #[test]
    fn a_small_face_behind_is_no_rival_and_a_large_one_before_a_small_one_is() {
        let roi = |cx: f64, width: f64| Roi { cx, cy: 100.0, width, height: width, rotation: 0.0 };
        let (person, poster, guest) = (roi(100.0, 90.0), roi(300.0, 40.0), roi(400.0, 60.0));
        assert_eq!(rivals([poster, person].into_iter(), None), 1);
        assert_eq!(rivals([poster, person].into_iter(), Some(&person)), 1);
        assert_eq!(rivals([poster, person, guest].into_iter(), Some(&roi(110.0, 120.0))), 2);
        assert_eq!(
            rivals([poster, person].into_iter(), Some(&poster)),
            2,
            "who is larger than the one that is followed counts"
        );
        assert_eq!(rivals([poster].into_iter(), Some(&person)), 1, "the detector missed a turned head");
        assert_eq!((rivals([].into_iter(), None), rivals([person].into_iter(), None)), (0, 1));
    }

    #[test]
    fn the_corners_of_a_crop_are_the_corners_of_its_rectangle() {
        let roi = Roi { cx: 100.0, cy: 50.0, width: 40.0, height: 20.0, rotation: 0.0 };
        assert_eq!(apply(roi.crop_map(256), 0.0, 0.0), (80.0, 40.0));
        assert_eq!(apply(roi.crop_map(256), 256.0, 256.0), (120.0, 60.0));
        let turned = Roi { rotation: PI / 2.0, ..roi };
        let (x, y) = apply(turned.crop_map(256), 0.0, 0.0);
        assert!((x - 110.0).abs() < 1e-9 && (y - 30.0).abs() < 1e-9, "a quarter turn clockwise: {x} {y}");
    }

    #[test]
    fn a_pixel_of_the_upright_image_is_found_in_the_stored_one() {
        let same: Affine = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        // In an image stored as 4 by 3, (3, 0) is the top right corner.
        assert_eq!(apply(to_stored(same, 4, 3, Rotation::None), 3.0, 0.0), (3.0, 0.0));
        // Turned clockwise the image is 3 wide and 4 high, and that corner is at the bottom right.
        assert_eq!(apply(to_stored(same, 4, 3, Rotation::Clockwise90), 2.0, 3.0), (3.0, 0.0));
        assert_eq!(apply(to_stored(same, 4, 3, Rotation::Half), 0.0, 2.0), (3.0, 0.0));
        assert_eq!(apply(to_stored(same, 4, 3, Rotation::Clockwise270), 0.0, 0.0), (3.0, 0.0));
    }

    #[test]
    fn angles_stay_within_one_turn() {
        assert!((normalised(3.0 * PI) + PI).abs() < 1e-12);
        assert!((normalised(-0.5) + 0.5).abs() < 1e-12);
    }
}
