//! Voice measures of the whole session under Praat's names, from the live path (16 kHz, causal): for the report's voice page.

use coach_core::journal::{Voice, VoicedRun};
use std::collections::BTreeMap;

/// Level of a full scale square wave in dB re 2e-5, the reference of all levels here.
const FULL_SCALE_DB: f64 = 93.98;
/// Speech of a lower mean level, in dB of full scale, comes from a microphone that is turned down.
const QUIET_DB: f64 = -48.0;
/// Hops of speech before its level is spoken of: one second.
const LEAST_SPEECH: f64 = 100.0;
/// Speech with a smaller share of voiced hops is a whisper: what little pitch was found is not that of a voice. Other speech has 0.4 and more.
const LEAST_VOICED: f64 = 0.1;

#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    n: f64,
    sum: f64,
    sq: f64,
}

impl Sum {
    fn add(&mut self, x: f32, weight: f64) {
        let x = f64::from(x);
        self.n += weight;
        self.sum += weight * x;
        self.sq += weight * x * x;
    }
    fn mean(&self) -> Option<f64> {
        (self.n > 0.0).then(|| self.sum / self.n)
    }
    fn sd(&self) -> Option<f64> {
        self.mean().map(|m| (self.sq / self.n - m * m).max(0.0).sqrt())
    }
}

#[derive(Debug, Default)]
pub struct VoiceSums {
    f0: Sum,
    intensity: Sum,
    speech: f64,
    voiced: f64,
    jitter_local: Sum,
    jitter_rap: Sum,
    jitter_ppq5: Sum,
    shimmer_local: Sum,
    hnr: Sum,
}

impl VoiceSums {
    pub fn hear(&mut self, voice: &Voice) {
        for i in 0..10 {
            if voice.speech[i] < 0.5 {
                continue;
            }
            self.speech += 1.0;
            self.intensity.add(voice.intensity[i].clamp(-300.0, 200.0), 1.0);
            if let Some(f0) = voice.f0[i].filter(|f| (40.0..=1000.0).contains(f)) {
                self.voiced += 1.0;
                self.f0.add(f0, 1.0);
            }
        }
    }

    /// Runs weigh by their length.
    pub fn run(&mut self, run: &VoicedRun) {
        let weight = (run.end - run.start).clamp(0, 60_000) as f64;
        for (sum, value) in [
            (&mut self.jitter_local, run.jitter_local),
            (&mut self.jitter_rap, run.jitter_rap),
            (&mut self.jitter_ppq5, run.jitter_ppq5),
            (&mut self.shimmer_local, run.shimmer_local),
            (&mut self.hnr, run.hnr_db.map(|v| v.clamp(-200.0, 200.0))),
        ] {
            if let Some(value) = value {
                sum.add(value.clamp(-1000.0, 1000.0), weight);
            }
        }
    }

    /// Only what a loud room leaves true: what the periods of the voice tell is not known.
    pub fn named_in_noise(&self) -> BTreeMap<String, Option<f64>> {
        let known = ["intensity_mean", "voiced_share", "hnr_cc_mean"];
        self.named()
            .into_iter()
            .map(|(name, value)| (name.clone(), value.filter(|_| known.contains(&&*name))))
            .collect()
    }

    /// Returns whether the level of the speech is so low that parts of it may not have been heard.
    pub fn is_too_quiet(&self) -> bool {
        let level = self.intensity.mean().map(|db| db - FULL_SCALE_DB);
        level.is_some_and(|db| db < QUIET_DB) && self.speech >= LEAST_SPEECH
    }

    pub fn named(&self) -> BTreeMap<String, Option<f64>> {
        let share = (self.speech > 0.0).then(|| self.voiced / self.speech);
        let voiced = |value: Option<f64>| value.filter(|_| share.is_some_and(|share| share >= LEAST_VOICED));
        [
            ("f0_mean", voiced(self.f0.mean())),
            ("f0_sd", voiced(self.f0.sd())),
            ("intensity_mean", self.intensity.mean()),
            ("voiced_share", share),
            ("jitter_local", voiced(self.jitter_local.mean())),
            ("jitter_rap", voiced(self.jitter_rap.mean())),
            ("jitter_ppq5", voiced(self.jitter_ppq5.mean())),
            ("shimmer_local", voiced(self.shimmer_local.mean())),
            ("hnr_cc_mean", self.hnr.mean()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_core::MediaTime;

    fn heard(voiced_of_100: i64, intensity: f32) -> VoiceSums {
        let mut sums = VoiceSums::default();
        for n in 0..100 {
            let f0 = [(n < voiced_of_100).then_some(120.0); 10];
            let t = MediaTime(n * 100);
            sums.hear(&Voice {
                t,
                hop: 10,
                f0,
                strength: [0.9; 10],
                intensity: [intensity; 10],
                speech: [1.0; 10],
                snr_db: None,
            });
        }
        sums
    }

    #[test]
    fn a_whisper_has_no_pitch() {
        assert_eq!(heard(2, 70.0).named()["f0_mean"], None);
        assert_eq!(heard(40, 70.0).named()["f0_mean"], Some(120.0));
    }

    #[test]
    fn a_microphone_that_is_turned_down_is_told_from_a_soft_voice() {
        assert!(!heard(50, 60.0).is_too_quiet() && !heard(50, 47.0).is_too_quiet());
        assert!(heard(50, 40.0).is_too_quiet() && heard(50, 45.0).is_too_quiet());
        assert!(!VoiceSums::default().is_too_quiet(), "nothing was said");
    }
}
