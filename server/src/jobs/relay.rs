//! Relays the progress of uploads from workers of any process to the pages that watch them at this server.

use crate::channel::Message;
use crate::context::Context;
use crate::session::State;
use crate::shutdown::Ticks;
use crate::store;
use std::time::Duration;

/// Interval at which the table is read while a page watches.
const LOOK: Duration = Duration::from_secs(1);

/// Runs until the server stops. Costs one query a second, and none while no page watches.
pub async fn run(context: Context) {
    let mut well = true;
    let mut ticks = Ticks::until(&context.shutdown, LOOK);
    while ticks.next().await {
        let watched = context.hub.watched();
        if watched.is_empty() {
            continue;
        }
        let looked = look(&context, &watched).await;
        if let (Err(error), true) = (&looked, well) {
            tracing::warn!(%error, "pages are not told how far analyses are");
        }
        well = looked.is_ok();
    }
}

async fn look(context: &Context, watched: &[coach_core::SessionId]) -> sqlx::Result<()> {
    for upload in store::jobs::all_owners_uploads(&context.db, watched).await? {
        let (session, hub) = (upload.session, &context.hub);
        if let (Some(stage), Some(percent)) = (upload.stage, upload.percent) {
            hub.publish(session, Message::Progress { stage, percent: percent.clamp(0, 100) as u8 });
        }
        // What was already published by this process is not repeated.
        let said = hub.tell(session, Message::State { state: upload.state, reason: upload.failure });
        if said && upload.state == State::Ready {
            hub.publish(session, Message::ReportReady {});
        }
    }
    Ok(())
}
