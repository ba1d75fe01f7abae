//! The tap under a made-up network: what is sent, late, twice, lost or hostile, and what comes out.

use bytes::Bytes;
use coach_core::MediaTime;
use coach_media::item::{AccessUnit, GapReason, Item, Track};
use coach_media::tap::{Config, Output, Packet, SenderReport, Tap};
use proptest::prelude::*;
use std::time::Duration;

const KEY: [u8; 10] = [0x10, 0, 0, 0x9D, 0x01, 0x2A, 0x80, 0x02, 0xE0, 0x01];

/// A sender: counts packets and frames as browsers do.
struct Sender {
    sequence: u16,
    base: u32,
    frame: u16,
}

impl Sender {
    fn new(sequence: u16, base: u32) -> Sender {
        Sender { sequence, base, frame: 0x7FF0 }
    }

    fn packet(&mut self, ssrc: u32, timestamp: u32, marker: bool, payload: Vec<u8>) -> Packet {
        let sequence = self.sequence;
        self.sequence = sequence.wrapping_add(1);
        Packet { ssrc, sequence, timestamp: self.base.wrapping_add(timestamp), marker, payload: payload.into() }
    }

    /// A frame of three packets at `ms`.
    fn frame(&mut self, ms: i64, key: bool) -> Vec<Packet> {
        let id = self.frame & 0x7FFF;
        self.frame += 1;
        let data = [if key { KEY.to_vec() } else { vec![0x11, 0, 0] }, ms.to_be_bytes().to_vec()].concat();
        let timestamp = (ms * 90) as u32;
        (0..3)
            .map(|part| {
                let mut payload = vec![if part == 0 { 0x90 } else { 0x80 }, 0x80, 0x80 | (id >> 8) as u8, id as u8];
                payload.extend(if part == 0 { data.clone() } else { vec![part] });
                self.packet(1, timestamp, part == 2, payload)
            })
            .collect()
    }

    /// 20 ms of audio at `ms`.
    fn audio(&mut self, ms: i64) -> Packet {
        self.packet(2, (ms * 48) as u32, false, [&[0xFC][..], &ms.to_be_bytes()].concat())
    }
}

/// Packets of `seconds` of a session with the milliseconds at which they are sent: 25 frames per second, each third
/// of a second a key frame, and audio.
fn session(ms: i64, sequence: u16, base: u32) -> Vec<(i64, Track, Packet)> {
    let (mut video, mut audio) = (Sender::new(sequence, base), Sender::new(sequence, base));
    let mut sent = Vec::new();
    for at in (0..ms).step_by(20) {
        if at % 40 == 0 {
            sent.extend(video.frame(at, at % 360 == 0).into_iter().map(|packet| (at, Track::Video, packet)));
        }
        sent.push((at, Track::Audio, audio.audio(at)));
    }
    sent
}

/// When it was sent, read from the unit's bytes.
fn sent_at(track: Track, unit: &AccessUnit) -> i64 {
    let at = if track == Track::Audio {
        1
    } else if unit.key {
        10
    } else {
        3
    };
    i64::from_be_bytes(unit.data[at..at + 8].try_into().unwrap())
}

/// A report on the clocks of what [`session`] sends, at these milliseconds of the wall clock and of the stream's own.
fn report(track: Track, wall_ms: i64, own_ms: i64) -> SenderReport {
    let (ssrc, khz) = if track == Track::Video { (1, 90) } else { (2, 48) };
    SenderReport { ssrc, ntp: (3 << 62) + ((wall_ms as u64) << 32) / 1000, rtp: (own_ms * khz) as u32 }
}

/// Lets packets arrive at these milliseconds, ticks when the tap asks for it, and once more 5 s later.
fn run(config: Config, arrivals: Vec<(i64, Track, Packet)>) -> Vec<Item> {
    run_with_reports(config, arrivals, &[])
}

