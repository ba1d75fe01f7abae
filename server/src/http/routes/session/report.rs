//! The report, and the journal that it was computed from.

use super::packing::too_many_downloads;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::viewer::{Seen, act};
use crate::objects::{self, Reading};
use crate::session::State as SessionState;
use crate::store::sessions::Session;
use anyhow::Context as _;
use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use coach_core::SessionId;
use std::io::Read;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;

/// The size of the pieces in which the journal is sent, bytes.
const PIECE: usize = 64 * 1024;

/// Returns the report: scores, contributions, moments, curves.
#[utoipa::path(get, operation_id = "report", path = "/api/sessions/{id}/report", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = coach_core::report::Report), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn report(State(app): State<App>, seen: Seen<act::Report>) -> Result<Response> {
    let report = whole(&app, &seen.session).await?;
    seen.note_reading(&app).await?;
    Ok(report)
}

/// Returns the answer that holds a session's report.
///
/// # Errors
/// There is no report yet, or the object store does not answer.
pub async fn whole(app: &App, session: &Session) -> Result<Response> {
    ready(session)?;
    let reading = stored(app, &objects::report_key(session.id)).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], Body::from_stream(reading.chunks)).into_response())
}

/// Returns the journal: all observations of the session, one JSON object a line.
#[utoipa::path(get, operation_id = "report_journal", path = "/api/sessions/{id}/journal", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, content_type = "application/x-ndjson", body = String), (status = 404, body = Problem), (status = 409, body = Problem), (status = 429, body = Problem)))]
pub async fn journal(State(app): State<App>, Seen { session, .. }: Seen<act::Export>) -> Result<Response> {
    ready(&session)?;
    let place = app.journals.take(session.owner).map_err(too_many_downloads)?;
    let reading = stored(&app, &objects::journal_key(session.id)).await?;
    let pieces = ReceiverStream::new(unpacked(reading));
    // The place is taken until the answer is over.
    let body = Body::from_stream(pieces.map(move |piece| {
        let _ = &place;
        piece
    }));
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response())
}

/// Refuses with 409 while there is no report yet.
pub fn ready(session: &Session) -> Result<()> {
    if session.state == SessionState::Ready {
        return Ok(());
    }
    let detail = format!("there is no report yet: the session is {}", session.state.as_str());
    Err(Error::State { state: session.state, detail })
}

/// Returns an object that must exist, because the session is ready.
pub async fn stored(app: &App, key: &str) -> Result<Reading> {
    let found = app.context.objects.read(key).await?;
    Ok(found.with_context(|| format!("{key} is not in the store"))?)
}

/// Decompresses on a thread that may block, as fast as the reader takes it.
pub fn unpacked(reading: Reading) -> mpsc::Receiver<std::io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(4);
    let packed = objects::blocking(reading);
    tokio::task::spawn_blocking(move || {
        let mut decoder = match zstd::Decoder::new(packed) {
            Ok(decoder) => decoder,
            Err(error) => return drop(sender.blocking_send(Err(error))),
        };
        loop {
            let mut piece = vec![0; PIECE];
            let next = match decoder.read(&mut piece) {
                Ok(0) => return,
                Ok(len) => {
                    piece.truncate(len);
                    Ok(Bytes::from(piece))
                }
                Err(error) => Err(error),
            };
            let broken = next.is_err();
            if sender.blocking_send(next).is_err() || broken {
                return;
            }
        }
    });
    receiver
}
