//! The body of a PATCH request: an SDP fragment (RFC 8840) with candidates or with the credentials of an ICE restart.

use super::Error;
use super::offer::bounded;

/// The ICE credentials of one side (RFC 8839, section 5.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    pub ufrag: String,
    pub password: String,
}

impl Credentials {
    /// Reads the credentials of a description or fragment: the first ones found, for the session or for a media
    /// section. Returns `None` where a part is missing.
    pub fn of(sdp: &str) -> Option<Credentials> {
        let value = |name: &str| sdp.lines().find_map(|line| line.strip_prefix(name)).map(|v| v.trim().to_owned());
        Some(Credentials { ufrag: value("a=ice-ufrag:")?, password: value("a=ice-pwd:")? })
    }

    /// Returns the description with its credentials replaced by these.
    pub fn put_into(&self, sdp: &str) -> String {
        let mut out = String::with_capacity(sdp.len() + 64);
        for line in sdp.lines() {
            match line.split_once(':') {
                Some((name @ "a=ice-ufrag", _)) => out.extend([name, ":", &self.ufrag]),
                Some((name @ "a=ice-pwd", _)) => out.extend([name, ":", &self.password]),
                _ => out.push_str(line),
            }
            out.push_str("\r\n");
        }
        out
    }

    /// Returns whether both parts have the length and the characters of RFC 8839, section 5.4.
    fn are_valid(&self) -> bool {
        let ice = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
        (4..=256).contains(&self.ufrag.len())
            && (22..=256).contains(&self.password.len())
            && ice(&self.ufrag)
            && ice(&self.password)
    }
}

/// The parsed fragment of a publisher. Its candidates are not kept: answers go to where its own checks come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// The credentials of the ICE session that the fragment belongs to or begins.
    pub credentials: Option<Credentials>,
}

/// Parses a fragment.
///
/// # Errors
/// [`Error::Malformed`]: the text is no SDP fragment, or its credentials are invalid.
pub fn parse(text: &str) -> Result<Fragment, Error> {
    bounded(text)?;
    let malformed = |why: &str| Err(Error::Malformed(why.into()));
    let mut lines = text.lines().filter(|line| !line.is_empty()).peekable();
    if lines.peek().is_none() {
        return malformed("the fragment is empty");
    }
    if lines.any(|line| !line.starts_with("a=") && !line.starts_with("m=")) {
        return malformed("a line of the fragment is neither a= nor m=");
    }
    let values = |name| text.lines().filter_map(move |line| line.strip_prefix(name)).map(str::trim);
    for name in ["a=ice-ufrag:", "a=ice-pwd:"] {
        let mut found = values(name);
        if let Some(first) = found.next()
            && found.any(|other| other != first)
        {
            return malformed("bundled media has one ICE session, and the fragment speaks of several");
        }
    }
    let credentials = Credentials::of(text);
    match &credentials {
        Some(credentials) if !credentials.are_valid() => malformed("a=ice-ufrag or a=ice-pwd is broken"),
        None if values("a=ice-pwd:").next().is_some() => malformed("there is an a=ice-pwd without a=ice-ufrag"),
        None if values("a=ice-ufrag:").next().is_some() => malformed("there is an a=ice-ufrag without a=ice-pwd"),
        _ => Ok(Fragment { credentials }),
    }
}

/// Returns the ICE part of an answer as a fragment: credentials and candidates of its first media section, which the
/// others share.
pub fn of_answer(sdp: &str) -> String {
    let mut out = String::new();
    let mut parts = 0;
    for line in sdp.lines() {
        parts += usize::from(line.starts_with("m="));
        let of_session = parts == 0 && ["a=group:", "a=ice-options:", "a=ice-lite"].iter().any(|p| line.starts_with(p));
        let of_part = ["m=", "a=mid:", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=end-of-candidates"];
        if of_session || parts == 1 && of_part.iter().any(|prefix| line.starts_with(prefix)) {
            out += line;
            out += "\r\n";
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const UFRAG: &str = "a=ice-ufrag:EsAw\r\n";
    const PWD: &str = "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n";
    const CANDIDATE: &str =
        "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 4 typ host\r\n";

    #[test]
    fn candidates_come_with_the_credentials_of_their_session_or_without() {
        assert_eq!(parse(CANDIDATE).unwrap().credentials, None);
        let with = parse(&format!("{UFRAG}{PWD}{CANDIDATE}")).unwrap().credentials.unwrap();
        assert_eq!((with.ufrag.as_str(), with.password.as_str()), ("EsAw", "P2uYro0UCOQ4zxjKXaWCBui1"));
        assert!(parse("a=end-of-candidates\n").is_ok());
    }

    #[test]
    fn what_is_no_fragment_is_malformed() {
        let other = "a=ice-ufrag:other\r\n";
        for text in [
            String::new(),
            "\r\n\r\n".into(),
            "hello".into(),
            "v=0\r\n".into(),
            "{\"candidate\": 1}".into(),
            UFRAG.into(),
            PWD.into(),
            format!("{UFRAG}{PWD}{other}"),
            format!("a=ice-ufrag:abc\r\n{PWD}"),
            format!("a=ice-ufrag:ab cd\r\n{PWD}"),
            format!("a=ice-ufrag:{}\r\n{PWD}", "a".repeat(257)),
            format!("{UFRAG}a=ice-pwd:short\r\n"),
            format!("a={}\r\n", "x".repeat(70_000)),
            "a=x\r\n".repeat(2001),
        ] {
            assert!(
                matches!(parse(&text), Err(Error::Malformed(_))),
                "{:?}",
                text.chars().take(40).collect::<String>()
            );
        }
    }

    #[test]
    fn an_answers_ice_part_is_that_of_its_first_part() {
        let answer = format!(
            "v=0\r\ns=-\r\na=group:BUNDLE 0 1\r\n{CANDIDATE}{UFRAG}{PWD}a=rtcp-mux\r\nm=video 9 X 96\r\na=mid:1\r\n{UFRAG}"
        );
        let fragment = of_answer(&answer);
        assert_eq!(fragment, format!("a=group:BUNDLE 0 1\r\n{CANDIDATE}{UFRAG}{PWD}"));
        assert!(parse(&fragment).is_ok());
    }

    #[test]
    fn credentials_take_each_others_place_everywhere() {
        let fresh = Credentials { ufrag: "fresh".into(), password: "0123456789012345678901".into() };
        let sdp = fresh.put_into(&format!("v=0\r\n{UFRAG}{PWD}{CANDIDATE}{UFRAG}{PWD}"));
        assert_eq!(sdp.matches("a=ice-ufrag:fresh\r\n").count(), 2);
        assert_eq!(Credentials::of(&sdp), Some(fresh));
        assert!(!sdp.contains("EsAw") && sdp.contains(CANDIDATE));
    }

    #[test]
    fn hostile_bytes_are_a_fragment_or_malformed() {
        let seeds =
            [format!("{UFRAG}{PWD}{CANDIDATE}"), format!("{UFRAG}{PWD}m=audio 9 RTP/AVP 0\r\na=mid:0\r\n{CANDIDATE}")];
        coach_testing::fuzz("ICE fragments", seeds.map(String::into_bytes).to_vec(), |bytes| {
            let text = String::from_utf8_lossy(bytes);
            if let Ok(fragment) = parse(&text)
                && let Some(credentials) = fragment.credentials
            {
                let _ = credentials.put_into(&text);
            }
            let _ = (of_answer(&text), Credentials::of(&text));
        });
    }
}
