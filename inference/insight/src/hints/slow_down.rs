//! "Slow down a little": over 175 words a minute over 20 s, or over 210 as soon as there are 8 s of talk; again under 165.

use super::{Evidence, Now, Rule, Verdict, over, to_five};

pub const RULE: Rule = Rule {
    id: "slow_down",
    text: "Slow down a little",
    purpose: "When you speak faster than about 175 words a minute for 20 seconds, or far faster for 10.",
    severity: 65.0,
    hold_ms: 2000,
    soon: true,
    check,
    ..Rule::CORRECTS
};

/// What it was shown for.
const EVIDENCE: Evidence =
    |wpm| format!("about {} words a minute over the last 20 s; aimed at: 120 to 160", to_five(wpm));

fn check(now: &Now, active: bool) -> Verdict {
    now.pace_20s().map_or(Verdict::Unknown, |wpm| over(wpm, 175.0, 165.0, active, EVIDENCE))
}
