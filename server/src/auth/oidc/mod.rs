//! Sign-in by an OpenID Connect provider: authorization code with PKCE, nonce and state (OpenID Connect Core 1.0, section 3.1).

mod claims;
mod http;
mod logout;

pub use logout::Logout;

use crate::config::auth::Config;
use crate::store::people::identities::Profile;
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use claims::{Extra, Roles};
use http::Http;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::url::Url;
use openidconnect::{
    AccessTokenHash, AdditionalProviderMetadata, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError,
    ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndSessionUrl, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IdToken, IdTokenClaims, IdTokenFields, IdTokenVerifier, IssuerUrl, LogoutRequest, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadata, RedirectUrl,
    RequestTokenError, Scope, SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, TokenResponse,
    UserInfoClaims, UserInfoError,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Returns the time, microseconds since 1970.
pub type Clock = fn() -> i64;

/// How far the provider's clock and ours may differ, seconds.
const LEEWAY_S: i64 = 60;
/// The provider's description is renewed at most this often: tokens with invented keys must not make us ask it for every one.
const RENEW_EVERY: Duration = Duration::from_secs(30);

type Claims = IdTokenClaims<Extra, CoreGenderClaim>;
type Token = IdToken<Extra, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Fields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Answer = StandardTokenResponse<Fields, CoreTokenType>;
type Client = openidconnect::Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Answer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;
type Metadata = ProviderMetadata<
    Logouts,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What the provider's description says beside the common metadata.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Logouts {
    /// Where a browser signs out (OpenID Connect RP-Initiated Logout 1.0).
    #[serde(default)]
    end_session_endpoint: Option<Url>,
    /// Whether the answer to an authorization request names its issuer (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}
impl AdditionalProviderMetadata for Logouts {}

/// Why a sign-in or a sign-out at the provider fails.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the provider does not answer: {0}")]
    Unreachable(String),
    #[error("{0}")]
    Refused(String),
}

/// A provider as its description says.
#[derive(Debug)]
struct Known {
    client: Client,
    logouts: Logouts,
}

#[derive(Debug, Default)]
struct Discovery {
    known: Option<Arc<Known>>,
    renewed: Option<Instant>,
}

/// The provider by which people sign in. Its description is fetched when it is first needed.
#[derive(Debug)]
pub struct Provider {
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: ClientSecret,
    redirect: RedirectUrl,
    scopes: Vec<Scope>,
    roles: Roles,
    http: Http,
    clock: Clock,
    discovery: Mutex<Discovery>,
}

/// A sign-in that begins.
#[derive(Debug)]
pub struct Begun {
    /// The provider's page.
    pub url: String,
    pub state: String,
    pub nonce: String,
    pub verifier: String,
}

/// Somebody whom the provider has proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    pub subject: String,
    /// The provider's name of its own session.
    pub sid: Option<String>,
    pub profile: Profile,
}

/// What came back from the provider.
#[derive(Debug)]
pub struct Returned<'a> {
    pub code: String,
    /// The issuer that the answer names.
    pub issuer: Option<&'a str>,
    /// Nonce and PKCE verifier of the sign-in that began.
    pub nonce: String,
    pub verifier: String,
}

