//! What was said in a session, as captions and as text.

use super::report::{ready, stored};
use crate::http::app::App;
use crate::http::error::{Problem, Result};
use crate::http::extract::Query;
use crate::http::viewer::{Seen, act};
use crate::objects;
use crate::session::captions;
use crate::store::sessions::Session;
use anyhow::Context as _;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use coach_core::SessionId;
use coach_core::journal::Phrase;
use serde::Deserialize;
use std::io::Read;

/// How a transcript is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TranscriptFormat {
    /// WebVTT captions, as browsers show them.
    #[default]
    Vtt,
    /// SubRip captions, as video editors read them.
    Srt,
    /// Plain text, a phrase a line with its time.
    Text,
}

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TranscriptQuery {
    /// Without it, WebVTT.
    #[param(inline)]
    pub format: Option<TranscriptFormat>,
}

/// The part of a report that is read.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    transcript: Vec<Phrase>,
}

/// What was said, as WebVTT, SubRip or plain text; the report has it as JSON with the times of words.
#[utoipa::path(get, operation_id = "transcript", path = "/api/sessions/{id}/transcript", tag = "sessions",
    params(("id" = SessionId, Path), TranscriptQuery),
    responses((status = 200, content_type = "text/vtt", body = String), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn get(
    State(app): State<App>,
    seen: Seen<act::Review>,
    Query(query): Query<TranscriptQuery>,
) -> Result<Response> {
    let written = written(&app, &seen.session, query.format.unwrap_or_default()).await?;
    seen.note_reading(&app).await?;
    Ok(written)
}

/// Returns the answer that holds what was said in a session.
///
/// # Errors
/// There is no report yet, or the object store does not answer.
pub async fn written(app: &App, session: &Session, format: TranscriptFormat) -> Result<Response> {
    ready(session)?;
    let transcript = said(app, session).await?;
    let (kind, text) = match format {
        TranscriptFormat::Vtt => ("text/vtt; charset=utf-8", captions::webvtt(&transcript)),
        TranscriptFormat::Srt => ("application/x-subrip; charset=utf-8", captions::subrip(&transcript)),
        TranscriptFormat::Text => ("text/plain; charset=utf-8", captions::plain(&transcript)),
    };
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// Returns the phrases of a session that is ready.
///
/// # Errors
/// The object store does not answer, or the report cannot be read.
pub async fn said(app: &App, session: &Session) -> Result<Vec<Phrase>> {
    let reading = stored(app, &objects::report_key(session.id)).await?;
    let mut report = objects::blocking(reading);
    let said: Said = tokio::task::spawn_blocking(move || {
        let mut text = Vec::new();
        report.read_to_end(&mut text)?;
        serde_json::from_slice(&text).map_err(std::io::Error::from)
    })
    .await
    .context("the report's reader ended early")?
    .context("the stored report cannot be read")?;
    Ok(said.transcript)
}
