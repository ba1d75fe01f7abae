//! Head pose: the facial transformation matrix of MediaPipe's geometry pipeline, and its angles.
//!
//! The canonical face is fitted (weighted, orthogonal, with scale) to the landmarks in a virtual camera of 63 degrees
//! vertical field of view: twice to find the depth, a third time for the result.

use super::import::geometry::{Anchor, Geometry};
use coach_core::journal::Pose;

/// Vertical field of view of MediaPipe's virtual camera in degrees; its near plane is 1 cm.
const FIELD_OF_VIEW: f64 = 63.0;

type Vector = [f64; 3];
type Matrix = [[f64; 3]; 3];

/// A similarity transformation: x -> scale * rotation * x + shift.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Similarity {
    pub rotation: Matrix,
    pub scale: f64,
    pub shift: Vector,
}

/// Returns the pose of a face from its first 468 landmarks in pixels (z in the unit of x), for an image of this size.
///
/// Returns `None` when the landmarks are degenerate (all in one place or on one line).
pub fn pose(landmarks: &[f64], width: usize, height: usize, geometry: &Geometry) -> Option<Pose> {
    let (w, h) = (width as f64, height as f64);
    let plane_height = 2.0 * (0.5 * FIELD_OF_VIEW.to_radians()).tan();
    let plane_width = plane_height * w / h;
    let per_px = plane_width / w;
    let depth = landmarks.chunks_exact(3).map(|p| p[2] * per_px).sum::<f64>() / (landmarks.len() / 3) as f64;
    let on_plane = |a: &Anchor| -> Vector {
        let p = &landmarks[3 * a.index..3 * a.index + 3];
        [p[0] * per_px - plane_width / 2.0, (1.0 - p[1] / h) * plane_height - plane_height / 2.0, p[2] * per_px]
    };
    let in_space = |a: &Anchor, scale: f64| -> Vector {
        let [x, y, z] = on_plane(a);
        let z = (z - depth + 1.0) / scale;
        [x * z, y * z, -z]
    };
    let flat = fit(&geometry.anchors, |a| {
        let [x, y, z] = on_plane(a);
        [x, y, -z]
    })?;
    let near = fit(&geometry.anchors, |a| in_space(a, flat.scale))?;
    let fitted = fit(&geometry.anchors, |a| in_space(a, flat.scale * near.scale))?;
    Some(fitted.pose())
}

impl Similarity {
    fn pose(&self) -> Pose {
        let (r, s, t) = (&self.rotation, self.scale, &self.shift);
        let mut matrix = [0.0f32; 16];
        for i in 0..3 {
            for j in 0..3 {
                matrix[4 * i + j] = (s * r[i][j]) as f32;
            }
            matrix[4 * i + 3] = t[i] as f32;
        }
        matrix[15] = 1.0;
        let degrees = |radians: f64| radians.to_degrees() as f32;
        Pose {
            yaw: degrees(r[0][2].atan2(r[2][2])),
            pitch: degrees((-r[1][2]).atan2(r[0][2].hypot(r[2][2]))),
            // The angle is positive anticlockwise in a camera with y up; the journal counts clockwise.
            roll: degrees(-(r[1][0].atan2(r[1][1]))),
            matrix,
        }
    }
}

