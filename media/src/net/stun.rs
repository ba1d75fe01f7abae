//! The part of STUN (RFC 8489) that the port needs: whom a binding request addresses, and whether it is authentic.

use rtc::crypto::RTCCrypto;
use rtc::stun::attributes::ATTR_USERNAME;
use rtc::stun::integrity::MessageIntegrity;
use rtc::stun::message::{BINDING_REQUEST, Message, is_stun_message};

/// A decoded binding request.
pub(super) struct Request {
    message: Message,
}

impl Request {
    /// Decodes a datagram. Returns `None` for anything but a well-formed binding request.
    pub(super) fn parse(datagram: &[u8]) -> Option<Request> {
        // RFC 7983: the first byte of STUN is 0 to 3. A datagram longer than any MTU is no request.
        if datagram.first().is_none_or(|&b| b > 3) || datagram.len() > 1500 || !is_stun_message(datagram) {
            return None;
        }
        let mut message = Message::new();
        message.unmarshal_binary(datagram).ok()?;
        (message.typ == BINDING_REQUEST).then_some(Request { message })
    }

    /// Returns the user name fragment of the addressee, the part of USERNAME before the colon (RFC 8445, section
    /// 7.2.2).
    pub(super) fn addressee(&self) -> Option<String> {
        let name = String::from_utf8(self.message.get(ATTR_USERNAME).ok()?).ok()?;
        let (ours, _theirs) = name.split_once(':')?;
        Some(ours.to_owned())
    }

    /// Returns whether MESSAGE-INTEGRITY was made with the addressee's password.
    pub(super) fn is_authentic(&mut self, password: &str, crypto: &dyn RTCCrypto) -> bool {
        MessageIntegrity::check(&mut self.message, password.as_bytes(), crypto).is_ok()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use rtc::crypto::default_provider;
    use rtc::stun::attributes::RawAttribute;
    use rtc::stun::message::{Setter, TransactionId};

    pub(in crate::net) fn request(username: &str, password: &str) -> Vec<u8> {
        let provider = default_provider().expect("the ring provider is compiled in");
        let mut message = Message::new();
        let username =
            RawAttribute { typ: ATTR_USERNAME, length: username.len() as u16, value: username.as_bytes().to_vec() };
        message
            .build(&[
                Box::new(BINDING_REQUEST),
                Box::new(TransactionId::new()),
                Box::new(username) as Box<dyn Setter>,
                Box::new(MessageIntegrity::new_short_term_integrity_with_provider(password.into(), provider.crypto())),
            ])
            .expect("a request of known parts");
        message.raw
    }

    #[test]
    fn a_request_names_its_addressee_and_proves_that_it_knows_the_password() {
        let provider = default_provider().unwrap();
        let mut parsed = Request::parse(&request("ours:theirs", "secret")).unwrap();
        assert_eq!(parsed.addressee().as_deref(), Some("ours"));
        assert!(parsed.is_authentic("secret", provider.crypto()));
        assert!(!parsed.is_authentic("guess", provider.crypto()));
    }

    #[test]
    fn hostile_bytes_as_a_request_are_authentic_only_as_they_were_sent() {
        let provider = default_provider().unwrap();
        let whole = request("ours:theirs", "secret");
        coach_testing::fuzz("binding requests", vec![whole.clone(), request("", ""), request(":", "x")], |bytes| {
            let Some(mut parsed) = Request::parse(bytes) else { return };
            let _ = parsed.addressee();
            // What stands behind the integrity is not covered by it, and neither is the length (bytes 2 and 3) that says how much that is.
            let authentic = parsed.is_authentic("secret", provider.crypto());
            let is_whole = bytes[..2] == whole[..2] && bytes[4..].starts_with(&whole[4..]);
            assert!(!authentic || is_whole, "{bytes:?}");
        });
    }

    #[test]
    fn damaged_requests_are_refused_without_a_panic() {
        let provider = default_provider().unwrap();
        let whole = request("ours:theirs", "secret");
        for length in 0..whole.len() {
            if let Some(mut parsed) = Request::parse(&whole[..length]) {
                assert!(!parsed.is_authentic("secret", provider.crypto()));
            }
        }
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut damaged = whole.clone();
                damaged[at] ^= 1 << bit;
                if let Some(mut parsed) = Request::parse(&damaged) {
                    let _ = parsed.addressee();
                    assert!(!parsed.is_authentic("secret", provider.crypto()), "bit {bit} of byte {at}");
                }
            }
        }
    }
}
