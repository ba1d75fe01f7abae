//! The entry of all publishers and viewers: one UDP port and a bounded number of places.

use super::command::Remote;
use super::connection::Connection;
use super::link::Timeouts;
use super::member::Member;
use super::network::{Counters, Network};
use super::offer::{self, Direction, Offer};
use super::outbox::Outbox;
use super::outlet::Outlet;
use super::publisher::Publisher;
use super::pump::{KeyFrames, Pump};
use super::stats::Shared;
use super::viewer::Viewer;
use super::watch::{Sent, Watch};
use super::{Answer, Error, FeedId, Limits, answer};
use crate::codecs;
use crate::item::{Format, Formats, VideoCodec};
use crate::net::{Reach, of_this_machine};
use crate::room::Allowance;
use crate::tap::{self, Tap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Settings of the media port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The UDP address to bind. Port 0: any free port.
    pub bind: SocketAddr,
    /// Addresses at which publishers reach the port. Empty: the bound address or, when that is unspecified, all
    /// addresses that this machine has at the moment of the offer.
    pub announce: Vec<IpAddr>,
    /// The senders that the port answers.
    pub reach: Reach,
    /// The most publishers at a time.
    pub max_peers: usize,
    /// The most viewers at a time.
    pub max_viewers: usize,
    /// Silence after which a publisher is `Disconnected`.
    pub disconnected_after: Duration,
    /// Further silence after which a disconnected publisher has `Failed`.
    pub failed_after: Duration,
    /// Time from the answer within which the connection must be established; otherwise the publisher has failed.
    pub connect_within: Duration,
    /// Time without a packet after which a connected publisher has failed.
    pub media_within: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            announce: Vec::new(),
            reach: Reach::default(),
            max_peers: 100,
            max_viewers: 200,
            disconnected_after: Duration::from_secs(5),
            failed_after: Duration::from_secs(25),
            connect_within: Duration::from_secs(30),
            media_within: Duration::from_secs(60),
        }
    }
}

/// The media port and its places. Dropping it closes all peers.
#[derive(Debug)]
pub struct Endpoint {
    network: Arc<Network>,
    places: Arc<Semaphore>,
    /// The places of viewers.
    viewer_places: Arc<Semaphore>,
    last_feed: AtomicU64,
    config: Config,
}

impl Endpoint {
    /// Binds the port.
    ///
    /// # Errors
    /// The address is taken or not this machine's, or its interfaces cannot be listed.
    pub fn bind(config: Config) -> Result<Endpoint, Error> {
        let crypto = rtc::crypto::default_provider().map_err(|error| Error::Engine(error.to_string()))?;
        let network = Arc::new(Network::start(config.bind, config.reach, crypto)?);
        let places = Arc::new(Semaphore::new(config.max_peers));
        let viewer_places = Arc::new(Semaphore::new(config.max_viewers));
        let endpoint = Endpoint { network, places, viewer_places, last_feed: AtomicU64::new(0), config };
        endpoint.announced()?;
        Ok(endpoint)
    }

    /// Returns the bound address.
    pub fn local_address(&self) -> SocketAddr {
        self.network.local()
    }

    /// Returns the addresses that a publisher is told at this moment.
    ///
    /// # Errors
    /// The interfaces of this machine cannot be listed.
    pub fn announced(&self) -> Result<Vec<SocketAddr>, Error> {
        let local = self.local_address();
        let ips =
            if self.config.announce.is_empty() { own_addresses(local.ip())? } else { self.config.announce.clone() };
        Ok(ips.into_iter().map(|ip| SocketAddr::new(ip, local.port())).collect())
    }

    /// Returns the counters of the port.
    pub fn counters(&self) -> Counters {
        self.network.counters()
    }

