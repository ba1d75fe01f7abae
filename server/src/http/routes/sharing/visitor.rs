//! The guest of a link: an extractor that proves the cookie and names what the guest may do.

use crate::auth::rights::{Action, Party};
use crate::clock::now_us;
use crate::http::app::App;
use crate::http::error::{Error, Result};
use crate::http::routes::account::cookie;
use crate::http::viewer::{Act, Address, too_many};
use crate::live::Participant;
use crate::store::sessions::{self, Session};
use crate::store::sharing::links::Opens;
use crate::store::sharing::visits;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use std::marker::PhantomData;
use uuid::Uuid;

/// Somebody without an account, whose browser opened the link that the path names, and who may do this with its session.
pub struct Guest<A> {
    pub session: Session,
    pub guest: visits::Guest,
    act: PhantomData<A>,
}

impl<A: Act> FromRequestParts<App> for Guest<A> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Guest<A>> {
        let path = RawPathParams::from_request_parts(parts, app).await.ok();
        let link: Uuid = path
            .and_then(|params| {
                params.iter().find(|(name, _)| *name == "link").and_then(|(_, value)| value.parse().ok())
            })
            .ok_or_else(unknown)?;
        let secret = cookie::guest(app, &parts.headers, link).ok_or_else(unknown)?;
        let db = &app.context.db;
        let Some(guest) = visits::find(db, link, &secret, now_us()).await? else {
            let Address(from) = Address::from_request_parts(parts, app).await.unwrap_or_else(|never| match never {});
            metrics::counter!("coach_credentials_refused_total").increment(1);
            app.attempts.refused(from).map_err(too_many)?;
            return Err(unknown());
        };
        let session = sessions::get(db, guest.link.owner(), guest.link.session()).await?.ok_or_else(unknown)?;
        if !party(&guest.link).may(A::ACTION) {
            return Err(Error::Forbidden("the owner of this session has not allowed that".into()));
        }
        Ok(Guest { session, guest, act: PhantomData })
    }
}

/// Returns what the guests of a link are to its session.
pub fn party(link: &Opens) -> Party {
    match link.role() {
        Some(role) => Party::Invited { role },
        None => Party::Guest { scores: link.scores, comments: link.comments },
    }
}

/// Returns as whom a guest takes part in the live session; `None`: they only watch.
pub fn takes_part_as(guest: &visits::Guest) -> Option<Participant> {
    party(&guest.link).may(Action::Interview).then_some(Participant::Interviewer)
}

/// Returns whether a guest who was let in may still be here: the link is in force, and so is what the browser holds.
///
/// # Errors
/// The database does not answer.
pub async fn may_still(app: &App, guest: &visits::Guest) -> sqlx::Result<bool> {
    visits::is_valid(&app.context.db, guest.link.owner(), guest.visit, now_us()).await
}

/// Returns the answer to whoever has no link that is in force: it does not tell whether there ever was one.
pub fn unknown() -> Error {
    Error::NotFound("link any more; ask for a new one")
}
