//! The metrics, one per file: what it is, its name, unit, window and baseline, what is said about it, and where it comes from.
//!
//! To add one: its file, and its name in the list below.

pub mod moments;

use crate::curve::{Curve, Side};
use crate::evidence::{LEAST_FACE_S, LEAST_SPEECH_S, RATES_S};
use crate::said::Said;
use crate::scene::{Scene, Totals};
use crate::scores;
use crate::stats::ratio;
use crate::texts;
use coach_core::MediaTime;
use coach_core::report::{Moment, Series};

/// Version of what the metrics mean; raised when one of them is defined anew, so that trends do not mix the two.
pub const VERSION: u32 = 5;

/// Picks one curve of a report.
pub type SeriesOf = fn(&Series) -> &[Option<f32>];

/// What a metric is. The numbers are made by `measure`; the words are here too, so that a metric is one file.
#[derive(Debug)]
pub struct Metric {
    pub id: &'static str,
    /// As one reads it: "Pitch variation".
    pub name: &'static str,
    /// "syl/s", "dB", ... ""  for a number without unit.
    pub unit: &'static str,
    /// Over what it is taken.
    pub window: &'static str,
    /// What it is read against.
    pub baseline: &'static str,
    /// Where the definition and its limits come from.
    pub source: &'static str,
    /// What a listener or viewer would just notice, in the unit: a convention, from the spread between takes of one speaker.
    /// `None`: differences are not put in words.
    pub noticeable: Option<f32>,
    /// The report's curve that shows it over time.
    pub series: Option<SeriesOf>,
    /// How its value over a stretch is read from that curve.
    pub of_series: Of,
    /// What more and less of it are called in a comparison.
    pub more_less: [&'static str; 2],
    /// A stretch's value in words; without it, the number with its unit.
    pub phrase: Option<fn(f32) -> String>,
    /// The answer's value in words beside its aim; without it, a count or the number with its unit.
    pub reads: Option<fn(&Told) -> String>,
    /// What is aimed at, from the corner of the curve where the quality is full; without it, the number with its unit.
    pub target: Option<fn(f32) -> String>,
    /// One sentence where points were lost: behaviour, number, what to do. `None`: nothing is advised.
    pub advice: Option<fn(&Told) -> String>,
    /// How soon that sentence is said among others.
    pub priority: Priority,
    /// A clause where it went well: "your pace was easy to follow: 140 words a minute". `None`: it is not praised.
    pub praise: Option<fn(f32) -> String>,
    /// It rests on a face: values of different face models are not compared.
    pub of_face: bool,
    /// It rests on words: values with and without a speech recognizer are not compared.
    pub of_words: bool,
    /// The lite face model is too coarse for it: shown then, and neither scored nor advised.
    pub needs_full_model: bool,
    /// Good moments of it are worth a look.
    pub shows_good: bool,
    pub measure: fn(&Scene) -> Measure,
}

/// How soon a sentence of advice is said among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// What a listener suffers from: not seen, not heard, too fast, silent, breathless, on one note.
    First,
    /// What a listener notices.
    Later,
    /// What is pleasant to have.
    Last,
}

/// How a value is read from a curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Mean,
    Spread,
}

/// A value that lost points, for a sentence of advice.
#[derive(Debug, Clone)]
pub struct Told<'a> {
    pub value: f32,
    pub side: Side,
    pub measure: &'a Measure,
    /// Seconds of the answer, and of its speech.
    pub span_s: f64,
    pub speech_s: f64,
}

impl Metric {
    /// A metric that is shown and nothing more: what each file builds on.
    pub const SHOWN: Metric = Metric {
        id: "",
        name: "",
        unit: "",
        window: "",
        baseline: "",
        source: "",
        noticeable: None,
        series: None,
        of_series: Of::Mean,
        more_less: ["more", "less"],
        phrase: None,
        reads: None,
        target: None,
        advice: None,
        priority: Priority::Later,
        praise: None,
        of_face: false,
        of_words: false,
        needs_full_model: false,
        shows_good: false,
        measure: |_| Measure::default(),
    };

