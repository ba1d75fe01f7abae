//! The live channel for people who were invited: who is there, and in which state the session is.

use crate::channel::protocol::Audience;
use crate::http::app::App;
use crate::http::error::{Problem, Result};
use crate::http::routes::session::live;
use crate::http::routes::sharing::visitor::Guest;
use crate::http::socket::Watcher;
use crate::http::viewer::act;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::response::Response;

/// A WebSocket of JSON messages tagged by `type`, without hints, measurements and scores; docs/WIRE.md describes them.
#[utoipa::path(get, operation_id = "room_live", path = "/api/guest/{link}/live", tag = "guests", params(("link" = Uuid, Path)),
    responses((status = 101, description = "switches to WebSocket"), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn open(
    State(app): State<App>,
    seen: Guest<act::View>,
    upgrade: std::result::Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    live::upgraded(app, seen.session, Watcher::Invited(seen.guest), Audience::Invited, upgrade).await
}
