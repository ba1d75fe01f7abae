//! The file path opens what people have: the tracks, times, turns and colours of files that ffmpeg makes.

mod material;

use coach_core::MediaTime;
use coach_core::frame::{Matrix, Range, Rotation};
use coach_media::file::{self, Source};
use coach_media::{Format, Item, Track, init};
use material::{Heard, ffmpeg, path, read, samples};
use std::path::Path;

/// What is needed of a frame to know it again.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    t: MediaTime,
    size: (usize, usize),
    rotation: Rotation,
    matrix: Matrix,
    range: Range,
    /// Mean luma of the four quarters: upper left, upper right, lower left, lower right.
    quarters: [u32; 4],
    /// Mean of both chroma planes.
    chroma: [u32; 2],
}

fn frames(format: &Format, items: &[Item]) -> Vec<Seen> {
    material::frames(format, items, |frame| {
        let view = frame.view();
        let mean = |x0: usize, x1: usize, y0: usize, y1: usize| {
            let sum: u64 =
                (y0..y1).map(|y| view.y[y * view.y_stride..][x0..x1].iter().map(|p| u64::from(*p)).sum::<u64>()).sum();
            (sum / ((x1 - x0) * (y1 - y0)) as u64) as u32
        };
        let (w, h) = (view.width, view.height);
        let chroma = |plane: &[u8], stride: usize| {
            let (w, h) = (w.div_ceil(2), h.div_ceil(2));
            let sum: u64 = (0..h).map(|y| plane[y * stride..][..w].iter().map(|p| u64::from(*p)).sum::<u64>()).sum();
            (sum / (w * h) as u64) as u32
        };
        Seen {
            t: frame.t,
            size: (w, h),
            rotation: view.rotation,
            matrix: view.matrix,
            range: view.range,
            quarters: [
                mean(0, w / 2, 0, h / 2),
                mean(w / 2, w, 0, h / 2),
                mean(0, w / 2, h / 2, h),
                mean(w / 2, w, h / 2, h),
            ],
            chroma: [chroma(view.u, view.u_stride), chroma(view.v, view.v_stride)],
        }
    })
}

/// A second of each: two seconds of a moving image at 25 per second and a tone of 440 Hz.
const VIDEO: &[&str] = &["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2"];
const TONE: &[&str] = &["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2"];

/// Reads a file and checks that both tracks decode to two seconds of frames and a tone.
fn check(file: &Path, frames_expected: usize, rate_hz: Option<u32>) {
    let name = path(file);
    let (formats, items) = read(file).unwrap_or_else(|e| panic!("{name}: {e}"));
    let heard = Heard::of(&items);
    if let Some(format) = &formats.video {
        let seen = frames(format, &items);
        assert_eq!(seen.len(), frames_expected, "{name}: frames");
        assert!(seen.windows(2).all(|w| w[0].t < w[1].t), "{name}: frames come in order of time");
        assert_eq!(seen[0].size, (320, 240), "{name}");
        assert_eq!(heard.gaps_ms(Track::Video), [], "{name}: gaps");
        let last = seen.last().unwrap().t.ms();
        // AVI has no presentation times, which costs a frame.
        assert!((1900..=2000).contains(&last), "{name}: the last frame at {last}");
    }
    if let Some(format) = &formats.audio {
        let blocks = samples(format, &items);
        let count: usize = blocks.iter().map(|b| b.samples.len()).sum();
        let rate = blocks[0].rate_hz;
        assert_eq!(Some(rate), rate_hz, "{name}");
        let seconds = count as f64 / f64::from(rate);
        assert!((1.9..2.1).contains(&seconds), "{name}: {seconds} s of audio");
        let all: Vec<f32> = blocks.iter().flat_map(|b| b.samples.iter().copied()).collect();
        let (from, to) = (rate as usize / 2, rate as usize * 3 / 2);
        let crossings = all[from..to].windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
        assert!((438..=442).contains(&crossings), "{name}: {crossings} Hz");
        let peak = all[from..to].iter().fold(0f32, |m, s| m.max(s.abs()));
        assert!((0.08..0.2).contains(&peak), "{name}: peak {peak}");
        assert_eq!(heard.gaps_ms(Track::Audio), [], "{name}: gaps");
        // Each block is where the samples before it end; decoders that need a packet to begin may be that far behind.
        let tolerance = match format.media_type() {
            "audio/x-raw" | "audio/x-flac" => 1.0,
            // Ogg's stamps leave the 6.5 ms out that players skip.
            "audio/x-opus" => 7.0,
            _ => 27.0,
        };
        let mut at = blocks[0].t.ms() as f64;
        for block in &blocks {
            assert!((block.t.ms() as f64 - at).abs() <= tolerance, "{name}: a block at {} instead of {at}", block.t);
            at += block.samples.len() as f64 * 1000.0 / f64::from(rate);
        }
    }
    assert!(formats.video.is_some() || formats.audio.is_some());
}

