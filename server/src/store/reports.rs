//! Queries on what a report leaves in the database: answers, scores, hints and metrics, for lists, trends and comparisons.

pub mod corrections;
pub mod phrases;

use super::jobs::Fence;
use super::{Db, in_transaction, on};
use coach_core::report::{MetricValue, Report, Scores};
use coach_core::{MediaTime, SessionId, UserId};
use serde::Serialize;
use sqlx::types::Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The four scores; `null`: not enough data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ScoreValues {
    /// 0 to 100.
    pub confidence: Option<f64>,
    pub clarity: Option<f64>,
    pub resilience: Option<f64>,
    pub engagement: Option<f64>,
}

impl ScoreValues {
    fn set(&mut self, name: &str, value: Option<f64>) {
        match name {
            "confidence" => self.confidence = value,
            "clarity" => self.clarity = value,
            "resilience" => self.resilience = value,
            "engagement" => self.engagement = value,
            _ => {}
        }
    }
}

/// An answer in a list.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AnswerRow {
    pub n: i32,
    pub question_id: Option<String>,
    pub start_ms: i64,
    pub end_ms: i64,
    pub scores: ScoreValues,
}

/// Answers and scores of one session.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    pub scores: Option<ScoreValues>,
    pub answers: Vec<AnswerRow>,
}

/// Writes answers, scores, hints and metrics in one transaction. Replaces those of an earlier report, but keeps scores of other
/// formula versions and the owner's feedback on hints. Returns false, and writes nothing, when the session is deleted or not
/// the owner's.
pub async fn save_report(db: &Db, owner: UserId, session: SessionId, report: &Report) -> sqlx::Result<bool> {
    save(db, owner, session, report, None).await
}

/// Writes a report like [`save_report`], but only while the worker holds its job and the session still waits for its report.
pub async fn save_report_of_job(
    db: &Db,
    owner: UserId,
    session: SessionId,
    report: &Report,
    fence: Fence<'_>,
) -> sqlx::Result<bool> {
    save(db, owner, session, report, Some(fence)).await
}

async fn save(
    db: &Db,
    owner: UserId,
    session: SessionId,
    report: &Report,
    fence: Option<Fence<'_>>,
) -> sqlx::Result<bool> {
    // The row stays locked until the transaction ends, so that no other worker can take the job meanwhile.
    const HELD: &str = "UPDATE jobs SET percent = 100 WHERE id = $1 AND worker = $2 AND state = 'running' AND EXISTS
        (SELECT 1 FROM sessions WHERE id = $3 AND owner = $4 AND state IN ('finalising', 'scoring'))";
    const TOUCH: &str = "UPDATE sessions SET duration_ms = $3, metrics = $4, formulas = $5
        WHERE id = $1 AND owner = $2 AND state <> 'deleted'";
    const CLEAR_SCORES: &str = "DELETE FROM scores WHERE session = $1 AND owner = $2 AND name = $3 AND formula = $4";
    const CLEAR_ANSWERS: &str = "DELETE FROM answers WHERE session = $1 AND owner = $2 AND n >= $3";
    const CLEAR_HINTS: &str = "DELETE FROM hints WHERE session = $1 AND owner = $2 AND useful IS NULL";
    const ANSWER: &str = "INSERT INTO answers (id, session, owner, n, question_id, question, start_ms, end_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (session, n) DO UPDATE SET question_id = excluded.question_id, question = excluded.question,
            start_ms = excluded.start_ms, end_ms = excluded.end_ms
        RETURNING id";
    const SCORE: &str = "INSERT INTO scores (id, session, owner, answer, name, value, coverage, reason, formula)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    const HINT: &str = "INSERT INTO hints (id, session, owner, t_ms, hint, text, evidence, positive)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (session, t_ms, hint) DO UPDATE SET text = excluded.text, evidence = excluded.evidence, positive = excluded.positive";
    in_transaction!(db, tx => {
        if let Some(Fence { job, worker }) = fence {
            let held = sqlx::query(HELD).bind(job).bind(worker).bind(session.0).bind(owner.0).execute(&mut *tx).await?.rows_affected();
            if held == 0 {
                return Ok(false);
            }
        }
        let touched = sqlx::query(TOUCH).bind(session.0).bind(owner.0).bind(report.duration_ms).bind(Json(&report.metrics))
            .bind(Json(&report.formulas)).execute(&mut *tx).await?.rows_affected();
        if touched == 0 {
            return Ok(false);
        }
        let answers = i32::try_from(report.answers.len()).unwrap_or(i32::MAX);
        sqlx::query(CLEAR_ANSWERS).bind(session.0).bind(owner.0).bind(answers).execute(&mut *tx).await?;
        sqlx::query(CLEAR_HINTS).bind(session.0).bind(owner.0).execute(&mut *tx).await?;
        for score in rows(None, &report.overall.scores, &report.formulas) {
            sqlx::query(CLEAR_SCORES).bind(session.0).bind(owner.0).bind(score.name).bind(score.formula).execute(&mut *tx).await?;
        }
        for score in rows(None, &report.overall.scores, &report.formulas) {
            sqlx::query(SCORE).bind(Uuid::now_v7()).bind(session.0).bind(owner.0).bind(score.answer).bind(score.name)
                .bind(score.value).bind(score.coverage).bind(score.reason).bind(score.formula).execute(&mut *tx).await?;
        }
        for (n, answer) in (0i32..).zip(&report.answers) {
            let id: Uuid = sqlx::query_scalar(ANSWER).bind(Uuid::now_v7()).bind(session.0).bind(owner.0).bind(n)
                .bind(&answer.question_id).bind(&answer.question).bind(answer.start.ms()).bind(answer.end.ms())
                .fetch_one(&mut *tx).await?;
            for score in rows(Some(id), &answer.scores, &report.formulas) {
                sqlx::query(SCORE).bind(Uuid::now_v7()).bind(session.0).bind(owner.0).bind(score.answer).bind(score.name)
                    .bind(score.value).bind(score.coverage).bind(score.reason).bind(score.formula).execute(&mut *tx).await?;
            }
        }
        for hint in &report.hints {
            sqlx::query(HINT).bind(Uuid::now_v7()).bind(session.0).bind(owner.0).bind(hint.t.ms()).bind(&hint.id).bind(&hint.text)
                .bind(&hint.evidence).bind(hint.positive).execute(&mut *tx).await?;
        }
        phrases::replace!(tx, owner, session, &report.transcript);
        Ok(true)
    })
}

