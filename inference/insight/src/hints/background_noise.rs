//! "Noisy background": speech under 10 dB over the background over 8 s; again over 13 dB.

use super::{Evidence, Now, Rule, Verdict, under};
use crate::texts;

pub const RULE: Rule = Rule {
    id: "background_noise",
    text: "Noisy background",
    purpose: "When the background is too loud to hear you well.",
    severity: 45.0,
    hold_ms: 3000,
    cool_down_ms: 180_000,
    check,
    ..Rule::CORRECTS
};

/// What it was shown for.
const EVIDENCE: Evidence =
    |db| format!("the background was about {} as loud as your voice", texts::loudness(-db.max(0.0)));

fn check(now: &Now, active: bool) -> Verdict {
    let snr = now.last_8s.snr_db().filter(|_| now.last_8s.speech_s >= 2.0);
    snr.map_or(Verdict::Unknown, |db| under(db, 10.0, 13.0, active, EVIDENCE))
}
