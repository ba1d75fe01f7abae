//! Computes the report of a session again, after its owner corrected what was said.

use super::{Hold, Hopeless, Job, subject};
use crate::channel::Message;
use crate::context::Context;
use crate::objects;
use crate::recording::rescore::{self, Outcome};
use crate::session::State;
use crate::store::jobs::{self, Claimed, NewJob};
use crate::store::sessions;
use async_trait::async_trait;
use coach_core::{SessionId, UserId};

pub const KIND: &str = "rescore";

/// Returns the job, which is enqueued with each change: it takes up all changes that were stored when it began.
pub fn of(owner: UserId, session: SessionId) -> NewJob<'static> {
    NewJob::of_session(KIND, owner, session)
}

pub struct Rescore(pub Context);

#[async_trait]
impl Job for Rescore {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: &Claimed, _: &Hold) -> anyhow::Result<()> {
        let (owner, id) = subject(job)?;
        let Context { db, objects, hub, .. } = &self.0;
        // Before the corrections are read, so that none is left to nobody.
        let absorbed = jobs::absorb(db, job).await?;
        let ready = async || anyhow::Ok(sessions::get(db, owner, id).await?.filter(|s| s.state == State::Ready));
        let Some(session) = ready().await? else { return Ok(()) };
        let done = rescore::one(db, &**objects, &session).await;
        if ready().await?.is_none() {
            // It was deleted during the work, which has perhaps stored the report again.
            objects.delete_prefix(&objects::prefix(id)).await?;
            return Ok(());
        }
        match done? {
            Outcome::Skipped(why) => Err(Hopeless(why).into()),
            Outcome::Same(_) | Outcome::New { .. } => {
                hub.publish(id, Message::ReportReady {});
                tracing::info!(session = %id, absorbed, "a session was scored again");
                Ok(())
            }
        }
    }
}
