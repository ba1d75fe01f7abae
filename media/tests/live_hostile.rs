//! What strangers, broken networks and liars can do to the port and to those who publish on it.

#[path = "../examples/publisher/mod.rs"]
#[allow(dead_code)]
mod publisher;

use bytes::Bytes;
use coach_media::item::{Item, Track};
use coach_media::peer::{Config, Endpoint, Event, Limits, Publisher};
use coach_testing::LIMIT;
use publisher::{Loss, Sender};
use rtc::crypto::default_provider;
use rtc::stun::attributes::{ATTR_USERNAME, RawAttribute};
use rtc::stun::integrity::MessageIntegrity;
use rtc::stun::message::{BINDING_REQUEST, Message, Setter, TransactionId};
use std::time::{Duration, Instant};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

async fn connect(endpoint: &Endpoint, loss: &Loss) -> (Sender, Publisher, mpsc::Receiver<Event>, String) {
    let (mut sender, offer) = Sender::new(true, true, "127.0.0.1:0", loss.clone()).await.unwrap();
    let (answer, mut publisher) = endpoint.accept(&offer, &Limits::default()).await.unwrap();
    let events = publisher.events();
    sender.connect(&answer.sdp).await.unwrap();
    (sender, publisher, events, answer.ice_tag)
}

/// The next event that is no item.
async fn next_state(events: &mut mpsc::Receiver<Event>) -> Event {
    let next = async {
        loop {
            match events.recv().await.expect("Closed comes before the end") {
                Event::Item(_) | Event::Formats(_) => {}
                event => return event,
            }
        }
    };
    tokio::time::timeout(LIMIT, next).await.expect("an event")
}

/// Sends audio in real time for so long.
async fn talk(sender: &mut Sender, from_ms: i64, ms: i64) {
    let start = tokio::time::Instant::now();
    for at in (0..ms).step_by(20) {
        tokio::time::sleep_until(start + Duration::from_millis(at as u64)).await;
        let audio = [&[0xFC][..], &(from_ms + at).to_be_bytes()].concat();
        sender.send(Track::Audio, (from_ms + at) * 1_000_000, &audio.into()).await.unwrap();
        if at % 40 == 0 {
            let frame = Bytes::from_static(&[0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01, 1, 2, 3]);
            sender.send(Track::Video, (from_ms + at) * 1_000_000, &frame).await.unwrap();
        }
    }
}

fn heard(events: &mut mpsc::Receiver<Event>, track: Track) -> usize {
    let mut heard = 0;
    while let Ok(event) = events.try_recv() {
        heard += usize::from(matches!(event, Event::Item(Item::Unit(of, _)) if of == track));
    }
    heard
}