/// ... with reports in between, each before the packets of its millisecond.
fn run_with_reports(
    config: Config,
    mut arrivals: Vec<(i64, Track, Packet)>,
    mut reports: &[(i64, Track, SenderReport)],
) -> Vec<Item> {
    arrivals.sort_by_key(|(at, ..)| *at);
    let mut tap = Tap::new(config);
    let mut out = Vec::new();
    let mut drain = |tap: &mut Tap| {
        while let Some(output) = tap.poll() {
            match output {
                Output::Started(_) => assert!(out.is_empty()),
                Output::Item(item) => out.push(item),
            }
        }
    };
    let last = arrivals.last().map_or(0, |(at, ..)| *at);
    for (at, track, packet) in arrivals {
        while let [(before, track, report), later @ ..] = reports
            && *before <= at
        {
            tap.report(*track, *report, Duration::from_millis(*before as u64));
            drain(&mut tap);
            reports = later;
        }
        let at = Duration::from_millis(at as u64);
        while tap.deadline() < at {
            tap.tick(tap.deadline());
            drain(&mut tap);
        }
        tap.push(track, packet, at);
        drain(&mut tap);
    }
    tap.finish(Duration::from_millis(last as u64 + 5));
    drain(&mut tap);
    out
}

fn units(items: &[Item], track: Track) -> Vec<&AccessUnit> {
    items
        .iter()
        .filter_map(|item| {
            if let Item::Unit(of, unit) = item
                && *of == track
            {
                Some(unit)
            } else {
                None
            }
        })
        .collect()
}

fn gaps(items: &[Item], track: Track) -> Vec<(i64, i64)> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Gap(of, span, _) if *of == track => Some((span.start.ms(), span.end.ms())),
            _ => None,
        })
        .collect()
}

fn both() -> Config {
    Config::default()
}

/// What holds whatever happens.
fn assert_sane(items: &[Item]) {
    for track in [Track::Video, Track::Audio] {
        let units = units(items, track);
        assert!(units.windows(2).all(|pair| pair[0].t < pair[1].t), "{track:?} is in order");
        assert!(units.first().is_none_or(|unit| unit.key), "{track:?} begins with what can be decoded");
        let mut end = None;
        for item in items.iter().filter(|item| item.track() == track) {
            assert!(end.is_none_or(|end| item.t().is_none_or(|t| t >= end)), "{item:?} within a gap until {end:?}");
            if let Item::Gap(_, span, _) = item {
                assert!(span.start < span.end);
                end = Some(span.end);
            }
        }
    }
}

#[test]
fn everything_comes_out_with_the_times_at_which_it_was_sent() {
    let items = run(both(), session(3000, 7, 99).into_iter().map(|(at, t, p)| (at + 35, t, p)).collect());
    for (track, count) in [(Track::Video, 75), (Track::Audio, 150)] {
        let units = units(&items, track);
        assert_eq!(units.len(), count);
        assert!(units.iter().all(|unit| unit.t.ms() == sent_at(track, unit)));
        assert_eq!(gaps(&items, track), []);
    }
    assert_eq!(items[items.len() - 2..], [Item::End(Track::Video), Item::End(Track::Audio)]);
}

#[test]
fn the_first_key_frame_is_zero_and_the_audio_before_it_is_not_kept() {
    let arrivals: Vec<_> =
        session(3000, 0, 0).into_iter().filter(|(at, t, _)| *t == Track::Audio || *at >= 400).collect();
    let items = run(both(), arrivals);
    let first = units(&items, Track::Video)[0];
    assert_eq!((first.t.ms(), sent_at(Track::Video, first)), (0, 720), "key frames are 360 ms apart");
    let audio = units(&items, Track::Audio)[0];
    assert_eq!((audio.t.ms(), sent_at(Track::Audio, audio)), (0, 720));
}