/// Returns the similarity that brings the anchors nearest to `target`, by weighted least squares.
///
/// The method is Umeyama 1991 with MediaPipe's weights. The rotation is the orthogonal polar factor of the correlation,
/// found by Newton's iteration (Higham 1986). `None`: the correlation has no inverse, or the result would mirror the
/// face.
pub fn fit(anchors: &[Anchor], target: impl Fn(&Anchor) -> Vector) -> Option<Similarity> {
    let place = |a: &Anchor| a.at.map(f64::from);
    let total: f64 = anchors.iter().map(|a| f64::from(a.weight)).sum();
    let mut centre = [0.0; 3];
    for a in anchors {
        for (c, p) in centre.iter_mut().zip(place(a)) {
            *c += f64::from(a.weight) * p / total;
        }
    }
    let centred = |a: &Anchor| {
        let p = place(a);
        [p[0] - centre[0], p[1] - centre[1], p[2] - centre[2]]
    };
    let mut correlation: Matrix = [[0.0; 3]; 3];
    for a in anchors {
        let (t, p) = (target(a), centred(a));
        for (row, t) in correlation.iter_mut().zip(t) {
            for (c, p) in row.iter_mut().zip(p) {
                *c += f64::from(a.weight) * t * p;
            }
        }
    }
    let rotation = polar(correlation)?;
    let (mut upper, mut lower) = (0.0, 0.0);
    for a in anchors {
        let (t, p, w) = (target(a), centred(a), f64::from(a.weight));
        upper += w * dot(&times(&rotation, &p), &t);
        lower += w * dot(&p, &place(a));
    }
    let scale = upper / lower;
    let mut shift = [0.0; 3];
    for a in anchors {
        let (t, turned) = (target(a), times(&rotation, &place(a)));
        for k in 0..3 {
            shift[k] += f64::from(a.weight) * (t[k] - scale * turned[k]) / total;
        }
    }
    let sound = scale.is_finite() && scale > 0.0 && shift.iter().all(|v| v.is_finite());
    sound.then_some(Similarity { rotation, scale, shift })
}

