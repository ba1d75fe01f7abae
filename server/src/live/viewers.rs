//! Who watches a live session. Viewers come and go without the session's keeper: nothing waits for them.

use super::ice::IceSession;
use super::{Answered, Patch, PatchError, Patched, WatchError};
use coach_media::VideoCodec;
use coach_media::peer::{self, Endpoint, FeedId, Viewer};
use dashmap::DashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// What viewers can get at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// Nobody publishes.
    Nothing,
    /// Media, with the video coded so, where there is any.
    Media(Option<VideoCodec>),
    /// Nothing any more: the session is over.
    Over,
}

/// The viewers of one live session.
pub struct Viewers {
    feed: FeedId,
    sent: Mutex<Sent>,
    places: Arc<Semaphore>,
    /// The places of whoever takes part, which those who only watch cannot fill.
    own: Arc<Semaphore>,
    most: usize,
    /// The account or the visit of the other participant of the session.
    other: Mutex<Option<Uuid>>,
    viewings: DashMap<String, Arc<Viewing>>,
    /// Tells the candidate how many there are.
    tell: Tell,
}

/// Viewings that the other participant of a session may have at once: those of a page that comes back, and of the one that it replaces.
const OWN: usize = 4;

/// Called with the number of viewers when it may have changed.
pub type Tell = Box<dyn Fn(u32) + Send + Sync>;

struct Viewing {
    viewer: Viewer,
    by: Uuid,
    ice: tokio::sync::Mutex<IceSession>,
    _place: OwnedSemaphorePermit,
}

impl Viewers {
    /// Returns a session without viewers; at most `most` may come. `feed`: where the candidate publishes to.
    pub fn new(feed: FeedId, most: usize, tell: Tell) -> Viewers {
        let (sent, places) = (Mutex::new(Sent::Nothing), Arc::new(Semaphore::new(most)));
        let (own, other) = (Arc::new(Semaphore::new(OWN)), Mutex::default());
        Viewers { feed, sent, places, own, most, other, viewings: DashMap::new(), tell }
    }

    /// Says who the other participant of the session is, by their account or visit; `None`: nobody at present.
    pub fn set_other(&self, other: Option<Uuid>) {
        *self.other.lock().unwrap_or_else(PoisonError::into_inner) = other;
        self.count();
    }

    fn is_other(&self, by: Uuid) -> bool {
        *self.other.lock().unwrap_or_else(PoisonError::into_inner) == Some(by)
    }

    /// Returns where the candidate publishes to.
    pub fn feed(&self) -> FeedId {
        self.feed
    }

    /// Says that media comes from now on. `codec`: of its video, where it has any.
    pub fn begin(&self, codec: Option<VideoCodec>) {
        self.say(Sent::Media(codec));
    }

    /// Says that the candidate's connection is lost. Those who watch wait for the next one.
    pub fn pause(&self) {
        self.say(Sent::Nothing);
    }

    fn say(&self, what: Sent) {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        if *sent != Sent::Over {
            *sent = what;
        }
    }

