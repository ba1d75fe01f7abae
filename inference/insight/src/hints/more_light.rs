//! "More light, please": too dark for 5 s.

use super::{Evidence, Now, Rule, Tone, Verdict};

pub const RULE: Rule = Rule {
    id: "more_light",
    text: "More light, please",
    purpose: "When the picture is too dark to see your face.",
    severity: 50.0,
    hold_ms: 0,
    cool_down_ms: 120_000,
    tone: Tone::Corrects,
    check,
};

/// What it was shown for.
const EVIDENCE: Evidence = |s| format!("too dark for {s:.1} s");

fn check(now: &Now, _active: bool) -> Verdict {
    match now.dark_ms.filter(|ms| *ms >= 5000) {
        Some(ms) => Verdict::Show(ms as f32 / 1000.0, EVIDENCE),
        None => Verdict::Fine,
    }
}