fn dot(a: &Vector, b: &Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn times(m: &Matrix, v: &Vector) -> Vector {
    [dot(&m[0], v), dot(&m[1], v), dot(&m[2], v)]
}

/// Returns the rotation nearest to `m`.
fn polar(mut m: Matrix) -> Option<Matrix> {
    let norm = m.iter().flatten().map(|x| x * x).sum::<f64>().sqrt();
    if !norm.is_normal() {
        return None;
    }
    m.iter_mut().flatten().for_each(|x| *x /= norm);
    for _ in 0..60 {
        let (inverse, determinant) = inverse_transposed(&m);
        if determinant.is_nan() || determinant <= 1e-30 {
            return None;
        }
        let mut change = 0.0;
        for (row, other) in m.iter_mut().zip(inverse) {
            for (x, y) in row.iter_mut().zip(other) {
                let next = f64::midpoint(*x, y);
                change += (next - *x).abs();
                *x = next;
            }
        }
        if change < 1e-12 {
            return Some(m);
        }
    }
    None
}

fn inverse_transposed(m: &Matrix) -> (Matrix, f64) {
    let mut cofactors: Matrix = [[0.0; 3]; 3];
    for (i, row) in cofactors.iter_mut().enumerate() {
        for (j, c) in row.iter_mut().enumerate() {
            let (i1, i2, j1, j2) = ((i + 1) % 3, (i + 2) % 3, (j + 1) % 3, (j + 2) % 3);
            *c = m[i1][j1] * m[i2][j2] - m[i1][j2] * m[i2][j1];
        }
    }
    let determinant = dot(&m[0], &cofactors[0]);
    (cofactors.map(|row| row.map(|c| c / determinant)), determinant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rotation(yaw: f64, pitch: f64, roll: f64) -> Matrix {
        let product =
            |a: Matrix, b: Matrix| a.map(|row| [0, 1, 2].map(|j| (0..3).map(|k| row[k] * b[k][j]).sum::<f64>()));
        let ((sy, cy), (sp, cp), (sr, cr)) = (yaw.sin_cos(), pitch.sin_cos(), roll.sin_cos());
        let about_y = [[cy, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy]];
        let about_x = [[1.0, 0.0, 0.0], [0.0, cp, -sp], [0.0, sp, cp]];
        let about_z = [[cr, -sr, 0.0], [sr, cr, 0.0], [0.0, 0.0, 1.0]];
        product(about_y, product(about_x, about_z))
    }

    fn moved(s: &Similarity, a: &Anchor) -> Vector {
        let turned = times(&s.rotation, &a.at.map(f64::from));
        [0, 1, 2].map(|k| s.scale * turned[k] + s.shift[k])
    }

    fn similarity() -> impl Strategy<Value = Similarity> {
        let angles = (-1.5..1.5f64, -1.2..1.2f64, -3.1..3.1f64);
        (angles, 0.01..50.0f64, prop::array::uniform3(-100.0..100.0f64))
            .prop_map(|((y, p, r), scale, shift)| Similarity { rotation: rotation(y, p, r), scale, shift })
    }

    proptest! {
        #[test]
        fn a_face_that_was_turned_scaled_and_moved_is_fitted_exactly(truth in similarity()) {
            let anchors = Geometry::canonical().anchors;
            let found = fit(&anchors, |a| moved(&truth, a)).expect("a fit");
            for (a, b) in found.rotation.iter().flatten().zip(truth.rotation.iter().flatten()) {
                prop_assert!((a - b).abs() < 1e-9);
            }
            prop_assert!((found.scale / truth.scale - 1.0).abs() < 1e-9);
            for (a, b) in found.shift.iter().zip(truth.shift) {
                prop_assert!((a - b).abs() < 1e-7 * (1.0 + truth.scale));
            }
        }

        #[test]
        fn what_is_found_is_a_rotation_whatever_the_noise(truth in similarity(), noise in prop::collection::vec(-1.0..1.0f64, 99)) {
            let anchors = Geometry::canonical().anchors;
            let at = |a: &Anchor| anchors.iter().position(|b| b == a).expect("one of them");
            let target = |a: &Anchor| {
                let (clean, k) = (moved(&truth, a), 3 * at(a));
                [clean[0] + truth.scale * noise[k], clean[1] + truth.scale * noise[k + 1], clean[2] + truth.scale * noise[k + 2]]
            };
            let found = fit(&anchors, target).expect("noise of a centimetre does not hide a face");
            let r = found.rotation;
            for i in 0..3 {
                for j in 0..3 {
                    let product: f64 = (0..3).map(|k| r[i][k] * r[j][k]).sum();
                    prop_assert!((product - f64::from(u8::from(i == j))).abs() < 1e-9);
                }
            }
            // The scale is optimal: no other one brings the points nearer.
            let error = |s: &Similarity| -> f64 {
                anchors.iter().map(|a| {
                    let (m, t) = (moved(s, a), target(a));
                    f64::from(a.weight) * (0..3).map(|k| (m[k] - t[k]).powi(2)).sum::<f64>()
                }).sum()
            };
            for scale in [0.999, 1.001] {
                let other = Similarity { scale: found.scale * scale, ..found };
                prop_assert!(error(&found) <= error(&other) + 1e-9);
            }
        }

        #[test]
        fn no_landmarks_make_the_pose_panic(values in prop::collection::vec(-1e9..1e9f64, 3 * 468)) {
            let _ = pose(&values, 640, 480, &Geometry::canonical());
        }
    }

    #[test]
    fn points_in_one_place_have_no_pose() {
        assert!(pose(&[100.0; 3 * 468], 640, 480, &Geometry::canonical()).is_none());
        assert!(pose(&[f64::NAN; 3 * 468], 640, 480, &Geometry::canonical()).is_none());
    }

    #[test]
    fn angles_have_the_signs_of_the_journal() {
        let degrees = |y: f64, p: f64, r: f64| {
            let pose = Similarity {
                rotation: rotation(y.to_radians(), p.to_radians(), r.to_radians()),
                scale: 1.0,
                shift: [0.0; 3],
            }
            .pose();
            [pose.yaw, pose.pitch, pose.roll].map(f32::round)
        };
        // About the axis that points up, the face's forward direction turns to the viewer's right, the subject's left.
        assert_eq!(degrees(20.0, 0.0, 0.0), [20.0, 0.0, 0.0]);
        // About the axis that points to the viewer's right, the forward direction turns down.
        assert_eq!(degrees(0.0, 10.0, 0.0), [0.0, 10.0, 0.0]);
        // About the axis that points to the camera, anticlockwise turns are negative.
        assert_eq!(degrees(0.0, 0.0, 5.0), [0.0, 0.0, -5.0]);
    }
}
