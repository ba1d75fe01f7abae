//! The interviewer of a live session: one person at a time, who publishes to a resource of their own. Coming and leaving concerns
//! neither the candidate's publishing nor the keeper of the session.

use super::recording::{self, Happened};
use super::{InterviewError, Invited};
use crate::live::coding::Coding;
use crate::live::ice::IceSession;
use crate::live::thread;
use crate::live::viewers::Viewers;
use crate::live::{Answered, Patch, PatchError, Patched};
use crate::objects::{self, Objects};
use crate::recording::spool::Spool;
use crate::recording::uploader::Uploads;
use coach_core::SessionId;
use coach_media::VideoCodec;
use coach_media::peer::{self, Endpoint, Limits, Publisher};
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Mutex;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// Called when the interviewer is there, with who it is, and when they have left, with `None`.
pub type Tell = Box<dyn Fn(Option<&Invited>) + Send + Sync>;

/// What the interviewer of a session starts with.
pub struct Setup {
    pub session: SessionId,
    /// Whether anybody was invited before the session began: else its analysis keeps no voices apart.
    pub invited: bool,
    /// Where they are recorded.
    pub spool: Spool,
    /// The session's thread, which listens to them.
    pub thread: thread::Handle,
    /// Where their recording is uploaded while it grows.
    pub objects: Arc<dyn Objects>,
    /// The highest bit rate of their video, kbit/s.
    pub max_kbps: u32,
    pub tell: Tell,
}

/// The place of the interviewer of one session.
pub struct Interviewer {
    setup: Setup,
    viewers: Arc<Viewers>,
    seat: Mutex<Seat>,
    /// The recordings that are being written.
    parts: TaskTracker,
}

#[derive(Default)]
struct Seat {
    current: Option<Current>,
    /// How many parts have begun.
    begun: u32,
    coding: Coding,
    uploads: Uploads,
    /// Whether the session is over.
    over: bool,
}

/// The publishing that is under way.
struct Current {
    n: u32,
    who: Invited,
    resource: String,
    ice: IceSession,
    publisher: Arc<Publisher>,
    codec: Option<VideoCodec>,
}

impl Interviewer {
    /// Returns the place, with nobody there. `viewers`: who watches the interviewer.
    pub fn new(setup: Setup, viewers: Arc<Viewers>) -> Interviewer {
        Interviewer { setup, viewers, seat: Mutex::default(), parts: TaskTracker::new() }
    }

    /// Returns who watches the interviewer.
    pub fn viewers(&self) -> &Arc<Viewers> {
        &self.viewers
    }

    /// Answers an interviewer's offer. `zero`: the instant of the session's t = 0; `None`: the candidate has not begun. A second offer
    /// of the same person replaces the first.
    ///
    /// # Errors
    /// The offer is refused, somebody else is there, or the session is over or has not begun.
    pub async fn publish(
        self: &Arc<Self>,
        endpoint: &Endpoint,
        zero: Option<Instant>,
        who: &Invited,
        offer: &str,
    ) -> Result<Answered, InterviewError> {
        let mut seat = self.seat.lock().await;
        if seat.over {
            return Err(InterviewError::Over);
        }
        if !self.setup.invited {
            return Err(InterviewError::Unacceptable("the session began before anybody was invited to it".into()));
        }
        let zero = zero.ok_or(InterviewError::NotYet)?;
        if let Some(other) = seat.current.as_ref().filter(|current| current.who.id != who.id) {
            let name = other.who.name.clone().unwrap_or_else(|| "somebody else".into());
            return Err(InterviewError::Taken(name));
        }
        let limits = Limits {
            zero: Some(zero),
            max_kbps: self.setup.max_kbps,
            codec: seat.coding.fixed(),
            feed: Some(self.viewers.feed()),
            ..Limits::default()
        };
        let (answer, mut publisher) = endpoint.accept(offer, &limits).await.map_err(refused)?;
        let n = seat.begun;
        if let Err(codec) = seat.coding.admit(n, answer.codec) {
            publisher.close().await;
            return Err(InterviewError::Unacceptable(format!("what is recorded already is {codec}")));
        }
        let events = publisher.events();
        let publisher = Arc::new(publisher);
        if let Some(before) = seat.current.take() {
            tracing::info!(session = %self.setup.session, part = n, "the interviewer publishes again; the earlier publishing is closed");
            before.publisher.close().await;
        }
        let resource = uuid::Uuid::new_v4().simple().to_string();
        let ice = IceSession::new(&answer.ice_tag);
        let etag = ice.etag().to_owned();
        seat.begun += 1;
        let file = self.setup.spool.interviewer_part(n);
        let (of, told) = (self.clone(), tokio::sync::mpsc::unbounded_channel());
        let part = recording::Part {
            n,
            publisher: publisher.clone(),
            coding: seat.coding.clone(),
            file,
            thread: self.setup.thread.clone(),
            tell: told.0,
        };
        let named = Current { n, who: who.clone(), resource: resource.clone(), ice, publisher, codec: answer.codec };
        seat.current = Some(named);
        let span = tracing::info_span!("session", session = %self.setup.session);
        self.parts.spawn(async move { of.follow(n, part, events, told.1).await }.instrument(span));
        Ok(Answered { sdp: answer.sdp, resource, etag })
    }

