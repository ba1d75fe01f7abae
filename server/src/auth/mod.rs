//! Who asks. Personal mode has one person and no sign-in: whoever reaches the loopback port.

pub mod origin;

use crate::app::App;
use crate::error::Error;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use coach_core::UserId;
use rand::TryRngCore;
use rand::rngs::OsRng;

/// Who asks. Every route takes one, every query names its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    pub user: UserId,
}

/// How people are told apart.
#[derive(Debug, Clone, Copy)]
pub enum Mode {
    /// Everybody who gets here is this person.
    Personal(UserId),
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Error;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Viewer, Error> {
        let Mode::Personal(user) = app.mode;
        Ok(Viewer { user })
    }
}

/// 256 random bits, as 64 hexadecimal digits.
pub fn secret() -> String {
    let mut bytes = [0u8; 32];
    // A machine without random numbers can keep no secret: there is no way to go on.
    OsRng.try_fill_bytes(&mut bytes).expect("the operating system gives random numbers");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
