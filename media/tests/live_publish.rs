//! A publisher over a real port: what it sends is what comes out, lossless or not.

#[path = "../examples/publisher/mod.rs"]
#[allow(dead_code)]
mod publisher;

use bytes::Bytes;
use coach_media::item::{AccessUnit, Item, Track};
use coach_media::peer::{Config, Endpoint, Event, Limits, Publisher};
use publisher::{Loss, Sender};
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Units of a made-up recording: 30 frames and 50 packets of audio per second, key frames each second. Nanoseconds.
fn recording(seconds: i64) -> Vec<(Track, i64, Bytes)> {
    let mut units = Vec::new();
    for n in 0..seconds * 30 {
        let key = n % 30 == 0;
        let mut data = vec![if key { 0x10 } else { 0x11 }, n as u8, (n >> 8) as u8];
        if key {
            data.extend([0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01]);
        }
        data.resize(if key { 20_000 } else { 2_000 + (n * 37 % 1500) as usize }, n as u8);
        units.push((Track::Video, n * 1_000_000_000 / 30, data.into()));
    }
    for n in 0..seconds * 50 {
        let audio = vec![0xFC, n as u8, (n >> 8) as u8, 7];
        units.push((Track::Audio, n * 20_000_000, audio.into()));
    }
    units.sort_by_key(|(track, ns, _)| (*ns, *track));
    units
}

struct Published {
    events: Vec<(Instant, Event)>,
    sent: HashMap<(Track, Bytes), Instant>,
    stats: coach_media::peer::Stats,
}

impl Published {
    fn units(&self, track: Track) -> Vec<&AccessUnit> {
        self.events
            .iter()
            .filter_map(|(_, event)| match event {
                Event::Item(Item::Unit(of, unit)) if *of == track => Some(unit),
                _ => None,
            })
            .collect()
    }

    fn gaps(&self, track: Track) -> Vec<(i64, i64)> {
        self.events
            .iter()
            .filter_map(|(_, event)| match event {
                Event::Item(Item::Gap(of, span, _)) if *of == track => Some((span.start.ms(), span.end.ms())),
                _ => None,
            })
            .collect()
    }

    fn print_latency(&self, of: &str) {
        let first = self.units(Track::Video)[0].t;
        let mut latencies: Vec<f64> = self
            .events
            .iter()
            // The first second is held on purpose, until the anchor of time is known.
            .filter_map(|(at, event)| match event {
                Event::Item(Item::Unit(track, unit)) if unit.t > first + 1500 => {
                    let sent = self.sent.get(&(*track, unit.data.clone()))?;
                    Some(at.duration_since(*sent).as_secs_f64() * 1000.0)
                }
                _ => None,
            })
            .collect();
        latencies.sort_by(f64::total_cmp);
        let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
        println!(
            "{of}: last packet sent -> item out, {} units: p50 {:.2} ms, p95 {:.2} ms, max {:.1} ms",
            latencies.len(),
            at(0.5),
            at(0.95),
            at(1.0)
        );
    }
}

async fn collect(mut events: mpsc::Receiver<Event>) -> Vec<(Instant, Event)> {
    let mut all = Vec::new();
    while let Some(event) = events.recv().await {
        all.push((Instant::now(), event));
    }
    all
}

async fn accept(endpoint: &Endpoint, loss: &Loss, limits: &Limits, audio_again: bool) -> (Sender, Publisher) {
    let (mut sender, offer) = Sender::new(true, true, "127.0.0.1:0", loss.clone()).await.unwrap();
    let offer = if audio_again { offer } else { publisher::audio_once(&offer) };
    let (answer, publisher) = endpoint.accept(&offer, limits).await.unwrap();
    sender.connect(&answer.sdp).await.unwrap();
    (sender, publisher)
}

