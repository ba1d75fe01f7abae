//! Computes the report of a session again from its journal, with the formulas of this program and what its owner corrected.

use crate::objects::{self, Objects, blocking};
use crate::store::Db;
use crate::store::reports::{self, ScoreValues, corrections};
use crate::store::sessions::Session;
use coach_core::journal::Phrase;
use coach_core::report::Report;
use coach_core::{MediaTime, SessionId, Span};
use coach_insight::journal::Error as JournalError;
use coach_insight::replay::{Replayed, replay_text_revised};
use coach_insight::revision::{self, Correction, Revision};
use serde::{Deserialize, Serialize};
use std::io::{BufReader, Read as _};

/// Largest journal when unpacked, bytes: those of sessions of hours have a few hundred MiB.
const LONGEST_JOURNAL: u64 = 8 << 30;

/// What another recognizer wrote down of a session, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rewritten {
    /// Its name.
    pub recognizer: String,
    pub phrases: Vec<Phrase>,
}

/// Kind of the job that writes down what the recognizer could not keep up with.
pub const LATE_WORDS: &str = "late_words";

/// What was written down after the session, as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LateWords {
    /// The speech that was listened to again.
    pub spans: Vec<Span>,
    pub phrases: Vec<Phrase>,
}

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

/// Rescores one session. It is idempotent.
///
/// # Errors
/// The database or the object store fails.
pub async fn one(db: &Db, store: &dyn Objects, session: &Session) -> anyhow::Result<Outcome> {
    let id = session.id;
    let revision = match revision(db, store, session).await? {
        Ok(revision) => revision,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let replayed = match journal(store, id, revision).await? {
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

/// Returns what stands in the place of the words that were heard. The inner error says why that cannot be read.
async fn revision(db: &Db, store: &dyn Objects, session: &Session) -> anyhow::Result<Result<Revision, String>> {
    let corrections = corrections::list(db, session.owner, session.id).await?;
    let correction = |c: corrections::Correction| Correction { start: MediaTime(c.start_ms), text: c.text };
    let corrections = corrections.into_iter().map(correction).collect();
    let rewritten = match read(store, &objects::words_key(session.id)).await? {
        None => None,
        Some(bytes) => match serde_json::from_slice(&bytes) {
            Ok(Rewritten { recognizer, phrases }) => Some(revision::Rewritten { recognizer, phrases }),
            Err(error) => return Ok(Err(format!("the words of another recognizer are damaged: {error}"))),
        },
    };
    let late = match read(store, &objects::late_words_key(session.id)).await? {
        None => None,
        Some(bytes) => match serde_json::from_slice(&bytes) {
            Ok(LateWords { spans, phrases }) => Some(revision::Late { spans, phrases }),
            Err(error) => return Ok(Err(format!("what was written down after the session is damaged: {error}"))),
        },
    };
    Ok(Ok(Revision { late, rewritten, corrections }))
}

/// Returns the report of the stored journal with the revised words. The inner error says why there is none.
async fn journal(store: &dyn Objects, id: SessionId, revision: Revision) -> anyhow::Result<Result<Report, String>> {
    let Some(reading) = store.read(&objects::journal_key(id)).await? else {
        return Ok(Err("its journal is not in the object store".into()));
    };
    let packed = blocking(reading);
    let replayed = tokio::task::spawn_blocking(move || -> Result<Replayed, JournalError> {
        let text = zstd::stream::read::Decoder::new(packed)?;
        replay_text_revised(BufReader::with_capacity(256 * 1024, text.take(LONGEST_JOURNAL)), revision)
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

/// Returns an object, which is small; `None`: there is none.
///
/// # Errors
/// The store fails.
pub async fn read(store: &dyn Objects, key: &str) -> anyhow::Result<Option<Vec<u8>>> {
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
