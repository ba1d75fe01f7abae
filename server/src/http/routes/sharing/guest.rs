//! A session as guests of a link see it: opened once by the link's secret, then by a cookie, for a day and no longer than the link is good.

use super::links::called;
use super::visitor::{Guest, party, unknown};
use crate::auth::rights::Action;
use crate::clock::now_us;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::{Json as Body, Query};
use crate::http::routes::account::{cookie, sign_in::busy};
use crate::http::routes::session::recording::{self, Recording};
use crate::http::routes::session::report as reports;
use crate::http::routes::session::transcript::{self, TranscriptQuery};
use crate::http::viewer::{Address, act, too_many};
use crate::session::consent;
use crate::session::view::SessionView;
use crate::store::people::grants::Role;
use crate::store::people::{audit, users};
use crate::store::sessions::{self, Session};
use crate::store::sharing::links::{self, Opens};
use crate::store::sharing::visits::{self, VISIT_US};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use uuid::Uuid;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenLink {
    /// The secret of the link.
    pub link: String,
    /// What the owner told the guest, where the link asks for it.
    #[serde(default)]
    pub passphrase: Option<String>,
    /// How the guest is called, at most 80 characters; the owner sees it.
    #[serde(default)]
    pub name: Option<String>,
}

/// A session that a link shows.
#[derive(Serialize, utoipa::ToSchema)]
pub struct GuestView {
    /// The link's id, which the other requests name.
    pub link: Uuid,
    /// Who shows the session; `null`: they have no name here.
    pub owner_name: Option<String>,
    /// Whether scores and report are shown.
    pub scores: bool,
    /// Whether comments are seen and written.
    pub comments: bool,
    /// When the link ends: microseconds since 1970 (UTC).
    pub expires_us: i64,
    /// How the guest is called; `null`: they did not say.
    pub name: Option<String>,
    /// As what the guest is let into the live session; `null`: the link shows the recording.
    pub role: Option<Role>,
    /// Whether the guest agreed to the text in force on what is recorded of an interviewer.
    pub agreed: bool,
    pub session: SessionView,
}

/// Opens a link: the answer's cookie lets the browser see the session for a day. A browser that has the cookie is not asked for the
/// passphrase again.
#[utoipa::path(post, operation_id = "guest_open", path = "/api/guest", tag = "guests", request_body = OpenLink,
    responses((status = 200, body = GuestView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem), (status = 503, body = Problem)))]
pub async fn open(
    State(app): State<App>,
    Address(from): Address,
    headers: HeaderMap,
    jar: CookieJar,
    Body(given): Body<OpenLink>,
) -> Result<(CookieJar, Json<GuestView>)> {
    let db = &app.context.db;
    let name = given.name.as_deref().map(called).transpose()?.flatten();
    let Some(link) = links::find(db, &given.link, now_us()).await? else {
        metrics::counter!("coach_credentials_refused_total").increment(1);
        tracing::warn!(%from, "a link was refused: unknown, expired or ended");
        app.attempts.refused(from).map_err(too_many)?;
        return Err(unknown());
    };
    let session = sessions::get(db, link.owner(), link.session()).await?.ok_or_else(unknown)?;
    if let Some(secret) = cookie::guest(&app, &headers, link.id)
        && let Some(guest) = visits::find(db, link.id, &secret, now_us()).await?
    {
        return Ok((jar, Json(view(&app, session, guest).await?)));
    }
    app.attempts.begin(from).map_err(too_many)?;
    let_in(&app, from, &link, given.passphrase).await?;
    let Some((visit, secret)) = visits::begin(db, &link, name.as_deref(), now_us()).await? else {
        return Err(Error::Forbidden("this link was opened as often as a link can be; ask for a new one".into()));
    };
    audit::add(db, link.owner(), audit::What::LinkOpened, Some(session.id), None).await?;
    tracing::info!(session = %session.id, link = %link.id, %visit, "a link was opened");
    let jar = cookie::let_in(&app, jar, link.id, secret, VISIT_US);
    Ok((jar, Json(view(&app, session, visits::Guest { visit, name, consent: None, link }).await?)))
}