impl Provider {
    /// # Errors
    /// An address cannot be read, or no HTTP client can be made.
    pub(super) fn new(config: &Config, base_url: &str, clock: Clock) -> anyhow::Result<Provider> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Ok(Provider {
            issuer: IssuerUrl::new(text(&config.issuer)).context("auth.issuer is no URL")?,
            client_id: ClientId::new(text(&config.client_id)),
            client_secret: ClientSecret::new(text(&config.client_secret)),
            redirect: RedirectUrl::new(format!("{base_url}/auth/callback")).context("http.public_url is no URL")?,
            scopes: config.scopes.iter().cloned().map(Scope::new).collect(),
            roles: Roles::new(config),
            http: Http::new()?,
            clock,
            discovery: Mutex::default(),
        })
    }

    /// Returns the issuer, as identities name it.
    pub fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    /// Returns the provider's description, fetched if it is not known yet.
    async fn known(&self) -> Result<Arc<Known>, Error> {
        let mut discovery = self.discovery.lock().await;
        if let Some(known) = &discovery.known {
            return Ok(known.clone());
        }
        let known = self.fetch().await?;
        discovery.known = Some(known.clone());
        Ok(known)
    }

    /// Returns the provider's description with newer keys than these, or the same one if it was renewed a moment ago.
    async fn renewed(&self, old: &Arc<Known>) -> Result<Arc<Known>, Error> {
        let mut discovery = self.discovery.lock().await;
        let newer = discovery.known.as_ref().filter(|known| !Arc::ptr_eq(known, old));
        if let Some(known) = newer {
            return Ok(known.clone());
        }
        if discovery.renewed.is_some_and(|at| at.elapsed() < RENEW_EVERY) {
            return Ok(old.clone());
        }
        discovery.renewed = Some(Instant::now());
        let known = self.fetch().await?;
        discovery.known = Some(known.clone());
        tracing::info!("the provider's keys were fetched again, because a token was signed by another one");
        Ok(known)
    }

    async fn fetch(&self) -> Result<Arc<Known>, Error> {
        let metadata = Metadata::discover_async(self.issuer.clone(), &self.http).await;
        let metadata = metadata.map_err(|error| Error::Unreachable(chain(&error)))?;
        let logouts = metadata.additional_metadata().clone();
        let secret = Some(self.client_secret.clone());
        let client = Client::from_provider_metadata(metadata, self.client_id.clone(), secret)
            .set_redirect_uri(self.redirect.clone());
        Ok(Arc::new(Known { client, logouts }))
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// The provider does not answer.
    pub async fn begin(&self) -> Result<Begun, Error> {
        let known = self.known().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let (url, state, nonce) = known
            .client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(self.scopes.iter().cloned())
            .set_pkce_challenge(challenge)
            .url();
        Ok(Begun {
            url: url.into(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Exchanges the code that came back and verifies what the provider says about the person.
    ///
    /// # Errors
    /// The provider does not answer, refuses the code, or its token does not hold.
    pub async fn finish(&self, back: Returned<'_>) -> Result<Proved, Error> {
        let refused = |what: &str, error: &dyn std::error::Error| Error::Refused(format!("{what}: {}", chain(error)));
        let known = self.known().await?;
        let names_issuer = known.logouts.authorization_response_iss_parameter_supported;
        if back.issuer.map_or(names_issuer, |issuer| issuer != self.issuer.as_str()) {
            return Err(Error::Refused("the answer is of another issuer".into()));
        }
        let exchange = known
            .client
            .exchange_code(AuthorizationCode::new(back.code))
            .map_err(|error| refused("the provider has no token endpoint", &error))?;
        let answer: Answer =
            exchange.set_pkce_verifier(PkceCodeVerifier::new(back.verifier)).request_async(&self.http).await.map_err(
                |error| match error {
                    RequestTokenError::Request(_) => Error::Unreachable(chain(&error)),
                    _ => refused("the provider does not take the code", &error),
                },
            )?;
        let token = answer.id_token().ok_or_else(|| Error::Refused("the provider gave no ID token".into()))?;
        let nonce = Nonce::new(back.nonce);
        let claims = token.claims(&self.verifier(&known), &nonce);
        let (known, claims) = match claims {
            Ok(claims) => (known, claims),
            Err(error) if is_unknown_key(&error) => {
                let known = self.renewed(&known).await?;
                let claims = token.claims(&self.verifier(&known), &nonce);
                (known, claims.map_err(|error| refused("the ID token does not hold", &error))?)
            }
            Err(error) => return Err(refused("the ID token does not hold", &error)),
        };
        self.check_access_token(&known, token, claims, &answer)?;
        let extra = claims.additional_claims();
        // A conforming provider puts most claims into userinfo and not into the ID token.
        let info = self.user_info(&known, &answer, claims).await?;
        let role = self.roles.of([Some(extra), info.as_ref().map(UserInfoClaims::additional_claims)]);
        let email = match &info {
            Some(info) => verified(info.email(), info.email_verified()),
            None => None,
        };
        let email = email.or_else(|| verified(claims.email(), claims.email_verified()));
        let name = info.as_ref().and_then(|info| info.name()?.get(None)).or_else(|| claims.name()?.get(None));
        Ok(Proved {
            subject: claims.subject().to_string(),
            sid: extra.text("sid"),
            profile: Profile { name: name.map(|name| name.to_string()), email, role },
        })
    }

    /// The access token must be the one that the ID token names (OpenID Connect Core 1.0, section 3.1.3.8).
    fn check_access_token(&self, known: &Known, token: &Token, claims: &Claims, answer: &Answer) -> Result<(), Error> {
        let Some(expected) = claims.access_token_hash() else { return Ok(()) };
        let verifier = self.verifier(known);
        let algorithm = token.signing_alg().map_err(|error| Error::Refused(error.to_string()))?;
        let key = token.signing_key(&verifier).map_err(|error| Error::Refused(error.to_string()))?;
        let actual = AccessTokenHash::from_token(answer.access_token(), algorithm, key);
        if actual.is_ok_and(|actual| actual == *expected) {
            return Ok(());
        }
        Err(Error::Refused("the access token is not the ID token's".into()))
    }

    async fn user_info(
        &self,
        known: &Known,
        answer: &Answer,
        claims: &Claims,
    ) -> Result<Option<UserInfoClaims<Extra, CoreGenderClaim>>, Error> {
        let subject = Some(claims.subject().clone());
        // An error here says that the provider has no such endpoint.
        let Ok(request) = known.client.user_info(answer.access_token().clone(), subject) else { return Ok(None) };
        let info = request.request_async(&self.http).await;
        info.map(Some).map_err(|error| match error {
            UserInfoError::Request(_) => Error::Unreachable(chain(&error)),
            _ => Error::Refused(format!("what the provider says does not hold: {}", chain(&error))),
        })
    }

    /// Returns a verifier of this provider's tokens: signature, issuer, audience, end and beginning.
    fn verifier<'a>(&self, known: &'a Known) -> IdTokenVerifier<'a, CoreJsonWebKey> {
        let clock = self.clock;
        let at = move |shift_s: i64| -> DateTime<Utc> {
            DateTime::from_timestamp_micros(clock()).unwrap_or_default() + chrono::Duration::seconds(shift_s)
        };
        known
            .client
            .id_token_verifier()
            .set_time_fn(move || at(-LEEWAY_S))
            .set_issue_time_verifier_fn(move |issued| {
                if issued <= at(LEEWAY_S) { Ok(()) } else { Err("it was issued in the future".into()) }
            })
            .set_other_audience_verifier_fn(|_| false)
    }

    /// Returns the page of the provider that signs a browser out and comes back to ours; `None`: it has none.
    pub async fn sign_out_url(&self, back: &str) -> Option<String> {
        let known = self.known().await.ok()?;
        let end = known.logouts.end_session_endpoint.clone()?;
        let back = PostLogoutRedirectUrl::new(back.to_owned()).ok()?;
        let request = LogoutRequest::from(EndSessionUrl::from_url(end))
            .set_client_id(self.client_id.clone())
            .set_post_logout_redirect_uri(back);
        Some(request.http_get_url().into())
    }
}

fn verified(email: Option<&openidconnect::EndUserEmail>, is_verified: Option<bool>) -> Option<String> {
    email.filter(|_| is_verified == Some(true)).map(|email| email.to_lowercase())
}

fn is_unknown_key(error: &ClaimsVerificationError) -> bool {
    matches!(error, ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
}

/// Returns an error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