    fn sent(&self) -> Sent {
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a viewer's offer. `by`: their account or visit.
    ///
    /// # Errors
    /// The offer is refused, nothing is sent, or the limit of viewers is reached.
    pub async fn watch(self: &Arc<Self>, endpoint: &Endpoint, by: Uuid, offer: &str) -> Result<Answered, WatchError> {
        let codec = match self.sent() {
            Sent::Nothing => return Err(WatchError::NothingYet),
            Sent::Over => return Err(WatchError::Over),
            Sent::Media(codec) => codec,
        };
        let places = if self.is_other(by) { &self.own } else { &self.places };
        let place = places.clone().try_acquire_owned();
        let place = place.map_err(|_| WatchError::Busy(format!("{} watch this session", self.most)))?;
        let (answer, viewer) = endpoint.watch(offer, self.feed, codec).await.map_err(refused)?;
        let resource = Uuid::new_v4().simple().to_string();
        let ice = IceSession::new(&answer.ice_tag);
        let etag = ice.etag().to_owned();
        let viewing = Arc::new(Viewing { viewer, by, ice: ice.into(), _place: place });
        self.viewings.insert(resource.clone(), viewing.clone());
        self.count();
        metrics::gauge!("coach_viewers").increment(1.0);
        let (viewers, name) = (self.clone(), resource.clone());
        tokio::spawn(async move {
            viewing.viewer.gone().await;
            viewers.viewings.remove(&name);
            viewers.count();
            metrics::gauge!("coach_viewers").decrement(1.0);
            let stats = viewing.viewer.stats();
            let (video_packets, audio_packets) = (stats.video_packets, stats.audio_packets);
            tracing::info!(video_packets, audio_packets, video_pauses = stats.video_pauses, "a viewer has left");
        });
        // The session may have ended meanwhile, before this viewing was in the list.
        if self.sent() == Sent::Over {
            self.leave(&resource).await;
            return Err(WatchError::Over);
        }
        Ok(Answered { sdp: answer.sdp, etag, resource })
    }

    /// Tells the candidate how many watch.
    fn count(&self) {
        let watching = self.viewings.iter().filter(|viewing| !self.is_other(viewing.by)).count();
        (self.tell)(u32::try_from(watching).unwrap_or(u32::MAX));
    }

    /// Returns whether this viewing goes on.
    pub fn has(&self, resource: &str) -> bool {
        self.viewings.contains_key(resource)
    }

    /// Hands candidates or an ICE restart to a viewer, if `If-Match` names its ICE session.
    ///
    /// # Errors
    /// There is no such viewing, or the patch does not fit its ICE session.
    pub async fn patch(&self, resource: &str, patch: &Patch) -> Result<Patched, PatchError> {
        let viewing = self.viewings.get(resource).map(|viewing| viewing.clone()).ok_or(PatchError::Unknown)?;
        let mut ice = viewing.ice.lock().await;
        ice.check(patch)?;
        ice.take(viewing.viewer.patch(&patch.fragment).await)
    }

    /// Ends a viewing. Returns whether there was one.
    pub async fn leave(&self, resource: &str) -> bool {
        let Some((_, viewing)) = self.viewings.remove(resource) else { return false };
        viewing.viewer.close().await;
        true
    }

    /// Ends all viewings, because the session is over. Nobody can watch any more.
    pub async fn close(&self) {
        self.say(Sent::Over);
        let all: Vec<String> = self.viewings.iter().map(|viewing| viewing.key().clone()).collect();
        for resource in all {
            self.leave(&resource).await;
        }
    }
}

/// Returns why an offer is not accepted, for the viewer.
fn refused(error: peer::Error) -> WatchError {
    match error {
        peer::Error::Malformed(why) => WatchError::Malformed(why),
        peer::Error::NoMedia(why) => WatchError::Malformed(format!("it asks for no audio or video: {why}")),
        peer::Error::Unacceptable(why) => WatchError::Unacceptable(why),
        busy @ peer::Error::Busy(_) => WatchError::Busy(busy.to_string()),
        other => WatchError::Failed(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_media::peer::Config;
    use coach_testing::{LIMIT, eventually};

    const CHROMIUM: &str = include_str!("../../../media/tests/data/chromium-156-offer.sdp");

    /// Viewers of which at most two may come, and the numbers that the candidate is told.
    fn viewers(endpoint: &Endpoint) -> (Arc<Viewers>, Arc<Mutex<Vec<u32>>>) {
        let told = Arc::new(Mutex::new(Vec::new()));
        let tell = told.clone();
        let tell = Box::new(move |count| tell.lock().unwrap().push(count));
        (Arc::new(Viewers::new(endpoint.feed(), 2, tell)), told)
    }

    #[tokio::test]
    async fn viewers_come_while_media_is_sent_and_as_many_as_there_is_room_for() {
        let endpoint = Endpoint::bind(Config::default()).unwrap();
        let (viewers, told) = viewers(&endpoint);
        let offer = CHROMIUM.replace("a=sendonly", "a=recvonly");
        let (somebody, ira) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let watch_as = async |by| viewers.watch(&endpoint, by, &offer).await;
        let watch = async || watch_as(somebody).await;
        assert!(matches!(watch().await, Err(WatchError::NothingYet)));
        viewers.begin(Some(VideoCodec::Vp8));
        assert!(
            matches!(viewers.watch(&endpoint, somebody, CHROMIUM).await, Err(WatchError::Malformed(_))),
            "it would send"
        );
        let first = watch().await.unwrap();
        let second = watch().await.unwrap();
        for _ in 0..20 {
            assert!(matches!(watch().await, Err(WatchError::Busy(_))));
        }
        viewers.set_other(Some(ira));
        let own = watch_as(ira).await.unwrap();
        assert_eq!(told.lock().unwrap().last(), Some(&2), "whoever takes part has a place and is not counted");
        viewers.set_other(None);
        assert_eq!(told.lock().unwrap().last(), Some(&3), "and is, once they only watch");
        assert!(viewers.leave(&own.resource).await);
        assert!(viewers.leave(&first.resource).await && !viewers.leave(&first.resource).await);
        eventually(LIMIT, "the place is free", async || watch().await.ok()).await;
        viewers.pause();
        assert!(matches!(watch().await, Err(WatchError::NothingYet)));
        assert!(viewers.has(&second.resource), "who watches waits");
        viewers.close().await;
        viewers.begin(None);
        assert!(matches!(watch().await, Err(WatchError::Over)), "what is over does not begin again");
        assert!(!viewers.has(&second.resource));
        eventually(LIMIT, "nobody is told of", async || (told.lock().unwrap().last() == Some(&0)).then_some(())).await;
        assert_eq!((told.lock().unwrap().iter().max(), endpoint.counters().peers), (Some(&3), 0));
    }

    #[tokio::test]
    async fn a_patch_must_name_the_viewings_ice_session() {
        let endpoint = Endpoint::bind(Config::default()).unwrap();
        let (viewers, _) = viewers(&endpoint);
        viewers.begin(None);
        let offer = CHROMIUM.replace("a=sendonly", "a=recvonly");
        let Answered { resource, etag, .. } = viewers.watch(&endpoint, Uuid::nil(), &offer).await.unwrap();
        let patch = async |if_match: Option<&str>, fragment: &str| {
            let patch = Patch { if_match: if_match.map(str::to_owned), fragment: fragment.to_owned() };
            viewers.patch(&resource, &patch).await
        };
        let candidate = "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
        assert!(matches!(patch(None, candidate).await, Err(PatchError::NoPrecondition)));
        assert!(matches!(patch(Some("\"other\""), candidate).await, Err(PatchError::Precondition)));
        assert!(matches!(patch(Some(&etag), "nonsense").await, Err(PatchError::Malformed(_))));
        assert_eq!(patch(Some(&etag), candidate).await.unwrap(), Patched::Candidates);
        let fresh = "a=ice-ufrag:fresh\r\na=ice-pwd:0123456789012345678901\r\n";
        let Patched::Restarted { etag: next, .. } = patch(Some("*"), fresh).await.unwrap() else {
            panic!("new credentials are a restart");
        };
        assert_ne!(next, etag);
        assert!(
            matches!(patch(Some(&etag), candidate).await, Err(PatchError::Precondition)),
            "the tag is that of before"
        );
    }
}
