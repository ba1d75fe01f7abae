//! "Pause instead": three or more of um, uh and er within ten seconds. Never for a single one.

use super::{Evidence, Now, Rule, Verdict};

pub const RULE: Rule = Rule {
    id: "pause_instead",
    text: "Pause instead",
    purpose: "When several ums come close together: a moment to think in silence.",
    severity: 50.0,
    cool_down_ms: 90_000,
    check,
    ..Rule::CORRECTS
};

const CLUSTER: Evidence = |n| format!("um or uh {n:.0} times within ten seconds");

fn check(now: &Now, _active: bool) -> Verdict {
    now.filler_cluster.map_or(Verdict::Fine, |n| Verdict::Show(n as f32, CLUSTER))
}
