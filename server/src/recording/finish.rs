//! Finishes a session: joins and stores the recording, stores the report, and only then removes parts and spool.

use super::Recordings;
use super::disk;
use super::rescore::LATE_WORDS;
use super::results::{make_poster, put_journal, put_poster, put_report};
use super::retry::{Retry, Stopped};
use super::spool::Spool;
use crate::channel::Message;
use crate::objects::{self, Objects};
use crate::session::Event;
use crate::store::{self, jobs::NewJob, sessions::Session};
use anyhow::Context as _;
use coach_core::journal::Calibration;
use coach_core::report::Report;
use coach_core::{MediaTime, SessionId};
use coach_media::{VideoCodec, record};
use std::path::PathBuf;

/// A session whose media has ended, and the files that are left of it.
pub struct Ending<'a> {
    /// What is needed to finish a recording.
    pub recordings: &'a Recordings,
    /// The session that is finished.
    pub session: &'a Session,
    /// The session's folder in the spool.
    pub spool: &'a Spool,
    /// Spool files of the parts, in order. Their stamps are positions on the session's timeline.
    pub parts: Vec<PathBuf>,
}

/// Brings a session from finalising to ready, or to failed with a reason. Passing failures are retried. After an interruption
/// the next start repeats the work; steps that were done before have the same result again.
///
/// `report` is awaited once the joined recording is in the spool. It gives the report and, where it is known, the person's
/// baseline as learnt in the session.
pub async fn conclude(
    ending: &Ending<'_>,
    report: impl Future<Output = anyhow::Result<(Report, Option<Calibration>)>>,
) {
    let (context, session) = (&ending.recordings.context, ending.session);
    let retry = Retry::new(context, session.id, session.owner);
    let Err(error) = store_all(ending, &retry, report).await else { return };
    let reason = format!("{error:#}");
    if error.is::<Stopped>() {
        tracing::info!(session = %session.id, error = reason, "the server stopped before the session was stored; the next start goes on with it");
        return;
    }
    let empty = error.downcast_ref::<record::Error>().is_some_and(|e| matches!(e, record::Error::Empty));
    let event = if empty { Event::NothingCame } else { Event::Failed(reason.clone()) };
    if empty {
        tracing::info!(session = %session.id, "nothing was recorded before the session ended; it can be started again");
        if let Err(error) = ending.spool.remove() {
            tracing::warn!(%error, session = %session.id, "the spool folder of a session without media cannot be removed");
        }
    } else {
        tracing::error!(session = %session.id, error = reason, "the session could not be finished; its recording stays in the spool");
    }
    if let Err(error) = retry.apply(event).await {
        tracing::error!(error = format!("{error:#}"), session = %session.id, "the session's final state could not be stored");
    }
}

