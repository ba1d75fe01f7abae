//! Signing in by name and password, setting a password by a link, signing out.

use super::cookie;
use crate::auth::password::{Busy, LENGTH};
use crate::auth::{By, Mode};
use crate::clock::{DAY_US, now_us};
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Address, Asks, act, refused, too_many};
use crate::store::people::identities::LOCAL;
use crate::store::people::logins::{self, NewLogin};
use crate::store::people::{audit, passwords};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum_extra::extract::cookie::CookieJar;
use coach_core::UserId;
use serde::{Deserialize, Serialize};

/// How people sign in on this server.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Ways {
    /// `personal`: one person, no sign-in; `accounts`: people sign in.
    pub mode: &'static str,
    /// Whether names and passwords of this server are taken.
    pub password: bool,
    /// Whether devices other than the server's own machine are paired by a code first.
    pub pairing: bool,
    /// What the provider is called, at which people sign in by `/auth/login`; `null`: there is none.
    pub provider: Option<String>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The account's name, an e-mail address.
    pub name: String,
    pub password: String,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The secret of the link.
    pub link: String,
    /// 12 to 256 characters.
    pub password: String,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct SignedOut {
    /// The provider's page that signs the browser out there too; `null`: nothing is left to do.
    pub location: Option<String>,
}

/// How people sign in.
#[utoipa::path(get, operation_id = "sign_in_ways", path = "/api/sign-in", tag = "person", responses((status = 200, body = Ways)))]
pub async fn ways(State(app): State<App>) -> Json<Ways> {
    let (password, provider) = match &app.mode {
        Mode::Personal(_) => (false, false),
        Mode::Accounts(accounts) => (accounts.local, accounts.provider.is_some()),
    };
    let provider = provider.then(|| app.context.config.auth.label.clone());
    Json(Ways { mode: app.mode.name(), password, pairing: app.pairing.is_some(), provider })
}

/// Signs the browser in by name and password. The answer is the same for a name that does not exist.
#[utoipa::path(post, operation_id = "sign_in_password", path = "/api/sign-in", tag = "person", request_body = Credentials,
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn by_password(
    State(app): State<App>,
    Address(from): Address,
    headers: HeaderMap,
    jar: CookieJar,
    Body(given): Body<Credentials>,
) -> Result<(StatusCode, CookieJar)> {
    has_passwords(&app)?;
    let name = given.name.trim().to_lowercase();
    app.attempts.password(from, &name).map_err(too_many)?;
    let found = passwords::hash_of(&app.context.db, &name).await?;
    let (person, hash) = found.map_or((None, None), |(person, hash)| (Some(person), Some(hash)));
    let good = app.passwords.verify(given.password, hash).await.map_err(busy)?;
    let Some(person) = person.filter(|_| good) else {
        metrics::counter!("coach_sign_ins_total", "outcome" => "refused").increment(1);
        // Without the name: people type passwords there.
        tracing::warn!(%from, "a sign-in by password was refused");
        return Err(Error::SignIn("name or password is wrong".into()));
    };
    let jar = enter(&app, &headers, jar, person, LOCAL, None).await?;
    Ok((StatusCode::NO_CONTENT, jar))
}

/// Signs a browser in: a new secret, whatever the browser had before.
pub async fn enter(
    app: &App,
    headers: &HeaderMap,
    jar: CookieJar,
    person: UserId,
    issuer: &str,
    issuer_sid: Option<&str>,
) -> Result<CookieJar> {
    let now_us = now_us();
    let expires_us = now_us + i64::from(app.context.config.auth.days) * DAY_US;
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let login = NewLogin { person, issuer, issuer_sid, agent, now_us, expires_us };
    let db = &app.context.db;
    // What the browser was signed in by before is of no more use.
    if let Some(old) = cookie::login(app, headers)
        && let Some((id, user)) = logins::find(db, &old, now_us, app.context.config.auth.idle_us()).await?
    {
        logins::end(db, user, id).await?;
    }
    let secret = logins::create(db, login).await?;
    audit::add(db, person, audit::What::SignedIn, None, None).await?;
    metrics::counter!("coach_sign_ins_total", "outcome" => "done").increment(1);
    tracing::info!(user = %person, issuer, "a person signed in");
    Ok(cookie::sign_in(app, jar, secret))
}

/// Sets the password of a local account by an invitation or a reset link, which is good once. Signs every browser of the person
/// out and revokes their tokens.
#[utoipa::path(post, operation_id = "password_set", path = "/api/password", tag = "person", request_body = NewPassword,
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub async fn set_password(
    State(app): State<App>,
    Address(from): Address,
    Body(new): Body<NewPassword>,
) -> Result<StatusCode> {
    has_passwords(&app)?;
    app.attempts.begin(from).map_err(too_many)?;
    let unknown = || refused(&app, from, "this link is not known, was used or has expired; ask for a new one");
    // Asked first, so that a guessed link costs no hash.
    if passwords::of_link(&app.context.db, &new.link, now_us()).await?.is_none() {
        return Err(unknown());
    }
    if !LENGTH.contains(&new.password.chars().count()) {
        let detail = format!("a password has {} to {} characters", LENGTH.start(), LENGTH.end());
        return Err(Error::Unprocessable(detail));
    }
    let hash = app.passwords.hash(new.password).await.map_err(busy)?;
    let person = passwords::set_by_link(&app.context.db, &new.link, &hash, now_us()).await?.ok_or_else(unknown)?;
    audit::add(&app.context.db, person, audit::What::PasswordSet, None, None).await?;
    tracing::info!(user = %person, "a password was set by a link");
    Ok(StatusCode::NO_CONTENT)
}

/// Signs this browser out.
#[utoipa::path(post, operation_id = "sign_out", path = "/api/sign-out", tag = "person",
    responses((status = 200, body = SignedOut), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn sign_out(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Account>,
    jar: CookieJar,
) -> Result<(CookieJar, Json<SignedOut>)> {
    let By::Login(id) = viewer.by else {
        return Ok((jar, Json(SignedOut { location: None })));
    };
    let issuer = logins::end(&app.context.db, viewer.user, id).await?;
    audit::add(&app.context.db, viewer.user, audit::What::SignedOut, None, None).await?;
    let provider = app.mode.accounts().and_then(|accounts| accounts.provider.as_ref());
    let location = match (provider, issuer) {
        (Some(provider), Some(issuer)) if provider.issuer() == issuer => {
            provider.sign_out_url(&format!("{}/", app.context.config.http.base_url())).await
        }
        _ => None,
    };
    Ok((cookie::sign_out(&app, jar), Json(SignedOut { location })))
}

/// Refuses with 404 where nobody signs in by a password of this server.
fn has_passwords(app: &App) -> Result<()> {
    let found = app.mode.accounts().filter(|accounts| accounts.local);
    found.map(drop).ok_or(Error::NotFound("sign-in by password on this server"))
}

/// Returns the answer to a password that could not be hashed or verified.
pub fn busy(error: anyhow::Error) -> Error {
    match error.downcast_ref::<Busy>() {
        Some(busy) => Error::Unavailable { detail: format!("{busy}; try again in a moment"), retry_after_s: 2 },
        None => Error::Internal(error),
    }
}
