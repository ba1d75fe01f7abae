//! Random secrets.

use rand::TryRngCore;
use rand::rngs::OsRng;

/// Returns 256 random bits as 64 hexadecimal digits.
pub fn generate() -> String {
    let mut bytes = [0u8; 32];
    // Without random numbers no secret is safe, so the process must not continue.
    OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random numbers");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
