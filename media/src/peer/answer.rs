//! Completes the library's SDP answer: candidates of the shared port, bit rates, and the lines that WHIP asks for.

use super::{Limits, offer};
use std::fmt::Write;
use std::net::SocketAddr;

/// Returns the SDP with candidates of the announced addresses in place of the library's.
pub fn with_candidates(sdp: &str, announced: &[SocketAddr]) -> String {
    let mut out = String::with_capacity(sdp.len() + 512);
    for line in sdp.lines().filter(|line| !line.starts_with("a=candidate:") && *line != "a=end-of-candidates") {
        out += line;
        out += "\r\n";
        if line.starts_with("a=ice-ufrag:") {
            candidates(&mut out, announced);
        }
    }
    out
}

/// Returns the answer with sections for the media sections of the offer that the library was not given, each at its place, so that both have
/// the same number (RFC 3264, section 6).
pub fn with_rejected(sdp: String, rejected: &[(usize, String)]) -> String {
    if rejected.is_empty() {
        return sdp;
    }
    let (session, mut sections) = offer::split(&sdp);
    for (at, section) in rejected {
        sections.insert((*at).min(sections.len()), section);
    }
    format!("{session}{}", sections.concat())
}

/// Completes an answer to a viewer: candidates of the announced addresses, and `a=rtcp-mux-only`.
pub fn for_viewer(sdp: &str, announced: &[SocketAddr]) -> String {
    with_candidates(sdp, announced).replace("a=rtcp-mux\r\n", "a=rtcp-mux\r\na=rtcp-mux-only\r\n")
}

/// Completes an answer to a publisher: candidates of the announced addresses, bit rates for the video, and `a=rtcp-mux-only` (RFC
/// 9725, section 4.4.1).
pub fn complete(sdp: &str, announced: &[SocketAddr], limits: &Limits) -> String {
    let (mut out, mut video) = (String::with_capacity(sdp.len() + 512), false);
    for line in with_candidates(sdp, announced).lines() {
        if let Some(media) = line.strip_prefix("m=") {
            video = media.starts_with("video ");
        }
        out += line;
        out += "\r\n";
        if video && line.starts_with("c=") {
            // RFC 8866, section 5: `b=` stands directly after `c=`.
            _ = write!(out, "b=AS:{}\r\n", limits.max_kbps);
        }
        if let Some(payload) = line.strip_prefix("a=rtpmap:").and_then(|map| map.strip_suffix(" VP8/90000")) {
            // Only libwebrtc reads this parameter; other senders ignore it.
            _ = write!(out, "a=fmtp:{payload} x-google-start-bitrate={}\r\n", limits.start_kbps);
        }
        if video && line.starts_with("a=fmtp:") && line.to_ascii_lowercase().contains("packetization-mode=") {
            out.truncate(out.len() - 2);
            _ = write!(out, ";x-google-start-bitrate={}\r\n", limits.start_kbps);
        }
        if line == "a=rtcp-mux" {
            out += "a=rtcp-mux-only\r\n";
        }
    }
    out
}

/// Appends one host candidate for each address, the preferred one first, and the end of candidates.
fn candidates(out: &mut String, announced: &[SocketAddr]) {
    for (n, address) in announced.iter().enumerate() {
        // RFC 8445, section 5.1.2.1: host candidates have type preference 126; earlier ones are preferred.
        let priority = (126u64 << 24) | ((65_535 - n.min(65_535) as u64) << 8) | 255;
        let (ip, port) = (address.ip(), address.port());
        _ = write!(out, "a=candidate:{} 1 udp {priority} {ip} {port} typ host\r\n", n + 1);
    }
    out.push_str("a=end-of-candidates\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejected_sections_stand_where_they_stood_in_the_offer() {
        let rejected =
            |at: &[usize]| -> Vec<(usize, String)> { at.iter().map(|n| (*n, format!("m=x{n}\r\n"))).collect() };
        let answer = || "v=0\r\nm=a\r\na=1\r\nm=b\r\n".to_owned();
        assert_eq!(with_rejected(answer(), &[]), answer());
        assert_eq!(with_rejected(answer(), &rejected(&[0, 2])), "v=0\r\nm=x0\r\nm=a\r\na=1\r\nm=x2\r\nm=b\r\n");
        assert_eq!(with_rejected(answer(), &rejected(&[1, 3])), "v=0\r\nm=a\r\na=1\r\nm=x1\r\nm=b\r\nm=x3\r\n");
    }

    #[test]
    fn the_shared_port_takes_the_place_of_the_librarys_candidates() {
        let sdp = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:abcd\r\n\
                   a=candidate:1 1 udp 1 127.0.0.1 40000 typ host\r\na=end-of-candidates\r\n\
                   m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:96 VP8/90000\r\n";
        let announced = ["192.0.2.1:7000".parse().unwrap(), "[2001:db8::1]:7000".parse().unwrap()];
        let out = complete(sdp, &announced, &Limits::default());
        assert!(!out.contains("40000"));
        assert!(out.contains("a=candidate:1 1 udp 2130706431 192.0.2.1 7000 typ host\r\n"));
        assert!(out.contains("a=candidate:2 1 udp 2130706175 2001:db8::1 7000 typ host\r\n"));
        assert!(out.contains(
            "c=IN IP4 0.0.0.0\r\nb=AS:2500\r\na=rtpmap:96 VP8/90000\r\na=fmtp:96 x-google-start-bitrate=1500"
        ));
        assert_eq!(out.matches("b=AS").count(), 1, "audio has no limit of its own");
    }
}
