//! Valence and arousal from action units and head motion: what the face shows, not what the person feels.
//!
//! Version 2. The corrugator (AU04) falls with valence and the zygomatic (AU12) rises mostly on its positive side (Lang et al. 1993;
//! Larsen, Norris and Cacioppo 2003); reading each against the person's own rest is the step known to help (Baltrušaitis, Mahmoud
//! and Robinson 2015); the amount of head motion goes with arousal (Busso et al. 2007; Hammal and Cohn 2014). The weights are set by
//! hand in the order of that evidence, fitted to nothing. An inner emotion cannot be told from a face (Barrett et al. 2019).

use crate::watch::units::*;

pub const VERSION: u32 = 2;

/// Speech moves the mouth: what the mouth says counts so much while the voice says speech.
const MOUTH_WHILE_SPEAKING: f32 = 0.4;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Affect {
    /// -1 to 1.
    pub valence: f32,
    /// 0 to 1.
    pub arousal: f32,
    /// Arousal without what a smile adds to it, 0 to 1.
    pub alert: f32,
}

/// `above`: units above the person's rest; `speed`: head speed over its usual value, 1 = as usual, `None` unknown.
pub fn affect(above: &Units, speed: Option<f32>, speaking: bool) -> Affect {
    let mouth = if speaking { MOUTH_WHILE_SPEAKING } else { 1.0 };
    let au = |i| above.get(i);
    let smile = au(AU12);
    let valence = mouth
        * (1.2 * smile
            - 0.8 * au(AU15)
            - 0.6 * au(AU10) * (1.0 - smile)
            - 0.4 * au(AU20)
            - 0.3 * au(AU17)
            - 0.3 * au(AU24))
        + 0.3 * au(AU07).min(smile)
        - 1.1 * au(AU04);
    let motion = 0.25 * speed.unwrap_or(1.0).clamp(0.2, 20.0).ln();
    let joy = mouth * 0.5 * smile;
    let alert = mouth * (0.9 * au(AU26) + 0.4 * au(AU20)) * (1.0 - smile)
        + 0.9 * au(AU05)
        + 0.25 * (au(AU01) + au(AU02))
        + 0.6 * au(AU04)
        - 0.8 * (au(AU43) - 0.35).max(0.0)
        + motion.max(0.0);
    Affect { valence: valence.tanh(), arousal: (alert + joy).max(0.0).tanh(), alert: alert.max(0.0).tanh() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(units: &[(usize, f32)]) -> Units {
        let mut all = Units([Some(0.0); 16]);
        for &(i, v) in units {
            all.0[i] = Some(v);
        }
        all
    }

    #[test]
    fn a_smile_is_pleasant_a_frown_is_not_and_a_still_face_is_neither() {
        let valence = |units: &[(usize, f32)]| affect(&face(units), None, false).valence;
        assert!(valence(&[(AU12, 0.8), (AU10, 0.6)]) > 0.5);
        assert!(valence(&[(AU04, 0.4), (AU17, 0.3)]) < -0.3);
        assert_eq!(valence(&[]), 0.0);
    }

    #[test]
    fn an_open_mouth_says_less_while_speaking() {
        let open = face(&[(AU26, 0.5)]);
        assert!(affect(&open, None, true).arousal < 0.5 * affect(&open, None, false).arousal);
    }
}
