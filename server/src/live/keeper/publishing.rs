//! The publishings of a live session: an offer becomes the next part, and a publisher's later words about its ICE session.

use super::Keeper;
use crate::live::ice::IceSession;
use crate::live::part::{self, PartEnded};
use crate::live::shared::Command;
use crate::live::{Answered, Patch, PatchError, Patched, PublishError};
use crate::places::Full;
use coach_core::MediaTime;
use coach_core::journal::Part;
use coach_media::VideoCodec;
use coach_media::peer::{self, Limits, Publisher};
use std::sync::Arc;
use tracing::Instrument;

/// The publishing that is under way.
pub(super) struct Current {
    pub(super) n: u32,
    pub(super) resource: String,
    pub(super) ice: IceSession,
    pub(super) publisher: Arc<Publisher>,
    /// Of its video, where it has any.
    pub(super) codec: Option<VideoCodec>,
}

impl Keeper {
    /// Accepts an offer as the next part; a publisher that is connected is closed.
    pub(super) async fn publish(&mut self, offer: &str) -> Result<Answered, PublishError> {
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
        let (answer, mut publisher) = loop {
            let (codec, feed) = (self.coding.fixed(), Some(self.room.viewers.feed()));
            let limits = Limits { offset, max_kbps, codec, feed, ..Limits::default() };
            let (answer, publisher) = self.live.endpoint.accept(offer, &limits).await.map_err(refused)?;
            match self.coding.admit(n, answer.codec) {
                Ok(()) => break (answer, publisher),
                // The recording has begun meanwhile: the offer is answered anew, in its coding or with a refusal.
                Err(_) => publisher.close().await,
            }
        };
        let events = publisher.events();
        let publisher = Arc::new(publisher);
        if let Some(before) = self.current.take() {
            tracing::info!(session = %self.session.id, part = n, "the owner publishes again; the earlier publishing is closed");
            before.publisher.close().await;
        }
        let resource = uuid::Uuid::new_v4().simple().to_string();
        let ice = IceSession::new(&answer.ice_tag);
        let (named, etag) = (resource.clone(), ice.etag().to_owned());
        self.current = Some(Current { n, resource: named, ice, publisher: publisher.clone(), codec: answer.codec });
        self.begun += 1;
        self.grace = None;
        let (part_events, part_ends) = (self.commands.clone(), self.commands.clone());
        let file = self.spool.part(n);
        let setup = part::Setup {
            part,
            publisher,
            session: self.thread.clone(),
            coding: self.coding.clone(),
            file: file.clone(),
            notify: move |part_event| _ = part_events.send(Command::PartEvent { n, part_event }),
        };
        let running = part::run(setup, events);
        let running = tokio::spawn(running.instrument(tracing::info_span!("session", session = %self.session.id)));
        tokio::spawn(async move {
            // After a panic, what was written before is kept.
            let over = running.await.unwrap_or_else(|_| PartEnded { n, file: file.exists().then_some(file) });
            let _ = part_ends.send(Command::PartEnded(over));
        });
        Ok(Answered { sdp: answer.sdp, etag, resource })
    }

    /// Hands candidates or an ICE restart to the present publisher, if `If-Match` names its ICE session.
    pub(super) async fn patch(&mut self, resource: &str, patch: &Patch) -> Result<Patched, PatchError> {
        let current =
            self.current.as_mut().filter(|current| current.resource == resource).ok_or(PatchError::Unknown)?;
        current.ice.check(patch)?;
        let patched = current.ice.take(current.publisher.patch(&patch.fragment).await);
        if let Ok(Patched::Restarted { .. }) = &patched {
            tracing::info!(session = %self.session.id, "the publisher restarts ICE");
        }
        patched
    }
}

/// Returns why an offer is not accepted, for the publisher.
pub fn refused(error: peer::Error) -> PublishError {
    match error {
        peer::Error::Malformed(why) => PublishError::Malformed(why),
        peer::Error::NoMedia(why) => PublishError::Malformed(format!("it has no audio or video to send: {why}")),
        peer::Error::Unacceptable(why) => PublishError::Unacceptable(why),
        busy @ peer::Error::Busy(_) => PublishError::Busy(busy.to_string()),
        other => PublishError::Failed(other.into()),
    }
}

/// Returns why no session can begin, for the person.
pub fn busy(full: Full) -> PublishError {
    PublishError::Busy(match full {
        Full::Machine(most) => format!("{most} sessions are live on this machine"),
        Full::Person(most) => format!("{most} of your sessions are live; stop one of them first"),
    })
}
