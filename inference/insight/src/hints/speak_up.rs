//! "Speak up a little": more than 6 dB under the device check (else the first seconds) over the speech of the last 8 s; again within
//! 4 dB. Where neither is known to be loud enough, a level that is faint for any microphone, over 8 s of speech.

use super::{Evidence, Now, Rule, Verdict, under};
use crate::baseline::{FAINT_DB, LevelFrom};
use crate::metrics::volume_level;
use crate::scene::Totals;

pub const RULE: Rule = Rule {
    id: "speak_up",
    text: "Speak up a little",
    purpose: "When you are clearly quieter than in the device check, or hard to hear.",
    severity: 70.0,
    hold_ms: 1000,
    check,
    ..Rule::CORRECTS
};

const QUIETER: Evidence = |db| format!("{} over the last 8 s", volume_level::METRIC.say(db));
const FAINT: Evidence = |_| "faint at the microphone over the last seconds; come nearer to it".into();

fn check(now: &Now, active: bool) -> Verdict {
    let level = |totals: &Totals, least_s: f64| totals.level_db().filter(|_| totals.speech_s >= least_s);
    match now.level_from {
        None => Verdict::Unknown,
        Some(LevelFrom::Check(usual) | LevelFrom::Usual(usual) | LevelFrom::Start(usual)) => {
            level(&now.last_8s, 3.0).map_or(Verdict::Unknown, |db| under(db - usual, -6.0, -4.0, active, QUIETER))
        }
        Some(LevelFrom::Nothing) => {
            level(&now.last_20s, 8.0).map_or(Verdict::Unknown, |db| under(db, FAINT_DB, FAINT_DB + 2.0, active, FAINT))
        }
    }
}
