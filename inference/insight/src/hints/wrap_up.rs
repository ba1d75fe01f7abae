//! "Time to wrap up": the suggested time is over, up to a minute after it, so once an answer.

use super::{Now, Rule, Tone, Verdict};

pub const RULE: Rule =
    Rule { id: "wrap_up", severity: 58.0, hold_ms: 0, cool_down_ms: 120_000, tone: Tone::Corrects, check };

fn check(now: &Now, _active: bool) -> Verdict {
    match now.suggested_ms.map(|suggested| now.answer_ms.saturating_sub(suggested)) {
        Some(ms) if (0..60_000).contains(&ms) => Verdict::Cue(ms as f32 / 1000.0),
        _ => Verdict::Fine,
    }
}
