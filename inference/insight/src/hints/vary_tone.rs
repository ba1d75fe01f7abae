//! "Vary your tone": pitch SD under 1.5 semitones over 20 s with 6 s voiced, on a recording clean enough to tell; again over 1.9.

use super::{Now, Rule, Tone, Verdict, under};

pub const RULE: Rule =
    Rule { id: "vary_tone", severity: 35.0, hold_ms: 3000, cool_down_ms: 90_000, tone: Tone::Corrects, check };

fn check(now: &Now, active: bool) -> Verdict {
    now.pitch_sd_st.map_or(Verdict::Unknown, |st| under(st, 1.5, 1.9, active))
}
