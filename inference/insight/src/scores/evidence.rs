//! What there was to judge a score by, and what is said where it was not enough.

use crate::evidence::{HARD_MOMENTS, HARD_MOMENTS_S, LEAST_SPEECH_S, SCORED_FACE_SHARE, SCORED_SPEECH_S, SHUT_SHARE};
use crate::metrics::stress_spikes;
use crate::scene::Scene;
use crate::texts;
use coach_core::report::ScoreName;

/// What there was to judge by.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    pub span_s: f64,
    pub speech_s: f64,
    /// Share of the span in which a face was seen well, 0 to 1.
    pub face_share: f64,
    /// Seconds of it, and in how many of them the eyes were shut or looked down.
    pub face_s: f64,
    pub shut_s: f64,
    /// A camera looked on.
    pub seen: bool,
    pub still_video: bool,
    pub several_faces: bool,
    /// The face model sees irises, lids and blendshapes.
    pub full_face_model: bool,
    /// The operator allows valence, arousal and stress.
    pub affect: bool,
    /// Stress could be judged for this long, and rose so often.
    pub stress_s: f64,
    pub hard_moments: usize,
}

impl Evidence {
    /// What the scene offers.
    pub fn of(scene: &Scene) -> Evidence {
        let t = &scene.totals;
        Evidence {
            span_s: t.span_s,
            speech_s: t.speech_s,
            face_share: if t.span_s > 0.0 { t.good_s / t.span_s } else { 0.0 },
            face_s: t.good_s,
            shut_s: t.shut_s,
            seen: t.analyzed_s > 1.0,
            still_video: scene.still_video,
            several_faces: scene.several_faces,
            full_face_model: scene.full_face_model,
            affect: scene.affect,
            stress_s: scene.stress_known_s(),
            hard_moments: stress_spikes::spikes(scene).count(),
        }
    }

    /// What is lacking of the voice.
    pub fn lacks_speech(&self) -> Option<String> {
        if self.speech_s < 1.0 {
            return Some("Nothing was heard: there is no speech to judge.".into());
        }
        let lacking = self.speech_s < SCORED_SPEECH_S;
        lacking.then(|| {
            format!("Too little was heard: {:.0} s of speech, it needs {SCORED_SPEECH_S:.0} s.", self.speech_s.floor())
        })
    }

    /// What keeps any face from being judged: nobody looked on, nothing moved, or nobody can say whose face it is.
    fn lacks_sight(&self) -> Option<String> {
        if !self.seen {
            return Some("No camera looked on, and this score needs your face too.".into());
        }
        if self.still_video {
            return Some("The video did not move: a photograph or a frozen camera cannot be judged.".into());
        }
        self.several_faces.then(|| "There was more than one face in the frame, so none was judged.".into())
    }

    /// What is lacking where a face was seen well for too little of the time.
    fn lacks_time_of_face(&self) -> Option<String> {
        (self.face_share < SCORED_FACE_SHARE).then(|| {
            format!(
                "Your face was seen well for {:.0} % of the time; this score needs {:.0} %.",
                100.0 * self.face_share,
                100.0 * SCORED_FACE_SHARE
            )
        })
    }

    /// What is lacking of the face.
    pub fn lacks_face(&self) -> Option<String> {
        self.lacks_sight().or_else(|| self.lacks_time_of_face()).or_else(|| {
            (!self.full_face_model).then(|| {
                "The small face model in use sees neither irises nor lids. With the full one, which whoever runs this server can add, this score can be made.".into()
            })
        })
    }

    /// What is lacking of a look at the listener: a face that moves behind shut eyes, as in weeping, is not a lively one.
    pub fn lacks_open_eyes(&self) -> Option<String> {
        (self.shut_s >= SHUT_SHARE * self.face_s && self.shut_s > 0.0).then(|| texts::eyes_shut(self.shut_s))
    }

    /// Hard moments were seen, but too few for a number.
    pub fn has_few_hard_moments(&self) -> bool {
        self.affect && self.lacks_sight().is_none() && self.stress_s >= LEAST_SPEECH_S && self.hard_moments > 0
    }

    /// What is lacking for Resilience. A hard moment shows in three signals at once, and a voice has two: without a face none can be found,
    /// and "none was seen" would say more than is known.
    pub fn lacks_hard_moments(&self) -> Option<String> {
        if !self.affect {
            return Some(texts::affect_off());
        }
        if let Some(lacking) = self.lacks_sight() {
            return Some(lacking);
        }
        if self.stress_s < LEAST_SPEECH_S {
            return Some("Too little could be compared with your usual voice and face.".into());
        }
        match self.hard_moments {
            0 => self
                .lacks_time_of_face()
                .or_else(|| Some("No hard moment was seen, so there is nothing to recover from.".into())),
            n if n < HARD_MOMENTS || self.span_s < HARD_MOMENTS_S => Some(format!(
                "{}: too few for a number.",
                if n == 1 { "One hard moment was seen".to_owned() } else { format!("{n} hard moments were seen") }
            )),
            _ => None,
        }
    }
}

/// Too much of it could not be judged.
pub(super) fn too_wide(name: ScoreName, known: f32) -> String {
    let what = match name {
        ScoreName::Clarity => "your voice",
        _ => "your voice and face",
    };
    format!("Only {:.0} % of what it looks at could be judged from {what}.", known * 100.0)
}