#[test]
fn when_no_frame_comes_within_a_second_the_first_audio_is_zero() {
    let arrivals: Vec<_> =
        session(4000, 0, 0).into_iter().filter(|(at, t, _)| *t == Track::Audio || *at >= 1500).collect();
    let items = run(both(), arrivals);
    assert_eq!(units(&items, Track::Audio)[0].t.ms(), 0);
    assert_eq!(sent_at(Track::Audio, units(&items, Track::Audio)[0]), 0);
    let frame = units(&items, Track::Video)[0];
    assert_eq!(frame.t.ms(), sent_at(Track::Video, frame));
    assert_eq!(gaps(&items, Track::Video), [(0, 1000), (1000, 1800)]);
    assert_sane(&items);
}

#[test]
fn a_later_part_of_a_session_begins_at_its_offset() {
    let items = run(Config { offset: MediaTime(90_000), ..both() }, session(2000, 0, 0));
    assert_eq!(units(&items, Track::Video)[0].t, MediaTime(90_000));
    assert_eq!((gaps(&items, Track::Video), gaps(&items, Track::Audio)), (vec![], vec![]));
}

#[test]
fn a_lost_frame_takes_those_that_need_it_with_it_and_asks_for_a_key_frame() {
    let mut tap = Tap::new(both());
    let mut asked = None;
    let mut kept = Vec::new();
    for (n, (at, track, packet)) in session(3000, 0, 0).into_iter().enumerate() {
        if track == Track::Video && at == 1440 + 40 && n % 2 == 0 {
            continue;
        }
        tap.push(track, packet, Duration::from_millis(at as u64));
        if at > 1000 && tap.wants_key_frame() {
            asked.get_or_insert(at);
        }
        while let Some(output) = tap.poll() {
            if let Output::Item(Item::Unit(Track::Video, unit)) = output {
                kept.push(sent_at(Track::Video, &unit));
            }
        }
    }
    assert_eq!(asked, Some(1480 + 200 - 20 + 20), "200 ms after the next packet had come");
    assert!(kept.contains(&1440) && kept.contains(&1800));
    assert!(!kept.iter().any(|at| (1441..1800).contains(at)), "{kept:?}");
}

#[test]
fn a_track_that_falls_silent_says_so_while_the_other_one_goes_on() {
    let arrivals: Vec<_> =
        session(9000, 0, 0).into_iter().filter(|(at, t, _)| *t == Track::Audio || !(2000..8000).contains(at)).collect();
    let items = run(both(), arrivals);
    let said = items.iter().position(|item| matches!(item, Item::Gap(Track::Video, ..))).unwrap();
    let audio_before = units(&items[..said], Track::Audio).last().unwrap().t.ms();
    assert!((3900..4500).contains(&audio_before), "said while it lasts: {audio_before}");
    let gaps = gaps(&items, Track::Video);
    assert_eq!((gaps[0].0, gaps.last().unwrap().1), (1961, 8280), "up to the next key frame");
    assert_sane(&items);
}

#[test]
fn when_the_network_stalls_and_delivers_everything_afterwards_nothing_is_lost() {
    let stalled = |at: i64| if (2000..4500).contains(&at) { 4500 + (at - 2000) / 50 } else { at };
    let items = run(both(), session(6000, 0, 0).into_iter().map(|(at, t, p)| (stalled(at), t, p)).collect());
    assert_eq!(units(&items, Track::Audio).len(), 300);
    assert_eq!(units(&items, Track::Video).len(), 150);
    assert!(units(&items, Track::Audio).iter().all(|unit| unit.t.ms() == sent_at(Track::Audio, unit)));
}

#[test]
fn without_a_video_track_audio_starts_at_once_and_alone() {
    let arrivals: Vec<_> = session(2000, 0, 0).into_iter().filter(|(_, t, _)| *t == Track::Audio).collect();
    let items = run(Config { video: false, ..both() }, arrivals);
    assert_eq!(units(&items, Track::Audio).len(), 100);
    assert_eq!(items.last(), Some(&Item::End(Track::Audio)));
    assert!(!items.contains(&Item::End(Track::Video)));
}

