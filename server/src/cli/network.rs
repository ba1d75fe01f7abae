//! Serving other devices of the same network: the certificate, and the code by which a device is paired.

use crate::clock::now_us;
use crate::config::Config;
use crate::config::media::From;
use crate::http::app::App;
use crate::http::listen::tls;
use crate::http::routes::account;
use axum::http::Uri;
use qrcode::QrCode;
use qrcode::render::unicode;
use std::io::IsTerminal;

/// Returns the files of the server's certificate; one of its own making is made. `None`: the listener speaks plain http.
///
/// # Errors
/// The data folder cannot be written.
pub fn certificate(config: &Config) -> anyhow::Result<Option<tls::Files>> {
    let http = &config.http;
    if !http.tls {
        return Ok(None);
    }
    if let (Some(cert), Some(key)) = (&http.tls_cert, &http.tls_key) {
        return Ok(Some(tls::Files { cert: cert.clone(), key: key.clone() }));
    }
    let addresses = coach_media::own_addresses().unwrap_or_default();
    let public = http.public_url.as_deref().and_then(|url| url.parse::<Uri>().ok());
    let further = public.as_ref().and_then(Uri::host).map(str::to_owned);
    let further: Vec<String> = http.allowed_hosts.iter().cloned().chain(further).collect();
    tls::own(&config.storage.data.join("tls"), &tls::names(&addresses, &further)).map(Some)
}

/// Says how another device is paired, to whoever started the program.
pub fn invite(app: &App) {
    let Some(pairing) = &app.pairing else { return };
    let addresses = account::pairing::addresses(app);
    tracing::info!(addresses = %addresses.join(", "), "a phone or another computer is paired by a code: Settings, Devices");
    if app.context.config.media.udp_from == From::Machine {
        tracing::warn!("other devices cannot send video and audio while media.udp_from is \"machine\"");
    }
    // To a person at a terminal and not to the log, because the code is a secret.
    let (Some(address), true) = (addresses.first(), std::io::stdout().is_terminal()) else { return };
    let url = format!("{address}/pair#{}", pairing.code(now_us()).secret);
    let Ok(code) = QrCode::new(&url) else { return };
    // Most terminals are dark, and a code is read dark on light.
    let (dark, light) = (unicode::Dense1x2::Light, unicode::Dense1x2::Dark);
    let code = code.render::<unicode::Dense1x2>().dark_color(dark).light_color(light).build();
    println!(
        "\n{code}\nTo practise on your phone, scan this within ten minutes. The browser warns once, because nobody vouches\n\
         for the certificate that this server has made itself.\n{url}\n"
    );
}