    /// Answers an offer. The publisher takes a place from now on; one that does not connect loses it after
    /// [`Config::connect_within`].
    ///
    /// # Errors
    /// Each variant names the HTTP status it stands for. A refused offer takes no place.
    pub async fn accept(&self, offer: &str, limits: &Limits) -> Result<(Answer, Publisher), Error> {
        let offer = offer::check(offer, Direction::Publish, limits.codec)?;
        if let Some(video) = &offer.video {
            decodable(video.codec)?;
        }
        let place = self.places.clone().try_acquire_owned().map_err(|_| Error::Busy(self.config.max_peers))?;
        let answering = Answering {
            network: self.network.clone(),
            announced: self.announced()?,
            config: self.config.clone(),
            limits: limits.clone(),
        };
        // On a blocking thread: keys and a certificate take milliseconds, and a panic of the library ends with the
        // task.
        let answer = tokio::task::spawn_blocking(move || answering.publisher(&offer, place));
        answer.await.map_err(|error| Error::Engine(error.to_string()))?
    }
    /// Names what one participant will publish, for [`Limits::feed`] and [`Endpoint::watch`].
    pub fn feed(&self) -> FeedId {
        FeedId(self.last_feed.fetch_add(1, Relaxed))
    }

    /// Answers the offer of a viewer, who gets what is published into the feed from the next key frame on. `codec`: how
    /// that video is coded, where it is known. A viewer that does not connect loses its place after
    /// [`Config::connect_within`].
    ///
    /// # Errors
    /// Each variant names the HTTP status it stands for. A refused offer takes no place.
    pub async fn watch(&self, offer: &str, feed: FeedId, codec: Option<VideoCodec>) -> Result<(Answer, Viewer), Error> {
        let offer = offer::check(offer, Direction::Watch, codec)?;
        let place = self.viewer_places.clone().try_acquire_owned().map_err(|_| Error::Busy(self.config.max_viewers))?;
        let answering = Answering {
            network: self.network.clone(),
            announced: self.announced()?,
            config: self.config.clone(),
            limits: Limits { feed: Some(feed), ..Limits::default() },
        };
        let answer = tokio::task::spawn_blocking(move || answering.viewer(&offer, feed, place));
        answer.await.map_err(|error| Error::Engine(error.to_string()))?
    }
}

/// Returns how long after `epoch` the moment is, nanoseconds; negative when it was before.
fn since(epoch: Instant, moment: Instant) -> i64 {
    let ns = |span: Duration| i64::try_from(span.as_nanos()).unwrap_or(i64::MAX);
    match moment.checked_duration_since(epoch) {
        Some(later) => ns(later),
        None => -ns(epoch.duration_since(moment)),
    }
}

/// What answering one offer needs.
struct Answering {
    network: Arc<Network>,
    announced: Vec<SocketAddr>,
    config: Config,
    limits: Limits,
}

impl Answering {
    fn timeouts(&self) -> Timeouts {
        Timeouts { disconnected: self.config.disconnected_after, failed: self.config.failed_after }
    }

    fn viewer(self, offer: &Offer, feed: FeedId, place: OwnedSemaphorePermit) -> Result<(Answer, Viewer), Error> {
        let (outlet, switches, sdp) = Outlet::answer(offer, self.timeouts(), self.network.local().port())?;
        let sdp = answer::with_rejected(answer::for_viewer(&sdp, &self.announced), &offer.rejected);
        let ice = outlet.link.credentials().clone();
        let (closed, is_closed) = watch::channel(false);
        let sent = Arc::new(Sent::default());
        let watch = Watch {
            outlet,
            switches,
            feed,
            allowance: Allowance::new(),
            connect_by: Some(Instant::now() + self.config.connect_within),
            wished: None,
            sent: sent.clone(),
            place,
            closed,
        };
        let (peer, network) = self.network.join(ice.ufrag.clone(), ice.password, Member::Viewer(Box::new(watch)))?;
        let remote = Remote { peer, network, announced: self.announced };
        let codec = offer.video.as_ref().map(|video| video.codec);
        Ok((Answer { sdp, codec, ice_tag: ice.ufrag }, Viewer::new(remote, sent, is_closed)))
    }

