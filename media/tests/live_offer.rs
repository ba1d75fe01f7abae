//! Offers of all kinds at a real endpoint: what is answered, what is refused and how, and that nothing stays behind.

use coach_media::VideoCodec;
use coach_media::peer::{Config, Endpoint, Error, Event, Limits};
use coach_testing::thread_cpu_s;
use std::time::Duration;

const CHROMIUM: &str = include_str!("data/chromium-156-offer.sdp");

/// What the endpoint says, and the publisher closed again.
async fn offer(endpoint: &Endpoint, sdp: &str) -> Result<String, Error> {
    let (answer, publisher) = endpoint.accept(sdp, &Limits::default()).await?;
    publisher.close().await;
    Ok(answer.sdp)
}

fn assert_not_our_fault(result: &Result<String, Error>, what: &str) {
    assert!(!matches!(result, Err(Error::Engine(_) | Error::Io(_) | Error::Busy(_))), "{what}: {result:?}");
}

#[tokio::test]
async fn a_browsers_offer_is_answered_with_vp8_and_opus_on_the_shared_port() {
    let config = Config { announce: vec!["192.0.2.7".parse().unwrap()], ..Config::default() };
    let endpoint = Endpoint::bind(config).unwrap();
    let answer = offer(&endpoint, CHROMIUM).await.unwrap();
    let port = endpoint.local_address().port();
    let lines: Vec<&str> = answer.lines().collect();
    let starting = |prefix: &str| lines.iter().filter(|line| line.starts_with(prefix)).copied().collect::<Vec<_>>();
    assert_eq!(starting("m=").len(), 2);
    assert!(starting("m=").iter().all(|line| !line.contains(" 0 ")), "no part is rejected");
    assert_eq!(starting("a=recvonly").len(), 2);
    assert_eq!(starting("a=rtpmap:"), ["a=rtpmap:111 opus/48000/2", "a=rtpmap:96 VP8/90000", "a=rtpmap:97 rtx/90000"]);
    let candidate = format!("a=candidate:1 1 udp 2130706431 192.0.2.7 {port} typ host");
    assert!(!starting("a=candidate").is_empty() && starting("a=candidate").iter().all(|line| **line == candidate));
    assert!(answer.contains("transport-cc") && answer.contains("x-google-start-bitrate=1500"));
    let feedback: Vec<&str> = starting("a=rtcp-fb:96").into_iter().map(str::trim_end).collect();
    assert!(feedback.contains(&"a=rtcp-fb:96 nack pli") && feedback.contains(&"a=rtcp-fb:96 nack"), "{feedback:?}");
    assert!(!starting("a=fingerprint:sha-256").is_empty() && starting("a=setup:active").len() == 2);
    assert_eq!(starting("a=rtcp-mux-only").len(), 2, "RFC 9725, section 4.4.1");
}

/// The lines of an answer about its codecs, without what every one has.
async fn codecs(endpoint: &Endpoint, sdp: &str, limits: &Limits) -> Result<Vec<String>, Error> {
    let (answer, publisher) = endpoint.accept(sdp, limits).await?;
    publisher.close().await;
    let about = |line: &&str| line.starts_with("a=rtpmap:") || line.to_ascii_lowercase().contains("packetization-mode");
    Ok(answer.sdp.lines().filter(about).map(str::to_owned).collect())
}

#[tokio::test]
async fn an_offer_without_vp8_is_answered_with_h264_in_the_profile_that_was_offered() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let without = CHROMIUM.replace(" VP8/90000", " VP9/90000");
    let expected = [
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:102 H264/90000",
        "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f;x-google-start-bitrate=1500",
        "a=rtpmap:103 rtx/90000",
    ];
    assert_eq!(codecs(&endpoint, &without, &Limits::default()).await.unwrap(), expected);
    // A recording that has begun with one coding takes no other.
    let begun = |codec| Limits { codec: Some(codec), ..Limits::default() };
    assert_eq!(codecs(&endpoint, CHROMIUM, &begun(VideoCodec::H264)).await.unwrap(), expected);
    let refused = codecs(&endpoint, &without, &begun(VideoCodec::Vp8)).await;
    assert!(matches!(refused, Err(Error::Unacceptable(why)) if why.contains("VP8")));
}

