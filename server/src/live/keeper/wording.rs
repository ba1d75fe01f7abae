//! Lets a service of others word further questions, where the candidate agreed to it.

use crate::live::shared::LiveContext;
use crate::live::thread::{Unworded, Wording};
use crate::providers::{self, Purpose};
use crate::store::provider_consents;
use crate::store::sessions::Session;

/// Returns how further questions of the session are worded elsewhere; `None`: the operator has set no service for it.
pub(super) fn wording(live: &LiveContext, session: &Session) -> Option<Wording> {
    let questioner = live.questioner.clone()?;
    let context = &live.recordings.context;
    let offer = providers::offer(&context.config.providers, Purpose::FollowUp)?;
    let (db, tasks, runtime) = (context.db.clone(), live.recordings.tasks.clone(), tokio::runtime::Handle::current());
    let (id, owner) = (session.id, session.owner);
    Some(Box::new(move |Unworded { missing, answer, within, .. }, worded| {
        let (questioner, db, provider) = (questioner.clone(), db.clone(), offer.provider.clone());
        let asked = async move {
            // Asked each time: who withdraws stops it at once.
            if provider_consents::given(&db, owner, Purpose::FollowUp.as_str(), &provider).await?.is_none() {
                return anyhow::Ok(None);
            }
            Ok(Some(questioner.question(missing, &answer).await?))
        };
        tasks.spawn_on(
            async move {
                let text = match tokio::time::timeout(within, asked).await {
                    Ok(Ok(text)) => text,
                    Ok(Err(error)) => {
                        tracing::warn!(session = %id, error = format!("{error:#}"), "a further question was not worded elsewhere");
                        None
                    }
                    Err(_) => {
                        tracing::warn!(session = %id, within_ms = within.as_millis(), "a further question was not worded in time");
                        None
                    }
                };
                worded(text);
            },
            &runtime,
        );
    }))
}