    /// A stretch's value in words.
    pub fn say(&self, value: f32) -> String {
        self.phrase.map_or_else(|| texts::number(value, self.unit), |phrase| phrase(value))
    }

    /// The value of an answer as one reads it beside its aim; `None` without a value.
    pub(crate) fn read(&self, measure: &Measure, scene: &Scene) -> Option<String> {
        let value = measure.value?;
        let side = scores::curve(self.id).map_or(Side::Within, |curve| curve.side(value));
        let told = Told { value, side, measure, span_s: scene.totals.span_s, speech_s: scene.totals.speech_s };
        let text = match (self.reads, texts::events_per_s(self.unit)) {
            (Some(reads), _) => reads(&told),
            // A rate of so short a time would promise more than was seen.
            (None, Some(rate)) if told.span_s < RATES_S => {
                let count = measure.events.count;
                let count = if count > 0 { count } else { (f64::from(value) * rate * told.span_s).round() as usize };
                texts::counted(count)
            }
            (None, _) if value == 0.0 && texts::is_counted(self.unit) => texts::counted(0),
            (None, _) => texts::number(value, self.unit),
        };
        Some(texts::found(text, measure.how))
    }

    /// The person's own usual value as one reads it; `None` where it is none that says something by itself.
    pub(crate) fn read_usual(&self, measure: &Measure) -> Option<String> {
        let usual = measure.baseline.filter(|v| v.is_finite())?;
        texts::says_something(self.unit).then(|| texts::number(usual, self.unit))
    }

    /// What is aimed at, in words with numbers.
    pub fn aim(&self, curve: Curve) -> String {
        match (curve, self.target) {
            (Curve::Rise { full, .. } | Curve::Fall { full, .. }, Some(target)) => target(full),
            (Curve::Rise { full, .. }, None) => format!("{} or more", texts::number(full, self.unit)),
            (Curve::Fall { full, .. }, None) => format!("{} or less", texts::number(full, self.unit)),
            (Curve::Band { low, high, .. }, _) => texts::band(low, high, self.unit),
        }
    }
}

/// The metric of this id.
pub fn find(id: &str) -> Option<&'static Metric> {
    ALL.iter().find(|m| m.id == id).copied()
}

/// One metric over one scene.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Measure {
    /// `None`: not enough to say.
    pub value: Option<f32>,
    /// Share of the scene's time it could be taken over, 0 to 1.
    pub coverage: f32,
    /// Why there is no value, where it is not for want of evidence.
    pub reason: Option<String>,
    /// The person's own usual value.
    pub baseline: Option<f32>,
    /// What moved it, strongest first, both ways; empty unless asked for.
    pub moments: Vec<Moment>,
    /// Events it rests on, for sentences that count: how many, out of how many, and the longest, in milliseconds.
    pub events: Events,
    /// Where a level changed and stayed so; `None`: nowhere.
    pub step: Option<Step>,
    /// What a level was read against, in words.
    pub than: Option<&'static str>,
    /// How the value was found, where there is more than one way: "counted in the words".
    pub how: Option<&'static str>,
}

/// A change of level that lasts to the end of an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    pub at: MediaTime,
    /// Level after it less that before it, dB.
    pub by_db: f32,
}

/// How many events a measure rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Events {
    pub count: usize,
    pub of: usize,
    pub longest_ms: i64,
}

/// Declares the modules of the metrics and [`ALL`] of them.
macro_rules! metrics {
    ($($name:ident),* $(,)?) => {
        $(pub mod $name;)*

        /// All metrics, in the order in which they are listed.
        pub const ALL: &[&Metric] = &[$(&$name::METRIC),*];
    };
}

