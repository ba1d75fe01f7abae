//! Health, readiness and metrics, for operators.

use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::viewer::{Asks, act};
use crate::{store, telemetry};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::time::Duration;

/// The time within which a part must answer to be ready.
const PING_TIMEOUT: Duration = Duration::from_secs(3);

#[derive(Serialize, utoipa::ToSchema)]
pub struct Alive {
    pub status: &'static str,
    pub version: &'static str,
}

/// Answers 200 while the process runs.
#[utoipa::path(get, operation_id = "health_alive", path = "/healthz", tag = "operation", responses((status = 200, body = Alive)))]
pub async fn alive() -> Json<Alive> {
    Json(Alive { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// Answers 200 when database, object store and models are ready, so that sessions can be accepted.
#[utoipa::path(get, operation_id = "health_ready", path = "/readyz", tag = "operation", responses((status = 200, body = Alive), (status = 503, body = Problem)))]
pub async fn ready(State(app): State<App>) -> Result<Json<Alive>> {
    let (database, objects) = tokio::join!(
        tokio::time::timeout(PING_TIMEOUT, app.context.db.ping()),
        tokio::time::timeout(PING_TIMEOUT, app.context.objects.ping())
    );
    let mut missing = Vec::new();
    if !matches!(database, Ok(Ok(()))) {
        missing.push("the database does not answer");
    }
    if !matches!(objects, Ok(Ok(()))) {
        missing.push("the object store does not answer");
    }
    if app.context.models.get().is_none() {
        missing.push("the models are not loaded yet");
    }
    if app.context.shutdown.is_cancelled() {
        missing.push("the server is stopping");
    }
    if missing.is_empty() {
        return Ok(alive().await);
    }
    Err(Error::Unavailable { detail: missing.join("; "), retry_after_s: 2 })
}

/// Counters and gauges in Prometheus' text format. Where people sign in, an administrator or their token reads them.
#[utoipa::path(get, operation_id = "health_metrics", path = "/metrics", tag = "operation", responses((status = 200, content_type = "text/plain", body = String)))]
pub async fn metrics(State(app): State<App>, _: Asks<act::Operate>) -> Result<Response> {
    for (state, jobs) in store::jobs::count(&app.context.db).await? {
        metrics::gauge!("coach_jobs", "state" => state).set(jobs as f64);
    }
    let recorder = telemetry::recorder().map_err(anyhow::Error::new)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], recorder.render()).into_response())
}