/// H.264 alone, as libraries other than browsers offer it; `{…}` stands for what differs between them.
fn library(session: &str, media: &str, audio_port: u16, parameters: &str) -> String {
    let transport = "a=setup:actpass\r\na=ice-ufrag:4hiw\r\na=ice-pwd:HBbMQqboTdzUWLdoWHJ60O1234\r\n";
    let fill = |text: &str| text.replace("{transport}", transport);
    format!(
        "v=0\r\no=- 3559300441 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE video audio\r\n{session}\
         a=fingerprint:sha-256 F8:5D:01:EA:98:1D:A5:FA:5E:C9:41:F4:EB:1C:36:B0:AD:AB:CD:10:0A:92:C5:0F:BC:61:AB:F1:D1:85:4F:42\r\n\
         m=video 9 UDP/TLS/RTP/SAVPF 102\r\nc=IN IP4 0.0.0.0\r\na=mid:video\r\na=sendonly\r\na=rtcp-mux\r\n\
         a=rtpmap:102 H264/90000\r\na=rtcp-fb:102 nack pli\r\na=fmtp:102 {parameters}\r\n{media}\
         m=audio {audio_port} UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:audio\r\na=sendonly\r\na=rtcp-mux\r\n\
         a=bundle-only\r\na=rtpmap:111 OPUS/48000/2\r\na=ssrc:43 cname:c\r\n{media}",
        session = fill(session),
        media = fill(media),
    )
}

#[tokio::test]
async fn offers_of_h264_alone_are_answered_however_they_are_written() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let usual = "profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1";
    let named = "packetization-mode=1;sprop-parameter-sets=Z0LAHoyNQFAe0A8IhGo=,aM48gA==;profile-level-id=42c01e";
    let high = "packetization-mode=1;profile-level-id=64001f";
    for (what, sdp, profile) in [
        ("transport in each section", library("", "{transport}", 9, usual), "42e01f"),
        ("transport of the session", library("{transport}", "", 9, usual), "42e01f"),
        ("sets in the offer, audio at port 0", library("", "{transport}", 0, named), "42c01e"),
        ("High", library("", "{transport}", 9, high), "64001f"),
    ] {
        let answer = codecs(&endpoint, &sdp, &Limits::default()).await.unwrap_or_else(|e| panic!("{what}: {e}"));
        let answer: Vec<_> = answer.iter().map(|line| line.to_ascii_lowercase()).collect();
        let agreed = format!("profile-level-id={profile}");
        let is_agreed = |line: &String| line.contains(&agreed) && line.contains("packetization-mode=1");
        assert!(answer.iter().any(is_agreed), "{what}: {answer:?}");
    }
    for (what, parameters) in [
        ("ten bits", "packetization-mode=1;profile-level-id=6e001f"),
        ("a profile that is cut", "packetization-mode=1;profile-level-id=42"),
        ("no hexadecimal", "packetization-mode=1;profile-level-id=42zzzz"),
        ("interleaved packets", "packetization-mode=2;profile-level-id=42e01f"),
    ] {
        let refused = codecs(&endpoint, &library("", "{transport}", 9, parameters), &Limits::default()).await;
        assert!(matches!(refused, Err(Error::Unacceptable(_))), "{what}: {refused:?}");
    }
}

/// Returns the offer without the lines that begin so.
fn without(sdp: &str, starts: &[&str]) -> String {
    sdp.split_inclusive("\r\n").filter(|line| !starts.iter().any(|start| line.starts_with(start))).collect()
}