async fn publish(units: &[(Track, i64, Bytes)], loss: &Loss, limits: &Limits, audio_again: bool) -> Published {
    let endpoint = Endpoint::bind(Config::default()).unwrap();
    let (mut sender, mut publisher) = accept(&endpoint, loss, limits, audio_again).await;
    let collector = tokio::spawn(collect(publisher.events()));
    let (start, mut sent) = (tokio::time::Instant::now(), HashMap::new());
    for (track, ns, data) in units {
        tokio::time::sleep_until(start + Duration::from_nanos(*ns as u64)).await;
        sender.send(*track, *ns, data).await.unwrap();
        sent.insert((*track, data.clone()), Instant::now());
    }
    // The last packets may need to be asked for again; 300 ms of media later they have been given up.
    tokio::time::sleep(Duration::from_millis(300)).await;
    publisher.close().await;
    let stats = publisher.stats();
    sender.close().await.unwrap();
    assert_eq!((endpoint.counters().peers, endpoint.counters().addresses), (0, 0), "nothing is left on the port");
    Published { events: collector.await.unwrap(), sent, stats }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sent_without_loss_comes_out_unit_for_unit_with_its_times() {
    let units = recording(4);
    let limits = Limits { offset: coach_core::MediaTime(60_000), ..Limits::default() };
    let published = publish(&units, &Loss::none(), &limits, true).await;
    let states: Vec<&Event> =
        published.events.iter().map(|(_, e)| e).filter(|e| !matches!(e, Event::Item(_))).collect();
    assert!(matches!(states[..], [Event::Connected, Event::Formats(_), Event::Closed]), "{states:?}");
    for track in [Track::Video, Track::Audio] {
        let out = published.units(track);
        let expected: Vec<_> = units.iter().filter(|(of, ..)| *of == track).collect();
        // Audio from before the first frame is not kept: at most the packet that was under way.
        let skipped = expected.len() - out.len();
        assert!(skipped <= if track == Track::Video { 0 } else { 2 }, "{track:?}: {skipped} missing");
        for (unit, (_, ns, data)) in out.iter().zip(&expected[skipped..]) {
            assert_eq!(unit.data, data);
            assert!((unit.t.ms() - 60_000 - ns / 1_000_000).abs() <= 20, "{track:?}: {} for {ns}", unit.t);
        }
        let first = (out[0].t.ms(), expected[skipped].1);
        for (unit, (_, ns, _)) in out.iter().zip(&expected[skipped..]) {
            let drift = (unit.t.ms() - first.0) - (ns - first.1) / 1_000_000;
            assert!(drift.abs() <= 1, "{track:?}: {drift} ms off at {ns}");
        }
        assert_eq!(published.gaps(track), []);
    }
    assert_eq!(published.units(Track::Video)[0].t.ms(), 60_000);
    assert!(published.stats.key_frame_requests >= 1);
    for track in [Track::Video, Track::Audio] {
        let stats = published.stats.of(track);
        assert!(stats.reports >= 2 && stats.unbelieved <= 1, "reports of the sender's clocks: {stats:?}");
    }
    published.print_latency("no loss");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_two_per_cent_loss_everything_that_is_offered_again_is_recovered() {
    let (units, loss) = (recording(6), Loss::new(0.02, 7));
    let published = publish(&units, &loss, &Limits::default(), true).await;
    let (sent, lost) = loss.counts();
    println!("sent {sent} packets of media, {lost} lost; {:?}", published.stats);
    assert!(lost > 5, "{lost}");
    // But for what was lost before the first frame, or lost again each time.
    assert!(published.stats.audio.lost <= 1, "{:?}", published.stats.audio);
    assert!(published.gaps(Track::Audio).len() <= 1, "{:?}", published.gaps(Track::Audio));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_two_per_cent_loss_frames_are_recovered_and_audio_that_is_sent_once_has_a_gap_of_its_length() {
    let (units, loss) = (recording(6), Loss::new(0.02, 7));
    let published = publish(&units, &loss, &Limits::default(), false).await;
    let (sent, lost) = loss.counts();
    println!("sent {sent} packets of media, {lost} lost; {:?}", published.stats);
    assert!(lost > 5, "{lost}");
    // Retransmission repairs frames: of those within reach almost all.
    let frames = published.units(Track::Video);
    assert!(frames.len() >= 6 * 30 * 95 / 100, "{}", frames.len());
    assert!(frames[0].key);
    for track in [Track::Video, Track::Audio] {
        assert!(published.units(track).windows(2).all(|pair| pair[0].t < pair[1].t), "{track:?} goes back");
    }
    // Audio is not asked for again: what is missing is a gap, exactly as long.
    let audio = published.units(Track::Audio);
    let missing: Vec<(i64, i64)> = audio
        .windows(2)
        .filter(|pair| pair[1].t - pair[0].t > 30)
        .map(|pair| (pair[0].t.ms() + 20, pair[1].t.ms()))
        .collect();
    let gaps = published.gaps(Track::Audio);
    assert_eq!(gaps.len(), missing.len(), "{gaps:?} {missing:?}");
    for (gap, absent) in gaps.iter().zip(&missing) {
        assert!((gap.0 - absent.0).abs() <= 2 && gap.1 == absent.1, "{gap:?} for {absent:?}");
    }
    published.print_latency("2 % loss");
}
