//! The file path takes what recorders and editors of the world write: trims, several tracks, joined files, odd layouts.

mod material;

use coach_core::MediaTime;
use coach_media::decode::AudioBlock;
use coach_media::file::{Limits, Notice, Source};
use coach_media::process::Decoding;
use coach_media::{Formats, Item, Track, init};
use material::{Heard, ffmpeg, path};
use std::path::{Path, PathBuf};

const VIDEO: &str = "testsrc2=size=160x120:rate=25:duration=6";
const TONE: &str = "sine=frequency=300:sample_rate=48000:duration=6";
const H264: [&str; 8] = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "250", "-pix_fmt", "yuv420p"];

/// A file from one or two generated inputs.
fn made(folder: &Path, name: &str, inputs: &[&str], arguments: &[&str]) -> Option<PathBuf> {
    let inputs: Vec<&str> = inputs.iter().flat_map(|input| ["-f", "lavfi", "-i", input]).collect();
    ffmpeg(&[&inputs[..], arguments].concat(), &folder.join(name))
}

fn all(file: &Path) -> (Formats, Vec<Item>, Vec<Notice>) {
    everything(Source::open(file, Limits::default()).unwrap())
}

fn everything(mut source: Source) -> (Formats, Vec<Item>, Vec<Notice>) {
    let mut items = Vec::new();
    while let Some(item) = source.next().unwrap() {
        items.push(item);
    }
    (source.formats().clone(), items, source.notices())
}

fn samples(formats: &Formats, items: &[Item]) -> Vec<AudioBlock> {
    material::samples(formats.audio.as_ref().expect("audio"), items)
}

/// Root mean square and seconds of what is heard.
fn level_and_length(file: &Path) -> (f32, f32) {
    let (formats, items, _) = all(file);
    loudness(&samples(&formats, &items))
}

fn loudness(blocks: &[AudioBlock]) -> (f32, f32) {
    let samples: Vec<f32> = blocks.iter().flat_map(|block| block.samples.iter().copied()).collect();
    let power = samples.iter().map(|s| s * s).sum::<f32>() / samples.len().max(1) as f32;
    (power.sqrt(), samples.len() as f32 / blocks.first().map_or(1, |block| block.rate_hz) as f32)
}

/// Times and sizes of the frames that are shown.
fn frames(formats: &Formats, items: &[Item]) -> Vec<(i64, usize, usize)> {
    material::frames(formats.video.as_ref().expect("video"), items, |frame| {
        let view = frame.view();
        (frame.t.ms(), view.width, view.height)
    })
}

#[test]
fn what_was_trimmed_away_is_not_shown_and_audio_stays_whole() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let arguments = [&H264[..], &["-bf", "2", "-c:a", "aac"]].concat();
    let Some(whole) = made(folder.path(), "whole.mp4", &[VIDEO, TONE], &arguments) else { return };
    let Some(trimmed) = ffmpeg(&["-ss", "2.5", "-i", path(&whole), "-c", "copy"], &folder.path().join("trimmed.mov"))
    else {
        return;
    };
    let (formats, items, notices) = all(&trimmed);
    let shown = frames(&formats, &items);
    assert!((0..80).contains(&shown[0].0), "{:?}", shown[0]);
    assert!((84..=89).contains(&shown.len()), "3.5 s at 25 frames a second: {}", shown.len());
    let (_, seconds) = loudness(&samples(&formats, &items));
    assert!((3.3..3.6).contains(&seconds), "{seconds}");
    let heard = Heard::of(items.iter().filter(|item| item.t().is_none_or(|t| t >= MediaTime::ZERO)));
    assert_eq!(heard.gaps_ms(Track::Audio), []);
    assert_eq!(notices, []);
}

#[test]
fn each_of_several_audio_tracks_can_be_read() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let inputs = ["anullsrc=r=48000:cl=stereo:d=4", "sine=frequency=300:sample_rate=48000:duration=4"];
    let arguments = ["-map", "0", "-map", "1", "-c:a", "aac"];
    let Some(file) = made(folder.path(), "two.mp4", &inputs, &arguments) else { return };
    let level = |track| {
        let source = Decoding::new().open_with_audio(&file, Limits::default(), track).unwrap();
        assert_eq!(source.audio_tracks().len(), 2);
        let (formats, items, _) = everything(source);
        loudness(&samples(&formats, &items)).0
    };
    assert!(level(0) < 1e-3);
    assert!(level(1) > 0.05);
}

