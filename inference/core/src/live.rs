//! What a live session says while it runs. The server wraps these in its protocol's messages.

use crate::MediaTime;
use crate::journal::QualityReason;
use serde::{Deserialize, Serialize};

/// Five times a second: enough for a meter and a light, not for a verdict.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Vitals {
    pub t: MediaTime,
    /// dB re 2e-5.
    pub level_db: Option<f32>,
    pub speaking: bool,
    pub face: bool,
    pub faces: u32,
    /// Why the video is hard to judge. `None`: it is not.
    pub quality: Option<QualityReason>,
    /// Over the last 20 s; `None` while there is too little speech.
    pub pace_wpm: Option<f32>,
    /// Semitone SD over the last 20 s.
    pub pitch_sd_st: Option<f32>,
    /// Share of the last 5 s.
    pub eye_contact: Option<f32>,
    pub valence: Option<f32>,
    pub arousal: Option<f32>,
    /// The baseline is still being learnt.
    pub learning: bool,
}

/// A running estimate of the four scores; `None`: not enough to say yet.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunningScores {
    pub t: MediaTime,
    pub confidence: Option<f32>,
    pub clarity: Option<f32>,
    pub resilience: Option<f32>,
    pub engagement: Option<f32>,
}

/// How long each has spoken so far, with an interviewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TalkTime {
    pub t: MediaTime,
    pub candidate_ms: i64,
    pub interviewer_ms: i64,
}

/// What follows the end of an answer: a further question, or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FollowUp {
    pub t: MediaTime,
    /// What was not heard in the answer; `None`: nothing is asked.
    pub missing: Option<Missing>,
    /// The question.
    pub text: Option<String>,
}

/// What a story of work can lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Missing {
    /// What came of it.
    Result,
    /// The speaker's own part beside that of a group.
    OwnPart,
    /// What was done.
    Action,
    /// A number.
    Number,
}
