//! "Long pause: go on": 4 s of silence after something was said in this answer.

use super::{Evidence, Now, Rule, Verdict};

pub const RULE: Rule = Rule {
    id: "long_pause",
    text: "Long pause: go on",
    purpose: "When you have been silent for over four seconds in an answer.",
    severity: 55.0,
    check,
    ..Rule::CORRECTS
};

/// What it was shown for.
const EVIDENCE: Evidence = |s| format!("silent for {s:.1} s");

fn check(now: &Now, _active: bool) -> Verdict {
    match now.silent_ms.filter(|ms| *ms >= 4000) {
        Some(ms) => Verdict::Show(ms as f32 / 1000.0, EVIDENCE),
        None => Verdict::Fine,
    }
}
