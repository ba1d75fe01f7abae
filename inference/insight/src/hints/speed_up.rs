//! "A little faster": under 95 words a minute over 30 s, most of them speech; again over 105. Silence is another hint's.

use super::{Now, Rule, Tone, Verdict, under};

pub const RULE: Rule =
    Rule { id: "speed_up", severity: 40.0, hold_ms: 3000, cool_down_ms: 90_000, tone: Tone::Corrects, check };

fn check(now: &Now, active: bool) -> Verdict {
    let spoken = now.last_30s.speech_s >= 0.55 * now.last_30s.talk_s;
    now.pace_30s().filter(|_| spoken).map_or(Verdict::Unknown, |wpm| under(wpm, 95.0, 105.0, active))
}
