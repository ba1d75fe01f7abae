//! Deletes sessions that have outlived the server's retention or their owner's, as if by hand, and what people asked to delete, and removes
//! sign-ins that have expired.

use super::erase;
use crate::clock::{DAY_US, now_us};
use crate::context::Context;
use crate::session::{Event, TransitionError};
use crate::shutdown::Ticks;
use crate::store::people::{self, audit, erasure};
use crate::store::{self, jobs::NewJob};
use coach_core::{SessionId, UserId};
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(3600);

/// Checks once an hour, until the server stops.
pub async fn run(context: Context) {
    let mut ticks = Ticks::until(&context.shutdown, EVERY);
    while ticks.next().await {
        let idle_us = context.config.auth.idle_us();
        if let Err(error) = people::all_owners_sweep(&context.db, now_us(), idle_us).await {
            tracing::error!(%error, "sign-ins that have expired could not be removed");
        }
        if let Err(error) = erase_asked(&context, now_us()).await {
            tracing::error!(error = format!("{error:#}"), "what people asked to delete could not be looked for");
        }
        if let Err(error) = sweep(&context, now_us()).await {
            tracing::error!(error = format!("{error:#}"), "sessions beyond their days could not be looked for");
        }
    }
}

/// Deletes a session now, and its objects, rows and spool by a job. Returns whether it was there.
async fn delete(context: &Context, owner: UserId, session: SessionId) -> anyhow::Result<bool> {
    match context.machine.apply(owner, session, Event::Deleted).await {
        Ok(_) => {}
        // Somebody else has changed the session meanwhile.
        Err(TransitionError::Unknown | TransitionError::NotNow { .. }) => return Ok(false),
        Err(TransitionError::Database(error)) => return Err(error.into()),
    }
    context.queue.enqueue(NewJob::of_session(erase::KIND, owner, session)).await?;
    Ok(true)
}

/// Deletes what people had when they asked, a day ago or earlier, that everything be deleted. Returns how many people.
///
/// # Errors
/// The database does not answer; the next attempt deletes the rest.
pub async fn erase_asked(context: &Context, now_us: i64) -> anyhow::Result<usize> {
    let due = erasure::all_owners_due(&context.db, now_us - DAY_US).await?;
    for &(owner, asked_us) in &due {
        let mut sessions = 0;
        for session in erasure::sessions(&context.db, owner, asked_us).await? {
            sessions += usize::from(delete(context, owner, session).await?);
        }
        erasure::finish(&context.db, owner, asked_us).await?;
        audit::add(&context.db, owner, audit::What::Erased, None, None).await?;
        tracing::info!(user = %owner, sessions, "everything was deleted that a person asked for");
    }
    Ok(due.len())
}

/// Deletes the sessions that are too old at this time. Returns how many. A job erases their objects, rows and spool, and
/// retries for as long as the store is unreachable.
///
/// # Errors
/// The database does not answer.
pub async fn sweep(context: &Context, now_us: i64) -> anyhow::Result<usize> {
    let days = i64::from(context.config.limits.retention_days);
    let mut gone = 0;
    for session in store::sessions::all_owners_outdated(&context.db, now_us, days).await? {
        if !delete(context, session.owner, session.id).await? {
            continue;
        }
        let age_days = (now_us - session.created_us) / DAY_US;
        tracing::info!(session = %session.id, age_days, "a session is beyond its days and is deleted");
        gone += 1;
    }
    Ok(gone)
}