#[test]
fn padding_is_counted_and_gives_no_unit() {
    let mut video = Sender::new(65_530, 0);
    let mut arrivals = Vec::new();
    for at in (0..3000).step_by(40) {
        arrivals.extend(video.frame(at, at == 0).into_iter().map(|packet| (at, Track::Video, packet)));
        let padding = video.packet(1, (at * 90) as u32, false, vec![]);
        // Every other padding packet is lost on the way: the frame numbers tell that nothing is missing.
        if at % 80 == 0 {
            arrivals.push((at, Track::Video, padding));
        }
    }
    let items = run(Config { audio: false, ..both() }, arrivals);
    assert_eq!(units(&items, Track::Video).len(), 75);
}

#[test]
fn a_sender_that_changes_its_ssrc_is_followed() {
    let mut arrivals = session(8000, 100, 5_000);
    for (at, track, packet) in &mut arrivals {
        if *at >= 4000 {
            packet.ssrc += 10;
            packet.sequence = packet.sequence.wrapping_add(30_000);
            packet.timestamp = packet.timestamp.wrapping_add(if *track == Track::Video { 123_456_789 } else { 987 });
        }
    }
    let items = run(both(), arrivals);
    assert_sane(&items);
    let last = units(&items, Track::Video).last().unwrap().t.ms();
    assert!((7500..8100).contains(&last), "{last}");
    assert!(matches!(items.iter().find(|i| matches!(i, Item::Gap(..))), Some(Item::Gap(_, _, GapReason::Loss))));
}

/// Twenty minutes in which the clock of the audio is 400 ppm fast, so that the frame would stay behind by 480 ms, with the
/// reports of both. The audio begins anew at `anew` ms with another SSRC. How far from its place on the clock of the audio
/// anything comes out at most, in ms.
fn twenty_minutes_400_ppm_apart(anew: Option<i64>) -> (i64, Vec<Item>) {
    let wall = |own: i64| own * 10_000 / 10_004;
    let ssrc =
        |track, own| if track == Track::Audio && anew.is_some_and(|anew| own >= anew) { 12 } else { track as u32 + 1 };
    let mut arrivals = session(1_200_000, 0, 0);
    arrivals.retain(|(own, track, _)| *track == Track::Audio || *own < wall(1_200_000));
    for (at, track, packet) in &mut arrivals {
        packet.ssrc = ssrc(*track, *at);
        *at = if *track == Track::Audio { wall(*at) } else { *at } + *at * 7919 % 30;
    }
    let frames = (1..1199).map(|n| (n * 1000, Track::Video, report(Track::Video, n * 1000, n * 1000)));
    let audio = (1..239).map(|n| {
        let own = n * 5000;
        let report = report(Track::Audio, wall(own), own);
        (wall(own), Track::Audio, SenderReport { ssrc: ssrc(Track::Audio, own), ..report })
    });
    let mut reports: Vec<_> = frames.chain(audio).collect();
    reports.sort_by_key(|(at, ..)| *at);
    let items = run_with_reports(both(), arrivals, &reports);
    let off = [Track::Video, Track::Audio].map(|track| {
        let off = units(&items, track).into_iter().map(move |unit| {
            let sent = sent_at(track, unit);
            unit.t.ms() - if track == Track::Audio { sent } else { sent * 10_004 / 10_000 }
        });
        off.map(i64::abs).max().unwrap()
    });
    println!("the audio begins anew at {anew:?} ms: video and audio are {off:?} ms off at most");
    (off[0].max(off[1]), items)
}

