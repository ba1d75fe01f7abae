//! The keeper of one live session: a task that takes one command after the other, so that publishing, stopping, losing the
//! publisher and taking over never happen at the same time.

mod publishing;
mod wording;

pub use publishing::{busy, refused};

use super::coding::Coding;
use super::part::{PartEnded, PartEvent};
use super::room::{Interviewer, Invited, Room, Setup};
use super::shared::{Command, LiveContext, Running};
use super::thread::{self, Question};
use super::viewers::Viewers;
use super::writer::{StateWriter, Update};
use super::{Answered, PublishError, StopError};
use crate::analysis::header;
use crate::channel::Message;
use crate::context::Context;
use crate::objects;
use crate::places::Place;
use crate::recording::disk::DiskSpace;
use crate::recording::finish::{self, Ending};
use crate::recording::recover;
use crate::recording::spool::Spool;
use crate::recording::uploader::Uploads;
use crate::session::Event;
use crate::store::sessions::Session;
use coach_core::MediaTime;
use coach_insight::Output;
use publishing::Current;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// The state of a session's keeper.
struct Keeper {
    live: Arc<LiveContext>,
    session: Session,
    thread: thread::Handle,
    _ends: EndsThread,
    spool: Spool,
    writer: StateWriter,
    commands: mpsc::UnboundedSender<Command>,
    current: Option<Current>,
    room: Arc<Room>,
    /// Held from the first offer on. Given back while nobody publishes and nothing was recorded.
    place: Option<Place>,
    /// The answer to a first offer that was refused. It is sent when nothing of the session is left.
    refused: Option<(oneshot::Sender<Result<Answered, PublishError>>, PublishError)>,
    /// How many parts have begun.
    begun: u32,
    coding: Coding,
    /// The parts that have ended.
    over: Vec<PartEnded>,
    /// Uploads of parts that are being recorded.
    uploads: Uploads,
    /// Whether the session is ending, so that no further part begins: the person stopped, or time or disk space ran out.
    stopping: bool,
    /// Why nothing more can be recorded; `None` while recording works.
    unrecorded: Option<String>,
    /// Set when the session is deleted; answered when nothing more is written.
    forgotten: Option<oneshot::Sender<()>>,
    /// When the session ends by itself.
    deadline: Instant,
    /// Until when a lost publisher may come back; `None` while one is connected.
    grace: Option<Instant>,
}

/// Ends the session's thread when it is dropped with its keeper, also where the session is deleted before the thread was told to finish.
struct EndsThread(thread::Handle);

impl Drop for EndsThread {
    fn drop(&mut self) {
        self.0.tell(thread::Command::Abandon);
    }
}

/// Starts the session's thread and its keeper.
///
/// # Errors
/// No thread or no folder can be made.
pub fn start(live: &Arc<LiveContext>, session: &Session, place: Place) -> std::io::Result<Running> {
    let spool = Spool::of(&live.recordings.spool, session.id);
    spool.create()?;
    let questions: Arc<[Question]> = session
        .questions
        .iter()
        .map(|q| Question { id: q.id.clone(), text: q.text.clone(), suggested_ms: q.suggested_ms })
        .collect();
    let hub = live.recordings.context.hub.clone();
    let id = session.id;
    let thread = thread::start(thread::Setup {
        session: id,
        header: header::live(&live.recordings.analyzers.models, &live.recordings.context.config, session),
        first_question: questions.first().cloned(),
        journal: spool.journal(),
        models: live.recordings.analyzers.models.clone(),
        workers: live.recordings.analyzers.workers.clone(),
        publish: Box::new(move |output| match output {
            Output::Vitals(vitals) => hub.publish(id, Message::Vitals(vitals)),
            Output::Hint(hint) => hub.publish(id, Message::Hint(hint.into())),
            Output::Scores(scores) => hub.publish(id, Message::Score(scores)),
            Output::FollowUp(follow_up) => hub.publish(id, Message::FollowUp(follow_up)),
            Output::TalkTime(talk) => hub.publish(id, Message::TalkTime(talk)),
            Output::Accepted(_) => {}
        }),
        wording: wording::wording(live, session),
    })?;
    let (commands, inbox) = mpsc::unbounded_channel();
    let minutes = u64::from(live.recordings.context.config.limits.session_minutes);
    let room = Arc::new(room(live, session, &spool, &thread));
    let keeper = Keeper {
        live: live.clone(),
        session: session.clone(),
        thread: thread.clone(),
        _ends: EndsThread(thread.clone()),
        spool,
        writer: StateWriter::open(live.recordings.context.clone(), id, session.owner),
        commands: commands.clone(),
        current: None,
        room: room.clone(),
        place: Some(place),
        refused: None,
        begun: 0,
        coding: Coding::default(),
        over: Vec::new(),
        uploads: Uploads::default(),
        stopping: false,
        unrecorded: None,
        forgotten: None,
        deadline: Instant::now() + Duration::from_secs(60 * minutes),
        grace: None,
    };
    live.recordings.tasks.spawn(keeper.keep(inbox));
    Ok(Running { owner: session.owner, commands, thread, questions, room })
}

