//! Analyzes an uploaded session: fetches the file from the object store, and stores journal and report.

use super::uploaded;
use super::workplace::{self, Workplace};
use super::{Hold, Hopeless, Job, subject};
use crate::analysis::Analyzers;
use crate::channel::Message;
use crate::context::Context;
use crate::objects;
use crate::session::{Event, State, TransitionError};
use crate::store::{self, sessions::Session};
use async_trait::async_trait;
use coach_core::{SessionId, UserId};
use std::sync::Arc;
use store::jobs::{Claimed, NewJob};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub const KIND: &str = "analyze";
/// Attempts before the job is given up.
pub const ATTEMPTS: i32 = 5;
/// Attempts, of any kind, after which a file whose analysis comes to no end is given up. Each may hold its worker for ten times the
/// length of the file.
const ENDLESS_ATTEMPTS: i32 = 2;

/// Names of the stages of an analysis, as pages read them.
pub mod stage {
    pub const FETCHING: &str = "fetching";
    pub const ANALYZING: &str = "analyzing";
    pub const STORING: &str = "storing";
}

/// Enqueues the analysis of a session whose upload is complete, or which failed. Returns the id of the job, which is the
/// existing one while one is queued or running.
///
/// # Errors
/// The job cannot be stored in the database.
pub async fn enqueue(context: &Context, owner: UserId, session: SessionId) -> sqlx::Result<Uuid> {
    let job = NewJob { max_attempts: ATTEMPTS, ..NewJob::of_session(KIND, owner, session) };
    let id = context.queue.enqueue_once(job).await?;
    // The worker does this too; it is done here for the page that reads the state at once.
    match begin(context, owner, session).await {
        Ok(_) | Err(TransitionError::Unknown | TransitionError::NotNow { .. }) => Ok(id),
        Err(TransitionError::Database(error)) => Err(error),
    }
}

/// Moves the session to the state in which it waits for its report.
async fn begin(context: &Context, owner: UserId, session: SessionId) -> Result<State, TransitionError> {
    loop {
        let now = store::sessions::get(&context.db, owner, session).await?.ok_or(TransitionError::Unknown)?.state;
        let event = match now {
            State::Created => Event::Stopped,
            State::Failed | State::Interrupted => Event::Resumed,
            state => return Ok(state),
        };
        match context.machine.apply(owner, session, event).await {
            // The request that enqueued the job and the worker that already runs it both come here: one of them was first.
            Err(TransitionError::NotNow { .. }) => {}
            begun => return begun,
        }
    }
}

pub struct Analyze {
    context: Context,
    analyzers: Analyzers,
    place: Arc<Workplace>,
}

impl Analyze {
    pub fn new(context: Context, analyzers: Analyzers, place: Arc<Workplace>) -> Analyze {
        Analyze { context, analyzers, place }
    }

    async fn analyze_upload(&self, session: &Session, attempts: i32, hold: &Hold) -> anyhow::Result<()> {
        let Context { config, objects, db, machine, .. } = &self.context;
        let (id, owner) = (session.id, session.owner);
        let folder = self.place.bench()?;
        hold.at(stage::FETCHING, 0);
        let file = folder.path().join("upload");
        let key = objects::upload_key(id);
        workplace::fetch(&**objects, &key, &file, |percent| hold.at(stage::FETCHING, percent)).await?;
        if session.state == State::Finalising {
            machine.apply(owner, id, Event::Recorded).await?;
        }
        store::sessions::set_started(db, owner, id, session.created_us).await?;
        hold.at(stage::ANALYZING, 0);
        // From here on the file can bring the worker down, and must not do so for ever.
        hold.count();
        // If this future is dropped half-way, the thread ends soon after; until then it keeps the folder.
        let stop = CancellationToken::new();
        let _stop = stop.clone().drop_guard();
        let folder = Arc::new(folder);
        let (kept, told) = (folder.clone(), hold.clone());
        let paths = (file, folder.path().to_owned());
        let analyzed = uploaded::analyze(&self.analyzers, config, session, paths, stop, move |share| {
            let _ = &kept;
            told.at(stage::ANALYZING, (share * 100.0) as u8);
        });
        let analyzed = analyzed.await.map_err(|error| match error {
            uploaded::Error::File(error) => anyhow::Error::new(Hopeless(error.to_string())),
            uploaded::Error::NoEnd(error) if attempts >= ENDLESS_ATTEMPTS => Hopeless(error.to_string()).into(),
            uploaded::Error::NoEnd(error) => error.into(),
            uploaded::Error::Around(error) => error,
        })?;
        hold.at(stage::STORING, 0);
        hold.renew().await?;
        analyzed.put(&**objects, session).await?;
        if !store::reports::save_report_of_job(db, owner, id, &analyzed.report, hold.fence()).await? {
            // The session was deleted, or the lease is lost.
            hold.renew().await?;
            return self.forget_deleted(owner, id).await;
        }
        machine.apply(owner, id, Event::Scored).await?;
        self.context.hub.publish(id, Message::ReportReady {});
        tracing::info!(session = %id, duration_ms = analyzed.report.duration_ms, "an uploaded session is ready");
        Ok(())
    }

    /// Erases the objects of a session that was deleted during the work.
    async fn forget_deleted(&self, owner: UserId, session: SessionId) -> anyhow::Result<()> {
        if store::sessions::get(&self.context.db, owner, session).await?.is_none() {
            self.context.objects.delete_prefix(&objects::prefix(session)).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Job for Analyze {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: &Claimed, hold: &Hold) -> anyhow::Result<()> {
        let (owner, id) = subject(job)?;
        match begin(&self.context, owner, id).await {
            Ok(State::Finalising | State::Scoring) => {}
            // An earlier attempt has finished the work.
            Ok(_) => return Ok(()),
            Err(TransitionError::Unknown) => return self.forget_deleted(owner, id).await,
            Err(error) => return Err(error.into()),
        }
        let Some(session) = store::sessions::get(&self.context.db, owner, id).await? else {
            return self.forget_deleted(owner, id).await;
        };
        self.analyze_upload(&session, job.attempts, hold).await
    }

    async fn given_up(&self, job: &Claimed, why: &str) -> anyhow::Result<()> {
        let Ok((owner, id)) = subject(job) else { return Ok(()) };
        let waits = store::sessions::get(&self.context.db, owner, id).await?.is_some_and(|s| !s.state.is_over());
        if !waits {
            return Ok(());
        }
        match self.context.machine.apply(owner, id, Event::Failed(why.to_owned())).await {
            Ok(_) | Err(TransitionError::Unknown | TransitionError::NotNow { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