#[test]
fn frames_follow_the_clock_of_the_audio_and_neither_has_a_gap() {
    let (off, items) = twenty_minutes_400_ppm_apart(None);
    assert!(off <= 20, "{off} ms");
    assert_eq!((gaps(&items, Track::Video), gaps(&items, Track::Audio)), (vec![], vec![]));
    // The first packet of audio may come out just before the first frame.
    assert_eq!(units(&items, Track::Video).len(), 29_988);
    assert!(units(&items, Track::Audio).len() >= 59_999);
}

#[test]
fn audio_that_restarts_goes_on_at_the_time_of_the_video() {
    // By then the frames are 240 ms from where they would be without reports.
    let (off, items) = twenty_minutes_400_ppm_apart(Some(600_000));
    assert!(off <= 40, "{off} ms");
    assert!(units(&items, Track::Audio).len() > 59_900);
    assert_sane(&items);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reordered_and_doubled_packets_change_nothing_wherever_the_numbers_wrap(
        sequence: u16,
        base: u32,
        jitter in prop::collection::vec((0i64..70, prop::bool::weighted(0.05)), 200),
    ) {
        let sent = session(2000, sequence, base);
        let mut arrivals = Vec::new();
        for (n, (at, track, packet)) in sent.iter().enumerate() {
            let (delay, twice) = jitter[n % jitter.len()];
            // The first packets open the streams, and one of each track meets the least delay.
            let delay = if *at < 60 { 0 } else { delay };
            arrivals.push((at + delay, *track, packet.clone()));
            if twice {
                arrivals.push((at + delay + 60, *track, packet.clone()));
            }
        }
        let items = run(both(), arrivals);
        let expected = run(both(), sent);
        for track in [Track::Video, Track::Audio] {
            prop_assert_eq!(units(&items, track), units(&expected, track));
            prop_assert_eq!(gaps(&items, track), gaps(&expected, track));
        }
    }

    #[test]
    fn whatever_is_lost_only_what_can_be_decoded_comes_out_and_times_stay_true(
        sequence: u16,
        lost in prop::collection::vec(prop::bool::weighted(0.05), 311),
        delay in prop::collection::vec(0i64..150, 97),
    ) {
        let arrivals: Vec<_> = session(4000, sequence, 4_294_900_000)
            .into_iter()
            .enumerate()
            .filter(|(n, (at, ..))| *at < 60 || !lost[n % lost.len()])
            .map(|(n, (at, track, packet))| (at + if at < 60 { 0 } else { delay[n % delay.len()] }, track, packet))
            .collect();
        let items = run(both(), arrivals);
        assert_sane(&items);
        for track in [Track::Video, Track::Audio] {
            for unit in units(&items, track) {
                prop_assert_eq!(unit.t.ms(), sent_at(track, unit));
            }
        }
        // A frame that is no key frame follows the one before it.
        let frames: Vec<i64> = units(&items, Track::Video).iter().map(|unit| sent_at(Track::Video, unit)).collect();
        for (n, unit) in units(&items, Track::Video).iter().enumerate() {
            prop_assert!(unit.key || frames[n] - frames[n - 1] == 40);
        }
        // Audio is a count of samples: what is neither unit nor gap does not exist.
        let audio = units(&items, Track::Audio);
        let covered: i64 = audio.len() as i64 * 20 + gaps(&items, Track::Audio).iter().map(|(s, e)| e - s).sum::<i64>();
        prop_assert!(covered >= audio.last().unwrap().t.ms() - audio[0].t.ms());
    }

    #[test]
    fn hostile_packets_never_panic_and_never_go_back_in_time(
        packets in prop::collection::vec(
            (any::<bool>(), 0u32..3, any::<u16>(), any::<u32>(), any::<bool>(), prop::collection::vec(any::<u8>(), 0..24), 0i64..400),
            0..400,
        ),
    ) {
        let mut now = 0;
        let arrivals = packets
            .into_iter()
            .map(|(video, ssrc, sequence, timestamp, marker, payload, later)| {
                now += later;
                let payload = Bytes::from(payload);
                let track = if video { Track::Video } else { Track::Audio };
                (now, track, Packet { ssrc, sequence, timestamp, marker, payload })
            })
            .collect();
        assert_sane(&run(both(), arrivals));
    }

    #[test]
    fn whatever_reports_say_audio_is_what_it_was_and_frames_are_moved_by_500_ppm_at_most(
        wrong in prop::collection::vec(
            (0u32..4, any::<bool>(), -400i64..400, -20_000i64..20_000, any::<u64>(), any::<u32>()), 100,
        ),
    ) {
        let sent = session(20_000, 0, 0);
        let reports: Vec<_> = wrong
            .into_iter()
            .enumerate()
            .map(|(n, (kind, video, off, out_of_order, ntp, rtp))| {
                let at = n as i64 * 200;
                let track = if video { Track::Video } else { Track::Audio };
                let near = report(track, at + off, at);
                let report = match kind {
                    0 | 1 => near,
                    2 => report(track, at + out_of_order, at + out_of_order),
                    _ => SenderReport { ssrc: near.ssrc + rtp % 2, ntp, rtp },
                };
                (at, track, report)
            })
            .collect();
        let items = run_with_reports(both(), sent.clone(), &reports);
        let expected = run(both(), sent);
        assert_sane(&items);
        prop_assert_eq!(units(&items, Track::Audio), units(&expected, Track::Audio));
        prop_assert_eq!((gaps(&items, Track::Audio), gaps(&items, Track::Video)), (vec![], vec![]));
        prop_assert_eq!(units(&items, Track::Video).len(), 500);
        for unit in units(&items, Track::Video) {
            let sent = sent_at(Track::Video, unit);
            prop_assert!((unit.t.ms() - sent).abs() <= sent / 2000 + 1, "{} at {sent}", unit.t);
        }
    }

    #[test]
    fn when_it_is_asked_does_not_change_what_it_says(
        lost in prop::collection::vec(prop::bool::weighted(0.05), 311),
        ticks in prop::collection::vec(1u64..90, 50),
        apart in -100i64..100,
    ) {
        let arrivals: Vec<_> = session(3000, 0, 0)
            .into_iter()
            .enumerate()
            .filter(|(n, _)| !lost[n % lost.len()])
            .map(|(n, (at, track, packet))| (at + (n as i64 * 7) % 30, track, packet))
            .collect();
        let mut sorted = arrivals.clone();
        sorted.sort_by_key(|(at, ..)| *at);
        // Many reports, so that there is something to follow in so short a time.
        let reports: Vec<_> = (1..150)
            .flat_map(|n| [(Track::Video, n * 20), (Track::Audio, n * 20 + n * apart / 50)].map(|(track, own)| {
                (n * 20, track, report(track, n * 20, own))
            }))
            .collect();
        let (mut tap, mut out, mut next, mut to_report) = (Tap::new(both()), Vec::new(), 0, &reports[..]);
        for (n, (at, track, packet)) in sorted.into_iter().enumerate() {
            while let [(before, track, report), later @ ..] = to_report
                && *before <= at
            {
                tap.report(*track, *report, Duration::from_millis(*before as u64));
                to_report = later;
            }
            let at = Duration::from_millis(at as u64);
            while Duration::from_millis(next) < at {
                tap.tick(Duration::from_millis(next));
                next += ticks[n % ticks.len()];
            }
            tap.push(track, packet, at);
        }
        tap.finish(Duration::from_millis(10_000));
        while let Some(output) = tap.poll() {
            out.extend(if let Output::Item(item) = output { Some(item) } else { None });
        }
        let expected = run_with_reports(both(), arrivals, &reports);
        for track in [Track::Video, Track::Audio] {
            prop_assert_eq!(units(&out, track), units(&expected, track));
            prop_assert_eq!(gaps(&out, track), gaps(&expected, track));
        }
    }
}
