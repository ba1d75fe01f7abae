//! Pairing: how another device, as a phone, becomes one of the person's own where nobody signs in.
//!
//! A page on the server's own machine shows a code; the device that sends it back is signed in. A code is good once and for a short
//! time, and there is one at a time.

use crate::secret;
use std::sync::{Mutex, PoisonError};

/// How long a code is good, microseconds.
pub const GOOD_US: i64 = 10 * 60 * 1_000_000;

/// A code that a device can be paired with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// 256 random bits as hexadecimal digits.
    pub secret: String,
    /// Microseconds since 1970.
    pub expires_us: i64,
}

/// The code in force, if there is one.
#[derive(Default)]
pub struct Pairing(Mutex<Option<Code>>);

/// Omits the code.
impl std::fmt::Debug for Pairing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pairing")
    }
}

impl Pairing {
    /// Returns the code in force, or a new one when less than half of its time is left.
    pub fn code(&self, now_us: i64) -> Code {
        let mut code = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*code {
            Some(code) if code.expires_us - now_us > GOOD_US / 2 => code.clone(),
            _ => code.insert(Code { secret: secret::generate(), expires_us: now_us + GOOD_US }).clone(),
        }
    }

    /// Returns whether this is the code in force, which it then is no longer.
    pub fn take(&self, given: &str, now_us: i64) -> bool {
        let mut code = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Hashes are compared, so that the time it takes tells nothing about the code.
        let good = |code: &mut Code| code.expires_us > now_us && secret::hash(&code.secret) == secret::hash(given);
        code.take_if(good).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_and_for_ten_minutes() {
        let pairing = Pairing::default();
        assert!(!pairing.take("", 0), "there is none yet");
        let code = pairing.code(0);
        assert_eq!(pairing.code(GOOD_US / 2 - 1), code, "a page that is open goes on showing it");
        assert!(!pairing.take(&code.secret[1..], 1) && !pairing.take("", 1), "a guess does not use it up");
        assert!(pairing.take(&code.secret, 1) && !pairing.take(&code.secret, 1));
        let second = pairing.code(2);
        assert_ne!(second, code);
        assert!(!pairing.take(&second.secret, 2 + GOOD_US), "expired");
        assert!(pairing.code(GOOD_US).expires_us > GOOD_US, "and replaced");
    }
}
