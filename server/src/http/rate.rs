//! Limits how often one address may change something: POST, PUT, PATCH and DELETE are counted, reading is not.

use super::error::Error;
use crate::auth::attempts;
use axum::extract::{ConnectInfo, Request};
use axum::http::{Extensions, Method};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

/// How many seconds' worth of changes may arrive at once.
const BURST_S: NonZeroU32 = NonZeroU32::new(10).expect("10 is not 0");
/// Path of the object store's notifications, which are not limited: it has a secret, and sends one per object.
const UNLIMITED: &str = "/api/hooks/";

/// The limit of each address.
pub struct Changes(DefaultKeyedRateLimiter<IpAddr>);

impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changes").field("addresses", &self.0.len()).finish()
    }
}

impl Changes {
    /// Returns a limit of `hz` changes per second on average; bursts of ten times as many pass.
    pub fn new(hz: NonZeroU32) -> Changes {
        Changes(RateLimiter::keyed(Quota::per_second(hz).allow_burst(hz.saturating_mul(BURST_S))))
    }

    /// Counts a request, if it changes something.
    ///
    /// # Errors
    /// Its address has sent too many.
    pub fn check(&self, request: &Request) -> Result<(), Error> {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
        if reads || request.uri().path().starts_with(UNLIMITED) {
            return Ok(());
        }
        self.take(address(request.extensions())).map_err(|retry_after_s| {
            metrics::counter!("coach_requests_limited_total").increment(1);
            let detail = format!("too many changes from this address; wait {retry_after_s} s, then try again");
            Error::TooMany { detail, retry_after_s }
        })
    }

    /// Counts a change of this address, as [`prefix`] returns it.
    ///
    /// # Errors
    /// The address has sent too many; the value says how long to wait, whole seconds.
    fn take(&self, from: IpAddr) -> Result<(), u32> {
        attempts::take(&self.0, from)
    }
}

/// Returns what counts as the address of a request, as [`prefix`] does.
pub fn address(extensions: &Extensions) -> IpAddr {
    // Without a connection, as in tests of the router alone, all callers count as one.
    let from = extensions.get::<ConnectInfo<SocketAddr>>();
    prefix(from.map_or(Ipv6Addr::UNSPECIFIED.into(), |ConnectInfo(address)| address.ip()))
}

/// Returns what counts as one address: an IPv4 address, or the first 64 bits of an IPv6 address. Whoever has one IPv6 address has the
/// others of its prefix too.
pub fn prefix(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX)).into(),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_its_address_waits_and_others_do_not() {
        let changes = Changes::new(NonZeroU32::MIN.saturating_add(1));
        let (one, neighbour, other): (IpAddr, IpAddr, IpAddr) =
            ("2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap(), "192.0.2.1".parse().unwrap());
        let passed = (0..100).filter(|_| changes.take(prefix(one)).is_ok()).count();
        assert!((20..90).contains(&passed), "{passed}");
        assert!((1..=2).contains(&changes.take(prefix(neighbour)).unwrap_err()));
        assert!(changes.take(prefix(other)).is_ok());
    }
}
