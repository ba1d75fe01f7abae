//! "Good pace": within 125 to 155 words a minute over 30 s, and that for 15 s.

use super::{Evidence, Now, Rule, Verdict, to_five};

pub const RULE: Rule = Rule {
    id: "good_pace",
    text: "Good pace",
    purpose: "Now and then, when your pace is easy to follow.",
    severity: 6.0,
    check,
    ..Rule::PRAISES
};

/// What it was shown for.
const EVIDENCE: Evidence = |wpm| format!("about {} words a minute over the last 30 s", to_five(wpm));

fn check(now: &Now, active: bool) -> Verdict {
    let slack = if active { 5.0 } else { 0.0 };
    match now.pace_30s() {
        None => Verdict::Unknown,
        Some(_) if !now.voice_is_fine() => Verdict::Unknown,
        Some(wpm) if (125.0 - slack..=155.0 + slack).contains(&wpm) => Verdict::Show(wpm, EVIDENCE),
        Some(_) => Verdict::Fine,
    }
}