#[test]
fn common_files_with_video_and_audio_are_opened() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let make = |name: &str, coding: &[&str]| ffmpeg(&[VIDEO, TONE, coding].concat(), &folder.path().join(name));
    let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"];
    for (name, coding, rate) in [
        ("a.mp4", &h264[..], 48_000),
        ("fast.mp4", &[&h264[..], &["-movflags", "+faststart"]].concat(), 48_000),
        ("fragments.mp4", &[&h264[..], &["-movflags", "frag_keyframe+empty_moov"]].concat(), 48_000),
        ("a.mov", &[&h264[..4], &["-pix_fmt", "yuv420p", "-c:a", "pcm_s16le", "-ar", "44100"]].concat(), 44_100),
        ("a.mkv", &h264, 48_000),
        ("a.ts", &h264, 48_000),
        ("vp8.webm", &["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"], 48_000),
        ("vp8-vorbis.webm", &["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libvorbis"], 48_000),
        ("vp9.webm", &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"], 48_000),
        ("mpeg4.avi", &["-c:v", "mpeg4", "-c:a", "mp3", "-ar", "44100"], 44_100),
    ] {
        let Some(file) = make(name, coding) else { return };
        check(&file, 50, Some(rate));
    }
}

#[test]
fn files_with_audio_alone_are_opened_at_their_own_rate() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, coding, rate) in [
        ("a.wav", &["-c:a", "pcm_s16le", "-ar", "44100"][..], 44_100),
        ("float.wav", &["-c:a", "pcm_f32le", "-ac", "2"], 48_000),
        ("eight.wav", &["-c:a", "pcm_u8", "-ar", "8000"], 8_000),
        ("a.flac", &["-c:a", "flac", "-ar", "96000"], 96_000),
        ("a.mp3", &["-c:a", "libmp3lame", "-ar", "44100"], 44_100),
        ("a.m4a", &["-c:a", "aac"], 48_000),
        ("a.aac", &["-c:a", "aac"], 48_000),
        ("a.ogg", &["-c:a", "libvorbis"], 48_000),
        ("a.opus", &["-c:a", "libopus"], 48_000),
    ] {
        let Some(file) = ffmpeg(&[TONE, coding].concat(), &folder.path().join(name)) else { return };
        check(&file, 0, Some(rate));
    }
}

#[test]
fn files_with_video_alone_are_opened() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, coding) in [
        ("a.mp4", &["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"][..]),
        ("a.webm", &["-c:v", "libvpx", "-deadline", "realtime"]),
    ] {
        let Some(file) = ffmpeg(&[VIDEO, coding].concat(), &folder.path().join(name)) else { return };
        check(&file, 50, None);
    }
}

/// White in the upper left quarter, black elsewhere.
const CORNER: &[&str] = &[
    "-f",
    "lavfi",
    "-i",
    "color=black:size=320x240:rate=25:duration=1,drawbox=0:0:160:120:white:t=fill,setparams=range=tv",
];