    fn publisher(self, offer: &Offer, place: OwnedSemaphorePermit) -> Result<(Answer, Publisher), Error> {
        let shared = Arc::new(Shared::new());
        let (connection, sdp) = Connection::answer(offer, self.timeouts(), self.network.local().port())?;
        let sdp = answer::with_rejected(answer::complete(&sdp, &self.announced, &self.limits), &offer.rejected);
        let ice = connection.link.credentials().clone();
        let (closed, is_closed) = watch::channel(false);
        let (outbox, events) = Outbox::new();
        let codec = offer.video.as_ref().map(|video| video.codec);
        let mut tap = Tap::new(tap::Config {
            video: codec.is_some(),
            audio: offer.audio,
            codec: codec.unwrap_or_default(),
            offset: self.limits.offset,
            zero_ns: self.limits.zero.map(|zero| since(shared.epoch, zero)),
            max_side: self.limits.max_side,
        });
        for set in offer.video.iter().flat_map(|video| &video.parameter_sets) {
            tap.parameter_set(set);
        }
        let formats = Formats {
            video: codec.map(Format::video),
            // Opus is always agreed on with two channels (RFC 7587, section 7), whatever the packets hold.
            audio: offer.audio.then(|| Format::opus(2)),
        };
        let pump = Pump {
            shared: shared.clone(),
            connection,
            tap,
            formats,
            codec: codec.unwrap_or_default(),
            feed: self.limits.feed,
            outbox,
            key_frames: KeyFrames::default(),
            connect_by: Some(self.config.connect_within),
            media_within: self.config.media_within,
            last_packet: Duration::ZERO,
            place,
            closed,
        };
        let (peer, network) = self.network.join(ice.ufrag.clone(), ice.password, Member::Publisher(Box::new(pump)))?;
        let remote = Remote { peer, network, announced: self.announced };
        let publisher = Publisher::new(remote, shared, is_closed, events);
        Ok((Answer { sdp, codec, ice_tag: ice.ufrag }, publisher))
    }
}

/// Checks that this machine can decode video of this coding: what cannot be scored is refused before it is recorded.
///
/// # Errors
/// [`Error::Unacceptable`]: no decoder is installed.
fn decodable(codec: VideoCodec) -> Result<(), Error> {
    if codec == VideoCodec::Vp8 {
        // Nothing starts without that one.
        return Ok(());
    }
    crate::init().map_err(|error| Error::Engine(error.to_string()))?;
    let format = Format::video(codec);
    let able = format.caps.parse().is_ok_and(|caps| !codecs::able(&caps).is_empty());
    if able {
        return Ok(());
    }
    let decoders = codecs::decoders(format.media_type()).unwrap_or_default().join(" or ");
    Err(Error::Unacceptable(format!(
        "video as {codec} needs the GStreamer element {decoders}, which this server lacks"
    )))
}

/// Returns the addresses at which this machine can be reached when bound to `ip`.
fn own_addresses(ip: IpAddr) -> Result<Vec<IpAddr>, std::io::Error> {
    if !ip.is_unspecified() {
        return Ok(vec![ip]);
    }
    let usable = |candidate: &IpAddr| match candidate {
        IpAddr::V4(v4) => !v4.is_link_local() && !v4.is_unspecified(),
        IpAddr::V6(v6) => ip.is_ipv6() && (v6.segments()[0] & 0xFFC0) != 0xFE80 && !v6.is_unspecified(),
    };
    let mut own: Vec<IpAddr> = of_this_machine()?.into_iter().filter(usable).collect();
    // Loopback goes last: browsers prefer earlier candidates, and some accept no loopback address.
    own.sort_by_key(IpAddr::is_loopback);
    Ok(own)
}
