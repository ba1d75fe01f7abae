//! What is usual for this person: from the device check, else learnt from the first 15 s of speech and 10 s of face.
//!
//! While it is being learnt, nothing is said that needs it. What was learnt is not moved by what comes later, except the means that
//! stress is read against, which follow slowly while the person is calm (`stress.rs`).

use crate::stats::{median, semitones};
use crate::watch::units::Units;
use coach_core::journal::{Calibration, Face, Pose, Voice, VoicedRun};

/// Seconds of speech and of good face that a baseline needs.
pub const SPEECH_S: f32 = 15.0;
pub const FACE_S: f32 = 10.0;

/// How the person looks at the camera when nothing is asked of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    pub yaw: f32,
    pub pitch: f32,
    pub roll: f32,
    /// Mean of both eyes.
    pub iris: Option<[f32; 2]>,
}

/// The person's face at rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rest {
    /// Mean eye opening.
    pub eye_opening: Option<f32>,
    pub units: Units,
}

/// The person's usual voice.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Usual {
    /// Semitones re 100 Hz.
    pub pitch_st: Option<f32>,
    /// dB while speaking.
    pub level_db: Option<f32>,
    pub jitter: Option<f32>,
    pub shimmer: Option<f32>,
    pub hnr_db: Option<f32>,
}

/// Mean level of speech, dB re 2e-5, under which a voice is hard to hear where nothing else is known: an active level of -35 dBFS by
/// ITU-T P.56, 9 dB under the nominal -26 dBov. Normal readings give 60 to 70.
pub const FAINT_DB: f32 = 54.0;
/// What a level is read against where neither the device check nor the first seconds say what is usual.
pub const NOMINAL_DB: f32 = 60.0;

/// Where the level came from that speech is read against, dB re 2e-5.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LevelFrom {
    /// The sentence of the device check.
    Check(f32),
    /// An earlier session of the person.
    Usual(f32),
    /// The first seconds of the session.
    Start(f32),
    Nothing,
}

#[derive(Debug)]
pub struct Baseline {
    pub look: Option<Look>,
    pub rest: Option<Rest>,
    pub usual: Option<Usual>,
    /// dB; known from the device check only.
    pub floor_db: Option<f32>,
    checked_level: Option<f32>,
    checked_pitch_hz: Option<f32>,
    /// Mean eye opening in the device check.
    checked_opening: Option<f32>,
    face: Learning,
    voice: Hearing,
}

#[derive(Debug, Default)]
struct Learning {
    ms: f32,
    lowered_ms: f32,
    /// Yaw and pitch that would face the camera from where the head is.
    camera: [Vec<f32>; 2],
    yaw: Vec<f32>,
    pitch: Vec<f32>,
    roll: Vec<f32>,
    iris: [Vec<f32>; 2],
    eye: Vec<f32>,
    units: Vec<Units>,
}

#[derive(Debug, Default)]
struct Hearing {
    hops: u32,
    pitch: Vec<f32>,
    level: f64,
    jitter: Vec<f32>,
    shimmer: Vec<f32>,
    hnr: Vec<f32>,
}

/// Lids lower than this look down at something, and the iris is guessed; nothing is learnt from them, unless they never rise.
const LOWERED: f32 = 0.12;
const LOWERED_MS: f32 = 30_000.0;
/// A candidate who looks away from the start must not teach that away is the camera: what is learnt without a device check stays
/// this close to where the camera is (degrees of the head, offset of the iris).
const LEARNT_YAW: f32 = 8.0;
const LEARNT_PITCH: f32 = 12.0;
const LEARNT_IRIS: [f32; 2] = [0.12, 0.2];
/// Where the irises sit when a face looks straight ahead: a little over the line of the corners (measured on MediaPipe's landmarks).
pub const STRAIGHT_IRIS: [f32; 2] = [0.0, -0.13];

