//! "A little faster": under 100 words a minute over 30 s, most of them speech; again over 110. Silence is another hint's.

use super::{Evidence, Now, Rule, Verdict, to_five, under};

pub const RULE: Rule = Rule {
    id: "speed_up",
    text: "A little faster",
    purpose: "When you speak slower than about 100 words a minute for 30 seconds.",
    severity: 40.0,
    hold_ms: 3000,
    cool_down_ms: 90_000,
    check,
    ..Rule::CORRECTS
};

/// What it was shown for.
const EVIDENCE: Evidence =
    |wpm| format!("about {} words a minute over the last 30 s; aimed at: 120 to 160", to_five(wpm));

fn check(now: &Now, active: bool) -> Verdict {
    let spoken = now.last_30s.speech_s >= 0.55 * now.last_30s.talk_s;
    now.pace_30s().filter(|_| spoken).map_or(Verdict::Unknown, |wpm| under(wpm, 100.0, 110.0, active, EVIDENCE))
}