/// Refuses whoever does not know the passphrase of a link that has one. Whoever sends wrong ones is slowed, and then not told a right
/// one from a wrong one.
async fn let_in(app: &App, from: IpAddr, link: &Opens, given: Option<String>) -> Result<()> {
    if link.passphrase.is_none() {
        return Ok(());
    }
    let Some(given) = given else { return Err(Error::Passphrase("this link asks for a passphrase")) };
    app.passphrases.take(link.id, from, now_us()).map_err(too_many)?;
    let verified = app.passwords.verify(given, link.passphrase.clone()).await;
    if !matches!(verified, Ok(false)) {
        app.passphrases.give_back(link.id, from);
    }
    if verified.map_err(busy)? {
        return Ok(());
    }
    tracing::warn!(%from, link = %link.id, "a link was refused: another passphrase");
    Err(Error::Passphrase("the passphrase is wrong"))
}

pub(in crate::http) async fn view(app: &App, session: Session, guest: visits::Guest) -> Result<GuestView> {
    let visits::Guest { link, name, consent, .. } = guest;
    let owner = users::get(&app.context.db, link.owner()).await?;
    let session = SessionView::load(&app.context.db, session).await?;
    let shown = party(&link).may(Action::Report);
    Ok(GuestView {
        link: link.id,
        owner_name: owner.and_then(|owner| owner.name),
        scores: link.scores,
        comments: link.comments,
        expires_us: link.expires_us,
        name,
        role: link.role(),
        agreed: consent.as_deref() == Some(consent::room::VERSION),
        session: if shown { session.of_another() } else { session.without_scores() },
    })
}

/// The session that a link shows, for a browser that opened it.
#[utoipa::path(get, operation_id = "guest_session", path = "/api/guest/{link}", tag = "guests", params(("link" = Uuid, Path)),
    responses((status = 200, body = GuestView), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn session(State(app): State<App>, seen: Guest<act::See>) -> Result<Json<GuestView>> {
    Ok(Json(view(&app, seen.session, seen.guest).await?))
}

/// A link to the recording, good for 30 s: a link that was ended ends with it.
#[utoipa::path(get, operation_id = "guest_recording", path = "/api/guest/{link}/recording", tag = "guests", params(("link" = Uuid, Path)),
    responses((status = 200, body = Recording), (status = 404, body = Problem), (status = 409, body = Problem), (status = 429, body = Problem)))]
pub async fn recording(State(app): State<App>, seen: Guest<act::Review>) -> Result<Json<Recording>> {
    let seconds = app.context.config.storage.presign_s.min(recording::SHARED_S);
    Ok(Json(recording::signed(&app, &seen.session, seconds).await?))
}

/// What was said, as WebVTT, SubRip or plain text.
#[utoipa::path(get, operation_id = "guest_transcript", path = "/api/guest/{link}/transcript", tag = "guests",
    params(("link" = Uuid, Path), TranscriptQuery),
    responses((status = 200, content_type = "text/vtt", body = String), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 429, body = Problem)))]
pub async fn transcript(
    State(app): State<App>,
    seen: Guest<act::Review>,
    Query(query): Query<TranscriptQuery>,
) -> Result<Response> {
    transcript::written(&app, &seen.session, query.format.unwrap_or_default()).await
}

/// The report, where the owner shows it.
#[utoipa::path(get, operation_id = "guest_report", path = "/api/guest/{link}/report", tag = "guests", params(("link" = Uuid, Path)),
    responses((status = 200, body = coach_core::report::Report), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 429, body = Problem)))]
pub async fn report(State(app): State<App>, seen: Guest<act::Report>) -> Result<Response> {
    reports::whole(&app, &seen.session).await
}
