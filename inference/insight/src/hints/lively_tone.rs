//! "Lively voice": pitch SD over 3 semitones over 20 s on a clean recording, and that for 15 s.

use super::{Now, Rule, Tone, Verdict, over};

pub const RULE: Rule =
    Rule { id: "lively_tone", severity: 4.0, hold_ms: 15_000, cool_down_ms: 300_000, tone: Tone::Praises, check };

fn check(now: &Now, active: bool) -> Verdict {
    let clean = now.last_20s.snr_db().is_some_and(|snr| snr >= 20.0);
    now.pitch_sd_st.filter(|_| clean).map_or(Verdict::Unknown, |st| over(st, 3.0, 2.7, active))
}
