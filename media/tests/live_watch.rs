//! Viewers over a real port: they get what is published as it is, and nobody else notices them.

#[path = "../examples/publisher/mod.rs"]
#[allow(dead_code)]
mod publisher;
#[path = "../examples/viewer/mod.rs"]
#[allow(dead_code)]
mod viewer;

use bytes::Bytes;
use coach_media::item::{Item, Track};
use coach_media::peer::{Config, Endpoint, Error, Event, FeedId, Limits, Patched, Publisher};
use coach_testing::LIMIT;
use publisher::{Loss, Sender};
use rtc::peer_connection::state::RTCPeerConnectionState as State;
use rtc::rtp::Packet;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use viewer::Viewer;

/// A viewer in a thread of its own, until it is told to stop.
struct Watching {
    stop: Arc<AtomicBool>,
    connected: Arc<AtomicBool>,
    thread: JoinHandle<(Vec<(Track, Packet)>, State)>,
}

impl Watching {
    /// Runs a viewer. `nasty`: it asks for key frames all the time and sends media.
    fn start(mut viewer: Viewer, nasty: Option<std::net::SocketAddr>) -> Watching {
        let (stop, connected) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (stopped, is_connected) = (stop.clone(), connected.clone());
        let thread = std::thread::spawn(move || {
            let mut packets: Vec<(Track, Packet)> = Vec::new();
            while !stopped.load(Relaxed) && !matches!(viewer.state(), State::Closed | State::Failed) {
                viewer.turn(Duration::from_millis(5), |track, packet| packets.push((track, packet)));
                is_connected.store(viewer.state() == State::Connected, Relaxed);
                if let (Some(port), Some((_, seen))) = (nasty, packets.iter().find(|(track, _)| *track == Track::Video))
                {
                    viewer.ask_for_key_frame(seen.header.ssrc);
                    viewer.send(&[0x80, 120, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3], port);
                }
            }
            let state = viewer.state();
            viewer.close();
            (packets, state)
        });
        Watching { stop, connected, thread }
    }

    async fn connected(&self) {
        coach_testing::eventually(LIMIT, "the viewer connects", async || self.connected.load(Relaxed).then_some(()))
            .await;
    }

    async fn end(self) -> (Vec<(Track, Packet)>, State) {
        self.stop.store(true, Relaxed);
        tokio::task::spawn_blocking(|| self.thread.join().unwrap()).await.unwrap()
    }
}

/// A frame of made-up video; key frames say 640x480.
fn frame(n: u32, key: bool) -> Bytes {
    let mut data = vec![if key { 0x10 } else { 0x11 }];
    data.extend([n as u8, (n >> 8) as u8]);
    if key {
        data.extend([0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01]);
    }
    data.resize(if key { 4000 } else { 1500 + (n * 37 % 900) as usize }, n as u8);
    data.into()
}

async fn publish(endpoint: &Endpoint, feed: FeedId, loss: &Loss) -> (Sender, Publisher, mpsc::Receiver<Event>) {
    let (mut sender, offer) = Sender::new(true, true, "127.0.0.1:0", loss.clone()).await.unwrap();
    let limits = Limits { feed: Some(feed), ..Limits::default() };
    let (answer, mut publisher) = endpoint.accept(&offer, &limits).await.unwrap();
    let events = publisher.events();
    sender.connect(&answer.sdp).await.unwrap();
    (sender, publisher, events)
}

/// Sends so many seconds of both tracks in real time, a key frame each half second.
async fn send(sender: &mut Sender, from: u32, seconds: u32) -> Vec<(Track, Bytes)> {
    let (start, mut sent) = (tokio::time::Instant::now(), Vec::new());
    for n in 0..seconds * 50 {
        let ms = u64::from(n) * 20;
        tokio::time::sleep_until(start + Duration::from_millis(ms)).await;
        let ns = (i64::from(from) * 1000 + ms as i64) * 1_000_000;
        let audio = Bytes::from([&[0xFC][..], &(from + n).to_be_bytes()].concat());
        sender.send(Track::Audio, ns, &audio).await.unwrap();
        sent.push((Track::Audio, audio));
        if n % 2 == 0 {
            let video = frame(from * 50 + n, n % 26 == 0);
            sender.send(Track::Video, ns, &video).await.unwrap();
            sent.push((Track::Video, video));
        }
    }
    sent
}