/// Forms of offers that clients have sent, and whether each is taken.
fn forms() -> Vec<(&'static str, String, bool)> {
    let (audio_at, video_at) = (CHROMIUM.find("m=audio").unwrap(), CHROMIUM.find("m=video").unwrap());
    let (session, audio, video) = (&CHROMIUM[..audio_at], &CHROMIUM[audio_at..video_at], &CHROMIUM[video_at..]);
    let group = |mids: &str| session.replace("a=group:BUNDLE 0 1", &format!("a=group:BUNDLE {mids}"));
    let transport = ["a=ice-", "a=fingerprint", "a=setup"];
    let of_session: String =
        audio.split_inclusive("\r\n").filter(|line| transport.iter().any(|t| line.starts_with(t))).collect();
    let data = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\na=sctp-port:5000\r\n";
    let many: String = (0..550)
        .map(|n| format!("a=candidate:{n} 1 udp 2122194687 10.{}.{}.2 53290 typ host\r\n", n / 250, n % 250))
        .collect();
    let only = |codec: &str| {
        let others = ["VP8", "VP9", "H264", "AV1", "H265"].into_iter().filter(|other| *other != codec);
        others.fold(CHROMIUM.to_owned(), |sdp, other| sdp.replace(&format!(" {other}/90000"), " none/90000"))
    };
    vec![
        ("no retransmission", without(&CHROMIUM.replace(" rtx/90000", " none/90000"), &["a=fmtp:97 "]), true),
        ("video first", format!("{}{video}{audio}", group("1 0")), true),
        (
            "bundle-only at port 0",
            CHROMIUM.replace("m=video 9", "m=video 0").replace("a=mid:1", "a=bundle-only\r\na=mid:1"),
            true,
        ),
        ("audio alone", format!("{}{audio}", group("0")), true),
        ("video alone", format!("{}{video}", group("1")), true),
        ("IPv6", CHROMIUM.replace("IN IP4 192.0.2.2", "IN IP6 fd00::2"), true),
        ("names for addresses", CHROMIUM.replace(" 192.0.2.2 ", " 4f0d7f0e-2b7e-4f6e-9f0a-2f6f8a6a1c11.local "), true),
        ("TCP alone", CHROMIUM.replace(" udp ", " tcp "), true),
        (
            "transport of the session",
            format!("{session}{of_session}{}{}", without(audio, &transport), without(video, &transport)),
            true,
        ),
        ("Opus in capitals", CHROMIUM.replace("opus/48000/2", "OPUS/48000/2"), true),
        ("passive", CHROMIUM.replace("a=setup:actpass", "a=setup:passive"), true),
        ("active", CHROMIUM.replace("a=setup:actpass", "a=setup:active"), true),
        ("no msid", without(CHROMIUM, &["a=msid:", "a=ssrc"]), true),
        ("550 candidates", format!("{session}{audio}{many}{video}"), true),
        (
            "words for mids",
            group("a v").replace("a=mid:0", "a=mid:a")
                + &audio.replace("a=mid:0", "a=mid:a")
                + &video.replace("a=mid:1", "a=mid:v"),
            true,
        ),
        (
            "another payload type",
            CHROMIUM.replace(":96 ", ":50 ").replace("SAVPF 96 ", "SAVPF 50 ").replace("apt=96", "apt=50"),
            true,
        ),
        ("H.264 alone", only("H264"), true),
        ("VP9 alone", only("VP9"), false),
        ("AV1 alone", only("AV1"), false),
        ("two cameras", format!("{}{audio}{video}{}", group("0 1 2"), video.replace("a=mid:1", "a=mid:2")), false),
        ("a data channel", format!("{}{audio}{video}{data}", group("0 1 2")), false),
        ("a data channel that is switched off", format!("{CHROMIUM}{}", data.replace("n 9", "n 0")), true),
        ("no encryption", CHROMIUM.replace("UDP/TLS/RTP/SAVPF", "RTP/AVPF"), false),
    ]
}

#[tokio::test]
async fn offers_of_all_forms_are_taken_or_refused() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    for (form, sdp, taken) in forms() {
        match offer(&endpoint, &sdp).await {
            Ok(answer) => {
                assert!(taken, "{form} is taken");
                let sections = |sdp: &str| sdp.lines().filter(|line| line.starts_with("m=")).count();
                assert_eq!(sections(&answer), sections(&sdp), "{form}: {answer}");
                let receives = answer.lines().filter(|line| line.trim_end() == "a=recvonly").count();
                assert_eq!(receives, sections(&sdp) - answer.matches("a=inactive").count(), "{form}: {answer}");
                let role = if form == "active" { "a=setup:passive" } else { "a=setup:active" };
                assert_eq!(answer.matches(role).count(), receives, "{form}: {answer}");
            }
            Err(error) => assert!(!taken && matches!(error, Error::Unacceptable(_)), "{form}: {error:?}"),
        }
    }
}

/// The offers of the corpus, as other programs wrote them.
#[tokio::test]
async fn offers_of_other_programs_are_taken() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/testing/corpus/offers");
    for (name, codec) in [
        ("firefox-153", VideoCodec::Vp8),
        ("whipsink-vp8", VideoCodec::Vp8),
        ("libdatachannel-h264", VideoCodec::H264),
        ("webrtcbin-h264", VideoCodec::H264),
    ] {
        let sdp = std::fs::read_to_string(format!("{folder}/{name}.sdp")).unwrap();
        let (answer, publisher) =
            endpoint.accept(&sdp, &Limits::default()).await.unwrap_or_else(|e| panic!("{name}: {e}"));
        publisher.close().await;
        assert_eq!(answer.codec, Some(codec), "{name}");
        let lines = |start: &str| answer.sdp.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!((lines("m=audio "), lines("m=video "), lines("a=recvonly")), (1, 1, 2), "{name}: {}", answer.sdp);
    }
}

