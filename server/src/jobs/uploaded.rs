//! Analyzes an uploaded file and writes its journal and poster into a folder.

use crate::analysis::Analyzers;
use crate::analysis::offline::{self, FileContext, Settings};
use crate::config::Config;
use crate::objects::Objects;
use crate::recording::results;
use crate::store::sessions::Session;
use coach_core::report::Report;
use coach_media::file::Limits;
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;

/// Why a file was not analyzed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be analyzed and a further attempt would not help. The text is for the person.
    #[error("{0}")]
    File(offline::Error),
    /// The analysis came to no end in its time. The file is probably to blame, but a machine that had other work may be. The text
    /// is for the person.
    #[error("{0}")]
    NoEnd(offline::Error),
    /// Something else failed; another attempt may succeed.
    #[error(transparent)]
    Around(#[from] anyhow::Error),
}

impl From<offline::Error> for Error {
    fn from(error: offline::Error) -> Error {
        use coach_media::file::Error as F;
        match error {
            offline::Error::File(F::Read { .. } | F::Ended(_))
            | offline::Error::Cancelled
            | offline::Error::Journal(_) => Error::Around(error.into()),
            offline::Error::File(F::Stalled) | offline::Error::OverTime => Error::NoEnd(error),
            error => Error::File(error),
        }
    }
}

/// An analyzed file, with its journal and poster in a folder.
pub struct Analyzed {
    pub report: Report,
    folder: PathBuf,
}

/// Analyzes `file` and writes the journal and a poster into `folder`. Calls `progress` with the share that is done, 0 to 1.
/// Ends soon after `stop` is cancelled.
///
/// # Errors
/// See [`Error`].
pub async fn analyze(
    analyzers: &Analyzers,
    config: &Config,
    session: &Session,
    (file, folder): (PathBuf, PathBuf),
    stop: CancellationToken,
    progress: impl Fn(f32) + Send + 'static,
) -> Result<Analyzed, Error> {
    let about = FileContext::unmarked(&analyzers.models, config, session);
    let limits = Limits { bytes: config.limits.upload_bytes, ..Limits::default() };
    let settings = Settings { limits, ..Settings::of(config, session, about) };
    let analyzers = analyzers.clone();
    let analyzed = tokio::task::spawn_blocking(move || -> Result<Analyzed, Error> {
        let journal = folder.join(results::JOURNAL);
        let (models, workers) = (&analyzers.models, analyzers.workers.as_ref());
        let report = offline::analyze_to(&file, &settings, models, workers, &journal, &mut |share| {
            progress(share);
            !stop.is_cancelled()
        })?;
        results::make_poster(&file, &folder);
        Ok(Analyzed { report, folder })
    });
    analyzed.await.map_err(|error| Error::Around(error.into()))?
}

impl Analyzed {
    /// Puts journal, report and poster into the object store. It is idempotent.
    ///
    /// # Errors
    /// The store does not accept them.
    pub async fn put(&self, store: &dyn Objects, session: &Session) -> anyhow::Result<()> {
        results::put_poster(store, session.id, &self.folder).await?;
        results::put_journal(store, session.id, &self.folder).await?;
        results::put_report(store, session.id, &self.folder, &self.report).await
    }
}
