//! The services of others that the operator has set, and who agreed to which.

use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::viewer::{Asks, act};
use crate::providers::{self, Offer, Purpose};
use crate::store::provider_consents;
use axum::Json;
use axum::extract::{Path, State};
use coach_core::UserId;
use serde::{Deserialize, Serialize};

/// A service, and whether the person agreed to it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Provider {
    #[serde(flatten)]
    pub offer: Offer,
    /// When the person agreed: microseconds since 1970 (UTC); `null`: nothing is sent.
    pub accepted_us: Option<i64>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct Providers {
    /// Empty: nothing leaves this server.
    pub providers: Vec<Provider>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProviderConsent)]
pub struct Agreement {
    /// The service that the person read about. It must be the one that is set.
    pub provider: String,
}

/// The services that sessions can be sent to, and to which of them the person agreed.
#[utoipa::path(get, operation_id = "providers_list", path = "/api/providers", tag = "person", responses((status = 200, body = Providers)))]
pub async fn list(State(app): State<App>, Asks { viewer, .. }: Asks<act::Use>) -> Result<Json<Providers>> {
    Ok(Json(now(&app, viewer.user).await?))
}

async fn now(app: &App, user: UserId) -> Result<Providers> {
    let mut found = Vec::new();
    for offer in providers::offers(&app.context.config.providers) {
        let accepted_us =
            provider_consents::given(&app.context.db, user, offer.purpose.as_str(), &offer.provider).await?;
        found.push(Provider { offer, accepted_us });
    }
    Ok(Providers { providers: found })
}

fn purpose(text: &str) -> Result<Purpose> {
    serde_json::from_value(text.into()).map_err(|_| Error::NotFound("service"))
}

/// Agrees that sessions are sent to a service from now on, once they are scored.
#[utoipa::path(put, operation_id = "providers_accept", path = "/api/providers/{purpose}", tag = "person",
    params(("purpose" = Purpose, Path)), request_body = Agreement,
    responses((status = 200, body = Providers), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn accept(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Path(word): Path<String>,
    Body(agreement): Body<Agreement>,
) -> Result<Json<Providers>> {
    let purpose = purpose(&word)?;
    let offer = providers::offer(&app.context.config.providers, purpose).ok_or(Error::NotFound("service"))?;
    if agreement.provider != offer.provider {
        return Err(Error::Conflict("another service is set by now: read GET /api/providers again".into()));
    }
    provider_consents::accept(&app.context.db, viewer.user, purpose.as_str(), &offer.provider).await?;
    tracing::info!(purpose = purpose.as_str(), "a person agreed to a service of others");
    Ok(Json(now(&app, viewer.user).await?))
}

/// Withdraws the agreement: nothing more is sent. What came back stays with its sessions until they are deleted.
#[utoipa::path(delete, operation_id = "providers_withdraw", path = "/api/providers/{purpose}", tag = "person",
    params(("purpose" = Purpose, Path)),
    responses((status = 200, body = Providers), (status = 404, body = Problem)))]
pub async fn withdraw(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Path(word): Path<String>,
) -> Result<Json<Providers>> {
    let purpose = purpose(&word)?;
    provider_consents::withdraw(&app.context.db, viewer.user, purpose.as_str()).await?;
    tracing::info!(purpose = purpose.as_str(), "a person withdrew from a service of others");
    Ok(Json(now(&app, viewer.user).await?))
}
