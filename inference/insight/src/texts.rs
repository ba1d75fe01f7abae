//! Sentences that belong to no single metric or hint, and how numbers are read, in English.
//!
//! The rule for all of them: behaviour, with its number, never the person ("four pauses over 2 s", not "you were nervous").

mod review;

pub use review::{Followed, difference, no_difference, trend};

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
        "/100 words" => format!("{v:.1} in 100 words"),
        "numbers" => format!("{v:.0}"),
        "/10 min" => format!("{v:.1} in ten minutes"),
        "x" => format!("{v:.2} times"),
        "z" => format!("{v:.1} times your usual spread"),
        "smiles" if v == v.round() => format!("{v:.0}"),
        "smiles" => format!("{v:.1}"),
        _ => format!("{v:.2}"),
    }
}

/// Events a second that one of a unit stands for; `None`: the unit is no rate of events.
pub fn events_per_s(unit: &str) -> Option<f64> {
    match unit {
        "/min" => Some(1.0 / 60.0),
        "/10 min" => Some(1.0 / 600.0),
        _ => None,
    }
}

/// Whether none of what has this unit is "none".
pub fn is_counted(unit: &str) -> bool {
    matches!(unit, "/min" | "/10 min" | "/100 words" | "numbers" | "s/min" | "smiles")
}

/// "none", "once", "about 9".
pub fn counted(n: usize) -> String {
    match n {
        0 => "none".into(),
        1 | 2 => times(n),
        n => format!("about {n}"),
    }
}

/// Whether a person's usual value in this unit says something by itself; the others are read against a rest or a level.
pub fn says_something(unit: &str) -> bool {
    matches!(unit, "wpm" | "share" | "/min" | "s/min" | "syl/s" | "s")
}

/// Whether a value in this unit is understood without knowing the measure.
pub fn reads_alone(unit: &str) -> bool {
    says_something(unit) || is_counted(unit)
}

/// "4.5 s".
pub fn seconds(ms: i64) -> String {
    format!("{:.1} s", ms as f64 / 1000.0)
}

pub fn pause(ms: i64) -> String {
    format!("{} pause", seconds(ms))
}

pub fn breathless(ms: i64) -> String {
    format!("{} of speech without a pause", seconds(ms))
}

pub fn drifted(st: f32) -> String {
    format!("the voice was clearly {} than in the rest", if st > 0.0 { "higher" } else { "lower" })
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

pub fn rising() -> String {
    "the voice rose at the end, as in a question".into()
}

pub fn fading() -> String {
    "the last words died away".into()
}

/// What is said of speech that is so quiet that parts of it may not have been heard.
pub fn too_quiet() -> String {
    "Your voice is too quiet to judge well, and parts of what you said may have been taken for pauses. Turn the microphone up or sit closer \
     to it."
        .into()
}

/// What a person is compared with who made no device check.
pub fn without_check() -> String {
    "No device check was made: how loud you are, where you look and your face at rest are compared with the first seconds of this recording."
        .into()
}

/// What is said of a live session that a busy machine analyzed less closely.
pub fn reduced(s: f64) -> String {
    format!(
        "This computer was busy: {} of the session were analyzed less closely than the rest. Its recording, analyzed again, may get other scores.",
        about_seconds(s)
    )
}

pub fn quieter(db: f32) -> String {
    format!("about {} as loud as the other phrases", loudness(-db))
}

pub fn looked_away(ms: i64) -> String {
    format!("eyes off the camera for {}", seconds(ms))
}

/// Why nothing is said of how engaged a face was.
pub fn eyes_shut(s: f64) -> String {
    format!("Your eyes were shut or looked down for {}, so it cannot be said how lively you looked.", about_seconds(s))
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
        return "several signs of strain at the same time".into();
    }
    format!("at the same time: {}", signals.join(", "))
}

pub fn recovery(ms: i64) -> String {
    format!("calm again after {}", seconds(ms))
}

pub fn no_recovery() -> String {
    "not calm again before the end of the answer".into()
}