#[test]
fn channels_of_opposite_phase_are_heard() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["-af", "pan=stereo|c0=c0|c1=-1*c0", "-c:a", "aac", "-b:a", "128k"];
    let Some(file) = made(folder.path(), "inverted.m4a", &[TONE], &arguments) else { return };
    let (level, seconds) = level_and_length(&file);
    assert!(level > 0.05 && (5.8..6.2).contains(&seconds), "{level} {seconds}");
}

#[test]
fn a_rate_and_channels_that_change_in_the_middle_are_followed() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, second) in [("rate", ["-ar", "24000", "-ac", "2"]), ("channels", ["-ar", "44100", "-ac", "1"])] {
        let plain = ["-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0"];
        let part = |part: &str, how: &[&str]| made(folder.path(), part, &[TONE], &[how, &plain].concat());
        let first = part("1.mp3", &["-ar", "44100", "-ac", "2"]);
        let (Some(first), Some(second)) = (first, part("2.mp3", &second)) else { return };
        let joined = folder.path().join(format!("{name}.mp3"));
        std::fs::write(&joined, [std::fs::read(first).unwrap(), std::fs::read(second).unwrap()].concat()).unwrap();
        let (formats, items, _) = all(&joined);
        let blocks = samples(&formats, &items);
        let (level, seconds) = loudness(&blocks);
        assert!(blocks.iter().all(|block| block.rate_hz == blocks[0].rate_hz), "{name}");
        assert!(level > 0.05 && (11.8..12.4).contains(&seconds), "{name}: {level} {seconds}");
    }
}

#[test]
fn a_second_recording_behind_the_first_is_read_too() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus", "-live", "1"];
    let Some(one) = made(folder.path(), "one.webm", &[VIDEO, TONE], &arguments) else { return };
    let bytes = std::fs::read(one).unwrap();
    let both = folder.path().join("both.webm");
    std::fs::write(&both, [&bytes[..], &bytes].concat()).unwrap();
    let (formats, items, notices) = all(&both);
    let shown = frames(&formats, &items);
    assert!((295..=300).contains(&shown.len()), "{}", shown.len());
    assert!((11_800..12_100).contains(&shown.last().unwrap().0), "{:?}", shown.last());
    assert!(loudness(&samples(&formats, &items)).1 > 11.7);
    assert_eq!(notices, []);
}

#[test]
fn a_file_that_was_cut_off_says_so() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let arguments = [&H264[..], &["-c:a", "aac", "-movflags", "faststart"]].concat();
    let Some(whole) = made(folder.path(), "whole.mp4", &[VIDEO, TONE], &arguments) else { return };
    let bytes = std::fs::read(whole).unwrap();
    let cut = folder.path().join("cut.mp4");
    std::fs::write(&cut, &bytes[..bytes.len() * 6 / 10]).unwrap();
    let (_, _, notices) = all(&cut);
    assert_eq!(notices.len(), 1, "{notices:?}");
    let text = notices[0].to_string();
    assert!(text.contains("The file") && text.contains("could be read"), "{text}");

    let live = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus", "-live", "1"];
    let Some(live) = made(folder.path(), "live.webm", &[VIDEO, TONE], &live) else { return };
    let bytes = std::fs::read(&live).unwrap();
    assert_eq!(all(&live).2, []);
    std::fs::write(&cut, &bytes[..bytes.len() * 6 / 10]).unwrap();
    assert!(matches!(all(&cut).2[..], [Notice::Cut { .. }]), "{:?}", all(&cut).2);
}

