//! The browsers in which the person is signed in.

use crate::auth::By;
use crate::clock::now_us;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::viewer::{Asks, act};
use crate::store::people::audit;
use crate::store::people::logins::{self, Browser};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Serialize;
use uuid::Uuid;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Browsers {
    /// The last used first.
    pub browsers: Vec<Browser>,
    /// The one that asks; `null`: it is not signed in, because the server has one person.
    pub this: Option<Uuid>,
}

/// The browsers in which the person is signed in.
#[utoipa::path(get, operation_id = "browsers_list", path = "/api/browsers", tag = "person",
    responses((status = 200, body = Browsers), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(State(app): State<App>, Asks { viewer, .. }: Asks<act::Account>) -> Result<Json<Browsers>> {
    let idle_us = app.context.config.auth.idle_us();
    let browsers = logins::list(&app.context.db, viewer.user, now_us(), idle_us).await?;
    let this = match viewer.by {
        By::Login(id) => Some(id),
        By::Personal | By::Token { .. } => None,
    };
    Ok(Json(Browsers { browsers, this }))
}

/// Signs a browser out.
#[utoipa::path(delete, operation_id = "browsers_end", path = "/api/browsers/{browser}", tag = "person", params(("browser" = Uuid, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn end(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Account>,
    Path(browser): Path<String>,
) -> Result<StatusCode> {
    let id: Uuid = browser.parse().map_err(|_| Error::NotFound("browser"))?;
    logins::end(&app.context.db, viewer.user, id).await?.ok_or(Error::NotFound("browser"))?;
    audit::add(&app.context.db, viewer.user, audit::What::SignedOut, None, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
