//! Sentences that belong to no single metric or hint, and how numbers are read, in English.
//!
//! The rule for all of them: behaviour, with its number, never the person ("four pauses over 2 s", not "you were nervous").

mod review;

pub use review::{difference, no_difference, trend};

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

/// A band that is aimed at: "120 to 160 wpm".
pub fn band(low: f32, high: f32, unit: &str) -> String {
    match unit {
        "wpm" => format!("{low:.0} to {high:.0} wpm"),
        "share" => format!("{:.0} to {:.0} %", low * 100.0, high * 100.0),
        "syl/s" => format!("{low:.1} to {high:.1} syllables a second"),
        _ => format!("{low} to {high} {unit}"),
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
