//! Lets a language model read what was said in a session, where its owner agreed.

use super::{failed, sent};
use crate::context::Context;
use crate::jobs::workplace::keep;
use crate::jobs::{Hold, Hopeless, Job, subject};
use crate::objects::{self, blocking};
use crate::providers::Purpose;
use crate::providers::review::{self, Answered, Reviewer};
use crate::store::jobs::Claimed;
use anyhow::Context as _;
use async_trait::async_trait;
use coach_core::SessionId;
use coach_core::journal::Phrase;
use coach_core::report::Report;
use coach_insight::said::is_certain;
use std::io::Read as _;

pub struct Review {
    context: Context,
    reviewer: Option<Reviewer>,
}

impl Review {
    /// # Errors
    /// The service's client cannot be made.
    pub fn new(context: Context) -> anyhow::Result<Review> {
        let reviewer = Reviewer::new(&context.config.providers)?;
        Ok(Review { context, reviewer })
    }

    async fn report(&self, id: SessionId) -> anyhow::Result<Report> {
        let reading =
            self.context.objects.read(&objects::report_key(id)).await?.context("the report is not in the store")?;
        let mut from = blocking(reading);
        let text = tokio::task::spawn_blocking(move || {
            let mut text = Vec::new();
            from.read_to_end(&mut text).map(|_| text)
        });
        serde_json::from_slice(&text.await??).context("the report cannot be read")
    }
}

#[async_trait]
impl Job for Review {
    fn kind(&self) -> &'static str {
        review::JOB
    }

    async fn run(&self, job: &Claimed, hold: &Hold) -> anyhow::Result<()> {
        let (owner, id) = subject(job)?;
        let Some((session, _)) = sent(&self.context, owner, id, Purpose::Review).await? else { return Ok(()) };
        let reviewer = self.reviewer.as_ref().ok_or_else(|| Hopeless("the service is not set any more".into()))?;
        let report = self.report(id).await?;
        // What is uncertain is sent to nobody: a claim about it would rest on nothing.
        let said: Vec<Vec<&Phrase>> = report
            .answers
            .iter()
            .map(|answer| {
                let within = |p: &&Phrase| is_certain(p) && p.start >= answer.start && p.start < answer.end;
                report.transcript.iter().filter(within).collect()
            })
            .collect();
        if said.iter().all(Vec::is_empty) {
            tracing::info!(session = %id, "nothing is sent to be read: no word is certain");
            return Ok(());
        }
        let answered = |(answer, phrases)| {
            let answer: &coach_core::report::Answer = answer;
            // An interviewer's own question is theirs, and they were not asked.
            let question = answer.question.as_deref().filter(|_| answer.question_id.is_some());
            Answered { question, phrases }
        };
        let answers: Vec<Answered<'_>> =
            report.answers.iter().zip(said.iter().map(Vec::as_slice)).map(answered).collect();
        let review = reviewer.review(&answers).await.map_err(failed)?;
        hold.renew().await?;
        if keep(&self.context, &session, &objects::review_key(id), &review).await? {
            tracing::info!(session = %id, notes = review.notes.len(), dropped = review.dropped, "a language model has read a session");
        }
        Ok(())
    }
}
