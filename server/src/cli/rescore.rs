//! `coach rescore`: computes the scores of sessions again from their journals, with the formulas of this program.

use crate::cli::open_database;
use crate::config::Config;
use crate::objects::{self, Objects, blocking};
use crate::session::State;
use crate::store::Db;
use crate::store::reports::{self, ScoreValues};
use crate::store::sessions::{self, Session};
use anyhow::Context as _;
use coach_core::SessionId;
use coach_core::report::Report;
use coach_insight::journal::Error as JournalError;
use coach_insight::replay::{Replayed, replay_text};
use std::io::{BufReader, Read as _, Write};
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

/// Largest journal when unpacked, bytes: those of sessions of hours have a few hundred MiB.
const LONGEST_JOURNAL: u64 = 8 << 30;

/// Result for one session.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The report equals the one that was stored.
    Same(ScoreValues),
    /// A new report is stored.
    New { old: ScoreValues, new: ScoreValues },
    /// The journal is damaged or missing, for this reason; nothing was changed.
    Skipped(String),
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

/// Rescores one session. It is idempotent.
///
/// # Errors
/// The database or the object store fails.
pub async fn one(db: &Db, store: &dyn Objects, session: &Session) -> anyhow::Result<Outcome> {
    let id = session.id;
    let replayed = match journal(store, id).await? {
        Ok(replayed) => replayed,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let bytes = serde_json::to_vec(&replayed)?;
    let stored = read(store, &objects::report_key(id)).await?;
    let old = values(db, session).await?;
    if stored.as_deref() == Some(&*bytes) && old.is_some_and(|old| old == rounded(&replayed)) {
        return Ok(Outcome::Same(old.unwrap_or_default()));
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("report.json");
    tokio::fs::write(&path, &bytes).await?;
    store.put_file(&objects::report_key(id), &path, "application/json").await?;
    // This comes last: until it is done, the old scores stay and the session is rescored again.
    anyhow::ensure!(reports::save_report(db, session.owner, id, &replayed).await?, "the session was deleted meanwhile");
    Ok(Outcome::New { old: old.unwrap_or_default(), new: rounded(&replayed) })
}

/// Returns the report of the stored journal. The inner error says why there is none.
async fn journal(store: &dyn Objects, id: SessionId) -> anyhow::Result<Result<Report, String>> {
    let Some(reading) = store.read(&objects::journal_key(id)).await? else {
        return Ok(Err("its journal is not in the object store".into()));
    };
    let packed = blocking(reading);
    let replayed = tokio::task::spawn_blocking(move || -> Result<Replayed, JournalError> {
        let text = zstd::stream::read::Decoder::new(packed)?;
        replay_text(BufReader::with_capacity(256 * 1024, text.take(LONGEST_JOURNAL)))
    })
    .await?;
    Ok(match replayed {
        Err(error) => Err(error.to_string()),
        Ok(Replayed { damaged, damages, .. }) if damaged > 0 => {
            let first = damages.first().map(|d| format!(", the first is {d}")).unwrap_or_default();
            Err(format!("{damaged} lines of its journal are damaged{first}"))
        }
        Ok(replayed) => Ok(replayed.report),
    })
}

async fn read(store: &dyn Objects, key: &str) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(reading) = store.read(key).await? else { return Ok(None) };
    let mut from = blocking(reading);
    tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    })
    .await?
}

async fn values(db: &Db, session: &Session) -> sqlx::Result<Option<ScoreValues>> {
    let mut found = reports::summaries(db, session.owner, session.id, session.id).await?;
    Ok(found.remove(&session.id).and_then(|summary| summary.scores))
}

/// Returns the report's scores as rows of the database.
fn rounded(report: &Report) -> ScoreValues {
    let value = |score: &coach_core::report::Score| score.value.map(f64::from).filter(|v| v.is_finite());
    let scores = &report.overall.scores;
    ScoreValues {
        confidence: value(&scores.confidence),
        clarity: value(&scores.clarity),
        resilience: value(&scores.resilience),
        engagement: value(&scores.engagement),
    }
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
