//! A recording holds what the engine saw: units, stamps and gaps come back as they were pushed.

mod material;

use coach_core::MediaTime;
use coach_media::gaps::{Gaps, Verdict};
use coach_media::record::{Recorder, finalise};
use coach_media::{Format, Formats, Item, Track, init};
use material::{Heard, audio_unit, read, video_unit};
use proptest::prelude::*;
use std::path::Path;

fn both() -> Formats {
    Formats { video: Some(Format::vp8()), audio: Some(Format::opus(2)) }
}

/// What a tap would say of units that arrive in this order.
fn live(units: &[(Track, coach_media::AccessUnit)]) -> Vec<Item> {
    let (mut gaps, mut items, mut end) = (Gaps::new(), Vec::new(), MediaTime::ZERO);
    let mut needs_key = true;
    for (track, unit) in units {
        if *track == Track::Video && needs_key && !unit.key {
            continue;
        }
        let verdict = match track {
            Track::Video => gaps.video(unit.t, unit.t, &mut |gap| items.push(gap)),
            Track::Audio => gaps.audio(unit.t, 20_000_000, &mut |gap| items.push(gap)),
        };
        if *track == Track::Video {
            needs_key = verdict == Verdict::Late;
        }
        if verdict == Verdict::Keep {
            end = end.max(unit.t);
            items.push(Item::Unit(*track, unit.clone()));
        }
    }
    for track in [Track::Video, Track::Audio] {
        gaps.finish(track, end, &mut |gap| items.push(gap));
        items.push(Item::End(track));
    }
    items
}

fn record(items: &[Item], formats: &Formats, spool: &Path) -> u64 {
    let recorder = Recorder::create(spool, formats).unwrap();
    let written = recorder.written();
    for item in items {
        recorder.push(item).unwrap();
    }
    let recorded = recorder.finish().unwrap();
    assert_eq!(recorded.bytes, std::fs::metadata(spool).unwrap().len());
    assert_eq!(recorded.bytes, *written.borrow(), "all of it is durable");
    recorded.bytes
}

/// Video and audio with loss, mutes and disorder between the tracks.
fn session() -> impl Strategy<Value = Vec<(Track, coach_media::AccessUnit)>> {
    let step = prop_oneof![20 => 25i64..45, 3 => 100i64..700, 1 => 900i64..9000];
    let video = prop::collection::vec((step, prop::bool::weighted(0.1)), 0..120);
    let audio = prop::collection::vec(prop_oneof![30 => Just(0i64), 2 => 1i64..12, 2 => 1i64..4000], 0..300);
    let sizes = prop::collection::vec((16u16..2000, 16u16..1000), 1..4);
    (video, audio, sizes, 0i64..200, -60i64..200).prop_map(|(video, audio, sizes, late, shift)| {
        let mut units = Vec::new();
        let mut t = 0;
        for (n, (step, key)) in video.into_iter().enumerate() {
            let size = (key || n == 0).then(|| sizes[n % sizes.len()]);
            units.push((t, Track::Video, video_unit(t, size, n as u32)));
            t += step;
        }
        let mut t = if units.is_empty() { 0 } else { shift.max(0) };
        for (n, gap) in audio.into_iter().enumerate() {
            t += gap;
            units.push((t + late, Track::Audio, audio_unit(t, n as u32)));
            t += 20;
        }
        units.sort_by_key(|(arrival, ..)| *arrival);
        units.into_iter().map(|(_, track, unit)| (track, unit)).collect()
    })
}

/// A recording whose first part was lost begins later than zero, and its times are as good as any.
#[test]
fn a_final_file_that_begins_late_keeps_its_times() {
    init().unwrap();
    for units in [
        vec![(Track::Audio, audio_unit(1, 0))],
        vec![(Track::Audio, audio_unit(7_000, 0)), (Track::Audio, audio_unit(7_020, 1))],
        vec![(Track::Video, video_unit(90_000, Some((64, 48)), 0)), (Track::Audio, audio_unit(90_004, 0))],
    ] {
        let items = live(&units);
        let folder = tempfile::tempdir().unwrap();
        let (spool, last) = (folder.path().join("0.webm"), folder.path().join("final.webm"));
        record(&items, &both(), &spool);
        finalise(&[(spool.clone(), MediaTime::ZERO)], &last).unwrap();
        for file in [spool, last] {
            let (_, again) = read(&file).unwrap();
            for track in [Track::Video, Track::Audio] {
                assert_eq!(Heard::of(&again).stamps(track), Heard::of(&items).stamps(track), "{}", file.display());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_session_comes_back_from_its_spool_file_as_it_was(units in session()) {
        init().unwrap();
        let items = live(&units);
        prop_assume!(items.iter().any(|item| matches!(item, Item::Unit(..))));
        let folder = tempfile::tempdir().unwrap();
        let spool = folder.path().join("0.webm");
        record(&items, &both(), &spool);
        let (_, again) = read(&spool).unwrap();
        prop_assert_eq!(Heard::of(&again), Heard::of(&items));
    }

    #[test]
    fn any_session_comes_back_from_its_final_file_as_it_was(units in session()) {
        init().unwrap();
        let items = live(&units);
        prop_assume!(items.iter().any(|item| matches!(item, Item::Unit(..))));
        let folder = tempfile::tempdir().unwrap();
        let (spool, last) = (folder.path().join("0.webm"), folder.path().join("final.webm"));
        record(&items, &both(), &spool);
        let made = finalise(&[(spool, MediaTime::ZERO)], &last).unwrap();
        prop_assert_eq!(made.dropped, 0);
        prop_assert_eq!(made.bytes, std::fs::metadata(&last).unwrap().len());
        let (formats, again) = read(&last).unwrap();
        let (mut heard, mut said) = (Heard::of(&again), Heard::of(&items));
        // A track without units is not in the final file.
        for track in [Track::Video, Track::Audio] {
            if formats.of(track).is_none() {
                prop_assert!(said.units(track).is_empty());
                said.gaps[track as usize].clear();
                said.reasons[track as usize].clear();
                heard.ended[track as usize] = true;
            }
        }
        prop_assert_eq!(heard, said);
    }
}
