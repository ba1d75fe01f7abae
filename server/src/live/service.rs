//! The service of live sessions: opens the media port and passes requests to the keepers of the sessions.

use super::keeper;
use super::room::{InterviewError, Invited, Participant, Room};
use super::shared::{Command, LiveContext, Running};
use super::thread;
use super::viewers::Viewers;
use super::{Answered, LiveSessions, MarkError, Patch, PatchError, Patched, PublishError, StopError, WatchError};
use crate::analysis::Analyzers;
use crate::analysis::calibrate::{self, CalibrateError, CalibrationOutcome};
use crate::channel::Message;
use crate::channel::protocol::{Asked, ClientMark};
use crate::config::limits::VIEWERS_MAX;
use crate::config::media::From;
use crate::context::Context;
use crate::jobs::Workplace;
use crate::places::Places;
use crate::providers::follow_up::Questioner;
use crate::recording::recover::{self, ResumeError};
use crate::recording::spool::Spool;
use crate::recording::{Recordings, disk};
use crate::store::sessions::{self, Session};
use anyhow::Context as _;
use async_trait::async_trait;
use bytes::Bytes;
use coach_core::journal::MarkKind;
use coach_core::{MediaTime, SessionId, UserId};
use coach_media::peer::{self, Endpoint, Reach};
use std::io::Write as _;
use std::os::fd::AsRawFd as _;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore, oneshot};
use uuid::Uuid;

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
    let media = &context.config.media;
    let endpoint = Endpoint::bind(peer::Config {
        bind: media.udp_bind,
        announce: media.public_ips.clone(),
        reach: match media.udp_from {
            From::Machine => Reach::Machine,
            From::Network => Reach::Network,
        },
        max_viewers: VIEWERS_MAX,
        ..peer::Config::default()
    })
    .with_context(|| format!("the media port {} cannot be bound; choose another media.udp_bind", media.udp_bind))?;
    let (address, announced) = (endpoint.local_address(), endpoint.announced()?);
    tracing::info!(%address, ?announced, from = ?media.udp_from, "the media port is open");
    if media.udp_from == From::Machine && !address.ip().is_loopback() {
        tracing::info!("only browsers on this machine can publish; media.udp_from = \"network\" lets others do so too");
    }
    let limits = &context.config.limits;
    let places = Places::new("coach_live_sessions", limits.live_sessions as usize, limits.live_sessions_of_one());
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
        places: Arc::new(places),
        workplace: Workplace::open(&context.config.storage.data)?,
        disk: disk::watch(context.config.storage.clone(), context.shutdown.clone()),
        questioner: Questioner::new(&context.config.providers)?,
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
    checks: Arc<Semaphore>,
    /// Held while a session begins.
    beginning: Arc<Mutex<()>>,
}

