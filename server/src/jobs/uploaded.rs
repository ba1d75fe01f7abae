//! Analyzes an uploaded file, and leaves journal and still in a folder.

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
    /// The file is at fault: no further attempt makes it better. The text is for the person.
    #[error("{0}")]
    File(offline::Error),
    /// Something around it is: another attempt may do.
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
            error => Error::File(error),
        }
    }
}

/// A file that was analysed; journal and poster lie in its folder.
pub struct Analyzed {
    pub report: Report,
    folder: PathBuf,
}

/// Analyses `file`, leaves the journal and a still in `folder`. `progress` gets the share that is done, 0 to 1. Ends soon after
/// `stop`.
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
    /// Puts journal, report and poster into the object store; doing it again puts the same.
    ///
    /// # Errors
    /// The store does not take them.
    pub async fn put(&self, store: &dyn Objects, session: &Session) -> anyhow::Result<()> {
        results::put_poster(store, session.id, &self.folder).await?;
        results::put_journal(store, session.id, &self.folder).await?;
        results::put_report(store, session.id, &self.folder, &self.report).await
    }
}
