//! Every sentence the coach says, in English. Another language is another folder like this with these functions.
//!
//! The rule for all of them: behaviour, with its number, never the person ("four pauses over 2 s", not "you were nervous").

mod cues;
mod review;

pub use cues::{evidence, hint, hint_description};
pub use review::{difference, no_difference, trend};

use crate::scores::curve::{Curve, Side};
use coach_core::report::{ScoreName, StressSpike};

/// A number as one reads it: as many decimals as its unit needs.
pub fn number(v: f32, unit: &str) -> String {
    let v = if v == 0.0 { 0.0 } else { v };
    match unit {
        "share" => format!("{:.0} %", v * 100.0),
        "wpm" => format!("{v:.0} words a minute"),
        "deg/s" => format!("{v:.0} degrees a second"),
        "syl/s" => format!("{v:.1} syllables a second"),
        "st" => format!("{v:.1} semitones"),
        "dB" => format!("{v:.1} dB"),
        "s" => format!("{v:.1} s"),
        "s/min" => format!("{v:.1} s a minute"),
        "/min" => format!("{v:.1} a minute"),
        "/10 min" => format!("{v:.1} in ten minutes"),
        "x" => format!("{v:.2} times"),
        "z" => format!("{v:.1} times its usual spread"),
        _ => format!("{v:.2}"),
    }
}

fn seconds(ms: i64) -> String {
    format!("{:.1} s", ms as f64 / 1000.0)
}

/// A metric's name as one reads it.
pub fn metric(id: &str) -> &'static str {
    match id {
        "pace" => "Pace",
        "articulation_rate" => "Articulation rate",
        "long_pauses" => "Long pauses",
        "pause_share" => "Share of pauses",
        "phonation_ratio" => "Share of speech",
        "response_latency" => "Time to the first word",
        "answer_length" => "Answer length",
        "hesitations" => "Possible hesitations",
        "pitch_variation" => "Pitch variation",
        "pitch_range" => "Pitch range",
        "pitch_drift" => "Pitch drift",
        "phrase_end_pitch" => "Rising phrase ends",
        "phrase_end_level" => "Level at phrase ends",
        "volume_level" => "Volume",
        "volume_consistency" => "Evenness of volume",
        "voice_stability" => "Roughness of voice",
        "eye_contact" => "Eye contact",
        "presence" => "Time in the frame",
        "framing" => "Framing",
        "light" => "Light",
        "head_movement" => "Head movement",
        "nods" => "Nods",
        "shakes" => "Head shakes",
        "blink_rate" => "Blinks",
        "smile" => "Smile",
        "expressiveness" => "Facial expression",
        "brow_tension" => "Brows drawn together",
        "lip_press" => "Lips pressed",
        "valence" => "Valence",
        "arousal" => "Arousal",
        "stress_spikes" => "Stress moments",
        "stress_height" => "Height of stress moments",
        "stress_recovery" => "Time to calm down",
        _ => "Metric",
    }
}

/// Why a windowed moment counts.
pub fn value(id: &str, v: f32, unit: &str) -> String {
    match id {
        "volume_level" if v >= 0.0 => format!("{v:.0} dB over your usual level"),
        "volume_level" => format!("{:.0} dB under your usual level", -v),
        "smile" => "a smile".into(),
        "pitch_variation" => format!("pitch varied by {}", number(v, unit)),
        "expressiveness" => format!("facial expression {v:.2} of 1"),
        "brow_tension" => format!("brows drawn together, {v:.2} of 1"),
        "lip_press" => format!("lips pressed, {v:.2} of 1"),
        "head_movement" => format!("the head moved {}", number(v, unit)),
        _ => number(v, unit),
    }
}

pub fn pause(ms: i64) -> String {
    format!("{} pause", seconds(ms))
}

pub fn breathless(ms: i64) -> String {
    format!("{} of speech without a pause", seconds(ms))
}

pub fn drifted(st: f32) -> String {
    format!("the voice was {:.1} semitones {} than in the rest", st.abs(), if st > 0.0 { "higher" } else { "lower" })
}

pub fn rough(times: f32) -> String {
    format!("the voice was {times:.1} times as rough as usual")
}

pub fn latency(ms: i64) -> String {
    format!("{} until the first word", seconds(ms))
}

pub fn hesitation(ms: i64) -> String {
    format!("possible hesitation, {}", seconds(ms))
}

pub fn rising(st: f32) -> String {
    format!("the pitch rose by {st:.1} semitones at the end")
}

