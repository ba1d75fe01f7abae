//! "Good eye contact": on the camera for over 70 % of the last 20 s while speaking, and that for 15 s.

use super::{Evidence, Now, Rule, Verdict, over};

pub const RULE: Rule = Rule {
    id: "good_eye_contact",
    text: "Good eye contact",
    purpose: "Now and then, when you look at the camera well.",
    severity: 5.0,
    check,
    ..Rule::PRAISES
};

/// What it was shown for.
const EVIDENCE: Evidence = |share| format!("eyes on the camera for {:.0} % of the last 20 s", share * 100.0);

fn check(now: &Now, active: bool) -> Verdict {
    let known = now.video_is_fine() && now.last_20s.gaze_s >= 15.0 && now.last_20s.speech_s >= 8.0;
    now.last_20s.contact().filter(|_| known).map_or(Verdict::Unknown, |share| over(share, 0.7, 0.65, active, EVIDENCE))
}
