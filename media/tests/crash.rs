//! A spool file plays wherever it is cut, and the final file is made of what is whole.

mod material;

use coach_core::MediaTime;
use coach_media::record::{Error, Recorder, finalise};
use coach_media::{Format, Formats, Item, Track, init};
use material::{Heard, audio_unit, browser_like, ffmpeg_complains, ffprobe, read, video_unit};
use std::path::{Path, PathBuf};

fn both() -> Formats {
    Formats { video: Some(Format::vp8()), audio: Some(Format::opus(2)) }
}

fn record(items: &[Item], spool: &Path) -> Vec<u8> {
    let recorder = Recorder::create(spool, &both()).unwrap();
    items.iter().for_each(|item| recorder.push(item).unwrap());
    recorder.finish().unwrap();
    std::fs::read(spool).unwrap()
}

/// Three seconds of invented units.
fn invented() -> Vec<Item> {
    let mut units: Vec<_> = (0..40u32)
        .map(|n| (Track::Video, video_unit(i64::from(n) * 75, (n % 15 == 0).then_some((320, 240)), n + 5)))
        .chain((0..150u32).map(|n| (Track::Audio, audio_unit(i64::from(n) * 20 + 3, n))))
        .collect();
    units.sort_by_key(|(_, unit)| unit.t);
    units.into_iter().map(|(track, unit)| Item::Unit(track, unit)).collect()
}

/// Checks that `some` are the first units of `all`.
fn is_start(some: &Heard, all: &Heard, what: &str) -> usize {
    let mut count = 0;
    for track in [Track::Video, Track::Audio] {
        let (some, all) = (some.units(track), all.units(track));
        assert!(some.len() <= all.len() && some == &all[..some.len()], "{what}: {track:?} differs");
        count += some.len();
    }
    count
}

#[test]
fn every_cut_of_a_spool_file_becomes_a_final_file_of_all_that_was_whole() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (spool, cut, last) = ["0.webm", "cut.webm", "final.webm"].map(|n| folder.path().join(n)).into();
    let mut items = invented();
    items.truncate(30);
    let bytes = record(&items, &spool);
    let (mut units, mut before) = (0, 0);
    // Every place in the head and in the first blocks; later ones differ in their payload only.
    for length in (0..500.min(bytes.len())).chain((500..=bytes.len()).step_by(7)).chain([bytes.len()]) {
        std::fs::write(&cut, &bytes[..length]).unwrap();
        let made = match finalise(&[(cut.clone(), MediaTime::ZERO)], &last) {
            Ok(made) => made.units,
            Err(Error::Empty) => 0,
            Err(error) => panic!("cut at {length}: {error}"),
        };
        assert!(made == before || made == before + 1, "cut at {length}: {made} units after {before}");
        units += u64::from(made != before);
        before = made;
    }
    assert_eq!(units as usize, items.len());
}

#[test]
fn every_kind_of_cut_is_read_by_the_file_path_up_to_the_cut() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (spool, cut) = (folder.path().join("0.webm"), folder.path().join("cut.webm"));
    let items = invented();
    let bytes = record(&items, &spool);
    let all = Heard::of(&read(&spool).unwrap().1);
    let mut least = 0;
    // A prime step meets heads, stamps and payloads; the last bytes are all tried.
    for length in (1..bytes.len()).step_by(181).chain(bytes.len() - 12..bytes.len()) {
        std::fs::write(&cut, &bytes[..length]).unwrap();
        match read(&cut) {
            Ok((_, some)) => {
                let count = is_start(&Heard::of(&some), &all, &format!("cut at {length}"));
                // GStreamer may give up the last whole block with the one that is cut.
                assert!(count + 1 >= least, "cut at {length}: {count} units where a shorter file had {least}");
                least = least.max(count);
            }
            Err(error) => assert!(least == 0, "cut at {length}: {error}"),
        }
    }
    assert!(least >= items.len() - 2, "{least} of {}", items.len());
}

#[test]
fn a_cut_recording_plays_in_other_players() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (spool, cut) = (folder.path().join("0.webm"), folder.path().join("cut.webm"));
    let Some(items) = browser_like(folder.path(), 4) else { return };
    let bytes = record(&items, &spool);
    for part in [5, 20, 50, 77, 99, 100] {
        let length = bytes.len() * part / 100;
        std::fs::write(&cut, &bytes[..length]).unwrap();
        let complaints = ffmpeg_complains(&cut).unwrap();
        // The last block may be cut, which ffmpeg says and plays on.
        let serious: Vec<_> = complaints.lines().filter(|l| !l.contains("File ended prematurely")).collect();
        let half = |l: &&&str| {
            l.contains("corrupt") || l.contains("Truncated") || l.contains("decoding") || l.contains("Invalid")
        };
        assert!(serious.iter().filter(|l| !half(l)).count() == 0 && serious.len() <= 3, "{part} %: {complaints}");
        let frames = ffprobe(&cut, &["-select_streams", "v", "-show_entries", "packet=pts"]).unwrap().len();
        assert!(frames * 100 + 400 >= 120 * part / 2, "{part} %: {frames} frames");
    }
    assert_eq!(ffmpeg_complains(&spool).unwrap(), "", "the whole file plays without a complaint");
}

