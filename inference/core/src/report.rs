//! The report: what the engine made of a journal. Every point of a score opens into moments with evidence.

use crate::journal::Phrase;
use crate::{MediaTime, Span};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this layout.
pub const VERSION: u32 = 1;

/// `report.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// [`VERSION`].
    pub version: u32,
    /// Version of each formula by name ("confidence": 1, …), so that old scores are never mixed with new ones.
    pub formulas: BTreeMap<String, u32>,
    pub duration_ms: i64,
    pub coverage: Coverage,
    /// In order of time. At least one: a session without marks is one answer.
    pub answers: Vec<Answer>,
    /// The whole session in the same form.
    pub overall: Answer,
    /// Metrics of the whole session by id.
    pub metrics: BTreeMap<String, MetricValue>,
    /// 2 Hz; sample `i` is at `500 i` ms.
    pub series: Series,
    pub pauses: Vec<Pause>,
    pub stress: Vec<StressSpike>,
    pub hints: Vec<Hint>,
    /// Voice measures under Praat's names (`f0_mean`, `jitter_local`, …), from the live path.
    pub voice: BTreeMap<String, Option<f64>>,
    /// What was said, phrase by phrase in order of time; empty where nothing was written down (`recognizer` says whether anybody tried).
    #[serde(default)]
    pub transcript: Vec<Phrase>,
    /// Name and version of the speech recognizer; `null`: there was none.
    #[serde(default)]
    pub recognizer: Option<String>,
    /// Speech that was not written down because the machine was busy. A job writes it down after the session and takes it from here.
    #[serde(default)]
    pub unwritten: Vec<Span>,
    /// What the person has to know about the recording as a whole, each a sentence: that a file ends early, which of its audio tracks was
    /// read, that the voice was too quiet.
    #[serde(default)]
    pub notices: Vec<String>,
    /// What the person is compared with where no device check was made: a sentence. `null`: there was one.
    #[serde(default)]
    pub without_check: Option<String>,
    /// Who spoke when; `null` where no interviewer spoke.
    #[serde(default)]
    pub turns: Option<Turns>,
}

/// How the candidate and the interviewer took turns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Turns {
    /// Seconds of speech.
    pub candidate_s: f32,
    pub interviewer_s: f32,
    /// The candidate's share of all speech, 0 to 1.
    pub share: f32,
    /// From the end of each question, as it was heard, to the first word after it; in order of time.
    pub responses: Vec<Response>,
    /// Who began while the other one spoke and made them stop; in order of time.
    pub interruptions: Vec<Interruption>,
    /// Where both spoke, in order of time.
    pub overlaps: Vec<Span>,
    /// How the candidate listened; `null` where that was too short or not seen.
    pub listening: Option<Listening>,
    /// When the interviewer spoke, in order of time.
    pub interviewer: Vec<Span>,
}

/// The time from the end of a question to the first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Response {
    pub question_end: MediaTime,
    pub first_word: MediaTime,
    pub ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Speaker {
    Candidate,
    Interviewer,
}

/// Somebody began to speak while the other one did, who then stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Interruption {
    pub by: Speaker,
    /// Where both spoke.
    #[serde(flatten)]
    pub span: Span,
}

/// What was seen of the candidate while the interviewer spoke and the candidate did not.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Listening {
    /// Seconds of it in which the face was seen well.
    pub seconds: f32,
    /// Share of the time on camera, 0 to 1.
    pub eye_contact: Option<f32>,
    pub nods_per_minute: f32,
    /// Share of the time with a smile, 0 to 1.
    pub smile_share: f32,
}

/// Which share of the time each kind of evidence was there, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Coverage {
    /// Analyzed frames with a usable face, of the grid's cells.
    pub face: f32,
    /// Hops without a gap, of all hops.
    pub voice: f32,
    /// Seconds of speech heard.
    pub speech_s: f32,
    /// Seconds of usable face seen.
    pub face_s: f32,
}

/// One answer, or the whole session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Answer {
    /// Text of the question; `null` for the whole session or when none was asked.
    pub question: Option<String>,
    pub question_id: Option<String>,
    pub suggested_ms: Option<i64>,
    pub start: MediaTime,
    pub end: MediaTime,
    pub scores: Scores,
    /// Metrics of this answer by id.
    pub metrics: BTreeMap<String, MetricValue>,
    /// The same in plain words: what went well, what to try next, what stood in the way, then a line for each score.
    pub words: Vec<String>,
    /// What went well, one or two sentences with their evidence.
    #[serde(default)]
    pub praise: Vec<Feedback>,
    /// What to try next, the most important first, at most three; of the whole session, the worst of each answer.
    #[serde(default)]
    pub advice: Vec<Feedback>,
    /// What the answer tells, as far as set phrases say; `null`: nothing was found, or the words are uncertain.
    #[serde(default)]
    pub outline: Option<Outline>,
    /// The further question that was asked after the answer had ended first; what was said to it is part of the answer.
    #[serde(default)]
    pub follow_up: Option<String>,
}

/// The outline that was found of an answer. It is no grade: what is not in it may have been told in other words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outline {
    /// In order of time; each part at most once.
    pub parts: Vec<OutlinePart>,
}

/// A part of an [`Outline`], from its first set phrase to the next part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutlinePart {
    pub part: StoryPart,
    #[serde(flatten)]
    pub span: Span,
    /// Its first words, at most ten.
    pub quote: String,
}

/// The parts of a story of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum StoryPart {
    Situation,
    Task,
    Action,
    Result,
}

