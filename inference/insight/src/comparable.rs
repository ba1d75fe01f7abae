//! What two reports must share to be compared: versions of formulas, models, and how the recording was captured.

use crate::metrics;
use crate::report::formulas;
use coach_core::journal::{Capture, Face, FaceModel, Header};
use std::collections::BTreeMap;

/// Names under which conditions stand among the versions of a report.
const METRICS: &str = "metrics";
const FACE_MODEL: &str = "face_model";
const RECOGNIZER: &str = "recognizer";
const CAMERA: &str = "camera";
const MICROPHONE: &str = "microphone";

/// A face that is lower than this, pixels, or seen less often, frames a second, is read more coarsely: another camera.
const COARSE_PX: f64 = 90.0;
const COARSE_HZ: f64 = 12.0;

/// How large and how often the face was seen.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sight {
    frames: u32,
    faces: u32,
    /// Sum of heights over that of the frame.
    size: f64,
}

impl Sight {
    pub fn see(&mut self, face: &Face) {
        self.frames = self.frames.saturating_add(1);
        if face.present {
            self.faces = self.faces.saturating_add(1);
            self.size += f64::from(face.quality.size.clamp(0.0, 1.0));
        }
    }

    /// 0: no face was seen; 1: coarsely; 2: well. `analyzed_s`: seconds of video that were analyzed.
    fn grade(self, capture: Capture, analyzed_s: f64) -> u32 {
        if self.faces == 0 {
            return 0;
        }
        let px = self.size / f64::from(self.faces) * f64::from(capture.height);
        let is_small = capture.height > 0 && px < COARSE_PX;
        let is_seldom = analyzed_s > 1.0 && f64::from(self.frames) < COARSE_HZ * analyzed_s;
        if is_small || is_seldom { 1 } else { 2 }
    }
}

/// The conditions of a report: the version of each formula by name, that of the metrics, the face model (0 none, 1 lite, 2 full), whether
/// who wrote the words down (0 nobody, 1 the recognizer of the session, 2 another one later: `rewritten`), how the camera saw the face (0 not, 1 coarsely, 2 well), and what changed the voice on its way (0 nothing,
/// 1 automatic gain, 2 noise suppression, 3 both).
pub(crate) fn of(header: &Header, sight: Sight, analyzed_s: f64, rewritten: bool) -> BTreeMap<String, u32> {
    let face = match header.models.face {
        FaceModel::None => 0,
        FaceModel::Lite => 1,
        FaceModel::Full => 2,
    };
    let capture = header.capture;
    let microphone = u32::from(capture.agc) + 2 * u32::from(capture.noise_suppression);
    let words = if rewritten { 2 } else { u32::from(header.models.words.is_some()) };
    let mut all = formulas();
    all.extend(
        [
            (METRICS, metrics::VERSION),
            (FACE_MODEL, face),
            (RECOGNIZER, words),
            (CAMERA, sight.grade(capture, analyzed_s)),
            (MICROPHONE, microphone),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    all
}

/// The conditions that a score or a metric depends on: where one of them differs, its values are not compared.
pub(crate) fn names(id: &str) -> Vec<&str> {
    let Some(metric) = metrics::find(id) else {
        return match id {
            // Pace and pauses are the same through any microphone.
            "clarity" => vec![id, RECOGNIZER],
            _ => vec![id, FACE_MODEL, CAMERA, MICROPHONE],
        };
    };
    let mut names = vec![METRICS];
    if metric.of_face {
        names.extend([FACE_MODEL, CAMERA]);
    } else {
        names.push(if metric.of_words { RECOGNIZER } else { MICROPHONE });
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grade(size: f32, height: u32, hz: u32) -> u32 {
        let quality = coach_core::journal::Quality { light: 0.5, size, reason: None };
        let mut face = Face::absent(coach_core::MediaTime(0), quality);
        face.present = true;
        let mut sight = Sight::default();
        (0..hz * 10).for_each(|_| sight.see(&face));
        sight.grade(Capture { height, ..Capture::default() }, 10.0)
    }

    #[test]
    fn a_small_face_and_a_slow_camera_are_another_camera() {
        assert_eq!([grade(0.4, 480, 15), grade(0.4, 180, 15), grade(0.4, 480, 8), grade(0.4, 0, 15)], [2, 1, 1, 2]);
        assert_eq!(Sight::default().grade(Capture::default(), 0.0), 0);
    }

    #[test]
    fn a_value_depends_on_what_it_is_read_from() {
        assert!(names("volume_level").contains(&MICROPHONE) && !names("volume_level").contains(&CAMERA));
        assert!(names("smile").contains(&CAMERA) && !names("smile").contains(&MICROPHONE));
        assert_eq!(names("pace"), [METRICS, RECOGNIZER]);
        assert!(names("confidence").contains(&MICROPHONE) && names("confidence").contains(&FACE_MODEL));
    }
}