struct ScoreRow<'a> {
    answer: Option<Uuid>,
    name: &'static str,
    value: Option<f64>,
    coverage: f64,
    reason: Option<&'a str>,
    formula: i32,
}

fn rows<'a>(answer: Option<Uuid>, scores: &'a Scores, formulas: &BTreeMap<String, u32>) -> Vec<ScoreRow<'a>> {
    let named = [
        ("confidence", &scores.confidence),
        ("clarity", &scores.clarity),
        ("resilience", &scores.resilience),
        ("engagement", &scores.engagement),
    ];
    let row = |(name, score): (&'static str, &'a coach_core::report::Score)| ScoreRow {
        answer,
        name,
        // NaN would be stored as NULL by SQLite and as NaN by PostgreSQL.
        value: score.value.map(f64::from).filter(|value| value.is_finite()),
        coverage: f64::from(score.coverage),
        reason: score.reason.as_deref(),
        formula: formula(formulas, name),
    };
    named.into_iter().map(row).collect()
}

/// Returns the version of one score's formula; 0 where the report has none.
fn formula(formulas: &BTreeMap<String, u32>, name: &str) -> i32 {
    formulas.get(name).copied().and_then(|version| i32::try_from(version).ok()).unwrap_or(0)
}

/// Stores the owner's feedback on a hint, also before a report has the hint. Returns false when the session is not theirs.
pub async fn hint_feedback(
    db: &Db,
    owner: UserId,
    session: SessionId,
    t: MediaTime,
    hint: &str,
    useful: bool,
) -> sqlx::Result<bool> {
    const UPSERT: &str = "INSERT INTO hints (id, session, owner, t_ms, hint, text, evidence, positive, useful)
        SELECT $1, id, owner, $4, $5, '', '', $6, $7 FROM sessions WHERE id = $2 AND owner = $3 AND state <> 'deleted'
        ON CONFLICT (session, t_ms, hint) DO UPDATE SET useful = excluded.useful";
    on!(db, pool => Ok(sqlx::query(UPSERT).bind(Uuid::now_v7()).bind(session.0).bind(owner.0).bind(t.ms()).bind(hint).bind(false)
        .bind(useful).execute(pool).await?.rows_affected() == 1))
}

