//! Sessions: made, listed, looked at, deleted, marked as the reference.

use super::consents;
use crate::auth::rights::{Action, Party};
use crate::clock::{DAY_US, now_us};
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::{Json as Body, Query};
use crate::http::viewer::{Asks, Seen, act};
use crate::jobs::erase;
use crate::recording::spool::Spool;
use crate::session::Event;
use crate::session::hints;
use crate::session::view::SessionView;
use crate::store::jobs::NewJob;
use crate::store::people::audit;
use crate::store::questions;
use crate::store::reports::{self, Summary};
use crate::store::sessions::{self, AskedQuestion, NewSession, Quota, Session, Source};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use coach_core::SessionId;
use coach_core::journal::{Capture, HintSettings};
use serde::{Deserialize, Serialize};

/// Questions in one session at most.
const QUESTIONS_MAX: usize = 5;
/// Largest width and height of the video, pixels.
const SIDE_MAX: u32 = 8192;
/// Sessions on one page of the list.
const PAGE: i64 = 20;
const PAGE_MAX: i64 = 100;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSession {
    /// Ids of 1 to 5 questions in the order they are asked; a file that is uploaded answers one.
    pub questions: Vec<String>,
    /// Where the media comes from; without it, live.
    #[serde(default)]
    pub source: Source,
    /// The hints wanted; without it, the server's.
    pub hints: Option<HintSettings>,
    /// The settings that the browser really applied.
    pub capture: Option<Capture>,
}

/// Makes a session. The consent in force must have been given.
#[utoipa::path(post, operation_id = "sessions_create", path = "/api/sessions", tag = "sessions", request_body = CreateSession,
    responses((status = 201, body = SessionView), (status = 403, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem), (status = 503, body = Problem)))]
pub async fn create(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Body(wish): Body<CreateSession>,
) -> Result<Response> {
    consents::require(&app, viewer.user).await?;
    app.live.admits().map_err(|detail| Error::Unavailable { detail, retry_after_s: 60 })?;
    let bank = questions::list(&app.context.db, viewer.user).await?;
    let questions = choose(&bank, &wish.questions)?;
    if wish.source == Source::Upload && questions.len() > 1 {
        return Err(Error::Unprocessable("an uploaded recording answers one question".into()));
    }
    let hints = match wish.hints {
        Some(settings) => checked(settings)?,
        None => app.context.config.hints.settings(hints::all().map(|hint| hint.id)),
    };
    let capture = wish.capture.unwrap_or_default();
    if capture.width > SIDE_MAX || capture.height > SIDE_MAX {
        return Err(Error::Unprocessable(format!("a video is at most {SIDE_MAX} pixels wide and high")));
    }
    let new = NewSession { source: wish.source, questions, hints, capture, affect: app.context.config.affect.enabled };
    let most = app.context.config.limits.sessions_per_day;
    let quota = Quota { since_us: now_us() - DAY_US, most: i64::from(most) };
    let session = sessions::create(&app.context.db, viewer.user, new, quota).await?.ok_or_else(|| {
        let detail = format!("{most} sessions were made within a day, which is as many as one person may make");
        Error::TooMany { detail, retry_after_s: 3600 }
    })?;
    tracing::info!(session = %session.id, questions = session.questions.len(), "a session was made");
    let location = HeaderValue::from_str(&format!("/api/sessions/{}", session.id)).map_err(anyhow::Error::new)?;
    let view = SessionView::new(session, Summary::default());
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(view)).into_response())
}

fn choose(bank: &[questions::Question], ids: &[String]) -> Result<Vec<AskedQuestion>> {
    if ids.is_empty() || ids.len() > QUESTIONS_MAX {
        return Err(Error::Unprocessable(format!("a session has 1 to {QUESTIONS_MAX} questions")));
    }
    if ids.iter().enumerate().any(|(i, id)| ids[..i].contains(id)) {
        return Err(Error::Unprocessable("a question is asked once".into()));
    }
    ids.iter()
        .map(|id| {
            let found = bank.iter().find(|question| question.id == *id);
            let unknown =
                || Error::Unprocessable(format!("there is no question {:?}", id.chars().take(64).collect::<String>()));
            found.cloned().map(AskedQuestion::from).ok_or_else(unknown)
        })
        .collect()
}

