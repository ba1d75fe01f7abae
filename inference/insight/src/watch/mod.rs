//! The face half: observations of single frames become looks, blinks, gestures, expressiveness, affect and the sums of the cells.

pub mod blink;
pub mod expressive;
pub mod gaze;
pub mod nods;
pub mod smiles;
pub mod units;

use crate::affect::{Affect, affect};
use crate::baseline::Baseline;
use crate::timeline::{self, Gesture, Timeline};
use coach_core::MediaTime;
use coach_core::journal::{Face, QualityReason};
use units::{AU04, AU12, AU24, SMILE, Units};

/// A frame stands for the time since the frame before, but never for more than this.
const LONGEST_MS: i64 = 250;

/// Follows the one face.
#[derive(Debug)]
pub struct Watch {
    /// The operator allows valence and arousal.
    affect: bool,
    frame_ms: i64,
    last: Option<MediaTime>,
    pose: Option<(MediaTime, [f32; 3])>,
    /// Degrees per second over one second, and usually.
    speed: Option<f32>,
    usual_speed: Option<f32>,
    speed_seen_ms: i64,
    gaze: gaze::Gaze,
    blink: blink::Blink,
    nods: nods::Nods,
    expressive: expressive::Expressive,
    smiles: smiles::Smiles,
    lowered_since: Option<MediaTime>,
    smooth: Option<Affect>,
    /// The last frame, for the light and the pill.
    pub now: Now,
}

/// What the last frame showed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Now {
    pub present: bool,
    pub faces: u32,
    pub quality: Option<QualityReason>,
    pub valence: Option<f32>,
    pub arousal: Option<f32>,
    pub seen_before: bool,
    /// The corners of the mouth above rest, 0 to 1; zero while unknown.
    pub smile: f32,
    /// The video tells nothing of the face: none, too dark, turned away.
    pub blind: bool,
}

impl Watch {
    pub fn new(affect: bool, rate_hz: u32) -> Watch {
        Watch {
            affect,
            frame_ms: 1000 / i64::from(rate_hz.clamp(4, 60)),
            last: None,
            pose: None,
            speed: None,
            usual_speed: None,
            speed_seen_ms: 0,
            gaze: gaze::Gaze::default(),
            blink: blink::Blink::default(),
            nods: nods::Nods::default(),
            expressive: expressive::Expressive::default(),
            smiles: smiles::Smiles::default(),
            lowered_since: None,
            smooth: None,
            now: Now::default(),
        }
    }

    /// One analyzed frame.
    pub fn see(&mut self, face: &Face, speaking: bool, baseline: &mut Baseline, timeline: &mut Timeline) {
        let ms = self.last.map_or(self.frame_ms, |last| (face.t - last).clamp(0, LONGEST_MS));
        self.last = Some(face.t);
        let reason = face.quality.reason;
        let seen_before = self.now.seen_before || face.present;
        let blind = !face.present || matches!(reason, Some(QualityReason::Dark | QualityReason::Turned));
        self.now =
            Now { present: face.present, faces: face.faces, quality: reason, seen_before, blind, ..Now::default() };
        let weight = ms as u16;
        let Some(cell) = timeline.cell_mut(face.t) else { return };
        let sums = &mut cell.face;
        sums.analyzed_ms += weight;
        if reason == Some(QualityReason::Dark) {
            sums.dark_ms += weight;
        }
        if face.faces > 1 {
            sums.several_ms += weight;
        }
        if !face.present {
            if seen_before && reason != Some(QualityReason::Dark) {
                // Whoever is not in the frame does not look into the camera.
                sums.gaze_ms += weight;
                sums.gone_ms += weight;
            }
            self.lose();
            return;
        }
        sums.present_ms += weight;
        if reason == Some(QualityReason::Cut) {
            sums.cut_ms += weight;
        }
        let good = reason.is_none();
        if good {
            sums.good_ms += weight;
        }
        let lids = self.blink.see(face, baseline.rest.and_then(|r| r.eye_opening));
        if let Some([left, right]) = face.eye_opening.filter(|_| good) {
            let opening = ((left + right) / 2.0).clamp(0.0, 2.0);
            sums.eye_ms += weight;
            sums.eye += opening * f32::from(weight);
            sums.eye_sq += opening * opening * f32::from(weight);
        }
        let lowered = good && baseline.is_lowered(face);
        self.lowered_since = lowered.then(|| self.lowered_since.unwrap_or(face.t));
        let shut_ms = self.lowered_since.map(|since| face.t - since).filter(|ms| *ms > gaze::HELD_MS);
        if shut_ms.is_some() {
            sums.shut_ms += weight;
        }
        let contact = match &baseline.look {
            Some(look) if good || reason == Some(QualityReason::Turned) => {
                self.gaze.see(face, look, lids.closed || lowered)
            }
            // Shut eyes look at nothing, wherever the camera is.
            _ => shut_ms.map(|_| false),
        };
        if let Some(contact) = contact {
            sums.gaze_ms += weight;
            if contact {
                sums.contact_ms += weight;
            }
        }
        if !good {
            return;
        }
        if let Some(blink) = lids.blink {
            timeline::gesture(&mut timeline.gestures, (Gesture::Blink, blink));
        }
        self.head(face, ms, timeline);
        let units = face.action_units.as_ref().map(|a| Units::new(a, face.smile));
        baseline.see(face, units.as_ref(), ms);
        if let Some(units) = units {
            let shut_ms = self.lowered_since.map(|since| face.t - since);
            let pull = smiles::Pull { corners: units.get(SMILE), shut_ms };
            self.smiles.see(face.t, pull, baseline.rest.map(|rest| rest.units.get(SMILE)), timeline);
            self.face(face.t, &units, weight, speaking, baseline, timeline);
        }
    }

