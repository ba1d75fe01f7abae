//! Work of services of others on sessions whose owner agreed to it.

pub mod affect;
pub mod review;
pub mod transcribe;

use super::Hopeless;
use crate::context::Context;
use crate::providers::outbound::Failure;
use crate::providers::{self, Offer, Purpose};
use crate::session::State;
use crate::store::sessions::Session;
use crate::store::{provider_consents, sessions};
use coach_core::{SessionId, UserId};

/// Returns the session if it may be sent: it has a report, and its owner has agreed to this very service.
///
/// # Errors
/// The operator has set no such service any more, which is final; the database does not answer.
async fn sent(
    context: &Context,
    owner: UserId,
    id: SessionId,
    purpose: Purpose,
) -> anyhow::Result<Option<(Session, Offer)>> {
    let offer = providers::offer(&context.config.providers, purpose);
    let offer = offer.ok_or_else(|| Hopeless("the service is not set any more".into()))?;
    let Some(session) = sessions::get(&context.db, owner, id).await?.filter(|s| s.state == State::Ready) else {
        return Ok(None);
    };
    if provider_consents::given(&context.db, owner, purpose.as_str(), &offer.provider).await?.is_none() {
        tracing::info!(session = %id, purpose = purpose.as_str(), "nothing is sent: its owner has not agreed, or not any more");
        return Ok(None);
    }
    Ok(Some((session, offer)))
}

/// Returns the error of a job whose service failed: one that refuses is not asked again.
fn failed(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Away(why) => anyhow::anyhow!("the service did not answer as it should: {why}"),
        Failure::Refused { why, .. } => Hopeless(format!("the service refuses: {why}")).into(),
    }
}