/// The frames or packets of a track, made of packets in the order of their numbers, and how many numbers are missing.
fn units(packets: &[(Track, Packet)], wanted: Track) -> (Vec<Vec<u8>>, usize) {
    let mut of_track: Vec<&Packet> = packets.iter().filter(|(track, _)| *track == wanted).map(|(_, p)| p).collect();
    let Some(first) = of_track.first().map(|packet| packet.header.sequence_number) else { return (Vec::new(), 0) };
    of_track.sort_by_key(|packet| packet.header.sequence_number.wrapping_sub(first.wrapping_sub(100)));
    of_track.dedup_by_key(|packet| packet.header.sequence_number);
    let (mut units, mut missing): (Vec<Vec<u8>>, usize) = (vec![Vec::new()], 0);
    for (n, packet) in of_track.iter().enumerate() {
        if n > 0 {
            let step = packet.header.sequence_number.wrapping_sub(of_track[n - 1].header.sequence_number);
            missing += usize::from(step) - 1;
        }
        let skip = if wanted == Track::Video { 4 } else { 0 };
        units.last_mut().unwrap().extend(&packet.payload[skip..]);
        if packet.header.marker || wanted == Track::Audio {
            units.push(Vec::new());
        }
    }
    units.pop();
    (units, missing)
}

fn recorded(events: &mut mpsc::Receiver<Event>) -> HashMap<Track, Vec<Bytes>> {
    let mut all: HashMap<Track, Vec<Bytes>> = HashMap::new();
    while let Ok(event) = events.try_recv() {
        if let Event::Item(Item::Unit(track, unit)) = event {
            all.entry(track).or_default().push(unit.data);
        }
    }
    all
}