/// Returns the room of a session that begins: nobody is there.
fn room(live: &LiveContext, session: &Session, spool: &Spool, thread: &thread::Handle) -> Room {
    let Context { config, hub, objects, .. } = &live.recordings.context;
    let (id, most, told) = (session.id, config.limits.viewers, hub.clone());
    let tell = Box::new(move |count| told.publish(id, Message::Viewers { count }));
    let viewers = Arc::new(Viewers::new(live.endpoint.feed(), most, tell));
    let interviewers_viewers = Viewers::new(live.endpoint.feed(), most, Box::new(|_| {}));
    interviewers_viewers.set_other(Some(session.owner.0));
    let (told, watched) = (hub.clone(), viewers.clone());
    let setup = Setup {
        session: id,
        invited: session.room,
        spool: spool.clone(),
        thread: thread.clone(),
        objects: objects.clone(),
        max_kbps: config.media.max_bitrate_bps / 1000,
        tell: Box::new(move |who: Option<&Invited>| {
            watched.set_other(who.map(|who| who.id));
            let name = who.and_then(|who| who.name.clone());
            told.publish(id, Message::Interviewer { present: who.is_some(), name });
        }),
    };
    Room { viewers, interviewer: Arc::new(Interviewer::new(setup, Arc::new(interviewers_viewers))) }
}

impl Keeper {
    /// Runs until the session has ended and is stored.
    async fn keep(mut self, mut inbox: mpsc::UnboundedReceiver<Command>) {
        let shutdown = self.live.recordings.context.shutdown.clone();
        let mut disk = self.live.disk.clone();
        loop {
            let until = self.grace.map_or(self.deadline, |grace| grace.min(self.deadline));
            let command = tokio::select! {
                command = inbox.recv() => command,
                () = tokio::time::sleep_until(until), if !self.stopping => {
                    self.stop().await;
                    None
                }
                () = shutdown.cancelled(), if !self.stopping => {
                    self.stop().await;
                    None
                }
                reason = disk_full(&mut disk), if !self.stopping => {
                    self.end_early(reason).await;
                    None
                }
            };
            if let Some(ask) = command {
                self.answer(ask).await;
            }
            if self.stopping && self.over.len() as u32 == self.begun {
                break;
            }
        }
        // From here on, deleting the session stops its finishing and not this keeper.
        let end = self.live.recordings.finishing.begin(self.session.id);
        self.live.running.remove(&self.session.id);
        self.room.close().await;
        self.place = None;
        drop(inbox);
        self.uploads.stop().await;
        if let Some(done) = self.forgotten.take() {
            self.thread.tell(thread::Command::Abandon);
            self.writer.abort().await;
            let _ = done.send(());
            return;
        }
        let refused = self.refused.take();
        end.unless_deleted(self.conclude()).await;
        if let Some((answer, error)) = refused {
            let _ = answer.send(Err(error));
        }
    }

    /// Does one thing that was asked.
    async fn answer(&mut self, ask: Command) {
        match ask {
            Command::Publish { offer, answer } => {
                match self.publish(&offer).await {
                    Err(error) if self.begun == 0 && !self.stopping => {
                        self.refused = Some((answer, error));
                        self.stopping = true;
                    }
                    published => _ = answer.send(published),
                }
                self.release();
            }
            Command::Stop { resource, answer } => {
                // An earlier publishing's URL ends nothing: its page was taken over.
                if self.current.as_ref().is_some_and(|c| c.resource == resource) {
                    self.stop().await;
                    let _ = answer.send(Ok(()));
                } else {
                    let _ = answer.send(Err(StopError::Unknown));
                }
            }
            Command::Publishes { resource, answer } => {
                let _ = answer.send(self.current.as_ref().is_some_and(|c| c.resource == resource));
            }
            Command::Patch { resource, patch, answer } => {
                let _ = answer.send(self.patch(&resource, &patch).await);
            }
            Command::PartEvent { n, part_event } => self.part_event(n, part_event).await,
            Command::PartEnded(over) => self.over(over).await,
            Command::Withdraw(done) => {
                self.stop().await;
                let _ = done.send(());
            }
            Command::Forget(done) => {
                self.forgotten = Some(done);
                self.stop().await;
            }
        }
    }

