//! The interviewer of a live session publishes by WHIP (RFC 9725), to a resource of their own.

use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Resource;
use crate::http::routes::sharing::visitor::{Guest, may_still};
use crate::http::routes::webrtc::exchange;
use crate::http::viewer::act;
use crate::live::{InterviewError, Invited};
use crate::session::consent::room::VERSION;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use std::time::Duration;

/// Interval at which it is asked again whether an interviewer may still take part.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Publishes as the interviewer: takes an SDP offer and returns an SDP answer, with the publishing's URL in `Location`. 409 with
/// `Retry-After` until the candidate has begun; 409 while another interviewer is there.
#[utoipa::path(post, operation_id = "room_publish", path = "/api/guest/{link}/whip", tag = "guests", params(("link" = Uuid, Path)),
    request_body(content = String, content_type = "application/sdp"),
    responses((status = 201, content_type = "application/sdp", body = String, headers(("location" = String), ("etag" = String))),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
        (status = 503, body = Problem)))]
pub async fn publish(
    State(app): State<App>,
    seen: Guest<act::Interview>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let offer = exchange::offer(&app, &headers, body).await?;
    if seen.guest.consent.as_deref() != Some(VERSION) {
        return Err(Error::Consent { version: VERSION });
    }
    let session = &seen.session;
    let who = Invited { id: seen.guest.visit, name: seen.guest.name.clone() };
    let answer = app.live.interview(session, &who, &offer).await.map_err(|error| match error {
        InterviewError::Malformed(_) => Error::BadRequest(error.to_string()),
        InterviewError::Unacceptable(_) => Error::Unprocessable(error.to_string()),
        InterviewError::NotYet => Error::NotYet { detail: error.to_string(), retry_after_s: 2 },
        InterviewError::Taken(_) => Error::Conflict(error.to_string()),
        InterviewError::Over => Error::State { state: session.state, detail: error.to_string() },
        InterviewError::Busy(_) => Error::Unavailable { detail: error.to_string(), retry_after_s: 30 },
        InterviewError::Failed(cause) => Error::Internal(cause.context("the interviewer could not be accepted")),
    })?;
    tracing::info!(session = %session.id, visit = %who.id, "an interviewer joins");
    let endpoint = format!("/api/guest/{}/whip", seen.guest.link.id);
    let response = exchange::created(&app, &endpoint, &session.id.to_string(), answer.clone());
    tokio::spawn(end_with_the_right(app, seen, answer.resource));
    response
}

/// Ends a publishing when its invitation is revoked or expires. Returns when the publishing has ended.
async fn end_with_the_right(app: App, seen: Guest<act::Interview>, resource: String) {
    let (session, mut again) = (seen.session.id, tokio::time::interval(ASK_AGAIN));
    loop {
        tokio::select! {
            () = app.context.shutdown.cancelled() => return,
            _ = again.tick() => {}
        }
        if !app.live.interviews(session, &resource).await {
            return;
        }
        match may_still(&app, &seen.guest).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::info!(%session, "an interviewer may no longer take part");
                app.live.leave_interview(session, &resource).await;
                return;
            }
            // It is asked again at the next tick.
            Err(error) => tracing::warn!(%session, %error, "an interviewer's right could not be checked"),
        }
    }
}

/// Returns the media type that can be posted.
#[utoipa::path(options, operation_id = "room_publish_options", path = "/api/guest/{link}/whip", tag = "guests",
    params(("link" = Uuid, Path)), responses((status = 200, headers(("accept-post" = String)))))]
pub async fn options() -> Response {
    exchange::endpoint_options()
}

/// Answers that an interviewer may publish here; there is no content.
#[utoipa::path(get, operation_id = "room_publish_endpoint", path = "/api/guest/{link}/whip", tag = "guests",
    params(("link" = Uuid, Path)), responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn endpoint(_: Guest<act::Interview>) -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Answers whether the publishing goes on; it has no content.
#[utoipa::path(get, operation_id = "room_publish_resource", path = "/api/guest/{link}/whip/{resource}", tag = "guests",
    params(("link" = Uuid, Path), ("resource" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn resource(
    State(app): State<App>,
    seen: Guest<act::Interview>,
    Resource(resource): Resource,
) -> Result<StatusCode> {
    if app.live.interviews(seen.session.id, &resource).await {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound("publishing"))
    }
}

/// Leaves: ends the publishing. The session goes on.
#[utoipa::path(delete, operation_id = "room_publish_leave", path = "/api/guest/{link}/whip/{resource}", tag = "guests",
    params(("link" = Uuid, Path), ("resource" = String, Path)),
    responses((status = 200), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn leave(
    State(app): State<App>,
    seen: Guest<act::Interview>,
    Resource(resource): Resource,
) -> Result<StatusCode> {
    if app.live.leave_interview(seen.session.id, &resource).await {
        Ok(StatusCode::OK)
    } else {
        Err(Error::NotFound("publishing"))
    }
}

/// Trickle ICE (204) and ICE restarts (200, with the answer's fragment).
#[utoipa::path(patch, operation_id = "room_publish_trickle", path = "/api/guest/{link}/whip/{resource}", tag = "guests",
    params(("link" = Uuid, Path), ("resource" = String, Path),
        ("if-match" = String, Header, description = "The ETag of the ICE session, or * to restart it")),
    request_body(content = String, content_type = "application/trickle-ice-sdpfrag"),
    responses((status = 200, content_type = "application/trickle-ice-sdpfrag", body = String, headers(("etag" = String))),
        (status = 204), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 412, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 428, body = Problem)))]
pub async fn trickle(
    State(app): State<App>,
    seen: Guest<act::Interview>,
    Resource(resource): Resource,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let session = seen.session.id;
    if !app.live.interviews(session, &resource).await {
        return Err(Error::NotFound("publishing"));
    }
    let patch = exchange::patch(&app, &headers, body).await?;
    exchange::patched(app.live.patch_interview(session, &resource, patch).await, "publishing")
}

/// Returns the methods of a publishing.
#[utoipa::path(options, operation_id = "room_publish_resource_options", path = "/api/guest/{link}/whip/{resource}", tag = "guests",
    params(("link" = Uuid, Path), ("resource" = String, Path)), responses((status = 200, headers(("accept-patch" = String)))))]
pub async fn resource_options() -> Response {
    exchange::resource_options()
}