fn of(sent: &[(Track, Bytes)], wanted: Track) -> Vec<&Bytes> {
    sent.iter().filter(|(track, _)| *track == wanted).map(|(_, data)| data).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn viewers_get_what_is_sent_and_the_recorder_gets_the_same_as_without_them() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let feed = endpoint.feed();
    let (mut sender, publisher, mut events) = publish(&endpoint, feed, &Loss::none()).await;
    let mut watching = Vec::new();
    for (lossy, nasty) in [(0, false), (20, false), (0, true)] {
        let (mut viewer, offer) = Viewer::new(true, true, "127.0.0.1:0").unwrap();
        viewer.loses_every = lossy;
        let (answer, handle) = endpoint.watch(&offer, feed, None).await.unwrap();
        viewer.answered(&answer.sdp).unwrap();
        let port = nasty.then(|| endpoint.local_address());
        let running = Watching::start(viewer, port);
        running.connected().await;
        watching.push((running, handle));
    }
    let began = Instant::now();
    let sent = send(&mut sender, 0, 4).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let took = began.elapsed().as_secs();
    for (n, (running, handle)) in watching.into_iter().enumerate() {
        let stats = handle.stats();
        handle.close().await;
        let (packets, _) = running.end().await;
        for track in [Track::Audio, Track::Video] {
            let (units, missing) = units(&packets, track);
            let all = of(&sent, track);
            let skipped = all.iter().position(|data| Some(&data[..]) == units.first().map(|u| &u[..])).unwrap();
            println!(
                "viewer {n}, {track:?}: {} units of {}, {missing} packets missing; {stats:?}",
                units.len(),
                all.len()
            );
            // From the first key frame on; of lost audio, which is sent once, what was lost is missing.
            assert!(skipped <= 26, "{skipped} before the first one");
            if track == Track::Audio && n == 1 {
                assert!(missing > 0 && units.iter().all(|unit| all.iter().any(|data| data[..] == unit[..])));
                continue;
            }
            assert!(missing == 0 && units.len() + skipped + 1 >= all.len(), "{missing} packets are missing");
            assert!(units.iter().zip(&all[skipped..]).all(|(unit, data)| unit[..] == data[..]), "other bytes");
        }
    }
    publisher.close().await;
    let stats = publisher.stats();
    let recorded = recorded(&mut events);
    for track in [Track::Audio, Track::Video] {
        let (all, out) = (of(&sent, track), &recorded[&track]);
        assert!(out.len() + 2 >= all.len() && out.iter().eq(all[all.len() - out.len()..].iter().copied()), "{track:?}");
    }
    assert_eq!((stats.video.lost, stats.audio.lost, stats.video.duplicates), (0, 0, 0));
    // One a second for all viewers together, and those of the recording itself.
    println!("{} requests for key frames in {took} s", stats.key_frame_requests);
    assert!(stats.key_frame_requests <= 2 * took + 3, "{stats:?}");
    sender.close().await.unwrap();
    assert_eq!((endpoint.counters().peers, endpoint.counters().addresses), (0, 0), "nothing is left on the port");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_sees_the_next_publishing_as_the_same_stream_and_is_told_the_end() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let feed = endpoint.feed();
    let (mut viewer, offer) = Viewer::new(true, true, "127.0.0.1:0").unwrap();
    let (answer, handle) = endpoint.watch(&offer, feed, None).await.unwrap();
    assert_eq!(answer.sdp.matches("a=sendonly").count(), 2, "{}", answer.sdp);
    assert!(answer.sdp.contains("a=rtcp-mux-only") && !answer.sdp.contains("a=sendrecv"));
    viewer.answered(&answer.sdp).unwrap();
    let running = Watching::start(viewer, None);
    running.connected().await;
    for n in 0..2 {
        let (mut sender, publisher, _events) = publish(&endpoint, feed, &Loss::none()).await;
        send(&mut sender, n * 2, 1).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        publisher.close().await;
        sender.close().await.unwrap();
    }
    let candidates = "a=candidate:1 1 udp 1 203.0.113.9 9 typ host\r\n";
    assert_eq!(handle.patch(candidates).await.unwrap(), Patched::Candidates);
    assert!(matches!(handle.patch("nonsense").await, Err(Error::Malformed(_))));
    handle.close().await;
    let (packets, _) = running.end().await;
    for track in [Track::Audio, Track::Video] {
        let of_track: Vec<&Packet> = packets.iter().filter(|(of, _)| *of == track).map(|(_, p)| p).collect();
        let (units, missing) = units(&packets, track);
        println!("{track:?}: {} units of two publishings, {missing} packets missing", units.len());
        assert!(units.len() >= if track == Track::Audio { 90 } else { 30 });
        assert_eq!(missing, 0, "the numbers run on");
        assert!(of_track.iter().all(|packet| packet.header.ssrc == of_track[0].header.ssrc));
        let steps = of_track.windows(2).map(|pair| pair[1].header.timestamp.wrapping_sub(pair[0].header.timestamp));
        assert!(steps.into_iter().all(|step| step < 90_000 * 60), "time runs on");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offers_that_are_not_to_receive_and_viewers_beyond_the_limit_are_refused() {
    let endpoint = Endpoint::bind(Config { max_viewers: 1, ..Config::default() }).unwrap();
    let feed = endpoint.feed();
    let (_viewer, offer) = Viewer::new(true, true, "127.0.0.1:0").unwrap();
    let refused = async |offer: &str| endpoint.watch(offer, feed, None).await.map(drop).unwrap_err();
    for wrong in ["a=sendonly", "a=inactive"] {
        assert!(matches!(refused(&offer.replace("a=recvonly", wrong)).await, Error::NoMedia(_)), "{wrong}");
    }
    assert!(matches!(refused("v=0\r\n").await, Error::Malformed(_) | Error::NoMedia(_)));
    let h264 = endpoint.watch(&offer, feed, Some(coach_media::VideoCodec::H264)).await.map(drop);
    assert!(matches!(h264, Err(Error::Unacceptable(_))), "the viewer cannot play what is sent");
    let (_, first) = endpoint.watch(&offer, feed, None).await.unwrap();
    assert!(matches!(refused(&offer).await, Error::Busy(1)));
    // A place is free again when its viewer is gone, connected or not.
    first.close().await;
    assert!(endpoint.watch(&offer.replace("a=recvonly", "a=sendrecv"), feed, None).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_that_never_connects_loses_its_place() {
    let config = Config { connect_within: Duration::from_millis(200), ..Config::default() };
    let endpoint = Endpoint::bind(config).unwrap();
    let (_viewer, offer) = Viewer::new(false, true, "127.0.0.1:0").unwrap();
    let (_, handle) = endpoint.watch(&offer, endpoint.feed(), None).await.unwrap();
    tokio::time::timeout(LIMIT, handle.gone()).await.unwrap();
    assert_eq!(endpoint.counters().peers, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_whose_line_loses_half_gets_audio_alone_and_another_one_gets_everything() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let feed = endpoint.feed();
    let (mut sender, publisher, _events) = publish(&endpoint, feed, &Loss::none()).await;
    let mut watching = Vec::new();
    for loses_every in [2, 0] {
        let (mut viewer, offer) = Viewer::new(true, true, "127.0.0.1:0").unwrap();
        viewer.loses_every = loses_every;
        let (answer, handle) = endpoint.watch(&offer, feed, None).await.unwrap();
        viewer.answered(&answer.sdp).unwrap();
        let running = Watching::start(viewer, None);
        running.connected().await;
        watching.push((running, handle));
    }
    // Reports come once a second; after those of three seconds video is left out.
    let mut seconds = 0;
    while watching[0].1.stats().video_pauses == 0 && seconds < 60 {
        send(&mut sender, seconds, 1).await;
        seconds += 1;
    }
    let at_pause = watching[0].1.stats();
    send(&mut sender, seconds, 2).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let (poor, good) = (watching[0].1.stats(), watching[1].1.stats());
    println!("{seconds} s until video was left out; {at_pause:?}, then {poor:?}; the other one {good:?}");
    assert_eq!((poor.video_pauses, good.video_pauses), (1, 0));
    assert!(poor.video_packets <= at_pause.video_packets + 3, "no video");
    assert!(poor.audio_packets >= at_pause.audio_packets + 95, "all audio");
    assert!(good.video_packets > poor.video_packets + 50);
    for (running, handle) in watching {
        handle.close().await;
        running.end().await;
    }
    publisher.close().await;
    sender.close().await.unwrap();
}

fn value<'a>(sdp: &'a str, name: &str) -> &'a str {
    sdp.lines().find_map(|line| line.strip_prefix(name)).map(str::trim).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_that_moves_to_another_address_goes_on_watching_after_an_ice_restart() {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let feed = endpoint.feed();
    let (mut sender, publisher, _events) = publish(&endpoint, feed, &Loss::none()).await;
    let (mut viewer, offer) = Viewer::new(true, true, "127.0.0.1:0").unwrap();
    let (answer, handle) = endpoint.watch(&offer, feed, None).await.unwrap();
    viewer.answered(&answer.sdp).unwrap();
    let handle = Arc::new(handle);
    let (patcher, done) = (handle.clone(), Arc::new(AtomicBool::new(false)));
    let (runtime, is_done) = (tokio::runtime::Handle::current(), done.clone());
    let watching = std::thread::spawn(move || {
        let (mut before, mut after) = (0usize, 0usize);
        let by = Instant::now() + LIMIT;
        while before < 50 && Instant::now() < by {
            viewer.turn(Duration::from_millis(5), |_, _| before += 1);
        }
        let offer = viewer.move_to("127.0.0.1:0").unwrap();
        let (ufrag, password) = (value(&offer, "a=ice-ufrag:"), value(&offer, "a=ice-pwd:"));
        let fragment = format!("a=ice-ufrag:{ufrag}\r\na=ice-pwd:{password}\r\n");
        let Patched::Restarted { fragment, ice_tag } = runtime.block_on(patcher.patch(&fragment)).unwrap() else {
            panic!("new credentials are a restart");
        };
        assert_ne!(ice_tag, answer.ice_tag);
        let fresh = answer.sdp.replace(&answer.ice_tag, &ice_tag);
        let fresh = fresh.replace(value(&answer.sdp, "a=ice-pwd:"), value(&fragment, "a=ice-pwd:"));
        viewer.answered(&fresh).unwrap();
        while after < 50 && Instant::now() < by {
            viewer.turn(Duration::from_millis(5), |_, _| after += 1);
        }
        is_done.store(true, Relaxed);
        viewer.close();
        (before, after)
    });
    let mut second = 0;
    while !done.load(Relaxed) && second < 60 {
        send(&mut sender, second, 1).await;
        second += 1;
    }
    let (before, after) = tokio::task::spawn_blocking(|| watching.join().unwrap()).await.unwrap();
    println!("{before} packets before it moved, {after} after");
    assert!(before >= 50 && after >= 50, "{before} {after}");
    handle.close().await;
    publisher.close().await;
    assert_eq!((endpoint.counters().peers, endpoint.counters().addresses), (0, 0));
}
