//! The end of a session: the recording made whole and stored, the report stored, and only then parts and spool removed.

use super::live::House;
use super::spool::Spool;
use super::upload::PartUpload;
use crate::live::Message;
use crate::objects::{self, Objects};
use crate::session::Event;
use crate::store;
use anyhow::Context as _;
use coach_core::report::Report;
use coach_core::{MediaTime, SessionId, UserId};
use coach_media::record;
use futures::future::BoxFuture;
use std::path::{Path, PathBuf};
use tokio::task::JoinHandle;

/// What a session ends with.
pub struct Ending<'a> {
    pub house: &'a House,
    pub session: SessionId,
    pub owner: UserId,
    pub spool: &'a Spool,
    /// Spool files of the parts, in order. Their stamps are those of the session.
    pub parts: Vec<PathBuf>,
    /// Uploads that still follow the parts.
    pub uploads: Vec<JoinHandle<PartUpload>>,
    pub report: BoxFuture<'a, anyhow::Result<Report>>,
}

/// Brings a session from finalising to ready. Doing it again after an interruption changes nothing.
///
/// # Errors
/// Something could not be made or stored. The spool is left as it is, so that it can be tried again.
pub async fn conclude(ending: Ending<'_>) -> anyhow::Result<()> {
    let Ending { house, session, owner, spool, parts, uploads, report } = ending;
    let context = &house.context;
    let progress = |stage: &str, percent| {
        context.hub.publish(session, Message::Progress { stage: stage.into(), percent });
    };
    progress("finalising", 10);
    let recording = join(parts, spool.recording());
    // The report needs no recording and the recording no report.
    let (recording, report) = tokio::join!(recording, report);
    let (recording, report) = (recording?, report.context("the report could not be made")?);
    progress("finalising", 40);
    let store = &*context.objects;
    store.put_file(&objects::recording_key(session), &spool.recording(), "video/webm").await?;
    if spool.poster().exists() {
        store.put_file(&objects::poster_key(session), &spool.poster(), "image/jpeg").await?;
    }
    progress("finalising", 70);
    context.machine.apply(owner, session, Event::Recorded).await?;
    put_journal(store, session, spool.folder()).await?;
    put_report(store, session, spool.folder(), &report).await?;
    progress("scoring", 90);
    store::sessions::set_duration(&context.db, owner, session, recording.duration.ms()).await?;
    store::reports::save_report(&context.db, owner, session, &report).await?;
    context.machine.apply(owner, session, Event::Scored).await?;
    progress("ready", 100);
    context.hub.publish(session, Message::ReportReady {});
    tracing::info!(%session, duration_ms = recording.duration.ms(), bytes = recording.bytes, "session is ready");
    clean_up(store, session, spool, uploads).await;
    Ok(())
}

/// Says that a session could not be ended, and why. Its spool stays.
pub async fn failed(house: &House, session: SessionId, owner: UserId, error: &anyhow::Error) {
    tracing::error!(%session, error = format!("{error:#}"), "the session could not be ended; its recording is in the spool");
    let reason = format!("{error:#}");
    if let Err(error) = house.context.machine.apply(owner, session, Event::Failed(reason)).await {
        tracing::error!(%error, %session, "the failure is not in the database");
    }
}

/// The parts as one recording, and a still of it.
async fn join(parts: Vec<PathBuf>, out: PathBuf) -> anyhow::Result<record::Finalised> {
    tokio::task::spawn_blocking(move || {
        let parts: Vec<_> = parts.into_iter().map(|path| (path, MediaTime::ZERO)).collect();
        let finalised = record::finalise(&parts, &out).context("the recording could not be made whole")?;
        // A session without a picture has no still; that is no failure.
        if let Err(error) = record::poster(&out, &out.with_file_name("poster.jpg")) {
            tracing::debug!(%error, "no still of the recording");
        }
        Ok(finalised)
    })
    .await?
}

/// The journal in its folder.
pub const JOURNAL: &str = "journal.jsonl";

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

/// Everything is stored and confirmed: parts and spool go. What stays behind is swept at the next start.
async fn clean_up(store: &dyn Objects, session: SessionId, spool: &Spool, uploads: Vec<JoinHandle<PartUpload>>) {
    for upload in uploads {
        let _ = upload.await;
    }
    let parts = format!("{}parts/", objects::prefix(session));
    if let Err(error) = store.delete_prefix(&parts).await {
        tracing::warn!(error = format!("{error:#}"), %session, "the parts are not removed from the object store");
    }
    if let Err(error) = spool.remove() {
        tracing::warn!(%error, folder = %spool.folder().display(), "the spool is not removed");
    }
}

/// The lines of a journal that may have been cut by a crash.
pub fn read_journal(path: &Path) -> Vec<coach_core::journal::Line> {
    let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
    text.lines().map_while(|line| serde_json::from_str(line).ok()).collect()
}
