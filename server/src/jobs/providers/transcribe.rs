//! Lets another recognizer write down what is said in a session: the speech alone is sent, and its words stand in the place of those that
//! were recognized here.

use super::{failed, sent};
use crate::analysis::models::Models;
use crate::analysis::offline::speech::{self, Heard};
use crate::context::Context;
use crate::jobs::workplace::{self, Workplace};
use crate::jobs::{Hold, Hopeless, Job, rescore, subject};
use crate::objects;
use crate::providers::Purpose;
use crate::providers::placing::phrases;
use crate::providers::stretch::{Stretch, Stretches};
use crate::providers::transcription::{self, Transcriber};
use crate::recording::rescore::Rewritten;
use crate::recording::results;
use crate::store::jobs::Claimed;
use crate::store::sessions::Session;
use async_trait::async_trait;
use coach_media::file::Limits;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Names of the stages, as pages read them.
mod stage {
    pub const FETCHING: &str = "fetching";
    pub const TRANSCRIBING: &str = "transcribing";
}

pub struct Transcribe {
    context: Context,
    models: Models,
    place: Arc<Workplace>,
    transcriber: Option<Transcriber>,
}

impl Transcribe {
    /// # Errors
    /// The service's client cannot be made.
    pub fn new(context: Context, models: Models, place: Arc<Workplace>) -> anyhow::Result<Transcribe> {
        let transcriber = Transcriber::new(&context.config.providers)?;
        Ok(Transcribe { context, models, place, transcriber })
    }

    /// Returns what was said in a recording; `None`: its owner has withdrawn meanwhile, or deleted the session.
    async fn written(
        &self,
        transcriber: &Transcriber,
        session: &Session,
        file: PathBuf,
        hold: &Hold,
    ) -> anyhow::Result<Option<Rewritten>> {
        let (next, mut stretches) = mpsc::channel(1);
        let (models, limits) =
            (self.models.clone(), Limits { bytes: self.context.config.limits.upload_bytes, ..Limits::default() });
        // Ends soon after this future is dropped, because nobody takes what it has.
        let listening = tokio::task::spawn_blocking(move || listen(&file, limits, &models, &next));
        let mut rewritten = Rewritten { recognizer: transcriber.source().to_owned(), phrases: Vec::new() };
        while let Some(stretch) = stretches.recv().await {
            if sent(&self.context, session.owner, session.id, Purpose::Transcription).await?.is_none() {
                return Ok(None);
            }
            let answer = transcriber.transcribe(&stretch).await.map_err(failed)?;
            let done_ms = stretch.end().ms() * 100 / session.duration_ms.unwrap_or(i64::MAX).max(1);
            hold.at(stage::TRANSCRIBING, done_ms.clamp(0, 100) as u8);
            match phrases(&stretch, &answer, transcriber.source()) {
                Some(phrases) => rewritten.phrases.extend(phrases),
                None => {
                    tracing::warn!(session = %session.id, start = %stretch.start, "a recognizer wrote more words than can be said; they are left out")
                }
            }
        }
        listening.await??;
        Ok(Some(rewritten))
    }
}

/// Cuts the speech of a file into stretches and hands them over, one at a time.
fn listen(file: &std::path::Path, limits: Limits, models: &Models, next: &mpsc::Sender<Stretch>) -> anyhow::Result<()> {
    let mut stretches = Stretches::default();
    let pass_on = |stretch: Option<Stretch>| match stretch {
        Some(stretch) => next.blocking_send(stretch).map_err(|_| anyhow::anyhow!("nobody waits for it any more")),
        None => Ok(()),
    };
    speech::listen(file, limits, models, &mut |heard| match heard {
        Heard::Nucleus(at) => {
            stretches.nucleus(at);
            Ok(())
        }
        Heard::Segment(segment) => pass_on(stretches.segment(&segment)),
    })?;
    pass_on(stretches.close())
}

#[async_trait]
impl Job for Transcribe {
    fn kind(&self) -> &'static str {
        transcription::JOB
    }

    async fn run(&self, job: &Claimed, hold: &Hold) -> anyhow::Result<()> {
        let (owner, id) = subject(job)?;
        let context = &self.context;
        let Some((session, _)) = sent(context, owner, id, Purpose::Transcription).await? else { return Ok(()) };
        let transcriber =
            self.transcriber.as_ref().ok_or_else(|| Hopeless("the service is not set any more".into()))?;
        let folder = self.place.bench()?;
        let file = folder.path().join("recording");
        let key = results::recording_key(&*context.objects, &session).await?;
        workplace::fetch(&*context.objects, &key, &file, |percent| hold.at(stage::FETCHING, percent)).await?;
        // From here on the file can bring the worker down, and must not do so for ever.
        hold.count();
        let Some(rewritten) = self.written(transcriber, &session, file, hold).await? else { return Ok(()) };
        hold.renew().await?;
        if workplace::keep(context, &session, &objects::words_key(id), &rewritten).await? {
            context.queue.enqueue(rescore::of(owner, id)).await?;
            tracing::info!(session = %id, phrases = rewritten.phrases.len(), "another recognizer wrote a session down");
        }
        Ok(())
    }
}
