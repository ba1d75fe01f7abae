//! What a crash left behind is finished at the next start: joined, analysed through the offline door, stored.

use super::finish::{self, Ending};
use super::keeper;
use super::live::House;
use super::offline::{self, Settings, Sitting};
use super::spool::Spool;
use crate::session::{Event, State};
use crate::store::{self, sessions::Session, sessions::Source};
use anyhow::Context as _;
use coach_core::report::Report;
use coach_core::{MediaTime, SessionId};
use coach_media::record;
use std::path::PathBuf;
use std::sync::Arc;

/// States in which a session cannot be when nobody works on it.
const UNDER_WAY: [State; 5] = [State::Live, State::Grace, State::Finalising, State::Scoring, State::Interrupted];

/// Finishes every session that was under way when the server died, one after the other.
pub async fn recover(house: Arc<House>) {
    for state in UNDER_WAY {
        match store::sessions::house_in_state(&house.context.db, state).await {
            Ok(found) => {
                // Uploads go on by their jobs.
                for session in found.into_iter().filter(|s| s.source == Source::Live) {
                    one(&house, session).await;
                }
            }
            Err(error) => tracing::error!(%error, "interrupted sessions cannot be looked for"),
        }
    }
    sweep(&house).await;
}

async fn one(house: &House, session: Session) {
    let (id, owner) = (session.id, session.owner);
    if house.running.contains_key(&id) || house.context.shutdown.is_cancelled() {
        return;
    }
    tracing::info!(session = %id, state = session.state.as_str(), "an interrupted session goes on to its report");
    let machine = &house.context.machine;
    if session.state != State::Interrupted
        && let Err(error) = machine.apply(owner, id, Event::Found).await
    {
        tracing::error!(%error, session = %id, "the session cannot be marked as interrupted");
        return;
    }
    if let Err(error) = machine.apply(owner, id, Event::Resumed).await {
        tracing::error!(%error, session = %id, "the session cannot go on");
        return;
    }
    if let Err(error) = finish_one(house, &session).await {
        finish::failed(house, id, owner, &error).await;
    }
}

async fn finish_one(house: &House, session: &Session) -> anyhow::Result<()> {
    let spool = Spool::of(&house.spool, session.id);
    let parts: Vec<PathBuf> =
        spool.parts().context("nothing of the recording is left")?.into_iter().map(|n| spool.part(n)).collect();
    if parts.is_empty() {
        anyhow::bail!("nothing of the recording is left");
    }
    let report = analyse(house, session, &spool, parts.clone());
    let (session, owner) = (session.id, session.owner);
    finish::conclude(Ending {
        house,
        session,
        owner,
        spool: &spool,
        parts,
        uploads: Vec::new(),
        report: Box::pin(report),
    })
    .await
}

/// The offline door over what was recorded, with the marks that were written before the crash.
async fn analyse(house: &House, session: &Session, spool: &Spool, parts: Vec<PathBuf>) -> anyhow::Result<Report> {
    let before = finish::read_journal(&spool.journal());
    let config = &house.context.config;
    let sitting = Sitting::from_lines(before)
        .unwrap_or_else(|| Sitting::unmarked(keeper::header(&house.models, config, session), session));
    let settings = Settings {
        rate_hz: config.media.analysed_hz,
        landmarks: false,
        affect: session.affect,
        hints: session.hints.clone(),
        limits: coach_media::file::Limits::default(),
        sitting: Some(sitting),
    };
    let (models, workers) = (house.models.clone(), house.workers.clone());
    let (again, journal) = (spool.folder().join("analysed.webm"), spool.journal());
    tokio::task::spawn_blocking(move || {
        let parts: Vec<_> = parts.into_iter().map(|path| (path, MediaTime::ZERO)).collect();
        // Not the final file: that one is made beside this, at the same time.
        record::finalise(&parts, &again).context("the recording could not be made whole")?;
        let report = offline::analyze_to(&again, &settings, &models, workers.as_ref(), &journal, &mut |_| true);
        let _ = std::fs::remove_file(&again);
        Ok(report?)
    })
    .await?
}

/// Spool folders of sessions that are ready, deleted or unknown are left over from an end that was interrupted.
async fn sweep(house: &House) {
    for id in Spool::sessions(&house.spool) {
        if house.running.contains_key(&id) {
            continue;
        }
        if let Ok(true) = is_over(house, id).await
            && let Err(error) = Spool::of(&house.spool, id).remove()
        {
            tracing::warn!(%error, session = %id, "a spool that is no longer needed cannot be removed");
        }
    }
}

async fn is_over(house: &House, id: SessionId) -> sqlx::Result<bool> {
    let ready = store::sessions::house_in_state(&house.context.db, State::Ready).await?;
    let deleted = store::sessions::house_in_state(&house.context.db, State::Deleted).await?;
    Ok(ready.iter().chain(&deleted).any(|session| session.id == id))
}
