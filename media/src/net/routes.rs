//! Assigns datagrams to peers. An address belongs to a peer once a STUN binding request from there carried that peer's
//! user name fragment and a valid MESSAGE-INTEGRITY. Datagrams from other addresses are dropped without an answer and
//! without allocating anything. An address moves to another peer only by the same proof.

use super::port::Datagram;
use super::stun::Request;
use rtc::crypto::RTCCryptoProvider;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The most addresses of one peer at a time: its interfaces times its relays. Beyond it the one proven longest ago is
/// dropped.
const MAX_PATHS: usize = 16;

/// The most addresses that a peer may prove during its life. The connection keeps state for each until it ends, so the
/// number is bounded.
const MOST_PATHS: usize = 64;

/// The number of a peer on the port. Numbers are never reused.
pub(crate) type PeerId = u64;

/// The peers, their credentials and their addresses.
pub(crate) struct Routes {
    crypto: Arc<dyn RTCCryptoProvider>,
    by_address: HashMap<SocketAddr, Path>,
    by_ufrag: HashMap<String, PeerId>,
    proofs: HashMap<PeerId, Proofs>,
}

#[derive(Debug, Clone, Copy)]
struct Path {
    peer: PeerId,
    /// The local address at which the peer reached the port.
    local: Option<IpAddr>,
}

/// The credentials and proven addresses of one peer.
struct Proofs {
    /// User name fragment and password of its ICE sessions, the present one last. The one before it stays valid for
    /// checks that are under way.
    credentials: Vec<(String, String)>,
    /// The addresses it has proven, newest last.
    addresses: Vec<SocketAddr>,
    /// How many addresses it has proven in all.
    proven: usize,
}

impl Routes {
    /// Creates routes without peers. `crypto` checks MESSAGE-INTEGRITY.
    pub fn new(crypto: Arc<dyn RTCCryptoProvider>) -> Routes {
        Routes { crypto, by_address: HashMap::new(), by_ufrag: HashMap::new(), proofs: HashMap::new() }
    }

    /// Registers a peer under its ICE credentials.
    pub fn open(&mut self, peer: PeerId, ufrag: String, password: String) {
        self.by_ufrag.insert(ufrag.clone(), peer);
        self.proofs.insert(peer, Proofs { credentials: vec![(ufrag, password)], addresses: Vec::new(), proven: 0 });
    }

    /// Adds the credentials of a peer's new ICE session. Its proven addresses and their count stay.
    pub fn renew(&mut self, peer: PeerId, ufrag: String, password: String) {
        let Some(proofs) = self.proofs.get_mut(&peer) else { return };
        if proofs.credentials.len() > 1 {
            self.by_ufrag.remove(&proofs.credentials.remove(0).0);
        }
        self.by_ufrag.insert(ufrag.clone(), peer);
        proofs.credentials.push((ufrag, password));
    }

    /// Removes a peer and its addresses: its datagrams are dropped from now on, and nothing is sent to it.
    pub fn close(&mut self, peer: PeerId) {
        let Some(proofs) = self.proofs.remove(&peer) else { return };
        for (ufrag, _) in &proofs.credentials {
            self.by_ufrag.remove(ufrag);
        }
        for address in proofs.addresses {
            self.by_address.remove(&address);
        }
    }

    /// Returns the peer that a datagram belongs to, after learning its address if it is a valid STUN request. `None`:
    /// the sender is unknown.
    pub fn peer_of(&mut self, datagram: &Datagram<'_>) -> Option<PeerId> {
        if let Some(request) = Request::parse(datagram.bytes) {
            self.learn(request, datagram);
        }
        self.by_address.get(&datagram.from).map(|path| path.peer)
    }

