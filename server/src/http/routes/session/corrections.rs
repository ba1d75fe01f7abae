//! What the owner of a session corrects of its words. The report and what rests on it follow soon after.

use super::report::ready;
use super::transcript::said;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Seen, act};
use crate::jobs::rescore;
use crate::store::jobs;
use crate::store::reports::corrections::{self, Correction};
use crate::store::sessions::Session;
use axum::Json;
use axum::extract::{Path, State};
use coach_core::journal::Phrase;
use coach_core::{MediaTime, SessionId};
use coach_insight::revision::most_words;
use serde::{Deserialize, Serialize};

/// Most characters of a phrase.
const TEXT_MAX: usize = 2000;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Corrections {
    /// In order of time.
    pub corrections: Vec<Correction>,
    /// Whether the report is still to be computed with them.
    pub pending: bool,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CorrectionRequest)]
pub struct Wish {
    /// What was said: 1 to 2000 characters, and no more words than can be said in the time of the phrase.
    pub text: String,
}

/// What the owner corrected of the words of a session.
#[utoipa::path(get, operation_id = "corrections_list", path = "/api/sessions/{id}/corrections", tag = "sessions",
    params(("id" = SessionId, Path)),
    responses((status = 200, body = Corrections), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn list(State(app): State<App>, Seen { session, .. }: Seen<act::Change>) -> Result<Json<Corrections>> {
    Ok(Json(now(&app, &session).await?))
}

async fn now(app: &App, session: &Session) -> Result<Corrections> {
    let (db, owner, id) = (&app.context.db, session.owner, session.id);
    let pending = jobs::pending(db, owner, id, rescore::KIND).await?;
    Ok(Corrections { corrections: corrections::list(db, owner, id).await?, pending })
}

/// Says what was said in a phrase, which `start_ms` names. What was recognized is kept beside it, and everything that rests on the words is
/// computed again.
#[utoipa::path(put, operation_id = "corrections_set", path = "/api/sessions/{id}/corrections/{start_ms}", tag = "sessions",
    params(("id" = SessionId, Path), ("start_ms" = i64, Path, description = "The start of the phrase")), request_body = Wish,
    responses((status = 200, body = Corrections), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn set(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Change>,
    Path((_, start_ms)): Path<(String, String)>,
    Body(wish): Body<Wish>,
) -> Result<Json<Corrections>> {
    ready(&session)?;
    let start_ms = place(&start_ms)?;
    let text = plain(&wish.text)?;
    let phrases = said(&app, &session).await?;
    let phrase = phrases.iter().find(|phrase| phrase.start == MediaTime(start_ms)).ok_or(Error::NotFound("phrase"))?;
    can_be_said(&text, phrase)?;
    let (owner, id, correction) = (session.owner, session.id, Correction { start_ms, text });
    if !corrections::set(&app.context.db, owner, id, &correction, rescore::of(owner, id)).await? {
        return Err(Error::NotFound("session"));
    }
    app.context.queue.signal.notify_waiters();
    tracing::info!(session = %session.id, start_ms, "a phrase was corrected");
    Ok(Json(now(&app, &session).await?))
}

/// Takes a correction back: what was recognized counts again.
#[utoipa::path(delete, operation_id = "corrections_delete", path = "/api/sessions/{id}/corrections/{start_ms}", tag = "sessions",
    params(("id" = SessionId, Path), ("start_ms" = i64, Path, description = "The start of the phrase")),
    responses((status = 200, body = Corrections), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn delete(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Change>,
    Path((_, start_ms)): Path<(String, String)>,
) -> Result<Json<Corrections>> {
    let start_ms = place(&start_ms)?;
    let (owner, id) = (session.owner, session.id);
    if !corrections::delete(&app.context.db, owner, id, start_ms, rescore::of(owner, id)).await? {
        return Err(Error::NotFound("correction"));
    }
    app.context.queue.signal.notify_waiters();
    tracing::info!(session = %session.id, start_ms, "a correction was taken back");
    Ok(Json(now(&app, &session).await?))
}

fn place(start_ms: &str) -> Result<i64> {
    start_ms.parse().map_err(|_| Error::NotFound("phrase"))
}

/// Returns the text with single spaces.
fn plain(text: &str) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() || text.chars().count() > TEXT_MAX || text.chars().any(char::is_control) {
        return Err(Error::Unprocessable(format!("a phrase has 1 to {TEXT_MAX} plain characters")));
    }
    Ok(text)
}

fn can_be_said(text: &str, phrase: &Phrase) -> Result<()> {
    let most = most_words(phrase.end - phrase.start);
    if text.split(' ').count() > most {
        return Err(Error::Unprocessable(format!("nobody says more than {most} words in the time of this phrase")));
    }
    Ok(())
}
