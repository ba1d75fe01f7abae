//! Signing in at the provider: the way there, the way back, and its word that a session ended.

use super::cookie::{self, SIGN_IN_MINUTES};
use super::entering::enter;
use crate::auth::oidc::{self, Returned};
use crate::clock::now_us;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::{Query, has_type, read};
use crate::http::viewer::{Address, too_many};
use crate::store::people::sign_ins::{self, SignIn};
use crate::store::people::{identities, logins};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Redirect;
use axum_extra::extract::cookie::CookieJar;
use openidconnect::url;
use serde::Deserialize;

/// Longest address of a page to come back to, characters.
const BACK_MAX: usize = 512;
const FORM: &str = "application/x-www-form-urlencoded";

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Begin {
    /// The page to go to afterwards, a path of this server; the first page without it.
    to: Option<String>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Back {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// The form that the provider posts.
#[derive(Deserialize, utoipa::ToSchema)]
pub struct LogoutForm {
    pub logout_token: String,
}

/// Sends the browser to the provider.
#[utoipa::path(get, operation_id = "sign_in_begin", path = "/auth/login", tag = "person", params(Begin),
    responses((status = 303), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn begin(
    State(app): State<App>,
    Address(from): Address,
    Query(Begin { to }): Query<Begin>,
    jar: CookieJar,
) -> Result<(CookieJar, Redirect)> {
    let provider = provider(&app)?;
    app.attempts.begin(from).map_err(too_many)?;
    let begun = match provider.begin().await {
        Ok(begun) => begun,
        Err(error) => return Ok((jar, failed("provider", &error))),
    };
    let back_to = to.filter(|to| is_own_page(to)).unwrap_or_else(|| "/".into());
    let sign_in = SignIn { nonce: begun.nonce, verifier: begun.verifier, back_to };
    let expires_us = now_us() + SIGN_IN_MINUTES * 60_000_000;
    sign_ins::begin(&app.context.db, &begun.state, &sign_in, expires_us).await?;
    Ok((cookie::begin(&app, jar, begun.state), Redirect::to(&begun.url)))
}

/// Takes the browser that comes back from the provider, and signs it in. What fails leads to the sign-in page, which says what
/// to do.
#[utoipa::path(get, operation_id = "sign_in_callback", path = "/auth/callback", tag = "person", params(Back),
    responses((status = 303), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn callback(
    State(app): State<App>,
    Address(from): Address,
    Query(back): Query<Back>,
    headers: HeaderMap,
    jar: CookieJar,
) -> Result<(CookieJar, Redirect)> {
    let provider = provider(&app)?;
    app.attempts.begin(from).map_err(too_many)?;
    // The browser that began is the one that comes back: nobody is signed in to somebody else's account by a link.
    let state = back.state.filter(|state| cookie::begun(&app, &jar).as_ref() == Some(state));
    let Some(state) = state else { return Ok((jar, refused("state", "another browser began it"))) };
    let Some(sign_in) = sign_ins::take(&app.context.db, &state, now_us()).await? else {
        return Ok((jar, refused("state", "it is not known, was used or has expired")));
    };
    let Some(code) = back.code.filter(|_| back.error.is_none()) else {
        // The provider's word is anybody's text, and is not logged.
        return Ok((jar, refused("provider", "the provider refused it")));
    };
    let returned = Returned { code, issuer: back.iss.as_deref(), nonce: sign_in.nonce, verifier: sign_in.verifier };
    let proved = match provider.finish(returned).await {
        Ok(proved) => proved,
        Err(error @ oidc::Error::Unreachable(_)) => return Ok((jar, failed("provider", &error))),
        Err(error @ oidc::Error::Refused(_)) => return Ok((jar, failed("token", &error))),
    };
    let person = identities::sign_in(&app.context.db, provider.issuer(), &proved.subject, &proved.profile).await?;
    let Some(person) = person else { return Ok((jar, refused("disabled", "the account is disabled"))) };
    let jar = enter(&app, &headers, jar, person, provider.issuer(), proved.sid.as_deref()).await?;
    Ok((jar, Redirect::to(&sign_in.back_to)))
}

/// Takes the provider's word that a person signed out there, and signs their browsers out here.
#[utoipa::path(post, operation_id = "sign_out_back_channel", path = "/auth/backchannel", tag = "person",
    request_body(content = LogoutForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200), (status = 400, body = Problem), (status = 404, body = Problem), (status = 415, body = Problem),
        (status = 429, body = Problem)))]
pub async fn back_channel(
    State(app): State<App>,
    Address(from): Address,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode> {
    let provider = provider(&app)?;
    if !has_type(&headers, FORM) {
        return Err(Error::UnsupportedMedia { expected: FORM });
    }
    let body = read(body, app.context.config.limits.json_bytes).await?;
    let token = url::form_urlencoded::parse(&body).find(|(name, _)| name == "logout_token").map(|(_, value)| value);
    let token = token.ok_or_else(|| Error::BadRequest("the form has no logout_token".into()))?;
    let logout = match provider.logout(&token).await {
        Ok(logout) => logout,
        Err(error @ oidc::Error::Unreachable(_)) => {
            return Err(Error::Unavailable { detail: error.to_string(), retry_after_s: 5 });
        }
        Err(error @ oidc::Error::Refused(_)) => {
            app.attempts.refused(from).map_err(too_many)?;
            tracing::warn!(%from, %error, "a logout token was refused");
            return Err(Error::BadRequest(error.to_string()));
        }
    };
    let (db, issuer) = (&app.context.db, provider.issuer());
    if !sign_ins::note_logout(db, issuer, &logout.token_id, logout.expires_us).await? {
        return Err(Error::BadRequest("this logout token was used before".into()));
    }
    let browsers = match &logout.sid {
        Some(sid) => logins::end_of_issuer_session(db, issuer, sid).await?,
        None => logins::end_of_issuer_subject(db, issuer, &logout.subject).await?,
    };
    tracing::info!(browsers, "the provider signed a person out");
    Ok(StatusCode::OK)
}

fn provider(app: &App) -> Result<&oidc::Provider> {
    let found = app.mode.accounts().and_then(|accounts| accounts.provider.as_ref());
    found.ok_or(Error::NotFound("provider to sign in at"))
}

fn refused(problem: &str, why: &str) -> Redirect {
    metrics::counter!("coach_sign_ins_total", "outcome" => "refused").increment(1);
    tracing::warn!(error = why, "a sign-in at the provider was refused");
    Redirect::to(&format!("/sign-in?problem={problem}"))
}

fn failed(problem: &str, error: &oidc::Error) -> Redirect {
    refused(problem, &error.to_string())
}

/// Returns whether this is the address of a page of this server: whatever else it were, a browser could be led elsewhere.
fn is_own_page(to: &str) -> bool {
    let plain = to.chars().all(|letter| letter.is_ascii_graphic() && letter != '\\');
    plain && to.len() <= BACK_MAX && to.starts_with('/') && !to.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_led_to_pages_of_this_server_alone() {
        for to in ["/", "/history", "/sessions/1?a=b#c"] {
            assert!(is_own_page(to), "{to}");
        }
        for to in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "history",
            "/a\nb",
            "/\t/evil.example",
            "/ü",
        ] {
            assert!(!is_own_page(to), "{to}");
        }
        assert!(!is_own_page(&format!("/{}", "a".repeat(BACK_MAX))));
    }
}
