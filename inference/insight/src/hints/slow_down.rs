//! "Slow down a little": over 175 words a minute over 20 s; again under 165.

use super::{Now, Rule, Tone, Verdict, over};

pub const RULE: Rule =
    Rule { id: "slow_down", severity: 65.0, hold_ms: 2000, cool_down_ms: 60_000, tone: Tone::Corrects, check };

fn check(now: &Now, active: bool) -> Verdict {
    now.pace_20s().map_or(Verdict::Unknown, |wpm| over(wpm, 175.0, 165.0, active))
}
