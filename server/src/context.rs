//! What every service of the process shares: configuration, stores, hub, state machine, queue.

use crate::channel::Hub;
use crate::config::Config;
use crate::objects::Objects;
use crate::session::Machine;
use crate::store::Db;
use crate::store::queue::Queue;
use coach_core::journal::{FaceModel, VoiceActivityModel};
use serde::Serialize;
use std::sync::{Arc, RwLock};
use tokio_util::sync::CancellationToken;

/// What every service of the process shares. Cheap to clone.
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

/// The models that are loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ModelNames {
    pub face: FaceModel,
    pub voice_activity: VoiceActivityModel,
}

/// Filled when the models are loaded and warm; the server is not ready before.
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
