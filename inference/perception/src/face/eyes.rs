//! The position of the irises and the opening of the eyes.

use super::points::{LEFT_EYE, LEFT_IRIS, Points, RIGHT_EYE, RIGHT_IRIS};
use coach_core::journal::Iris;

/// Returns the offset of each iris from the middle of its eye's corners, in half corner distances, along the corner
/// line (positive to the viewer's right) and across it (positive down). `None` for a mesh without irises.
pub fn iris(points: Points<'_>) -> Option<Iris> {
    if points.len() <= LEFT_IRIS {
        return None;
    }
    // From the corner on the viewer's left to the one on the right: the right eye's outer corner, the left eye's inner
    // corner.
    let right = offset(points, RIGHT_IRIS, RIGHT_EYE[0], RIGHT_EYE[3])?;
    let left = offset(points, LEFT_IRIS, LEFT_EYE[3], LEFT_EYE[0])?;
    Some(Iris { left, right })
}

fn offset(points: Points<'_>, iris: usize, from: usize, to: usize) -> Option<[f32; 2]> {
    let (a, b, c, i) = (points.xy(from), points.xy(to), points.middle(from, to), points.xy(iris));
    let half = points.distance(from, to) / 2.0;
    let axis = [(b[0] - a[0]) / (2.0 * half), (b[1] - a[1]) / (2.0 * half)];
    let d = [i[0] - c[0], i[1] - c[1]];
    let along = (d[0] * axis[0] + d[1] * axis[1]) / half;
    let across = (d[1] * axis[0] - d[0] * axis[1]) / half;
    (half > 0.0).then_some([along as f32, across as f32])
}

/// Returns the eye aspect ratio (Soukupová, Čech 2016, eq. 1), subject's left and right: two lid distances over twice
/// the corner distance.
pub fn eye_opening(points: Points<'_>) -> Option<[f32; 2]> {
    let ratio = |[p1, p2, p3, p4, p5, p6]: [usize; 6]| {
        let corners = points.distance(p1, p4);
        let lids = points.distance(p2, p6) + points.distance(p3, p5);
        (corners > 0.0).then_some((lids / (2.0 * corners)) as f32)
    };
    Some([ratio(LEFT_EYE)?, ratio(RIGHT_EYE)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face() -> Vec<f64> {
        let mut p = vec![0.0; 478 * 3];
        let mut put = |i: usize, x: f64, y: f64| p[3 * i..3 * i + 2].copy_from_slice(&[x, y]);
        for (corner, eye) in [(100.0, RIGHT_EYE), (200.0, LEFT_EYE)] {
            let outward = if eye == RIGHT_EYE { -1.0 } else { 1.0 };
            for (k, (dx, dy)) in
                [(20.0, 0.0), (7.0, -6.0), (-7.0, -6.0), (-20.0, 0.0), (-7.0, 6.0), (7.0, 6.0)].iter().enumerate()
            {
                put(eye[k], corner + outward * dx, 50.0 + dy);
            }
        }
        put(RIGHT_IRIS, 104.0, 49.0);
        put(LEFT_IRIS, 204.0, 49.0);
        p
    }

    #[test]
    fn eyes_that_look_to_the_subjects_left_and_up_have_a_positive_x_and_a_negative_y() {
        let iris = iris(Points(&face())).expect("478 points");
        assert_eq!(iris.right, [0.2, -0.05]);
        assert_eq!(iris.left, [0.2, -0.05]);
    }

    #[test]
    fn a_mesh_without_irises_says_nothing_about_them() {
        assert!(iris(Points(&face()[..468 * 3])).is_none());
    }

    #[test]
    fn an_eye_twelve_high_and_forty_wide_is_open_by_three_tenths() {
        assert_eq!(eye_opening(Points(&face())), Some([0.3, 0.3]));
    }
}
