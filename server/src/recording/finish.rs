//! The end of a session: the recording made whole and stored, the report stored, and only then parts and spool removed.

use super::Recordings;
use super::disk;
use super::results::{make_poster, put_journal, put_poster, put_report};
use super::retry::{Retry, Stopped};
use super::spool::Spool;
use crate::channel::Message;
use crate::objects::{self, Objects};
use crate::session::Event;
use crate::store::{self, sessions::Session};
use anyhow::Context as _;
use coach_core::journal::Calibration;
use coach_core::report::Report;
use coach_core::{MediaTime, SessionId};
use coach_media::record;
use std::path::PathBuf;

/// What a session ends with.
pub struct Ending<'a> {
    pub recordings: &'a Recordings,
    pub session: &'a Session,
    pub spool: &'a Spool,
    /// Spool files of the parts, in order. Their stamps are those of the session.
    pub parts: Vec<PathBuf>,
}

/// Brings a session from finalising to ready, or to failed with a reason. What passes by itself is waited for; an
/// interruption anywhere is taken up at the next start, and doing it again changes nothing.
///
/// `report` is awaited when the recording is whole, in the spool; it gives what was learnt about the person, too.
pub async fn conclude(
    ending: &Ending<'_>,
    report: impl Future<Output = anyhow::Result<(Report, Option<Calibration>)>>,
) {
    let (context, session) = (&ending.recordings.context, ending.session);
    let retry = Retry::new(context, session.id, session.owner);
    let Err(error) = store_all(ending, &retry, report).await else { return };
    let reason = format!("{error:#}");
    if error.is::<Stopped>() {
        tracing::info!(session = %session.id, reason, "the session is not stored yet; the next start goes on with it");
        return;
    }
    let empty = error.downcast_ref::<record::Error>().is_some_and(|e| matches!(e, record::Error::Empty));
    let event = if empty { Event::NothingCame } else { Event::Failed(reason.clone()) };
    if empty {
        tracing::info!(session = %session.id, "nothing was recorded before the session ended; it can be begun again");
        if let Err(error) = ending.spool.remove() {
            tracing::warn!(%error, session = %session.id, "an empty spool is not removed");
        }
    } else {
        tracing::error!(session = %session.id, reason, "the session could not be ended; its recording is in the spool");
    }
    if let Err(error) = retry.apply(event).await {
        tracing::error!(error = format!("{error:#}"), session = %session.id, "how the session ended is not in the database");
    }
}

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
    retry.progress("finalising", 40);
    let stored = async {
        let (key, file) = (objects::recording_key(id), spool.recording());
        retry.until(|| store.put_file(&key, &file, "video/webm")).await?;
        retry.until(|| put_poster(store, id, spool.folder())).await?;
        retry.apply(Event::Recorded).await?;
        retry.progress("scoring", 70);
        Ok(())
    };
    let report = async { report.await.context("the report could not be made") };
    // What is recorded is stored before it is looked at to the end.
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
    retry.apply(Event::Scored).await?;
    retry.progress("ready", 100);
    recordings.context.hub.publish(id, Message::ReportReady {});
    tracing::info!(session = %id, duration_ms = recording.duration.ms(), bytes = recording.bytes, "session is ready");
    clean_up(store, id, spool).await;
    Ok(())
}

/// The parts as one recording, and a still of it.
async fn join(parts: Vec<PathBuf>, out: PathBuf) -> anyhow::Result<record::Finalised> {
    tokio::task::spawn_blocking(move || {
        disk::fits_again(&parts, &out)?;
        let parts: Vec<_> = parts.into_iter().map(|path| (path, MediaTime::ZERO)).collect();
        let finalised = record::finalise(&parts, &out).inspect_err(|_| {
            // Half of it is of no use, and may be what fills the disk.
            let _ = std::fs::remove_file(&out);
        })?;
        make_poster(&out, out.parent().unwrap_or(&out));
        Ok(finalised)
    })
    .await?
}

/// Everything is stored and confirmed: parts and spool go. What stays behind is swept at the next start.
pub async fn clean_up(store: &dyn Objects, session: SessionId, spool: &Spool) {
    let prefix = objects::prefix(session);
    let cleared = async {
        store.abort_unfinished(&prefix).await?;
        store.delete_prefix(&format!("{prefix}parts/")).await
    };
    if let Err(error) = cleared.await {
        // The spool's folder stays as the sign that something is left to do.
        tracing::warn!(error = format!("{error:#}"), %session, "the parts are not removed from the object store");
        return;
    }
    if let Err(error) = spool.remove() {
        tracing::warn!(%error, folder = %spool.folder().display(), "the spool is not removed");
    }
}
