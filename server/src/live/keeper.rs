//! The keeper of one live session: a task that takes its asks one by one, so that publishing, stopping, losing and
//! taking over can never cross.

use super::part::{self, PartEnded, PartEvent};
use super::shared::{Command, LiveContext, Running};
use super::thread::{self, Question};
use super::writer::{StateWriter, Update};
use super::{Patch, PatchError, Patched, PublishAnswer, PublishError, StopError};
use crate::analysis::header;
use crate::channel::Message;
use crate::objects;
use crate::places::{Full, Place};
use crate::recording::disk::DiskSpace;
use crate::recording::finish::{self, Ending};
use crate::recording::recover;
use crate::recording::spool::Spool;
use crate::recording::uploader::Uploads;
use crate::session::Event;
use crate::store::sessions::Session;
use coach_core::MediaTime;
use coach_core::journal::Part;
use coach_insight::Output;
use coach_media::peer::{self, Limits, Publisher};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// Who is publishing now.
struct Current {
    n: u32,
    resource: String,
    /// Entity tag of its ICE session.
    etag: String,
    publisher: Arc<Publisher>,
}

struct Keeper {
    live: Arc<LiveContext>,
    session: Session,
    thread: thread::Handle,
    spool: Spool,
    writer: StateWriter,
    commands: mpsc::UnboundedSender<Command>,
    current: Option<Current>,
    /// Held from the first offer on; given back while nobody publishes what was never recorded.
    place: Option<Place>,
    /// The first offer, refused; told when nothing of the session is left.
    refused: Option<(oneshot::Sender<Result<PublishAnswer, PublishError>>, PublishError)>,
    /// Parts that began, and those that are over.
    begun: u32,
    over: Vec<PartEnded>,
    uploads: Uploads,
    /// The person stopped, or time or room ran out: no part follows.
    stopping: bool,
    /// Why nothing more can be recorded.
    unrecorded: Option<String>,
    forgotten: Option<oneshot::Sender<()>>,
    /// When the session ends by itself.
    deadline: Instant,
    /// Until when a lost publisher may come back.
    grace: Option<Instant>,
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
            Output::Accepted(_) => {}
        }),
    })?;
    let (commands, inbox) = mpsc::unbounded_channel();
    let minutes = u64::from(live.recordings.context.config.limits.session_minutes);
    let keeper = Keeper {
        live: live.clone(),
        session: session.clone(),
        thread: thread.clone(),
        spool,
        writer: StateWriter::open(live.recordings.context.clone(), id, session.owner),
        commands: commands.clone(),
        current: None,
        place: Some(place),
        refused: None,
        begun: 0,
        over: Vec::new(),
        uploads: Uploads::default(),
        stopping: false,
        unrecorded: None,
        forgotten: None,
        deadline: Instant::now() + Duration::from_secs(60 * minutes),
        grace: None,
    };
    live.recordings.tasks.spawn(keeper.keep(inbox));
    Ok(Running { owner: session.owner, commands, thread, questions })
}