fn checked(mut settings: HintSettings) -> Result<HintSettings> {
    if let Some(unknown) = settings.enabled.iter().find(|id| !hints::known(id)) {
        return Err(Error::Unprocessable(format!(
            "there is no hint {:?}",
            unknown.chars().take(64).collect::<String>()
        )));
    }
    if !(4_000..=600_000).contains(&settings.budget_ms) {
        return Err(Error::Unprocessable("hints.budget_ms must be 4000 to 600000".into()));
    }
    settings.enabled.sort();
    settings.enabled.dedup();
    Ok(settings)
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// 1 to 100; 20 without it.
    limit: Option<i64>,
    /// The `next` of the page before.
    before: Option<SessionId>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct Sessions {
    /// Newest first.
    pub sessions: Vec<SessionView>,
    /// `before` of the next page; `null`: this is the last.
    pub next: Option<SessionId>,
}

/// The person's sessions, newest first.
#[utoipa::path(get, operation_id = "sessions_list", path = "/api/sessions", tag = "sessions", params(Page),
    responses((status = 200, body = Sessions), (status = 400, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Query(page): Query<Page>,
) -> Result<Json<Sessions>> {
    let limit = page.limit.unwrap_or(PAGE);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(Error::BadRequest(format!("limit must be 1 to {PAGE_MAX}")));
    }
    // One more than is shown tells whether there is a next page.
    let mut rows = sessions::list(&app.context.db, viewer.user, page.before, limit + 1).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|last| last.id);
    let mut summaries = match (rows.last(), rows.first()) {
        (Some(oldest), Some(newest)) => reports::summaries(&app.context.db, viewer.user, oldest.id, newest.id).await?,
        _ => Default::default(),
    };
    let view = |session: Session| {
        let summary = summaries.remove(&session.id).unwrap_or_default();
        SessionView::new(session, summary)
    };
    Ok(Json(Sessions { sessions: rows.into_iter().map(view).collect(), next }))
}

/// One session.
#[utoipa::path(get, operation_id = "sessions_get", path = "/api/sessions/{id}", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = SessionView), (status = 404, body = Problem)))]
pub async fn get(State(app): State<App>, Seen { session, party, .. }: Seen<act::See>) -> Result<Json<SessionView>> {
    let view = SessionView::load(&app.context.db, session).await?;
    Ok(Json(match party {
        Party::Owner => view,
        _ if party.may(Action::Report) => view.of_another(),
        _ => view.without_scores(),
    }))
}

/// What went with a deleted session.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Deleted {
    /// Objects that were removed from the object store: recording, journal, report, poster, parts; `null`: removed later.
    pub objects: Option<usize>,
    /// Rows of the session, its answers, scores and hints are gone; false: removed later. Nobody sees them in any case.
    pub rows: bool,
    /// Files that were not in the object store yet are gone.
    pub spool: bool,
}

/// Deletes a session for good: recording, journal, report, scores. 202: nobody sees it any more, the rest is removed as soon as
/// the object store answers.
#[utoipa::path(delete, operation_id = "sessions_delete", path = "/api/sessions/{id}", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Deleted), (status = 202, body = Deleted), (status = 404, body = Problem)))]
pub async fn delete(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Change>,
) -> Result<(StatusCode, Json<Deleted>)> {
    // From here on nobody sees it, whatever happens to the rest.
    app.context.machine.apply(session.owner, session.id, Event::Deleted).await?;
    audit::add(&app.context.db, session.owner, audit::What::Deleted, None, None).await?;
    let spooled = Spool::of(&app.context.config.storage.spool(), session.id).folder().exists();
    app.live.forget(session.id).await;
    match erase::erase(&app.context, session.owner, session.id).await {
        Ok(erased) => {
            let spool = spooled || erased.spool;
            tracing::info!(session = %session.id, objects = erased.objects, spool, "a session was deleted");
            Ok((StatusCode::OK, Json(Deleted { objects: Some(erased.objects), rows: true, spool })))
        }
        Err(error) => {
            tracing::warn!(session = %session.id, error = format!("{error:#}"), "a deleted session is erased later");
            app.context.queue.enqueue(NewJob::of_session(erase::KIND, session.owner, session.id)).await?;
            Ok((StatusCode::ACCEPTED, Json(Deleted { objects: None, rows: false, spool: spooled })))
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Gold {
    pub gold: bool,
}

/// Marks a ready session as the reference answer of its questions, or takes the mark away.
#[utoipa::path(put, operation_id = "sessions_gold", path = "/api/sessions/{id}/gold", tag = "sessions", params(("id" = SessionId, Path)), request_body = Gold,
    responses((status = 200, body = SessionView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn gold(
    State(app): State<App>,
    Seen { mut session, .. }: Seen<act::Change>,
    Body(wish): Body<Gold>,
) -> Result<Json<SessionView>> {
    if !sessions::set_gold(&app.context.db, session.owner, session.id, wish.gold).await? {
        let detail = format!("only a ready session can be the reference, this one is {}", session.state.as_str());
        return Err(Error::State { state: session.state, detail });
    }
    session.gold = wish.gold;
    Ok(Json(SessionView::load(&app.context.db, session).await?))
}
