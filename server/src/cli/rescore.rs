//! `coach rescore`: computes the scores of sessions again from their journals, with the formulas of this program.

use crate::cli::open_database;
use crate::config::Config;
use crate::objects::{self, Objects};
use crate::recording::rescore::{Outcome, one};
use crate::session::State;
use crate::store::Db;
use crate::store::reports::ScoreValues;
use crate::store::sessions::{self, Session};
use anyhow::Context as _;
use coach_core::SessionId;
use std::io::Write;
use tokio_util::sync::CancellationToken;

/// Compute reports and scores again from the journals; the old scores stay beside the new ones.
///
/// With the embedded object store, stop the server first: the store belongs to one process.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Only these sessions; without any, all that are ready
    #[arg(value_name = "SESSION")]
    pub sessions: Vec<SessionId>,
}

/// Rescores sessions and prints one line for each.
///
/// # Errors
/// The database or the object store cannot be opened or fails; a named session does not exist or is not ready. A damaged
/// journal is no error.
pub async fn run(args: &Args, config: &Config, to: &mut impl Write) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let store = objects::archive::open(config, stop.clone())
        .await
        .context("if the coach is running with its embedded store, stop it first")?;
    let db = open_database(config).await?;
    let done = all(args, &db, &*store, to).await;
    db.close().await;
    stop.cancel();
    done
}

async fn all(args: &Args, db: &Db, store: &dyn Objects, to: &mut impl Write) -> anyhow::Result<()> {
    let ready = sessions::all_owners_in_state(db, State::Ready).await?;
    for wanted in &args.sessions {
        anyhow::ensure!(
            ready.iter().any(|s| s.id == *wanted),
            "{wanted}: there is no such session, or it has no report yet"
        );
    }
    let chosen = |s: &&Session| args.sessions.is_empty() || args.sessions.contains(&s.id);
    let (mut new, mut same, mut skipped) = (0, 0, 0);
    for session in ready.iter().filter(chosen) {
        let id = session.id;
        match one(db, store, session).await.with_context(|| format!("session {id}"))? {
            Outcome::Same(scores) => {
                same += 1;
                writeln!(to, "{id}  {}  unchanged", changes(&scores, &scores))?;
            }
            Outcome::New { old, new: scores } => {
                new += 1;
                writeln!(to, "{id}  {}", changes(&old, &scores))?;
            }
            Outcome::Skipped(why) => {
                skipped += 1;
                writeln!(to, "{id}  skipped: {why}")?;
            }
        }
    }
    writeln!(to, "{new} rescored, {same} unchanged, {skipped} skipped")?;
    Ok(())
}

fn changes(old: &ScoreValues, new: &ScoreValues) -> String {
    let named = [
        ("confidence", old.confidence, new.confidence),
        ("clarity", old.clarity, new.clarity),
        ("resilience", old.resilience, new.resilience),
        ("engagement", old.engagement, new.engagement),
    ];
    let shown = |value: Option<f64>| value.map_or("–".into(), |v| format!("{v:.1}"));
    named.map(|(name, old, new)| format!("{name} {} -> {}", shown(old), shown(new))).join("  ")
}
