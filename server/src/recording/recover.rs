//! What a crash left behind is finished at the next start: joined, analyzed as a file, stored.

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

/// Why a failed session is not finished.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    #[error("nothing of its recording is left on this server")]
    NothingLeft,
    #[error(transparent)]
    NotNow(#[from] TransitionError),
}

/// Sessions that were under way when the server died, and failed ones whose recording is still here: another start may
/// have a cure. Asked before anything is served, so that none of them belongs to this run.
///
/// # Errors
/// The database does not answer.
pub async fn found(recordings: &Recordings) -> sqlx::Result<Vec<Session>> {
    let mut found = store::sessions::all_owners_in_state(&recordings.context.db, State::Interrupted).await?;
    let failed = store::sessions::all_owners_in_state(&recordings.context.db, State::Failed).await?;
    found.extend(failed.into_iter().filter(|session| !parts(&Spool::of(&recordings.spool, session.id)).is_empty()));
    // Uploads go on by their jobs.
    found.retain(|session| session.source == Source::Live);
    Ok(found)
}

/// Finishes them, one after the other, and removes what an interrupted end left of sessions that are over.
pub async fn recover(recordings: Arc<Recordings>, found: Vec<Session>, is_live: impl Fn(SessionId) -> bool) {
    for session in found {
        if recordings.context.shutdown.is_cancelled() {
            return;
        }
        let end = recordings.finishing.begin(session.id);
        end.unless_deleted(one(&recordings, &session)).await;
    }
    sweep(&recordings, is_live).await;
}

async fn one(recordings: &Recordings, session: &Session) {
    tracing::info!(session = %session.id, state = session.state.as_str(), "an interrupted session goes on to its report");
    let retry = Retry::new(&recordings.context, session.id, session.owner);
    let spool = Spool::of(&recordings.spool, session.id);
    let parts = parts(&spool);
    let event = match (parts.is_empty(), session.started_us) {
        (false, _) => Event::Resumed,
        (true, None) => Event::NothingCame,
        (true, Some(_)) => Event::Failed("nothing of the recording is left in the spool".into()),
    };
    if let Err(error) = retry.apply(event).await {
        tracing::error!(error = format!("{error:#}"), session = %session.id, "the session cannot go on");
        return;
    }
    if parts.is_empty() {
        return;
    }
    go_on(recordings, session, &spool, parts).await;
}

async fn go_on(recordings: &Recordings, session: &Session, spool: &Spool, parts: Vec<PathBuf>) {
    let ending = Ending { recordings, session, spool, parts };
    finish::conclude(&ending, async { Ok((analyze(&ending).await?, None)) }).await;
}

/// A failed session once more, from what is in its spool. Returns when it is under way.
///
/// # Errors
/// Nothing is left of it, or it is no longer failed.
pub async fn resume(recordings: &Arc<Recordings>, session: &Session) -> Result<(), ResumeError> {
    let spool = Spool::of(&recordings.spool, session.id);
    let parts = parts(&spool);
    if parts.is_empty() {
        return Err(ResumeError::NothingLeft);
    }
    recordings.context.machine.apply(session.owner, session.id, Event::Resumed).await?;
    let end = recordings.finishing.begin(session.id);
    let (at_work, recordings, session) = (recordings.tasks.clone(), recordings.clone(), session.clone());
    at_work.spawn(async move { end.unless_deleted(go_on(&recordings, &session, &spool, parts)).await });
    Ok(())
}

fn parts(spool: &Spool) -> Vec<PathBuf> {
    spool.parts().unwrap_or_default().into_iter().map(|n| spool.part(n)).collect()
}

/// The offline door over the whole recording, with the marks that were written before it was interrupted.
///
/// # Errors
/// The recording cannot be analysed, or the server stopped meanwhile.
pub async fn analyze(ending: &Ending<'_>) -> anyhow::Result<Report> {
    let Ending { recordings, session, spool, .. } = ending;
    let config = &recordings.context.config;
    let about = FileContext::from_journal(&spool.journal()).unwrap_or_else(|error| {
        tracing::warn!(session = %session.id, %error, "what was marked before is lost with the journal");
        FileContext::unmarked(&recordings.analyzers.models, config, session)
    });
    let settings = &Settings::of(config, session, about);
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

/// Spool folders and unfinished uploads of sessions that are over are left from an end that was interrupted.
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
        // Rows go last when a session is erased, so this is no left-over of ours: perhaps another database is configured
        // than the one that knows it. Somebody's recording is not removed for that.
        Ok(None) => {
            tracing::warn!(session = %id, "a spool folder belongs to no session of this database; it is left alone")
        }
        Err(error) => tracing::warn!(%error, session = %id, "it is not known whether a spool folder is still needed"),
    }
}
