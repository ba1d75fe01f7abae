//! What comes out of the decoders depends on the units alone: live and from the recording it is the same, bit for bit.

mod material;

use bytes::Bytes;
use coach_core::MediaTime;
use coach_media::decode::{self, AudioBlock, Lost};
use coach_media::gaps::{Gaps, Verdict};
use coach_media::item::GapReason;
use coach_media::record::{Recorder, finalise};
use coach_media::{AccessUnit, Format, Formats, Item, Track, init, packet};
use material::{Heard, browser_like, read};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What is left of it after loss: single packets, a burst of audio, frames up to the next key frame.
fn after_loss(items: &[Item]) -> Vec<Item> {
    let (mut gaps, mut kept, mut end) = (Gaps::new(), Vec::new(), MediaTime::ZERO);
    let mut needs_key = false;
    for (n, item) in items.iter().enumerate() {
        let Item::Unit(track, unit) = item else { continue };
        let lost = match track {
            Track::Audio => n % 23 == 7 || (1500..1900).contains(&unit.t.ms()),
            Track::Video => (2500..2600).contains(&unit.t.ms()),
        };
        needs_key |= lost && *track == Track::Video;
        if lost || (*track == Track::Video && needs_key && !unit.key) {
            continue;
        }
        let verdict = match track {
            Track::Video => gaps.video(unit.t, unit.t, &mut |gap| kept.push(gap)),
            Track::Audio => {
                let samples = packet::opus_samples(&unit.data).unwrap();
                gaps.audio(unit.t, i64::from(samples) * 1_000_000 / 48, &mut |gap| kept.push(gap))
            }
        };
        assert_eq!(verdict, Verdict::Keep);
        needs_key &= *track != Track::Video;
        end = end.max(unit.t);
        kept.push(item.clone());
    }
    for track in [Track::Video, Track::Audio] {
        gaps.finish(track, end, &mut |gap| kept.push(gap));
        kept.push(Item::End(track));
    }
    kept
}

/// Pushes all units of a track; live, they come in fits and starts.
fn push_all(items: &[Item], track: Track, live: bool, mut push: impl FnMut(&AccessUnit), out: &Receiver<()>) {
    let mut waiting = 0;
    for item in items {
        if let Item::Unit(its, unit) = item
            && *its == track
        {
            push(unit);
            waiting += 1;
            if live && waiting == 7 {
                (0..waiting).for_each(|_| out.recv_timeout(Duration::from_secs(60)).unwrap());
                waiting = 0;
            }
        }
    }
}

fn hear(format: &Format, items: &[Item], live: bool) -> Vec<AudioBlock> {
    let (heard, (came, out)) = (Arc::new(Mutex::new(Vec::new())), channel());
    let sink = heard.clone();
    let mut decoder = decode::Audio::new(format, move |block| {
        sink.lock().unwrap().push(block);
        let _ = came.send(());
    })
    .unwrap();
    let push = |unit: &AccessUnit| if live { decoder.push(unit) } else { decoder.push_blocking(unit) }.unwrap();
    push_all(items, Track::Audio, live, push, &out);
    decoder.flush().unwrap();
    std::mem::take(&mut *heard.lock().unwrap())
}

/// Time, and a sum of all pixels.
fn see(format: &Format, items: &[Item], live: bool) -> Vec<(MediaTime, u64, Option<Lost>)> {
    let (seen, (came, out)) = (Arc::new(Mutex::new(Vec::new())), channel());
    let sink = seen.clone();
    let mut decoder = decode::Video::new(format, move |frame| {
        let (view, mut hasher) = (frame.view(), DefaultHasher::new());
        for (plane, stride, w, h) in [
            (view.y, view.y_stride, view.width, view.height),
            (view.u, view.u_stride, view.width.div_ceil(2), view.height.div_ceil(2)),
            (view.v, view.v_stride, view.width.div_ceil(2), view.height.div_ceil(2)),
        ] {
            (0..h).for_each(|y| plane[y * stride..][..w].hash(&mut hasher));
        }
        sink.lock().unwrap().push((frame.t, hasher.finish(), frame.lost));
        let _ = came.send(());
    })
    .unwrap();
    let push = |unit: &AccessUnit| if live { decoder.push(unit) } else { decoder.push_blocking(unit) }.unwrap();
    push_all(items, Track::Video, live, push, &out);
    decoder.flush().unwrap();
    std::mem::take(&mut *seen.lock().unwrap())
}

