//! `coach backup` and `coach restore`: a copy of everything that a server holds, and its way back.

use crate::backup::{self, Restored, Taken};
use crate::cli::{open_database, progress_bar};
use crate::config::Config;
use crate::config::storage::Kind;
use crate::objects::{self, Objects};
use crate::store::Db;
use crate::{private, sole};
use coach_core::SessionId;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Copy the database, the recordings and the reports into a new folder, also while the server runs
///
/// PostgreSQL is saved by its own tools before that, such as pg_dump; then this command copies the rest.
#[derive(Debug, Clone, clap::Args)]
pub struct Backup {
    /// A folder that is made, or is empty
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// Bring a backup back on a machine that holds nothing yet, and say whether each session is whole
///
/// The server must not run. Every file is checked before anything is written, and nothing is written over.
#[derive(Debug, Clone, clap::Args)]
pub struct Restore {
    /// The folder of the backup
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// How progress is told: sessions or files.
const COUNTED: &str = "{bar:40} {pos} of {len}  {eta} left";

fn show(bar: &indicatif::ProgressBar, done: usize, of: usize) {
    bar.set_length(of as u64);
    bar.set_position(done as u64);
}

/// Takes a backup and prints what it holds.
///
/// # Errors
/// See [`backup::take`]; or sessions lack objects, which are listed.
pub async fn back_up(args: &Backup, config: &Config, to: &mut impl Write) -> anyhow::Result<()> {
    private::from_now_on();
    let file = config.database_file();
    if let Some(path) = &file {
        anyhow::ensure!(path.exists(), "there is no database at {}; is --data right?", path.display());
    }
    let stop = CancellationToken::new();
    let store = store(config, &stop).await?;
    let db = Db::open(&config.database_url(), config.database.max_connections).await?;
    let bar = progress_bar(COUNTED);
    let show = |done, of| show(&bar, done, of);
    let taken = backup::take(&db, &*store, &config.storage.spool(), &args.folder, show).await;
    bar.finish_and_clear();
    db.close().await;
    stop.cancel();
    let Taken { files, bytes, ready, running, lacking } = taken?;
    writeln!(
        to,
        "{files} files, {} MB: {ready} sessions with a report, {running} that were not over",
        bytes / 1_000_000
    )?;
    if file.is_none() {
        writeln!(to, "The database is PostgreSQL and not in this backup: keep a pg_dump that was made before it.")?;
    }
    whole(&lacking, to)
}

/// Restores a backup and prints what is whole.
///
/// # Errors
/// See [`backup::restore`]; or sessions lack objects, which are listed.
pub async fn restore(args: &Restore, config: &Config, to: &mut impl Write) -> anyhow::Result<()> {
    private::from_now_on();
    let stop = CancellationToken::new();
    let _sole = sole::take(config, stop.clone()).await?;
    let store = objects::archive::open(config, stop.clone()).await?;
    let database = config.database_file();
    let bar = progress_bar(COUNTED);
    let show = |done, of| show(&bar, done, of);
    let open = async || open_database(config).await;
    let spool = config.storage.spool();
    let restored = backup::restore(&args.folder, &*store, &spool, database.as_deref(), open, show).await;
    bar.finish_and_clear();
    stop.cancel();
    let Restored { files, bytes, whole: ready, lacking, running } = restored?;
    writeln!(
        to,
        "{files} files, {} MB: {ready} sessions are whole, {running} are finished when the server starts",
        bytes / 1_000_000
    )?;
    whole(&lacking, to)
}

/// Reaches the store of the running server, or opens the embedded one where no server runs.
async fn store(config: &Config, stop: &CancellationToken) -> anyhow::Result<Arc<dyn Objects>> {
    match objects::archive::reach(config).await {
        Err(error) if config.storage.kind == Kind::Embedded => {
            tracing::debug!(error = format!("{error:#}"), "no server serves the store; it is opened here");
            objects::archive::open(config, stop.clone()).await
        }
        other => other,
    }
}

fn whole(lacking: &[(SessionId, String)], to: &mut impl Write) -> anyhow::Result<()> {
    for (session, why) in lacking {
        writeln!(to, "{session}: {why}")?;
    }
    anyhow::ensure!(lacking.is_empty(), "{} sessions are not whole", lacking.len());
    Ok(())
}
