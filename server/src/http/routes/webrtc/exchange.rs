//! What WHIP and WHEP have in common: an offer is answered, and the ICE session behind it is patched (RFC 9725, sections
//! 4.2 and 4.3).

use super::ice;
use crate::http::app::App;
use crate::http::error::{Error, Result};
use crate::http::extract::{has_type, read};
use crate::live::{Answered, Patch, PatchError, Patched, WatchError};
use crate::session::State;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const SDP: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// Reads an offer.
///
/// # Errors
/// The body is of another type, too large, or no SDP.
pub async fn offer(app: &App, headers: &HeaderMap, body: Body) -> Result<String> {
    if !has_type(headers, SDP) {
        return Err(Error::UnsupportedMedia { expected: SDP });
    }
    let body = read(body, app.context.config.limits.offer_bytes).await?;
    let offer = String::from_utf8(body.into()).map_err(|_| Error::BadRequest("the offer is not text".into()))?;
    // Every SDP begins with this (RFC 8866, section 5); any other body is refused before a peer is created.
    if !offer.starts_with("v=0") {
        return Err(Error::BadRequest("the offer is not SDP: it does not begin with v=0".into()));
    }
    Ok(offer)
}

/// Returns the response to an offer that was accepted; `endpoint`: the path that it was posted to, `name`: for whom a TURN server
/// would relay.
///
/// # Errors
/// A header cannot be written, which is a fault of the server.
pub fn created(app: &App, endpoint: &str, name: &str, answer: Answered) -> Result<Response> {
    let location = format!("{endpoint}/{}", answer.resource);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(SDP)),
        (header::LOCATION, HeaderValue::from_str(&location).map_err(anyhow::Error::new)?),
        (header::ETAG, HeaderValue::from_str(&answer.etag).map_err(anyhow::Error::new)?),
    ];
    let mut response = (StatusCode::CREATED, headers, answer.sdp).into_response();
    for link in ice::links(app, name) {
        response.headers_mut().append(header::LINK, link);
    }
    Ok(response)
}

/// Returns the response to a viewer who gets nothing of a session in this state.
pub fn not_watched(error: WatchError, state: State) -> Error {
    match error {
        WatchError::Malformed(_) => Error::BadRequest(error.to_string()),
        WatchError::Unacceptable(_) => Error::Unprocessable(error.to_string()),
        WatchError::NothingYet => Error::NotYet { detail: error.to_string(), retry_after_s: 2 },
        WatchError::Over => Error::State { state, detail: error.to_string() },
        WatchError::Busy(_) => Error::Unavailable { detail: error.to_string(), retry_after_s: 30 },
        WatchError::Failed(cause) => Error::Internal(cause.context("the viewer could not be accepted")),
    }
}

/// Reads a PATCH of an ICE session.
///
/// # Errors
/// The body is of another type, too large, or not text.
pub async fn patch(app: &App, headers: &HeaderMap, body: Body) -> Result<Patch> {
    if !has_type(headers, FRAGMENT) {
        return Err(Error::UnsupportedMedia { expected: FRAGMENT });
    }
    let body = read(body, app.context.config.limits.offer_bytes).await?;
    let fragment = String::from_utf8(body.into()).map_err(|_| Error::BadRequest("the fragment is not text".into()))?;
    let if_match = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(Patch { if_match, fragment })
}

/// Returns the response to a PATCH: 204 to candidates, 200 with the answer's fragment to an ICE restart. `what`: what is
/// patched, for the case that there is none.
///
/// # Errors
/// The patch was refused.
pub fn patched(patched: std::result::Result<Patched, PatchError>, what: &'static str) -> Result<Response> {
    let patched = patched.map_err(|error| match error {
        PatchError::Unknown => Error::NotFound(what),
        PatchError::Malformed(_) => Error::BadRequest(error.to_string()),
        PatchError::NoPrecondition => Error::PreconditionRequired(error.to_string()),
        PatchError::Precondition => Error::PreconditionFailed(error.to_string()),
        PatchError::Failed(cause) => Error::Internal(cause.context("ICE could not be restarted")),
    })?;
    Ok(match patched {
        Patched::Candidates => StatusCode::NO_CONTENT.into_response(),
        Patched::Restarted { fragment, etag } => {
            let etag = HeaderValue::from_str(&etag).map_err(anyhow::Error::new)?;
            let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(FRAGMENT)), (header::ETAG, etag)];
            (StatusCode::OK, headers, fragment).into_response()
        }
    })
}

/// Returns what can be done with an endpoint.
pub fn endpoint_options() -> Response {
    (StatusCode::OK, [("accept-post", SDP), ("allow", "GET, HEAD, POST, OPTIONS")]).into_response()
}

/// Returns what can be done with what a POST made.
pub fn resource_options() -> Response {
    (StatusCode::OK, [("accept-patch", FRAGMENT), ("allow", "GET, HEAD, PATCH, DELETE, OPTIONS")]).into_response()
}

/// Adds the media type that can be posted to OPTIONS answers of another layer (RFC 9725, section 4.2).
pub async fn accept_post(request: Request, next: Next) -> Response {
    let ours = request.method() == Method::OPTIONS && is_endpoint(request.uri().path());
    let mut response = next.run(request).await;
    if ours {
        response.headers_mut().insert("accept-post", HeaderValue::from_static(SDP));
    }
    response
}

/// Returns whether offers are posted to this path.
fn is_endpoint(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts[..], ["", "api", "sessions" | "guest", _, "whip"] | ["", "api", "sessions" | "guest", _, "whep", _])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_told_from_what_was_made_there() {
        assert!(is_endpoint("/api/sessions/1/whip") && is_endpoint("/api/sessions/1/whep/candidate"));
        assert!(is_endpoint("/api/guest/1/whip") && is_endpoint("/api/guest/1/whep/candidate"));
        for other in ["/api/sessions/1/whip/2", "/api/sessions/1/whep/candidate/2", "/whip", "/api/sessions/1/whep"] {
            assert!(!is_endpoint(other), "{other}");
        }
    }
}
