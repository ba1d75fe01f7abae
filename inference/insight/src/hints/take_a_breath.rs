//! "Take a breath": a stress spike (several signals over the usual for 1 s), or 20 s of speech without a pause of 250 ms.

use super::{Evidence, Now, Rule, Tone, Verdict};

pub const RULE: Rule = Rule {
    id: "take_a_breath",
    text: "Take a breath",
    purpose: "When several signs of strain rise together, or you speak on without a pause.",
    severity: 75.0,
    hold_ms: 0,
    cool_down_ms: 60_000,
    tone: Tone::Corrects,
    check,
};

const STRAIN: Evidence = |z| format!("several signals rose together, to {z:.1} times their usual spread");
const BREATHLESS: Evidence = |s| format!("{s:.0} s of speech without a pause");

fn check(now: &Now, _active: bool) -> Verdict {
    match (now.spike, now.phrase_ms.filter(|ms| *ms >= 20_000)) {
        (Some(height), _) => Verdict::Show(height, STRAIN),
        (None, Some(ms)) => Verdict::Show(ms as f32 / 1000.0, BREATHLESS),
        (None, None) => Verdict::Fine,
    }
}
