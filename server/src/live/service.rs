//! The service of live sessions: opens the media port and passes requests to the keepers of the sessions.

use super::keeper;
use super::shared::{Command, LiveContext};
use super::thread;
use super::{LiveSessions, MarkError, PublishAnswer, PublishError, StopError};
use crate::analysis::Analyzers;
use crate::analysis::calibrate::{self, CalibrateError, CalibrationOutcome};
use crate::channel::protocol::ClientMark;
use crate::context::Context;
use crate::recording::recover::{self, ResumeError};
use crate::recording::spool::Spool;
use crate::recording::{Recordings, disk};
use crate::store::sessions::{self, Session};
use anyhow::Context as _;
use async_trait::async_trait;
use bytes::Bytes;
use coach_core::journal::MarkKind;
use coach_core::{MediaTime, SessionId};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, oneshot};

/// Longest note of a mark, in characters; the rest is cut off.
const NOTE_CHARS: usize = 500;
/// How long a baseline is valid. It depends on light and camera, and the next day the camera may stand elsewhere.
const BASELINE_GOOD_FOR: Duration = Duration::from_secs(12 * 3600);
/// How long a stopping server waits until its live sessions are stored.
const CLOSE_WITHIN: Duration = Duration::from_secs(15);
/// Device checks that are measured at the same time; further ones wait.
const CHECKS_AT_ONCE: usize = 2;

/// Opens the media port, and starts to finish the sessions that a crash interrupted.
///
/// # Errors
/// The media port is in use, or the database does not answer.
pub async fn open(context: &Context, analyzers: Analyzers) -> anyhow::Result<Arc<dyn LiveSessions>> {
    metrics::gauge!("coach_live_sessions").set(0.0);
    let media = &context.config.media;
    let endpoint = coach_media::peer::Endpoint::bind(coach_media::peer::Config {
        bind: media.udp_bind,
        announce: media.public_ips.clone(),
        ..coach_media::peer::Config::default()
    })
    .with_context(|| format!("the media port {} cannot be bound; choose another media.udp_bind", media.udp_bind))?;
    tracing::info!(address = %endpoint.local_address(), announced = ?endpoint.announced(), "the media port is open");
    let recordings = Arc::new(Recordings {
        context: context.clone(),
        analyzers,
        spool: context.config.storage.spool(),
        finishing: Arc::default(),
        tasks: tokio_util::task::TaskTracker::new(),
    });
    let found =
        recover::found(&recordings).await.context("the interrupted sessions cannot be read from the database")?;
    let live = Arc::new(LiveContext {
        recordings,
        endpoint,
        disk: disk::watch(context.config.storage.clone(), context.shutdown.clone()),
        running: dashmap::DashMap::new(),
    });
    let (recordings, running) = (live.recordings.clone(), live.clone());
    tokio::spawn(recover::recover(recordings, found, move |session| running.running.contains_key(&session)));
    Ok(Arc::new(Service::new(live)))
}

/// Implements [`LiveSessions`] on this machine.
struct Service {
    live: Arc<LiveContext>,
    /// Limits how many device checks are measured at the same time.
    checks: Semaphore,
}

impl Service {
    fn new(live: Arc<LiveContext>) -> Service {
        Service { live, checks: Semaphore::new(CHECKS_AT_ONCE) }
    }

    /// Returns the session with a baseline: that of its own device check, or else its owner's latest of the last 12 h.
    async fn with_baseline(&self, session: &Session) -> anyhow::Result<Session> {
        let mut session = session.clone();
        if session.calibration.is_none() {
            let since_us = crate::clock::now_us() - BASELINE_GOOD_FOR.as_micros() as i64;
            session.calibration =
                sessions::latest_calibration(&self.live.recordings.context.db, session.owner, since_us).await?;
        }
        Ok(session)
    }
}

#[async_trait]
impl LiveSessions for Service {
    fn admits(&self) -> Result<(), String> {
        self.live.disk.borrow().admits()
    }