impl Baseline {
    pub fn new(calibration: Option<&Calibration>) -> Baseline {
        let finite = |x: Option<f32>| x.filter(|v| v.is_finite());
        let c = calibration.copied().unwrap_or_default();
        let look = match (finite(c.yaw), finite(c.pitch)) {
            (Some(yaw), Some(pitch)) => Some(Look {
                yaw: yaw.clamp(-90.0, 90.0),
                pitch: pitch.clamp(-90.0, 90.0),
                roll: finite(c.roll).unwrap_or(0.0).clamp(-90.0, 90.0),
                iris: c.iris.filter(|i| i.iter().all(|v| v.is_finite())),
            }),
            _ => None,
        };
        let rest = c.action_units.as_ref().map(|units| Rest {
            eye_opening: c.eye_opening.map(|[l, r]| (l + r) / 2.0).filter(|v| v.is_finite()),
            units: Units::new(units, c.smile),
        });
        Baseline {
            look,
            rest,
            usual: None,
            floor_db: finite(c.noise_floor_db),
            checked_level: finite(c.level_db).map(|v| v.clamp(-300.0, 200.0)),
            checked_pitch_hz: finite(c.pitch_hz),
            checked_opening: c.eye_opening.map(|[l, r]| (l + r) / 2.0).filter(|v| v.is_finite()),
            face: Learning::default(),
            voice: Hearing::default(),
        }
    }

    /// The level of the device check, else the learnt one; never one that is too faint to be heard well.
    pub fn level_db(&self) -> Option<f32> {
        match self.level_from() {
            LevelFrom::Check(db) | LevelFrom::Usual(db) | LevelFrom::Start(db) => Some(db),
            LevelFrom::Nothing => None,
        }
    }

    /// What a level is read against.
    pub fn level_from(&self) -> LevelFrom {
        match (self.checked_level, self.usual.and_then(|u| u.level_db)) {
            (Some(db), _) if self.checked_pitch_hz.is_some() => LevelFrom::Check(db),
            (Some(db), _) => LevelFrom::Usual(db),
            (None, Some(db)) if db >= FAINT_DB => LevelFrom::Start(db),
            _ => LevelFrom::Nothing,
        }
    }

    /// The lids are so low that the eyes look at nothing before them.
    pub fn is_lowered(&self, face: &Face) -> bool {
        let under = self.checked_opening.map_or(LOWERED, |open| LOWERED.min(0.6 * open));
        face.eye_opening.is_some_and(|[l, r]| (l + r) / 2.0 < under)
    }

    /// What is known by now, in the form of a device check: a later session without one may start from it.
    pub fn calibration(&self) -> Calibration {
        let rest = self.rest.map(|rest| rest.units.named());
        Calibration {
            yaw: self.look.map(|l| l.yaw),
            pitch: self.look.map(|l| l.pitch),
            roll: self.look.map(|l| l.roll),
            iris: self.look.and_then(|l| l.iris),
            eye_opening: self.rest.and_then(|r| r.eye_opening).map(|e| [e; 2]),
            action_units: rest.map(|(units, _)| units),
            smile: rest.and_then(|(_, smile)| smile),
            noise_floor_db: self.floor_db,
            level_db: self.level_db(),
            pitch_hz: self.checked_pitch_hz,
        }
    }

