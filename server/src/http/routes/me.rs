//! The person who makes the request, and what this server offers.

use crate::clock::{DAY_US, now_us};
use crate::context::ModelNames;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Asks, act};
use crate::session::{consent, hints};
use crate::store::consents::{self, Consent};
use crate::store::people::erasure;
use crate::store::people::users::{self, AccountRole};
use axum::Json;
use axum::extract::State;
use coach_core::UserId;
use coach_core::journal::{FaceModel, VoiceActivityModel};
use serde::{Deserialize, Serialize};

#[derive(Serialize, utoipa::ToSchema)]
pub struct Me {
    pub user_id: UserId,
    /// `personal`: one person, no sign-in; `accounts`: people sign in.
    pub mode: &'static str,
    pub name: Option<String>,
    /// The person's verified address.
    pub email: Option<String>,
    /// What the person is on this server; it gives no right to sessions of others.
    pub role: AccountRole,
    /// The newest agreement; `null`: none. It counts when its version is `consent_version`.
    pub consent: Option<Consent>,
    pub consent_version: &'static str,
    /// False: this server does not estimate feelings.
    pub affect: bool,
    pub models: ModelNames,
    /// The largest file that can be uploaded.
    pub upload_bytes: u64,
    /// The hints that can be switched.
    pub hints: Vec<hints::Choice>,
    pub retention: Retention,
    /// When everything is deleted because the person asked for it: microseconds since 1970 (UTC); `null`: they did not ask.
    pub erasure_us: Option<i64>,
}

/// When sessions are deleted by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Retention {
    /// The number of days after which a session is deleted; `null`: never.
    pub days: Option<u32>,
    /// The number of days that the person chose; `null`: none.
    pub own: Option<u32>,
    /// The most days that this server keeps a session; `null`: unlimited.
    pub server: Option<u32>,
    /// When the number that the person chose begins to count: microseconds since 1970 (UTC); `null`: it counts.
    pub from_us: Option<i64>,
}

impl Retention {
    async fn of(app: &App, user: UserId) -> Result<Retention> {
        let server = Some(app.context.config.limits.retention_days).filter(|&days| days > 0);
        let own = users::retention_days(&app.context.db, user).await?.and_then(|days| u32::try_from(days).ok());
        let since = users::retention_since_us(&app.context.db, user).await?.filter(|_| own.is_some());
        let from_us = since.map(|us| us + DAY_US).filter(|&us| us > now_us());
        Ok(Retention { days: own.into_iter().chain(server).min(), own, server, from_us })
    }
}

/// Returns the person, and what this server offers.
#[utoipa::path(get, operation_id = "me_get", path = "/api/me", tag = "person", responses((status = 200, body = Me)))]
pub async fn get(State(app): State<App>, Asks { viewer, .. }: Asks<act::Use>) -> Result<Json<Me>> {
    Ok(Json(me(&app, viewer.user).await?))
}

async fn me(app: &App, user: UserId) -> Result<Me> {
    let account = users::get(&app.context.db, user).await?.ok_or(Error::NotFound("person"))?;
    let nothing = ModelNames { face: FaceModel::None, voice_activity: VoiceActivityModel::Energy, words: None };
    Ok(Me {
        user_id: user,
        mode: app.mode.name(),
        name: account.name,
        email: account.email,
        role: account.role,
        consent: consents::latest(&app.context.db, user).await?,
        consent_version: consent::VERSION,
        affect: app.context.config.affect.enabled,
        models: app.context.models.get().unwrap_or(nothing),
        upload_bytes: app.context.config.limits.upload_bytes,
        hints: hints::all().collect(),
        retention: Retention::of(app, user).await?,
        erasure_us: erasure::asked(&app.context.db, user).await?.map(|asked| asked + DAY_US),
    })
}

/// The longest limit that a person can set, days.
pub const DAYS_MAX: u32 = 36_500;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The number of days after which sessions are deleted, 1 to 36500; `null`: the server's limit.
    #[serde(deserialize_with = "Option::deserialize")]
    pub retention_days: Option<u32>,
}

/// Sets the person's own limit, which counts from a day later. One that is longer than the server's has no effect. References are
/// exempt from it, and not from the server's.
#[utoipa::path(put, operation_id = "me_put", path = "/api/me", tag = "person", request_body = Settings,
    responses((status = 200, body = Me), (status = 422, body = Problem)))]
pub async fn put(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Body(wish): Body<Settings>,
) -> Result<Json<Me>> {
    if wish.retention_days.is_some_and(|days| !(1..=DAYS_MAX).contains(&days)) {
        return Err(Error::Unprocessable(format!("retention_days must be 1 to {DAYS_MAX}")));
    }
    let days = wish.retention_days.and_then(|days| i32::try_from(days).ok());
    users::set_retention_days(&app.context.db, viewer.user, days, now_us()).await?;
    tracing::info!(days, "a person chose how long their sessions are kept");
    Ok(Json(me(&app, viewer.user).await?))
}
