//! What the tests read and record: invented units, files made by ffmpeg, and what a file says.
#![allow(dead_code)]

use bytes::Bytes;
use coach_core::{MediaTime, Span};
use coach_media::decode::{self, AudioBlock, VideoFrame};
use coach_media::file::{self, Source};
use coach_media::item::GapReason;
use coach_media::record::Recorder;
use coach_media::{AccessUnit, Format, Formats, Item, Track};
use coach_testing::{Need, not_checked};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

/// A VP8 frame as far as its head: a key frame of `size`, or one that needs others; `n` makes it unlike its neighbours.
pub fn video_unit(t: i64, size: Option<(u16, u16)>, n: u32) -> AccessUnit {
    let mut data = vec![0x10 | u8::from(size.is_none()), 0x02, 0x00];
    if let Some((width, height)) = size {
        data.extend_from_slice(&[0x9d, 0x01, 0x2a]);
        data.extend_from_slice(&width.to_le_bytes());
        data.extend_from_slice(&height.to_le_bytes());
    }
    data.extend((0..n % 97).map(|k| (k * 31 + n) as u8));
    AccessUnit { t: MediaTime(t), key: size.is_some(), data: Bytes::from(data) }
}

/// An Opus packet of 20 ms as far as its head.
pub fn audio_unit(t: i64, n: u32) -> AccessUnit {
    let mut data = vec![0x78, n as u8, (n >> 8) as u8];
    data.extend((0..n % 61).map(|k| (k * 17 + n) as u8));
    AccessUnit { t: MediaTime(t), key: true, data: Bytes::from(data) }
}

/// What a path gave, track by track.
#[derive(Debug, Default, PartialEq, Eq, Clone)]
pub struct Heard {
    pub units: [Vec<AccessUnit>; 2],
    pub gaps: [Vec<Span>; 2],
    pub reasons: [Vec<GapReason>; 2],
    pub ended: [bool; 2],
}

impl Heard {
    pub fn of<'a>(items: impl IntoIterator<Item = &'a Item>) -> Heard {
        let mut heard = Heard::default();
        for item in items {
            let track = item.track() as usize;
            assert!(!heard.ended[track], "a track spoke after its end");
            match item {
                Item::Unit(_, unit) => heard.units[track].push(unit.clone()),
                Item::Gap(_, span, reason) => {
                    heard.gaps[track].push(*span);
                    heard.reasons[track].push(*reason);
                }
                Item::End(_) => heard.ended[track] = true,
            }
        }
        heard
    }

    pub fn units(&self, track: Track) -> &[AccessUnit] {
        &self.units[track as usize]
    }

    pub fn gaps(&self, track: Track) -> &[Span] {
        &self.gaps[track as usize]
    }

    /// Gaps as milliseconds.
    pub fn gaps_ms(&self, track: Track) -> Vec<(i64, i64)> {
        self.gaps(track).iter().map(|s| (s.start.ms(), s.end.ms())).collect()
    }

    /// Stamps as milliseconds.
    pub fn stamps(&self, track: Track) -> Vec<i64> {
        self.units(track).iter().map(|unit| unit.t.ms()).collect()
    }
}

/// Everything a file says.
pub fn read(path: &Path) -> Result<(Formats, Vec<Item>), file::Error> {
    let mut source = Source::open(path, file::Limits::default())?;
    let mut items = Vec::new();
    while let Some(item) = source.next()? {
        items.push(item);
    }
    Ok((source.formats().clone(), items))
}

/// Decodes the audio of these items.
pub fn samples(format: &Format, items: &[Item]) -> Vec<AudioBlock> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = heard.clone();
    let mut decoder = decode::Audio::new(format, move |block| sink.lock().unwrap().push(block)).unwrap();
    for item in items {
        if let Item::Unit(Track::Audio, unit) = item {
            decoder.push_blocking(unit).unwrap();
        }
    }
    decoder.flush().unwrap();
    std::mem::take(&mut *heard.lock().unwrap())
}

/// Decodes the video of these items, and returns what `see` makes of each frame.
pub fn frames<T: Send + 'static>(
    format: &Format,
    items: &[Item],
    mut see: impl FnMut(VideoFrame) -> T + Send + 'static,
) -> Vec<T> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sink = seen.clone();
    let mut decoder = decode::Video::new(format, move |frame| sink.lock().unwrap().push(see(frame))).unwrap();
    for item in items {
        if let Item::Unit(Track::Video, unit) = item {
            decoder.push_blocking(unit).unwrap();
        }
    }
    decoder.flush().unwrap();
    std::mem::take(&mut *seen.lock().unwrap())
}

