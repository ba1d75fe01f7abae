//! Extracts the person who makes a request.

use super::app::App;
use super::error::Error;
use crate::auth::{Mode, Viewer};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

impl FromRequestParts<App> for Viewer {
    type Rejection = Error;

    async fn from_request_parts(_: &mut Parts, app: &App) -> Result<Viewer, Error> {
        let Mode::Personal(user) = app.mode;
        Ok(Viewer { user })
    }
}
