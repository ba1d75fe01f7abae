//! What a crash left behind is finished at the next start: joined, analysed through the offline door, stored.

use super::AgainError;
use super::finish::{self, Ending};
use super::live::House;
use super::offline::{self, Settings, Sitting};
use super::patience::Patience;
use super::spool::Spool;
use crate::session::{Event, State};
use crate::store::{self, sessions::Session, sessions::Source};
use coach_core::SessionId;
use coach_core::report::Report;
use std::path::PathBuf;
use std::sync::Arc;

/// Sessions that were under way when the server died, and failed ones whose recording is still here: another start may
/// have a cure. Asked before anything is served, so that none of them belongs to this run.
///
/// # Errors
/// The database does not answer.
pub async fn found(house: &House) -> sqlx::Result<Vec<Session>> {
    let mut found = store::sessions::house_in_state(&house.context.db, State::Interrupted).await?;
    let failed = store::sessions::house_in_state(&house.context.db, State::Failed).await?;
    found.extend(failed.into_iter().filter(|session| !parts(&Spool::of(&house.spool, session.id)).is_empty()));
    // Uploads go on by their jobs.
    found.retain(|session| session.source == Source::Live);
    Ok(found)
}

/// Finishes them, one after the other, and removes what an interrupted end left of sessions that are over.
pub async fn recover(house: Arc<House>, found: Vec<Session>) {
    for session in found {
        if house.context.shutdown.is_cancelled() {
            return;
        }
        let end = house.ends.begin(session.id);
        end.unless_deleted(one(&house, &session)).await;
    }
    sweep(&house).await;
}

async fn one(house: &House, session: &Session) {
    tracing::info!(session = %session.id, state = session.state.as_str(), "an interrupted session goes on to its report");
    let patience = Patience::new(&house.context, session.id, session.owner);
    let spool = Spool::of(&house.spool, session.id);
    let parts = parts(&spool);
    let event = match (parts.is_empty(), session.started_us) {
        (false, _) => Event::Resumed,
        (true, None) => Event::NothingCame,
        (true, Some(_)) => Event::Failed("nothing of the recording is left in the spool".into()),
    };
    if let Err(error) = patience.apply(event).await {
        tracing::error!(error = format!("{error:#}"), session = %session.id, "the session cannot go on");
        return;
    }
    if parts.is_empty() {
        return;
    }
    go_on(house, session, &spool, parts).await;
}

async fn go_on(house: &House, session: &Session, spool: &Spool, parts: Vec<PathBuf>) {
    let ending = Ending { house, session, spool, parts };
    finish::conclude(&ending, async { Ok((analyse(&ending).await?, None)) }).await;
}

/// A failed session once more, from what is in its spool. Returns when it is under way.
///
/// # Errors
/// Nothing is left of it, or it is no longer failed.
pub async fn again(house: &Arc<House>, session: &Session) -> Result<(), AgainError> {
    let spool = Spool::of(&house.spool, session.id);
    let parts = parts(&spool);
    if parts.is_empty() {
        return Err(AgainError::NothingLeft);
    }
    house.context.machine.apply(session.owner, session.id, Event::Resumed).await?;
    let end = house.ends.begin(session.id);
    let (at_work, house, session) = (house.at_work.clone(), house.clone(), session.clone());
    at_work.spawn(async move { end.unless_deleted(go_on(&house, &session, &spool, parts)).await });
    Ok(())
}

fn parts(spool: &Spool) -> Vec<PathBuf> {
    spool.parts().unwrap_or_default().into_iter().map(|n| spool.part(n)).collect()
}

/// The offline door over the whole recording, with the marks that were written before it was interrupted.
///
/// # Errors
/// The recording cannot be analysed, or the server stopped meanwhile.
pub async fn analyse(ending: &Ending<'_>) -> anyhow::Result<Report> {
    let Ending { house, session, spool, .. } = ending;
    let config = &house.context.config;
    let sitting = Sitting::from_journal(&spool.journal()).unwrap_or_else(|error| {
        tracing::warn!(session = %session.id, %error, "what was marked before is lost with the journal");
        Sitting::unmarked(&house.models, config, session)
    });
    let settings = &Settings::of(config, session, sitting);
    let patience = Patience::new(&house.context, session.id, session.owner);
    patience
        .until(|| async {
            let (models, workers, settings) = (house.models.clone(), house.workers.clone(), settings.clone());
            let (recording, journal) = (spool.recording(), spool.journal());
            let report = tokio::task::spawn_blocking(move || {
                offline::analyze_to(&recording, &settings, &models, workers.as_ref(), &journal, &mut |_| true)
            });
            Ok(report.await??)
        })
        .await
}

/// Spool folders and unfinished uploads of sessions that are over are left from an end that was interrupted.
async fn sweep(house: &House) {
    for id in Spool::sessions(&house.spool) {
        if !house.running.contains_key(&id) && !house.ends.contains(id) {
            sweep_one(house, id).await;
        }
    }
}

async fn sweep_one(house: &House, id: SessionId) {
    match store::sessions::house_state(&house.context.db, id).await {
        Ok(Some(State::Ready | State::Deleted)) => {
            finish::clean_up(&*house.context.objects, id, &Spool::of(&house.spool, id)).await;
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
