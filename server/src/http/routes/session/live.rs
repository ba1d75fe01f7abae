//! Opens the live channel: who may watch a session by WebSocket.

use crate::channel::protocol::Audience;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::socket::{self, MESSAGE_MAX, Watcher};
use crate::http::viewer::{Seen, act};
use crate::session::view::SessionView;
use crate::store::sessions::Session;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::Response;
use coach_core::SessionId;

/// A WebSocket of JSON messages tagged by `type`; docs/WIRE.md describes them.
#[utoipa::path(get, operation_id = "live_open", path = "/api/sessions/{id}/live", tag = "live", params(("id" = SessionId, Path)),
    responses((status = 101, description = "switches to WebSocket"), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn open(
    State(app): State<App>,
    Seen { session, viewer, .. }: Seen<act::Watch>,
    upgrade: std::result::Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    upgraded(app, session, Watcher::Person(viewer), Audience::Candidate, upgrade).await
}

/// Opens a channel for somebody who may watch.
///
/// # Errors
/// The request is no upgrade, the session is gone, or as many watch as may.
pub async fn upgraded(
    app: App,
    session: Session,
    watcher: Watcher,
    audience: Audience,
    upgrade: std::result::Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    let upgrade = upgrade.map_err(|error| Error::BadRequest(error.body_text()))?;
    // The subscription begins before the session is read again, so that no message in between is missed.
    let subscription = app
        .context
        .hub
        .subscribe(session.id, audience)
        .map_err(|crowded| Error::TooMany { detail: crowded.to_string(), retry_after_s: 30 })?;
    let session = crate::store::sessions::get(&app.context.db, session.owner, session.id)
        .await?
        .ok_or(Error::NotFound("session"))?;
    let view = SessionView::load(&app.context.db, session).await?;
    let view = match audience {
        Audience::Candidate => view,
        Audience::Invited => view.without_scores(),
    };
    // Small buffers: tungstenite's own are 128 KiB a connection.
    let upgrade =
        upgrade.read_buffer_size(4096).write_buffer_size(0).max_message_size(MESSAGE_MAX).max_frame_size(MESSAGE_MAX);
    Ok(upgrade.on_upgrade(move |socket| socket::serve(app, watcher, view, subscription, socket)))
}
