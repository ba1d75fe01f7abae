//! "Good pace": within 125 to 155 words a minute over 30 s, and that for 15 s.

use super::{Now, Rule, Tone, Verdict};

pub const RULE: Rule =
    Rule { id: "good_pace", severity: 6.0, hold_ms: 15_000, cool_down_ms: 300_000, tone: Tone::Praises, check };

fn check(now: &Now, active: bool) -> Verdict {
    let slack = if active { 5.0 } else { 0.0 };
    match now.pace_30s() {
        None => Verdict::Unknown,
        Some(wpm) if (125.0 - slack..=155.0 + slack).contains(&wpm) => Verdict::Cue(wpm),
        Some(_) => Verdict::Fine,
    }
}
