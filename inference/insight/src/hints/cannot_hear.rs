//! "We cannot hear you": a microphone that was heard before gives nothing at all for 3 s.

use super::{Evidence, Now, Rule, Verdict};

pub const RULE: Rule = Rule {
    id: "cannot_hear",
    text: "We cannot hear you",
    purpose: "When the microphone was switched off or unplugged while you answer.",
    severity: 93.0,
    urgent: true,
    check,
    ..Rule::CORRECTS
};

/// What it was shown for.
const EVIDENCE: Evidence = |s| format!("nothing came from the microphone for {s:.1} s");

fn check(now: &Now, _active: bool) -> Verdict {
    match now.mute_ms.filter(|ms| *ms >= 3000) {
        Some(ms) => Verdict::Show(ms as f32 / 1000.0, EVIDENCE),
        None => Verdict::Fine,
    }
}
