//! Passkeys: registered from the settings page, and signed in by, alone or after a password.

use super::entering::enter;
use crate::auth::passkeys::{Answered, Begun, Passkeys, Refused, after_use};
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::routes::questions::own::line;
use crate::http::viewer::{Address, Asks, act, refused, too_many};
use crate::store::people::identities::LOCAL;
use crate::store::people::passkeys::{self, PASSKEYS_MAX, Passkey};
use crate::store::people::{audit, users};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum_extra::extract::cookie::CookieJar;
use coach_core::UserId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::RangeInclusive;
use uuid::Uuid;

/// Characters of a name.
const NAME: RangeInclusive<usize> = 1..=80;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PasskeyList)]
pub struct List {
    /// The oldest first.
    pub passkeys: Vec<Passkey>,
}

/// A ceremony for the browser's authenticator.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PasskeyCeremony)]
pub struct CeremonyView {
    /// Names the ceremony when its answer comes. It is good once and for five minutes.
    pub ceremony: String,
    /// What `navigator.credentials` takes, with `publicKey` in its JSON form (WebAuthn Level 3).
    #[schema(value_type = Object)]
    pub options: Value,
}

impl From<Begun> for CeremonyView {
    fn from(begun: Begun) -> CeremonyView {
        CeremonyView { ceremony: begun.ceremony, options: begun.options }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPasskey)]
pub struct New {
    pub ceremony: String,
    /// What the person calls it, 1 to 80 characters.
    pub name: String,
    /// What `navigator.credentials.create` gave, by its `toJSON`.
    #[schema(value_type = Object)]
    pub credential: Value,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasskeyAnswer)]
pub struct Answer {
    pub ceremony: String,
    /// What `navigator.credentials.get` gave, by its `toJSON`.
    #[schema(value_type = Object)]
    pub credential: Value,
}

/// Returns the ceremonies.
///
/// # Errors
/// Nobody signs in by something of this server, or its address is a number.
pub fn offered(app: &App) -> Result<&Passkeys> {
    let offered = app.mode.accounts().filter(|accounts| accounts.local).and(app.passkeys.as_ref());
    offered.ok_or(Error::NotFound("sign-in by passkey on this server"))
}

