//! "Take a breath": a stress spike (several signals over the usual for 1 s), or 20 s of speech without a pause of 250 ms.

use super::{Now, Rule, Tone, Verdict};

pub const RULE: Rule =
    Rule { id: "take_a_breath", severity: 75.0, hold_ms: 0, cool_down_ms: 60_000, tone: Tone::Corrects, check };

fn check(now: &Now, _active: bool) -> Verdict {
    match (now.spike, now.phrase_ms.filter(|ms| *ms >= 20_000)) {
        (Some(height), _) => Verdict::Cue(height),
        (None, Some(ms)) => Verdict::Cue(-(ms as f32) / 1000.0),
        (None, None) => Verdict::Fine,
    }
}