#[test]
fn a_phone_held_upright_says_how_its_frames_have_to_be_turned() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let coding = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    let Some(flat) = ffmpeg(&[CORNER, &coding].concat(), &folder.path().join("flat.mov")) else { return };
    for degrees in ["0", "90", "180", "270"] {
        let turned = folder.path().join(format!("{degrees}.mov"));
        let tag = format!("rotate={degrees}");
        ffmpeg(&["-i", path(&flat), "-c", "copy", "-metadata:s:v:0", &tag], &turned).unwrap();
        let (formats, items) = read(&turned).unwrap();
        // What a player makes of the same tag.
        let upright = folder.path().join("upright.y4m");
        ffmpeg(&["-i", path(&turned), "-frames:v", "1", "-pix_fmt", "yuv420p"], &upright).unwrap();
        let y4m = std::fs::read(&upright).unwrap();
        let head = String::from_utf8_lossy(&y4m[..40]).into_owned();
        let body = y4m.windows(6).position(|w| w == b"FRAME\n").unwrap() + 6;
        let width = if head.contains("W240 ") { 240 } else { 320 };
        let height = 76_800 / width;
        let bright = |x: usize, y: usize| y4m[body + y * width + x] > 128;
        let (l, r, u, d) = (width / 4, width * 3 / 4, height / 4, height * 3 / 4);
        let expected = [bright(l, u), bright(r, u), bright(l, d), bright(r, d)];
        let seen = &frames(formats.video.as_ref().unwrap(), &items)[0];
        assert_eq!(seen.size, (320, 240), "the stored frame");
        let [a, b, c, d] = seen.quarters.map(|quarter| quarter > 128);
        let ours = match seen.rotation {
            Rotation::None => [a, b, c, d],
            Rotation::Clockwise90 => [c, a, d, b],
            Rotation::Half => [d, c, b, a],
            Rotation::Clockwise270 => [b, d, a, c],
        };
        assert_eq!(ours, expected, "turned by {degrees}");
    }
}

#[test]
fn frames_say_how_their_colours_are_meant() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let h264 = ["-c:v", "libx264", "-preset", "ultrafast"];
    for (name, how, matrix, range) in [
        (
            "601",
            &["-pix_fmt", "yuv420p", "-colorspace", "smpte170m", "-color_range", "tv"][..],
            Matrix::Bt601,
            Range::Limited,
        ),
        ("709", &["-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_range", "tv"], Matrix::Bt709, Range::Limited),
        ("full", &["-pix_fmt", "yuvj420p", "-colorspace", "bt709", "-color_range", "pc"], Matrix::Bt709, Range::Full),
        ("444", &["-pix_fmt", "yuv444p", "-colorspace", "bt709", "-color_range", "tv"], Matrix::Bt709, Range::Limited),
        (
            "ten",
            &["-pix_fmt", "yuv420p10le", "-colorspace", "bt709", "-color_range", "tv"],
            Matrix::Bt709,
            Range::Limited,
        ),
    ] {
        let file = folder.path().join(format!("{name}.mp4"));
        let Some(file) = ffmpeg(&[CORNER, &h264, how].concat(), &file) else { return };
        let (formats, items) = read(&file).unwrap();
        let seen = &frames(formats.video.as_ref().unwrap(), &items)[3];
        assert_eq!((seen.matrix, seen.range), (matrix, range), "{name}");
        let white = if range == Range::Full { 255 } else { 235 };
        let black = if range == Range::Full { 0 } else { 16 };
        assert!(seen.quarters[0].abs_diff(white) <= 3 && seen.quarters[3].abs_diff(black) <= 3, "{name}: {seen:?}");
        assert!(seen.chroma.iter().all(|c| c.abs_diff(128) <= 1), "{name}: {seen:?}");
    }
}

#[test]
fn frames_of_high_dynamic_range_come_as_eight_bits() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let colours =
        "setparams=range=tv:color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc,format=yuv420p10le";
    let hevc = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-tag:v", "hvc1"];
    let vp9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-profile:v", "2"];
    for (name, coding) in [("hdr.mov", &hevc[..]), ("hdr.webm", &vp9)] {
        let file = folder.path().join(name);
        let Some(file) = ffmpeg(&[CORNER, &["-vf", colours], coding].concat(), &file) else { return };
        let (formats, items) = read(&file).unwrap_or_else(|e| panic!("{name}: {e}"));
        let seen = frames(formats.video.as_ref().unwrap(), &items);
        assert_eq!((seen.len(), seen[3].size), (25, (320, 240)), "{name}");
        assert!(seen[3].quarters[0] > 200 && seen[3].quarters[3] < 30, "{name}: {:?}", seen[3]);
    }
}

#[test]
fn a_file_is_what_it_holds_and_not_what_it_is_called() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"];
    let Some(file) = ffmpeg(&[VIDEO, TONE, &h264].concat(), &folder.path().join("a.mp4")) else { return };
    for name in ["a.webm", "a.txt", "upload"] {
        let renamed = folder.path().join(name);
        std::fs::copy(&file, &renamed).unwrap();
        check(&renamed, 50, Some(48_000));
    }
}

