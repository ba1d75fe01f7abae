//! Signing in by name and password, setting a password by a link, signing out.

use super::cookie;
use super::entering::enter;
use super::passkeys::{self, CeremonyView};
use crate::auth::password::{Busy, LENGTH};
use crate::auth::{By, Mode};
use crate::clock::now_us;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Address, Asks, act, refused, too_many};
use crate::jobs::notify::mail;
use crate::store::people::identities::LOCAL;
use crate::store::people::logins;
use crate::store::people::{audit, passwords};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use serde::{Deserialize, Serialize};

/// How people sign in on this server.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Ways {
    /// `personal`: one person, no sign-in; `accounts`: people sign in.
    pub mode: &'static str,
    /// Whether names and passwords of this server are taken.
    pub password: bool,
    /// Whether people sign in by a passkey, alone or after a password.
    pub passkeys: bool,
    /// Whether devices other than the server's own machine are paired by a code first.
    pub pairing: bool,
    /// Whether whoever has forgotten a password gets a link by mail.
    pub forgotten: bool,
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
    let passkeys = passkeys::offered(&app).is_ok();
    let forgotten = password && app.context.config.mail.enabled();
    Json(Ways { mode: app.mode.name(), password, forgotten, passkeys, pairing: app.pairing.is_some(), provider })
}

/// Signs the browser in by name and password; 200: the password is right, and one of the person's passkeys is the second step. The answer is
/// the same for a name that does not exist.
#[utoipa::path(post, operation_id = "sign_in_password", path = "/api/sign-in", tag = "person", request_body = Credentials,
    responses((status = 200, body = CeremonyView), (status = 204), (status = 401, body = Problem), (status = 404, body = Problem),
        (status = 429, body = Problem)))]
pub async fn by_password(
    State(app): State<App>,
    Address(from): Address,
    headers: HeaderMap,
    jar: CookieJar,
    Body(given): Body<Credentials>,
) -> Result<Response> {
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
    if let Some(step) = passkeys::second_step(&app, person).await? {
        return Ok(Json(step).into_response());
    }
    let jar = enter(&app, &headers, jar, person, LOCAL, None).await?;
    Ok((StatusCode::NO_CONTENT, jar).into_response())
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

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forgotten {
    /// The account's name, an e-mail address.
    pub name: String,
}

/// Longest name of an account, bytes.
const NAME_MAX: usize = 254;

/// Sends a link by which a password is set anew to whoever has this name. The answer, and the work of this request, are the same for
/// a name that nobody has.
#[utoipa::path(post, operation_id = "password_forgotten", path = "/api/password/forgotten", tag = "person", request_body = Forgotten,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn forgotten(
    State(app): State<App>,
    Address(from): Address,
    Body(given): Body<Forgotten>,
) -> Result<StatusCode> {
    has_passwords(&app)?;
    if !app.context.config.mail.enabled() {
        return Err(Error::NotFound("mail of this server; ask whoever runs it for a link"));
    }
    let name = given.name.trim().to_lowercase();
    if name.len() > NAME_MAX {
        return Err(Error::Unprocessable(format!("a name has at most {NAME_MAX} bytes")));
    }
    app.attempts.password(from, &format!("forgotten {name}")).map_err(too_many)?;
    app.context.queue.enqueue(mail::reset(&name)).await?;
    tracing::info!(%from, "a link to set a password was asked for");
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
