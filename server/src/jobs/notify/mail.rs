//! Mail to people who have an account here: an invitation, a link to set a password anew, a comment on a session.
//!
//! A letter holds no media, no scores and no text of a comment. Links with a secret are made when the letter is sent, so that no row
//! of the queue holds one.

use crate::clock::{DAY_US, now_us};
use crate::context::Context;
use crate::jobs::{Hold, Hopeless, Job};
use crate::store::jobs::{Claimed, NewJob};
use crate::store::people::identities::{self, LOCAL};
use crate::store::people::{passwords, users};
use crate::store::sessions;
use anyhow::Context as _;
use async_trait::async_trait;
use coach_core::{SessionId, UserId};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub const KIND: &str = "mail";
/// How long an invitation is good, days.
const INVITATION_DAYS: i64 = 7;
/// How long a link to set a password anew is good that somebody asked for on the page, microseconds.
const RESET_US: i64 = 3_600_000_000;
/// Comments on a session within this time are told of by one letter, microseconds.
const COMMENTS_US: i64 = 5 * 60 * 1_000_000;
/// How long the SMTP server may take to answer.
const ANSWER: Duration = Duration::from_secs(20);

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// The job's owner sets a first password.
    Invitation,
    /// Whoever has this name, if anybody has it, sets a password anew.
    Reset { name: String },
    /// Somebody commented on the job's session.
    Commented,
}

/// Returns the job of an invitation.
pub fn invitation(person: UserId) -> NewJob<'static> {
    job(&Letter::Invitation, Some(person), None, now_us())
}

/// Returns the job of a link to set a password anew for whoever has this name.
pub fn reset(name: &str) -> NewJob<'static> {
    job(&Letter::Reset { name: name.to_owned() }, None, None, now_us())
}

/// Returns the job that tells the owner of comments on a session; one at a time is queued.
pub fn commented(owner: UserId, session: SessionId) -> NewJob<'static> {
    job(&Letter::Commented, Some(owner), Some(session), now_us() + COMMENTS_US)
}

fn job(letter: &Letter, owner: Option<UserId>, session: Option<SessionId>, run_at_us: i64) -> NewJob<'static> {
    let payload = serde_json::to_value(letter).unwrap_or_default();
    NewJob { kind: KIND, owner, session, payload, priority: 0, max_attempts: 12, run_at_us }
}

/// A letter as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Written {
    to: String,
    subject: &'static str,
    text: String,
}

/// Sends letters.
pub struct Mail {
    context: Context,
    transport: Option<AsyncSmtpTransport<Tokio1Executor>>,
}

impl Mail {
    /// # Errors
    /// The configured address cannot be read.
    pub fn new(context: Context) -> anyhow::Result<Mail> {
        let config = &context.config.mail;
        let transport = match &config.url {
            Some(url) => {
                // The error may repeat the address, and with it a password.
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url);
                let mut builder =
                    builder.map_err(|_| anyhow::anyhow!("mail.url cannot be used"))?.timeout(Some(ANSWER));
                let name = url.parse::<axum::http::Uri>().ok().and_then(|uri| {
                    let authority = uri.authority()?.as_str().rsplit_once('@')?.0.to_owned();
                    Some(authority.split(':').next().unwrap_or_default().to_owned())
                });
                if let (Some(name), Some(password)) = (name, config.password.clone()) {
                    builder = builder.credentials(Credentials::new(name, password));
                }
                Some(builder.build())
            }
            None => None,
        };
        Ok(Mail { context, transport })
    }

    /// Writes the letter of a job; `None`: there is nobody to write to, or nothing to tell any more.
    async fn written(&self, job: &Claimed, letter: Letter) -> anyhow::Result<Option<Written>> {
        let db = &self.context.db;
        match letter {
            Letter::Invitation => {
                let Some(person) = job.owner else { return Ok(None) };
                self.password(person, INVITATION_DAYS * DAY_US, "You are invited to the Interview Coach", "7 days")
                    .await
            }
            Letter::Reset { name } => {
                let Some(person) = identities::find(db, LOCAL, &name).await? else { return Ok(None) };
                self.password(person, RESET_US, "Set a new password for the Interview Coach", "an hour").await
            }
            Letter::Commented => {
                let (Some(owner), Some(id)) = (job.owner, job.session) else { return Ok(None) };
                let Some(session) = sessions::get(db, owner, id).await? else { return Ok(None) };
                let Some(account) = users::get(db, owner).await? else { return Ok(None) };
                let Some(to) = account.email.filter(|_| account.disabled_us.is_none()) else { return Ok(None) };
                let base = self.context.config.http.base_url();
                let question =
                    session.questions.first().map(|question| format!(" ({})", question.text)).unwrap_or_default();
                let text = format!(
                    "Somebody has commented on your session{question}.\n\nRead it here:\n{base}/sessions/{id}\n"
                );
                Ok(Some(Written { to, subject: "A comment on your session", text }))
            }
        }
    }

    async fn password(
        &self,
        person: UserId,
        good_us: i64,
        subject: &'static str,
        good: &str,
    ) -> anyhow::Result<Option<Written>> {
        let db = &self.context.db;
        let account = users::get(db, person).await?.filter(|account| account.disabled_us.is_none());
        let Some(to) = account.and_then(|account| account.email) else { return Ok(None) };
        let secret = passwords::link(db, person, now_us() + good_us).await?;
        let base = self.context.config.http.base_url();
        let text = format!(
            "By this link you set a password:\n{base}/password#{secret}\n\nIt is good once and for {good}. Whoever has it sets the password, so \
             pass it on to nobody. If you did not ask for it, leave it alone: nothing changes.\n"
        );
        Ok(Some(Written { to, subject, text }))
    }

    fn message(&self, written: &Written) -> anyhow::Result<Message> {
        let hopeless = |what: &str| Hopeless(what.to_owned());
        let from: Mailbox = self
            .context
            .config
            .mail
            .from
            .as_deref()
            .unwrap_or_default()
            .parse()
            .map_err(|_| hopeless("mail.from is no address"))?;
        let to: Mailbox = written.to.parse().map_err(|_| hopeless("the person's address takes no mail"))?;
        let message = Message::builder().from(from).to(to).subject(written.subject).header(ContentType::TEXT_PLAIN);
        Ok(message.body(written.text.clone()).map_err(|_| hopeless("the letter cannot be written"))?)
    }
}

#[async_trait]
impl Job for Mail {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: &Claimed, _: &Hold) -> anyhow::Result<()> {
        let Some(transport) = &self.transport else {
            return Err(Hopeless("no mail is sent: mail.url is not set".into()).into());
        };
        let letter: Letter =
            serde_json::from_value(job.payload.clone()).map_err(|error| Hopeless(error.to_string()))?;
        let Some(written) = self.written(job, letter).await? else { return Ok(()) };
        let message = self.message(&written)?;
        match transport.send(message).await {
            Ok(_) => {
                metrics::counter!("coach_mails_total", "outcome" => "sent").increment(1);
                tracing::info!(job = %job.id, "a mail was sent");
                Ok(())
            }
            Err(error) if error.is_permanent() => {
                metrics::counter!("coach_mails_total", "outcome" => "refused").increment(1);
                Err(Hopeless("the mail server refuses this mail for good".into()).into())
            }
            Err(error) => Err(anyhow::Error::new(error)).context("the mail was not sent"),
        }
    }
}
