//! ICE and DTLS as publishers differ in them: restarts, roles, and connections over which nothing comes.

#[path = "../examples/publisher/mod.rs"]
#[allow(dead_code)]
mod publisher;

use bytes::Bytes;
use coach_media::item::{Item, Track};
use coach_media::peer::{Config, Endpoint, Error, Event, Limits, Patched};
use coach_testing::LIMIT;
use publisher::{Loss, Sender};
use std::time::Duration;
use tokio::sync::mpsc;

fn value<'a>(sdp: &'a str, name: &str) -> Option<&'a str> {
    sdp.lines().find_map(|line| line.strip_prefix(name)).map(str::trim)
}

/// Sends audio until the server hands out a unit that was sent from now on.
async fn until_heard(sender: &mut Sender, events: &mut mpsc::Receiver<Event>, at_ms: &mut i64) {
    let heard = async {
        let mut pace = tokio::time::interval(Duration::from_millis(20));
        let mark = *at_ms;
        loop {
            tokio::select! {
                _ = pace.tick() => {
                    let audio = [&[0xFC][..], &at_ms.to_be_bytes()].concat();
                    sender.send(Track::Audio, *at_ms * 1_000_000, &Bytes::from(audio)).await.unwrap();
                    *at_ms += 20;
                }
                event = events.recv() => match event.expect("the publisher is there") {
                    Event::Item(Item::Unit(Track::Audio, unit)) => {
                        let sent = i64::from_be_bytes(unit.data[1..9].try_into().unwrap());
                        if sent >= mark { return; }
                    }
                    Event::Failed | Event::Closed => panic!("the publisher is gone"),
                    _ => {}
                },
            }
        }
    };
    tokio::time::timeout(LIMIT, heard).await.expect("audio comes through");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ice_restart_has_fresh_credentials_on_both_sides_and_the_media_goes_on() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let (mut sender, offer) = Sender::new(false, true, "127.0.0.1:0", Loss::none()).await.unwrap();
    let (answer, mut publisher) = endpoint.accept(&offer, &Limits::default()).await.unwrap();
    let mut events = publisher.events();
    sender.connect(&answer.sdp).await.unwrap();
    let mut at_ms = 0;
    until_heard(&mut sender, &mut events, &mut at_ms).await;

    let same = format!(
        "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=candidate:1 1 udp 1 203.0.113.9 9 typ host\r\n",
        value(&offer, "a=ice-ufrag:").unwrap(),
        value(&offer, "a=ice-pwd:").unwrap()
    );
    assert_eq!(publisher.patch(&same).await.unwrap(), Patched::Candidates);
    assert!(matches!(publisher.patch("a=ice-ufrag:abcd\r\n").await, Err(Error::Malformed(_))));

    let again = sender.restart().await.unwrap();
    let fragment = format!(
        "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n",
        value(&again, "a=ice-ufrag:").unwrap(),
        value(&again, "a=ice-pwd:").unwrap()
    );
    let Patched::Restarted { fragment, ice_tag } = publisher.patch(&fragment).await.unwrap() else {
        panic!("new credentials are a restart");
    };
    let (ufrag, password) = (value(&fragment, "a=ice-ufrag:").unwrap(), value(&fragment, "a=ice-pwd:").unwrap());
    assert_eq!(ufrag, ice_tag);
    assert_ne!(ufrag, answer.ice_tag);
    assert_ne!(Some(password), value(&answer.sdp, "a=ice-pwd:"));
    assert!(fragment.contains("a=candidate:") && fragment.contains("a=end-of-candidates"), "{fragment}");

    let (old_ufrag, old_password) = (&answer.ice_tag, value(&answer.sdp, "a=ice-pwd:").unwrap());
    let answered = answer.sdp.replace(old_ufrag.as_str(), ufrag).replace(old_password, password);
    sender.restarted(&answered).await.unwrap();
    until_heard(&mut sender, &mut events, &mut at_ms).await;
    publisher.close().await;
    sender.close().await.unwrap();
    assert_eq!((endpoint.counters().peers, endpoint.counters().addresses), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publisher_that_insists_on_being_the_dtls_client_is_answered_as_its_server() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let (mut sender, offer) = Sender::new(false, true, "127.0.0.1:0", Loss::none()).await.unwrap();
    let active = offer.replace("a=setup:actpass", "a=setup:active");
    let (answer, mut publisher) = endpoint.accept(&active, &Limits::default()).await.unwrap();
    assert_eq!(value(&answer.sdp, "a=setup:"), Some("passive"));
    let mut events = publisher.events();
    sender.connect(&answer.sdp).await.unwrap();
    until_heard(&mut sender, &mut events, &mut 0).await;
    publisher.close().await;
    sender.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_publisher_that_sends_nothing_loses_its_place() {
    let config = Config { media_within: Duration::from_millis(300), ..Config::default() };
    let endpoint = Endpoint::bind(config).unwrap();
    let (mut sender, offer) = Sender::new(true, true, "127.0.0.1:0", Loss::none()).await.unwrap();
    let (answer, mut publisher) = endpoint.accept(&offer, &Limits::default()).await.unwrap();
    let mut events = publisher.events();
    sender.connect(&answer.sdp).await.unwrap();
    let mut states = Vec::new();
    while let Some(event) = tokio::time::timeout(LIMIT, events.recv()).await.expect("it ends by itself") {
        states.push(event);
    }
    assert_eq!(states, [Event::Connected, Event::Failed, Event::Closed]);
    assert_eq!(endpoint.counters().peers, 0);
    sender.close().await.unwrap();
}
