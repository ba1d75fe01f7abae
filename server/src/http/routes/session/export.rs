//! A whole session as one file to download.

use super::report::ready;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::viewer::{Seen, act};
use crate::objects::{self, Reading};
use crate::places::Place;
use crate::store::people::audit;
use crate::uploads::{self, kinds};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use coach_core::SessionId;
use std::io::{self, Write};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The size of the pieces in which the archive is sent, bytes.
const PIECE: usize = 64 * 1024;

const README: &str = "This is one session of the Behavioural Interview Coach.

recording.*     what was recorded (VP8 or H.264, and Opus), or the file as it was uploaded
journal.jsonl   what was seen and heard, one JSON object a line
report.json     what was made of it: scores, contributions, moments, curves
calibration.json what the device check measured, if there was one: `coach analyze recording.webm --calibration calibration.json`

Beside these the server keeps a still of the recording, what the device check measured, the name of an uploaded file, and what
you said about hints. Deleting the session deletes all of it.
";

/// Returns recording, journal, report and calibration in one ZIP, which is written while it is read.
#[utoipa::path(get, operation_id = "export_zip", path = "/api/sessions/{id}/export", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, content_type = "application/zip", body = Vec<u8>), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 429, body = Problem)))]
pub async fn zip(State(app): State<App>, Seen { session, .. }: Seen<act::Export>) -> Result<Response> {
    ready(&session)?;
    let place = app.exports.take(session.owner).map_err(|full| Error::TooMany {
        detail: format!("too many downloads at once: {full}; wait until one is over"),
        retry_after_s: 10,
    })?;
    let mut entries = Vec::new();
    let (recording, content_type) = uploads::recording(&app.context, &session).await?;
    for (name, key) in [
        (format!("recording.{}", kinds::ending(&content_type)), recording),
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
    let disposition = format!("attachment; filename=\"session-{}.zip\"", session.id);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(anyhow::Error::new)?),
    ];
    Ok((headers, Body::from_stream(ReceiverStream::new(packed(entries, place)))).into_response())
}

/// Packs on a thread that may block, as fast as the reader takes it. A failure breaks the body off, so that nobody takes half
/// an archive for a whole one.
fn packed(entries: Vec<(String, Reading)>, place: Place) -> mpsc::Receiver<io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel(4);
    let entries: Vec<_> = entries.into_iter().map(|(name, reading)| (name, objects::blocking(reading))).collect();
    tokio::task::spawn_blocking(move || {
        let failed = sender.clone();
        if let Err(error) = pack(entries, Pipe { sender, piece: Vec::with_capacity(PIECE) }) {
            // The failure may be that the reader has gone.
            let _ = failed.blocking_send(Err(error));
        }
        drop(place);
    });
    receiver
}

fn pack(entries: Vec<(String, objects::BlockingReader)>, pipe: Pipe) -> io::Result<()> {
    let mut archive = ZipWriter::new_stream(pipe);
    // Stored, not squeezed: the recording is compressed already. Large files need not be announced.
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored).large_file(true);
    archive.start_file("README.txt", options)?;
    archive.write_all(README.as_bytes())?;
    for (name, mut reader) in entries {
        archive.start_file(name.as_str(), options)?;
        if name == "journal.jsonl" {
            io::copy(&mut zstd::Decoder::new(reader)?, &mut archive)?;
        } else {
            io::copy(&mut reader, &mut archive)?;
        }
    }
    archive.finish()?.into_inner().flush()
}

/// The writer whose bytes go to the reader of the body.
struct Pipe {
    sender: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.sender.blocking_send(Ok(piece.into())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
