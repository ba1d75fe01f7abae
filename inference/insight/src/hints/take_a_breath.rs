//! "Take a breath": a stress spike (several signals over the usual for 1 s), or pauses in less than 7 % of 25 s; again under 11 %.

use super::{Evidence, Now, Rule, Verdict, over};

pub const RULE: Rule = Rule {
    id: "take_a_breath",
    text: "Take a breath",
    purpose: "When several signs of strain rise together, or you speak on without a pause.",
    severity: 75.0,
    check,
    ..Rule::CORRECTS
};

const STRAIN: Evidence = |_| "several signs of strain came together".into();
const BREATHLESS: Evidence = |share| format!("hardly a pause in 25 s: {:.1} s in all", 25.0 * (1.0 - share));

fn check(now: &Now, active: bool) -> Verdict {
    if let Some(height) = now.spike {
        return Verdict::Show(height, STRAIN);
    }
    now.breath.map_or(Verdict::Fine, |share| over(share, 0.93, 0.89, active, BREATHLESS))
}
