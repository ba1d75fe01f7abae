//! Publishing media by WHIP (RFC 9725): POST an offer, PATCH its ICE session, DELETE what it made.

use super::exchange;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Resource;
use crate::http::routes::consents;
use crate::http::viewer::{Seen, act};
use crate::live::{PublishError, StopError};
use crate::store::sessions::Source;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use coach_core::SessionId;

/// Publishes: takes an SDP offer and returns an SDP answer, with the publishing's URL in `Location`. A second POST
/// replaces the first publishing.
#[utoipa::path(post, operation_id = "whip_publish", path = "/api/sessions/{id}/whip", tag = "live", params(("id" = SessionId, Path)),
    request_body(content = String, content_type = "application/sdp"),
    responses((status = 201, content_type = "application/sdp", body = String, headers(("location" = String), ("etag" = String))),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn publish(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Publish>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let offer = exchange::offer(&app, &headers, body).await?;
    // The consent may have been withdrawn since the session was created.
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
    let answer = app.live.publish(&session, &offer).await.map_err(|error| match error {
        PublishError::Malformed(_) => Error::BadRequest(error.to_string()),
        PublishError::Unacceptable(_) => Error::Unprocessable(error.to_string()),
        PublishError::Closed => closed(),
        PublishError::Busy(_) => Error::Unavailable { detail: error.to_string(), retry_after_s: 30 },
        PublishError::Failed(cause) => Error::Internal(cause.context("the publisher could not be accepted")),
    })?;
    // The consent was withdrawn while the offer was answered; the code that ends live sessions may not have found this
    // one yet.
    if let Err(error) = consents::require(&app, session.owner).await {
        app.live.withdraw(session.owner).await;
        return Err(error);
    }
    exchange::created(&app, &format!("/api/sessions/{}/whip", session.id), &session.id.to_string(), answer)
}

/// Returns the media type that can be posted.
#[utoipa::path(options, operation_id = "whip_options", path = "/api/sessions/{id}/whip", tag = "live", params(("id" = SessionId, Path)),
    responses((status = 200, headers(("accept-post" = String)))))]
pub async fn options() -> Response {
    exchange::endpoint_options()
}

/// Ends the session, which goes on to its report.
#[utoipa::path(delete, operation_id = "whip_stop", path = "/api/sessions/{id}/whip/{resource}", tag = "live",
    params(("id" = SessionId, Path), ("resource" = String, Path)),
    responses((status = 200), (status = 404, body = Problem)))]
pub async fn stop(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Publish>,
    Resource(resource): Resource,
) -> Result<StatusCode> {
    let stopped = app.live.stop(session.id, &resource).await;
    stopped.map_err(|StopError::Unknown| Error::NotFound("publishing"))?;
    Ok(StatusCode::OK)
}

/// Trickle ICE (204) and ICE restarts (200, with the answer's fragment); RFC 9725 section 4.3.
#[utoipa::path(patch, operation_id = "whip_trickle", path = "/api/sessions/{id}/whip/{resource}", tag = "live",
    params(("id" = SessionId, Path), ("resource" = String, Path),
        ("if-match" = String, Header, description = "The ETag of the ICE session, or * to restart it")),
    request_body(content = String, content_type = "application/trickle-ice-sdpfrag"),
    responses((status = 200, content_type = "application/trickle-ice-sdpfrag", body = String, headers(("etag" = String))),
        (status = 204), (status = 400, body = Problem), (status = 404, body = Problem), (status = 412, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 428, body = Problem)))]
pub async fn trickle(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Publish>,
    Resource(resource): Resource,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    if !app.live.publishes(session.id, &resource).await {
        return Err(Error::NotFound("publishing"));
    }
    let patch = exchange::patch(&app, &headers, body).await?;
    exchange::patched(app.live.patch(session.id, &resource, patch).await, "publishing")
}

/// Refuses reading: a publishing has no content (RFC 9725, section 4.1).
#[utoipa::path(get, operation_id = "whip_endpoint", path = "/api/sessions/{id}/whip", tag = "live", params(("id" = SessionId, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn endpoint(_: Seen<act::Publish>) -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Answers whether the publishing goes on; it has no content (RFC 9725, section 4.1).
#[utoipa::path(get, operation_id = "whip_resource", path = "/api/sessions/{id}/whip/{resource}", tag = "live",
    params(("id" = SessionId, Path), ("resource" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn resource(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Publish>,
    Resource(resource): Resource,
) -> Result<StatusCode> {
    if app.live.publishes(session.id, &resource).await {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound("publishing"))
    }
}

/// Returns the methods of a publishing.
#[utoipa::path(options, operation_id = "whip_resource_options", path = "/api/sessions/{id}/whip/{resource}", tag = "live",
    params(("id" = SessionId, Path), ("resource" = String, Path)), responses((status = 200, headers(("accept-patch" = String)))))]
pub async fn resource_options() -> Response {
    exchange::resource_options()
}
