//! The only place where wall time meets media time: the door to media, perception and insight.

pub mod analyze;
mod books;
mod calibrate;
mod disk;
mod ends;
mod finish;
mod journal_file;
mod keeper;
mod live;
pub mod models;
mod observer;
mod offline;
mod overload;
mod part;
mod patience;
mod recover;
pub mod rescore;
mod sitting;
mod spool;
mod upload;
pub mod uploaded;
pub mod voice;
mod workers;

use crate::app::{Context, ModelNames};
use crate::session::TransitionError;
use crate::store::sessions::Session;
use anyhow::Context as _;
use async_trait::async_trait;
use bytes::Bytes;
use coach_core::journal::{Calibration, MarkKind};
use coach_core::{MediaTime, SessionId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the routes may ask of a live session.
#[async_trait]
pub trait LiveDoor: Send + Sync {
    /// Whether a session may begin now.
    ///
    /// # Errors
    /// There is no room on the disk; the text says how much is missing.
    fn admits(&self) -> Result<(), String>;
    /// A publisher's SDP offer. A second publishing by the same owner takes over.
    async fn publish(&self, session: &Session, offer: &str) -> Result<PublishAnswer, PublishError>;
    /// Ends the publishing for good: the session goes on to finalising.
    async fn stop(&self, session: SessionId, resource: &str) -> Result<(), StopError>;
    /// Something the page said about the session; it counts from the media time of this moment.
    async fn mark(&self, session: SessionId, mark: ClientMark) -> Result<(), MarkError>;
    /// Measures the clip of the device check.
    async fn calibrate(&self, clip: Bytes) -> Result<CalibrationOutcome, CalibrateError>;
    /// Media time of this moment; `None` while nothing is published.
    fn now(&self, session: SessionId) -> Option<MediaTime>;
    /// The server stops: live sessions are ended and stored, as far as there is time.
    async fn close(&self);
    /// A failed session once more, from the recording that is still in the spool. Returns when it is under way.
    async fn again(&self, session: &Session) -> Result<(), AgainError>;
    /// The session is deleted: stop at once, write nothing more, remove the spool.
    async fn forget(&self, session: SessionId);
}

/// What a publisher gets back.
#[derive(Debug, Clone)]
pub struct PublishAnswer {
    pub sdp: String,
    /// Names this publishing in its URL; unguessable, URL-safe.
    pub resource: String,
    /// Strong entity tag of the ICE session, quotes included.
    pub etag: String,
}

#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The offer is not SDP.
    #[error("the offer cannot be read: {0}")]
    Malformed(String),
    /// It is SDP, but asks for what this server does not take.
    #[error("the offer cannot be accepted: {0}")]
    Unacceptable(String),
    #[error("somebody else publishes this session")]
    Taken,
    #[error("the session no longer takes media")]
    Closed,
    /// As many live sessions as the machine can carry.
    #[error("no room for another live session: {0}")]
    Busy(String),
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum StopError {
    #[error("no such publishing")]
    Unknown,
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum AgainError {
    #[error("nothing of its recording is left on this server")]
    NothingLeft,
    #[error(transparent)]
    NotNow(#[from] TransitionError),
}

#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    #[error("the session is not live")]
    NotLive,
    #[error("the question is not one of the session's")]
    UnknownQuestion,
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum CalibrateError {
    /// The clip is not media that can be decoded.
    #[error("the clip cannot be read: {0}")]
    NotMedia(String),
    /// It can be decoded, but is too short, too long or has no picture.
    #[error("the clip cannot be used: {0}")]
    Unusable(String),
    /// The server has no models or no time for it now.
    #[error("the device check cannot be measured now: {0}")]
    Unavailable(String),
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// A mark as the page sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClientMark {
    pub what: MarkKind,
    /// One of the session's questions, with `question`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question_id: Option<String>,
    /// Text of a note, at most 500 characters, with `note`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What the device check found.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CalibrationOutcome {
    pub calibration: Calibration,
    pub advice: Vec<Advice>,
    /// Good enough to begin.
    pub ok: bool,
}

#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Advice {
    pub reason: AdviceReason,
    /// One kind sentence: what to do.
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdviceReason {
    Dark,
    Bright,
    Small,
    Turned,
    Cut,
    NoFace,
    Quiet,
    LoudNoise,
}

/// What looks and listens in this process: the models, loaded once, and the threads that look at faces. Cheap to clone.
#[derive(Clone)]
pub struct Senses {
    models: models::Models,
    /// `None` without a face model.
    workers: Option<Arc<workers::Workers>>,
}

/// Loads the models and warms them up.
///
/// # Errors
/// GStreamer is not installed as it must be, or a model does not load.
pub async fn wake(context: &Context) -> anyhow::Result<Senses> {
    coach_media::init()?;
    for element in coach_media::wanted() {
        tracing::warn!(element = element.name, package = element.package, "missing: {}", element.needed_for);
    }
    let config = context.config.clone();
    let (models, workers) = tokio::task::spawn_blocking(move || -> anyhow::Result<_> {
        let models = models::Models::load(&config.models, &config.storage.data.join("cache"));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let count = if config.limits.face_workers == 0 { cores } else { config.limits.face_workers };
        let workers = workers::Workers::start(&models, count)?;
        Ok((models, workers))
    })
    .await??;
    for missing in models.missing() {
        tracing::warn!(cure = missing.cure, "{}", missing.what);
    }
    let names = models.describe();
    context.models.fill(ModelNames { face: names.face, voice_activity: names.voice_activity });
    Ok(Senses { models, workers })
}

/// Opens the door: binds the media port, takes up what a crash left behind.
///
/// # Errors
/// The media port is taken.
pub async fn open(context: &Context, senses: Senses) -> anyhow::Result<Arc<dyn LiveDoor>> {
    metrics::gauge!("coach_live_sessions").set(0.0);
    let media = &context.config.media;
    let endpoint = coach_media::peer::Endpoint::bind(coach_media::peer::Config {
        bind: media.udp_bind,
        announce: media.public_ips.clone(),
        ..coach_media::peer::Config::default()
    })
    .with_context(|| format!("the media port {} cannot be bound; choose another media.udp_bind", media.udp_bind))?;
    tracing::info!(address = %endpoint.local_address(), announced = ?endpoint.announced(), "the media port is open");
    let house = Arc::new(live::House {
        context: context.clone(),
        models: senses.models,
        workers: senses.workers,
        endpoint,
        spool: context.config.storage.spool(),
        room: disk::watch(context.config.storage.clone(), context.shutdown.clone()),
        running: dashmap::DashMap::new(),
        ends: Arc::default(),
        at_work: tokio_util::task::TaskTracker::new(),
    });
    let found = recover::found(&house).await.context("interrupted sessions cannot be looked for")?;
    tokio::spawn(recover::recover(house.clone(), found));
    Ok(Arc::new(live::Live::new(house)))
}
