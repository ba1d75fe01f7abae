//! "More light, please": too dark for 5 s.

use super::{Now, Rule, Tone, Verdict};

pub const RULE: Rule =
    Rule { id: "more_light", severity: 50.0, hold_ms: 0, cool_down_ms: 120_000, tone: Tone::Corrects, check };

fn check(now: &Now, _active: bool) -> Verdict {
    match now.dark_ms.filter(|ms| *ms >= 5000) {
        Some(ms) => Verdict::Cue(ms as f32 / 1000.0),
        None => Verdict::Fine,
    }
}
