//! The live door: which sessions are live, and the way to each.

use super::disk::Room;
use super::ends::Ends;
use super::keeper::{self, Ask};
use super::models::Models;
use super::recover;
use super::sitting::{self, Question};
use super::workers::Workers;
use super::{
    AgainError, CalibrateError, CalibrationOutcome, ClientMark, LiveDoor, MarkError, PublishAnswer, PublishError,
    StopError,
};
use crate::app::Context;
use crate::store::sessions::{self, Session};
use async_trait::async_trait;
use bytes::Bytes;
use coach_core::journal::MarkKind;
use coach_core::{MediaTime, SessionId};
use coach_media::peer::Endpoint;
use dashmap::DashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio_util::task::TaskTracker;

/// A note is a thought, not an essay.
const NOTE_CHARS: usize = 500;
/// A baseline is of a person in a place: the next day the camera may stand elsewhere.
const BASELINE_GOOD_FOR: Duration = Duration::from_secs(12 * 3600);
/// How long a stopping server waits for its live sessions.
const CLOSE_WITHIN: Duration = Duration::from_secs(15);
/// Device checks measured at once; more wait.
const CHECKS_AT_ONCE: usize = 2;

/// What every live session shares.
pub struct House {
    pub context: Context,
    pub models: Models,
    pub workers: Option<Arc<Workers>>,
    pub endpoint: Endpoint,
    pub spool: PathBuf,
    pub room: watch::Receiver<Room>,
    pub running: DashMap<SessionId, Running>,
    pub ends: Arc<Ends>,
    /// The keepers: the server waits for them when it stops.
    pub at_work: TaskTracker,
}

/// The way to one live session.
#[derive(Clone)]
pub struct Running {
    pub asks: mpsc::UnboundedSender<Ask>,
    pub thread: sitting::Handle,
    pub questions: Arc<[Question]>,
}

pub struct Live {
    house: Arc<House>,
    checks: Semaphore,
}

impl Live {
    pub fn new(house: Arc<House>) -> Live {
        Live { house, checks: Semaphore::new(CHECKS_AT_ONCE) }
    }

    /// Without a device check of its own, a session starts from what was found or learnt earlier the same day.
    async fn with_baseline(&self, session: &Session) -> anyhow::Result<Session> {
        let mut session = session.clone();
        if session.calibration.is_none() {
            let since_us = crate::clock::now_us() - BASELINE_GOOD_FOR.as_micros() as i64;
            session.calibration = sessions::latest_calibration(&self.house.context.db, session.owner, since_us).await?;
        }
        Ok(session)
    }
}

#[async_trait]
impl LiveDoor for Live {
    fn admits(&self) -> Result<(), String> {
        self.house.room.borrow().admits()
    }

    async fn publish(&self, session: &Session, offer: &str) -> Result<PublishAnswer, PublishError> {
        if !session.state.takes_media() {
            return Err(PublishError::Closed);
        }
        let most = self.house.context.config.limits.live_sessions as usize;
        // Who was there before comes back, however little room there is.
        if !self.house.running.contains_key(&session.id) {
            if self.house.running.len() >= most {
                return Err(PublishError::Busy(format!("{most} sessions are live on this machine")));
            }
            self.admits().map_err(PublishError::Busy)?;
        }
        let session = &self.with_baseline(session).await?;
        let running = match self.house.running.entry(session.id) {
            dashmap::Entry::Occupied(entry) => entry.get().clone(),
            dashmap::Entry::Vacant(entry) => {
                let running = keeper::start(&self.house, session).map_err(anyhow::Error::from)?;
                entry.insert(running.clone());
                metrics::gauge!("coach_live_sessions").increment(1.0);
                running
            }
        };
        let (answer, answered) = oneshot::channel();
        let ask = Ask::Publish { offer: offer.to_owned(), answer };
        running.asks.send(ask).map_err(|_| PublishError::Closed)?;
        answered.await.map_err(|_| PublishError::Closed)?
    }

    async fn stop(&self, session: SessionId, resource: &str) -> Result<(), StopError> {
        let running = self.house.running.get(&session).map(|r| r.clone()).ok_or(StopError::Unknown)?;
        let (answer, answered) = oneshot::channel();
        let ask = Ask::Stop { resource: resource.to_owned(), answer };
        running.asks.send(ask).map_err(|_| StopError::Unknown)?;
        answered.await.map_err(|_| StopError::Unknown)?
    }

    async fn mark(&self, session: SessionId, mark: ClientMark) -> Result<(), MarkError> {
        let running = self.house.running.get(&session).map(|r| r.clone()).ok_or(MarkError::NotLive)?;
        let question = match (&mark.what, mark.question_id) {
            (MarkKind::Question, Some(id)) => {
                Some(running.questions.iter().find(|q| q.id == id).cloned().ok_or(MarkError::UnknownQuestion)?)
            }
            (MarkKind::Question, None) => return Err(MarkError::UnknownQuestion),
            _ => None,
        };
        let note = mark.note.map(|note| note.chars().take(NOTE_CHARS).collect());
        running.thread.tell(sitting::Command::Mark { what: mark.what, question, note });
        Ok(())
    }

    async fn calibrate(&self, clip: Bytes) -> Result<CalibrationOutcome, CalibrateError> {
        let _turn = self.checks.acquire().await.map_err(|e| CalibrateError::Unavailable(e.to_string()))?;
        let (models, workers) = (self.house.models.clone(), self.house.workers.clone());
        let measured = tokio::task::spawn_blocking(move || {
            // GStreamer reads files; the clip of a device check is gone when this returns.
            let mut file = tempfile::NamedTempFile::new().map_err(anyhow::Error::from)?;
            std::io::Write::write_all(&mut file, &clip).map_err(anyhow::Error::from)?;
            super::calibrate::calibrate(file.path(), &models, workers.as_ref())
        });
        measured.await.map_err(|_| CalibrateError::Unavailable("the measurement failed".into()))?
    }

    fn now(&self, session: SessionId) -> Option<MediaTime> {
        self.house.running.get(&session)?.thread.now()
    }

    async fn close(&self) {
        // The keepers see the shutdown by themselves; a session that is not stored in time is taken up at the next start.
        self.house.at_work.close();
        if tokio::time::timeout(CLOSE_WITHIN, self.house.at_work.wait()).await.is_err() {
            tracing::warn!("some live sessions were not stored in time; they are finished at the next start");
        }
    }

    async fn again(&self, session: &Session) -> Result<(), AgainError> {
        recover::again(&self.house, session).await
    }

    async fn forget(&self, session: SessionId) {
        let running = self.house.running.get(&session).map(|r| r.clone());
        if let Some(running) = running {
            let (done, gone) = oneshot::channel();
            if running.asks.send(Ask::Forget(done)).is_ok() {
                let _ = gone.await;
            }
        }
        self.house.ends.stop(session).await;
        let spool = super::spool::Spool::of(&self.house.spool, session);
        if let Err(error) = spool.remove() {
            tracing::error!(%error, %session, "the spool of a deleted session cannot be removed");
        }
    }
}
