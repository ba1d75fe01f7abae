//! "Time to wrap up": the suggested time is over, up to a minute after it, so once an answer.

use super::{Evidence, Now, Rule, Verdict};

pub const RULE: Rule = Rule {
    id: "wrap_up",
    text: "Time to wrap up",
    purpose: "When the suggested time of the question is over.",
    severity: 58.0,
    cool_down_ms: 120_000,
    check,
    ..Rule::CORRECTS
};

/// What it was shown for.
const EVIDENCE: Evidence = |s| match s {
    s if s < 1.0 => "the suggested time is over".into(),
    s => format!("{s:.0} s over the suggested time"),
};

fn check(now: &Now, _active: bool) -> Verdict {
    match now.suggested_ms.map(|suggested| now.answer_ms.saturating_sub(suggested)) {
        Some(ms) if (0..60_000).contains(&ms) => Verdict::Show(ms as f32 / 1000.0, EVIDENCE),
        _ => Verdict::Fine,
    }
}
