//! Where all publishers come in: one UDP port, one place each.

use super::connection::{Connection, Timeouts};
use super::network::{Counters, Network};
use super::offer::{self, Offer};
use super::outbox::Outbox;
use super::publisher::{Publisher, Shared};
use super::pump::{KeyFrames, Pump};
use super::{Answer, Error, Limits, answer};
use crate::item::{Format, Formats};
use crate::tap::{self, Tap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Where publishers come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The UDP address to bind. Port 0: any free one.
    pub bind: SocketAddr,
    /// Addresses at which publishers reach the port. Empty: the bound address, or all addresses of this machine when that
    /// is unspecified.
    pub announce: Vec<IpAddr>,
    /// Publishers at a time.
    pub max_peers: usize,
    /// Nothing heard for so long: `Disconnected`.
    pub disconnected_after: Duration,
    /// ... and for so much longer: `Failed`.
    pub failed_after: Duration,
    /// An answered offer that is not followed by a connection within this time has failed.
    pub connect_within: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            announce: Vec::new(),
            max_peers: 100,
            disconnected_after: Duration::from_secs(5),
            failed_after: Duration::from_secs(25),
            connect_within: Duration::from_secs(30),
        }
    }
}

/// The media port and its places. Dropping it closes all publishers.
#[derive(Debug)]
pub struct Endpoint {
    network: Arc<Network>,
    announced: Vec<SocketAddr>,
    places: Arc<Semaphore>,
    config: Config,
}

impl Endpoint {
    /// Binds the port.
    ///
    /// # Errors
    /// The address is taken or not this machine's, or its interfaces cannot be listed.
    pub fn bind(config: Config) -> Result<Endpoint, Error> {
        let crypto = rtc::crypto::default_provider().map_err(|error| Error::Engine(error.to_string()))?;
        let network = Arc::new(Network::start(config.bind, crypto)?);
        let local = network.local();
        let announced = if config.announce.is_empty() { own_addresses(local.ip())? } else { config.announce.clone() };
        let announced = announced.into_iter().map(|ip| SocketAddr::new(ip, local.port())).collect();
        Ok(Endpoint { network, announced, places: Arc::new(Semaphore::new(config.max_peers)), config })
    }

    /// The bound address.
    pub fn local_address(&self) -> SocketAddr {
        self.network.local()
    }

    /// What publishers are told.
    pub fn announced(&self) -> &[SocketAddr] {
        &self.announced
    }

    pub fn counters(&self) -> Counters {
        self.network.counters()
    }

    /// Answers an offer. The publisher's place is taken from now on; one that never connects loses it
    /// after [`Config::connect_within`].
    ///
    /// # Errors
    /// Each variant says which status it stands for. Nothing is left behind.
    pub async fn accept(&self, offer: &str, limits: &Limits) -> Result<(Answer, Publisher), Error> {
        let offer = offer::check(offer)?;
        let place = self.places.clone().try_acquire_owned().map_err(|_| Error::Busy(self.config.max_peers))?;
        let answering = Answering {
            network: self.network.clone(),
            announced: self.announced.clone(),
            config: self.config.clone(),
            limits: limits.clone(),
        };
        // A thread of its own: keys and certificate take milliseconds, and should the library panic on an offer, the panic
        // ends there.
        let answer = tokio::task::spawn_blocking(move || answering.run(&offer, place));
        answer.await.map_err(|error| Error::Engine(error.to_string()))?
    }
}

struct Answering {
    network: Arc<Network>,
    announced: Vec<SocketAddr>,
    config: Config,
    limits: Limits,
}

impl Answering {
    fn run(self, offer: &Offer, place: OwnedSemaphorePermit) -> Result<(Answer, Publisher), Error> {
        let (ufrag, password) = (token::<8>(), token::<16>());
        let epoch = Instant::now();
        let timeouts = Timeouts { disconnected: self.config.disconnected_after, failed: self.config.failed_after };
        let port = self.network.local().port();
        let (connection, sdp) = Connection::answer(&offer.sdp, (&ufrag, &password), timeouts, port)?;
        let sdp = answer::complete(&sdp, &self.announced, &self.limits);
        let shared = Arc::new(Shared { epoch, origin: OnceLock::new(), stats: Mutex::default() });
        let (closed, is_closed) = watch::channel(false);
        let (outbox, events) = Outbox::new();
        let tap = Tap::new(tap::Config {
            video: offer.video,
            audio: offer.audio,
            offset: self.limits.offset,
            max_side: self.limits.max_side,
        });
        let formats = Formats {
            video: offer.video.then(Format::vp8),
            // Agreed on as two channels (RFC 7587, section 7), whatever is in the packets.
            audio: offer.audio.then(|| Format::opus(2)),
        };
        let pump = Pump {
            shared: shared.clone(),
            connection,
            tap,
            formats,
            outbox,
            key_frames: KeyFrames::default(),
            connect_by: Some(self.config.connect_within),
            place,
            closed,
        };
        let (peer, commands) = self.network.join(ufrag.clone(), password, pump)?;
        Ok((Answer { sdp, ice_tag: ufrag }, Publisher::new(peer, shared, commands, is_closed, events)))
    }
}

/// As many random bytes as hexadecimal text.
fn token<const N: usize>() -> String {
    rand::random::<[u8; N]>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Addresses at which this machine can be reached when bound to `ip`.
fn own_addresses(ip: IpAddr) -> Result<Vec<IpAddr>, std::io::Error> {
    if !ip.is_unspecified() {
        return Ok(vec![ip]);
    }
    let usable = |candidate: &IpAddr| match candidate {
        IpAddr::V4(v4) => !v4.is_link_local() && !v4.is_unspecified(),
        IpAddr::V6(v6) => ip.is_ipv6() && (v6.segments()[0] & 0xFFC0) != 0xFE80 && !v6.is_unspecified(),
    };
    let mut own: Vec<IpAddr> = rtc::shared::ifaces::ifaces()?
        .into_iter()
        .filter_map(|interface| interface.addr.map(|address| address.ip()))
        .filter(usable)
        .collect();
    own.sort_by_key(IpAddr::is_loopback);
    own.dedup();
    Ok(own)
}