impl Keeper {
    async fn keep(mut self, mut inbox: mpsc::UnboundedReceiver<Command>) {
        let shutdown = self.live.recordings.context.shutdown.clone();
        let mut room = self.live.disk.clone();
        loop {
            let until = self.grace.map_or(self.deadline, |grace| grace.min(self.deadline));
            let ask = tokio::select! {
                ask = inbox.recv() => ask,
                () = tokio::time::sleep_until(until), if !self.stopping => {
                    self.stop().await;
                    None
                }
                () = shutdown.cancelled(), if !self.stopping => {
                    self.stop().await;
                    None
                }
                full = no_room(&mut room), if !self.stopping => {
                    self.give_up(full).await;
                    None
                }
            };
            if let Some(ask) = ask {
                self.answer(ask).await;
            }
            if self.stopping && self.over.len() as u32 == self.begun {
                break;
            }
        }
        // Who deletes the session from here on finds its end, and not its keeper.
        let end = self.live.recordings.finishing.begin(self.session.id);
        self.live.running.remove(&self.session.id);
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

    async fn publish(&mut self, offer: &str) -> Result<PublishAnswer, PublishError> {
        if self.stopping {
            return Err(PublishError::Closed);
        }
        if self.place.is_none() {
            self.place = Some(self.live.places.take(self.session.owner).map_err(busy)?);
        }
        let n = self.begun;
        let offset = self.thread.now().unwrap_or(MediaTime::ZERO);
        let part = Part { n, offset };
        let max_kbps = self.live.recordings.context.config.media.max_bitrate_bps / 1000;
        let limits = Limits { offset, max_kbps, ..Limits::default() };
        let (answer, mut publisher) = self.live.endpoint.accept(offer, &limits).await.map_err(refused)?;
        let events = publisher.events();
        let publisher = Arc::new(publisher);
        if let Some(before) = self.current.take() {
            tracing::info!(session = %self.session.id, part = n, "the same owner publishes again and takes over");
            before.publisher.close().await;
        }
        let resource = uuid::Uuid::new_v4().simple().to_string();
        let etag = format!("\"{}\"", answer.ice_tag);
        self.current =
            Some(Current { n, resource: resource.clone(), etag: etag.clone(), publisher: publisher.clone() });
        self.begun += 1;
        self.grace = None;
        let (signs, overs) = (self.commands.clone(), self.commands.clone());
        let file = self.spool.part(n);
        let running = part::run(part, publisher, events, self.thread.clone(), file.clone(), move |part_event| {
            let _ = signs.send(Command::PartEvent { n, part_event });
        });
        let running = tokio::spawn(running);
        tokio::spawn(async move {
            // Even a panic costs the session only what was not written yet.
            let over = running.await.unwrap_or_else(|_| PartEnded { n, file: file.exists().then_some(file) });
            let _ = overs.send(Command::PartEnded(over));
        });
        Ok(PublishAnswer { sdp: answer.sdp, etag, resource })
    }

    async fn patch(&mut self, resource: &str, patch: &Patch) -> Result<Patched, PatchError> {
        let current =
            self.current.as_mut().filter(|current| current.resource == resource).ok_or(PatchError::Unknown)?;
        let wanted = patch.if_match.as_deref().ok_or(PatchError::NoPrecondition)?;
        if !wanted.split(',').map(str::trim).any(|tag| tag == "*" || tag == current.etag) {
            return Err(PatchError::Precondition);
        }
        match current.publisher.patch(&patch.fragment).await {
            Ok(peer::Patched::Candidates) => Ok(Patched::Candidates),
            Ok(peer::Patched::Restarted { fragment, ice_tag }) => {
                current.etag = format!("\"{ice_tag}\"");
                tracing::info!(session = %self.session.id, "the publisher restarts ICE");
                Ok(Patched::Restarted { fragment, etag: current.etag.clone() })
            }
            Err(peer::Error::Malformed(why)) => Err(PatchError::Malformed(why)),
            Err(error) => Err(PatchError::Failed(error.into())),
        }
    }

    async fn part_event(&mut self, n: u32, part_event: PartEvent) {
        match part_event {
            PartEvent::Connected => {
                if self.current.as_ref().is_some_and(|c| c.n == n) {
                    self.writer.write(Update::Happened(Event::Published));
                }
            }
            PartEvent::Recording(durable) => {
                if n == 0 {
                    self.writer.write(Update::Started { at_us: crate::clock::now_us() });
                }
                let offset = self.thread.now().unwrap_or(MediaTime::ZERO);
                self.writer.write(Update::Part { n, offset });
                let key = objects::part_key(self.session.id, n as i32);
                self.uploads.follow(self.live.recordings.context.objects.clone(), key, self.spool.part(n), durable);
            }
            PartEvent::Unrecorded(why) => self.give_up(why).await,
        }
    }

    /// Nothing more can be recorded: the session ends with what there is, and its person is told why.
    async fn give_up(&mut self, why: String) {
        if self.stopping {
            return;
        }
        tracing::warn!(session = %self.session.id, why, "a live session is ended early");
        let title = "The session was ended early; what was recorded until now is kept".to_owned();
        self.live.recordings.context.hub.publish(self.session.id, Message::Error { title, detail: why.clone() });
        self.unrecorded = Some(why);
        self.stop().await;
    }

    async fn over(&mut self, over: PartEnded) {
        if self.current.as_ref().is_some_and(|c| c.n == over.n) {
            self.current = None;
        }
        let came = over.file.is_some();
        self.over.push(over);
        if self.current.is_none() && !self.stopping {
            let wait = Duration::from_secs(u64::from(self.live.recordings.context.config.media.grace_s));
            self.grace = Some(Instant::now() + wait);
            if came {
                self.writer.write(Update::Happened(Event::Lost));
            }
            self.release();
        }
    }

    /// Where nothing was recorded and nobody publishes, there is nothing to lose: others may have the place until then.
    fn release(&mut self) {
        if self.current.is_none() && self.over.iter().all(|over| over.file.is_none()) {
            self.place = None;
        }
    }

    /// No part follows; what runs is closed.
    async fn stop(&mut self) {
        self.stopping = true;
        if let Some(current) = &self.current {
            current.publisher.close().await;
        }
    }

    async fn conclude(mut self) {
        let mut over = std::mem::take(&mut self.over);
        over.sort_by_key(|over| over.n);
        let parts: Vec<_> = over.into_iter().filter_map(|over| over.file).collect();
        if parts.is_empty() {
            self.thread.tell(thread::Command::Abandon);
            let event = self.unrecorded.map_or(Event::NothingCame, Event::Failed);
            tracing::info!(session = %self.session.id, ?event, "a publisher left before anything was recorded");
            self.writer.write(Update::Happened(event));
            self.writer.close().await;
            if let Err(error) = self.spool.remove() {
                tracing::warn!(%error, session = %self.session.id, "an empty spool is not removed");
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
                // What went to the recorder went to the engine: the offline door sees the same.
                Err(error) => {
                    let error = format!("{error:#}");
                    tracing::error!(session = %session.id, error, "the live report is lost; the recording is analysed");
                    Ok((recover::analyze(&ending).await?, None))
                }
            }
        })
        .await;
    }
}

/// Waits until live sessions must end for want of room; gives the reason.
async fn no_room(room: &mut tokio::sync::watch::Receiver<DiskSpace>) -> String {
    let full = room.wait_for(|room| room.carries().is_err()).await.ok().and_then(|room| room.carries().err());
    match full {
        Some(why) => why,
        // The server stops, which is said elsewhere.
        None => std::future::pending().await,
    }
}

pub fn refused(error: peer::Error) -> PublishError {
    match error {
        peer::Error::Malformed(why) => PublishError::Malformed(why),
        peer::Error::NoMedia(why) => PublishError::Malformed(format!("it has no audio or video to send: {why}")),
        peer::Error::Unacceptable(why) => PublishError::Unacceptable(why),
        busy @ peer::Error::Busy(_) => PublishError::Busy(busy.to_string()),
        other => PublishError::Failed(other.into()),
    }
}

/// Says why no session can begin.
pub fn busy(full: Full) -> PublishError {
    PublishError::Busy(match full {
        Full::Machine(most) => format!("{most} sessions are live on this machine"),
        Full::Person(most) => format!("{most} of your sessions are live; stop one of them first"),
    })
}
