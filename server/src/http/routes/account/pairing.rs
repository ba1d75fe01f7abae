//! Pairing another device with a server where nobody signs in.

use super::entering::enter;
use crate::auth::{By, Mode};
use crate::clock::now_us;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Asks, act};
use crate::store::people::identities::PAIRED;
use anyhow::Context as _;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum_extra::extract::cookie::CookieJar;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Where another device is paired.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Invitation {
    /// One address for each network that this machine is in; they are good for the same device, once.
    pub addresses: Vec<PairingAddress>,
    /// Microseconds since 1970.
    pub expires_us: i64,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct PairingAddress {
    /// The page to open on the device. The code stands behind `#`, so that it is in no log.
    pub url: String,
    /// The same as a QR code: an SVG image, black on white.
    pub qr: String,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairingCode {
    pub code: String,
}

/// Returns where a device opens the pages, one address for each network of this machine.
pub fn addresses(app: &App) -> Vec<String> {
    let http = &app.context.config.http;
    if let Some(url) = &http.public_url {
        return vec![url.trim_end_matches('/').to_owned()];
    }
    let reachable =
        |address: &IpAddr| !address.is_loopback() && !matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local());
    let mut own = match http.bind.ip() {
        all if all.is_unspecified() => coach_media::own_addresses().unwrap_or_default(),
        one => vec![one],
    };
    own.retain(reachable);
    own.sort_by_key(IpAddr::is_ipv6);
    let port = http.bind.port();
    own.into_iter().map(|address| format!("https://{}", std::net::SocketAddr::new(address, port))).collect()
}

/// Where another device is paired, with a code that is good once and for ten minutes. Only pages on the server's own machine get it.
#[utoipa::path(get, operation_id = "pairing_get", path = "/api/pairing", tag = "person",
    responses((status = 200, body = Invitation), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn get(State(app): State<App>, Asks { viewer, .. }: Asks<act::Account>) -> Result<Json<Invitation>> {
    let pairing = app.pairing.as_ref().ok_or(Error::NotFound("pairing"))?;
    if viewer.by != By::Personal {
        return Err(Error::Forbidden("open this page on the computer that the server runs on".into()));
    }
    let code = pairing.code(now_us());
    let mut found = Vec::new();
    for address in addresses(&app) {
        let url = format!("{address}/pair#{}", code.secret);
        let qr = QrCode::new(&url).context("the address is too long for a QR code")?;
        let qr = qr.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
        found.push(PairingAddress { url, qr });
    }
    Ok(Json(Invitation { addresses: found, expires_us: code.expires_us }))
}

/// Pairs the device that sends a code: from then on it is the person's, until it is signed out in the settings.
#[utoipa::path(post, operation_id = "pairing_use", path = "/api/pairing", tag = "person", request_body = PairingCode,
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn pair(
    State(app): State<App>,
    headers: HeaderMap,
    jar: CookieJar,
    Body(given): Body<PairingCode>,
) -> Result<(StatusCode, CookieJar)> {
    let pairing = app.pairing.as_ref().ok_or(Error::NotFound("pairing"))?;
    let Mode::Personal(person) = &app.mode else { return Err(Error::NotFound("pairing")) };
    if !pairing.take(&given.code, now_us()) {
        metrics::counter!("coach_credentials_refused_total").increment(1);
        tracing::warn!("a pairing code was refused: unknown, used or expired");
        return Err(Error::SignIn(
            "this code is not known, was used or has expired; show a new one on the computer".into(),
        ));
    }
    let jar = enter(&app, &headers, jar, *person, PAIRED, None).await?;
    Ok((StatusCode::NO_CONTENT, jar))
}
