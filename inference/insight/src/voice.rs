//! Voice measures of the whole session under Praat's names, from the live path (16 kHz, causal): for the report's voice page.

use coach_core::journal::{Voice, VoicedRun};
use std::collections::BTreeMap;

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

    pub fn named(&self) -> BTreeMap<String, Option<f64>> {
        let share = (self.speech > 0.0).then(|| self.voiced / self.speech);
        [
            ("f0_mean", self.f0.mean()),
            ("f0_sd", self.f0.sd()),
            ("intensity_mean", self.intensity.mean()),
            ("voiced_share", share),
            ("jitter_local", self.jitter_local.mean()),
            ("jitter_rap", self.jitter_rap.mean()),
            ("jitter_ppq5", self.jitter_ppq5.mean()),
            ("shimmer_local", self.shimmer_local.mean()),
            ("hnr_cc_mean", self.hnr.mean()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
    }
}
