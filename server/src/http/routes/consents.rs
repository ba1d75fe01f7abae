//! The consent text, and who agreed to it.

use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Asks, act};
use crate::session::consent::{SECTIONS, Section, TITLE, VERSION};
use crate::store::consents::{self, Consent};
use crate::uploads;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use coach_core::UserId;
use serde::{Deserialize, Serialize};

#[derive(Serialize, utoipa::ToSchema)]
pub struct Text {
    pub version: &'static str,
    pub title: &'static str,
    pub sections: &'static [Section],
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConsentRequest)]
pub struct Accept {
    /// The version that the person read. It must be the one in force.
    pub version: String,
}

/// Returns the consent text in force.
#[utoipa::path(get, operation_id = "consents_text", path = "/api/consent", tag = "person", responses((status = 200, body = Text)))]
pub async fn text() -> Json<Text> {
    Json(Text { version: VERSION, title: TITLE, sections: SECTIONS })
}

/// Records that the person agrees to the text.
#[utoipa::path(post, operation_id = "consents_accept", path = "/api/consents", tag = "person", request_body = Accept,
    responses((status = 201, body = Consent), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn accept(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Body(accept): Body<Accept>,
) -> Result<(StatusCode, Json<Consent>)> {
    if accept.version != VERSION {
        return Err(Error::Conflict(format!("the text in force is version {VERSION:?}: read GET /api/consent again")));
    }
    // A second agreement to the same version changes nothing and is not stored.
    let consent = match consents::latest(&app.context.db, viewer.user).await? {
        Some(given) if given.version == VERSION => given,
        _ => consents::accept(&app.context.db, viewer.user, VERSION).await?,
    };
    Ok((StatusCode::CREATED, Json(consent)))
}

/// Withdraws the agreement: running recordings end at once, uploads under way are given up, and nothing more is recorded. Stored
/// sessions stay until they are deleted.
#[utoipa::path(delete, operation_id = "consents_withdraw", path = "/api/consents", tag = "person", responses((status = 204), (status = 503, body = Problem)))]
pub async fn withdraw(State(app): State<App>, Asks { viewer, .. }: Asks<act::Use>) -> Result<StatusCode> {
    consents::withdraw(&app.context.db, viewer.user).await?;
    app.live.withdraw(viewer.user).await;
    uploads::close_all(&app.context, viewer.user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses with 403 unless the person agreed to the text in force.
pub async fn require(app: &App, user: UserId) -> Result<()> {
    if given(app, user).await? { Ok(()) } else { Err(Error::Consent { version: VERSION }) }
}

/// Returns whether the person agrees to the text in force.
pub async fn given(app: &App, user: UserId) -> Result<bool> {
    Ok(consents::latest(&app.context.db, user).await?.is_some_and(|consent| consent.version == VERSION))
}