#[test]
fn frames_of_uneven_rate_keep_their_times() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let drop = ["-vf", "select='not(between(n,10,14))*not(eq(mod(n,7),3))'", "-vsync", "vfr"];
    let coding = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-bf", "2"];
    let Some(file) = ffmpeg(&[VIDEO, &drop, &coding].concat(), &folder.path().join("vfr.mp4")) else { return };
    let (formats, items) = read(&file).unwrap();
    let seen: Vec<i64> = frames(formats.video.as_ref().unwrap(), &items).iter().map(|s| s.t.ms()).collect();
    let kept: Vec<i64> = (0..50).filter(|n| !(10..=14).contains(n) && n % 7 != 3).map(|n| n * 40).collect();
    assert_eq!(seen, kept);
}

#[test]
fn a_second_that_a_file_leaves_out_is_a_gap_of_both_tracks() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let drop =
        ["-vf", "select='not(between(t,0.5,1.49))'", "-vsync", "vfr", "-af", "aselect='not(between(t,0.5,1.49))'"];
    let coding = ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "pcm_s16le"];
    let Some(file) = ffmpeg(&[VIDEO, TONE, &drop, &coding].concat(), &folder.path().join("gap.mkv")) else { return };
    let heard = Heard::of(&read(&file).unwrap().1);
    assert_eq!(heard.gaps_ms(Track::Video), [(481, 1481), (1481, 1520)]);
    let audio: i64 = heard.gaps(Track::Audio).iter().map(|gap| gap.len_ms()).sum();
    assert!((950..1050).contains(&audio), "{:?}", heard.gaps_ms(Track::Audio));
}

#[test]
fn audio_before_the_first_frame_is_dropped_and_a_late_frame_is_waited_for() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let coding = ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"];
    for (delay, first_frame, sounds) in [("0.6", 0, 70..72), ("1.4", 1400, 100..103)] {
        let late = ["-itsoffset", delay];
        let file = folder.path().join(format!("{delay}.webm"));
        let Some(file) = ffmpeg(&[&late, VIDEO, TONE, &coding].concat(), &file) else { return };
        let heard = Heard::of(&read(&file).unwrap().1);
        assert_eq!(heard.stamps(Track::Video)[0] / 10 * 10, first_frame, "delay {delay}");
        assert!(heard.stamps(Track::Audio)[0] < 20, "delay {delay}");
        assert!(sounds.contains(&heard.units(Track::Audio).len()), "{}", heard.units(Track::Audio).len());
    }
}

#[test]
fn a_source_that_is_dropped_in_the_middle_leaves_nothing_behind() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let coding = ["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "20M", "-c:a", "libopus"];
    let Some(file) = ffmpeg(&[VIDEO, TONE, &coding].concat(), &folder.path().join("a.webm")) else { return };
    let mut source = Source::open(&file, file::Limits::default()).unwrap();
    for _ in 0..20 {
        source.next().unwrap().unwrap();
    }
    drop(source);
}

#[test]
fn a_poster_stands_upright_and_is_small() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let large = ["-vf", "scale=1280:960", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"];
    let Some(flat) = ffmpeg(&[CORNER, &large].concat(), &folder.path().join("flat.mov")) else { return };
    let (turned, poster) = (folder.path().join("turned.mov"), folder.path().join("poster.jpg"));
    ffmpeg(&["-i", path(&flat), "-c", "copy", "-metadata:s:v:0", "rotate=90"], &turned).unwrap();
    coach_media::record::poster(&turned, &poster).unwrap();
    let pixels = folder.path().join("poster.gray");
    ffmpeg(&["-i", path(&poster), "-f", "rawvideo", "-pix_fmt", "gray"], &pixels).unwrap();
    let gray = std::fs::read(&pixels).unwrap();
    assert_eq!(gray.len(), 480 * 640);
    let corners = [(10, 10), (470, 10), (10, 630), (470, 630)].map(|(x, y)| gray[y * 480 + x]);
    let white = match read(&turned).unwrap().0.video.unwrap().rotation {
        Rotation::Clockwise90 => 1,
        Rotation::Clockwise270 => 2,
        other => panic!("{other:?}"),
    };
    for (n, corner) in corners.into_iter().enumerate() {
        assert!(if n == white { corner > 240 } else { corner < 15 }, "{corners:?}");
    }
    assert!(coach_media::record::poster(&poster, &pixels).is_err(), "a still image is no recording");
}
