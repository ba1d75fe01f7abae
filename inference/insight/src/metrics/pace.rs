//! Pace: words a minute from the first to the last word of an answer, pauses included.

use super::{Measure, Metric, Priority, Told};
use crate::curve::{Curve, Side};
use crate::evidence::SCORED_SPEECH_S;
pub use crate::said::WORDS_PER_NUCLEUS;
use crate::scene::{Scene, Totals};

pub const VERSION: u32 = 3;

/// Shown and hinted over this window.
pub const WINDOW_MS: i64 = 20_000;
/// A window says nothing with less speech.
pub const LEAST_IN_WINDOW_S: f64 = 8.0;

/// Aimed at: words a minute.
pub const TARGET_WPM: (f32, f32) = (120.0, 160.0);
pub const CURVE: Curve = Curve::Band { zero_low: 85.0, low: TARGET_WPM.0, high: TARGET_WPM.1, zero_high: 240.0 };

pub const METRIC: Metric = Metric {
    id: "pace",
    name: "Pace",
    unit: "wpm",
    window: "the answer; live the last 20 s, with at least 8 s of speech in them",
    baseline: "none: the band is 120 to 160 words a minute for everyone",
    source: "The words, fillers left out, where 80 % of the speech is written down with certainty; else syllable nuclei times 0.9 words or \
             what this speaker's own words teach (mean error 9 wpm over 20 s, expect 10 to 15 in the field). The band is a convention of \
             speaking coaches; that a moderate rate is rated best is found repeatedly, its exact numbers are not.",
    noticeable: Some(15.0),
    series: Some(|s| &s.pace_wpm),
    more_less: ["faster", "slower"],
    priority: Priority::First,
    advice: Some(|t| match t.side {
        Side::Over => format!(
            "You spoke fast: {} words a minute; 120 to 160 are easy to follow. Finish a sentence, breathe, then begin the next.",
            said(t)
        ),
        _ => format!(
            "You spoke slowly: {} words a minute; 120 to 160 keep a listener with you. Think first, then say the sentence in one go.",
            said(t)
        ),
    }),
    praise: Some(|v| format!("your pace was easy to follow, {} words a minute", roughly(v))),
    shows_good: true,
    of_words: true,
    measure,
    ..Metric::SHOWN
};

/// How the pace was found where the words are known.
const COUNTED: &str = "counted in the words";

/// Syllables tell the pace to ten words a minute or so: no more is said of it.
fn roughly(wpm: f32) -> String {
    format!("about {:.0}", 10.0 * (wpm / 10.0).round())
}

fn said(t: &Told) -> String {
    if t.measure.how == Some(COUNTED) { format!("{:.0}", t.value) } else { roughly(t.value) }
}

fn measure(scene: &Scene) -> Measure {
    let measure = scene.voiced_for(SCORED_SPEECH_S, scene.totals.wpm()).with_windows(
        scene,
        15_000,
        window,
        |v| CURVE.quality(v),
        |v| METRIC.say(v),
    );
    let how = if scene.totals.certain_share().is_some() { COUNTED } else { "estimated from syllables" };
    Measure { how: Some(how), ..measure }
}

impl Totals {
    /// Returns the words a minute from the first to the last word: the words themselves, else the syllable nuclei.
    pub fn wpm(&self) -> Option<f32> {
        match self.certain_share() {
            Some(share) => crate::stats::ratio(f64::from(self.words) / share, self.talk_s / 60.0),
            None => self.pace().map(|per_s| per_s * 60.0 * self.words_per_nucleus),
        }
    }
}

/// Over a window of 15 to 30 s: `None` with too little speech to say.
pub fn window(totals: &Totals) -> Option<f32> {
    totals.wpm().filter(|_| totals.speech_s >= LEAST_IN_WINDOW_S && totals.talk_s >= 10.0)
}