fn stun(username: &str, password: &str) -> Vec<u8> {
    let provider = default_provider().unwrap();
    let username =
        RawAttribute { typ: ATTR_USERNAME, length: username.len() as u16, value: username.as_bytes().to_vec() };
    let mut message = Message::new();
    message
        .build(&[
            Box::new(BINDING_REQUEST),
            Box::new(TransactionId::new()),
            Box::new(username) as Box<dyn Setter>,
            Box::new(MessageIntegrity::new_short_term_integrity_with_provider(password.into(), provider.crypto())),
        ])
        .unwrap();
    message.raw
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_whose_certificate_is_not_the_one_it_named_is_never_heard() {
    let endpoint = Endpoint::bind(Config { connect_within: Duration::from_secs(5), ..Config::default() }).unwrap();
    let (mut sender, offer) = Sender::new(true, true, "127.0.0.1:0", Loss::none()).await.unwrap();
    let named = offer.lines().find(|line| line.starts_with("a=fingerprint:sha-256 ")).unwrap();
    let another = format!("a=fingerprint:sha-256 {}", ["A5"; 32].join(":"));
    let (answer, mut publisher) = endpoint.accept(&offer.replace(named, &another), &Limits::default()).await.unwrap();
    let mut events = publisher.events();
    let sending = tokio::spawn(async move {
        // Its own side of the handshake may end well: it is the server that looks at its certificate.
        let _ = sender.connect(&answer.sdp).await;
        for at in 0..50 {
            let audio = [&[0xFC][..], &[at; 20]].concat();
            let _ = sender.send(Track::Audio, i64::from(at) * 20_000_000, &audio.into()).await;
        }
        sender
    });
    let mut seen = Vec::new();
    while let Some(event) = tokio::time::timeout(LIMIT, events.recv()).await.expect("an event") {
        let over = event == Event::Closed;
        seen.push(event);
        if over {
            break;
        }
    }
    assert_eq!(seen, [Event::Failed, Event::Closed], "neither connected nor heard");
    publisher.close().await;
    assert_eq!(endpoint.counters().peers, 0);
    sending.await.unwrap();
}

/// Waits until the port has read so many datagrams.
async fn received(endpoint: &Endpoint, count: u64) {
    let read = async {
        while endpoint.counters().received < count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LIMIT, read).await.expect("the port reads");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_senders_get_no_answer_and_no_state() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let (mut sender, publisher, mut events, ufrag) = connect(&endpoint, &Loss::none()).await;
    let before = endpoint.counters();
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut sent = 0;
    for n in 0..2000u32 {
        let datagram = match n % 6 {
            0 => stun(&format!("nobody{n}:me"), "password"),
            // The right name is to be seen by anybody on the way; the password is not.
            1 => stun(&format!("{ufrag}:me"), "a guess"),
            // RTP, RTCP, DTLS and noise.
            2 => vec![0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3],
            3 => vec![0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2],
            4 => [&[22, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 50, 1][..], &[0; 60]].concat(),
            _ => n.to_be_bytes().repeat(1 + n as usize % 300),
        };
        // A full buffer is the stranger's problem.
        sent += u64::from(stranger.try_send_to(&datagram, endpoint.local_address()).is_ok());
        if n % 50 == 0 {
            received(&endpoint, before.received + sent).await;
        }
    }
    received(&endpoint, before.received + sent).await;
    let after = endpoint.counters();
    assert_eq!((after.peers, after.addresses), (before.peers, before.addresses));
    assert!(after.unknown - before.unknown >= sent, "{after:?}");
    let mut answer = [0; 2000];
    assert!(stranger.try_recv(&mut answer).is_err(), "an answer to a stranger");
    talk(&mut sender, 0, 1500).await;
    publisher.close().await;
    assert!(heard(&mut events, Track::Audio) > 60);
    sender.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn damaged_copies_of_everything_a_publisher_sends_do_no_harm() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let loss = Loss::none();
    let (mut sender, publisher, mut events, _) = connect(&endpoint, &loss).await;
    // Not before: a handshake in the clear cannot tell a damaged copy from the sender's own fault.
    loss.garble();
    talk(&mut sender, 0, 2000).await;
    publisher.close().await;
    assert_eq!(heard(&mut events, Track::Video), 50);
    assert!(publisher.stats().audio.units >= 98, "{:?}", publisher.stats());
    sender.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_is_reported_as_disconnected_then_failed_then_closed_and_frees_its_place() {
    let config = Config {
        disconnected_after: Duration::from_secs(1),
        failed_after: Duration::from_secs(1),
        max_peers: 1,
        ..Config::default()
    };
    let endpoint = Endpoint::bind(config).unwrap();
    let loss = Loss::none();
    let (mut sender, publisher, mut events, _) = connect(&endpoint, &loss).await;
    assert_eq!(next_state(&mut events).await, Event::Connected);
    talk(&mut sender, 0, 1200).await;
    loss.cut();
    let cut = Instant::now();
    assert_eq!(next_state(&mut events).await, Event::Disconnected);
    println!("cut -> Disconnected: {:.1} s (set to 1 s)", cut.elapsed().as_secs_f32());
    assert_eq!(next_state(&mut events).await, Event::Failed);
    println!("cut -> Failed: {:.1} s (set to 1 s more)", cut.elapsed().as_secs_f32());
    assert_eq!(next_state(&mut events).await, Event::Closed);
    assert_eq!(events.recv().await, None, "Closed is the last event");
    publisher.close().await;
    assert_eq!((endpoint.counters().peers, endpoint.counters().addresses), (0, 0));
    drop(sender);
    let (sender, publisher, ..) = connect(&endpoint, &Loss::none()).await;
    publisher.close().await;
    sender.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_handle_and_a_dropped_receiver_close_the_peer() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let (sender, publisher, mut events, _) = connect(&endpoint, &Loss::none()).await;
    drop(publisher);
    let closed = async { while events.recv().await.is_some_and(|event| event != Event::Closed) {} };
    tokio::time::timeout(LIMIT, closed).await.unwrap();
    sender.close().await.unwrap();
    let (mut sender, publisher, events, _) = connect(&endpoint, &Loss::none()).await;
    drop(events);
    talk(&mut sender, 0, 100).await;
    tokio::time::timeout(LIMIT, publisher.close()).await.unwrap();
    sender.close().await.unwrap();
    assert_eq!(endpoint.counters().peers, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn now_is_the_media_time_of_what_is_being_sent() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let (mut sender, publisher, _events, _) = connect(&endpoint, &Loss::none()).await;
    assert_eq!(publisher.now(), None);
    let began = Instant::now();
    talk(&mut sender, 0, 2000).await;
    let now = publisher.now().unwrap().ms();
    // The last audio went out at 1980 ms or, on a busy machine, later.
    let at_most = began.elapsed().as_millis() as i64 + 100;
    assert!((1900..=at_most).contains(&now), "{now}, at most {at_most}");
    publisher.close().await;
    sender.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_endpoint_closes_its_publishers_and_hands_out_what_arrived() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let (mut sender, publisher, mut events, _) = connect(&endpoint, &Loss::none()).await;
    talk(&mut sender, 0, 500).await;
    drop(endpoint);
    tokio::time::timeout(LIMIT, publisher.close()).await.unwrap();
    let (mut units, mut last) = (0, None);
    while let Ok(event) = events.try_recv() {
        units += usize::from(matches!(event, Event::Item(Item::Unit(..))));
        last = Some(event);
    }
    assert_eq!(last, Some(Event::Closed));
    assert!(units >= 30, "{units}");
    sender.close().await.unwrap();
}
