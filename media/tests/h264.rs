//! H.264 from packets to a recording that plays: what the tap gives is what is recorded, read again and decoded.

mod material;

use bytes::Bytes;
use coach_core::MediaTime;
use coach_media::item::{Format, Formats, Item, Track, VideoCodec};
use coach_media::record::{Recorder, finalise};
use coach_media::{AccessUnit, decode, h264, init};
use material::{Heard, ffmpeg, ffmpeg_complains, ffprobe, h264_frames, read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// As publishers code: no frames out of order, a key frame each second.
const CODING: [&str; 13] = [
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-tune",
    "zerolatency",
    "-g",
    "30",
    "-pix_fmt",
    "yuv420p",
    "-c:a",
    "libopus",
    "-shortest",
];

/// Two seconds of a publisher that sends this size, in the form that the tap gives.
fn published(folder: &Path, size: &str) -> Option<Vec<Item>> {
    let video = format!("testsrc=s={size}:r=30:d=2");
    let input = ["-f", "lavfi", "-i", &video, "-f", "lavfi", "-i", "sine=f=440:r=48000:d=2"];
    let file = ffmpeg(&[&input[..], &CODING].concat(), &folder.join(format!("{size}.mkv")))?;
    let (formats, mut items) = read(&file).unwrap();
    assert_eq!(VideoCodec::of(formats.video.as_ref().unwrap()), Some(VideoCodec::H264));
    items.retain(|item| matches!(item, Item::Unit(..)));
    Some(items)
}

fn both() -> Formats {
    Formats { video: Some(Format::h264()), audio: Some(Format::opus(2)) }
}

fn record(items: &[Item], spool: &Path) {
    let recorder = Recorder::create(spool, &both()).unwrap();
    for item in items {
        recorder.push(item).unwrap();
    }
    recorder.finish().unwrap();
}

fn later(items: &[Item], ms: i64) -> Vec<Item> {
    let moved = |item: &Item| match item {
        Item::Unit(track, unit) => Item::Unit(*track, AccessUnit { t: unit.t + ms, ..unit.clone() }),
        other => other.clone(),
    };
    items.iter().map(moved).collect()
}

fn paths(folder: &Path) -> (PathBuf, PathBuf) {
    (folder.join("0.mkv"), folder.join("final.mkv"))
}

#[test]
fn a_recording_holds_the_frames_and_stamps_that_were_seen_and_plays_elsewhere() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(items) = published(folder.path(), "640x360") else { return };
    let (spool, last) = paths(folder.path());
    record(&items, &spool);
    let made = finalise(&[(spool.clone(), MediaTime::ZERO)], &last).unwrap();
    assert_eq!((made.units, made.dropped), (items.len() as u64, 0));
    let live = h264_frames(&items);
    assert!(live.len() == 60 && live.iter().all(|(_, width, height, _)| (*width, *height) == (640, 360)), "{live:?}");
    for file in [&spool, &last] {
        let again = read(file).unwrap().1;
        for track in [Track::Video, Track::Audio] {
            assert_eq!(Heard::of(&again).stamps(track), Heard::of(&items).stamps(track), "{}", file.display());
        }
        assert_eq!(h264_frames(&again), live, "{}", file.display());
        assert_eq!(ffmpeg_complains(file).unwrap(), "", "{}", file.display());
    }
    let said =
        ["-select_streams", "v", "-show_entries", "stream=codec_name,profile,width,height,is_avc,nal_length_size"];
    assert_eq!(ffprobe(&last, &said).unwrap(), ["h264,Constrained Baseline,640,360,true,4"]);
    assert!(std::fs::read(&last).unwrap()[..64].windows(8).any(|bytes| bytes == b"matroska"), "WebM knows no H.264");
}

#[test]
fn parameter_sets_that_change_within_a_part_and_between_parts_are_followed() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (Some(small), Some(large)) = (published(folder.path(), "320x240"), published(folder.path(), "640x480")) else {
        return;
    };
    let (spool, last) = paths(folder.path());
    let next = folder.path().join("1.mkv");
    let within = [small.clone(), later(&large, 2100)].concat();
    record(&within, &spool);
    record(&later(&small, 4300), &next);
    let made = finalise(&[(spool, MediaTime::ZERO), (next, MediaTime::ZERO)], &last).unwrap();
    assert_eq!(made.dropped, 0);
    let sizes = |frames: &[(i64, usize, usize, u64)]| {
        let mut sizes: Vec<_> = frames.iter().map(|(_, width, ..)| *width).collect();
        sizes.dedup();
        sizes
    };
    let again = h264_frames(&read(&last).unwrap().1);
    assert_eq!((again.len(), sizes(&again)), (180, vec![320, 640, 320]));
    assert_eq!(again[..120], h264_frames(&within)[..]);
    let elsewhere = ffprobe(&last, &["-select_streams", "v", "-show_entries", "frame=width"]).unwrap();
    for width in ["320", "640"] {
        let count = elsewhere.iter().filter(|line| line.starts_with(width)).count();
        assert_eq!(count, if width == "320" { 120 } else { 60 });
    }
}

