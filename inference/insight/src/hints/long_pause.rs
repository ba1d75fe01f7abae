//! "Long pause: go on": 4 s of silence after something was said in this answer.

use super::{Now, Rule, Tone, Verdict};

pub const RULE: Rule =
    Rule { id: "long_pause", severity: 55.0, hold_ms: 0, cool_down_ms: 60_000, tone: Tone::Corrects, check };

fn check(now: &Now, _active: bool) -> Verdict {
    match now.silent_ms.filter(|ms| *ms >= 4000) {
        Some(ms) => Verdict::Cue(ms as f32 / 1000.0),
        None => Verdict::Fine,
    }
}