/// Runs ffmpeg; its name is the last argument that is a path. `None`, and a line, where it is not installed.
pub fn ffmpeg(arguments: &[&str], out: &Path) -> Option<PathBuf> {
    let result = run("ffmpeg", &[&["-v", "error", "-nostdin", "-y"], arguments, &[path(out)]].concat())?;
    assert!(result.status.success(), "ffmpeg {arguments:?}: {}", String::from_utf8_lossy(&result.stderr));
    Some(out.to_path_buf())
}

/// Decodes a whole file with ffmpeg: its complaints.
pub fn ffmpeg_complains(file: &Path) -> Option<String> {
    let result = run("ffmpeg", &["-v", "error", "-nostdin", "-i", path(file), "-f", "null", "-"])?;
    let mut text = String::from_utf8_lossy(&result.stderr).into_owned();
    if !result.status.success() {
        text.push_str(" (and failed)");
    }
    Some(text)
}

/// What ffprobe says of each packet's or frame's entry, one a line.
pub fn ffprobe(file: &Path, arguments: &[&str]) -> Option<Vec<String>> {
    let result = run("ffprobe", &[&["-v", "error"], arguments, &["-of", "csv=p=0", path(file)]].concat())?;
    Some(String::from_utf8_lossy(&result.stdout).lines().map(str::to_owned).collect())
}

fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some(output),
        Err(error) => {
            not_checked(Need::Other, &format!("what {program} makes or says of a file"), error);
            None
        }
    }
}

pub fn path(path: &Path) -> &str {
    path.to_str().expect("test paths are text")
}

/// Speech-like audio and a moving image, as a browser codes them.
pub fn browser_like(folder: &Path, seconds: u32) -> Option<Vec<Item>> {
    let video = format!("testsrc2=size=160x120:rate=30:duration={seconds}");
    let audio = format!("anoisesrc=color=pink:duration={seconds}:sample_rate=48000,tremolo=f=4:d=0.9");
    let file = ffmpeg(
        &[
            &["-f", "lavfi", "-i", &video, "-f", "lavfi", "-i", &audio][..],
            &["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", "60", "-error-resilient", "1"],
            &["-c:a", "libopus", "-b:a", "32k", "-application", "voip", "-ac", "2"],
        ]
        .concat(),
        &folder.join("material.webm"),
    )?;
    Some(read(&file).unwrap().1)
}

/// Decodes the H.264 of these items: the time and size of each frame, and a sum over its brightness.
pub fn h264_frames(items: &[Item]) -> Vec<(i64, usize, usize, u64)> {
    frames(&Format::h264(), items, |frame| {
        let view = frame.view();
        let row = |row: usize| &view.y[row * view.y_stride..][..view.width];
        let sum = (0..view.height).flat_map(row).fold(0u64, |sum, y| sum.wrapping_mul(31).wrapping_add(u64::from(*y)));
        (frame.t.ms(), view.width, view.height, sum)
    })
}

/// A recording of ours: two seconds with a gap.
fn recording(folder: &Path, formats: &Formats) -> Vec<u8> {
    let spool = folder.join("seed.webm");
    let recorder = Recorder::create(&spool, formats).unwrap();
    for n in 0..20u32 {
        let t = i64::from(n) * 100;
        if formats.video.is_some() && n != 7 {
            recorder.push(&Item::Unit(Track::Video, video_unit(t, (n % 10 == 0).then_some((64, 48)), n))).unwrap();
        }
        if formats.audio.is_some() {
            recorder.push(&Item::Unit(Track::Audio, audio_unit(t, n))).unwrap();
        }
    }
    recorder.finish().unwrap();
    let bytes = std::fs::read(&spool).unwrap();
    std::fs::remove_file(&spool).unwrap();
    bytes
}

/// Returns recordings of ours: video and audio, and each alone.
pub fn recordings(folder: &Path) -> Vec<Vec<u8>> {
    let (video, audio) = (Some(Format::vp8()), Some(Format::opus(2)));
    let both = Formats { video: video.clone(), audio: audio.clone() };
    [both, Formats { video, audio: None }, Formats { video: None, audio }]
        .map(|formats| recording(folder, &formats))
        .to_vec()
}
