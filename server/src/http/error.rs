//! Errors as problem documents (RFC 9457): what went wrong, who caused it, what to do.

use super::trace;
use crate::session::{State, TransitionError};
use crate::uploads;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A problem document. `type` is `urn:coach:problem:` and a word that programs can rely on.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What went wrong here, and what to do.
    pub detail: String,
    /// With `state`: the state the session is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// The request: `urn:uuid:` and the id that the header `x-request-id` and the server's log have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// Why a request is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("{0}")]
    BadRequest(String),
    /// The request is well-formed, but its values are invalid.
    #[error("{0}")]
    Unprocessable(String),
    #[error("nothing is recorded before the consent text {version:?} is accepted: POST /api/consents")]
    Consent { version: &'static str },
    #[error("{detail}")]
    State { state: State, detail: String },
    #[error("{0}")]
    Conflict(String),
    /// The same request may succeed in a moment.
    #[error("{detail}")]
    NotYet { detail: String, retry_after_s: u32 },
    #[error("the body must be {expected}")]
    UnsupportedMedia { expected: &'static str },
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("this resource does not know {0}")]
    Method(String),
    /// The request does not prove a person.
    #[error("{0}")]
    SignIn(String),
    #[error("this server is not called {0:?}; if it should be, add the name to http.allowed_hosts")]
    Host(String),
    #[error("pages of another origin may not do this")]
    Origin,
    /// The person may not do this, or not by this credential.
    #[error("{0}")]
    Forbidden(String),
    /// The link asks for a passphrase, and none or another one was given.
    #[error("{0}")]
    Passphrase(&'static str),
    #[error("{detail}")]
    TooMany { detail: String, retry_after_s: u32 },
    /// The body did not arrive in time.
    #[error("{0}")]
    Timeout(String),
    #[error("{0}")]
    PreconditionRequired(String),
    #[error("{0}")]
    PreconditionFailed(String),
    #[error("{detail}")]
    Unavailable { detail: String, retry_after_s: u32 },
    #[error("something went wrong on the server; its log says what")]
    Internal(anyhow::Error),
}

impl Error {
    fn kind(&self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Error::NotFound(_) => (S::NOT_FOUND, "not-found", "Not found"),
            Error::BadRequest(_) => (S::BAD_REQUEST, "bad-request", "The request cannot be read"),
            Error::Unprocessable(_) => (S::UNPROCESSABLE_ENTITY, "unprocessable", "The request makes no sense"),
            Error::Consent { .. } => (S::FORBIDDEN, "consent", "Consent is missing"),
            Error::State { .. } => (S::CONFLICT, "state", "Not in this state"),
            Error::Conflict(_) => (S::CONFLICT, "conflict", "In conflict with something else"),
            Error::NotYet { .. } => (S::CONFLICT, "not-yet", "Not yet"),
            Error::UnsupportedMedia { .. } => (S::UNSUPPORTED_MEDIA_TYPE, "media-type", "The wrong type of body"),
            Error::TooLarge { .. } => (S::PAYLOAD_TOO_LARGE, "too-large", "The body is too large"),
            Error::Method(_) => (S::METHOD_NOT_ALLOWED, "method", "Not with this method"),
            Error::SignIn(_) => (S::UNAUTHORIZED, "sign-in", "Sign in first"),
            Error::Host(_) => (S::MISDIRECTED_REQUEST, "host", "Not this server"),
            Error::Origin => (S::FORBIDDEN, "origin", "A foreign page"),
            Error::Forbidden(_) => (S::FORBIDDEN, "forbidden", "Not allowed"),
            Error::Passphrase(_) => (S::FORBIDDEN, "passphrase", "A passphrase is asked for"),
            Error::Timeout(_) => (S::REQUEST_TIMEOUT, "timeout", "The request took too long"),
            Error::PreconditionRequired(_) => (S::PRECONDITION_REQUIRED, "precondition", "If-Match is missing"),
            Error::PreconditionFailed(_) => (S::PRECONDITION_FAILED, "precondition", "It has changed meanwhile"),
            Error::TooMany { .. } => (S::TOO_MANY_REQUESTS, "too-many", "Too many at once"),
            Error::Unavailable { .. } => (S::SERVICE_UNAVAILABLE, "unavailable", "Not now"),
            Error::Internal(_) => (S::INTERNAL_SERVER_ERROR, "internal", "A failure of the server"),
        }
    }

    /// Returns the document that the client gets.
    pub fn problem(&self) -> Problem {
        let (status, word, title) = self.kind();
        let state = match self {
            Error::State { state, .. } => Some(*state),
            _ => None,
        };
        Problem {
            kind: format!("urn:coach:problem:{word}"),
            title: title.into(),
            status: status.as_u16(),
            detail: self.to_string(),
            state,
            instance: trace::request_id().map(|id| id.urn().to_string()),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        if let Error::Internal(cause) = &self {
            // The one place where a failure is logged.
            tracing::error!(error = format!("{cause:#}"), "a request failed");
        }
        let (status, ..) = self.kind();
        let body = serde_json::to_vec(&self.problem()).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Error::Unavailable { retry_after_s, .. }
        | Error::TooMany { retry_after_s, .. }
        | Error::NotYet { retry_after_s, .. } = self
        {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
        }
        if matches!(self, Error::SignIn(_)) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Error {
        use coach_archive::Error as Archive;
        let detail = match error.downcast_ref() {
            Some(Archive::Unavailable { .. }) => "the object store cannot be reached; try again",
            Some(Archive::Full { .. }) => "the object store is full; delete what is no longer needed, then try again",
            _ => return Error::Internal(error),
        };
        tracing::warn!(error = format!("{error:#}"), "the object store does not serve a request");
        Error::Unavailable { detail: detail.into(), retry_after_s: 5 }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Error {
        if crate::store::is_away(&error) {
            tracing::warn!(%error, "a request was refused because the database does not answer");
            let detail = "the database does not answer; try again in a moment".into();
            return Error::Unavailable { detail, retry_after_s: 2 };
        }
        Error::Internal(anyhow::Error::new(error).context("the database refused a query"))
    }
}

impl From<uploads::Error> for Error {
    fn from(error: uploads::Error) -> Error {
        match error {
            uploads::Error::NoSession => Error::NotFound("session"),
            uploads::Error::Refused(why) => Error::Unprocessable(why),
            uploads::Error::Incomplete(why) => Error::Conflict(why),
            uploads::Error::TooMany(detail) => Error::TooMany { detail, retry_after_s: 60 },
            uploads::Error::NoRoom(detail) => Error::Unavailable { detail, retry_after_s: 600 },
            uploads::Error::Store(error) => error.into(),
            uploads::Error::Database(error) => error.into(),
        }
    }
}

impl From<TransitionError> for Error {
    fn from(error: TransitionError) -> Error {
        match error {
            TransitionError::Unknown => Error::NotFound("session"),
            TransitionError::NotNow { state } => {
                let detail = format!("the session is {}", state.as_str());
                Error::State { state, detail }
            }
            TransitionError::Database(error) => error.into(),
        }
    }
}

/// Result of a handler.
pub type Result<T> = std::result::Result<T, Error>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_the_server_does_not_tell_its_cause() {
        let error = Error::Internal(anyhow::anyhow!("password=hush in postgres://"));
        assert!(!serde_json::to_string(&error.problem()).unwrap().contains("hush"));
    }

    #[test]
    fn a_store_that_is_away_or_full_is_no_failure_of_the_server() {
        use coach_archive::Error as Archive;
        let away = Archive::Unavailable { what: "sessions/1/upload".into(), message: "connection refused".into() };
        let full = Archive::Full { what: "sessions/1/upload".into(), message: "no space left".into() };
        for (error, word) in [(away, "try again"), (full, "delete what is no longer needed")] {
            let error = Error::from(anyhow::Error::new(error).context("the slot could not be opened"));
            assert_eq!(error.problem().status, 503);
            assert!(error.problem().detail.contains(word), "{error}");
        }
        let denied = Archive::Denied { what: "sessions/1/upload".into(), code: "AccessDenied".into() };
        assert_eq!(Error::from(anyhow::Error::new(denied)).problem().status, 500);
    }

    #[test]
    fn a_problem_says_its_status_and_the_state() {
        let error = Error::State { state: State::Scoring, detail: "the report is not ready".into() };
        let json = serde_json::to_value(error.problem()).unwrap();
        assert_eq!((json["status"].as_u64(), json["state"].as_str()), (Some(409), Some("scoring")));
        assert_eq!(json["type"], "urn:coach:problem:state");
    }
}