/// The person's passkeys.
#[utoipa::path(get, operation_id = "passkeys_list", path = "/api/passkeys", tag = "person",
    responses((status = 200, body = List), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(State(app): State<App>, Asks { viewer, .. }: Asks<act::Account>) -> Result<Json<List>> {
    Ok(Json(List { passkeys: passkeys::list(&app.context.db, viewer.user).await? }))
}

/// Begins the registration of a passkey.
#[utoipa::path(post, operation_id = "passkeys_begin", path = "/api/passkeys/begin", tag = "person",
    responses((status = 200, body = CeremonyView), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn begin(State(app): State<App>, Asks { viewer, .. }: Asks<act::Account>) -> Result<Json<CeremonyView>> {
    let db = &app.context.db;
    let account = users::get(db, viewer.user).await?.ok_or(Error::NotFound("person"))?;
    let name = account.email.or(account.name).unwrap_or_else(|| "you".into());
    let known: Vec<Value> = passkeys::credentials(db, viewer.user).await?.into_iter().map(|(_, key)| key).collect();
    Ok(Json(offered(&app)?.begin_registration(viewer.user, &name, &known)?.into()))
}

/// Keeps a passkey that the browser made. From then on a password alone signs the person in no more.
#[utoipa::path(post, operation_id = "passkeys_add", path = "/api/passkeys", tag = "person", request_body = New,
    responses((status = 201, body = Passkey), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn add(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Account>,
    Body(new): Body<New>,
) -> Result<(StatusCode, Json<Passkey>)> {
    let name = line("a passkey's name", &new.name, NAME)?;
    let made = offered(&app)?.register(viewer.user, &new.ceremony, new.credential);
    let made = made.map_err(|refused| Error::Unprocessable(format!("{refused}; begin again")))?;
    let db = &app.context.db;
    let added = passkeys::add(db, viewer.user, &made.credential_id, &name, &made.credential).await?;
    let full = || Error::Conflict(format!("you have {PASSKEYS_MAX} passkeys, or this one is known already"));
    let id = added.ok_or_else(full)?;
    audit::add(db, viewer.user, audit::What::PasskeyAdded, None, None).await?;
    tracing::info!(user = %viewer.user, passkey = %id, "a passkey was registered");
    let key = passkeys::list(db, viewer.user).await?.into_iter().find(|key| key.id == id);
    Ok((StatusCode::CREATED, Json(key.ok_or(Error::NotFound("passkey"))?)))
}

/// Removes a passkey. Without any, a password alone signs the person in again.
#[utoipa::path(delete, operation_id = "passkeys_remove", path = "/api/passkeys/{passkey}", tag = "person", params(("passkey" = Uuid, Path)),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn remove(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Account>,
    Path(passkey): Path<String>,
) -> Result<StatusCode> {
    let id: Uuid = passkey.parse().map_err(|_| Error::NotFound("passkey"))?;
    if !passkeys::remove(&app.context.db, viewer.user, id).await? {
        return Err(Error::NotFound("passkey"));
    }
    audit::add(&app.context.db, viewer.user, audit::What::PasskeyRemoved, None, None).await?;
    tracing::info!(user = %viewer.user, passkey = %id, "a passkey was removed");
    Ok(StatusCode::NO_CONTENT)
}

/// Begins a sign-in by a passkey alone. No name is asked for.
#[utoipa::path(post, operation_id = "sign_in_passkey_begin", path = "/api/sign-in/passkey/begin", tag = "person",
    responses((status = 200, body = CeremonyView), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn begin_sign_in(State(app): State<App>, Address(from): Address) -> Result<Json<CeremonyView>> {
    let passkeys = offered(&app)?;
    app.attempts.begin(from).map_err(too_many)?;
    Ok(Json(passkeys.begin_sign_in()?.into()))
}

/// Signs the browser in by a passkey: alone, or as the step after a password.
#[utoipa::path(post, operation_id = "sign_in_passkey", path = "/api/sign-in/passkey", tag = "person", request_body = Answer,
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem), (status = 429, body = Problem)))]
pub async fn sign_in(
    State(app): State<App>,
    Address(from): Address,
    headers: HeaderMap,
    jar: CookieJar,
    Body(given): Body<Answer>,
) -> Result<(StatusCode, CookieJar)> {
    let passkeys = offered(&app)?;
    let person = match proved(&app, passkeys, given).await? {
        Ok(person) => person,
        Err(Refused) => {
            metrics::counter!("coach_sign_ins_total", "outcome" => "refused").increment(1);
            return Err(refused(&app, from, "this passkey is not known here, or its answer came too late; try again"));
        }
    };
    let jar = enter(&app, &headers, jar, person, LOCAL, None).await?;
    Ok((StatusCode::NO_CONTENT, jar))
}

/// Returns whom an answer proves.
async fn proved(app: &App, ceremonies: &Passkeys, given: Answer) -> Result<std::result::Result<UserId, Refused>> {
    let db = &app.context.db;
    let (person, id, credential) = match ceremonies.answered(&given.ceremony, given.credential) {
        Err(refused) => return Ok(Err(refused)),
        Ok(Answered::SignIn(claim)) => {
            let person = claim.person;
            let Some((id, known)) = passkeys::find(db, person, &claim.credential_id).await? else {
                return Ok(Err(Refused));
            };
            match ceremonies.verify(*claim, known) {
                Ok(credential) => (person, id, credential),
                Err(refused) => return Ok(Err(refused)),
            }
        }
        Ok(Answered::SecondStep { person, credential_id, result }) => {
            // It may have been removed, or the account disabled, since the password was given.
            let Some((id, known)) = passkeys::find(db, person, &credential_id).await? else {
                return Ok(Err(Refused));
            };
            (person, id, after_use(known, &result)?)
        }
    };
    passkeys::used(db, person, id, &credential).await?;
    Ok(Ok(person))
}

/// Returns the second step of a person who gave the right password; `None`: they have no passkey.
///
/// # Errors
/// The database does not answer, or too many ceremonies are under way.
pub async fn second_step(app: &App, person: UserId) -> Result<Option<CeremonyView>> {
    let Ok(ceremonies) = offered(app) else { return Ok(None) };
    let known: Vec<Value> =
        passkeys::credentials(&app.context.db, person).await?.into_iter().map(|(_, credential)| credential).collect();
    if known.is_empty() {
        return Ok(None);
    }
    Ok(Some(ceremonies.begin_second_step(person, &known)?.into()))
}
