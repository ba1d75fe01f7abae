//! The hints: rare, right, explained. One rule per file, with its texts; the budget decides which may be seen.
//!
//! To add one: its file, and its name in the list below, where its severity puts it.

pub mod budget;

use crate::baseline::{FAINT_DB, LevelFrom};
use crate::scene::Totals;
use coach_core::MediaTime;

/// Puts the number that a rule measured in words: what the hint is shown for.
pub type Evidence = fn(f32) -> String;

/// What a rule says at one tick.
#[derive(Debug, Clone, Copy)]
pub enum Verdict {
    /// Not enough to say: neither shows nor re-arms.
    Unknown,
    Fine,
    /// The hint would help; the number that says why, and its words.
    Show(f32, Evidence),
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    pub id: &'static str,
    /// On the screen: 2 to 4 words.
    pub text: &'static str,
    /// What it is for, for the page on which it is switched on and off.
    pub purpose: &'static str,
    /// Which of several goes first, 0 to 100.
    pub severity: f32,
    /// It must have held for this long.
    pub hold_ms: i64,
    /// Not again within this; never under a minute. An urgent hint has its own time ([`budget::URGENT_AGAIN_MS`]).
    pub cool_down_ms: i64,
    pub tone: Tone,
    /// Nothing can be judged while it lasts, so it is shown at once: outside of the budget and of the first seconds.
    pub urgent: bool,
    /// It waits for half of the budget only, because what it would change is soon over.
    pub soon: bool,
    /// `active`: it said [`Verdict::Show`] at the tick before; the thresholds are then looser, so that it does not flicker.
    pub check: fn(&Now, active: bool) -> Verdict,
}

impl Rule {
    /// What each file builds on.
    pub const CORRECTS: Rule = Rule {
        id: "",
        text: "",
        purpose: "",
        severity: 0.0,
        hold_ms: 0,
        cool_down_ms: 60_000,
        tone: Tone::Corrects,
        urgent: false,
        soon: false,
        check: |_, _| Verdict::Unknown,
    };
    /// What a file of praise builds on.
    pub const PRAISES: Rule = Rule { tone: Tone::Praises, hold_ms: 15_000, cool_down_ms: 300_000, ..Rule::CORRECTS };
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something to change.
    Corrects,
    /// Something that went well: rarer still.
    Praises,
}

/// Declares the modules of the rules and [`ALL`] of them.
macro_rules! rules {
    ($($name:ident),* $(,)?) => {
        $(pub mod $name;)*

        /// All rules, the weightiest first.
        pub const ALL: &[&Rule] = &[$(&$name::RULE),*];
    };
}

rules! {
    back_in_frame,
    cannot_hear,
    more_light,
    take_a_breath,
    speak_up,
    slow_down,
    look_at_camera,
    let_them_finish,
    wrap_up,
    long_pause,
    pause_instead,
    background_noise,
    speed_up,
    vary_tone,
    good_pace,
    good_eye_contact,
    lively_tone,
}

/// What the rules may look at: the last seconds of the answer that runs.
#[derive(Debug, Clone, Default)]
pub struct Now {
    pub t: MediaTime,
    /// Sums over the last 8, 20 and 30 s of the answer.
    pub last_8s: Totals,
    pub last_20s: Totals,
    pub last_30s: Totals,
    /// Fillers of a cluster that was said in the last seconds of the answer.
    pub filler_cluster: Option<usize>,
    /// Semitone SD over 20 s.
    pub pitch_sd_st: Option<f32>,
    /// What levels are read against; `None` while automatic gain is on.
    pub level_from: Option<LevelFrom>,
    /// There was enough speech to know the person's usual voice.
    pub voice_is_learnt: bool,
    pub silent_ms: Option<i64>,
    /// Share of the last 25 s of the answer without a pause of 250 ms; `None` while it is shorter.
    pub breath: Option<f32>,
    /// A microphone that was heard before has given nothing at all for this long.
    pub mute_ms: Option<i64>,
    /// No face, or only part of one, for this long; `None`: it is there, or nobody looks.
    pub absent_ms: Option<i64>,
    pub cut_ms: Option<i64>,
    pub dark_ms: Option<i64>,
    /// A face is seen now.
    pub present: bool,
    pub seen_before: bool,
    /// Composite z of the stress spike in progress.
    pub spike: Option<f32>,
    pub answer_ms: i64,
    pub suggested_ms: Option<i64>,
    /// How long ago the interviewer was interrupted; `None`: not in the last seconds.
    pub interrupted_ms: Option<i64>,
}

/// Pace that is told from little speech already, words a minute.
const FAR_TOO_FAST_WPM: f32 = 210.0;

impl Now {
    /// Words a minute over the last 20 s, with 12 s of talk in them. Speech far over the aim is known sooner, from 8 s of talk: the
    /// error of so few syllables is smaller than its distance.
    pub fn pace_20s(&self) -> Option<f32> {
        let least_s = |wpm: f32| if wpm >= FAR_TOO_FAST_WPM { 8.0 } else { 12.0 };
        crate::metrics::pace::window(&self.last_20s).filter(|wpm| self.last_20s.talk_s >= least_s(*wpm))
    }

    /// Neither the level nor the breath of the last seconds is at fault: only such a voice is praised.
    pub fn voice_is_fine(&self) -> bool {
        let quiet = self.last_20s.level_db().zip(self.level_from).is_some_and(|(db, from)| match from {
            LevelFrom::Check(usual) | LevelFrom::Usual(usual) | LevelFrom::Start(usual) => db < usual - 4.0,
            LevelFrom::Nothing => self.voice_is_learnt && db < FAINT_DB + 2.0,
        });
        let breathless = self.breath.is_some_and(|share| share > 0.9);
        !quiet && !breathless && self.mute_ms.is_none()
    }

    /// The face is there, lit, whole and alone, and it moves: a photograph looks into the camera for ever.
    pub fn video_is_fine(&self) -> bool {
        let t = &self.last_20s;
        self.present && t.good_s >= 0.9 * t.analyzed_s && t.several_s < 1.0 && t.eye_s > 0.0 && !t.is_still()
    }

    pub fn pace_30s(&self) -> Option<f32> {
        crate::metrics::pace::window(&self.last_30s).filter(|_| self.last_30s.talk_s >= 25.0)
    }
}

/// Shows when `value` is over `over` (over `again` once active).
pub(crate) fn over(value: f32, over: f32, again: f32, active: bool, evidence: Evidence) -> Verdict {
    if value > if active { again } else { over } { Verdict::Show(value, evidence) } else { Verdict::Fine }
}

/// Shows when `value` is under `under` (under `again` once active).
pub(crate) fn under(value: f32, under: f32, again: f32, active: bool, evidence: Evidence) -> Verdict {
    if value < if active { again } else { under } { Verdict::Show(value, evidence) } else { Verdict::Fine }
}

/// Rounded to fives: nobody knows a pace to the word.
pub(crate) fn to_five(v: f32) -> i32 {
    (v / 5.0).round() as i32 * 5
}