/// Returns how often the person called each hint useful or not, as (id, useful, not useful).
pub async fn hint_verdicts(db: &Db, owner: UserId) -> sqlx::Result<Vec<(String, i64, i64)>> {
    const SELECT: &str = "SELECT hint, CAST(SUM(CASE WHEN useful THEN 1 ELSE 0 END) AS BIGINT),
        CAST(SUM(CASE WHEN useful THEN 0 ELSE 1 END) AS BIGINT)
        FROM hints WHERE owner = $1 AND useful IS NOT NULL GROUP BY hint ORDER BY hint";
    on!(db, pool => sqlx::query_as(SELECT).bind(owner.0).fetch_all(pool).await)
}

/// Returns answers and scores of the owner's sessions with ids from `first` to `last`, both included. Scores are of the formula
/// versions of the session's latest report.
pub async fn summaries(
    db: &Db,
    owner: UserId,
    first: SessionId,
    last: SessionId,
) -> sqlx::Result<BTreeMap<SessionId, Summary>> {
    const ANSWERS: &str = "SELECT session, n, question_id, start_ms, end_ms FROM answers
        WHERE owner = $1 AND session >= $2 AND session <= $3 ORDER BY session, n";
    const SCORES: &str = "SELECT s.session, a.n, s.name, s.value, s.formula, x.formulas FROM scores s
        JOIN sessions x ON x.id = s.session LEFT JOIN answers a ON a.id = s.answer
        WHERE s.owner = $1 AND s.session >= $2 AND s.session <= $3";
    type Answer = (Uuid, i32, Option<String>, i64, i64);
    type Score = (Uuid, Option<i32>, String, Option<f64>, i32, Option<Json<BTreeMap<String, u32>>>);
    let (answers, scores): (Vec<Answer>, Vec<Score>) = on!(db, pool => (
        sqlx::query_as(ANSWERS).bind(owner.0).bind(first.0).bind(last.0).fetch_all(pool).await?,
        sqlx::query_as(SCORES).bind(owner.0).bind(first.0).bind(last.0).fetch_all(pool).await?,
    ));
    let mut out: BTreeMap<SessionId, Summary> = BTreeMap::new();
    for (session, n, question_id, start_ms, end_ms) in answers {
        let row = AnswerRow { n, question_id, start_ms, end_ms, scores: ScoreValues::default() };
        out.entry(SessionId(session)).or_default().answers.push(row);
    }
    for (session, n, name, value, version, formulas) in scores {
        if formulas.is_some_and(|formulas| formula(&formulas, &name) != version) {
            continue; // an older formula's, kept for comparison
        }
        let summary = out.entry(SessionId(session)).or_default();
        match n {
            None => summary.scores.get_or_insert_default().set(&name, value),
            Some(n) => {
                if let Some(answer) = summary.answers.iter_mut().find(|answer| answer.n == n) {
                    answer.scores.set(&name, value);
                }
            }
        }
    }
    Ok(out)
}

/// A scored session as a point of a trend.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub session: SessionId,
    pub at_us: i64,
    pub scores: ScoreValues,
    pub metrics: BTreeMap<String, MetricValue>,
    /// Version of each formula. Scores of different versions cannot be compared.
    pub formulas: BTreeMap<String, u32>,
}

/// Returns the owner's newest `limit` ready sessions, oldest first.
pub async fn points(db: &Db, owner: UserId, limit: i64) -> sqlx::Result<Vec<Point>> {
    const SELECT: &str = "SELECT id, COALESCE(started_us, created_us), metrics, formulas FROM sessions
        WHERE owner = $1 AND state = 'ready' AND metrics IS NOT NULL ORDER BY id DESC LIMIT $2";
    type Row = (Uuid, i64, Json<BTreeMap<String, MetricValue>>, Option<Json<BTreeMap<String, u32>>>);
    let mut rows: Vec<Row> = on!(db, pool => sqlx::query_as(SELECT).bind(owner.0).bind(limit).fetch_all(pool).await?);
    rows.reverse();
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
    let mut summaries = summaries(db, owner, SessionId(first.0), SessionId(last.0)).await?;
    let point = |(id, at_us, metrics, formulas): Row| Point {
        session: SessionId(id),
        at_us,
        scores: summaries.remove(&SessionId(id)).and_then(|summary| summary.scores).unwrap_or_default(),
        metrics: metrics.0,
        formulas: formulas.map(|json| json.0).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(point).collect())
}
