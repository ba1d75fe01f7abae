//! Where all publishers come in: one UDP port, one place each.

use super::callbacks::{Callbacks, Control};
use super::offer::{self, Offer};
use super::outbox::Outbox;
use super::publisher::{Publisher, Shared};
use super::pump::{KeyFrames, Pump};
use super::{Answer, Error, Limits, answer, engine};
use crate::item::{Format, Formats};
use crate::net::{Counters, PeerRuntime, Port};
use crate::tap::{self, Tap};
use rtc::ice::mdns::MulticastDnsMode;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, watch};
use webrtc::peer_connection::{PeerConnection, PeerConnectionBuilder, RTCSessionDescription, SettingEngineBuilder};
use webrtc::runtime::{Runtime, default_runtime};

/// Only host candidates are gathered, which needs no network.
const GATHERING_TIMEOUT: Duration = Duration::from_secs(3);
/// Packets between a track's reader and the tap; more wait in the library's own queue.
const PACKET_QUEUE: usize = 1024;

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

/// The media port and its places.
#[derive(Debug)]
pub struct Endpoint {
    port: Arc<Port>,
    announced: Vec<SocketAddr>,
    places: Arc<Semaphore>,
    config: Config,
}

impl Endpoint {
    /// Binds the port.
    ///
    /// # Errors
    /// The address is taken or not this machine's, or its interfaces cannot be listed.
    pub async fn bind(config: Config) -> Result<Endpoint, Error> {
        let crypto = rtc::crypto::default_provider().map_err(|error| Error::Engine(error.to_string()))?;
        let port = Arc::new(Port::bind(config.bind, crypto)?);
        let local = port.local_address();
        let announced = if config.announce.is_empty() { own_addresses(local.ip())? } else { config.announce.clone() };
        let announced = announced.into_iter().map(|ip| SocketAddr::new(ip, local.port())).collect();
        Ok(Endpoint { port, announced, places: Arc::new(Semaphore::new(config.max_peers)), config })
    }

    /// The bound address.
    pub fn local_address(&self) -> SocketAddr {
        self.port.local_address()
    }

    /// What publishers are told.
    pub fn announced(&self) -> &[SocketAddr] {
        &self.announced
    }

    pub fn counters(&self) -> Counters {
        self.port.counters()
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
            port: self.port.clone(),
            announced: self.announced.clone(),
            config: self.config.clone(),
            limits: limits.clone(),
        };
        // A task of its own: should the library panic on an offer, the panic ends there; should the caller give up, what
        // was begun is finished and dropped in order.
        tokio::spawn(answering.run(offer, place)).await.map_err(|error| Error::Engine(error.to_string()))?
    }
}

struct Answering {
    port: Arc<Port>,
    announced: Vec<SocketAddr>,
    config: Config,
    limits: Limits,
}

impl Answering {
    async fn run(self, offer: Offer, place: OwnedSemaphorePermit) -> Result<(Answer, Publisher), Error> {
        let (ufrag, password) = (token::<8>(), token::<16>());
        let lease = Arc::new(self.port.lease(ufrag.clone(), password.clone()));
        let epoch = Instant::now();
        let (control, control_of) = mpsc::unbounded_channel();
        let (packets, packets_of) = mpsc::channel(PACKET_QUEUE);
        let (gathered, gathered_of) = mpsc::channel(1);
        let ended = control.clone();
        let inner = default_runtime().ok_or_else(|| Error::Engine("built without a runtime".into()))?;
        // When nobody listens any more the end is known already.
        let on_task_end = Arc::new(move || drop(ended.send(Control::TaskEnded)));
        let runtime: Arc<dyn Runtime> = Arc::new(PeerRuntime::new(inner, lease.clone(), on_task_end));
        let (media, chain) = engine::media_engine()?;
        // The library judges by STUN alone, so a few checks must fit into the time, even when one is lost.
        let keep_alive = (self.config.disconnected_after / 4).clamp(Duration::from_millis(200), Duration::from_secs(2));
        let settings = SettingEngineBuilder::new()
            .with_include_loopback_candidate(true)
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .with_ice_credentials(ufrag.clone(), password)
            .with_ice_timeouts(Some(self.config.disconnected_after), Some(self.config.failed_after), Some(keep_alive))
            .build();
        let connection: Arc<dyn PeerConnection> = Arc::new(
            PeerConnectionBuilder::new()
                .with_media_engine(media)
                .with_setting_engine(settings)
                .with_interceptor_registry(chain)
                .with_handler(Arc::new(Callbacks { epoch, gathered, control, packets }))
                .with_runtime(runtime)
                .with_udp_addrs(self.names())
                .build()
                .await
                .map_err(engine)?,
        );
        let sdp = match negotiate(&*connection, &offer, gathered_of).await {
            Ok(sdp) => answer::complete(&sdp, &self.announced, &self.limits),
            Err(error) => {
                // The offer's fault is what is reported.
                let _ = connection.close().await;
                return Err(error);
            }
        };
        let shared = Arc::new(Shared {
            epoch,
            origin: OnceLock::new(),
            stats: Mutex::default(),
            key_frame_wanted: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            wake: Notify::new(),
            closed: watch::Sender::new(false),
        });
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
            lease,
            control: control_of,
            packets: packets_of,
            tap,
            formats,
            outbox,
            key_frames: KeyFrames::default(),
            connect_by: Some(self.config.connect_within),
            place,
        };
        tokio::spawn(pump.run());
        Ok((Answer { sdp, ice_tag: ufrag }, Publisher::new(shared, events)))
    }

    /// What the library is told to bind: a name for each family, see [`PeerRuntime`].
    fn names(&self) -> Vec<SocketAddr> {
        let v4 = SocketAddr::from(([127, 0, 0, 1], 0));
        let v6 = SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, 0));
        match self.port.local_address().ip() {
            IpAddr::V4(_) => vec![v4],
            IpAddr::V6(ip) if ip.is_unspecified() => vec![v4, v6],
            IpAddr::V6(_) => vec![v6],
        }
    }
}

async fn negotiate(
    connection: &dyn PeerConnection,
    offer: &Offer,
    mut gathered: mpsc::Receiver<()>,
) -> Result<String, Error> {
    let unacceptable = |error: rtc::shared::error::Error| Error::Unacceptable(error.to_string());
    let description = RTCSessionDescription::offer(offer.sdp.clone()).map_err(unacceptable)?;
    connection.set_remote_description(description).await.map_err(unacceptable)?;
    let answer = connection.create_answer(None).await.map_err(unacceptable)?;
    connection.set_local_description(answer).await.map_err(unacceptable)?;
    // Without it the answer is as good: our candidates are put in by ourselves.
    let _ = tokio::time::timeout(GATHERING_TIMEOUT, gathered.recv()).await;
    let answer = connection.local_description().await.ok_or_else(|| Error::Engine("there is no answer".into()))?;
    Ok(answer.sdp)
}

fn engine(error: rtc::shared::error::Error) -> Error {
    Error::Engine(error.to_string())
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
