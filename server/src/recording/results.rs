//! What an analysis leaves in a folder, put into the object store: journal, report, still.

use crate::objects::{self, Objects};
use anyhow::Context as _;
use coach_core::SessionId;
use coach_core::report::Report;
use coach_media::record;
use std::path::Path;

/// The journal and the still in their folder.
pub const JOURNAL: &str = "journal.jsonl";
const POSTER: &str = "poster.jpg";

/// Makes a still of the recording in the folder. One without a picture has none; that is no failure.
pub fn make_poster(recording: &Path, folder: &Path) {
    if let Err(error) = record::poster(recording, &folder.join(POSTER)) {
        tracing::debug!(%error, "no still of the recording");
    }
}

/// Puts the folder's still, if there is one, into the object store.
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

/// Packs the folder's journal and puts it into the object store.
///
/// # Errors
/// It cannot be read, packed or put.
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

/// Puts the report into the object store, by way of a file in the folder.
///
/// # Errors
/// It cannot be written or put.
pub async fn put_report(store: &dyn Objects, session: SessionId, folder: &Path, report: &Report) -> anyhow::Result<()> {
    let path = folder.join("report.json");
    tokio::fs::write(&path, serde_json::to_vec(report)?).await?;
    store.put_file(&objects::report_key(session), &path, "application/json").await
}