metrics! {
    pace,
    articulation_rate,
    long_pauses,
    pause_share,
    phonation_ratio,
    response_latency,
    answer_length,
    hesitations,
    fillers,
    filler_clusters,
    repeated_words,
    hedges,
    longest_run,
    first_person,
    numbers_named,
    words_per_phrase,
    pitch_variation,
    pitch_range,
    pitch_drift,
    phrase_end_pitch,
    phrase_end_level,
    volume_level,
    volume_consistency,
    voice_stability,
    eye_contact,
    presence,
    framing,
    light,
    head_movement,
    nods,
    shakes,
    blink_rate,
    smile,
    expressiveness,
    brow_tension,
    lip_press,
    valence,
    arousal,
    stress_spikes,
    stress_height,
    stress_recovery,
}

impl Scene<'_> {
    /// A measure of the voice: `value` counts when there was enough speech.
    pub(crate) fn voiced(&self, value: Option<f32>) -> Measure {
        self.voiced_for(LEAST_SPEECH_S, value)
    }

    /// The same, for a measure that needs this many seconds of speech.
    pub(crate) fn voiced_for(&self, least_s: f64, value: Option<f32>) -> Measure {
        let enough = self.totals.speech_s >= least_s;
        Measure {
            value: value.filter(|v| enough && v.is_finite()),
            coverage: share(self.totals.heard_s, self.totals.span_s),
            ..Measure::default()
        }
    }

    /// A measure of the words: `value` counts when there was enough speech, and enough of it is written down with certainty.
    pub(crate) fn worded(&self, value: impl FnOnce(&Said) -> Option<f32>) -> Measure {
        let said = self.said();
        Measure {
            coverage: self.totals.written_share().unwrap_or_default() as f32,
            ..self.voiced(said.as_ref().and_then(value))
        }
    }

    /// A measure of how the voice sounds: nothing is said where the room is too loud to tell.
    pub(crate) fn toned(&self, value: Option<f32>) -> Measure {
        let noisy = self.too_noisy();
        Measure { reason: noisy.then(texts::too_noisy), ..self.voiced(value.filter(|_| !noisy)) }
    }

    /// A measure of the face, known for `known_s` seconds.
    pub(crate) fn faced(&self, value: Option<f32>, known_s: f64) -> Measure {
        // A hundredth less, because ten seconds of frames at a rate that does not divide a second sum to a little less.
        let enough = known_s >= LEAST_FACE_S - 0.1;
        let reason =
            if self.still_video { Some(texts::still_video()) } else { self.several_faces.then(texts::several_faces) };
        Measure {
            value: value.filter(|v| enough && reason.is_none() && v.is_finite()),
            coverage: share(known_s, self.totals.span_s),
            reason: reason.filter(|_| enough),
            ..Measure::default()
        }
    }

    /// The mean of what a face did: its sum and the seconds it is known for, and windows of `ms` of which half is known.
    pub(crate) fn averaged(
        &self,
        of: fn(&Totals) -> (f64, f64),
        ms: i64,
        quality: impl Fn(f32) -> f32,
        why: impl Fn(f32) -> String,
    ) -> Measure {
        let mean = |totals: &Totals, least_s: f64| {
            let (sum, known_s) = of(totals);
            ratio(sum, known_s).filter(|_| known_s >= least_s)
        };
        self.faced(mean(&self.totals, 0.0), of(&self.totals).1).with_windows(
            self,
            ms,
            |totals| mean(totals, ms as f64 / 2000.0),
            quality,
            why,
        )
    }
}

impl Measure {
    /// It is read against the person's face at rest, where that is known.
    pub(crate) fn over_rest(self, scene: &Scene) -> Measure {
        Measure { baseline: Some(0.0).filter(|_| scene.baseline.rest.is_some()), ..self }
    }
}

/// A share of the time, 0 to 1.
pub(crate) fn share(part: f64, of: f64) -> f32 {
    ratio(part, of).unwrap_or(0.0).clamp(0.0, 1.0)
}
