//! Extracts who makes a request and what they ask for; refuses what `auth::rights` does not allow.

use super::app::App;
use super::error::{Error, Result};
use super::rate::address;
use super::routes::account::cookie;
use crate::auth::rights::{self, Action, Party};
use crate::auth::{By, Mode, Viewer};
use crate::clock::now_us;
use crate::store::people::{audit, grants, logins, tokens, users};
use crate::store::sessions::{self, Session};
use axum::extract::{ConnectInfo, FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use coach_core::SessionId;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::net::{IpAddr, SocketAddr};

/// Names an [`Action`] in the type of an extractor.
pub trait Act: Send {
    const ACTION: Action;
}

macro_rules! acts {
    ($($name:ident),+ $(,)?) => {
        /// The actions as types.
        pub mod act {
            $(pub struct $name;)+
        }
        $(impl Act for act::$name {
            const ACTION: Action = Action::$name;
        })+
    };
}
acts!(See, Change, Publish, Watch, View, Interview, Review, Report, Comment, Export, Share, Use, Account, Operate);

/// Somebody who may do this with what is their own.
pub struct Asks<A> {
    pub viewer: Viewer,
    act: PhantomData<A>,
}

impl<A: Act> FromRequestParts<App> for Asks<A> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Asks<A>> {
        let viewer = who(parts, app).await?;
        if !rights::carries(viewer.by, A::ACTION) {
            return Err(Error::Forbidden("this token is not good for that".into()));
        }
        if viewer.by != By::Personal && A::ACTION == Action::Operate {
            let account = users::get(&app.context.db, viewer.user).await?;
            if !account.is_some_and(|account| rights::may_on_server(account.role, A::ACTION)) {
                return Err(Error::Forbidden("only administrators of the server may do that".into()));
            }
        }
        Ok(Asks { viewer, act: PhantomData })
    }
}

/// The session that the path names, for somebody who may do this with it.
pub struct Seen<A> {
    pub session: Session,
    pub viewer: Viewer,
    pub party: Party,
    act: PhantomData<A>,
}

impl<A: Act> FromRequestParts<App> for Seen<A> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Seen<A>> {
        let viewer = who(parts, app).await?;
        let unknown = || Error::NotFound("session");
        let path = RawPathParams::from_request_parts(parts, app).await.ok();
        let id: SessionId = path
            .and_then(|params| params.iter().find(|(name, _)| *name == "id").and_then(|(_, value)| value.parse().ok()))
            .ok_or_else(unknown)?;
        if let By::Token { session: Some(only), .. } = viewer.by
            && only != id
        {
            return Err(unknown());
        }
        let db = &app.context.db;
        let (session, parties) = match sessions::get(db, viewer.user, id).await? {
            Some(session) => (session, vec![Party::Owner]),
            None => {
                let held = grants::held(db, viewer.user, id, now_us()).await?;
                let owner = held.first().ok_or_else(unknown)?.owner;
                let session = sessions::get(db, owner, id).await?.ok_or_else(unknown)?;
                let party = |grant: &grants::Grant| Party::Grantee { role: grant.role, scores: grant.scores };
                (session, held.iter().map(party).collect())
            }
        };
        let Some(&party) = parties.iter().find(|party| party.may(A::ACTION)) else {
            return Err(Error::Forbidden("the owner of this session has not allowed that".into()));
        };
        if !rights::carries(viewer.by, A::ACTION) {
            return Err(Error::Forbidden("this token is not good for that".into()));
        }
        // The strongest of several grants says whether scores are shown.
        let party = parties.iter().copied().find(|party| party.may(Action::Report)).unwrap_or(party);
        Ok(Seen { session, viewer, party, act: PhantomData })
    }
}

impl<A> Seen<A> {
    /// Notes for the owner that somebody else reads the session.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn note_reading(&self, app: &App) -> sqlx::Result<()> {
        if self.party == Party::Owner {
            return Ok(());
        }
        audit::read(&app.context.db, self.session.owner, self.session.id, self.viewer.user, now_us()).await
    }
}

