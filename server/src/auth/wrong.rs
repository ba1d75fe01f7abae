//! Limits wrong passphrases of links. Right ones do not count, so that many people may open one link; the limits of `http::rate` count
//! every request and take nothing back.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use uuid::Uuid;

/// How many keys are remembered before those that were quiet are forgotten.
const REMEMBERED: usize = 4096;

/// So many at once, then one every so many microseconds.
#[derive(Debug, Clone, Copy)]
struct Quota {
    burst: i64,
    every_us: i64,
}

/// For one link, from one address.
const OF_ADDRESS: Quota = Quota { burst: 10, every_us: 60_000_000 };
/// For one link, from all addresses together: so much more that one address does not use it up.
const OF_LINK: Quota = Quota { burst: 50, every_us: 10_000_000 };

/// A link, and an address or all addresses.
type Key = (Uuid, Option<IpAddr>);

/// Wrong passphrases of late. Each key has the time at which all of its places are free again, microseconds.
#[derive(Debug, Default)]
pub struct Passphrases(Mutex<HashMap<Key, i64>>);

impl Passphrases {
    /// Counts a passphrase as wrong before it is compared, so that guesses at the same time do not pass together. Time is in
    /// microseconds.
    ///
    /// # Errors
    /// There were too many wrong ones; the value says how long to wait, whole seconds.
    pub fn take(&self, link: Uuid, from: IpAddr, now: i64) -> Result<(), u32> {
        let mut free = self.0.lock().unwrap_or_else(|broken| broken.into_inner());
        if free.len() > REMEMBERED {
            free.retain(|_, at| *at > now);
        }
        let keys = [((link, Some(from)), OF_ADDRESS), ((link, None), OF_LINK)];
        let mut after = [0; 2];
        for (after, (key, Quota { burst, every_us })) in after.iter_mut().zip(keys) {
            *after = free.get(&key).map_or(now, |at| now.max(*at)) + every_us;
            let wait_us = *after - now - burst * every_us;
            if wait_us > 0 {
                return Err(u32::try_from(wait_us / 1_000_000).unwrap_or(u32::MAX).saturating_add(1));
            }
        }
        free.extend(keys.map(|(key, _)| key).into_iter().zip(after));
        Ok(())
    }

    /// Takes back what [`Passphrases::take`] counted: the passphrase was right, or it was not compared.
    pub fn give_back(&self, link: Uuid, from: IpAddr) {
        let mut free = self.0.lock().unwrap_or_else(|broken| broken.into_inner());
        for (key, quota) in [((link, Some(from)), OF_ADDRESS), ((link, None), OF_LINK)] {
            if let Some(at) = free.get_mut(&key) {
                *at -= quota.every_us;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const LINK: Uuid = Uuid::nil();
    const MINUTE: i64 = 60_000_000;

    fn address(n: u32) -> IpAddr {
        Ipv4Addr::from(0x0a00_0000 + n).into()
    }

    #[test]
    fn an_address_that_guesses_is_slowed_and_the_next_one_is_not() {
        let wrong = Passphrases::default();
        let passed = (0..10_000).filter(|_| wrong.take(LINK, address(1), 0).is_ok()).count();
        assert_eq!(passed, 10);
        assert_eq!(wrong.take(LINK, address(1), 0), Err(61));
        assert!(wrong.take(LINK, address(2), 0).is_ok());
        assert!(wrong.take(Uuid::max(), address(1), 0).is_ok(), "another link");
        assert!(wrong.take(LINK, address(1), MINUTE).is_ok(), "one a minute");
        assert!(wrong.take(LINK, address(1), MINUTE).is_err());
    }

    #[test]
    fn a_link_is_guessed_from_many_addresses_no_faster_than_every_ten_seconds() {
        let wrong = Passphrases::default();
        let passed = (0..10_000).filter(|&n| wrong.take(LINK, address(n), i64::from(n) * 1000).is_ok()).count();
        assert_eq!(passed, 50, "in ten seconds");
        assert_eq!(wrong.take(LINK, address(20_000), 10 * MINUTE), Ok(()));
    }

    #[test]
    fn right_passphrases_do_not_count() {
        let wrong = Passphrases::default();
        for _ in 0..1000 {
            wrong.take(LINK, address(1), 0).unwrap();
            wrong.give_back(LINK, address(1));
        }
        wrong.give_back(LINK, address(2));
        let passed = (0..100).filter(|_| wrong.take(LINK, address(1), 0).is_ok()).count();
        assert_eq!(passed, 10, "nor do they make room for wrong ones");
    }
}
