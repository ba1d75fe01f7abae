//! A whole session as one file to download.

use super::packing::{self, too_many_downloads};
use super::report::ready;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::viewer::{Seen, act};
use crate::objects::{self, Reading};
use crate::recording::{kinds, results};
use crate::store::people::audit;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use coach_core::SessionId;

const README: &str = "This is one session of the Behavioural Interview Coach.

recording.*     what was recorded (VP8 or H.264, and Opus), or the file as it was uploaded
interviewer.webm what was recorded of the interviewer, if there was one, on the same timeline
journal.jsonl   what was seen and heard, one JSON object a line
report.json     what was made of it: scores, contributions, moments, curves, and what was said; where you corrected a phrase, `heard` is
                what was recognized
calibration.json what the device check measured, if there was one: `coach analyze recording.webm --calibration calibration.json`

Beside these the server keeps a still of the recording, the name of an uploaded file, what you said about hints, comments, whom the
session was shared with and who looked, and what a service that you agreed to has answered. Deleting the session deletes all of it.
The settings export everything, these too.
";

/// Returns recording, journal, report and calibration in one ZIP, which is written while it is read.
#[utoipa::path(get, operation_id = "export_zip", path = "/api/sessions/{id}/export", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, content_type = "application/zip", body = Vec<u8>), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 429, body = Problem)))]
pub async fn zip(State(app): State<App>, Seen { session, .. }: Seen<act::Export>) -> Result<Response> {
    ready(&session)?;
    let place = app.exports.take(session.owner).map_err(too_many_downloads)?;
    let mut entries = Vec::new();
    let (recording, content_type) = results::recording(&app.context, &session).await?;
    for (name, key) in [
        (format!("recording.{}", kinds::ending(&content_type)), recording),
        ("interviewer.webm".into(), objects::interviewer_key(session.id)),
        ("journal.jsonl".into(), objects::journal_key(session.id)),
        ("report.json".into(), objects::report_key(session.id)),
    ] {
        if let Some(reading) = app.context.objects.read(&key).await? {
            entries.push((name, reading));
        }
    }
    if entries.is_empty() {
        return Err(Error::Internal(anyhow::anyhow!("nothing of session {} is in the store", session.id)));
    }
    if let Some(calibration) = &session.calibration {
        let text = Bytes::from(serde_json::to_vec_pretty(calibration).map_err(anyhow::Error::new)?);
        let reading =
            Reading { bytes: text.len() as u64, content_type: None, chunks: Box::pin(tokio_stream::once(Ok(text))) };
        entries.push(("calibration.json".into(), reading));
    }
    audit::add(&app.context.db, session.owner, audit::What::Exported, Some(session.id), None).await?;
    let name = format!("session-{}.zip", session.id);
    Ok(packing::answer(&name, move |archive| {
        let _place = place;
        archive.text("README.txt", README.as_bytes())?;
        entries.into_iter().try_for_each(|(name, reading)| archive.object(&name, reading))
    })?)
}
