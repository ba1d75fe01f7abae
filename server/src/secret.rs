//! Random secrets, and the form in which they are stored.

use rand::TryRngCore;
use rand::rngs::OsRng;
use sha2::{Digest, Sha256};

/// Returns 256 random bits as 64 hexadecimal digits.
pub fn generate() -> String {
    let mut bytes = [0u8; 32];
    // Without random numbers no secret is safe, so the process must not continue.
    OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random numbers");
    hex(&bytes)
}

/// Returns the SHA-256 of a secret as 64 hexadecimal digits. A secret of 256 random bits needs no salt and no slow hash.
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// Returns bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
