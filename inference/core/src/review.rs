//! Looking back: two answers side by side, and how things went over many sessions.

use crate::{MediaTime, Span};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Two answers to one question, usually one's own (`a`) and a gold standard (`b`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comparison {
    pub a: Compared,
    pub b: Compared,
    /// The same question was answered; otherwise the two are compared all the same, and the page says so.
    pub same_question: bool,
    /// Opening, middle and close: the spans that correspond.
    pub phases: Vec<Phase>,
    /// The four scores, then the metrics, each with both values.
    pub gaps: Vec<Difference>,
    /// The three largest differences, in words.
    pub words: Vec<String>,
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Compared {
    /// Place of the answer in its report.
    pub answer: usize,
    pub question: Option<String>,
    #[serde(flatten)]
    pub span: Span,
}

/// A third of each answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Phase {
    /// "opening", "middle", "close".
    pub id: String,
    pub a: Span,
    pub b: Span,
}

/// How one score or metric differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Difference {
    /// Id of the score or the metric.
    pub id: String,
    pub name: String,
    /// "" for a score.
    pub unit: String,
    pub a: Option<f32>,
    pub b: Option<f32>,
    /// Both values in words; `null` for a score and for a report of version 0.1.0.
    #[serde(default)]
    pub text_a: Option<String>,
    #[serde(default)]
    pub text_b: Option<String>,
    /// `a - b` in what a listener would just notice; `null` where one of them is unknown.
    pub noticeable: Option<f32>,
    /// Both values in each phase, where a curve tells them.
    pub phases: Vec<[Option<f32>; 2]>,
    /// Moments of `a` and of `b` that show it.
    pub moments_a: Vec<MomentRef>,
    pub moments_b: Vec<MomentRef>,
}

/// A stretch of one of the two replays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MomentRef {
    pub start: MediaTime,
    pub end: MediaTime,
    pub why: String,
}

/// One session in the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrendPoint {
    pub session_id: String,
    /// Microseconds since 1970.
    pub at_us: i64,
    /// Scores and metrics by id; `null` or absent: not enough to say.
    pub values: BTreeMap<String, Option<f32>>,
    /// Version of each formula; values of other versions are not compared.
    pub formulas: BTreeMap<String, u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Direction {
    Up,
    Down,
    Steady,
}

/// How one score or metric went over the sessions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trend {
    pub id: String,
    pub name: String,
    pub unit: String,
    /// `null`: not enough sessions to call it anything.
    pub direction: Option<Direction>,
    /// True: it went the way that the scores aim at; `null` without a direction or an aim.
    pub better: Option<bool>,
    /// Sessions that had a value.
    pub sessions: usize,
    /// The person's own range: the 10th and the 90th percentile.
    pub range: Option<[f32; 2]>,
    pub latest: Option<f32>,
    /// Change from one session to the next (median slope).
    pub per_session: Option<f32>,
    pub words: String,
}
