//! One WebRTC connection without a socket or a clock: datagrams and times go in and out. Which media it carries is up to
//! [`Connection`](super::connection::Connection) for publishers and [`Outlet`](super::outlet::Outlet) for viewers.

use super::Error;
use super::fragment::Credentials;
use super::offer::Offer;
use crate::net::Datagram;
use bytes::BytesMut;
use rtc::dtls::cipher_suite::CipherSuiteId;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::interceptor::Registry;
use rtc::peer_connection::configuration::media_engine::MediaEngine;
use rtc::peer_connection::configuration::setting_engine::SettingEngineBuilder;
use rtc::peer_connection::event::{RTCPeerConnectionEvent, RTCTrackEvent, RTCTrackEventInit};
use rtc::peer_connection::sdp::RTCSessionDescription;
use rtc::peer_connection::state::RTCPeerConnectionState;
use rtc::peer_connection::transport::{RTCDtlsRole, RTCIceCandidateInit};
use rtc::peer_connection::{RTCPeerConnection, RTCPeerConnectionBuilder};
use rtc::sansio::Protocol;
use rtc::shared::{TaggedBytesMut, TransportContext, TransportProtocol};
use std::collections::VecDeque;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

/// How long the other side may be silent.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// Silence after which the connection counts as disconnected.
    pub disconnected: Duration,
    /// Further silence after which a disconnected connection has failed.
    pub failed: Duration,
}

/// A new ICE session of a peer.
pub struct Restarted {
    pub ufrag: String,
    pub password: String,
    /// The answer that describes it, still with the library's candidates.
    pub sdp: String,
}

/// One WebRTC connection.
pub struct Link {
    pub core: RTCPeerConnection,
    /// The offer that the library was given last.
    offer: String,
    /// The local credentials of the present ICE session.
    ice: Credentials,
    states: VecDeque<RTCPeerConnectionState>,
    opened: Vec<RTCTrackEventInit>,
    connected: bool,
    port: u16,
    /// The latest time that the library was given; it must never go back.
    pub now: Instant,
}

/// What DTLS may encrypt with: authenticated ciphers alone (ASVS 5, 17.2.2). The library's own list has AES-CBC with SHA-1, too.
const CIPHER_SUITES: [CipherSuiteId; 4] = [
    CipherSuiteId::Tls_Ecdhe_Ecdsa_With_Aes_128_Gcm_Sha256,
    CipherSuiteId::Tls_Ecdhe_Ecdsa_With_ChaCha20_Poly1305_Sha256,
    // Where the other side is the server of the handshake and its certificate is RSA.
    CipherSuiteId::Tls_Ecdhe_Rsa_With_Aes_128_Gcm_Sha256,
    CipherSuiteId::Tls_Ecdhe_Rsa_With_ChaCha20_Poly1305_Sha256,
];

impl Link {
    /// Answers a checked offer. `port` is only a label in the addresses that the library is told. `prepare` is called when
    /// the library knows the offer and has not answered it.
    ///
    /// # Errors
    /// The library refuses the offer, or fails.
    pub fn answer<T>(
        offer: &Offer,
        (media, chain): (MediaEngine, Registry),
        timeouts: Timeouts,
        port: u16,
        prepare: impl FnOnce(&mut RTCPeerConnection) -> Result<T, Error>,
    ) -> Result<(Link, T, String), Error> {
        let unacceptable = |error: rtc::shared::error::Error| Error::Unacceptable(error.to_string());
        let now = Instant::now();
        // The library judges by STUN alone, so several checks must fit into the timeout, even when one is lost.
        let keep_alive = (timeouts.disconnected / 4).clamp(Duration::from_millis(200), Duration::from_secs(2));
        let settings = SettingEngineBuilder::new()
            .with_include_loopback_candidate(true)
            .with_multicast_dns_mode(MulticastDnsMode::Disabled)
            .with_ice_timeouts(Some(timeouts.disconnected), Some(timeouts.failed), Some(keep_alive))
            .with_dtls_cipher_suites(CIPHER_SUITES.to_vec())
            .with_answering_dtls_role(if offer.dtls_client { RTCDtlsRole::Server } else { RTCDtlsRole::Client })
            .build();
        let mut core = RTCPeerConnectionBuilder::new()
            .with_media_engine(media)
            .with_setting_engine(settings)
            .with_interceptor_registry(chain)
            .build(now)
            .map_err(broken)?;
        let description = RTCSessionDescription::offer(offer.sdp.clone()).map_err(unacceptable)?;
        core.set_remote_description(now, description).map_err(unacceptable)?;
        let prepared = prepare(&mut core)?;
        let answer = core.create_answer(None).map_err(unacceptable)?;
        core.set_local_description(now, answer).map_err(unacceptable)?;
        for name in [name(false, port), name(true, port)] {
            let candidate = format!("candidate:1 1 udp 2130706431 {} {} typ host", name.ip(), name.port());
            core.add_local_candidate(RTCIceCandidateInit { candidate, ..Default::default() }).map_err(broken)?;
        }
        core.add_local_candidate(RTCIceCandidateInit::default()).map_err(broken)?;
        let (ice, answer) = answer_of(&core)?;
        let (offer, states, opened) = (offer.sdp.clone(), VecDeque::new(), Vec::new());
        Ok((Link { core, offer, ice, states, opened, connected: false, port, now }, prepared, answer))
    }