#[tokio::test]
async fn an_offer_both_ways_or_without_a_direction_is_answered_by_receiving() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    for direction in ["", "a=sendrecv\r\n"] {
        let answer = offer(&endpoint, &CHROMIUM.replace("a=sendonly\r\n", direction)).await.unwrap();
        let lines = |start: &str| answer.lines().filter(|line| line.starts_with(start)).count();
        assert_eq!((lines("m="), lines("a=recvonly")), (2, 2), "{direction:?}: {answer}");
    }
}

#[tokio::test]
async fn a_track_that_sends_nothing_is_rejected_and_the_other_is_taken() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let limits = Limits::default();
    let taken = |answer: &str| -> Vec<(String, bool)> {
        let lines = answer.lines().filter_map(|line| line.strip_prefix("m="));
        lines.map(|line| (line.split(' ').next().unwrap().to_owned(), line.split(' ').nth(1) != Some("0"))).collect()
    };
    let video = CHROMIUM.find("m=video").unwrap();
    let (first, second) = CHROMIUM.split_at(video);
    for (sdp, sends) in [
        (CHROMIUM.replacen("a=sendonly", "a=inactive", 1), [false, true]),
        (CHROMIUM.replace("m=audio 53290", "m=audio 0"), [false, true]),
        (format!("{first}{}", second.replace("a=sendonly", "a=inactive")), [true, false]),
    ] {
        let (answer, publisher) = endpoint.accept(&sdp, &limits).await.unwrap();
        publisher.close().await;
        let expected = [("audio".to_owned(), sends[0]), ("video".to_owned(), sends[1])];
        assert_eq!(taken(&answer.sdp), expected, "{}", answer.sdp);
        let group = answer.sdp.lines().find(|line| line.starts_with("a=group:BUNDLE")).unwrap().trim_end();
        assert_eq!(group, if sends[0] { "a=group:BUNDLE 0" } else { "a=group:BUNDLE 1" });
        assert_eq!(answer.sdp.matches("a=mid:").count(), 2);
        assert_eq!(answer.codec.is_some(), sends[1]);
    }
}

#[tokio::test]
async fn an_offer_of_three_qualities_is_answered_for_one() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let layers = "a=rid:h send\r\na=rid:l send\r\na=simulcast:send h;l\r\n";
    let answer = offer(&endpoint, &format!("{CHROMIUM}{layers}")).await.unwrap();
    assert!(!answer.contains("a=simulcast") && !answer.contains("a=rid"), "{answer}");
}

#[tokio::test]
async fn each_fault_has_the_kind_that_its_status_needs() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let refused = async |sdp: &str| offer(&endpoint, sdp).await.unwrap_err();
    assert!(matches!(refused("").await, Error::Malformed(_)));
    assert!(matches!(refused("{\"sdp\": true}").await, Error::Malformed(_)));
    assert!(matches!(refused(CHROMIUM.split("m=").next().unwrap()).await, Error::NoMedia(_)));
    assert!(matches!(refused(&CHROMIUM.replace("a=sendonly", "a=inactive")).await, Error::NoMedia(_)));
    let neither = CHROMIUM.replace(" VP8/90000", " VP9/90000").replace(" H264/90000", " H263/90000");
    assert!(matches!(refused(&neither).await, Error::Unacceptable(_)));
    let twice = format!("{CHROMIUM}{}", &CHROMIUM[CHROMIUM.find("m=video").unwrap()..]);
    assert!(matches!(refused(&twice).await, Error::Unacceptable(_)));
    let unbundled = CHROMIUM.replace("a=group:BUNDLE", "a=group:LS");
    assert!(matches!(refused(&unbundled).await, Error::Unacceptable(_)));
    assert!(matches!(
        refused(&CHROMIUM.replace("a=group:BUNDLE 0 1", "a=group:BUNDLE 0")).await,
        Error::Unacceptable(_)
    ));
    assert!(matches!(
        refused(&CHROMIUM.replacen("a=setup:actpass", "a=setup:active", 1)).await,
        Error::Unacceptable(_)
    ));
    assert!(matches!(refused(&CHROMIUM.replace("a=setup:actpass", "a=setup:holdconn")).await, Error::Unacceptable(_)));
    assert!(matches!(
        refused(&CHROMIUM.replacen("t=0 0\r\n", "t=0 0\r\na=ice-lite\r\n", 1)).await,
        Error::Unacceptable(_)
    ));
    let parameters = CHROMIUM.replace("useinbandfec=1", &format!("useinbandfec=1{}", ";".repeat(40_000)));
    assert!(matches!(refused(&parameters).await, Error::Malformed(_)));
    assert_eq!(endpoint.counters().peers, 0);
}

