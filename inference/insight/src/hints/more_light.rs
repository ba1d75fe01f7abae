//! "More light, please": too dark for 3 s.

use super::{Evidence, Now, Rule, Verdict};

pub const RULE: Rule = Rule {
    id: "more_light",
    text: "More light, please",
    purpose: "When the video is too dark to see your face.",
    severity: 90.0,
    urgent: true,
    check,
    ..Rule::CORRECTS
};

/// What it was shown for.
const EVIDENCE: Evidence = |s| format!("too dark for {s:.1} s");

fn check(now: &Now, _active: bool) -> Verdict {
    match now.dark_ms.filter(|ms| *ms >= 3000) {
        Some(ms) => Verdict::Show(ms as f32 / 1000.0, EVIDENCE),
        None => Verdict::Fine,
    }
}
