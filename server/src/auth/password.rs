//! Passwords of local accounts and passphrases of links: Argon2id, at most two at a time.

use anyhow::Context as _;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{Argon2, Params};
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// Fewest and most characters of a password.
pub const LENGTH: std::ops::RangeInclusive<usize> = 12..=256;
/// Hashes computed at once. One takes 19 MiB and some ten milliseconds of a core.
const AT_ONCE: usize = 2;
/// Requests that wait for their turn; further ones are refused.
const WAITING: usize = 32;

/// Hashes and verifies passwords.
#[derive(Debug)]
pub struct Passwords {
    turns: Semaphore,
    waiting: Semaphore,
    /// Hashes that were computed to the end.
    runs: AtomicU64,
    /// Hash of a password that nobody knows, for names that nobody has.
    nobody: String,
}

/// Too many passwords are being verified.
#[derive(Debug, thiserror::Error)]
#[error("too many passwords are being checked at this moment")]
pub struct Busy;

impl Default for Passwords {
    fn default() -> Passwords {
        let (m, t, p) = (Params::DEFAULT_M_COST, Params::DEFAULT_T_COST, Params::DEFAULT_P_COST);
        // Hexadecimal digits are base64, too: a salt of 24 bytes and a hash of 48, of no password.
        let (salt, digest) = (crate::secret::generate(), crate::secret::generate());
        let nobody = format!("$argon2id$v=19$m={m},t={t},p={p}${}${digest}", &salt[..32]);
        Passwords { turns: Semaphore::new(AT_ONCE), waiting: Semaphore::new(WAITING), runs: AtomicU64::new(0), nobody }
    }
}

impl Passwords {
    /// Returns how many hashes were computed to the end. A verification is one of them.
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// Returns the hash of a password in PHC form, with a fresh salt.
    ///
    /// # Errors
    /// Too many are being computed, or the hash cannot be computed.
    pub async fn hash(&self, password: String) -> anyhow::Result<String> {
        let hash = self.in_turn(move || hash(&password)).await??;
        self.runs.fetch_add(1, Ordering::Relaxed);
        Ok(hash)
    }

    /// Returns whether a password is the one of this hash. Without a hash the same work is done, and the answer is no: the time it
    /// takes does not tell whether there is such an account.
    ///
    /// # Errors
    /// Too many are being verified.
    pub async fn verify(&self, password: String, hash: Option<String>) -> anyhow::Result<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.clone());
        let verify = move || Argon2::default().verify_password(password.as_bytes(), hash.as_str());
        let verified = self.in_turn(verify).await?;
        if matches!(verified, Ok(()) | Err(password_hash::Error::PasswordInvalid)) {
            self.runs.fetch_add(1, Ordering::Relaxed);
        }
        Ok(verified.is_ok() && known)
    }

    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> anyhow::Result<T> {
        let _waits = self.waiting.try_acquire().map_err(|_| Busy)?;
        let _turn = self.turns.acquire().await?;
        Ok(tokio::task::spawn_blocking(work).await?)
    }
}

fn hash(password: &str) -> anyhow::Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    Ok(hash.context("a password could not be hashed")?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_verified_and_an_unknown_name_never_is() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash("correct horse".into()).await.unwrap());
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct horsf".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("correct horse".into(), None).await.unwrap());
        assert!(!passwords.verify("x".into(), Some("no hash".into())).await.unwrap());
    }

    #[tokio::test]
    async fn a_known_and_an_unknown_name_cost_one_hash_of_the_same_parameters() {
        let passwords = Passwords::default();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        let parameters = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(parameters(&hash), parameters(&passwords.nobody));
        for hash in [Some(hash.clone()), None] {
            for password in ["correct horse", "correct horsf", ""] {
                let before = passwords.runs();
                passwords.verify(password.into(), hash.clone()).await.unwrap();
                assert_eq!(passwords.runs(), before + 1, "{password:?} known: {}", hash.is_some());
            }
        }
    }

    #[tokio::test]
    async fn more_than_may_wait_are_refused() {
        let passwords = Passwords::default();
        let all = futures::future::join_all((0..WAITING + 8).map(|n| passwords.verify(n.to_string(), None))).await;
        let busy = all.iter().filter(|done| done.as_ref().is_err_and(|error| error.is::<Busy>())).count();
        assert_eq!(busy, 8);
    }
}
