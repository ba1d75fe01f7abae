//! Analysis of media: runs decoders and models over a file or a live session and makes journal lines of their answers.

pub mod calibrate;
pub mod header;
pub mod journal_file;
mod latency;
pub mod models;
pub mod observer;
pub mod offline;
pub mod overload;
pub mod voice;
pub mod words;
pub mod workers;

use crate::context::{Context, ModelNames};
use coach_core::Span;
use coach_core::journal::{Gap, GapKind, GapReason, Line};
use std::sync::Arc;

/// The models, loaded once, and the threads that analyze faces. Cheap to clone.
#[derive(Clone)]
pub struct Analyzers {
    /// The loaded models.
    pub models: models::Models,
    /// `None` without a face model.
    pub workers: Option<Arc<workers::Workers>>,
}

/// Loads the models, starts the face workers and waits until they are warm. Missing models are logged.
///
/// # Errors
/// A part of GStreamer is missing, or a face worker cannot load its model.
pub async fn load(context: &Context) -> anyhow::Result<Analyzers> {
    coach_media::init()?;
    for element in coach_media::wanted() {
        tracing::warn!(
            element = element.name,
            package = element.package,
            "a GStreamer element is missing: {}",
            element.needed_for
        );
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
    let words = models.words().map(words::Words::source);
    context.models.fill(ModelNames { face: names.face, voice_activity: names.voice_activity, words });
    Ok(Analyzers { models, workers })
}

/// Returns the journal line of a gap. Its time is the end of the gap, when the gap is known.
fn gap(what: GapKind, span: Span, reason: GapReason) -> Line {
    Line::Gap(Gap { t: span.end, what, start: span.start, end: span.end, reason })
}
