//! "Look at the camera": eyes on it for under 25 % of the last 8 s while speaking; again over 45 %.

use super::{Evidence, Now, Rule, Verdict, under};

pub const RULE: Rule = Rule {
    id: "look_at_camera",
    text: "Look at the camera",
    purpose: "When you look away from the camera most of the time.",
    severity: 60.0,
    hold_ms: 1000,
    check,
    ..Rule::CORRECTS
};

/// What it was shown for.
const EVIDENCE: Evidence = |share| format!("eyes on the camera for {:.0} % of the last 8 s", share * 100.0);

fn check(now: &Now, active: bool) -> Verdict {
    let alone = now.last_8s.several_s < 1.0;
    let known = alone && now.present && now.last_8s.looked_s() >= 6.0 && now.last_8s.speech_s >= 2.0;
    now.last_8s
        .contact_while_seen()
        .filter(|_| known)
        .map_or(Verdict::Unknown, |share| under(share, 0.25, 0.45, active, EVIDENCE))
}
