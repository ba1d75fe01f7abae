//! Watching a participant by WHEP (draft-ietf-wish-whep-03): POST an offer, PATCH its ICE session, DELETE what it made.

use super::exchange;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Viewing;
use crate::http::viewer::{Seen, act, may_still};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use coach_core::SessionId;
use std::time::Duration;

/// Interval at which it is asked again whether a viewer may still watch.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Watches a participant: takes an SDP offer to receive and returns an SDP answer, with the viewing's URL in `Location`. 409
/// with `Retry-After` while the participant sends nothing.
#[utoipa::path(post, operation_id = "whep_watch", path = "/api/sessions/{id}/whep/{participant}", tag = "live",
    params(("id" = SessionId, Path), ("participant" = String, Path, description = "candidate or interviewer")),
    request_body(content = String, content_type = "application/sdp"),
    responses((status = 201, content_type = "application/sdp", body = String, headers(("location" = String), ("etag" = String))),
        (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem),
        (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn watch(
    State(app): State<App>,
    seen: Seen<act::View>,
    viewing: Viewing,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let offer = exchange::offer(&app, &headers, body).await?;
    let session = &seen.session;
    let answer = app.live.watch(session, viewing.of, seen.viewer.user.0, &offer).await;
    let answer = answer.map_err(|error| exchange::not_watched(error, session.state))?;
    if let Err(error) = seen.note_reading(&app).await {
        app.live.leave(session.id, &answer.resource).await;
        return Err(error.into());
    }
    tracing::info!(session = %session.id, "somebody watches");
    let response = exchange::created(&app, &viewing.endpoint(), &session.id.to_string(), answer.clone());
    tokio::spawn(end_with_the_right(app, seen, answer.resource));
    response
}

/// Ends a viewing when its viewer has signed out, or the share or the token is revoked or expires. Returns when the viewing
/// has ended.
async fn end_with_the_right(app: App, seen: Seen<act::View>, resource: String) {
    let (session, mut again) = (seen.session.id, tokio::time::interval(ASK_AGAIN));
    loop {
        tokio::select! {
            () = app.context.shutdown.cancelled() => return,
            _ = again.tick() => {}
        }
        if !app.live.watches(session, &resource).await {
            return;
        }
        match may_still(&app, &seen).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::info!(%session, "a viewer may no longer watch");
                app.live.leave(session, &resource).await;
                return;
            }
            // It is asked again at the next tick.
            Err(error) => tracing::warn!(%session, %error, "a viewer's right could not be checked"),
        }
    }
}

/// Returns the media type that can be posted.
#[utoipa::path(options, operation_id = "whep_options", path = "/api/sessions/{id}/whep/{participant}", tag = "live",
    params(("id" = SessionId, Path), ("participant" = String, Path)), responses((status = 200, headers(("accept-post" = String)))))]
pub async fn options() -> Response {
    exchange::endpoint_options()
}

/// Answers that the participant may be watched; there is no content.
#[utoipa::path(get, operation_id = "whep_endpoint", path = "/api/sessions/{id}/whep/{participant}", tag = "live",
    params(("id" = SessionId, Path), ("participant" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn endpoint(_: Seen<act::View>, _: Viewing) -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Answers whether the viewing goes on; it has no content.
#[utoipa::path(get, operation_id = "whep_resource", path = "/api/sessions/{id}/whep/{participant}/{resource}", tag = "live",
    params(("id" = SessionId, Path), ("participant" = String, Path), ("resource" = String, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn resource(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::View>,
    viewing: Viewing,
) -> Result<StatusCode> {
    if app.live.watches(session.id, &viewing.resource).await {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound("viewing"))
    }
}

/// Ends the viewing.
#[utoipa::path(delete, operation_id = "whep_leave", path = "/api/sessions/{id}/whep/{participant}/{resource}", tag = "live",
    params(("id" = SessionId, Path), ("participant" = String, Path), ("resource" = String, Path)),
    responses((status = 200), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn leave(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::View>,
    viewing: Viewing,
) -> Result<StatusCode> {
    if app.live.leave(session.id, &viewing.resource).await {
        Ok(StatusCode::OK)
    } else {
        Err(Error::NotFound("viewing"))
    }
}

/// Trickle ICE (204) and ICE restarts (200, with the answer's fragment).
#[utoipa::path(patch, operation_id = "whep_trickle", path = "/api/sessions/{id}/whep/{participant}/{resource}", tag = "live",
    params(("id" = SessionId, Path), ("participant" = String, Path), ("resource" = String, Path),
        ("if-match" = String, Header, description = "The ETag of the ICE session, or * to restart it")),
    request_body(content = String, content_type = "application/trickle-ice-sdpfrag"),
    responses((status = 200, content_type = "application/trickle-ice-sdpfrag", body = String, headers(("etag" = String))),
        (status = 204), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 412, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 428, body = Problem)))]
pub async fn trickle(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::View>,
    viewing: Viewing,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    if !app.live.watches(session.id, &viewing.resource).await {
        return Err(Error::NotFound("viewing"));
    }
    let patch = exchange::patch(&app, &headers, body).await?;
    exchange::patched(app.live.patch_viewing(session.id, &viewing.resource, patch).await, "viewing")
}

/// Returns the methods of a viewing.
#[utoipa::path(options, operation_id = "whep_resource_options", path = "/api/sessions/{id}/whep/{participant}/{resource}",
    tag = "live", params(("id" = SessionId, Path), ("participant" = String, Path), ("resource" = String, Path)),
    responses((status = 200, headers(("accept-patch" = String)))))]
pub async fn resource_options() -> Response {
    exchange::resource_options()
}