    fn head(&mut self, face: &Face, ms: i64, timeline: &mut Timeline) {
        let Some(pose) = face.pose else { return };
        let angles = [pose.yaw, pose.pitch, pose.roll].map(|a| a.clamp(-180.0, 180.0));
        if let Some((last, was)) = self.pose {
            let dt = face.t - last;
            if dt > 0 && dt <= LONGEST_MS {
                let step = (0..3).map(|k| (angles[k] - was[k]).powi(2)).sum::<f32>().sqrt();
                let speed = step * 1000.0 / dt as f32;
                let a = 1.0 - (-(dt as f32) / 1000.0).exp();
                let smooth = self.speed.map_or(speed, |s| s + a * (speed - s));
                self.speed = Some(smooth);
                self.speed_seen_ms += dt;
                // The usual speed follows over a minute, at first faster.
                let b = dt as f32 / (self.speed_seen_ms as f32).min(60_000.0);
                self.usual_speed = Some(self.usual_speed.map_or(speed, |s| s + b * (speed - s)));
                if let Some(cell) = timeline.cell_mut(face.t) {
                    cell.face.speed_ms += ms as u16;
                    cell.face.speed += speed.min(500.0) * ms as f32;
                }
            }
        }
        self.pose = Some((face.t, angles));
        if let Some(gesture) = self.nods.see(face.t, angles[0], angles[1]) {
            timeline::gesture(&mut timeline.gestures, gesture);
        }
    }

    fn face(
        &mut self,
        t: MediaTime,
        units: &Units,
        weight: u16,
        speaking: bool,
        baseline: &Baseline,
        timeline: &mut Timeline,
    ) {
        let ms = f32::from(weight);
        let expressive = self.expressive.see(t, units);
        let Some(cell) = timeline.cell_mut(t) else { return };
        let sums = &mut cell.face;
        if let Some(expressive) = expressive {
            sums.expressive_ms += weight;
            sums.expressive += expressive * ms;
        }
        let Some(rest) = &baseline.rest else { return };
        let above = units.above(&rest.units).without_grin();
        sums.units_ms += weight;
        sums.smile += above.get(SMILE) * ms;
        self.now.smile = above.get(SMILE).max(above.get(AU12));
        if !self.affect {
            return;
        }
        sums.brow += above.get(AU04) * ms;
        sums.lip += above.get(AU24) * ms;
        let speed = self.speed.zip(self.usual_speed).map(|(now, usual)| (now + 2.0) / (usual + 2.0));
        let now = affect(&above, speed, speaking);
        let a = 1.0 - (-ms / 700.0).exp();
        let smooth = self.smooth.map_or(now, |was| Affect {
            valence: was.valence + a * (now.valence - was.valence),
            arousal: was.arousal + a * (now.arousal - was.arousal),
            alert: was.alert + a * (now.alert - was.alert),
        });
        self.smooth = Some(smooth);
        sums.affect_ms += weight;
        sums.valence += smooth.valence * ms;
        sums.arousal += smooth.arousal * ms;
        sums.alert += smooth.alert * ms;
        (self.now.valence, self.now.arousal) = (Some(smooth.valence), Some(smooth.arousal));
    }

    /// The face is gone, or the video: nothing is carried over.
    pub fn lose(&mut self) {
        self.gaze.lose();
        self.blink.lose();
        self.nods.lose();
        self.smiles.lose();
        self.lowered_since = None;
        (self.pose, self.speed, self.smooth) = (None, None, None);
        self.now.present = false;
        (self.now.valence, self.now.arousal) = (None, None);
    }

    /// Frames are analyzed at another rate from here on.
    pub fn rate(&mut self, hz: u32) {
        self.frame_ms = 1000 / i64::from(hz.clamp(4, 60));
    }
}
