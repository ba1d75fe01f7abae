//! "Lively voice": pitch SD over 3 semitones over 20 s on a clean recording, and that for 15 s.

use super::{Evidence, Now, Rule, Verdict, over};

pub const RULE: Rule = Rule {
    id: "lively_tone",
    text: "Lively voice",
    purpose: "Now and then, when your voice is lively.",
    severity: 4.0,
    check,
    ..Rule::PRAISES
};

/// What it was shown for.
const EVIDENCE: Evidence = |_| "your voice rose and fell freely over the last 20 s".into();

fn check(now: &Now, active: bool) -> Verdict {
    let clean = now.voice_is_fine() && now.last_20s.snr_db().is_some_and(|snr| snr >= 20.0);
    now.pitch_sd_st.filter(|_| clean).map_or(Verdict::Unknown, |st| over(st, 3.0, 2.7, active, EVIDENCE))
}