/// Returns who makes the request.
///
/// # Errors
/// It proves nobody, or too many such requests came from its address.
pub async fn who(parts: &mut Parts, app: &App) -> Result<Viewer> {
    match &app.mode {
        Mode::Personal(user) if app.pairing.is_none() || is_local(parts) => {
            return Ok(Viewer { user: *user, by: By::Personal });
        }
        Mode::Personal(_) => return paired(parts, app).await,
        Mode::Accounts(_) => {}
    }
    let found = match (bearer(&parts.headers), cookie::login(app, &parts.headers)) {
        // A request with both has the token's rights alone.
        (Some(secret), _) => {
            let held = tokens::bearer(&app.context.db, &secret, now_us()).await?;
            held.map(|b| Viewer { user: b.owner, by: By::Token { id: b.id, scope: b.scope, session: b.session } })
        }
        (None, Some(secret)) => {
            let idle_us = app.context.config.auth.idle_us();
            let held = logins::find(&app.context.db, &secret, now_us(), idle_us).await?;
            held.map(|(id, user)| Viewer { user, by: By::Login(id) })
        }
        (None, None) => return Err(Error::SignIn("sign in first".into())),
    };
    match found {
        Some(viewer) => Ok(viewer),
        None => Err(refused(app, address(&parts.extensions), "the sign-in has ended or is not known; sign in again")),
    }
}

/// Returns whether the request comes from the machine that the server runs on.
fn is_local(parts: &Parts) -> bool {
    let from = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    from.is_some_and(|ConnectInfo(address)| address.ip().to_canonical().is_loopback())
}

/// Returns the person, when the request comes from a device that was paired.
async fn paired(parts: &Parts, app: &App) -> Result<Viewer> {
    let held = match cookie::login(app, &parts.headers) {
        Some(secret) => logins::find(&app.context.db, &secret, now_us(), app.context.config.auth.idle_us()).await?,
        None => None,
    };
    let (id, user) = held.ok_or_else(|| {
        Error::SignIn("this device is not paired: open Settings on the computer that the server runs on".into())
    })?;
    Ok(Viewer { user, by: By::Login(id) })
}

/// Returns whether somebody who asked earlier may still ask: neither signed out, nor revoked, nor expired.
pub async fn is_valid(app: &App, viewer: Viewer) -> sqlx::Result<bool> {
    match viewer.by {
        By::Personal => Ok(true),
        By::Login(id) => logins::is_valid(&app.context.db, id, viewer.user, now_us()).await,
        By::Token { id, .. } => tokens::is_valid(&app.context.db, id, viewer.user, now_us()).await,
    }
}

/// Returns whether somebody who did this may still do it: the credential is valid, and the session is their own or granted.
pub async fn may_still<A: Act>(app: &App, seen: &Seen<A>) -> sqlx::Result<bool> {
    let (db, user, session) = (&app.context.db, seen.viewer.user, seen.session.id);
    if !is_valid(app, seen.viewer).await? {
        return Ok(false);
    }
    if user == seen.session.owner {
        return Ok(sessions::get(db, user, session).await?.is_some());
    }
    let held = grants::held(db, user, session, now_us()).await?;
    let party = |grant: &grants::Grant| Party::Grantee { role: grant.role, scores: grant.scores };
    Ok(held.iter().any(|grant| party(grant).may(A::ACTION)))
}

/// Counts and logs a credential that is not valid. Returns what its sender gets.
pub fn refused(app: &App, from: IpAddr, detail: &str) -> Error {
    metrics::counter!("coach_credentials_refused_total").increment(1);
    match app.attempts.refused(from) {
        Ok(()) => {
            tracing::warn!(%from, "a credential was refused: unknown, expired or revoked");
            Error::SignIn(detail.to_owned())
        }
        Err(retry_after_s) => too_many(retry_after_s),
    }
}

/// Returns the answer to too many attempts, and counts it.
pub fn too_many(retry_after_s: u32) -> Error {
    metrics::counter!("coach_sign_ins_limited_total").increment(1);
    Error::TooMany { detail: format!("too many attempts; wait {retry_after_s} s, then try again"), retry_after_s }
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    // Another scheme is no token of ours, and is refused as one that is not known.
    let token = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    Some(token.map(|(_, token)| token.trim()).unwrap_or_default().to_owned())
}

/// What counts as the address of a request: an IPv4 address, or the first 64 bits of an IPv6 address.
pub struct Address(pub IpAddr);

impl FromRequestParts<App> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> std::result::Result<Address, Infallible> {
        Ok(Address(address(&parts.extensions)))
    }
}
