//! Removes abandoned uploads: slots that were not completed in time, and their parts.

use crate::clock::now_us;
use crate::context::Context;
use crate::objects::upload_key;
use crate::shutdown::Ticks;
use crate::store::uploads;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(600);

/// Sweeps at intervals until the server stops.
pub async fn run(context: Context) {
    let mut ticks = Ticks::until(&context.shutdown, EVERY);
    while ticks.next().await {
        if let Err(error) = once(&context, now_us()).await {
            tracing::warn!(error = format!("{error:#}"), "uploads could not be swept; it is tried again");
        }
    }
}

/// Sweeps once, as if it were this time. Returns how many slots were removed.
///
/// # Errors
/// The store or the database is unreachable; the next sweep tries again.
pub async fn once(context: &Context, now_us: i64) -> anyhow::Result<usize> {
    let expired = uploads::all_owners_expired(&context.db, now_us).await?;
    for slot in &expired {
        if !super::close(context, slot).await? {
            continue;
        }
        context.objects.delete_prefix(&upload_key(slot.session)).await?;
        tracing::info!(session = %slot.session, "an upload that was not completed in time is cleared away");
    }
    Ok(expired.len())
}