    /// Returns the local credentials of the present ICE session.
    pub fn credentials(&self) -> &Credentials {
        &self.ice
    }

    /// Begins a new ICE session with these credentials of the other side; DTLS and media go on. Returns `None` when they
    /// are those of the present session.
    ///
    /// # Errors
    /// The library fails to restart; the connection goes on as it was.
    pub fn restart(&mut self, theirs: &Credentials, now: Instant) -> Result<Option<Restarted>, Error> {
        if Credentials::of(&self.offer).as_ref() == Some(theirs) {
            return Ok(None);
        }
        self.now = self.now.max(now);
        let offer = theirs.put_into(&self.offer);
        let description = RTCSessionDescription::offer(offer.clone()).map_err(broken)?;
        self.core.set_remote_description(self.now, description).map_err(broken)?;
        let answer = self.core.create_answer(None).map_err(broken)?;
        self.core.set_local_description(self.now, answer).map_err(broken)?;
        let (ice, sdp) = answer_of(&self.core)?;
        (self.ice, self.offer) = (ice.clone(), offer);
        Ok(Some(Restarted { ufrag: ice.ufrag, password: ice.password, sdp }))
    }

    /// Takes a datagram of this peer.
    pub fn read(&mut self, datagram: &Datagram<'_>) {
        self.now = self.now.max(datagram.arrival);
        let message = TaggedBytesMut {
            now: self.now,
            transport: TransportContext {
                local_addr: name(datagram.from.is_ipv6(), self.port),
                peer_addr: datagram.from,
                ecn: None,
                transport_protocol: TransportProtocol::UDP,
            },
            message: BytesMut::from(datagram.bytes),
        };
        if let Err(error) = self.core.handle_read(message) {
            tracing::debug!(%error, "a datagram makes no sense");
        }
        // The library accepts media only after its own event of the finished handshake has been polled.
        if !self.connected {
            self.events();
        }
    }

    /// Advances the connection's time to `now` and fires the timer that is due.
    pub fn tick(&mut self, now: Instant) {
        self.now = self.now.max(now);
        if self.core.poll_timeout().is_some_and(|due| due <= self.now)
            && let Err(error) = self.core.handle_timeout(self.now)
        {
            tracing::debug!(%error, "a timer of the connection failed");
        }
    }

    /// Returns when [`Link::tick`] is due. `None`: no timer is set.
    pub fn due(&mut self) -> Option<Instant> {
        self.core.poll_timeout()
    }

    /// Polls the library's events.
    fn events(&mut self) {
        while let Some(event) = self.core.poll_event() {
            match event {
                RTCPeerConnectionEvent::OnConnectionStateChangeEvent(state) => {
                    self.connected |= state == RTCPeerConnectionState::Connected;
                    self.states.push_back(state);
                }
                RTCPeerConnectionEvent::OnTrack(RTCTrackEvent::OnOpen(opened)) => self.opened.push(opened),
                _ => {}
            }
        }
    }

    /// Returns the next state that the connection has come into since the last call.
    pub fn next_state(&mut self) -> Option<RTCPeerConnectionState> {
        self.events();
        self.states.pop_front()
    }

    /// Returns the tracks of the other side that have opened since the last call.
    pub fn opened(&mut self) -> Vec<RTCTrackEventInit> {
        self.events();
        std::mem::take(&mut self.opened)
    }

    /// Calls `send` for each datagram that is ready to go out.
    pub fn write(&mut self, mut send: impl FnMut(SocketAddr, &[u8])) {
        while let Some(datagram) = self.core.poll_write() {
            send(datagram.transport.peer_addr, &datagram.message);
        }
    }

    /// Closes the connection. The goodbye goes out with [`Link::write`].
    pub fn close(&mut self) {
        if let Err(error) = self.core.close() {
            tracing::debug!(%error, "a connection did not close cleanly");
        }
    }
}

/// Returns the error of a library that fails on an offer that was checked.
pub fn broken(error: rtc::shared::error::Error) -> Error {
    Error::Engine(error.to_string())
}

/// Returns the library's current answer and the ICE credentials in it.
fn answer_of(core: &RTCPeerConnection) -> Result<(Credentials, String), Error> {
    let none = || Error::Engine("there is no answer".into());
    let answer = core.local_description().ok_or_else(none)?.sdp;
    Ok((Credentials::of(&answer).ok_or_else(none)?, answer))
}

/// Returns the local address that the library is told. It never leaves this process.
fn name(ipv6: bool, port: u16) -> SocketAddr {
    if ipv6 { (Ipv6Addr::LOCALHOST, port).into() } else { (Ipv4Addr::LOCALHOST, port).into() }
}
