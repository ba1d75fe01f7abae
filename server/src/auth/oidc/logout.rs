//! Logout tokens, by which the provider ends sessions (OpenID Connect Back-Channel Logout 1.0, section 2.6).

use super::{Error, Provider, Token, chain, is_unknown_key};
use openidconnect::{JsonWebTokenType, Nonce};

/// The event that makes a token a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// What a logout token ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logout {
    /// The token's id, by which it is obeyed once.
    pub token_id: String,
    /// When the token ends: microseconds since 1970.
    pub expires_us: i64,
    /// The provider's session; `None`: all of the person's.
    pub sid: Option<String>,
    pub subject: String,
}

impl Provider {
    /// Verifies a logout token: signature, issuer, audience and times as of an ID token, the event, and that it has no nonce.
    ///
    /// # Errors
    /// The token does not hold, or the provider does not answer.
    pub async fn logout(&self, token: &str) -> Result<Logout, Error> {
        let refused = |why: &str| Error::Refused(format!("the logout token {why}"));
        let token: Token = token.parse().map_err(|_| refused("cannot be read"))?;
        let mut known = self.known().await?;
        let mut held = self.claims(&known, &token);
        if held.as_ref().is_err_and(is_unknown_key) {
            known = self.renewed(&known).await?;
            held = self.claims(&known, &token);
        }
        let claims = held.map_err(|error| refused(&format!("does not hold: {}", chain(&error))))?;
        let extra = claims.additional_claims();
        let event = extra.0.get("events").and_then(|events| events.get(EVENT));
        if !event.is_some_and(serde_json::Value::is_object) {
            return Err(refused("has no such event"));
        }
        let token_id = extra.text("jti").ok_or_else(|| refused("has no id"))?;
        Ok(Logout {
            token_id,
            expires_us: claims.expiration().timestamp_micros(),
            sid: extra.text("sid"),
            subject: claims.subject().to_string(),
        })
    }

    fn claims<'t>(
        &self,
        known: &super::Known,
        token: &'t Token,
    ) -> Result<&'t super::Claims, super::ClaimsVerificationError> {
        let types = ["logout+jwt", "JWT"];
        let types = types.map(|name| JsonWebTokenType::new(name.into()).normalize().expect("a media type"));
        let verifier = self.verifier(known).set_allowed_jose_types(types);
        token.claims(&verifier, |nonce: Option<&Nonce>| match nonce {
            Some(_) => Err("it has a nonce".to_owned()),
            None => Ok(()),
        })
    }
}
