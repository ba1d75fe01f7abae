//! Publishing media by WHIP (RFC 9725): POST an offer, PATCH its ICE session, DELETE what it made.

use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::{Resource, has_type, read};
use crate::http::routes::consents;
use crate::http::viewer::{Seen, act};
use crate::live::{Patch, PatchError, Patched, PublishError, StopError};
use crate::store::sessions::Source;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use coach_core::SessionId;

const SDP: &str = "application/sdp";
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";

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
    if !has_type(&headers, SDP) {
        return Err(Error::UnsupportedMedia { expected: SDP });
    }
    let body = read(body, app.context.config.limits.offer_bytes).await?;
    let offer = std::str::from_utf8(&body).map_err(|_| Error::BadRequest("the offer is not text".into()))?;
    // Every SDP begins with this (RFC 8866, section 5); any other body is refused before a peer is created.
    if !offer.starts_with("v=0") {
        return Err(Error::BadRequest("the offer is not SDP: it does not begin with v=0".into()));
    }
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
    let answer = app.live.publish(&session, offer).await.map_err(|error| match error {
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
    let location = format!("/api/sessions/{}/whip/{}", session.id, answer.resource);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(SDP)),
        (header::LOCATION, HeaderValue::from_str(&location).map_err(anyhow::Error::new)?),
        (header::ETAG, HeaderValue::from_str(&answer.etag).map_err(anyhow::Error::new)?),
    ];
    Ok((StatusCode::CREATED, headers, answer.sdp).into_response())
}

/// Returns the media type that can be posted.
#[utoipa::path(options, operation_id = "whip_options", path = "/api/sessions/{id}/whip", tag = "live", params(("id" = SessionId, Path)),
    responses((status = 200, headers(("accept-post" = String)))))]
pub async fn options() -> Response {
    (StatusCode::OK, [("accept-post", SDP), ("allow", "GET, HEAD, POST, OPTIONS")]).into_response()
}

/// Adds the media type that can be posted to OPTIONS answers of another layer (RFC 9725, section 4.2).
pub async fn accept_post(request: Request, next: Next) -> Response {
    let ours = request.method() == Method::OPTIONS && request.uri().path().ends_with("/whip");
    let mut response = next.run(request).await;
    if ours {
        response.headers_mut().insert("accept-post", HeaderValue::from_static(SDP));
    }
    response
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
    if !has_type(&headers, FRAGMENT) {
        return Err(Error::UnsupportedMedia { expected: FRAGMENT });
    }
    let body = read(body, app.context.config.limits.offer_bytes).await?;
    let fragment = String::from_utf8(body.into()).map_err(|_| Error::BadRequest("the fragment is not text".into()))?;
    let if_match = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let patched = app.live.patch(session.id, &resource, Patch { if_match, fragment }).await;
    let patched = patched.map_err(|error| match error {
        PatchError::Unknown => Error::NotFound("publishing"),
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
    (StatusCode::OK, [("accept-patch", FRAGMENT), ("allow", "GET, HEAD, PATCH, DELETE, OPTIONS")]).into_response()
}