#[test]
fn video_that_comes_after_the_header_was_written_without_it_still_plays() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(items) = published(folder.path(), "320x240") else { return };
    let (spool, last) = paths(folder.path());
    let video = |item: &&Item| matches!(item, Item::Unit(Track::Video, _));
    let mut late: Vec<Item> = items.iter().filter(|item| !video(item)).cloned().collect();
    late.extend(later(&items, 2100).iter().filter(video).cloned());
    record(&late, &spool);
    finalise(&[(spool.clone(), MediaTime::ZERO)], &last).unwrap();
    for file in [&spool, &last] {
        assert_eq!(h264_frames(&read(file).unwrap().1).len(), 60, "{}", file.display());
        assert_eq!(ffmpeg_complains(file).unwrap(), "", "{}", file.display());
    }
}

#[test]
fn a_spool_file_that_is_cut_anywhere_becomes_a_recording_of_all_that_was_whole() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(items) = published(folder.path(), "320x240") else { return };
    let (spool, last) = paths(folder.path());
    record(&items, &spool);
    let bytes = std::fs::read(&spool).unwrap();
    let cut = folder.path().join("cut.mkv");
    let mut before = 0;
    for length in (0..600).chain((600..bytes.len()).step_by(1009)).chain([bytes.len()]) {
        std::fs::write(&cut, &bytes[..length]).unwrap();
        let made = match finalise(&[(cut.clone(), MediaTime::ZERO)], &last) {
            Ok(made) => made.units,
            Err(coach_media::record::Error::Empty) => 0,
            Err(error) => panic!("cut at {length}: {error}"),
        };
        assert!(made >= before, "cut at {length}: {made} units after {before}");
        before = made;
    }
    assert_eq!(before, items.len() as u64);
}

#[test]
fn parts_in_another_coding_than_the_first_lose_their_video_and_keep_their_audio() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(items) = published(folder.path(), "320x240") else { return };
    let (spool, last) = paths(folder.path());
    record(&items, &spool);
    let next = folder.path().join("1.webm");
    let vp8 = Formats { video: Some(Format::vp8()), audio: Some(Format::opus(2)) };
    let recorder = Recorder::create(&next, &vp8).unwrap();
    recorder.push(&Item::Unit(Track::Video, material::video_unit(3000, Some((64, 48)), 1))).unwrap();
    recorder.push(&Item::Unit(Track::Audio, material::audio_unit(3000, 1))).unwrap();
    recorder.finish().unwrap();
    let made = finalise(&[(spool, MediaTime::ZERO), (next, MediaTime::ZERO)], &last).unwrap();
    assert_eq!((made.units, made.dropped), (items.len() as u64 + 1, 1));
    assert_eq!(h264_frames(&read(&last).unwrap().1).len(), 60);
}

#[test]
fn damaged_units_cost_what_depends_on_them_and_never_more() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(mut items) = published(folder.path(), "320x240") else { return };
    let mut seen = 0;
    for item in &mut items {
        let Item::Unit(Track::Video, unit) = item else { continue };
        seen += 1;
        if seen == 10 {
            let mut bytes = unit.data.to_vec();
            let half = bytes.len() / 2;
            bytes[half..].fill(0xa5);
            unit.data = Bytes::from(bytes);
        }
    }
    let video: Vec<_> = items.iter().filter(|item| item.track() == Track::Video).collect();
    let stamps: Arc<Mutex<Vec<i64>>> = Arc::default();
    let sink = stamps.clone();
    let mut decoder =
        decode::Video::new(&Format::h264(), move |frame| sink.lock().unwrap().push(frame.t.ms())).unwrap();
    for item in video {
        let Item::Unit(_, unit) = item else { continue };
        decoder.push_blocking(unit).unwrap();
    }
    decoder.flush().unwrap();
    let stamps = stamps.lock().unwrap();
    assert!(stamps.iter().filter(|t| **t >= 1000).count() == 30, "the second key frame repairs it: {stamps:?}");
}

#[test]
fn frames_over_the_limit_are_refused_before_a_decoder_sees_them() {
    init().unwrap();
    let sps = huge();
    assert_eq!(h264::sps(&sps).map(|sps| (sps.width, sps.height)), Some((16_384, 16_384)));
    let unit =
        [&h264::START_CODE[..], &sps, &h264::START_CODE, &[0x68, 0xce, 0x0f, 0xc8], &h264::START_CODE, &[0x65, 0x88]];
    let unit = AccessUnit { t: MediaTime::ZERO, key: true, data: unit.concat().into() };
    let mut decoder = decode::Video::new(&Format::h264(), |_| ()).unwrap();
    assert!(matches!(decoder.push(&unit), Err(decode::Error::Pixels { width: 16_384, height: 16_384, .. })));
}

/// A parameter set of the largest size that can be said.
fn huge() -> Vec<u8> {
    let number = |value: u32| {
        let bits = format!("{:b}", value + 1);
        "0".repeat(bits.len() - 1) + &bits
    };
    let fields = [number(0), number(0), number(0), number(0), number(1), "0".into(), number(1023), number(1023)];
    let mut bits = fields.concat() + "1" + "0" + "0" + "0" + "1";
    bits += &"0".repeat(8 - bits.len() % 8);
    let byte = |bits: &[u8]| u8::from_str_radix(std::str::from_utf8(bits).unwrap(), 2).unwrap();
    [&[0x67, 0x42, 0xc0, 0x1e][..], &bits.as_bytes().chunks(8).map(byte).collect::<Vec<_>>()].concat()
}