    async fn publish(&self, session: &Session, offer: &str) -> Result<PublishAnswer, PublishError> {
        if !session.state.takes_media() {
            return Err(PublishError::Closed);
        }
        let most = self.live.recordings.context.config.limits.live_sessions as usize;
        // A session that is live already may always reconnect.
        if !self.live.running.contains_key(&session.id) {
            if self.live.running.len() >= most {
                return Err(PublishError::Busy(format!("{most} sessions are live on this machine")));
            }
            self.admits().map_err(PublishError::Busy)?;
        }
        let session = &self.with_baseline(session).await?;
        let running = match self.live.running.entry(session.id) {
            dashmap::Entry::Occupied(entry) => entry.get().clone(),
            dashmap::Entry::Vacant(entry) => {
                let running = keeper::start(&self.live, session).map_err(anyhow::Error::from)?;
                entry.insert(running.clone());
                metrics::gauge!("coach_live_sessions").increment(1.0);
                running
            }
        };
        let (answer, answered) = oneshot::channel();
        let command = Command::Publish { offer: offer.to_owned(), answer };
        running.commands.send(command).map_err(|_| PublishError::Closed)?;
        answered.await.map_err(|_| PublishError::Closed)?
    }

    async fn stop(&self, session: SessionId, resource: &str) -> Result<(), StopError> {
        let running = self.live.running.get(&session).map(|r| r.clone()).ok_or(StopError::Unknown)?;
        let (answer, answered) = oneshot::channel();
        let command = Command::Stop { resource: resource.to_owned(), answer };
        running.commands.send(command).map_err(|_| StopError::Unknown)?;
        answered.await.map_err(|_| StopError::Unknown)?
    }

    async fn mark(&self, session: SessionId, mark: ClientMark) -> Result<(), MarkError> {
        let running = self.live.running.get(&session).map(|r| r.clone()).ok_or(MarkError::NotLive)?;
        let question = match (&mark.what, mark.question_id) {
            (MarkKind::Question, Some(id)) => {
                Some(running.questions.iter().find(|q| q.id == id).cloned().ok_or(MarkError::UnknownQuestion)?)
            }
            (MarkKind::Question, None) => return Err(MarkError::UnknownQuestion),
            _ => None,
        };
        let note = mark.note.map(|note| note.chars().take(NOTE_CHARS).collect());
        running.thread.tell(thread::Command::Mark { what: mark.what, question, note });
        Ok(())
    }

    async fn calibrate(&self, clip: Bytes) -> Result<CalibrationOutcome, CalibrateError> {
        let _turn = self.checks.acquire().await.map_err(|e| CalibrateError::Unavailable(e.to_string()))?;
        let Analyzers { models, workers } = self.live.recordings.analyzers.clone();
        let measured = tokio::task::spawn_blocking(move || {
            // GStreamer reads files. The temporary file is removed when the measurement ends.
            let mut file = tempfile::NamedTempFile::new().map_err(anyhow::Error::from)?;
            std::io::Write::write_all(&mut file, &clip).map_err(anyhow::Error::from)?;
            calibrate::calibrate(file.path(), &models, workers.as_ref())
        });
        measured.await.map_err(|_| CalibrateError::Unavailable("the measurement failed".into()))?
    }

    fn now(&self, session: SessionId) -> Option<MediaTime> {
        self.live.running.get(&session)?.thread.now()
    }

    async fn close(&self) {
        // The keepers end by themselves at a shutdown. A session that is not stored in time is finished at the next start.
        self.live.recordings.tasks.close();
        if tokio::time::timeout(CLOSE_WITHIN, self.live.recordings.tasks.wait()).await.is_err() {
            tracing::warn!("some live sessions were not stored in time; they are finished at the next start");
        }
    }

    async fn resume(&self, session: &Session) -> Result<(), ResumeError> {
        recover::resume(&self.live.recordings, session).await
    }

    async fn forget(&self, session: SessionId) {
        let running = self.live.running.get(&session).map(|r| r.clone());
        if let Some(running) = running {
            let (done, gone) = oneshot::channel();
            if running.commands.send(Command::Forget(done)).is_ok() {
                let _ = gone.await;
            }
        }
        self.live.recordings.finishing.stop(session).await;
        let spool = Spool::of(&self.live.recordings.spool, session);
        if let Err(error) = spool.remove() {
            tracing::error!(%error, %session, "the spool of a deleted session cannot be removed");
        }
    }
}