    /// Records a part and takes in what happens to it, until it has ended.
    async fn follow(
        self: Arc<Self>,
        n: u32,
        part: recording::Part,
        events: tokio::sync::mpsc::Receiver<peer::Event>,
        mut happened: tokio::sync::mpsc::UnboundedReceiver<Happened>,
    ) {
        let running = tokio::spawn(recording::run(part, events).in_current_span());
        while let Some(what) = happened.recv().await {
            self.happened(n, what).await;
        }
        if let Err(error) = running.await {
            tracing::error!(%error, "the recorder of the interviewer failed; what it wrote is kept");
        }
        let mut seat = self.seat.lock().await;
        if seat.current.as_ref().is_some_and(|current| current.n == n) {
            seat.current = None;
            self.viewers.pause();
            (self.setup.tell)(None);
            tracing::info!("the interviewer has left");
        }
    }

    async fn happened(&self, n: u32, what: Happened) {
        let mut seat = self.seat.lock().await;
        match what {
            Happened::Connected => {
                if let Some(current) = seat.current.as_ref().filter(|current| current.n == n) {
                    self.viewers.begin(current.codec);
                    (self.setup.tell)(Some(&current.who));
                }
            }
            Happened::Recording(durable) => {
                let Setup { session, spool, objects: store, .. } = &self.setup;
                let key = objects::interviewer_part_key(*session, n);
                seat.uploads.follow(store.clone(), key, spool.interviewer_part(n), durable);
            }
        }
    }

    /// Returns whether `resource` names the present publishing.
    pub async fn has(&self, resource: &str) -> bool {
        self.seat.lock().await.current.as_ref().is_some_and(|current| current.resource == resource)
    }

    /// Hands candidates or an ICE restart to the present publisher, if `If-Match` names its ICE session.
    ///
    /// # Errors
    /// There is no such publishing, or the patch does not fit its ICE session.
    pub async fn patch(&self, resource: &str, patch: &Patch) -> Result<Patched, PatchError> {
        let mut seat = self.seat.lock().await;
        let current = seat.current.as_mut().filter(|current| current.resource == resource);
        let current = current.ok_or(PatchError::Unknown)?;
        current.ice.check(patch)?;
        current.ice.take(current.publisher.patch(&patch.fragment).await)
    }

    /// Ends the publishing named by `resource`; the session goes on. Returns whether there was one.
    pub async fn leave(&self, resource: &str) -> bool {
        let publisher = {
            let seat = self.seat.lock().await;
            seat.current.as_ref().filter(|current| current.resource == resource).map(|c| c.publisher.clone())
        };
        match publisher {
            Some(publisher) => {
                publisher.close().await;
                true
            }
            None => false,
        }
    }

    /// Ends everything, because the session is over. Returns when what was recorded is written.
    pub async fn close(&self) {
        let publisher = {
            let mut seat = self.seat.lock().await;
            seat.over = true;
            seat.current.as_ref().map(|current| current.publisher.clone())
        };
        if let Some(publisher) = publisher {
            publisher.close().await;
        }
        self.parts.close();
        self.parts.wait().await;
        // Only now does no further upload begin.
        let mut uploads = std::mem::take(&mut self.seat.lock().await.uploads);
        uploads.stop().await;
        self.viewers.close().await;
    }
}

/// Returns why an offer is not accepted, for the interviewer.
pub fn refused(error: peer::Error) -> InterviewError {
    match error {
        peer::Error::Malformed(why) => InterviewError::Malformed(why),
        peer::Error::NoMedia(why) => InterviewError::Malformed(format!("it has no audio or video to send: {why}")),
        peer::Error::Unacceptable(why) => InterviewError::Unacceptable(why),
        busy @ peer::Error::Busy(_) => InterviewError::Busy(busy.to_string()),
        other => InterviewError::Failed(other.into()),
    }
}
