//! What all services of the process share: configuration, stores, hub, state machine, job queue.

use crate::channel::Hub;
use crate::config::Config;
use crate::objects::Objects;
use crate::providers;
use crate::session::{Machine, Outside};
use crate::store::Db;
use crate::store::queue::Queue;
use coach_core::journal::{FaceModel, VoiceActivityModel};
use serde::Serialize;
use std::sync::{Arc, RwLock};
use tokio_util::sync::CancellationToken;

/// What all services of the process share. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The configuration, which does not change while the process runs.
    pub config: Arc<Config>,
    /// The database.
    pub db: Db,
    /// The object store.
    pub objects: Arc<dyn Objects>,
    /// The live channels of all sessions.
    pub hub: Arc<Hub>,
    /// The state machine of sessions.
    pub machine: Machine,
    /// The names of the loaded models.
    pub models: ModelSlot,
    /// The queue of jobs.
    pub queue: Queue,
    /// Cancelled when the server stops.
    pub shutdown: CancellationToken,
}

impl Context {
    /// Returns a context without models. The webhook is used if the configuration has its URL.
    pub fn new(config: Config, db: Db, objects: Arc<dyn Objects>) -> Context {
        let hub = Arc::new(Hub::new(config.limits.channels));
        let machine = Machine::new(db.clone(), hub.clone());
        let machine = if config.webhook.url.is_some() { machine.announcing() } else { machine };
        let machine = machine.sending(outside(&config));
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

/// Returns what is sent to services of others once a session is scored.
fn outside(config: &Config) -> Vec<Outside> {
    let outside = |offer: providers::Offer| {
        let kind = offer.purpose.job()?;
        Some(Outside { kind, purpose: offer.purpose.as_str(), provider: offer.provider })
    };
    providers::offers(&config.providers).into_iter().filter_map(outside).collect()
}

/// The names of the loaded models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ModelNames {
    /// The face model.
    pub face: FaceModel,
    /// What detects when somebody speaks.
    pub voice_activity: VoiceActivityModel,
    /// Name and version of the speech recognizer; `null`: nothing is written down.
    pub words: Option<&'static str>,
}

/// Holds the names of the models once they are loaded and warm. The server is not ready before. Clones share one value.
#[derive(Debug, Clone, Default)]
pub struct ModelSlot(Arc<RwLock<Option<ModelNames>>>);

impl ModelSlot {
    /// Sets the names.
    pub fn fill(&self, names: ModelNames) {
        *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(names);
    }

    /// Returns the names; `None` while the models are being loaded.
    pub fn get(&self) -> Option<ModelNames> {
        *self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