/// Joins, stores and scores the session, then cleans up.
async fn store_all(
    ending: &Ending<'_>,
    retry: &Retry<'_>,
    report: impl Future<Output = anyhow::Result<(Report, Option<Calibration>)>>,
) -> anyhow::Result<()> {
    let Ending { recordings, session, spool, parts } = ending;
    let (db, store) = (&recordings.context.db, &*recordings.context.objects);
    let (id, owner) = (session.id, session.owner);
    retry.progress("finalising", 10);
    let recording = retry.until(|| join(parts.clone(), spool.recording())).await?;
    let interviewer = retry.until(|| join_interviewer(spool)).await?;
    retry.progress("finalising", 40);
    let stored = async {
        let key = match recording.codec {
            VideoCodec::Vp8 => objects::recording_key(id),
            VideoCodec::H264 => objects::matroska_key(id),
        };
        let (file, media_type) = (spool.recording(), record::media_type(recording.codec));
        retry.until(|| store.put_file(&key, &file, media_type)).await?;
        if let Some(interviewer) = &interviewer {
            let (key, media_type) = (objects::interviewer_key(id), record::media_type(interviewer.codec));
            let file = spool.interviewer();
            retry.until(|| store.put_file(&key, &file, media_type)).await?;
        }
        retry.until(|| put_poster(store, id, spool.folder())).await?;
        retry.apply(Event::Recorded).await?;
        retry.progress("scoring", 70);
        Ok(())
    };
    let report = async { report.await.context("the report could not be made") };
    // Storing the recording does not wait for the analysis, which may take long.
    let ((), (report, learnt)) = tokio::try_join!(stored, report)?;
    retry.until(|| put_journal(store, id, spool.folder())).await?;
    retry.until(|| put_report(store, id, spool.folder(), &report)).await?;
    retry.progress("scoring", 90);
    let learnt = learnt.filter(|learnt| *learnt != Calibration::default());
    retry
        .until(|| async {
            if let Some(learnt) = &learnt {
                store::sessions::keep_learnt(db, owner, id, learnt).await?;
            }
            store::parts::joined(db, owner, id).await?;
            store::sessions::set_duration(db, owner, id, recording.duration.ms()).await?;
            store::reports::save_report(db, owner, id, &report).await?;
            Ok(())
        })
        .await?;
    if !report.unwritten.is_empty() {
        // It waits until the session is ready.
        let late = || async { Ok(recordings.context.queue.enqueue(NewJob::of_session(LATE_WORDS, owner, id)).await?) };
        retry.until(late).await?;
    }
    retry.apply(Event::Scored).await?;
    retry.progress("ready", 100);
    recordings.context.hub.publish(id, Message::ReportReady {});
    tracing::info!(session = %id, duration_ms = recording.duration.ms(), bytes = recording.bytes, "session is ready");
    clean_up(store, id, spool).await;
    Ok(())
}

/// Joins the parts to one recording at `out`, and writes a poster beside it.
async fn join(parts: Vec<PathBuf>, out: PathBuf) -> anyhow::Result<record::Finalised> {
    tokio::task::spawn_blocking(move || {
        disk::fits_again(&parts, &out)?;
        let parts: Vec<_> = parts.into_iter().map(|path| (path, MediaTime::ZERO)).collect();
        let finalised = record::finalise(&parts, &out).inspect_err(|_| {
            // An unfinished file is of no use, and it may be what fills the disk.
            let _ = std::fs::remove_file(&out);
        })?;
        make_poster(&out, out.parent().unwrap_or(&out));
        Ok(finalised)
    })
    .await?
}

/// Joins the interviewer's parts to one recording on the session's timeline; `None`: nobody was there, or nothing came of them.
async fn join_interviewer(spool: &Spool) -> anyhow::Result<Option<record::Finalised>> {
    let parts = spool.interviewer_parts()?;
    if parts.is_empty() {
        return Ok(None);
    }
    let out = spool.interviewer();
    tokio::task::spawn_blocking(move || {
        disk::fits_again(&parts, &out)?;
        let parts: Vec<_> = parts.into_iter().map(|path| (path, MediaTime::ZERO)).collect();
        match record::finalise(&parts, &out) {
            Ok(finalised) => Ok(Some(finalised)),
            Err(record::Error::Empty) => Ok(None),
            Err(error) => {
                // An unfinished file is of no use, and it may be what fills the disk.
                let _ = std::fs::remove_file(&out);
                Err(error.into())
            }
        }
    })
    .await?
}

/// Removes the parts from the object store and the spool folder of a session that is stored. A failure is logged; the next
/// start removes what is left.
pub async fn clean_up(store: &dyn Objects, session: SessionId, spool: &Spool) {
    let prefix = objects::prefix(session);
    let cleared = async {
        store.abort_unfinished(&prefix).await?;
        store.delete_prefix(&format!("{prefix}parts/")).await
    };
    if let Err(error) = cleared.await {
        // The spool folder stays, so that the next start finds the session and removes its parts.
        tracing::warn!(error = format!("{error:#}"), %session, "the parts of a stored session cannot be removed from the object store");
        return;
    }
    if let Err(error) = spool.remove() {
        tracing::warn!(%error, folder = %spool.folder().display(), "the spool folder of a stored session cannot be removed");
    }
}
