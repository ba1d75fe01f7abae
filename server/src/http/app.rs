//! The state that handlers share, assembled by a builder so that tests can replace parts.

use super::origin::Allowed;
use crate::auth::Mode;
use crate::context::Context;
use crate::live::LiveSessions;
use crate::store::users;
use std::ops::Deref;
use std::sync::Arc;

/// The state that handlers share; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

/// What an [`App`] holds.
pub struct Inner {
    pub context: Context,
    pub live: Arc<dyn LiveSessions>,
    pub mode: Mode,
    pub allowed: Allowed,
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
    /// Sets how requests are assigned to people; without it, personal mode.
    pub fn mode(mut self, mode: Mode) -> Builder {
        self.mode = Some(mode);
        self
    }

    /// # Errors
    /// The database does not answer.
    pub async fn build(self, live: Arc<dyn LiveSessions>) -> sqlx::Result<App> {
        let mode = match self.mode {
            Some(mode) => mode,
            None => Mode::Personal(users::personal(&self.context.db).await?),
        };
        let allowed = Allowed::new(&self.context.config.http);
        Ok(App(Arc::new(Inner { context: self.context, live, mode, allowed })))
    }
}