    /// Passes what a part reports to the database and to the uploads.
    async fn part_event(&mut self, n: u32, part_event: PartEvent) {
        match part_event {
            PartEvent::Connected => {
                if let Some(current) = self.current.as_ref().filter(|current| current.n == n) {
                    self.room.viewers.begin(current.codec);
                    self.writer.write(Update::Happened(Event::Published));
                }
            }
            PartEvent::Recording(durable) => {
                // The first one counts. It need not be part 0, which may have ended without media.
                self.writer.write(Update::Started { at_us: crate::clock::now_us() });
                let offset = self.thread.now().unwrap_or(MediaTime::ZERO);
                self.writer.write(Update::Part { n, offset });
                let key = objects::part_key(self.session.id, n as i32);
                self.uploads.follow(self.live.recordings.context.objects.clone(), key, self.spool.part(n), durable);
            }
            PartEvent::Unrecorded(reason) => self.end_early(reason).await,
        }
    }

    /// Ends the session because nothing more can be recorded, and tells its pages the reason. What was recorded is kept.
    async fn end_early(&mut self, reason: String) {
        if self.stopping {
            return;
        }
        tracing::warn!(session = %self.session.id, error = reason, "a live session is ended early");
        let title = "The session was ended early; what was recorded until now is kept".to_owned();
        self.live.recordings.context.hub.publish(self.session.id, Message::Error { title, detail: reason.clone() });
        self.unrecorded = Some(reason);
        self.stop().await;
    }

    /// Takes in a part that has ended. Without a publisher, the time to come back begins.
    async fn over(&mut self, over: PartEnded) {
        if self.current.as_ref().is_some_and(|c| c.n == over.n) {
            self.current = None;
        }
        let recorded = over.file.is_some();
        self.over.push(over);
        if self.current.is_none() && !self.stopping {
            self.room.viewers.pause();
            let wait = Duration::from_secs(u64::from(self.live.recordings.context.config.media.grace_s));
            self.grace = Some(Instant::now() + wait);
            if recorded {
                self.writer.write(Update::Happened(Event::Lost));
            }
            self.release();
        }
    }

    /// Gives the place back while nothing was recorded and nobody publishes: there is nothing to lose.
    fn release(&mut self) {
        if self.current.is_none() && self.over.iter().all(|over| over.file.is_none()) {
            self.place = None;
        }
    }

    /// Closes the current publisher and lets no further part begin.
    async fn stop(&mut self) {
        self.stopping = true;
        if let Some(current) = &self.current {
            current.publisher.close().await;
        }
    }

    /// Ends the session's thread and finishes the recording, or removes the spool folder when nothing was recorded.
    async fn conclude(mut self) {
        let mut over = std::mem::take(&mut self.over);
        over.sort_by_key(|over| over.n);
        let parts: Vec<_> = over.into_iter().filter_map(|over| over.file).collect();
        if parts.is_empty() {
            self.thread.tell(thread::Command::Abandon);
            let event = self.unrecorded.map_or(Event::NothingCame, Event::Failed);
            tracing::info!(session = %self.session.id, ?event, "a live session ended before anything was recorded");
            self.writer.write(Update::Happened(event));
            self.writer.close().await;
            if let Err(error) = self.spool.remove() {
                tracing::warn!(%error, session = %self.session.id, "the spool folder of a session without media cannot be removed");
            }
            return;
        }
        self.writer.write(Update::Happened(Event::Stopped));
        let (answer, report) = oneshot::channel();
        self.thread.tell(thread::Command::Finish(answer));
        self.writer.close().await;
        let (live, session) = (&*self.live, &self.session);
        let ending = Ending { recordings: &live.recordings, session, spool: &self.spool, parts };
        finish::conclude(&ending, async {
            let live = match report.await {
                Ok(live) => live,
                Err(_) => Err(anyhow::anyhow!("the session's thread ended early")),
            };
            match live {
                Ok((report, learnt)) => Ok((report, Some(learnt))),
                // The recorder was given the same media as the engine, so the file path can make the report.
                Err(error) => {
                    let error = format!("{error:#}");
                    tracing::error!(session = %session.id, error, "the live report is lost; the recording is analyzed as a file");
                    Ok((recover::analyze(&ending).await?, None))
                }
            }
        })
        .await;
    }
}

/// Waits until live sessions must end because the disk is too full. Returns the reason, for the person.
async fn disk_full(disk: &mut tokio::sync::watch::Receiver<DiskSpace>) -> String {
    let full = disk.wait_for(|disk| disk.carries().is_err()).await.ok().and_then(|disk| disk.carries().err());
    match full {
        Some(reason) => reason,
        // The measuring task has ended because the server stops; the keeper ends by the shutdown.
        None => std::future::pending().await,
    }
}
