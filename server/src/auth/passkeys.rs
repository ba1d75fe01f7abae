//! Passkeys (WebAuthn): the ceremonies that are under way in browsers, and the checks of what comes back.

use crate::clock::now_us;
use crate::secret::{self, hex};
use anyhow::Context as _;
use coach_core::UserId;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use webauthn_rs::prelude::{
    AuthenticationResult, DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder, WebauthnError,
};

/// How long a ceremony may take, microseconds.
const CEREMONY_US: i64 = 5 * 60 * 1_000_000;
/// Ceremonies under way at once.
const CEREMONIES: usize = 10_000;

/// A ceremony that a browser was asked for.
#[derive(Debug)]
enum Ceremony {
    Registration(UserId, Box<PasskeyRegistration>),
    /// Of whoever has a passkey of this server.
    SignIn(Box<DiscoverableAuthentication>),
    /// Of a person who gave the right password.
    SecondStep(UserId, Box<PasskeyAuthentication>),
}

/// A ceremony for a browser.
#[derive(Debug, Clone, PartialEq)]
pub struct Begun {
    /// Names the ceremony when its answer comes: 256 random bits as hexadecimal digits, good once and for five minutes.
    pub ceremony: String,
    /// What the browser's `navigator.credentials` takes, in its JSON form.
    pub options: Value,
}

/// A passkey that was registered.
#[derive(Debug, Clone, PartialEq)]
pub struct Registered {
    /// The authenticator's id of the credential, as hexadecimal digits.
    pub credential_id: String,
    pub credential: Value,
}

/// Whose passkey an answer to [`Passkeys::begin_sign_in`] is of, before it is verified.
#[derive(Debug)]
pub struct Claim {
    pub person: UserId,
    /// As in [`Registered`].
    pub credential_id: String,
    answer: PublicKeyCredential,
    state: Box<DiscoverableAuthentication>,
}

/// What a browser sent is no answer to a ceremony that is under way, or does not hold.
#[derive(Debug, thiserror::Error)]
#[error("the answer of the passkey does not hold")]
pub struct Refused;

/// The ceremonies of one server.
pub struct Passkeys {
    webauthn: Webauthn,
    under_way: Mutex<HashMap<String, (i64, Ceremony)>>,
}

impl std::fmt::Debug for Passkeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passkeys")
    }
}

impl Passkeys {
    /// Returns the ceremonies of a server of this address; `None`: its host is an IP address, for which browsers have no passkeys.
    ///
    /// # Errors
    /// The address cannot be read.
    pub fn new(base_url: &str) -> anyhow::Result<Option<Passkeys>> {
        let origin: Url = base_url.parse().with_context(|| format!("{base_url:?} is no address"))?;
        let Some(host) = origin.domain().map(str::to_owned) else { return Ok(None) };
        let webauthn = WebauthnBuilder::new(&host, &origin)?.rp_name("Interview Coach").build()?;
        Ok(Some(Passkeys { webauthn, under_way: Mutex::default() }))
    }

    /// Begins the registration of a passkey. `known`: the person's credentials.
    ///
    /// # Errors
    /// The library refuses, or too many ceremonies are under way.
    pub fn begin_registration(&self, person: UserId, name: &str, known: &[Value]) -> anyhow::Result<Begun> {
        // One that cannot be read any more is no reason to have none that can.
        let known: Vec<_> = known.iter().filter_map(|key| Some(read(key).ok()?.cred_id().clone())).collect();
        let (options, state) = self.webauthn.start_passkey_registration(person.0, name, name, Some(known))?;
        let mut options = serde_json::to_value(options)?;
        // Signing in without a name needs a credential that the authenticator finds by itself.
        options["publicKey"]["authenticatorSelection"]["residentKey"] = "required".into();
        options["publicKey"]["authenticatorSelection"]["requireResidentKey"] = true.into();
        self.begun(Ceremony::Registration(person, Box::new(state)), options)
    }

    /// Ends a registration.
    ///
    /// # Errors
    /// The answer does not hold, or is of another person's ceremony.
    pub fn register(&self, person: UserId, ceremony: &str, answer: Value) -> Result<Registered, Refused> {
        let Some(Ceremony::Registration(begun_by, state)) = self.take(ceremony) else { return Err(Refused) };
        if begun_by != person {
            return Err(Refused);
        }
        let answer: RegisterPublicKeyCredential = serde_json::from_value(answer).map_err(|_| Refused)?;
        let key = self.webauthn.finish_passkey_registration(&answer, &state).map_err(refused)?;
        let credential = serde_json::to_value(&key).map_err(|_| Refused)?;
        Ok(Registered { credential_id: hex(key.cred_id()), credential })
    }

    /// Begins the sign-in of whoever has a passkey of this server.
    ///
    /// # Errors
    /// As [`Passkeys::begin_registration`].
    pub fn begin_sign_in(&self) -> anyhow::Result<Begun> {
        let (mut options, state) = self.webauthn.start_discoverable_authentication()?;
        // The person presses a button for it.
        options.mediation = None;
        self.begun(Ceremony::SignIn(Box::new(state)), serde_json::to_value(options)?)
    }

    /// Begins the second step of a person who gave the right password. `known`: the person's credentials.
    ///
    /// # Errors
    /// As [`Passkeys::begin_registration`].
    pub fn begin_second_step(&self, person: UserId, known: &[Value]) -> anyhow::Result<Begun> {
        let (options, state) = self.webauthn.start_passkey_authentication(&keys(known)?)?;
        self.begun(Ceremony::SecondStep(person, Box::new(state)), serde_json::to_value(options)?)
    }

