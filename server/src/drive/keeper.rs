//! The keeper of one live session: a task that takes its asks one by one, so that publishing, stopping, losing and
//! taking over can never cross.

use super::finish;
use super::live::{House, Running};
use super::models::Models;
use super::part::{self, Over, Sign};
use super::sitting::{self, Command, Question};
use super::spool::Spool;
use super::upload::PartUpload;
use super::{PublishAnswer, PublishError, StopError};
use crate::config::Config;
use crate::live::Message;
use crate::session::Event;
use crate::store::{self, sessions::Session};
use coach_core::journal::{self, Calibration, Header, Part, Source};
use coach_core::{MediaTime, SessionId, UserId};
use coach_insight::Output;
use coach_media::peer::{self, Limits, Publisher};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// What the keeper is asked.
pub enum Ask {
    Publish {
        offer: String,
        answer: oneshot::Sender<Result<PublishAnswer, PublishError>>,
    },
    Stop {
        resource: String,
        answer: oneshot::Sender<Result<(), StopError>>,
    },
    Sign {
        n: u32,
        sign: Sign,
    },
    Over(Over),
    /// Deleted: end at once, store nothing.
    Forget(oneshot::Sender<()>),
}

/// Who is publishing now.
struct Current {
    n: u32,
    resource: String,
    publisher: Arc<Publisher>,
}

