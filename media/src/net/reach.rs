//! Decides by source address which datagrams the media port reads at all.

use std::io;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// The shortest time between two lookups of this machine's addresses. They may change (another network, a VPN), so an
/// unknown address causes a lookup; the limit keeps a flood to one lookup per second.
const LISTED_FOR: Duration = Duration::from_secs(1);

/// The senders that the media port answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Programs on this machine alone, at whichever of its addresses they reach the port.
    #[default]
    Machine,
    /// Any address from which authenticated STUN comes.
    Network,
}

/// Admits datagrams by their source address.
pub(crate) struct Gate {
    reach: Reach,
    own: Vec<IpAddr>,
    listed: Option<Instant>,
}

impl Gate {
    pub fn new(reach: Reach) -> Gate {
        Gate { reach, own: Vec::new(), listed: None }
    }

    /// Returns whether datagrams from this address are read.
    ///
    /// The kernel drops datagrams that come from outside with an address of this machine as their source (RFC 1812, section
    /// 5.3.7), so the source address is enough to tell.
    pub fn admits(&mut self, from: IpAddr, now: Instant) -> bool {
        if self.reach == Reach::Network || from.is_loopback() || self.own.contains(&from) {
            return true;
        }
        if self.listed.is_some_and(|listed| now < listed + LISTED_FOR) {
            return false;
        }
        self.listed = Some(now);
        // When the interfaces cannot be listed, the last known addresses stay in use.
        if let Ok(own) = of_this_machine() {
            self.own = own;
        }
        self.own.contains(&from)
    }
}

/// Returns the addresses of this machine's interfaces, each once.
///
/// # Errors
/// The system does not list them.
pub fn of_this_machine() -> io::Result<Vec<IpAddr>> {
    let mut own: Vec<IpAddr> = Vec::new();
    for address in rtc::shared::ifaces::ifaces()?.into_iter().filter_map(|interface| Some(interface.addr?.ip())) {
        if !own.contains(&address) {
            own.push(address);
        }
    }
    Ok(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_own_addresses_are_admitted_and_others_are_not() {
        let now = Instant::now();
        let mut gate = Gate::new(Reach::Machine);
        for own in of_this_machine().unwrap() {
            assert!(gate.admits(own, now), "{own}");
        }
        for foreign in ["192.0.2.77", "10.255.255.254", "8.8.8.8", "2001:db8::77", "fe80::77"] {
            assert!(!gate.admits(foreign.parse().unwrap(), now), "{foreign}");
            assert!(Gate::new(Reach::Network).admits(foreign.parse().unwrap(), now), "{foreign}");
        }
        assert!(gate.admits("127.0.0.1".parse().unwrap(), now) && gate.admits("::1".parse().unwrap(), now));
    }

    #[test]
    fn a_flood_from_unknown_addresses_lists_the_interfaces_once_a_second() {
        let began = Instant::now();
        let mut gate = Gate::new(Reach::Machine);
        assert!(!gate.admits("192.0.2.77".parse().unwrap(), began));
        for n in 0..1000 {
            assert!(!gate.admits("192.0.2.77".parse().unwrap(), began + Duration::from_micros(900 * n)));
            assert_eq!(gate.listed, Some(began));
        }
        let later = began + LISTED_FOR;
        assert!(!gate.admits("192.0.2.77".parse().unwrap(), later));
        assert_eq!(gate.listed, Some(later));
    }
}
