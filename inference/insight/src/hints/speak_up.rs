//! "Speak up a little": more than 6 dB under the usual level over the speech of the last 8 s; again within 4 dB.

use super::{Evidence, Now, Rule, Tone, Verdict, under};

pub const RULE: Rule = Rule {
    id: "speak_up",
    text: "Speak up a little",
    purpose: "When you are clearly quieter than in the device check.",
    severity: 70.0,
    hold_ms: 1000,
    cool_down_ms: 60_000,
    tone: Tone::Corrects,
    check,
};

/// What it was shown for.
const EVIDENCE: Evidence = |db| format!("{:.0} dB under your usual level over the last 8 s", -db);

fn check(now: &Now, active: bool) -> Verdict {
    let level = now.last_8s.level_db().filter(|_| now.last_8s.speech_s >= 3.0);
    let under_usual = level.zip(now.usual_level_db).map(|(level, usual)| level - usual);
    under_usual.map_or(Verdict::Unknown, |db| under(db, -6.0, -4.0, active, EVIDENCE))
}
