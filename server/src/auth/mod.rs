//! Who makes a request, how people prove who they are, and what they may do.

pub mod attempts;
pub mod oidc;
pub mod pairing;
pub mod passkeys;
pub mod password;
pub mod rights;
pub mod wrong;

use crate::config;
use crate::store::people::tokens::Scope;
use coach_core::{SessionId, UserId};
use std::sync::Arc;
use uuid::Uuid;

/// The person who makes a request. Every route takes one, and every query names its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    pub user: UserId,
    pub by: By,
}

/// What a request proves its person by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Nothing: the server has one person.
    Personal,
    /// A browser that is signed in.
    Login(Uuid),
    /// A token, which may be for one session only.
    Token { id: Uuid, scope: Scope, session: Option<SessionId> },
}

/// How requests are assigned to people.
#[derive(Debug, Clone)]
pub enum Mode {
    /// Every request is made by this person.
    Personal(UserId),
    /// People sign in.
    Accounts(Arc<Accounts>),
}

impl Mode {
    /// Returns what people sign in by; `None`: the server has one person.
    pub fn accounts(&self) -> Option<&Accounts> {
        match self {
            Mode::Personal(_) => None,
            Mode::Accounts(accounts) => Some(accounts),
        }
    }

    /// Returns the mode's name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Mode::Personal(_) => "personal",
            Mode::Accounts(_) => "accounts",
        }
    }
}

/// What people sign in by.
#[derive(Debug)]
pub struct Accounts {
    pub provider: Option<oidc::Provider>,
    /// Whether people sign in by a name and a password of this server.
    pub local: bool,
}

impl Accounts {
    /// Returns what the configuration names. `clock`: the time, microseconds since 1970. Asks nothing of the provider yet.
    ///
    /// # Errors
    /// The provider's addresses cannot be read.
    pub fn new(config: &config::auth::Config, base_url: &str, clock: oidc::Clock) -> anyhow::Result<Accounts> {
        let provider = match config.issuer {
            Some(_) => Some(oidc::Provider::new(config, base_url, clock)?),
            None => None,
        };
        Ok(Accounts { provider, local: config.local })
    }
}