#[test]
fn samples_and_pixels_of_a_session_with_loss_are_the_same_live_from_the_spool_and_from_the_final_file() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(items) = browser_like(folder.path(), 5) else { return };
    let live = after_loss(&items);
    let formats = Formats { video: Some(Format::vp8()), audio: Some(Format::opus(2)) };
    let (spool, last) = (folder.path().join("0.webm"), folder.path().join("final.webm"));
    let recorder = Recorder::create(&spool, &formats).unwrap();
    live.iter().for_each(|item| recorder.push(item).unwrap());
    recorder.finish().unwrap();
    finalise(&[(spool.clone(), MediaTime::ZERO)], &last).unwrap();

    let (heard, seen) = (hear(&Format::opus(2), &live, true), see(&Format::vp8(), &live, true));
    assert!(heard.len() > 200 && seen.len() > 90, "{} blocks, {} frames", heard.len(), seen.len());
    assert!(heard.iter().all(|block| block.samples.len() == 960 && block.rate_hz == 48_000));
    let stamps: Vec<_> = heard.iter().map(|block| block.t).collect();
    let units: Vec<_> = Heard::of(&live).units(Track::Audio).iter().map(|unit| unit.t).collect();
    assert_eq!(stamps, units, "each packet is one block of its own time");
    for file in [spool, last] {
        let (again, items) = read(&file).unwrap();
        assert_eq!(Heard::of(&items), Heard::of(&live));
        let audio = hear(again.audio.as_ref().unwrap(), &items, false);
        assert_eq!(audio.len(), heard.len());
        for (file, live) in audio.iter().zip(&heard) {
            assert_eq!((file.t, file.rate_hz, file.lost), (live.t, live.rate_hz, live.lost));
            let bits = |block: &AudioBlock| block.samples.iter().map(|s| s.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(file), bits(live), "the samples at {}", file.t);
        }
        assert_eq!(see(again.video.as_ref().unwrap(), &items, false), seen);
    }
}

#[test]
fn a_damaged_frame_costs_what_depends_on_it_and_says_so() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(mut items) = browser_like(folder.path(), 5) else { return };
    let whole = see(&Format::vp8(), &items, false);
    let is_video = |item: &&mut Item| item.track() == Track::Video && item.t().is_some();
    for damage in [
        &b"\x10\x02\x00\x9d\x01\x2a\x00\x00\x00\x00"[..],
        b"\xff",
        b"\xf1\xff\xff\x00\x00\x00\x00",
        b"\x10\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    ] {
        let Some(Item::Unit(_, unit)) = items.iter_mut().filter(is_video).nth(10) else { panic!() };
        unit.data = Bytes::from_static(damage);
        let hurt = unit.t;
        let seen = see(&Format::vp8(), &items, false);
        assert_eq!(seen[..10], whole[..10]);
        let again = seen.iter().position(|(.., lost)| lost.is_some()).expect("a loss is told");
        let (t, _, lost) = seen[again];
        let lost = lost.unwrap();
        assert_eq!((lost.reason, lost.span.start, lost.span.end), (GapReason::Loss, hurt, t));
        assert!(t.ms() >= 1990, "frames go on with the key frame after two seconds, not at {t}");
        let rest = whole.iter().position(|(at, ..)| *at == t).unwrap();
        assert!(seen[again..].iter().zip(&whole[rest..]).all(|(a, b)| (a.0, a.1) == (b.0, b.1)));
        assert!(seen[10..again].is_empty(), "nothing is shown of what depends on a damaged frame");
    }
}

#[test]
fn damaged_audio_costs_its_packet_alone() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(mut items) = browser_like(folder.path(), 2) else { return };
    let whole = hear(&Format::opus(2), &items, false);
    let units = items.iter_mut().filter(|item| item.track() == Track::Audio && item.t().is_some());
    let Some(Item::Unit(_, unit)) = units.into_iter().nth(10) else { panic!() };
    unit.data = Bytes::from_static(&[0xff, 0xff, 0xff, 0xff]);
    let hurt = unit.t;
    let heard = hear(&Format::opus(2), &items, false);
    assert_eq!(heard.len(), whole.len() - 1);
    assert_eq!(heard[..10], whole[..10]);
    assert_eq!((heard[10].t, heard[10].samples.len()), (whole[11].t, 960));
    let lost = heard[10].lost.expect("it says what is missing");
    assert_eq!((lost.span.start, lost.span.end), (hurt, whole[11].t));
}