    /// A good face of `ms` weight.
    pub fn see(&mut self, face: &Face, units: Option<&Units>, ms: i64) {
        if (self.look.is_some() && self.rest.is_some()) || self.face.yaw.len() > 4096 {
            return;
        }
        let Some(pose) = face.pose else { return };
        let learnt = &mut self.face;
        if face.eye_opening.is_some_and(|[l, r]| (l + r) / 2.0 < LOWERED) && learnt.lowered_ms < LOWERED_MS {
            learnt.lowered_ms += ms as f32;
            return;
        }
        learnt.ms += ms as f32;
        for (seen, angle) in learnt.camera.iter_mut().zip(to_camera(&pose)) {
            seen.push(angle);
        }
        learnt.yaw.push(pose.yaw);
        learnt.pitch.push(pose.pitch);
        learnt.roll.push(pose.roll);
        if let Some(iris) = face.iris {
            for k in 0..2 {
                learnt.iris[k].push((iris.left[k] + iris.right[k]) / 2.0);
            }
        }
        if let Some([l, r]) = face.eye_opening {
            learnt.eye.push((l + r) / 2.0);
        }
        learnt.units.extend(units);
        if learnt.ms < FACE_S * 1000.0 {
            return;
        }
        let near =
            |v: &mut Vec<f32>, centre: f32, limit: f32| median(v).map(|m| m.clamp(centre - limit, centre + limit));
        let [camera_yaw, camera_pitch] = &mut learnt.camera;
        let camera = [median(camera_yaw).unwrap_or(0.0), median(camera_pitch).unwrap_or(0.0)];
        if self.look.is_none()
            && let (Some(yaw), Some(pitch), Some(roll)) = (
                near(&mut learnt.yaw, camera[0], LEARNT_YAW),
                near(&mut learnt.pitch, camera[1], LEARNT_PITCH),
                near(&mut learnt.roll, 0.0, 20.0),
            )
        {
            let [x, y] = &mut learnt.iris;
            let x = near(x, STRAIGHT_IRIS[0], LEARNT_IRIS[0]);
            let iris = x.zip(near(y, STRAIGHT_IRIS[1], LEARNT_IRIS[1])).map(|(x, y)| [x, y]);
            self.look = Some(Look { yaw, pitch, roll, iris });
        }
        if self.rest.is_none() {
            self.rest = Some(Rest {
                eye_opening: median(&mut learnt.eye),
                units: Units::resting(&learnt.units).without_lasting_smile(),
            });
        }
        self.face = Learning::default();
    }

    /// 100 ms of voice.
    pub fn hear(&mut self, voice: &Voice) {
        if self.usual.is_some() {
            return;
        }
        for i in 0..10 {
            if voice.speech[i] >= 0.5 {
                self.voice.hops += 1;
                self.voice.level += f64::from(voice.intensity[i].clamp(-300.0, 200.0));
                self.voice.pitch.extend(voice.f0[i].filter(|f| (40.0..=1000.0).contains(f)).map(semitones));
            }
        }
        if self.voice.hops as f32 * 0.01 >= SPEECH_S {
            let learnt = &mut self.voice;
            self.usual = Some(Usual {
                pitch_st: median(&mut learnt.pitch),
                level_db: Some((learnt.level / f64::from(learnt.hops)) as f32),
                jitter: median(&mut learnt.jitter),
                shimmer: median(&mut learnt.shimmer),
                hnr_db: median(&mut learnt.hnr),
            });
            self.voice = Hearing::default();
        }
    }

    /// A voiced run.
    pub fn run(&mut self, run: &VoicedRun) {
        if self.usual.is_none() && self.voice.jitter.len() < 4096 && run.end - run.start >= 150 {
            self.voice.jitter.extend(run.jitter_local);
            self.voice.shimmer.extend(run.shimmer_local);
            self.voice.hnr.extend(run.hnr_db);
        }
    }
}

/// Yaw and pitch, in degrees, that would face the camera from where the head is. A face at the side of the frame has to turn
/// to look into the lens. Zero where the matrix tells no place.
pub(crate) fn to_camera(pose: &Pose) -> [f32; 2] {
    let [x, y, z] = [pose.matrix[3], pose.matrix[7], pose.matrix[11]];
    if z > -5.0 {
        return [0.0; 2];
    }
    [(-x).atan2(-z), y.atan2(-z)].map(|a| a.to_degrees().clamp(-35.0, 35.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_at_the_viewers_right_has_to_turn_to_its_own_right_to_look_into_the_lens() {
        let mut matrix = [0.0; 16];
        (matrix[3], matrix[7], matrix[11]) = (10.0, 5.0, -40.0);
        let [yaw, pitch] = to_camera(&Pose { yaw: 0.0, pitch: 0.0, roll: 0.0, matrix });
        assert!((yaw + 14.0).abs() < 0.1, "to its own right is negative: {yaw}");
        assert!((pitch - 7.1).abs() < 0.1, "a head over the axis looks down: {pitch}");
    }
}
