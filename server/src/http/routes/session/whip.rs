//! Publishing media by WHIP (RFC 9725): POST an offer, DELETE what it made.

use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::{Owned, Resource, has_type, read};
use crate::http::routes::consents;
use crate::live::{PublishError, StopError};
use crate::store::sessions::Source;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use coach_core::SessionId;

const SDP: &str = "application/sdp";

/// Publishes: an SDP offer in, an SDP answer out, the publishing's URL in `Location`. Posting again takes over.
#[utoipa::path(post, operation_id = "whip_publish", path = "/api/sessions/{id}/whip", tag = "live", params(("id" = SessionId, Path)),
    request_body(content = String, content_type = "application/sdp"),
    responses((status = 201, content_type = "application/sdp", body = String, headers(("location" = String), ("etag" = String))),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 406, body = Problem), (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 503, body = Problem)))]
pub async fn publish(
    State(app): State<App>,
    Owned(session): Owned,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    if !has_type(&headers, SDP) {
        return Err(Error::UnsupportedMedia { expected: SDP });
    }
    let body = read(body, app.context.config.limits.offer_bytes).await?;
    let offer = std::str::from_utf8(&body).map_err(|_| Error::BadRequest("the offer is not text".into()))?;
    // Every SDP begins so (RFC 8866 section 5); what does not is not worth a peer.
    if !offer.starts_with("v=0") {
        return Err(Error::BadRequest("the offer is not SDP: it does not begin with v=0".into()));
    }
    // It may have been withdrawn since the session was made.
    consents::require(&app, session.owner).await?;
    let closed = || {
        let detail = format!("a session that is {} takes no more media", session.state.as_str());
        Error::State { state: session.state, detail }
    };
    if session.source == Source::Upload {
        return Err(Error::Conflict("this session takes a file; make another one to be recorded live".into()));
    }
    if !session.state.takes_media() {
        return Err(closed());
    }
    let answer = app.live.publish(&session, offer).await.map_err(|error| match error {
        PublishError::Malformed(_) => Error::BadRequest(error.to_string()),
        PublishError::Unacceptable(_) => Error::NotAcceptable(error.to_string()),
        PublishError::Closed => closed(),
        PublishError::Busy(_) => Error::Unavailable { detail: error.to_string(), retry_after_s: 30 },
        PublishError::Failed(cause) => Error::Internal(cause.context("the publisher could not be accepted")),
    })?;
    let location = format!("/api/sessions/{}/whip/{}", session.id, answer.resource);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(SDP)),
        (header::LOCATION, HeaderValue::from_str(&location).map_err(anyhow::Error::new)?),
        (header::ETAG, HeaderValue::from_str(&answer.etag).map_err(anyhow::Error::new)?),
    ];
    Ok((StatusCode::CREATED, headers, answer.sdp).into_response())
}

/// What can be posted here.
#[utoipa::path(options, operation_id = "whip_options", path = "/api/sessions/{id}/whip", tag = "live", params(("id" = SessionId, Path)),
    responses((status = 200, headers(("accept-post" = String)))))]
pub async fn options() -> Response {
    (StatusCode::OK, [("accept-post", SDP), ("allow", "POST, OPTIONS")]).into_response()
}

/// Says what can be posted where another layer answers the OPTIONS request (RFC 9725 section 4.2).
pub async fn accept_post(request: Request, next: Next) -> Response {
    let ours = request.method() == Method::OPTIONS && request.uri().path().ends_with("/whip");
    let mut response = next.run(request).await;
    if ours {
        response.headers_mut().insert("accept-post", HeaderValue::from_static(SDP));
    }
    response
}

/// Stops for good: the session goes on to its report.
#[utoipa::path(delete, operation_id = "whip_stop", path = "/api/sessions/{id}/whip/{resource}", tag = "live",
    params(("id" = SessionId, Path), ("resource" = String, Path)),
    responses((status = 200), (status = 404, body = Problem)))]
pub async fn stop(State(app): State<App>, Owned(session): Owned, Resource(resource): Resource) -> Result<StatusCode> {
    app.live.stop(session.id, &resource).await.map_err(|error| match error {
        StopError::Unknown => Error::NotFound("publishing"),
        StopError::Failed(cause) => Error::Internal(cause.context("the publishing could not be stopped")),
    })?;
    Ok(StatusCode::OK)
}

/// Trickle ICE and ICE restarts: not supported, all candidates are in the answer (RFC 9725 section 4.3).
#[utoipa::path(patch, operation_id = "whip_trickle", path = "/api/sessions/{id}/whip/{resource}", tag = "live",
    params(("id" = SessionId, Path), ("resource" = String, Path)),
    request_body(content = String, content_type = "application/trickle-ice-sdpfrag"),
    responses((status = 404, body = Problem), (status = 415, body = Problem), (status = 501, body = Problem)))]
pub async fn trickle(Owned(_): Owned, Resource(_): Resource, headers: HeaderMap) -> Error {
    if !has_type(&headers, "application/trickle-ice-sdpfrag") {
        return Error::UnsupportedMedia { expected: "application/trickle-ice-sdpfrag" };
    }
    Error::NotImplemented("neither trickle ICE nor ICE restart is supported; POST a new offer to take over".into())
}
