//! A flash and a beep of the same moment stay together from the camera to the final file.

#[path = "../examples/marks/mod.rs"]
mod marks;
mod material;

use coach_core::MediaTime;
use coach_media::record::{Recorder, finalise};
use coach_media::tap::{Config, Output, Packet, SenderReport, Tap};
use coach_media::{Format, Formats, Item, Track, init};
use marks::Marks;
use material::{ffmpeg, path, read};
use std::time::Duration;

#[test]
fn flash_and_beep_stay_within_40_ms_of_each_other_after_loss_and_a_pause() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let marks = Marks { seconds: 12, every_s: 1, size: "160x120", rate_hz: 30 };
    let Some(file) = marks.make(&folder.path().join("marks.webm")) else { return };
    let (_, items) = read(&file).unwrap();
    let (spool, last) = (folder.path().join("0.webm"), folder.path().join("final.webm"));
    let formats = Formats { video: Some(Format::vp8()), audio: Some(Format::opus(2)) };
    let recorder = Recorder::create(&spool, &formats).unwrap();
    for (n, item) in items.iter().enumerate() {
        // Audio: every 40th packet is lost, and all of it between 5.2 and 7.8 s. No frame is.
        let Item::Unit(track, unit) = item else { continue };
        let lost = *track == coach_media::Track::Audio && (n % 40 == 0 || (5200..7800).contains(&unit.t.ms()));
        if !lost {
            recorder.push(item).unwrap();
        }
    }
    recorder.finish().unwrap();
    finalise(&[(spool, MediaTime::ZERO)], &last).unwrap();
    let (flashes, beeps) = marks::find(&last, folder.path());
    assert_eq!(flashes.len(), 11, "{flashes:?}");
    let offsets: Vec<f64> = beeps
        .iter()
        .map(|beep| flashes.iter().map(|flash| flash - beep).min_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap())
        .collect();
    println!("flash minus beep in ms: {offsets:.1?}");
    // Two of the marks fall into the pause.
    assert!(offsets.len() >= 9, "{beeps:?}");
    assert!(offsets.iter().all(|offset| offset.abs() < 40.0), "{offsets:?}");
    // A player that plays packet after packet and knows nothing of stamps hears the marks at their time too.
    let packets = folder.path().join("p.f32");
    ffmpeg(&["-i", path(&last), "-vn", "-ac", "1", "-ar", "48000", "-f", "f32le"], &packets).unwrap();
    let length = std::fs::metadata(packets).unwrap().len() as f64 / 4.0 / 48.0;
    assert!((11_900.0..12_100.0).contains(&length), "{length} ms of audio without gaps");
}

/// What comes to the tap.
enum Arrival {
    Packet(Packet),
    Report(SenderReport),
}