#[tokio::test]
async fn no_damaged_offer_hurts_the_server_or_stays_on_the_port() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    // Beginnings: most end at the check; those beyond the last codec we need reach the library.
    for length in (0..CHROMIUM.len()).step_by(83) {
        assert_not_our_fault(&offer(&endpoint, &CHROMIUM[..length]).await, &format!("{length} bytes"));
    }
    let lines: Vec<&str> = CHROMIUM.split_inclusive("\r\n").collect();
    for left_out in 0..lines.len() {
        let sdp: String = lines.iter().enumerate().filter(|(n, _)| *n != left_out).map(|(_, line)| *line).collect();
        assert_not_our_fault(&offer(&endpoint, &sdp).await, &format!("without {}", lines[left_out]));
    }
    // Values that are too long, negative, of the wrong kind.
    for (n, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("a=")).step_by(3) {
        for value in ["", "-1", "99999999999999999999", "\u{0}\u{1}", &"x".repeat(5000), ":::: 1/2/3/4;;;==="] {
            let name = line.split([':', '\r']).next().unwrap();
            let mut changed = lines.clone();
            let line = format!("{name}:{value}\r\n");
            changed[n] = &line;
            assert_not_our_fault(&offer(&endpoint, &changed.concat()).await, &line);
        }
    }
    assert_eq!((endpoint.counters().peers, endpoint.counters().addresses), (0, 0));
}

#[tokio::test]
async fn huge_offers_are_refused_at_once() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let before = thread_cpu_s();
    let formats: String = (0..20_000).map(|n| format!(" {}", n % 128)).collect();
    let video = CHROMIUM[CHROMIUM.find("m=video").unwrap()..].to_owned();
    for sdp in [
        "x".repeat(64 << 10),
        "a=b\r\n".repeat(13_000),
        format!("{}{}", CHROMIUM, video.repeat(10)),
        CHROMIUM.replace("SAVPF 111", &format!("SAVPF 111{formats}")),
        format!("{CHROMIUM}{}", "a=ssrc:1 cname:x\r\n".repeat(1500)),
        format!("{CHROMIUM}{}", "a=extmap:1 urn:x\r\n".repeat(1500)),
        "\u{fffd}".repeat(10_000),
    ] {
        assert_not_our_fault(&offer(&endpoint, &sdp).await, &sdp.chars().take(60).collect::<String>());
    }
    // CPU time of this thread, which parses the offers. 0.1 s is usual without optimisation.
    if let (Some(before), Some(after)) = (before, thread_cpu_s()) {
        assert!(after - before < 5.0, "{} s", after - before);
    }
}

#[tokio::test]
async fn places_are_counted_and_given_back() {
    let endpoint = Endpoint::bind(Config { max_peers: 2, ..Config::default() }).unwrap();
    let limits = Limits::default();
    let (_, first) = endpoint.accept(CHROMIUM, &limits).await.unwrap();
    let (_, _second) = endpoint.accept(CHROMIUM, &limits).await.unwrap();
    assert!(matches!(endpoint.accept(CHROMIUM, &limits).await, Err(Error::Busy(2))));
    assert_eq!(endpoint.counters().peers, 2);
    first.close().await;
    assert!(endpoint.accept(CHROMIUM, &limits).await.is_ok());
}

#[tokio::test]
async fn an_offer_that_is_not_followed_by_a_connection_loses_its_place() {
    let config = Config { connect_within: Duration::from_millis(200), max_peers: 1, ..Config::default() };
    let endpoint = Endpoint::bind(config).unwrap();
    let (_, mut publisher) = endpoint.accept(CHROMIUM, &Limits::default()).await.unwrap();
    let mut events = publisher.events();
    assert_eq!(events.recv().await, Some(Event::Failed));
    assert_eq!(events.recv().await, Some(Event::Closed));
    publisher.close().await;
    assert_eq!(endpoint.counters().peers, 0);
    assert!(endpoint.accept(CHROMIUM, &Limits::default()).await.is_ok());
}