#[test]
fn bytes_reach_the_file_although_a_track_has_stopped_or_never_came() {
    for tracks in [&[Track::Video][..], &[Track::Audio]] {
        let folder = tempfile::tempdir().unwrap();
        let spool = folder.path().join("0.webm");
        let recorder = Recorder::create(&spool, &both()).unwrap();
        let mut pushed = 0;
        for item in invented() {
            let Item::Unit(track, unit) = &item else { continue };
            if tracks.contains(track) {
                pushed += unit.data.len();
                recorder.push(&item).unwrap();
            }
        }
        // All of it gets durable while the recorder runs: nothing waits for the other track.
        let mut written = recorder.written();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let wait = async { written.wait_for(|bytes| *bytes as usize > pushed).await.map(|bytes| *bytes) };
        let durable = runtime.block_on(async { tokio::time::timeout(coach_testing::LIMIT, wait).await });
        assert!(durable.is_ok(), "{tracks:?}: {} of {pushed} bytes", *recorder.written().borrow());
        recorder.finish().unwrap();
    }
}

#[test]
fn parts_are_joined_on_one_timeline_and_missing_ends_are_accepted() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (0..3).map(|n| folder.path().join(format!("{n}.webm"))).collect();
    let items = invented();
    let bytes = record(&items, &paths[0]);
    std::fs::write(&paths[1], &bytes[..bytes.len() / 2]).unwrap();
    std::fs::write(&paths[2], b"").unwrap();
    let last = folder.path().join("final.webm");
    let parts = [
        (paths[1].clone(), MediaTime(60_000)),
        (paths[0].clone(), MediaTime::ZERO),
        (paths[2].clone(), MediaTime(90_000)),
    ];
    let made = finalise(&parts, &last).unwrap();
    assert_eq!(made.dropped, 0);
    let heard = Heard::of(&read(&last).unwrap().1);
    let all = Heard::of(&items);
    for track in [Track::Video, Track::Audio] {
        let first = all.units(track).len();
        let stamps = heard.stamps(track);
        assert_eq!(stamps[..first], all.stamps(track)[..]);
        let second: Vec<i64> = stamps[first..].iter().map(|t| t - 60_000).collect();
        assert_eq!(second, all.stamps(track)[..second.len()]);
        assert!(second.len() >= first / 3);
        let gap: i64 = heard.gaps(track).iter().map(|gap| gap.len_ms()).sum();
        assert!((56_900..57_200).contains(&gap), "{track:?}: {gap}");
    }
    // Players get audio without a gap.
    let Some(stamps) = ffprobe(&last, &["-select_streams", "a", "-show_entries", "packet=pts"]) else { return };
    let stamps: Vec<i64> = stamps.iter().map(|line| line.trim_end_matches(',').parse().unwrap()).collect();
    assert!(stamps.windows(2).all(|w| w[1] - w[0] <= 20), "no gap in the audio of the final file");
}

#[test]
fn a_later_part_loses_the_units_that_overlap_an_earlier_one() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (one, two, last) = ["0.webm", "1.webm", "final.webm"].map(|n| folder.path().join(n)).into();
    let items = invented();
    record(&items, &one);
    record(&items, &two);
    let made = finalise(&[(one, MediaTime::ZERO), (two, MediaTime(1500))], &last).unwrap();
    assert!(made.dropped > 80 && made.dropped < 110, "{}", made.dropped);
    let heard = Heard::of(&read(&last).unwrap().1);
    for track in [Track::Video, Track::Audio] {
        assert!(heard.stamps(track).windows(2).all(|w| w[0] < w[1]), "{track:?}");
    }
}

#[test]
fn the_final_file_says_its_length_and_players_can_seek_in_it() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (spool, last) = (folder.path().join("0.webm"), folder.path().join("final.webm"));
    let Some(items) = browser_like(folder.path(), 9) else { return };
    record(&items, &spool);
    let made = finalise(&[(spool, MediaTime::ZERO)], &last).unwrap();
    assert!((8900..9100).contains(&made.duration.ms()), "{}", made.duration);
    let said = ffprobe(&last, &["-show_entries", "format=duration"]).unwrap();
    assert_eq!((said[0].parse::<f64>().unwrap() * 1000.0).round() as i64, made.duration.ms());
    // From the middle, ffmpeg has to find the key frame before it by the cues.
    let first =
        ffprobe(&last, &["-read_intervals", "6.5%+#1", "-select_streams", "v", "-show_entries", "packet=pts,flags"])
            .unwrap();
    assert!(first[0].starts_with("6000,K"), "{first:?}");
    assert_eq!(ffmpeg_complains(&last).unwrap(), "");
    let mut source = coach_media::file::Source::open(&last, Default::default()).unwrap();
    assert_eq!(source.duration(), Some(made.duration));
    assert!(source.next().unwrap().is_some());
}

#[test]
fn a_recorder_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let spool = folder.path().join("0.webm");
    std::fs::write(&spool, "something").unwrap();
    assert!(matches!(Recorder::create(&spool, &both()), Err(Error::Write { .. })), "never over another recording");
    let vp9 = Formats { video: Some(Format { caps: "video/x-vp9".into(), ..Format::vp8() }), audio: None };
    assert!(matches!(Recorder::create(&folder.path().join("1.webm"), &vp9), Err(Error::Codec(_))));
    assert!(matches!(Recorder::create(&folder.path().join("1.webm"), &Formats::default()), Err(Error::NoTracks)));
    let out = folder.path().join("final.webm");
    assert!(matches!(finalise(&[(spool, MediaTime::ZERO)], &out), Err(Error::NotOurs(_))));
    assert!(matches!(finalise(&[], &out), Err(Error::Empty)));
    assert!(!out.exists(), "no file is better than an empty one");
}
