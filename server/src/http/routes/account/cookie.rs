//! The cookies of a browser: one that signs it in, one for a sign-in that is under way at the provider, one for each link that it opened.

use crate::http::app::App;
use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use time::Duration;
use uuid::Uuid;

/// A sign-in at the provider must end within this time, minutes.
pub const SIGN_IN_MINUTES: i64 = 10;

/// Names with this prefix are taken by browsers only with `Secure`, `Path=/` and no `Domain`.
const PREFIX: &str = "__Host-";

fn named(app: &App, name: &str) -> String {
    // Over plain http, on this machine, browsers refuse the prefix.
    if app.context.config.http.is_https() { format!("{PREFIX}{name}") } else { name.to_owned() }
}

fn cookie(app: &App, name: &str, value: String, lasts: Duration) -> Cookie<'static> {
    Cookie::build((named(app, name), value))
        .path("/")
        .http_only(true)
        .secure(app.context.config.http.is_https())
        .same_site(SameSite::Lax)
        .max_age(lasts)
        .build()
}

/// Returns the secret that signs the browser in.
pub fn login(app: &App, headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers).get(&named(app, "coach")).map(|cookie| cookie.value().to_owned())
}

/// Adds the cookie that signs the browser in, and takes away the one of a sign-in that was under way.
pub fn sign_in(app: &App, jar: CookieJar, secret: String) -> CookieJar {
    let lasts = Duration::days(app.context.config.auth.days.into());
    let jar = match begun(app, &jar) {
        Some(_) => jar.add(cookie(app, "coach-sign-in", String::new(), Duration::ZERO)),
        None => jar,
    };
    jar.add(cookie(app, "coach", secret, lasts))
}

/// Takes away the cookie that signs the browser in.
pub fn sign_out(app: &App, jar: CookieJar) -> CookieJar {
    jar.add(cookie(app, "coach", String::new(), Duration::ZERO))
}

/// Adds the cookie that binds a sign-in to the browser that began it.
pub fn begin(app: &App, jar: CookieJar, state: String) -> CookieJar {
    jar.add(cookie(app, "coach-sign-in", state, Duration::minutes(SIGN_IN_MINUTES)))
}

/// Returns the state of the sign-in that this browser began.
pub fn begun(app: &App, jar: &CookieJar) -> Option<String> {
    jar.get(&named(app, "coach-sign-in")).map(|cookie| cookie.value().to_owned())
}

fn of_link(link: Uuid) -> String {
    format!("coach-guest-{}", link.simple())
}

/// Returns the secret by which the browser sees what this link shows.
pub fn guest(app: &App, headers: &HeaderMap, link: Uuid) -> Option<String> {
    CookieJar::from_headers(headers).get(&named(app, &of_link(link))).map(|cookie| cookie.value().to_owned())
}

/// Adds the cookie by which the browser sees what this link shows, for `us` microseconds.
pub fn let_in(app: &App, jar: CookieJar, link: Uuid, secret: String, us: i64) -> CookieJar {
    jar.add(cookie(app, &of_link(link), secret, Duration::microseconds(us)))
}
