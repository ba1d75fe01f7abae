//! "Let them finish": the candidate began to speak over the interviewer, who then stopped.

use super::{Evidence, Now, Rule, Verdict};

pub const RULE: Rule = Rule {
    id: "let_them_finish",
    text: "Let them finish",
    purpose: "When you begin while the interviewer still speaks, and they stop.",
    severity: 60.0,
    cool_down_ms: 180_000,
    check,
    ..Rule::CORRECTS
};

/// What it was shown for.
const EVIDENCE: Evidence = |_| "you began before the interviewer had finished".into();

fn check(now: &Now, _active: bool) -> Verdict {
    match now.interrupted_ms {
        Some(ms) => Verdict::Show(ms as f32 / 1000.0, EVIDENCE),
        None => Verdict::Fine,
    }
}