#[test]
fn wave_files_of_odd_length_and_adpcm_are_heard_to_the_end() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let odd = "sine=frequency=300:sample_rate=8000:duration=5.000125";
    for (name, codec, rate) in
        [("mulaw.wav", "pcm_mulaw", "8000"), ("u8.wav", "pcm_u8", "8000"), ("adpcm.wav", "adpcm_ima_wav", "16000")]
    {
        let Some(file) = made(folder.path(), name, &[odd], &["-c:a", codec, "-ar", rate]) else { return };
        let (formats, items, notices) = all(&file);
        let (level, seconds) = loudness(&samples(&formats, &items));
        assert!(level > 0.05 && (4.9..5.2).contains(&seconds), "{name}: {level} {seconds}");
        assert_eq!(Heard::of(&items).gaps_ms(Track::Audio), [], "{name}");
        assert_eq!(notices, [], "{name}");
    }
}

#[test]
fn float_samples_with_the_lowest_byte_first_are_no_noise() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut levels = Vec::new();
    for (name, codec) in [("little.mov", "pcm_f32le"), ("big.mov", "pcm_f32be"), ("whole.mov", "pcm_s32le")] {
        let Some(file) = made(folder.path(), name, &[TONE], &["-c:a", codec]) else { return };
        levels.push(level_and_length(&file).0);
    }
    assert!(levels.iter().all(|level| (level / levels[1] - 1.0).abs() < 0.01), "{levels:?}");
}

#[test]
fn pixels_that_are_not_square_are_made_square() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let arguments = [&["-vf", "setsar=4/3"], &H264[..]].concat();
    let Some(file) = made(folder.path(), "wide.mp4", &[VIDEO], &arguments) else { return };
    let (formats, items, _) = all(&file);
    let shown = frames(&formats, &items);
    let (_, width, height) = shown[0];
    assert!((width as f32 / height as f32 - 16.0 / 9.0).abs() < 0.03, "{width} x {height}");
}

#[test]
fn times_may_begin_hours_after_zero() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"];
    let arguments = [&arguments[..], &["-output_ts_offset", "18000"]].concat();
    let Some(file) = made(folder.path(), "late.webm", &[VIDEO, TONE], &arguments) else { return };
    let (_, items, notices) = all(&file);
    let stamps = Heard::of(&items).stamps(Track::Video);
    assert!(stamps[0] < 50 && (5_800..6_050).contains(stamps.last().unwrap()), "{:?}", stamps.last());
    assert_eq!(notices, []);
}

#[test]
fn tracks_of_single_images_are_seen_whole() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, coding) in [
        ("mjpeg.mov", &["-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p"][..]),
        ("mjpeg.avi", &["-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj422p"]),
        ("png.mov", &["-c:v", "png", "-pix_fmt", "rgb24"]),
    ] {
        let audio = ["-c:a", "pcm_s16le"];
        let Some(file) = made(folder.path(), name, &[VIDEO, TONE], &[coding, &audio].concat()) else { return };
        let (formats, items, _) = all(&file);
        let seen = frames(&formats, &items);
        assert_eq!(seen.len(), 150, "{name}");
        assert!(seen.iter().all(|(_, width, height)| (*width, *height) == (160, 120)), "{name}");
        let (level, seconds) = loudness(&samples(&formats, &items));
        assert!(level > 0.05 && (seconds - 6.0).abs() < 0.1, "{name}: {level} for {seconds} s");
    }
}

#[test]
fn a_size_that_changes_in_the_middle_is_followed() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let small = VIDEO.replace("duration=6", "duration=2");
    let large = small.replace("160x120", "320x240");
    let mut parts = Vec::new();
    for (name, video) in [("small.ts", &small), ("large.ts", &large)] {
        let coding = [&H264[..], &["-bf", "0", "-f", "mpegts"]].concat();
        let Some(part) = made(folder.path(), name, &[video], &coding) else { return };
        parts.push(path(&part).to_owned());
    }
    let joined = format!("concat:{}", parts.join("|"));
    for name in ["changes.ts", "changes.mkv"] {
        let Some(file) = ffmpeg(&["-i", &joined, "-c", "copy"], &folder.path().join(name)) else { return };
        let (formats, items, _) = all(&file);
        let seen = frames(&formats, &items);
        let of = |width: usize| seen.iter().filter(|frame| frame.1 == width).count();
        // A decoder may hold a frame back where the size changes.
        assert!(of(160) >= 48 && of(320) >= 48, "{name}: {} and {} of 50 each", of(160), of(320));
        assert_eq!(of(160) + of(320), seen.len(), "{name}");
    }
}
