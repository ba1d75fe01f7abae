//! "Vary your tone": pitch SD under 1.5 semitones over 20 s with 6 s voiced, on a recording clean enough to tell; again over 1.9.

use super::{Evidence, Now, Rule, Verdict, under};
use crate::metrics::pitch_variation;

pub const RULE: Rule = Rule {
    id: "vary_tone",
    text: "Vary your tone",
    purpose: "When your voice stays on one note.",
    severity: 35.0,
    hold_ms: 3000,
    cool_down_ms: 90_000,
    check,
    ..Rule::CORRECTS
};

/// What it was shown for.
const EVIDENCE: Evidence = |st| format!("{} over the last 20 s", pitch_variation::METRIC.say(st));

fn check(now: &Now, active: bool) -> Verdict {
    now.pitch_sd_st.map_or(Verdict::Unknown, |st| under(st, 1.5, 1.9, active, EVIDENCE))
}
