//! The results of an analysis (journal, report, poster) on their way from a folder to the object store.

use crate::context::Context;
use crate::objects::{self, Objects};
use crate::store::sessions::{Session, Source};
use crate::store::uploads;
use anyhow::Context as _;
use coach_core::SessionId;
use coach_core::report::Report;
use coach_media::{VideoCodec, record};
use std::path::Path;

/// Name of the journal's file in its folder.
pub const JOURNAL: &str = "journal.jsonl";
/// Name of the poster's file in its folder.
const POSTER: &str = "poster.jpg";

/// Returns the key of a session's recording: of the file that was uploaded, or of what was recorded live.
///
/// # Errors
/// The object store does not answer.
pub async fn recording_key(store: &dyn Objects, session: &Session) -> anyhow::Result<String> {
    let matroska = objects::matroska_key(session.id);
    Ok(match session.source {
        Source::Upload => objects::upload_key(session.id),
        Source::Live if store.size(&matroska).await?.is_some() => matroska,
        Source::Live => objects::recording_key(session.id),
    })
}

/// Returns the object that replays a session, and its media type. For an upload this is the original file.
///
/// # Errors
/// The database or the object store does not answer.
pub async fn recording(context: &Context, session: &Session) -> anyhow::Result<(String, String)> {
    let key = recording_key(&*context.objects, session).await?;
    let content_type = match session.source {
        Source::Live if key == objects::matroska_key(session.id) => record::media_type(VideoCodec::H264).into(),
        Source::Live => record::media_type(VideoCodec::Vp8).into(),
        Source::Upload => {
            let slot = uploads::get(&context.db, session.owner, session.id).await?;
            slot.map_or_else(|| "application/octet-stream".into(), |slot| slot.content_type)
        }
    };
    Ok((key, content_type))
}

/// Writes a poster, a still frame of the recording, into the folder. A failure is only logged: a recording without video has
/// no poster.
pub fn make_poster(recording: &Path, folder: &Path) {
    if let Err(error) = record::poster(recording, &folder.join(POSTER)) {
        tracing::debug!(%error, "the recording has no poster");
    }
}

/// Puts the folder's poster, if there is one, into the object store.
///
/// # Errors
/// The store does not take it.
pub async fn put_poster(store: &dyn Objects, session: SessionId, folder: &Path) -> anyhow::Result<()> {
    let poster = folder.join(POSTER);
    if !poster.exists() {
        return Ok(());
    }
    store.put_file(&objects::poster_key(session), &poster, "image/jpeg").await
}

/// Compresses the folder's journal and puts it into the object store.
///
/// # Errors
/// The journal cannot be read or compressed, or the store does not take it.
pub async fn put_journal(store: &dyn Objects, session: SessionId, folder: &Path) -> anyhow::Result<()> {
    let (from, packed) = (folder.join(JOURNAL), folder.join("journal.jsonl.zst"));
    let to = packed.clone();
    tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        let input = std::fs::File::open(&from).with_context(|| format!("{}", from.display()))?;
        let output = std::fs::File::create(&to)?;
        zstd::stream::copy_encode(input, output, 9)?;
        Ok(())
    })
    .await??;
    store.put_file(&objects::journal_key(session), &packed, "application/zstd").await
}

/// Writes the report to a file in the folder and puts it into the object store.
///
/// # Errors
/// The file cannot be written, or the store does not take it.
pub async fn put_report(store: &dyn Objects, session: SessionId, folder: &Path, report: &Report) -> anyhow::Result<()> {
    let path = folder.join("report.json");
    tokio::fs::write(&path, serde_json::to_vec(report)?).await?;
    store.put_file(&objects::report_key(session), &path, "application/json").await
}
