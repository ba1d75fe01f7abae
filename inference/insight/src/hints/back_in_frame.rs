//! "Come back into frame": no face for 2 s, or only part of one for 4 s, after there was one.

use super::{Evidence, Now, Rule, Verdict};

pub const RULE: Rule = Rule {
    id: "back_in_frame",
    text: "Come back into frame",
    purpose: "When your face leaves the frame.",
    severity: 95.0,
    urgent: true,
    check,
    ..Rule::CORRECTS
};

/// What it was shown for.
const EVIDENCE: Evidence = |s| format!("no whole face in the frame for {s:.1} s");

fn check(now: &Now, _active: bool) -> Verdict {
    if !now.seen_before {
        return Verdict::Unknown;
    }
    let absent = now.absent_ms.filter(|ms| *ms >= 2000);
    match absent.or(now.cut_ms.filter(|ms| *ms >= 4000)) {
        Some(ms) => Verdict::Show(ms as f32 / 1000.0, EVIDENCE),
        None => Verdict::Fine,
    }
}