pub fn fading(db: f32) -> String {
    format!("the end was {:.0} dB quieter than the phrase", -db)
}

pub fn quieter(db: f32) -> String {
    format!("{db:.0} dB quieter than the other phrases")
}

pub fn looked_away(ms: i64) -> String {
    format!("eyes off the camera for {}", seconds(ms))
}

pub fn out_of_frame(ms: i64) -> String {
    format!("out of the frame for {}", seconds(ms))
}

pub fn gesture(id: &str) -> String {
    match id {
        "nods" => "a nod".into(),
        _ => "a shake of the head".into(),
    }
}

pub fn signal(name: &str) -> &'static str {
    match name {
        "arousal" => "more movement in the face",
        "valence" => "a less pleasant expression",
        "brow" => "brows drawn together",
        "lip" => "lips pressed",
        "pitch" => "a higher voice",
        "pace" => "a change of pace",
        _ => "another signal",
    }
}

pub fn spike(spike: &StressSpike) -> String {
    let signals: Vec<&str> = spike.signals.iter().take(3).map(|s| signal(s)).collect();
    if signals.is_empty() {
        return "several signals rose a little together".into();
    }
    format!("rose together: {}", signals.join(", "))
}

pub fn recovery(ms: i64) -> String {
    format!("calm again after {}", seconds(ms))
}

/// What is aimed at, in words with numbers.
pub fn target(id: &str, curve: Curve, unit: &str) -> String {
    let (n, low_high) = (
        |v: f32| number(v, unit),
        |low: f32, high: f32| match unit {
            "wpm" => format!("{low:.0} to {high:.0} wpm"),
            "share" => format!("{:.0} to {:.0} %", low * 100.0, high * 100.0),
            "syl/s" => format!("{low:.1} to {high:.1} syllables a second"),
            _ => format!("{low} to {high} {unit}"),
        },
    );
    match (id, curve) {
        ("stress_spikes", _) => "none".into(),
        ("volume_level", Curve::Rise { full, .. }) => format!("no more than {:.0} dB under your usual level", -full),
        ("phrase_end_level", Curve::Rise { full, .. }) => format!("no more than {:.0} dB under the phrase", -full),
        ("voice_stability", Curve::Fall { full, .. }) => format!("at most {full:.2} times your usual"),
        ("stress_height", Curve::Fall { full, .. }) => format!("near {full:.0} times its usual spread"),
        (_, Curve::Rise { full, .. }) => format!("{} or more", n(full)),
        (_, Curve::Fall { full, .. }) => format!("{} or less", n(full)),
        (_, Curve::Band { low, high, .. }) => low_high(low, high),
    }
}

pub fn score(name: ScoreName) -> &'static str {
    match name {
        ScoreName::Confidence => "Confidence",
        ScoreName::Clarity => "Clarity",
        ScoreName::Resilience => "Resilience",
        ScoreName::Engagement => "Engagement",
    }
}

/// In place of a number of pitch or perturbation.
pub fn too_noisy() -> String {
    "too noisy to judge".to_owned()
}

pub fn not_enough(name: ScoreName) -> String {
    match name {
        ScoreName::Confidence => {
            "Too little was heard and seen: it needs 15 s of speech and 10 s of a face that can be seen well."
        }
        ScoreName::Clarity => "Too little was heard: it needs 15 s of speech.",
        ScoreName::Resilience => {
            "Too little could be compared: it needs 15 s of voice or face after your usual has been learnt."
        }
        ScoreName::Engagement => {
            "Too little was heard and seen: it needs 15 s of speech or 10 s of a face that can be seen well."
        }
    }
    .into()
}

pub fn affect_off() -> String {
    "Whoever runs this server switched valence, arousal and stress off.".into()
}