impl Service {
    fn new(live: Arc<LiveContext>) -> Service {
        Service { live, checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)), beginning: Arc::default() }
    }

    /// Sends a command to the session's keeper and returns its answer; `None` when the session is not live or has ended.
    async fn ask<T>(&self, session: SessionId, command: impl FnOnce(oneshot::Sender<T>) -> Command) -> Option<T> {
        let commands = self.live.running.get(&session)?.commands.clone();
        let (answer, answered) = oneshot::channel();
        commands.send(command(answer)).ok()?;
        answered.await.ok()
    }

    /// Returns the session's handles; begins it if it is not live.
    async fn begin(&self, session: &Session) -> Result<Running, PublishError> {
        // One after the other, so that two offers of a session begin it once. What takes time is done outside the map's lock.
        let turn = self.beginning.clone().lock_owned().await;
        if let Some(running) = self.live.running.get(&session.id) {
            return Ok(running.clone());
        }
        let place = self.live.places.take(session.owner).map_err(keeper::busy)?;
        let (live, session) = (self.live.clone(), session.clone());
        let begun = tokio::task::spawn_blocking(move || {
            // Kept until the end, also when whoever asked has gone.
            let _turn = turn;
            let running = keeper::start(&live, &session, place)?;
            live.running.insert(session.id, running.clone());
            Ok::<_, std::io::Error>(running)
        });
        Ok(begun.await.map_err(anyhow::Error::from)?.map_err(anyhow::Error::from)?)
    }

    /// Returns who takes part in the session; `None` when it is not live.
    fn room(&self, session: SessionId) -> Option<Arc<Room>> {
        self.live.running.get(&session).map(|running| running.room.clone())
    }

    /// Returns the viewers of the session among whom there is this viewing.
    fn viewers(&self, session: SessionId, resource: &str) -> Option<Arc<Viewers>> {
        self.room(session)?.viewers_with(resource).cloned()
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

    async fn publish(&self, session: &Session, offer: &str) -> Result<Answered, PublishError> {
        if !session.state.takes_media() {
            return Err(PublishError::Closed);
        }
        // What is refused takes no place and begins nothing.
        peer::check(offer).map_err(keeper::refused)?;
        // Who was there before comes back, however little room there is.
        if !self.live.running.contains_key(&session.id) {
            self.admits().map_err(PublishError::Busy)?;
        }
        let session = &self.with_baseline(session).await?;
        let running = self.begin(session).await?;
        let (answer, answered) = oneshot::channel();
        let command = Command::Publish { offer: offer.to_owned(), answer };
        running.commands.send(command).map_err(|_| PublishError::Closed)?;
        answered.await.map_err(|_| PublishError::Closed)?
    }

    async fn stop(&self, session: SessionId, resource: &str) -> Result<(), StopError> {
        let resource = resource.to_owned();
        let stopped = self.ask(session, |answer| Command::Stop { resource, answer }).await;
        stopped.unwrap_or(Err(StopError::Unknown))
    }

    async fn publishes(&self, session: SessionId, resource: &str) -> bool {
        let resource = resource.to_owned();
        self.ask(session, |answer| Command::Publishes { resource, answer }).await.unwrap_or(false)
    }

    async fn patch(&self, session: SessionId, resource: &str, patch: Patch) -> Result<Patched, PatchError> {
        let resource = resource.to_owned();
        let patched = self.ask(session, |answer| Command::Patch { resource, patch, answer }).await;
        patched.unwrap_or(Err(PatchError::Unknown))
    }

    async fn interview(&self, session: &Session, who: &Invited, offer: &str) -> Result<Answered, InterviewError> {
        let running = self.live.running.get(&session.id).map(|running| running.clone());
        match running {
            Some(Running { room, thread, .. }) => {
                room.interviewer.publish(&self.live.endpoint, thread.zero(), who, offer).await
            }
            None if session.state.takes_media() => Err(InterviewError::NotYet),
            None => Err(InterviewError::Over),
        }
    }

    async fn interviews(&self, session: SessionId, resource: &str) -> bool {
        match self.room(session) {
            Some(room) => room.interviewer.has(resource).await,
            None => false,
        }
    }

    async fn patch_interview(&self, session: SessionId, resource: &str, patch: Patch) -> Result<Patched, PatchError> {
        let room = self.room(session).ok_or(PatchError::Unknown)?;
        room.interviewer.patch(resource, &patch).await
    }

    async fn leave_interview(&self, session: SessionId, resource: &str) -> bool {
        match self.room(session) {
            Some(room) => room.interviewer.leave(resource).await,
            None => false,
        }
    }

    async fn watch(&self, session: &Session, of: Participant, by: Uuid, offer: &str) -> Result<Answered, WatchError> {
        match self.room(session.id) {
            Some(room) => room.viewers_of(of).watch(&self.live.endpoint, by, offer).await,
            None if session.state.takes_media() => Err(WatchError::NothingYet),
            None => Err(WatchError::Over),
        }
    }

    async fn watches(&self, session: SessionId, resource: &str) -> bool {
        self.viewers(session, resource).is_some()
    }

    async fn patch_viewing(&self, session: SessionId, resource: &str, patch: Patch) -> Result<Patched, PatchError> {
        let viewers = self.viewers(session, resource).ok_or(PatchError::Unknown)?;
        viewers.patch(resource, &patch).await
    }

    async fn leave(&self, session: SessionId, resource: &str) -> bool {
        match self.viewers(session, resource) {
            Some(viewers) => viewers.leave(resource).await,
            None => false,
        }
    }

    async fn withdraw(&self, owner: UserId) {
        let running = self.live.running.iter().filter(|running| running.owner == owner);
        let commands: Vec<_> = running.map(|running| running.commands.clone()).collect();
        let stops = commands.into_iter().map(|commands| async move {
            let (done, stopped) = oneshot::channel();
            // An error means that the session has ended by itself.
            if commands.send(Command::Withdraw(done)).is_ok() {
                let _ = stopped.await;
            }
        });
        futures::future::join_all(stops).await;
    }

    async fn mark(&self, session: SessionId, by: Participant, mark: ClientMark) -> Result<(), MarkError> {
        let running = self.live.running.get(&session).map(|r| r.clone()).ok_or(MarkError::NotLive)?;
        let interviewer = by == Participant::Interviewer;
        if interviewer && !matches!(mark.what, MarkKind::Question | MarkKind::Note) {
            return Err(MarkError::NotTheirs);
        }
        let own = mark.note.as_deref().map(str::trim).filter(|text| interviewer && !text.is_empty());
        let question = match (&mark.what, mark.question_id) {
            (MarkKind::Question, Some(id)) => {
                Some(running.questions.iter().find(|q| q.id == id).cloned().ok_or(MarkError::UnknownQuestion)?)
            }
            (MarkKind::Question, None) => {
                let text = own.ok_or(MarkError::UnknownQuestion)?.chars().take(NOTE_CHARS).collect();
                Some(thread::Question::own(text))
            }
            _ => None,
        };
        if let Some(question) = question.as_ref().filter(|_| interviewer) {
            let asked = Asked { question_id: question.bank_id().map(str::to_owned), text: question.text.clone() };
            self.live.recordings.context.hub.publish(session, Message::Asked(asked));
        }
        let note = mark.note.map(|note| note.chars().take(NOTE_CHARS).collect());
        running.thread.tell(thread::Command::Mark { what: mark.what, question, note, listens: mark.follow_up });
        Ok(())
    }

    async fn calibrate(&self, clip: Bytes) -> Result<CalibrationOutcome, CalibrateError> {
        let turn = self.checks.clone().acquire_owned().await.map_err(|e| CalibrateError::Unavailable(e.to_string()))?;
        let Analyzers { models, workers } = self.live.recordings.analyzers.clone();
        let live = self.live.clone();
        let measured = tokio::task::spawn_blocking(move || {
            // Kept until the end, also when whoever asked has gone.
            let _turn = turn;
            let mut file = live.workplace.nameless().map_err(anyhow::Error::from)?;
            file.write_all(&clip).map_err(anyhow::Error::from)?;
            let path = format!("/proc/self/fd/{}", file.as_raw_fd());
            calibrate::calibrate(path.as_ref(), &models, workers.as_ref())
        });
        measured.await.map_err(|_| CalibrateError::Unavailable("the measurement failed".into()))?
    }

    fn follows_up(&self) -> bool {
        self.live.recordings.analyzers.models.words().is_some()
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
        // `None` means that the session is not live, or has ended by itself.
        let _ = self.ask(session, Command::Forget).await;
        self.live.recordings.finishing.stop(session).await;
        let spool = Spool::of(&self.live.recordings.spool, session);
        if let Err(error) = spool.remove() {
            tracing::error!(%error, %session, "the spool of a deleted session cannot be removed");
        }
    }
}
