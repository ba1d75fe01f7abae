//! The servers by which a browser finds a way for its media: TURN, with credentials that are good for a time.

use crate::clock::now_us;
use crate::config::media::turn;
use crate::http::app::App;
use crate::http::error::{Problem, Result};
use crate::http::routes::sharing::visitor::Guest;
use crate::http::viewer::{Seen, act};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coach_core::SessionId;
use hmac::{Hmac, Mac};
use serde::Serialize;
use sha1::Sha1;

/// A TURN server as `RTCPeerConnection` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct IceServer {
    pub urls: Vec<String>,
    pub username: String,
    pub credential: String,
}

/// What a browser is told before it gathers candidates.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IceServers {
    /// Empty where media is not relayed.
    pub ice_servers: Vec<IceServer>,
}

/// Returns the server with credentials made at `now_s`, seconds since 1970 (draft-uberti-behave-turn-rest-00); `None`: media is not
/// relayed.
fn server(config: &turn::Config, name: &str, now_s: i64) -> Option<IceServer> {
    let (urls, secret) = config.relay()?;
    let username = format!("{}:{name}", now_s + i64::from(config.ttl_s));
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(username.as_bytes());
    let credential = STANDARD.encode(mac.finalize().into_bytes());
    Some(IceServer { urls: urls.to_vec(), username, credential })
}

fn now_s() -> i64 {
    now_us() / 1_000_000
}

/// Returns the `Link` headers of an answer (RFC 9725, section 4.6). `name` tells in the TURN server's log for whom it was.
pub fn links(app: &App, name: &str) -> Vec<HeaderValue> {
    let Some(server) = server(&app.context.config.turn, name, now_s()) else { return Vec::new() };
    let link = |url: &String| {
        let IceServer { username, credential, .. } = &server;
        let text = format!(
            "<{url}>; rel=\"ice-server\"; username=\"{username}\"; credential=\"{credential}\"; credential-type=\"password\""
        );
        HeaderValue::from_str(&text).ok()
    };
    server.urls.iter().filter_map(link).collect()
}

fn told(app: &App, session: SessionId) -> Json<IceServers> {
    let server = server(&app.context.config.turn, &session.to_string(), now_s());
    Json(IceServers { ice_servers: server.into_iter().collect() })
}

/// The servers by which media finds its way, with credentials that are good for a time.
#[utoipa::path(get, operation_id = "ice_servers", path = "/api/sessions/{id}/ice", tag = "live", params(("id" = SessionId, Path)),
    responses((status = 200, body = IceServers), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn of_session(State(app): State<App>, Seen { session, .. }: Seen<act::View>) -> Result<Json<IceServers>> {
    Ok(told(&app, session.id))
}

/// The same, for people who were invited.
#[utoipa::path(get, operation_id = "room_ice_servers", path = "/api/guest/{link}/ice", tag = "guests", params(("link" = Uuid, Path)),
    responses((status = 200, body = IceServers), (status = 403, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn of_room(State(app): State<App>, seen: Guest<act::View>) -> Result<Json<IceServers>> {
    Ok(told(&app, seen.session.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_the_one_that_coturn_computes() {
        let text = "urls = [\"turn:turn.example.org:3478\"]\nsecret = \"north-of-the-river\"\nttl_s = 600";
        let config: turn::Config = toml::from_str(text).unwrap();
        let server = server(&config, "0198", 1_760_000_000).unwrap();
        assert_eq!(server.username, "1760000600:0198");
        // printf 1760000600:0198 | openssl dgst -sha1 -hmac north-of-the-river -binary | base64 (OpenSSL 3.0)
        assert_eq!(server.credential, "HllzVA4Y03IWpog2AiknUS06S3E=");
        assert!(super::server(&turn::Config::default(), "x", 0).is_none());
    }
}
