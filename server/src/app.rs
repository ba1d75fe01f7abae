//! Everything a handler may touch, put together by a builder so that tests swap parts.

use crate::auth::Mode;
use crate::auth::origin::Allowed;
use crate::config::Config;
use crate::drive::LiveDoor;
use crate::jobs::Queue;
use crate::live::Hub;
use crate::objects::Objects;
use crate::session::Machine;
use crate::store::{Db, users};
use coach_core::journal::{FaceModel, VoiceActivityModel};
use serde::Serialize;
use std::ops::Deref;
use std::sync::{Arc, RwLock};
use tokio_util::sync::CancellationToken;

/// What is there before the live door is: the drive is built from it.
#[derive(Clone)]
pub struct Context {
    pub config: Arc<Config>,
    pub db: Db,
    pub objects: Arc<dyn Objects>,
    pub hub: Arc<Hub>,
    pub machine: Machine,
    pub models: ModelSlot,
    pub queue: Queue,
    /// Cancelled when the server stops.
    pub shutdown: CancellationToken,
}

impl Context {
    pub fn new(config: Config, db: Db, objects: Arc<dyn Objects>) -> Context {
        let hub = Arc::new(Hub::new(config.limits.channels));
        let machine = Machine::new(db.clone(), hub.clone());
        let machine = if config.webhook.url.is_some() { machine.announcing() } else { machine };
        Context {
            machine,
            queue: Queue::new(db.clone()),
            config: Arc::new(config),
            db,
            objects,
            hub,
            models: ModelSlot::default(),
            shutdown: CancellationToken::new(),
        }
    }
}

/// The models that look and listen, once they are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ModelNames {
    pub face: FaceModel,
    pub voice_activity: VoiceActivityModel,
}

/// Filled by the drive when its models are warm; the server is not ready before.
#[derive(Debug, Clone, Default)]
pub struct ModelSlot(Arc<RwLock<Option<ModelNames>>>);

impl ModelSlot {
    pub fn fill(&self, names: ModelNames) {
        *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(names);
    }

    pub fn get(&self) -> Option<ModelNames> {
        *self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Everything a handler may touch; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub struct Inner {
    context: Context,
    pub door: Arc<dyn LiveDoor>,
    pub mode: Mode,
    pub allowed: Allowed,
}

impl Deref for App {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Deref for Inner {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.context
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
    /// How people are told apart; without it, personal mode.
    pub fn mode(mut self, mode: Mode) -> Builder {
        self.mode = Some(mode);
        self
    }

    pub async fn build(self, door: Arc<dyn LiveDoor>) -> sqlx::Result<App> {
        let mode = match self.mode {
            Some(mode) => mode,
            None => Mode::Personal(users::personal(&self.context.db).await?),
        };
        let allowed = Allowed::new(&self.context.config.http);
        Ok(App(Arc::new(Inner { context: self.context, door, mode, allowed })))
    }
}
