//! The device check: what a few quiet seconds of looking at the camera say about the person, the room and the video.

use coach_core::face::ActionUnits;
use coach_core::journal::{Calibration, Face, Line, QualityReason};

/// What the check found, and what stands in the way of a good session.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    pub calibration: Calibration,
    /// In order of importance.
    pub findings: Vec<Finding>,
}

impl Measured {
    /// Nothing stands in the way of a session that can be judged. A low voice is no obstacle: the check is a quiet one.
    pub fn ok(&self) -> bool {
        self.findings.iter().all(|f| *f == Finding::Quiet)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Fewer than half of the frames show a face.
    NoFace,
    /// Most frames show the face badly, for this reason.
    Video(QualityReason),
    /// The room is loud: over [`LOUD_NOISE_DB`].
    LoudNoise,
    /// No sound at all: is the microphone muted?
    Quiet,
}

/// dB re 2e-5. Speech at a laptop's microphone is at 60 to 75 dB; a floor over 55 dB leaves it less than 15 dB.
pub const LOUD_NOISE_DB: f32 = 55.0;
/// dB re 2e-5: under it a microphone gives digital silence, not a quiet room.
pub const SILENT_DB: f32 = 5.0;
/// Hops this likely to be speech count as speech.
const SPEECH: f32 = 0.5;

/// Measures the lines of a device check. Medians, so that a blink or a glance does not count.
pub fn measure(lines: &[Line]) -> Measured {
    let faces: Vec<&Face> =
        lines.iter().filter_map(|l| if let Line::Face(f) = l { Some(&**f) } else { None }).collect();
    let seen: Vec<&Face> = faces.iter().copied().filter(|f| f.present).collect();
    let over = |value: &dyn Fn(&Face) -> Option<f32>| median(seen.iter().filter_map(|f| value(f)).collect());
    let pair = |value: &dyn Fn(&Face) -> Option<[f32; 2]>| {
        Some([over(&|f| value(f).map(|v| v[0]))?, over(&|f| value(f).map(|v| v[1]))?])
    };
    let (mut quiet, mut spoken, mut pitch) = (Vec::new(), Vec::new(), Vec::new());
    for line in lines {
        if let Line::Voice(voice) = line {
            for (i, (db, speech)) in voice.intensity.iter().zip(voice.speech).enumerate() {
                if speech >= SPEECH { &mut spoken } else { &mut quiet }.push(*db);
                pitch.extend(voice.f0[i].filter(|_| speech >= SPEECH));
            }
        }
    }
    let calibration = Calibration {
        yaw: over(&|f| f.pose.map(|p| p.yaw)),
        pitch: over(&|f| f.pose.map(|p| p.pitch)),
        roll: over(&|f| f.pose.map(|p| p.roll)),
        iris: pair(&|f| f.iris.map(|i| [(i.left[0] + i.right[0]) / 2.0, (i.left[1] + i.right[1]) / 2.0])),
        eye_opening: pair(&|f| f.eye_opening),
        action_units: neutral(&seen),
        smile: over(&|f| f.smile),
        noise_floor_db: median(quiet.clone()),
        // A tenth of a second is a word; less is a click.
        level_db: if spoken.len() >= 10 { Some(spoken.iter().sum::<f32>() / spoken.len() as f32) } else { None },
        pitch_hz: if spoken.len() >= 10 { median(pitch) } else { None },
    };
    let mut findings = Vec::new();
    if faces.is_empty() || seen.len() * 2 < faces.len() {
        findings.push(Finding::NoFace);
    }
    let reasons = faces.iter().filter_map(|f| f.quality.reason);
    for reason in
        [QualityReason::Dark, QualityReason::Bright, QualityReason::Cut, QualityReason::Small, QualityReason::Turned]
    {
        if reasons.clone().filter(|r| *r == reason).count() * 2 > faces.len() {
            findings.push(Finding::Video(reason));
        }
    }
    match calibration.noise_floor_db {
        Some(db) if db > LOUD_NOISE_DB => findings.push(Finding::LoudNoise),
        Some(db) if db < SILENT_DB && spoken.is_empty() => findings.push(Finding::Quiet),
        None if spoken.is_empty() => findings.push(Finding::Quiet),
        _ => {}
    }
    Measured { calibration, findings }
}

fn median(mut values: Vec<f32>) -> Option<f32> {
    values.retain(|v| v.is_finite());
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied()
}

/// The neutral face: the median of each action unit.
fn neutral(seen: &[&Face]) -> Option<ActionUnits> {
    let units: Vec<ActionUnits> = seen.iter().filter_map(|f| f.action_units).collect();
    if units.is_empty() {
        return None;
    }
    let of = |value: fn(&ActionUnits) -> Option<f32>| median(units.iter().filter_map(value).collect());
    Some(ActionUnits {
        au01: of(|a| a.au01),
        au02: of(|a| a.au02),
        au04: of(|a| a.au04),
        au05: of(|a| a.au05),
        au06: of(|a| a.au06),
        au07: of(|a| a.au07),
        au09: of(|a| a.au09),
        au10: of(|a| a.au10),
        au12: of(|a| a.au12),
        au14: of(|a| a.au14),
        au15: of(|a| a.au15),
        au17: of(|a| a.au17),
        au18: of(|a| a.au18),
        au20: of(|a| a.au20),
        au22: of(|a| a.au22),
        au24: of(|a| a.au24),
        au25: of(|a| a.au25),
        au26: of(|a| a.au26),
        au28: of(|a| a.au28),
        au43: of(|a| a.au43),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_core::MediaTime;
    use coach_core::journal::{Pose, Quality, Voice};

    fn face(t: i64, yaw: f32, reason: Option<QualityReason>) -> Line {
        let mut face = Face::absent(MediaTime(t), Quality { light: 0.4, size: 0.4, reason });
        face.present = true;
        face.pose = Some(Pose { yaw, pitch: 4.0, roll: 0.0, matrix: [0.0; 16] });
        Line::Face(Box::new(face))
    }

    fn voice(t: i64, db: f32, speech: f32) -> Line {
        let (intensity, speech) = ([db; 10], [speech; 10]);
        Line::Voice(Voice {
            t: MediaTime(t),
            hop: 10,
            f0: [None; 10],
            strength: [0.0; 10],
            intensity,
            speech,
            snr_db: None,
        })
    }

    #[test]
    fn a_glance_aside_does_not_move_the_neutral_look() {
        let mut lines: Vec<Line> = (0..40).map(|i| face(i * 67, -3.0, None)).collect();
        lines.push(face(3000, 40.0, None));
        lines.push(voice(0, 38.0, 0.0));
        let measured = measure(&lines);
        assert_eq!(measured.calibration.yaw, Some(-3.0));
        assert_eq!(measured.calibration.noise_floor_db, Some(38.0));
        assert_eq!(measured.calibration.level_db, None, "nothing was said");
        assert!(measured.ok());
    }

    #[test]
    fn a_dark_empty_loud_room_is_told_in_order_of_importance() {
        let dark = Quality { light: 0.02, size: 0.0, reason: Some(QualityReason::Dark) };
        let mut lines: Vec<Line> =
            (0..40).map(|i| Line::Face(Box::new(Face::absent(MediaTime(i * 67), dark)))).collect();
        lines.push(voice(0, 60.0, 0.1));
        let measured = measure(&lines);
        assert_eq!(measured.findings, [Finding::NoFace, Finding::Video(QualityReason::Dark), Finding::LoudNoise]);
        assert!(!measured.ok());
    }

    #[test]
    fn nothing_at_all_measures_nothing() {
        let measured = measure(&[]);
        assert_eq!(measured.calibration, Calibration::default());
        assert_eq!(measured.findings, [Finding::NoFace, Finding::Quiet]);
    }
}
