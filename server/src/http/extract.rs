//! Extractors for bodies and ids, whose refusals are problem documents.

use crate::http::app::App;
use crate::http::error::{Error, Result};
use crate::live::Participant;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A JSON body of at most `limits.json_bytes`.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, app: &App) -> Result<Json<T>> {
        if !has_type(request.headers(), "application/json") {
            return Err(Error::UnsupportedMedia { expected: "application/json" });
        }
        let bytes = read(request.into_body(), app.context.config.limits.json_bytes).await?;
        serde_json::from_slice(&bytes).map(Json).map_err(|error| match error.classify() {
            serde_json::error::Category::Data => Error::Unprocessable(format!("the body does not fit: {error}")),
            _ => Error::BadRequest(format!("the body is not JSON: {error}")),
        })
    }
}

/// Returns whether the body's declared type is this one, parameters aside.
pub fn has_type(headers: &HeaderMap, expected: &str) -> bool {
    media_type(headers).is_some_and(|essence| essence == expected)
}

/// Returns the body's type without parameters, in lower case.
pub fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next()?.trim().to_ascii_lowercase())
}

/// How long a client may take to send a body.
const WITHIN: Duration = Duration::from_secs(30);

/// The whole body, if it is not larger than `limit`.
pub async fn read(body: Body, limit: usize) -> Result<Bytes> {
    if body.size_hint().lower() > limit as u64 {
        return Err(Error::TooLarge { limit });
    }
    let whole = tokio::time::timeout(WITHIN, axum::body::to_bytes(body, limit)).await;
    let whole = whole.map_err(|_| Error::Timeout(format!("the body did not come within {} s", WITHIN.as_secs())))?;
    whole.map_err(|error| {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(error) = cause {
            if error.is::<http_body_util::LengthLimitError>() {
                return Error::TooLarge { limit };
            }
            cause = error.source();
        }
        Error::BadRequest("the body broke off".into())
    })
}

/// Query parameters.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Query<T>> {
        let found: std::result::Result<axum::extract::Query<T>, QueryRejection> =
            axum::extract::Query::try_from_uri(&parts.uri);
        found.map(|query| Query(query.0)).map_err(|error| Error::BadRequest(error.body_text()))
    }
}

/// The id of a publishing, which cannot be guessed.
pub struct Resource(pub String);

impl FromRequestParts<App> for Resource {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Resource> {
        type Two = axum::extract::Path<(String, String)>;
        let path: std::result::Result<Two, PathRejection> = Two::from_request_parts(parts, app).await;
        path.map(|path| Resource(path.0.1)).map_err(|_| Error::NotFound("publishing"))
    }
}

/// A viewing of a participant, as the path names it: who is watched, and its id where the path has one.
pub struct Viewing {
    pub of: Participant,
    /// The path up to the participant.
    endpoint: String,
    /// Cannot be guessed. Empty in a path without it.
    pub resource: String,
}

impl Viewing {
    /// Returns the path that offers are posted to.
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }
}

impl FromRequestParts<App> for Viewing {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Viewing> {
        let path = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Error::NotFound("viewing"))?;
        let value = |name: &str| path.iter().find(|(key, _)| *key == name).map(|(_, value)| value);
        let of = match value("participant") {
            Some("candidate") => Participant::Candidate,
            Some("interviewer") => Participant::Interviewer,
            _ => return Err(Error::NotFound("participant")),
        };
        let below = parts.uri.path().split_inclusive('/').take(6).collect::<String>();
        let endpoint = below.trim_end_matches('/').to_owned();
        Ok(Viewing { of, endpoint, resource: value("resource").unwrap_or_default().to_owned() })
    }
}
