//! "Look at the camera": eyes on it for under 25 % of the last 8 s while speaking; again over 45 %.

use super::{Evidence, Now, Rule, Tone, Verdict, under};

pub const RULE: Rule = Rule {
    id: "look_at_camera",
    text: "Look at the camera",
    purpose: "When you look away from the camera most of the time.",
    severity: 60.0,
    hold_ms: 1000,
    cool_down_ms: 60_000,
    tone: Tone::Corrects,
    check,
};

/// What it was shown for.
const EVIDENCE: Evidence = |share| format!("eyes on the camera for {:.0} % of the last 8 s", share * 100.0);

fn check(now: &Now, active: bool) -> Verdict {
    let known = now.last_8s.gaze_s >= 6.0 && now.last_8s.speech_s >= 2.0;
    now.last_8s.contact().filter(|_| known).map_or(Verdict::Unknown, |share| under(share, 0.25, 0.45, active, EVIDENCE))
}
