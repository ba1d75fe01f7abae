//! Whose datagram it is. An address belongs to a peer from the moment a STUN binding request from there carried that peer's
//! user name fragment and a valid MESSAGE-INTEGRITY; everything else from unknown addresses is dropped without an answer and
//! without a trace. Addresses of another peer change hands by the same proof only.

use super::port::Datagram;
use super::stun::Request;
use rtc::crypto::RTCCryptoProvider;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Addresses one peer may have at a time: its interfaces times its relays. The one proven longest ago gives way.
const MAX_PATHS: usize = 16;

/// Addresses that a peer may come from over its life. The connection keeps something for each, for ever, so more is no roaming.
const MOST_PATHS: usize = 64;

/// Who a peer is on the port; never used twice.
pub(crate) type PeerId = u64;

pub(crate) struct Routes {
    crypto: Arc<dyn RTCCryptoProvider>,
    by_address: HashMap<SocketAddr, Path>,
    by_ufrag: HashMap<String, PeerId>,
    proofs: HashMap<PeerId, Proofs>,
}

#[derive(Debug, Clone, Copy)]
struct Path {
    peer: PeerId,
    /// Our own address that the peer used to reach us.
    local: Option<IpAddr>,
}

/// How a peer proves itself.
struct Proofs {
    /// Of its ICE sessions, the present one last; the one before it counts on, for checks that are under way.
    credentials: Vec<(String, String)>,
    /// Where it has proven to be, newest last.
    addresses: Vec<SocketAddr>,
    /// How many it has proven.
    proven: usize,
}

impl Routes {
    pub fn new(crypto: Arc<dyn RTCCryptoProvider>) -> Routes {
        Routes { crypto, by_address: HashMap::new(), by_ufrag: HashMap::new(), proofs: HashMap::new() }
    }

    /// A peer with these ICE credentials may come.
    pub fn open(&mut self, peer: PeerId, ufrag: String, password: String) {
        self.by_ufrag.insert(ufrag.clone(), peer);
        self.proofs.insert(peer, Proofs { credentials: vec![(ufrag, password)], addresses: Vec::new(), proven: 0 });
    }

    /// A peer has a new ICE session. Where it has proven to be stays, and so does the number of addresses that it has proven.
    pub fn renew(&mut self, peer: PeerId, ufrag: String, password: String) {
        let Some(proofs) = self.proofs.get_mut(&peer) else { return };
        if proofs.credentials.len() > 1 {
            self.by_ufrag.remove(&proofs.credentials.remove(0).0);
        }
        self.by_ufrag.insert(ufrag.clone(), peer);
        proofs.credentials.push((ufrag, password));
    }

    /// Forgets a peer and its addresses: nothing more comes in, nothing more goes out.
    pub fn close(&mut self, peer: PeerId) {
        let Some(proofs) = self.proofs.remove(&peer) else { return };
        for (ufrag, _) in &proofs.credentials {
            self.by_ufrag.remove(ufrag);
        }
        for address in proofs.addresses {
            self.by_address.remove(&address);
        }
    }

    /// The peer that a datagram is from; `None`: from nobody we know.
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

    /// Our own address on the peer's path to there; `Err` when it never proved that it is there.
    pub fn source(&self, peer: PeerId, to: SocketAddr) -> Result<Option<IpAddr>, ()> {
        self.by_address.get(&to).filter(|path| path.peer == peer).map(|path| path.local).ok_or(())
    }

    /// Addresses that are known now.
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