#[test]
fn frames_before_the_first_key_frame_are_not_decoded() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(items) = browser_like(folder.path(), 3) else { return };
    let late: Vec<Item> = items.iter().filter(|item| item.t().is_none_or(|t| t.ms() > 100)).cloned().collect();
    let seen = see(&Format::vp8(), &late, false);
    assert!(seen[0].0.ms() >= 1990, "{:?}", seen[0]);
    assert!(seen[0].2.is_some());
}

#[test]
fn a_frame_too_large_is_refused_before_memory_is_taken_for_it() {
    init().unwrap();
    let mut decoder = decode::Video::new(&Format::vp8(), |_| ()).unwrap();
    let unit = material::video_unit(0, Some((16_000, 16_000)), 30);
    assert!(matches!(decoder.push(&unit), Err(decode::Error::Pixels { width: 16_000, .. })));
}

#[test]
fn live_units_that_come_faster_than_they_can_be_decoded_are_lost_up_to_a_key_frame_and_nobody_waits() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(items) = browser_like(folder.path(), 5) else { return };
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let mut decoder = decode::Video::new(&Format::vp8(), move |frame| {
        // The first frame takes its time.
        let _ = held.recv();
        sink.lock().unwrap().push((frame.t, frame.lost));
    })
    .unwrap();
    for item in &items {
        if let Item::Unit(Track::Video, unit) = item {
            decoder.push(unit).unwrap();
        }
    }
    drop(hold);
    let last = AccessUnit { t: MediaTime(5000), ..keys(&items)[1].clone() };
    decoder.push_blocking(&last).unwrap();
    decoder.flush().unwrap();
    let seen = seen.lock().unwrap();
    assert!((60..80).contains(&seen.len()), "{}", seen.len());
    let (t, lost) = *seen.last().unwrap();
    let lost = lost.expect("it says what is missing");
    assert_eq!((t.ms(), lost.span.end.ms(), lost.reason), (5000, 5000, GapReason::Overload));
}

fn keys(items: &[Item]) -> Vec<AccessUnit> {
    let key = |item: &Item| match item {
        Item::Unit(Track::Video, unit) if unit.key => Some(unit.clone()),
        _ => None,
    };
    items.iter().filter_map(key).collect()
}

#[test]
fn raw_pushes_after_a_flush_are_refused() {
    init().unwrap();
    let mut decoder = decode::Audio::new(&Format::opus(1), |_| ()).unwrap();
    decoder.flush().unwrap();
    decoder.flush().unwrap();
    assert!(matches!(decoder.push(&material::audio_unit(0, 1)), Err(decode::Error::Flushed)));
    let nonsense = Format { caps: "no caps at all !!".into(), ..Format::vp8() };
    assert!(decode::Video::new(&nonsense, |_| ()).is_err());
    let unknown = Format { caps: "video/x-never-heard-of".into(), ..Format::vp8() };
    assert!(matches!(decode::Video::new(&unknown, |_| ()), Err(decode::Error::Unsupported { .. })));
}

#[test]
fn after_a_second_without_audio_the_decoder_restarts() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(items) = browser_like(folder.path(), 3) else { return };
    let units: Vec<Item> = items.into_iter().filter(|item| matches!(item, Item::Unit(Track::Audio, _))).collect();
    let (first, second) = units.split_at(70);
    let later: Vec<Item> = second
        .iter()
        .map(|item| match item {
            Item::Unit(track, unit) => Item::Unit(*track, AccessUnit { t: unit.t + 5000, ..unit.clone() }),
            other => other.clone(),
        })
        .collect();
    let alone = hear(&Format::opus(2), &later, false);
    let after = hear(&Format::opus(2), &[first, &later].concat(), false);
    assert_eq!(after.len(), 70 + alone.len());
    assert_eq!(after[70..], alone);
}