/// A band that is aimed at: "120 to 160 words a minute".
pub fn band(low: f32, high: f32, unit: &str) -> String {
    match unit {
        "wpm" => format!("{low:.0} to {high:.0} words a minute"),
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

pub fn affect_off() -> String {
    "Whoever runs this server switched valence, arousal and stress off.".into()
}

/// The line of a score: about how much, within which range, and what cost it most.
pub fn summary(name: ScoreName, value: f32, [low, high]: [f32; 2], cost: &[String]) -> String {
    let mut line = format!("{} about {value:.0} ({low:.0} to {high:.0}).", score(name));
    if !cost.is_empty() {
        line += &format!(" What cost most: {}.", cost.join(", "));
    }
    line
}

/// The line of a score without a number.
pub fn unsaid(name: ScoreName, reason: &str) -> String {
    format!("{}: not enough to say. {reason}", score(name))
}

/// A clause as a sentence: "Your voice was lively."
pub fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// The line of something that went well.
pub fn went_well(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| format!("Went well: {}{}", first.to_lowercase(), letters.as_str())).unwrap_or_default()
}

/// The line of the first piece of advice.
pub fn try_next(advice: &str) -> String {
    format!("Try next: {advice}")
}

/// The line of further advice.
pub fn work_on(advice: &str) -> String {
    format!("Work on: {advice}")
}

/// Advice that names the answers it is about, counted from 1. The numbers in `advice` are those of `worst`.
pub fn of_answers(answers: &[usize], worst: usize, advice: &str) -> String {
    match answers {
        [] => advice.to_owned(),
        [one] => format!("Answer {one}: {advice}"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(usize::to_string).collect();
            format!("Answers {} and {last}, most of all answer {worst}: {advice}", first.join(", "))
        }
    }
}

/// Praise of one answer among several, by its number from 1 on.
pub fn in_answer(answer: usize, praise: &str) -> String {
    let mut letters = praise.chars();
    letters
        .next()
        .map(|first| format!("In answer {answer} {}{}", first.to_lowercase(), letters.as_str()))
        .unwrap_or_default()
}

/// "once", "twice", "4 times".
pub fn times(n: usize) -> String {
    match n {
        1 => "once".into(),
        2 => "twice".into(),
        n => format!("{n} times"),
    }
}

/// "one stretch", "3 stretches".
pub fn stretches(n: usize) -> String {
    if n == 1 { "one stretch".into() } else { format!("{n} stretches") }
}

/// "one hesitation", "9 hesitations".
pub fn hesitations(n: usize) -> String {
    if n == 1 { "one hesitation".into() } else { format!("{n} hesitations") }
}

/// What to do in place of um and uh. It does not praise silence: listeners like some fillers better than silent gaps (Christenfeld 1995).
pub const BREATHE_INSTEAD: &str =
    "When you need a moment, end the sentence, take a breath, and go on when you know what comes next.";

/// "1 filler", "9 fillers".
pub fn fillers(n: usize) -> String {
    if n == 1 { "1 filler".into() } else { format!("{n} fillers") }
}

/// A number with how it was found: "140 words a minute, counted in the words".
pub fn found(number: String, how: Option<&str>) -> String {
    how.map_or(number.clone(), |how| format!("{number}, {how}"))
}

/// A sentence with what was being said at a time of the replay.
pub fn with_quote(sentence: &str, at: coach_core::MediaTime, quote: &str) -> String {
    format!("{sentence} At {}: {quote}.", clock(at))
}

/// A length as one says it: "5.4 s", "51 s", "2 min 10 s". Under ten seconds a tenth counts, and a whole number stays one ("6 s").
pub fn about_seconds(s: f64) -> String {
    let tenths = (10.0 * s).round() as i64;
    if tenths < 100 && tenths % 10 != 0 {
        return seconds(100 * tenths);
    }
    match s.round() as i64 {
        s if s < 120 => format!("{s} s"),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{} min {} s", s / 60, s % 60),
    }
}

/// How many times as loud something is heard that is `db` over something else: 10 dB more is twice as loud.
pub fn times_as_loud(db: f32) -> f32 {
    2f32.powf(db / 10.0)
}

/// The same in words: "half".
pub fn loudness(db: f32) -> String {
    match times_as_loud(db) {
        x if x < 0.58 => share_of(x).into(),
        x => format!("{:.0} %", 10.0 * (10.0 * x).round()),
    }
}

/// A share as one says it: "a third".
pub fn share_of(v: f32) -> &'static str {
    match v {
        v if v < 0.15 => "a tenth",
        v if v < 0.23 => "a fifth",
        v if v < 0.29 => "a quarter",
        v if v < 0.42 => "a third",
        v if v < 0.58 => "half",
        v if v < 0.71 => "two thirds",
        _ => "three quarters",
    }
}

/// How far above rest a part of the face was, 0 to 1, in words.
pub fn over_rest(v: f32) -> &'static str {
    match v {
        v if v < 0.03 => "at rest",
        v if v < 0.1 => "a little over rest",
        _ => "clearly over rest",
    }
}

/// How lively a face was, 0 to 1, in words.
pub fn expression(v: f32) -> &'static str {
    match v {
        v if v < 0.15 => "a still face",
        v if v < 0.35 => "a quiet face",
        v if v < 0.6 => "a lively face",
        _ => "a very lively face",
    }
}

/// A time of the replay: "2:31".
pub fn clock(t: coach_core::MediaTime) -> String {
    let s = t.ms().max(0) / 1000;
    format!("{}:{:02}", s / 60, s % 60)
}

/// In place of a number of a face that does not move.
pub fn still_video() -> String {
    "the video did not move".into()
}

/// In place of a number of one face among others.
pub fn several_faces() -> String {
    "more than one face".into()
}

pub fn gaze_from_head() -> String {
    "The small face model in use sees neither irises nor lids: eye contact, smiles and expression are shown and not scored.".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_not_rounded_up_to_one_that_the_replay_does_not_show() {
        let said = [5.44, 6.0, 9.97, 51.3, 119.7, 130.0].map(about_seconds);
        assert_eq!(said, ["5.4 s", "6 s", "10 s", "51 s", "2 min", "2 min 10 s"]);
    }
}
