//! Trends over the sessions, against the person's own range.

use crate::http::app::App;
use crate::http::error::Result;
use crate::http::viewer::{Asks, act};
use crate::store::reports::{self, Point, ScoreValues};
use axum::Json;
use axum::extract::State;
use coach_core::SessionId;
use coach_core::review::{Trend, TrendPoint};
use coach_insight::trends;
use serde::Serialize;
use std::collections::BTreeMap;

/// The number of sessions that are read; the rules for trends use no more.
const POINTS: i64 = 100;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Trends {
    /// Oldest first.
    pub points: Vec<TrendsPoint>,
    pub trends: Vec<Trend>,
}

/// A scored session of the trend.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TrendsPoint {
    pub session_id: SessionId,
    pub at_us: i64,
    pub scores: ScoreValues,
    /// By id; `null`: not enough to say.
    pub metrics: BTreeMap<String, Option<f32>>,
}

/// Returns the person's last hundred scored sessions and their trends.
#[utoipa::path(get, operation_id = "trends_get", path = "/api/trends", tag = "sessions", responses((status = 200, body = Trends)))]
pub async fn get(State(app): State<App>, Asks { viewer, .. }: Asks<act::Use>) -> Result<Json<Trends>> {
    let points = reports::points(&app.context.db, viewer.user, POINTS).await?;
    let trends = trends::trends(&points.iter().map(as_seen_by_insight).collect::<Vec<_>>());
    let points = points.into_iter().map(|point| TrendsPoint {
        session_id: point.session,
        at_us: point.at_us,
        scores: point.scores,
        metrics: point.metrics.into_iter().map(|(id, metric)| (id, metric.value)).collect(),
    });
    Ok(Json(Trends { points: points.collect(), trends }))
}

fn as_seen_by_insight(point: &Point) -> TrendPoint {
    let scores = [
        ("confidence", point.scores.confidence),
        ("clarity", point.scores.clarity),
        ("resilience", point.scores.resilience),
        ("engagement", point.scores.engagement),
    ];
    let mut values: BTreeMap<String, Option<f32>> =
        point.metrics.iter().map(|(id, metric)| (id.clone(), metric.value)).collect();
    values.extend(scores.map(|(id, value)| (id.to_owned(), value.map(|value| value as f32))));
    TrendPoint { session_id: point.session.to_string(), at_us: point.at_us, values, formulas: point.formulas.clone() }
}
