//! Limits how often somebody may try to sign in. Attempts are counted before anything is compared, so the limit is the same for names
//! that exist and names that do not.

use crate::secret;
use coach_core::UserId;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

/// How many keys are remembered before those that were quiet are forgotten.
const REMEMBERED: usize = 4096;

const fn burst(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).expect("a burst is not 0")
}

/// The limits of one server.
pub struct Attempts {
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    by_name: DefaultKeyedRateLimiter<String>,
    credentials: DefaultKeyedRateLimiter<IpAddr>,
    lookups: DefaultKeyedRateLimiter<UserId>,
}

impl Default for Attempts {
    fn default() -> Attempts {
        let limit = |every, n| Quota::with_period(every).expect("a period is not 0").allow_burst(burst(n));
        Attempts {
            by_address: RateLimiter::keyed(limit(Duration::from_secs(2), 30)),
            by_name: RateLimiter::keyed(limit(Duration::from_secs(60), 10)),
            credentials: RateLimiter::keyed(limit(Duration::from_secs(1), 30)),
            lookups: RateLimiter::keyed(limit(Duration::from_secs(30), 20)),
        }
    }
}

impl std::fmt::Debug for Attempts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempts").field("addresses", &self.by_address.len()).finish_non_exhaustive()
    }
}

impl Attempts {
    /// Counts an attempt to sign in that begins at an address: 30 at once, then one every 2 s.
    ///
    /// # Errors
    /// There were too many; the value says how long to wait, whole seconds.
    pub fn begin(&self, from: IpAddr) -> Result<(), u32> {
        take(&self.by_address, from)
    }

    /// Counts an attempt to sign in by this name: 10 at once from all addresses together, then one a minute. The address is
    /// counted too.
    ///
    /// # Errors
    /// As [`Attempts::begin`].
    pub fn password(&self, from: IpAddr, name: &str) -> Result<(), u32> {
        self.begin(from)?;
        // Hashed: a name may be as long as a body.
        take(&self.by_name, secret::hash(name))
    }

    /// Counts a cookie, token or link that was not valid: 30 at once from an address, then one a second.
    ///
    /// # Errors
    /// As [`Attempts::begin`].
    pub fn refused(&self, from: IpAddr) -> Result<(), u32> {
        take(&self.credentials, from)
    }

    /// Counts a person's question whether an address has an account: 20 at once, then one every 30 s.
    ///
    /// # Errors
    /// As [`Attempts::begin`].
    pub fn lookup(&self, asker: UserId) -> Result<(), u32> {
        take(&self.lookups, asker)
    }
}

/// Counts one event of a key.
///
/// # Errors
/// There were too many; the value says how long to wait, whole seconds.
pub fn take<K: Hash + Eq + Clone>(limit: &DefaultKeyedRateLimiter<K>, key: K) -> Result<(), u32> {
    if limit.len() > REMEMBERED {
        limit.retain_recent();
    }
    limit.check_key(&key).map_err(|until| {
        let wait = until.wait_time_from(DefaultClock::default().now());
        u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn address(n: u32) -> IpAddr {
        Ipv4Addr::from(0x0a00_0000 + n).into()
    }

    #[test]
    fn ten_thousand_passwords_of_one_name_are_slowed_from_one_and_from_many_addresses() {
        for addresses in [1, 10_000] {
            let attempts = Attempts::default();
            let passed = (0..10_000).filter(|n| attempts.password(address(n % addresses), "ada").is_ok()).count();
            assert!((10..20).contains(&passed), "{passed} of 10000 from {addresses} addresses");
            assert!(attempts.password(address(1_000_000), "ada").unwrap_err() <= 61);
        }
    }

    #[test]
    fn ten_thousand_names_from_one_address_are_slowed_and_another_address_is_not() {
        let attempts = Attempts::default();
        let passed = (0..10_000).filter(|n| attempts.password(address(1), &n.to_string()).is_ok()).count();
        assert!((30..60).contains(&passed), "{passed}");
        assert!(attempts.password(address(2), "eve").is_ok());
    }

    #[test]
    fn ten_thousand_tokens_from_one_address_are_slowed() {
        let attempts = Attempts::default();
        let passed = (0..10_000).filter(|_| attempts.refused(address(1)).is_ok()).count();
        assert!((30..90).contains(&passed), "{passed}");
        assert!(attempts.refused(address(2)).is_ok());
    }
}
