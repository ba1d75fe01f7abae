//! Writes down what the recognizer could not keep up with while a session was live: the recording is listened to again, and only the
//! speech that lacks its words is recognized.

use super::workplace::{self, Workplace};
use super::{Hold, Hopeless, Job, rescore, subject};
use crate::analysis::models::Models;
use crate::analysis::offline::speech::{self, Heard};
use crate::analysis::words::Words;
use crate::context::Context;
use crate::objects;
use crate::recording::rescore as stored;
use crate::recording::results;
use crate::session::State;
use crate::store::jobs::Claimed;
use crate::store::sessions;
use anyhow::Context as _;
use async_trait::async_trait;
use coach_core::Span;
use coach_core::report::Report;
use coach_media::file::Limits;
use std::path::Path;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Names of the stages, as pages read them.
mod stage {
    pub const FETCHING: &str = "fetching";
    pub const TRANSCRIBING: &str = "transcribing";
}

pub struct LateWords {
    context: Context,
    models: Models,
    place: Arc<Workplace>,
}

impl LateWords {
    pub fn new(context: Context, models: Models, place: Arc<Workplace>) -> LateWords {
        LateWords { context, models, place }
    }
}

#[async_trait]
impl Job for LateWords {
    fn kind(&self) -> &'static str {
        stored::LATE_WORDS
    }

    async fn run(&self, job: &Claimed, hold: &Hold) -> anyhow::Result<()> {
        let (owner, id) = subject(job)?;
        let Context { db, objects, queue, config, .. } = &self.context;
        let Some(session) = sessions::get(db, owner, id).await? else { return Ok(()) };
        match session.state {
            State::Ready => {}
            // Its report is about to be stored.
            State::Finalising | State::Scoring => anyhow::bail!("the session is not ready yet"),
            _ => return Ok(()),
        }
        let report =
            stored::read(&**objects, &objects::report_key(id)).await?.context("the report is not in the store")?;
        let report: Report =
            serde_json::from_slice(&report).map_err(|error| Hopeless(format!("the report: {error}")))?;
        if report.unwritten.is_empty() {
            return Ok(());
        }
        let words =
            self.models.words().cloned().ok_or_else(|| Hopeless("there is no speech recognizer here".into()))?;
        let bench = self.place.bench()?;
        let file = bench.path().join("recording");
        let key = results::recording_key(&**objects, &session).await?;
        workplace::fetch(&**objects, &key, &file, |percent| hold.at(stage::FETCHING, percent)).await?;
        // From here on the file can bring the worker down, and must not do so for ever.
        hold.count();
        hold.at(stage::TRANSCRIBING, 0);
        let limits = Limits { bytes: config.limits.upload_bytes, ..Limits::default() };
        let (models, spans, ended) = (self.models.clone(), report.unwritten, CancellationToken::new());
        // The thread ends soon after this future is dropped.
        let _ended = ended.clone().drop_guard();
        let writing = move || write(&file, limits, &models, &words, spans, &ended);
        let late = tokio::task::spawn_blocking(writing).await??;
        hold.renew().await?;
        if workplace::keep(&self.context, &session, &objects::late_words_key(id), &late).await? {
            queue.enqueue(rescore::of(owner, id)).await?;
            let (phrases, spans) = (late.phrases.len(), late.spans.len());
            tracing::info!(session = %id, phrases, spans, "the rest of a session was written down");
        }
        Ok(())
    }
}

/// Writes down the speech that lies in the spans. One segment at a time waits for the recognizer, so that live sessions come first. A span in
/// which it fails stays unwritten.
fn write(
    file: &Path,
    limits: Limits,
    models: &Models,
    words: &Words,
    mut spans: Vec<Span>,
    ended: &CancellationToken,
) -> anyhow::Result<stored::LateWords> {
    let mut phrases = Vec::new();
    speech::listen(file, limits, models, &mut |heard| {
        anyhow::ensure!(!ended.is_cancelled(), "nobody waits for it any more");
        let Heard::Segment(segment) = heard else { return Ok(()) };
        let of = Span::new(segment.start, segment.end);
        if spans.iter().any(|span| span.overlap_ms(of) > 0) {
            match words.write(segment) {
                Ok(phrase) => phrases.extend(phrase),
                Err(error) => {
                    tracing::warn!(error, "a phrase could not be written down, not after the session either");
                    spans.retain(|span| span.overlap_ms(of) == 0);
                }
            }
        }
        Ok(())
    })?;
    Ok(stored::LateWords { spans, phrases })
}