/// One sentence about a contribution that lost points: what it was, what was aimed at, what to do.
pub fn problem(id: &str, value: f32, unit: &str, target: &str, side: Side) -> String {
    let n = number(value, unit);
    match (id, side) {
        ("pace", Side::Over) => {
            format!("You spoke fast: {n}, aim for {target}. Finish a sentence, breathe, then begin the next.")
        }
        ("pace", _) => {
            format!("You spoke slowly: {n}, aim for {target}. Think in silence first, then say it in one go.")
        }
        ("articulation_rate", Side::Over) => {
            format!("Syllables came fast: {n}, aim for {target}. Give the last word of a phrase its full length.")
        }
        ("articulation_rate", _) => format!("Syllables came slowly: {n}, aim for {target}."),
        ("long_pauses", _) => format!("Long silences: {n} beyond the first second of each pause, aim for {target}."),
        ("pause_share", Side::Over) => format!("Pauses took {n} of the talk, aim for {target}."),
        ("pause_share", _) => format!(
            "There was hardly a pause: {n} of the talk, aim for {target}. A breath between thoughts helps the listener."
        ),
        ("hesitations", _) => format!("Possible hesitations: {n}, aim for {target}. A silent pause sounds surer."),
        ("pitch_variation", _) if value >= 1.5 => {
            format!("Your voice varied little: by {n}, aim for {target}. Lift the words that matter.")
        }
        ("pitch_variation", _) => format!(
            "Your voice stayed on one note (monotone): it varied by {n}, aim for {target}. Lift the words that matter."
        ),
        ("pitch_drift", _) => format!("Your pitch wandered by {n} over the answer, aim for {target}."),
        ("phrase_end_level", _) => format!(
            "Phrases died away: the ends were {:.1} dB under the rest, aim for {target}. Carry the last word.",
            -value
        ),
        ("volume_level", _) => format!("You were {:.1} dB quieter than in the device check, aim for {target}.", -value),
        ("volume_consistency", _) => {
            format!("Your volume was uneven: it varied by {n} from phrase to phrase, aim for {target}.")
        }
        ("voice_stability", _) => format!("Your voice was rougher than usual: {n}, aim for {target}."),
        ("eye_contact", _) => format!(
            "You looked away from the camera: eyes on it for {n} of the time, aim for {target}. Look into the lens when you make your point."
        ),
        ("head_movement", _) => format!("Your head moved a lot: {n}, aim for {target}."),
        ("brow_tension", _) => format!("Your brows were drawn together: {n} of 1 above rest, aim for {target}."),
        ("lip_press", _) => format!("Your lips were pressed: {n} of 1 above rest, aim for {target}."),
        ("expressiveness", _) => format!("Your face moved little: {n} of 1, aim for {target}."),
        ("smile", _) => format!(
            "You hardly smiled: {n} of 1 on average, aim for {target}. One smile at the start and one at the end do it."
        ),
        ("nods", _) => format!("You hardly nodded: {n}, aim for {target}."),
        ("stress_spikes", _) => format!("Several signals rose together {n}."),
        ("stress_height", _) => format!("Stress moments rose high: {n}."),
        ("stress_recovery", _) => {
            format!("It took {n} to calm down again, aim for {target}. One slow breath out helps.")
        }
        _ => format!("{}: {n}, aim for {target}.", metric(id)),
    }
}

/// A contribution that carried a score.
pub fn strength(id: &str, value: f32, unit: &str) -> String {
    match id {
        "stress_spikes" => "hardly a stress moment".into(),
        "long_pauses" if value < 0.05 => "no long pauses".into(),
        "hesitations" if value < 0.05 => "no hesitations".into(),
        "volume_level" => "a volume as in the device check".into(),
        "voice_stability" => "a voice as steady as usual".into(),
        "head_movement" => "a calm head".into(),
        "brow_tension" | "lip_press" => "a relaxed face".into(),
        "pitch_drift" => "a steady pitch".into(),
        "phrase_end_level" => "phrases carried to their end".into(),
        _ => format!("{} ({})", metric(id).to_lowercase(), number(value, unit)),
    }
}

/// The line of a score: its number, what it rests on, what carried it and what cost it most.
pub fn summary(name: ScoreName, value: f32, coverage: f32, carried: &[String], cost: &[String]) -> String {
    let mut line = format!("{} {value:.0} of 100.", score(name));
    if !carried.is_empty() {
        line += &format!(" Carried by {}.", carried.join(", "));
    }
    if !cost.is_empty() {
        line += &format!(" Cost most by {}.", cost.join(", "));
    }
    if coverage < 0.99 {
        line += &format!(" Rests on {:.0} % of what it looks at.", coverage * 100.0);
    }
    line
}

pub fn unsaid(name: ScoreName, reason: &str) -> String {
    format!("{}: not enough to say. {reason}", score(name))
}

pub fn work_on(n: usize, problem: &str) -> String {
    format!("To work on, {n}: {problem}")
}

pub fn no_spike() -> String {
    "No stress moment was seen, so recovery could not be shown; Resilience rests on their absence alone.".into()
}

pub fn gaze_from_head() -> String {
    "Eye contact was judged from the head alone: the face model in use sees no irises.".into()
}