    /// Reads the answer to a ceremony that signs somebody in.
    ///
    /// # Errors
    /// It is none of a ceremony under way.
    pub fn answered(&self, ceremony: &str, answer: Value) -> Result<Answered, Refused> {
        let answer: PublicKeyCredential = serde_json::from_value(answer).map_err(|_| Refused)?;
        match self.take(ceremony) {
            Some(Ceremony::SignIn(state)) => {
                let (person, id) = self.webauthn.identify_discoverable_authentication(&answer).map_err(refused)?;
                let (person, credential_id) = (UserId(person), hex(id));
                Ok(Answered::SignIn(Box::new(Claim { person, credential_id, answer, state })))
            }
            Some(Ceremony::SecondStep(person, state)) => {
                let credential_id = hex(answer.get_credential_id());
                let result = self.webauthn.finish_passkey_authentication(&answer, &state).map_err(refused)?;
                Ok(Answered::SecondStep { person, credential_id, result: Box::new(result) })
            }
            _ => Err(Refused),
        }
    }

    /// Verifies a claim against the credential that the person has under this id. Returns the credential as it is now.
    ///
    /// # Errors
    /// The answer does not hold.
    pub fn verify(&self, claim: Claim, credential: Value) -> Result<Value, Refused> {
        let mut key: Passkey = serde_json::from_value(credential).map_err(|_| Refused)?;
        let verified = self.webauthn.finish_discoverable_authentication_v2(&claim.answer, *claim.state, &key);
        let result = verified.map_err(refused)?;
        key.update_credential(&result);
        serde_json::to_value(&key).map_err(|_| Refused)
    }

    fn begun(&self, ceremony: Ceremony, options: Value) -> anyhow::Result<Begun> {
        let (secret, now) = (secret::generate(), now_us());
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if under_way.len() >= CEREMONIES {
            under_way.retain(|_, (until_us, _)| *until_us > now);
        }
        anyhow::ensure!(under_way.len() < CEREMONIES, "{CEREMONIES} ceremonies of passkeys are under way");
        under_way.insert(secret::hash(&secret), (now + CEREMONY_US, ceremony));
        Ok(Begun { ceremony: secret, options })
    }

    /// Ends a ceremony: it is answered once.
    fn take(&self, secret: &str) -> Option<Ceremony> {
        let found = self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&secret::hash(secret));
        found.filter(|(until_us, _)| *until_us > now_us()).map(|(_, ceremony)| ceremony)
    }
}

/// An answer to a ceremony that signs somebody in.
#[derive(Debug)]
pub enum Answered {
    /// To be verified against the credential of whom it names.
    SignIn(Box<Claim>),
    /// Verified.
    SecondStep { person: UserId, credential_id: String, result: Box<AuthenticationResult> },
}

/// Returns a credential as it is after a use.
///
/// # Errors
/// It cannot be read.
pub fn after_use(credential: Value, result: &AuthenticationResult) -> anyhow::Result<Value> {
    let mut key: Passkey = serde_json::from_value(credential)?;
    key.update_credential(result);
    Ok(serde_json::to_value(&key)?)
}

/// Reads credentials of a person. All of them have to be read: without one, its owner would be shut out.
fn keys(credentials: &[Value]) -> anyhow::Result<Vec<Passkey>> {
    credentials.iter().map(read).collect()
}

fn read(credential: &Value) -> anyhow::Result<Passkey> {
    serde_json::from_value(credential.clone()).context("a passkey cannot be read")
}

fn refused(error: WebauthnError) -> Refused {
    tracing::debug!(%error, "the answer of a passkey does not hold");
    Refused
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    fn passkeys() -> Passkeys {
        Passkeys::new("http://localhost:8080").unwrap().unwrap()
    }

    #[test]
    fn a_server_without_a_name_has_no_passkeys() {
        assert!(Passkeys::new("http://127.0.0.1:8080").unwrap().is_none());
        assert!(Passkeys::new("https://[::1]").unwrap().is_none());
        assert!(Passkeys::new("nothing").is_err());
        assert!(Passkeys::new("https://coach.example").unwrap().is_some());
    }

    #[test]
    fn a_registration_asks_for_a_credential_that_is_found_without_a_name_and_verified() {
        let begun = passkeys().begin_registration(UserId(Uuid::nil()), "ada@uni.test", &[]).unwrap();
        let asked = &begun.options["publicKey"];
        assert_eq!(asked["rp"]["id"], "localhost");
        assert_eq!(asked["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(asked["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(begun.ceremony.len(), 64);
    }

    #[test]
    fn an_answer_is_taken_once_and_by_its_own_ceremony() {
        let passkeys = passkeys();
        let (ada, ona) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
        for answer in [Value::Null, json!({}), json!([]), json!({"id": "x", "rawId": "", "response": {}, "type": "x"})]
        {
            let begun = passkeys.begin_registration(ada, "ada", &[]).unwrap();
            assert!(passkeys.register(ada, &begun.ceremony, answer.clone()).is_err());
            assert!(passkeys.take(&begun.ceremony).is_none(), "a second answer is none");
            let begun = passkeys.begin_sign_in().unwrap();
            assert!(passkeys.answered(&begun.ceremony, answer).is_err());
        }
        let begun = passkeys.begin_registration(ada, "ada", &[]).unwrap();
        assert!(passkeys.register(ona, &begun.ceremony, Value::Null).is_err());
        assert!(passkeys.answered("", Value::Null).is_err() && passkeys.take("").is_none());
    }

    #[test]
    fn there_is_an_end_to_ceremonies() {
        let passkeys = passkeys();
        for _ in 0..CEREMONIES {
            passkeys.begin_sign_in().unwrap();
        }
        assert!(passkeys.begin_sign_in().is_err());
    }
}