/// What a recorder gets of these units when they come by RTP over a network that delays each packet by 20 to 60 ms, from a
/// sender whose audio card runs fast by so many parts in a million. It may report on its clocks as Chromium does.
fn over_the_network(items: &[Item], audio_ppm: u64, reports: bool, mut record: impl FnMut(&Item)) {
    let (mut arrivals, mut counts) = (Vec::new(), [0u16; 2]);
    let (mut last, mut report_at_us) = ([Duration::ZERO; 2], [300_000, 5_000_000]);
    // The RTP time of the latest packet, and when it was sent.
    let mut sent: [Option<(u32, u64)>; 2] = [None; 2];
    for item in items {
        let Item::Unit(track, unit) = item else { continue };
        let (index, ssrc) = (*track as usize, *track as u32 + 1);
        let n = counts[index];
        counts[index] = n.wrapping_add(1);
        // The file's time is the audio card's; the camera and the wall clock are slower.
        let us = unit.t.ms() as u64 * 1000 * 1_000_000 / (1_000_000 + audio_ppm);
        // As the network delays them, but none before the one that was sent before it.
        let chance = u64::from(n) * 7919 + index as u64 * 104_729;
        let mut arrive = |us: u64, what: Arrival| {
            let at = Duration::from_micros(us + 20_000 + chance % 40_000).max(last[index]);
            last[index] = at;
            arrivals.push((at, *track, what));
        };
        // A report says what RTP time it would be now, reckoned from the latest packet.
        if let (true, Some((rtp, sent_us))) = (reports && us >= report_at_us[index], sent[index]) {
            let khz = if *track == Track::Video { 90 } else { 48 };
            let rtp = rtp.wrapping_add(((us.saturating_sub(sent_us) + 500) / 1000) as u32 * khz);
            let ntp = (3_900_000_000 << 32) + ((u128::from(us) << 32) / 1_000_000) as u64;
            arrive(us, Arrival::Report(SenderReport { ssrc, ntp, rtp }));
            // One per 0.2 to 1 s for the frame, one per 4 to 8 s for the audio.
            let (least, spread) = if *track == Track::Video { (200_000, 800_000) } else { (4_000_000, 4_000_000) };
            report_at_us[index] = us + least + chance * 6151 % spread;
        }
        let (timestamp, payload, sent_us) = match track {
            Track::Video => {
                let head = [0x90, 0x80, 0x80 | (n >> 8) as u8, n as u8];
                ((us * 90 / 1000) as u32, [&head[..], &unit.data].concat().into(), us)
            }
            // Audio is stamped when its thread comes to it.
            Track::Audio => (unit.t.ms() as u32 * 48, unit.data.clone(), us + chance * 3571 % 15_000),
        };
        sent[index] = Some((timestamp, sent_us));
        arrive(us, Arrival::Packet(Packet { ssrc, sequence: n, timestamp, marker: true, payload }));
    }
    arrivals.sort_by_key(|(at, ..)| *at);
    let mut tap = Tap::new(Config::default());
    let end = arrivals.last().map_or(Duration::ZERO, |(at, ..)| *at);
    let mut drain = |tap: &mut Tap| {
        while let Some(output) = tap.poll() {
            if let Output::Item(item) = output {
                record(&item);
            }
        }
    };
    for (at, track, what) in arrivals {
        match what {
            Arrival::Packet(packet) => tap.push(track, packet, at),
            Arrival::Report(report) => tap.report(track, report, at),
        }
        drain(&mut tap);
    }
    tap.finish(end);
    drain(&mut tap);
    assert_eq!([Track::Video, Track::Audio].map(|track| tap.stats(track).reports > 60), [reports; 2]);
}

#[test]
fn flash_and_beep_stay_within_40_ms_of_each_other_for_ten_minutes_though_the_senders_clocks_drift() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let marks = Marks { seconds: 600, every_s: 10, size: "64x48", rate_hz: 20 };
    let Some(file) = marks.make(&folder.path().join("marks.webm")) else { return };
    let (_, items) = read(&file).unwrap();
    // Common audio cards are 100 parts in a million off: 60 ms in ten minutes.
    for (ppm, reports) in [(0, false), (100, false), (100, true)] {
        let (spool, last) = (folder.path().join(format!("{ppm}{reports}.webm")), folder.path().join("final.webm"));
        let formats = Formats { video: Some(Format::vp8()), audio: Some(Format::opus(2)) };
        let recorder = Recorder::create(&spool, &formats).unwrap();
        over_the_network(&items, ppm, reports, |item| {
            assert!(!matches!(item, Item::Gap(..)), "nothing is missing: {item:?}");
            recorder.push(item).unwrap();
        });
        recorder.finish().unwrap();
        let made = finalise(&[(spool, MediaTime::ZERO)], &last).unwrap();
        assert!((599_000..601_000).contains(&made.duration.ms()), "{}", made.duration);
        let (flashes, beeps) = marks::find(&last, folder.path());
        assert_eq!((flashes.len(), beeps.len()), (59, 59), "{flashes:?} {beeps:?}");
        let offsets: Vec<f64> = flashes.iter().zip(&beeps).map(|(flash, beep)| flash - beep).collect();
        let worst = offsets.iter().fold(0.0f64, |worst, offset| worst.max(offset.abs()));
        println!(
            "clocks {ppm} ppm apart, {}: flash minus beep {:.1} ms at the start, {:.1} ms after ten minutes, {worst:.1} ms \
             at most",
            if reports { "the sender's reports followed" } else { "no reports" },
            offsets[0],
            offsets[58]
        );
        let together = worst <= 40.0;
        assert_eq!(together, reports || ppm == 0, "the clocks do run apart: {offsets:?}");
    }
}