struct Keeper {
    house: Arc<House>,
    session: SessionId,
    owner: UserId,
    thread: sitting::Handle,
    spool: Spool,
    asks: mpsc::UnboundedSender<Ask>,
    current: Option<Current>,
    /// Parts that began, and those that are over.
    begun: u32,
    over: Vec<Over>,
    uploads: Vec<JoinHandle<PartUpload>>,
    /// The person stopped, or time ran out: no part follows.
    stopping: bool,
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
pub fn start(house: &Arc<House>, session: &Session) -> std::io::Result<Running> {
    let spool = Spool::of(&house.spool, session.id);
    spool.create()?;
    let questions: Arc<[Question]> = session
        .questions
        .iter()
        .map(|q| Question { id: q.id.clone(), text: q.text.clone(), suggested_ms: q.suggested_ms })
        .collect();
    let hub = house.context.hub.clone();
    let id = session.id;
    let thread = sitting::start(sitting::Setup {
        session: id,
        header: header(&house.models, &house.context.config, session),
        first_question: questions.first().cloned(),
        journal: spool.journal(),
        models: house.models.clone(),
        workers: house.workers.clone(),
        publish: Box::new(move |output| match output {
            Output::Vitals(vitals) => hub.publish(id, Message::Vitals(vitals)),
            Output::Hint(hint) => hub.publish(id, Message::Hint(hint.into())),
            Output::Scores(scores) => hub.publish(id, Message::Score(scores)),
            Output::Accepted(_) => {}
        }),
    })?;
    let (asks, inbox) = mpsc::unbounded_channel();
    let minutes = u64::from(house.context.config.limits.session_minutes);
    let keeper = Keeper {
        house: house.clone(),
        session: id,
        owner: session.owner,
        thread: thread.clone(),
        spool,
        asks: asks.clone(),
        current: None,
        begun: 0,
        over: Vec::new(),
        uploads: Vec::new(),
        stopping: false,
        forgotten: None,
        deadline: Instant::now() + Duration::from_secs(60 * minutes),
        grace: None,
    };
    house.at_work.spawn(keeper.keep(inbox));
    Ok(Running { asks, thread, questions })
}

/// What the journal of this session begins with.
pub fn header(models: &Models, config: &Config, session: &Session) -> Header {
    Header {
        version: journal::VERSION,
        source: Source::Live,
        started_us: session.started_us.unwrap_or_default(),
        owner: session.owner.to_string(),
        models: models.describe(),
        rate_hz: config.media.analysed_hz,
        capture: session.capture,
        calibration: session.calibration,
        hints: session.hints.clone(),
        affect: session.affect,
        parts: vec![Part { n: 0, offset: MediaTime::ZERO }],
    }
}

impl Keeper {
    async fn keep(mut self, mut inbox: mpsc::UnboundedReceiver<Ask>) {
        let shutdown = self.house.context.shutdown.clone();
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
            };
            match ask {
                Some(Ask::Publish { offer, answer }) => {
                    let _ = answer.send(self.publish(&offer).await);
                }
                Some(Ask::Stop { resource, answer }) => {
                    // An earlier publishing's URL ends nothing: its page was taken over.
                    if self.current.as_ref().is_some_and(|c| c.resource == resource) {
                        self.stop().await;
                        let _ = answer.send(Ok(()));
                    } else {
                        let _ = answer.send(Err(StopError::Unknown));
                    }
                }
                Some(Ask::Sign { n, sign }) => self.sign(n, sign).await,
                Some(Ask::Over(over)) => self.over(over).await,
                Some(Ask::Forget(done)) => {
                    self.forgotten = Some(done);
                    self.stop().await;
                }
                None => {}
            }
            if self.stopping && self.over.len() as u32 == self.begun {
                break;
            }
        }
        self.house.running.remove(&self.session);
        metrics::gauge!("coach_live_sessions").decrement(1.0);
        if let Some(done) = self.forgotten.take() {
            self.thread.tell(Command::Abandon);
            let _ = done.send(());
            return;
        }
        self.conclude().await;
    }

    async fn publish(&mut self, offer: &str) -> Result<PublishAnswer, PublishError> {
        if self.stopping {
            return Err(PublishError::Closed);
        }
        let n = self.begun;
        let offset = self.thread.now().unwrap_or(MediaTime::ZERO);
        let part = Part { n, offset };
        let max_kbps = self.house.context.config.media.max_bitrate_bps / 1000;
        let limits = Limits { offset, max_kbps, ..Limits::default() };
        let (answer, mut publisher) = self.house.endpoint.accept(offer, &limits).await.map_err(refused)?;
        let events = publisher.events();
        let publisher = Arc::new(publisher);
        if let Some(before) = self.current.take() {
            tracing::info!(session = %self.session, part = n, "the same owner publishes again and takes over");
            before.publisher.close().await;
        }
        let resource = uuid::Uuid::new_v4().simple().to_string();
        self.current = Some(Current { n, resource: resource.clone(), publisher: publisher.clone() });
        self.begun += 1;
        self.grace = None;
        let (signs, overs) = (self.asks.clone(), self.asks.clone());
        let running = part::run(part, publisher, events, self.thread.clone(), self.spool.part(n), move |sign| {
            let _ = signs.send(Ask::Sign { n, sign });
        });
        tokio::spawn(async move {
            let _ = overs.send(Ask::Over(running.await));
        });
        Ok(PublishAnswer { sdp: answer.sdp, etag: format!("\"{}\"", answer.ice_tag), resource })
    }

    async fn sign(&mut self, n: u32, sign: Sign) {
        match sign {
            Sign::Connected => {
                if self.current.as_ref().is_some_and(|c| c.n == n) {
                    self.apply(Event::Published).await;
                }
            }
            Sign::Recording(durable) => {
                let db = &self.house.context.db;
                let offset = self.thread.now().unwrap_or(MediaTime::ZERO);
                let key = match store::parts::begin(db, self.owner, self.session, offset, None).await {
                    Ok(part) => part.key,
                    Err(error) => {
                        tracing::error!(%error, session = %self.session, part = n, "the part is not in the database; its file is in the spool");
                        crate::objects::part_key(self.session, n as i32)
                    }
                };
                if n == 0 {
                    let set = store::sessions::set_started(db, self.owner, self.session, crate::clock::now_us()).await;
                    if let Err(error) = set {
                        tracing::error!(%error, session = %self.session, "the start is not in the database");
                    }
                }
                let upload = PartUpload::follow(self.house.context.objects.clone(), key, self.spool.part(n), durable);
                self.uploads.push(tokio::spawn(upload));
            }
        }
    }

    async fn over(&mut self, over: Over) {
        if self.current.as_ref().is_some_and(|c| c.n == over.n) {
            self.current = None;
        }
        let came = over.recorded.is_some();
        self.over.push(over);
        if self.current.is_none() && !self.stopping {
            let wait = Duration::from_secs(u64::from(self.house.context.config.media.grace_s));
            self.grace = Some(Instant::now() + wait);
            if came {
                self.apply(Event::Lost).await;
            }
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
        if self.over.iter().all(|over| over.recorded.is_none()) {
            // Nobody ever sent anything: there is nothing to keep, and the session may still be started.
            self.thread.tell(Command::Abandon);
            let _ = self.spool.remove();
            if !self.house.context.shutdown.is_cancelled() {
                tracing::info!(session = %self.session, "a publisher left before any media came");
            }
            return;
        }
        self.apply(Event::Stopped).await;
        let (answer, report) = oneshot::channel();
        self.thread.tell(Command::Finish(answer));
        let mut over = std::mem::take(&mut self.over);
        over.sort_by_key(|over| over.n);
        let parts: Vec<_> = over.into_iter().filter_map(|over| over.recorded.map(|(path, _)| path)).collect();
        let concluded = finish::conclude(finish::Ending {
            house: &self.house,
            session: self.session,
            owner: self.owner,
            spool: &self.spool,
            parts,
            uploads: std::mem::take(&mut self.uploads),
            report: Box::pin(async {
                let (report, learnt) =
                    report.await.map_err(|_| anyhow::anyhow!("the session's thread ended early"))??;
                if learnt != Calibration::default() {
                    store::sessions::keep_learnt(&self.house.context.db, self.owner, self.session, &learnt).await?;
                }
                Ok(report)
            }),
        });
        if let Err(error) = concluded.await {
            finish::failed(&self.house, self.session, self.owner, &error).await;
        }
    }

    async fn apply(&self, event: Event) {
        let machine = &self.house.context.machine;
        if let Err(error) = machine.apply(self.owner, self.session, event.clone()).await {
            tracing::error!(%error, session = %self.session, ?event, "the session's state is not what it should be");
        }
    }
}

fn refused(error: peer::Error) -> PublishError {
    match error {
        peer::Error::Malformed(why) => PublishError::Malformed(why),
        peer::Error::NoMedia(why) => PublishError::Malformed(format!("it has no audio or video to send: {why}")),
        peer::Error::Unacceptable(why) => PublishError::Unacceptable(why),
        busy @ peer::Error::Busy(_) => PublishError::Busy(busy.to_string()),
        other => PublishError::Failed(other.into()),
    }
}