    fn learn(&mut self, mut request: Request, datagram: &Datagram<'_>) {
        let Some(ufrag) = request.addressee() else { return };
        let Some(&peer) = self.by_ufrag.get(&ufrag) else { return };
        let Some(proofs) = self.proofs.get_mut(&peer) else { return };
        let holder = self.by_address.get(&datagram.from).map(|path| path.peer);
        let Some((_, password)) = proofs.credentials.iter().find(|(known, _)| *known == ufrag) else { return };
        if holder == Some(peer) || proofs.proven >= MOST_PATHS || !request.is_authentic(password, self.crypto.crypto())
        {
            return;
        }
        proofs.proven += 1;
        proofs.addresses.push(datagram.from);
        if proofs.addresses.len() > MAX_PATHS {
            self.by_address.remove(&proofs.addresses.remove(0));
        }
        if let Some(before) = holder.and_then(|holder| self.proofs.get_mut(&holder)) {
            before.addresses.retain(|address| *address != datagram.from);
        }
        self.by_address.insert(datagram.from, Path { peer, local: datagram.local });
    }

    /// Returns the local address of the path to `to`, `None` where the system does not tell it. `Err`: the peer has not
    /// proven that address.
    pub fn source(&self, peer: PeerId, to: SocketAddr) -> Result<Option<IpAddr>, ()> {
        self.by_address.get(&to).filter(|path| path.peer == peer).map(|path| path.local).ok_or(())
    }

    /// Returns the number of known addresses.
    pub fn addresses(&self) -> usize {
        self.by_address.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::stun::tests::request;
    use std::time::Instant;

    fn routes() -> Routes {
        Routes::new(rtc::crypto::default_provider().unwrap())
    }

    fn address(n: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], n))
    }

    fn come(routes: &mut Routes, from: u16, bytes: &[u8]) -> Option<PeerId> {
        routes.peer_of(&Datagram { from: address(from), local: None, arrival: Instant::now(), bytes })
    }

    #[test]
    fn an_address_belongs_to_who_proves_it_and_goes_with_them() {
        let mut routes = routes();
        routes.open(1, "one".into(), "first".into());
        routes.open(2, "two".into(), "second".into());
        assert_eq!(come(&mut routes, 9, &[0x80; 20]), None);
        assert_eq!(come(&mut routes, 9, &request("one:me", "a guess")), None);
        assert_eq!(come(&mut routes, 9, &request("one:me", "first")), Some(1));
        assert_eq!(come(&mut routes, 9, &[0x80; 20]), Some(1));
        assert_eq!((routes.source(1, address(9)), routes.source(2, address(9))), (Ok(None), Err(())));
        assert_eq!(come(&mut routes, 9, &request("two:me", "a guess")), Some(1), "only a proof takes it away");
        assert_eq!(come(&mut routes, 9, &request("two:me", "second")), Some(2));
        routes.close(1);
        assert_eq!(come(&mut routes, 9, &[0x80; 20]), Some(2), "what was handed over stays");
        routes.close(2);
        assert_eq!((come(&mut routes, 9, &[0x80; 20]), routes.addresses()), (None, 0));
    }

    #[test]
    fn a_new_ice_session_keeps_the_addresses_and_ends_the_session_before_the_last() {
        let mut routes = routes();
        routes.open(1, "one".into(), "first".into());
        assert_eq!(come(&mut routes, 9, &request("one:me", "first")), Some(1));
        routes.renew(1, "two".into(), "second".into());
        assert_eq!(come(&mut routes, 9, &[0x80; 20]), Some(1));
        assert_eq!(come(&mut routes, 10, &request("one:me", "first")), Some(1), "a check that was under way");
        assert_eq!(come(&mut routes, 11, &request("two:me", "first")), None);
        assert_eq!(come(&mut routes, 11, &request("two:me", "second")), Some(1));
        routes.renew(1, "three".into(), "third".into());
        assert_eq!(come(&mut routes, 12, &request("one:me", "first")), None);
        routes.close(1);
        assert!(routes.by_ufrag.is_empty() && routes.addresses() == 0);
    }

    #[test]
    fn a_peer_holds_a_bounded_number_of_addresses() {
        let mut routes = routes();
        routes.open(1, "one".into(), "first".into());
        for n in 0..MOST_PATHS as u16 {
            assert_eq!(come(&mut routes, n, &request("one:me", "first")), Some(1));
        }
        assert_eq!(routes.addresses(), MAX_PATHS);
        assert!(routes.source(1, address(63)).is_ok() && routes.source(1, address(0)).is_err());
        assert_eq!(come(&mut routes, 64, &request("one:me", "first")), None, "nobody roams so far");
    }
}
