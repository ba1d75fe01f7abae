//! What an interviewer agrees to before they are recorded.

use crate::clock::now_us;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::routes::consents::Text;
use crate::http::routes::sharing::links::called;
use crate::http::routes::sharing::visitor::Guest;
use crate::http::viewer::act;
use crate::session::consent::room::{SECTIONS, TITLE, VERSION};
use crate::store::sharing::visits;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoomConsentRequest)]
pub struct Agree {
    /// The version that the person read. It must be the one in force.
    pub version: String,
    /// How the person is called, at most 80 characters; the candidate sees it.
    #[serde(default)]
    pub name: Option<String>,
}

/// Returns the text that an interviewer agrees to.
#[utoipa::path(get, operation_id = "room_consent_text", path = "/api/consent/room", tag = "guests", responses((status = 200, body = Text)))]
pub async fn text() -> Json<Text> {
    Json(Text { version: VERSION, title: TITLE, sections: SECTIONS })
}

/// Records that an interviewer agrees to be recorded.
#[utoipa::path(post, operation_id = "room_consent", path = "/api/guest/{link}/consent", tag = "guests", params(("link" = Uuid, Path)),
    request_body = Agree,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn agree(
    State(app): State<App>,
    seen: Guest<act::Interview>,
    Body(given): Body<Agree>,
) -> Result<StatusCode> {
    if given.version != VERSION {
        return Err(Error::Conflict(format!(
            "the text in force is version {VERSION:?}: read GET /api/consent/room again"
        )));
    }
    let name = given.name.as_deref().map(called).transpose()?.flatten();
    let (owner, visit) = (seen.session.owner, seen.guest.visit);
    visits::agree(&app.context.db, owner, visit, VERSION, name.as_deref(), now_us()).await?;
    Ok(StatusCode::NO_CONTENT)
}
