//! Finishes the sessions that a crash interrupted, at the next start: joins, analyzes the recording as a file, stores.

use super::Recordings;
use super::finish::{self, Ending};
use super::retry::Retry;
use super::spool::Spool;
use crate::analysis::offline::{self, FileContext, Settings};
use crate::session::{Event, State, TransitionError};
use crate::store::{self, sessions::Session, sessions::Source};
use coach_core::SessionId;
use coach_core::report::Report;
use std::path::PathBuf;
use std::sync::Arc;

/// Why a failed session cannot be finished again.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// The spool has no part of it.
    #[error("nothing of its recording is left on this server")]
    NothingLeft,
    /// The session is no longer failed, or the database does not answer.
    #[error(transparent)]
    NotNow(#[from] TransitionError),
}

/// Returns the live sessions that were interrupted when the server stopped, and the failed ones whose recording is still in
/// the spool: the cause of a failure may be gone after a restart. Must be called before anything is served, so that no session
/// of this run is among them.
///
/// # Errors
/// The database does not answer.
pub async fn found(recordings: &Recordings) -> sqlx::Result<Vec<Session>> {
    let mut found = store::sessions::all_owners_in_state(&recordings.context.db, State::Interrupted).await?;
    let failed = store::sessions::all_owners_in_state(&recordings.context.db, State::Failed).await?;
    found.extend(failed.into_iter().filter(|session| !parts(&Spool::of(&recordings.spool, session.id)).is_empty()));
    // Jobs continue uploaded sessions by themselves.
    found.retain(|session| session.source == Source::Live);
    Ok(found)
}

/// Finishes the sessions in `found`, one after the other, then removes what is left in spool and store of sessions that are
/// over. `is_live` returns whether a session is live in this run. Returns early when the server stops.
pub async fn recover(recordings: Arc<Recordings>, found: Vec<Session>, is_live: impl Fn(SessionId) -> bool) {
    for session in found {
        if recordings.context.shutdown.is_cancelled() {
            return;
        }
        let end = recordings.finishing.begin(session.id);
        end.unless_deleted(finish_one(&recordings, &session)).await;
    }
    sweep(&recordings, is_live).await;
}

/// Finishes one session, or fails it when nothing of its recording is left.
async fn finish_one(recordings: &Recordings, session: &Session) {
    tracing::info!(session = %session.id, state = session.state.as_str(), "an interrupted session is finished now");
    let retry = Retry::new(&recordings.context, session.id, session.owner);
    let spool = Spool::of(&recordings.spool, session.id);
    let parts = parts(&spool);
    let event = match (parts.is_empty(), session.started_us) {
        (false, _) => Event::Resumed,
        (true, None) => Event::NothingCame,
        (true, Some(_)) => Event::Failed("nothing of the recording is left in the spool".into()),
    };
    if let Err(error) = retry.apply(event).await {
        tracing::error!(error = format!("{error:#}"), session = %session.id, "an interrupted session cannot be finished");
        return;
    }
    if parts.is_empty() {
        return;
    }
    conclude(recordings, session, &spool, parts).await;
}

/// Joins, analyzes and stores the parts.
async fn conclude(recordings: &Recordings, session: &Session, spool: &Spool, parts: Vec<PathBuf>) {
    let ending = Ending { recordings, session, spool, parts };
    finish::conclude(&ending, async { Ok((analyze(&ending).await?, None)) }).await;
}

/// Starts to finish a failed session again, from the parts in its spool folder. Returns when the work is under way.
///
/// # Errors
/// No part is left, the session is no longer failed, or the database does not answer.
pub async fn resume(recordings: &Arc<Recordings>, session: &Session) -> Result<(), ResumeError> {
    let spool = Spool::of(&recordings.spool, session.id);
    let parts = parts(&spool);
    if parts.is_empty() {
        return Err(ResumeError::NothingLeft);
    }
    recordings.context.machine.apply(session.owner, session.id, Event::Resumed).await?;
    let end = recordings.finishing.begin(session.id);
    let (tasks, recordings, session) = (recordings.tasks.clone(), recordings.clone(), session.clone());
    tasks.spawn(async move { end.unless_deleted(conclude(&recordings, &session, &spool, parts)).await });
    Ok(())
}

/// Returns the paths of the spool's parts, in order; empty when the folder cannot be read.
fn parts(spool: &Spool) -> Vec<PathBuf> {
    spool.parts().unwrap_or_default().into_iter().map(|n| spool.part(n)).collect()
}

/// Analyzes the whole recording as a file, with the marks that the live journal holds. Passing failures are retried.
///
/// # Errors
/// The recording cannot be analyzed, or the server stops.
pub async fn analyze(ending: &Ending<'_>) -> anyhow::Result<Report> {
    let Ending { recordings, session, spool, .. } = ending;
    let config = &recordings.context.config;
    let about = FileContext::from_journal(&spool.journal()).unwrap_or_else(|error| {
        tracing::warn!(session = %session.id, %error, "the live journal cannot be read; its marks are lost");
        FileContext::unmarked(&recordings.analyzers.models, config, session)
    });
    let interviewer = Some(spool.interviewer()).filter(|path| path.exists());
    let settings = &Settings { interviewer, ..Settings::of(config, session, about) };
    let retry = Retry::new(&recordings.context, session.id, session.owner);
    retry
        .until(|| async {
            let (models, workers, settings) =
                (recordings.analyzers.models.clone(), recordings.analyzers.workers.clone(), settings.clone());
            let (recording, journal) = (spool.recording(), spool.journal());
            let report = tokio::task::spawn_blocking(move || {
                offline::analyze_to(&recording, &settings, &models, workers.as_ref(), &journal, &mut |_| true)
            });
            Ok(report.await??)
        })
        .await
}

/// Removes spool folders and unfinished uploads of sessions that are over; an interrupted finishing leaves them behind.
async fn sweep(recordings: &Recordings, is_live: impl Fn(SessionId) -> bool) {
    for id in Spool::sessions(&recordings.spool) {
        if !is_live(id) && !recordings.finishing.contains(id) {
            sweep_one(recordings, id).await;
        }
    }
}

async fn sweep_one(recordings: &Recordings, id: SessionId) {
    match store::sessions::all_owners_state(&recordings.context.db, id).await {
        Ok(Some(State::Ready | State::Deleted)) => {
            finish::clean_up(&*recordings.context.objects, id, &Spool::of(&recordings.spool, id)).await;
        }
        Ok(Some(_)) => {}
        // Erasing a session removes its rows last, so this folder was not left by an erased session: perhaps the server runs
        // with another database than before. The recording is kept.
        Ok(None) => {
            tracing::warn!(session = %id, "the database has no session of a spool folder; the folder is kept")
        }
        Err(error) => {
            tracing::warn!(%error, session = %id, "the database does not say whether a spool folder is needed")
        }
    }
}
