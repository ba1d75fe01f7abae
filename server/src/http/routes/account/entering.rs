//! Signs a browser in, however its person has proved who they are.

use super::cookie;
use crate::clock::{DAY_US, now_us};
use crate::http::app::App;
use crate::http::error::Result;
use crate::store::people::audit;
use crate::store::people::logins::{self, NewLogin};
use axum::http::{HeaderMap, header};
use axum_extra::extract::cookie::CookieJar;
use coach_core::UserId;

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
