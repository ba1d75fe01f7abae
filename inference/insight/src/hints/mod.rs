//! The hints: rare, right, explained. One rule per file; the budget decides which may be seen.

pub mod back_in_frame;
pub mod background_noise;
pub mod budget;
pub mod good_eye_contact;
pub mod good_pace;
pub mod lively_tone;
pub mod long_pause;
pub mod look_at_camera;
pub mod more_light;
pub mod slow_down;
pub mod speak_up;
pub mod speed_up;
pub mod take_a_breath;
pub mod vary_tone;
pub mod wrap_up;

use crate::scene::Totals;
use coach_core::MediaTime;

/// What a rule says at one tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Not enough to say: neither shows nor re-arms.
    Unknown,
    Fine,
    /// The cue would help; the number that says why.
    Cue(f32),
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    pub id: &'static str,
    /// Which of several goes first, 0 to 100.
    pub severity: f32,
    /// It must have held for this long.
    pub hold_ms: i64,
    /// Not again within this; never under a minute.
    pub cool_down_ms: i64,
    pub tone: Tone,
    /// `active`: it said [`Verdict::Cue`] at the tick before; the thresholds are then looser, so that it does not flicker.
    pub check: fn(&Now, active: bool) -> Verdict,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something to change.
    Corrects,
    /// Something that went well: rarer still.
    Praises,
}

/// All rules, the weightiest first.
pub const ALL: [&Rule; 14] = [
    &back_in_frame::RULE,
    &take_a_breath::RULE,
    &speak_up::RULE,
    &slow_down::RULE,
    &look_at_camera::RULE,
    &wrap_up::RULE,
    &long_pause::RULE,
    &more_light::RULE,
    &background_noise::RULE,
    &speed_up::RULE,
    &vary_tone::RULE,
    &good_pace::RULE,
    &good_eye_contact::RULE,
    &lively_tone::RULE,
];

/// What the rules may look at: the last seconds of the answer that runs.
#[derive(Debug, Clone, Default)]
pub struct Now {
    pub t: MediaTime,
    /// Sums over the last 8, 20 and 30 s of the answer.
    pub last_8s: Totals,
    pub last_20s: Totals,
    pub last_30s: Totals,
    /// Semitone SD over 20 s.
    pub pitch_sd_st: Option<f32>,
    /// dB; `None` while unknown or while automatic gain is on.
    pub usual_level_db: Option<f32>,
    pub silent_ms: Option<i64>,
    pub phrase_ms: Option<i64>,
    /// No face, or only part of one, for this long; `None`: it is there, or nobody looks.
    pub absent_ms: Option<i64>,
    pub cut_ms: Option<i64>,
    pub dark_ms: Option<i64>,
    pub seen_before: bool,
    /// Composite z of the stress spike in progress.
    pub spike: Option<f32>,
    pub answer_ms: i64,
    pub suggested_ms: Option<i64>,
}

impl Now {
    /// Words a minute over 20 s, with 15 s of talk in them.
    pub fn pace_20s(&self) -> Option<f32> {
        crate::metrics::pace::window(&self.last_20s).filter(|_| self.last_20s.talk_s >= 15.0)
    }

    pub fn pace_30s(&self) -> Option<f32> {
        crate::metrics::pace::window(&self.last_30s).filter(|_| self.last_30s.talk_s >= 25.0)
    }
}

/// `Cue` when `value` is over `over` (over `again` once active).
pub(crate) fn over(value: f32, over: f32, again: f32, active: bool) -> Verdict {
    if value > if active { again } else { over } { Verdict::Cue(value) } else { Verdict::Fine }
}

/// `Cue` when `value` is under `under` (under `again` once active).
pub(crate) fn under(value: f32, under: f32, again: f32, active: bool) -> Verdict {
    if value < if active { again } else { under } { Verdict::Cue(value) } else { Verdict::Fine }
}