/// One sentence about behaviour, with the stretch of the replay that shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Feedback {
    /// Id of the metric or the condition it is about.
    pub id: String,
    /// Behaviour, number, what to do.
    pub text: String,
    /// Places in [`Report::answers`] of the answers it is about.
    pub answers: Vec<usize>,
    /// At most 8 s that show it; `null`: it has no place of its own.
    pub worst: Option<Span>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Scores {
    pub confidence: Score,
    pub clarity: Score,
    pub resilience: Score,
    pub engagement: Score,
}

impl Scores {
    /// Name and score in the order they are shown.
    pub fn each(&self) -> [(ScoreName, &Score); 4] {
        [
            (ScoreName::Confidence, &self.confidence),
            (ScoreName::Clarity, &self.clarity),
            (ScoreName::Resilience, &self.resilience),
            (ScoreName::Engagement, &self.engagement),
        ]
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ScoreName {
    Confidence,
    Clarity,
    Resilience,
    Engagement,
}

/// A practice index, not a verdict.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Score {
    /// 10 to 97; `null`: not enough to say, and `reason` says why.
    pub value: Option<f32>,
    /// Where the score lies, given what could not be judged and how it changed within the answer. A score may have a range and no value.
    #[serde(default)]
    pub range: Option<[f32; 2]>,
    /// The share of the score's weight that rests on evidence, 0 to 1.
    pub coverage: f32,
    pub reason: Option<String>,
    /// Points that stand in for what could not be judged; the others are those of the contributions.
    #[serde(default)]
    pub unknown: f32,
    /// What it is the sum of.
    pub contributions: Vec<Contribution>,
}

/// One named part of a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contribution {
    /// Id of the metric it rests on.
    pub metric: String,
    /// The metric's name as one reads it; empty in a report of version 0.1.0.
    #[serde(default)]
    pub name: String,
    /// `null`: not enough evidence; it brings no points of its own, and `unknown` of the score stands in for it.
    pub value: Option<f32>,
    /// The value in words, and the person's own usual one: as in [`MetricValue`].
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub usual: Option<String>,
    /// Why there is no value, where it is not for want of evidence ("too noisy to judge").
    #[serde(default)]
    pub reason: Option<String>,
    pub unit: String,
    /// The band aimed at, in words with numbers ("120 to 160 words a minute").
    pub target: String,
    /// The person's own usual value, where the metric is read against it.
    pub baseline: Option<f32>,
    /// Share of the score, 0 to 1; the weakest pillar has more than its formula gives it.
    pub weight: f32,
    /// Points it brought, 0 to 100 times `weight`.
    pub points: f32,
    /// What moved it most, both ways.
    pub moments: Vec<Moment>,
}

/// A stretch of the replay that is evidence for something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Moment {
    #[serde(flatten)]
    pub span: Span,
    /// Behaviour in plain words: "4.2 s pause".
    pub why: String,
    /// True: it helped.
    pub good: bool,
}

/// A metric over an answer or a session.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MetricValue {
    /// As one reads it; empty in a report of version 0.1.0.
    #[serde(default)]
    pub name: String,
    /// The value in words, as one reads it beside its aim ("140 words a minute, counted in the words", "phrases carried to their end").
    #[serde(default)]
    pub text: Option<String>,
    /// The person's own usual value in words; `null`: there is none, or it says nothing by itself.
    #[serde(default)]
    pub usual: Option<String>,
    /// `null`: not enough to say.
    pub value: Option<f32>,
    /// Why there is no value, where it is not for want of evidence ("too noisy to judge").
    #[serde(default)]
    pub reason: Option<String>,
    pub unit: String,
    /// Share of the time the metric could be taken, 0 to 1.
    pub coverage: f32,
    pub baseline: Option<f32>,
}

/// Curves at 2 Hz. All have the same length; `null` = nothing known there.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Series {
    /// Milliseconds from one sample to the next: 500.
    pub step_ms: i64,
    /// -1 to 1.
    pub valence: Vec<Option<f32>>,
    /// 0 to 1.
    pub arousal: Vec<Option<f32>>,
    /// Composite z against the baseline; over 2 is a spike.
    pub stress: Vec<Option<f32>>,
    pub pace_wpm: Vec<Option<f32>>,
    /// Semitones relative to the person's median pitch.
    pub pitch_st: Vec<Option<f32>>,
    /// dB re 2e-5 while speaking.
    pub level_db: Vec<Option<f32>>,
    /// 0 or 1, or a share in between: eyes on the camera.
    pub eye_contact: Vec<Option<f32>>,
    /// 0 to 1.
    pub expressiveness: Vec<Option<f32>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PauseClass {
    /// Under 250 ms: not counted.
    Brief,
    /// 250 to 1000 ms.
    Medium,
    /// Over 1 s.
    Long,
}

/// Silence between two stretches of speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pause {
    #[serde(flatten)]
    pub span: Span,
    pub class: PauseClass,
}

/// Signals that rose together over the person's baseline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StressSpike {
    pub start: MediaTime,
    pub peak: MediaTime,
    /// Composite z at the peak.
    pub height: f32,
    /// Which signals, strongest first.
    pub signals: Vec<String>,
    /// When it had calmed down; `null`: not before the end.
    pub recovered: Option<MediaTime>,
}

/// One hint that was shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hint {
    pub t: MediaTime,
    /// "slow_down", …; docs/HINTS.md lists them.
    pub id: String,
    /// 2 to 4 words.
    pub text: String,
    /// What it was shown for, with numbers.
    pub evidence: String,
    /// True for a hint that says something went well.
    #[serde(default)]
    pub positive: bool,
}
