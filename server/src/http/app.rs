//! The state that handlers share, assembled by a builder so that tests can replace parts.

use super::origin::Allowed;
use super::rate::Changes;
use crate::auth::attempts::Attempts;
use crate::auth::pairing::Pairing;
use crate::auth::passkeys::Passkeys;
use crate::auth::password::Passwords;
use crate::auth::wrong::Passphrases;
use crate::auth::{Accounts, Mode};
use crate::clock::now_us;
use crate::context::Context;
use crate::live::LiveSessions;
use crate::places::Places;
use crate::store::people::users;
use std::num::NonZeroU32;
use std::ops::Deref;
use std::sync::Arc;

/// Downloads of whole sessions at once, each a thread that waits for its reader; half of them for one person.
const EXPORTS: usize = 6;
/// Journals that are sent at once; half of them to one person, or to those whom this person showed a session.
const JOURNALS: usize = 64;
/// Device checks at once; half of them for one person.
const CLIPS: usize = 6;

/// Everything a handler may touch; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What an [`App`] holds.
pub struct Inner {
    pub context: Context,
    pub live: Arc<dyn LiveSessions>,
    pub mode: Mode,
    /// How other devices become the person's own; `None`: whoever reaches the server is the person, or people sign in.
    pub pairing: Option<Pairing>,
    /// How often somebody may try to prove who they are.
    pub attempts: Attempts,
    /// How many wrong passphrases were sent.
    pub passphrases: Passphrases,
    /// Computes the hashes of passwords and of links' passphrases, a few at a time.
    pub passwords: Passwords,
    /// Ceremonies of passkeys; `None`: the address of the server has no name.
    pub passkeys: Option<Passkeys>,
    pub allowed: Allowed,
    /// How often one address may change something.
    pub changes: Changes,
    /// Downloads of whole sessions.
    pub exports: Arc<Places>,
    /// Journals that are sent, each unpacked by a thread of its own.
    pub journals: Arc<Places>,
    /// Device checks, from the first byte of the clip.
    pub clips: Arc<Places>,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl App {
    pub fn builder(context: Context) -> Builder {
        Builder { context, mode: None }
    }
}

pub struct Builder {
    context: Context,
    mode: Option<Mode>,
}

impl Builder {
    /// Sets how requests are assigned to people; without it, as the configuration says.
    pub fn mode(mut self, mode: Mode) -> Builder {
        self.mode = Some(mode);
        self
    }

    async fn configured(&self) -> anyhow::Result<Mode> {
        let config = &self.context.config;
        if !config.auth.enabled() {
            return Ok(Mode::Personal(users::personal(&self.context.db).await?));
        }
        let accounts = Accounts::new(&config.auth, &config.http.base_url(), now_us)?;
        Ok(Mode::Accounts(Arc::new(accounts)))
    }

    /// # Errors
    /// The database does not answer, or the configured provider cannot be used.
    pub async fn build(self, live: Arc<dyn LiveSessions>) -> anyhow::Result<App> {
        let mode = match &self.mode {
            Some(mode) => mode.clone(),
            None => self.configured().await?,
        };
        let config = &self.context.config;
        let passkeys = Passkeys::new(&config.http.base_url())?;
        let pairing = config.http.pairs(config.auth.enabled()).then(Pairing::default);
        let allowed = Allowed::new(&config.http);
        let changes = Changes::new(NonZeroU32::new(self.context.config.limits.changes_hz).unwrap_or(NonZeroU32::MIN));
        let exports = Arc::new(Places::new("coach_exports", EXPORTS, EXPORTS / 2));
        let journals = Arc::new(Places::new("coach_journals", JOURNALS, JOURNALS / 2));
        let clips = Arc::new(Places::new("coach_device_checks", CLIPS, CLIPS / 2));
        Ok(App(Arc::new(Inner {
            context: self.context,
            live,
            mode,
            pairing,
            attempts: Attempts::default(),
            passphrases: Passphrases::default(),
            passwords: Passwords::default(),
            passkeys,
            allowed,
            changes,
            exports,
            journals,
            clips,
        })))
    }
}
