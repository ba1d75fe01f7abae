//! Notifies another program that a session is scored, has failed or was commented on: one signed POST, retried until it is accepted.
//!
//! The event is put into the queue in the transaction that changes the session's state or adds the comment, so there is exactly one for each change.

use crate::clock::now_us;
use crate::config::notify::webhook::Config;
use crate::context::Context;
use crate::jobs::{Hold, Hopeless, Job, subject};
use crate::secret::hex;
use crate::session::announce::{CommentRef, Event, KIND, Payload};
use crate::store::jobs::Claimed;
use crate::store::reports::{self, AnswerRow, ScoreValues};
use crate::store::sessions::{self, Source};
use anyhow::Context as _;
use async_trait::async_trait;
use axum::http::{Request, StatusCode, header};
use bytes::Bytes;
use coach_core::{SessionId, UserId};
use hmac::{Hmac, Mac};
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use sha2::Sha256;
use std::time::Duration;
use uuid::Uuid;

/// The body of a delivery. Ids are its only personal data.
#[derive(Serialize)]
struct Body {
    /// Id of the event, the same in every attempt.
    id: Uuid,
    #[serde(rename = "type")]
    event: Event,
    at_us: i64,
    session: SessionBody,
    /// With `session.commented`.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<CommentRef>,
}

#[derive(Serialize)]
struct SessionBody {
    id: SessionId,
    owner: UserId,
    source: Source,
    duration_ms: Option<i64>,
    /// `null`: not scored.
    scores: Option<ScoreValues>,
    answers: Vec<AnswerRow>,
}

pub struct Webhook {
    context: Context,
    /// HTTP client that follows no redirects and keeps no state.
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Webhook {
    /// # Errors
    /// The machine has no trusted root certificates.
    pub fn new(context: Context) -> anyhow::Result<Webhook> {
        let https = HttpsConnectorBuilder::new()
            .with_native_roots()
            .context("the webhook's client has no certificates to trust")?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Webhook { context, client: Client::builder(TokioExecutor::new()).build(https) })
    }

    /// Sends the event once. Returns the receiver's status.
    async fn send(
        &self,
        url: &str,
        request: axum::http::request::Builder,
        body: Vec<u8>,
    ) -> anyhow::Result<StatusCode> {
        let request = request
            .method("POST")
            .uri(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, concat!("coach/", env!("CARGO_PKG_VERSION")))
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| Hopeless(format!("webhook.url cannot be used: {error}")))?;
        let limit = Duration::from_secs(self.context.config.webhook.timeout_s.into());
        // The address may contain a secret, so no error may contain it; these do not.
        let answer = tokio::time::timeout(limit, self.client.request(request)).await;
        let answer = answer.with_context(|| format!("no answer within {} s", limit.as_secs()));
        Ok(answer.and_then(|answer| Ok(answer?)).context("the webhook was not delivered")?.status())
    }

    async fn body(&self, job: &Claimed, owner: UserId, id: SessionId) -> anyhow::Result<Option<Vec<u8>>> {
        let Payload { event, at_us, comment } =
            serde_json::from_value(job.payload.clone()).map_err(|e| Hopeless(e.to_string()))?;
        let db = &self.context.db;
        let Some(session) = sessions::get(db, owner, id).await? else { return Ok(None) };
        let summary = reports::summaries(db, owner, id, id).await?.remove(&id).unwrap_or_default();
        let (source, duration_ms) = (session.source, session.duration_ms);
        let session = SessionBody { id, owner, source, duration_ms, scores: summary.scores, answers: summary.answers };
        Ok(Some(serde_json::to_vec(&Body { id: job.id, event, at_us, session, comment })?))
    }
}

/// Returns `t=<seconds since 1970>,v1=<HMAC-SHA256 in hex>`, computed over the time, a full stop and the body.
pub fn signature(secret: &str, seconds: i64, body: &[u8]) -> String {
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key");
    mac.update(seconds.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    format!("t={seconds},v1={}", hex(&mac.finalize().into_bytes()))
}

#[async_trait]
impl Job for Webhook {
    fn kind(&self) -> &'static str {
        KIND
    }

    async fn run(&self, job: &Claimed, _: &Hold) -> anyhow::Result<()> {
        let (owner, session) = subject(job)?;
        let Config { url: Some(url), secret: Some(secret), .. } = &self.context.config.webhook else {
            anyhow::bail!(Hopeless("no webhook is set any more".into()));
        };
        // The session was deleted meanwhile, so there is nothing to send.
        let Some(body) = self.body(job, owner, session).await? else { return Ok(()) };
        let request = Request::builder()
            .header("coach-delivery", job.id.to_string())
            .header("coach-signature", signature(secret, now_us() / 1_000_000, &body));
        let answer = self.send(url, request, body).await;
        if !answer.as_ref().is_ok_and(StatusCode::is_success) {
            metrics::counter!("coach_webhook_failures_total").increment(1);
        }
        match answer? {
            status if status.is_success() => Ok(()),
            StatusCode::GONE => anyhow::bail!(Hopeless("the webhook's receiver wants no more (410)".into())),
            status if status.is_redirection() => {
                anyhow::bail!("the webhook's receiver redirects ({status}), which is not followed")
            }
            status => anyhow::bail!("the webhook's receiver answered {status}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_openssl_says() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of the receiver'
        let signed = signature("a secret of the receiver", 1_700_000_000, br#"{"a":1}"#);
        assert_eq!(signed, "t=1700000000,v1=719d43160dd8091f1cdca2473a26871d7f4f701b9c72dd2391c6e537c2ec685b");
    }
}
