//! The budget: one hint at a time, few of them, the weightiest first, none in the first seconds.
//!
//! Sparse hints help and dense ones hurt (Rhema: one or two words every 20 s or so; Chollet et al. 2022: a dense dashboard did worst).

use super::{ALL, Now, Rule, Tone, Verdict};
use coach_core::MediaTime;
use coach_core::journal::HintSettings;
use coach_core::report::Hint;

/// None before this.
pub const QUIET_START_MS: i64 = 10_000;
/// However small the budget is set, a hint stays for four seconds and the next waits as long again.
pub const LEAST_BUDGET_MS: i64 = 8_000;
/// So long a hint stays on the screen; another one waits for it, unless it is urgent.
pub const ON_SCREEN_MS: i64 = 4_000;
/// An urgent hint is shown again after this.
pub const URGENT_AGAIN_MS: i64 = 20_000;
/// Praise comes no more often than this.
pub const PRAISE_MS: i64 = 120_000;
/// Nothing of a kind twice within this.
pub const KIND_MS: i64 = 60_000;

#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// Since when its rule has held.
    since: Option<MediaTime>,
    shown: Option<MediaTime>,
    times: u32,
}

#[derive(Debug)]
pub struct Budget {
    enabled: [bool; ALL.len()],
    every_ms: i64,
    states: [State; ALL.len()],
    /// The last correction within the budget, and the last hint at all.
    last: Option<MediaTime>,
    last_shown: Option<MediaTime>,
    last_praise: Option<MediaTime>,
}

impl Budget {
    pub fn new(settings: &HintSettings) -> Budget {
        Budget {
            enabled: std::array::from_fn(|i| settings.enabled.iter().any(|id| id == ALL[i].id)),
            every_ms: settings.budget_ms.clamp(LEAST_BUDGET_MS, 3_600_000),
            states: [State::default(); ALL.len()],
            last: None,
            last_shown: None,
            last_praise: None,
        }
    }

    /// The person calls a hint not helpful, or takes that back. An unknown id changes nothing.
    pub fn switch(&mut self, hint: &str, on: bool) {
        if let Some(i) = ALL.iter().position(|rule| rule.id == hint) {
            self.enabled[i] = on;
        }
    }

    /// Another question: what was said in the answer before is no reason to say nothing in this one.
    pub fn question(&mut self) {
        self.states = [State::default(); ALL.len()];
    }

    /// Nobody is answering: what was building up is forgotten.
    pub fn rest(&mut self) {
        for state in &mut self.states {
            state.since = None;
        }
    }

    /// One tick: the hint to show now, if any.
    pub fn tick(&mut self, now: &Now) -> Option<Hint> {
        let mut corrects = false;
        let mut best: Option<(f32, usize, String)> = None;
        for (i, rule) in ALL.iter().enumerate() {
            let state = &mut self.states[i];
            let (value, evidence) = match (rule.check)(now, state.since.is_some()) {
                Verdict::Unknown => continue,
                Verdict::Fine => {
                    state.since = None;
                    continue;
                }
                Verdict::Show(value, evidence) => (value, evidence),
            };
            let since = *state.since.get_or_insert(now.t);
            corrects |= rule.tone == Tone::Corrects && self.enabled[i];
            let state = &self.states[i];
            if !self.enabled[i] || now.t - since < rule.hold_ms || !self.may(rule, state, now.t) {
                continue;
            }
            // What is fresh goes before what has been waiting, what was not said before what was.
            let age_s = (now.t - since - rule.hold_ms).min(20_000) as f32 / 1000.0;
            let rank = rule.severity - 0.5 * age_s - 5.0 * state.times as f32;
            if best.as_ref().is_none_or(|(r, ..)| rank > *r) {
                best = Some((rank, i, evidence(value)));
            }
        }
        let (_, i, evidence) = best?;
        let rule = ALL[i];
        if rule.tone == Tone::Praises {
            if corrects {
                return None;
            }
            self.last_praise = Some(now.t);
        }
        if rule.tone == Tone::Corrects && !rule.urgent {
            self.last = Some(now.t);
        }
        self.last_shown = Some(now.t);
        let state = &mut self.states[i];
        state.shown = Some(now.t);
        state.times += 1;
        Some(Hint {
            t: now.t,
            id: rule.id.to_owned(),
            text: rule.text.to_owned(),
            evidence,
            positive: rule.tone == Tone::Praises,
        })
    }

    fn may(&self, rule: &Rule, state: &State, t: MediaTime) -> bool {
        let passed = |since: Option<MediaTime>, ms: i64| since.is_none_or(|s| t - s >= ms);
        let praise = rule.tone == Tone::Praises;
        if rule.urgent {
            return passed(state.shown, URGENT_AGAIN_MS);
        }
        let (before, wait_ms) = match rule.tone {
            Tone::Praises => (self.last_shown, 2 * self.every_ms),
            Tone::Corrects if rule.soon => (self.last, self.every_ms / 2),
            Tone::Corrects => (self.last, self.every_ms),
        };
        t.ms() >= QUIET_START_MS
            && passed(self.last_shown, ON_SCREEN_MS)
            && passed(before, wait_ms)
            && passed(state.shown, rule.cool_down_ms.max(KIND_MS))
            && (!praise || passed(self.last_praise, PRAISE_MS))
    }
}
