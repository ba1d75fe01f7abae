//! Files that mean harm or were never media: refused or read, in bounded time and memory, never a panic.

mod material;

use coach_core::MediaTime;
use coach_media::decode;
use coach_media::file::{Error, Limits, Source};
use coach_media::record::{Recorder, finalise};
use coach_media::{Format, Formats, Item, Track, init};
use material::{audio_unit, browser_like, ffmpeg, path, read, video_unit};
use std::path::Path;
use std::time::Instant;

fn refuse(name: &str, bytes: &[u8]) -> Error {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    match Source::open(&file, Limits::default()) {
        Ok(_) => panic!("{name} was opened"),
        Err(error) => error,
    }
}

/// Reads all of it and decodes all of it; what comes of it does not matter, but that it ends does.
fn survive(file: &Path) -> usize {
    let started = Instant::now();
    let limits = Limits { duration: MediaTime(600_000), pixels: 1920 * 1080, ..Limits::default() };
    let Ok(mut source) = Source::open(file, limits) else { return 0 };
    let formats = source.formats().clone();
    let mut video =
        formats.video.as_ref().and_then(|f| decode::Video::new(f, |frame| assert!(frame.view().is_consistent())).ok());
    let mut audio = formats.audio.as_ref().and_then(|f| decode::Audio::new(f, |_| ()).ok());
    let mut units = 0;
    while let Ok(Some(item)) = source.next() {
        let Item::Unit(track, unit) = &item else { continue };
        units += 1;
        let pushed = match track {
            Track::Video => video.as_mut().map_or(Ok(()), |decoder| decoder.push_blocking(unit)),
            Track::Audio => audio.as_mut().map_or(Ok(()), |decoder| decoder.push_blocking(unit)),
        };
        if pushed.is_err() {
            break;
        }
    }
    let _ = (video.map(|mut d| d.flush()), audio.map(|mut d| d.flush()));
    assert!(started.elapsed() < coach_testing::LIMIT, "{}: it took {:?}", path(file), started.elapsed());
    units
}

/// A generator of numbers that is the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below.max(1)
    }
}

#[test]
fn what_is_no_media_is_refused_by_its_kind() {
    init().unwrap();
    assert!(matches!(refuse("empty.mp4", b""), Error::Empty));
    assert!(matches!(refuse("text.mp4", "Dear Sir or Madam,\n".repeat(500).as_bytes()), Error::NotMedia));
    assert!(matches!(
        refuse("page.webm", b"<!DOCTYPE html><html><body>hello</body></html>"),
        Error::NotMedia | Error::NoTracks
    ));
    let zeros = refuse("zeros.mp4", &[0; 100_000]);
    assert!(matches!(zeros, Error::NotMedia | Error::Damaged(_)), "{zeros:?}");
    let mut dice = Dice(7);
    let noise: Vec<u8> = (0..100_000).map(|_| dice.roll(256) as u8).collect();
    let noise = refuse("noise.webm", &noise);
    assert!(matches!(noise, Error::NotMedia | Error::Damaged(_)), "{noise:?}");
    assert!(matches!(Source::open(Path::new("/nonexistent.mp4"), Limits::default()), Err(Error::Read { .. })));
    assert!(matches!(Source::open(Path::new("/tmp"), Limits::default()), Err(Error::NotAFile(_))));
}

#[test]
fn a_still_image_and_an_archive_have_no_tracks() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let png = folder.path().join("a.png");
    if ffmpeg(&["-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "1"], &png).is_some() {
        assert!(matches!(Source::open(&png, Limits::default()), Err(Error::NoTracks | Error::NotMedia)));
    }
    let zip = refuse(
        "a.zip",
        b"PK\x03\x04\x14\x00\x00\x00\x00\x00aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    );
    assert!(matches!(zip, Error::NotMedia | Error::Unsupported(_) | Error::NoTracks), "{zip:?}");
}

#[test]
fn an_encrypted_film_is_refused_as_encrypted() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key = ["-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"];
    let id = ["-encryption_kid", "a7e61c373e219033c21091fa607bf3b8"];
    let film =
        ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=1", "-c:v", "libx264", "-preset", "ultrafast"];
    let Some(file) = ffmpeg(&[&film[..], &key, &id].concat(), &folder.path().join("a.mp4")) else { return };
    let error = Source::open(&file, Limits::default()).map(|_| ()).unwrap_err();
    assert!(matches!(error, Error::Encrypted), "{error:?}");
}

#[test]
fn limits_are_kept() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(_) = browser_like(folder.path(), 3) else { return };
    let file = folder.path().join("material.webm");
    let open = |limits: Limits| -> Result<(), Error> {
        let mut source = Source::open(&file, limits)?;
        while source.next()?.is_some() {}
        Ok(())
    };
    let all = Limits::default();
    assert!(open(all).is_ok());
    for limits in [
        Limits { bytes: 1000, ..all },
        Limits { pixels: 160 * 120 - 1, ..all },
        Limits { duration: MediaTime(2000), ..all },
        Limits { streams: 1, ..all },
    ] {
        let error = open(limits).unwrap_err();
        assert!(matches!(error, Error::Limit { .. }), "{error:?}");
        assert!(error.to_string().contains("at most"), "{error}");
    }
}

#[test]
fn a_truncated_film_is_read_as_far_as_it_goes_or_refused() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let film = [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=320x240:rate=25:duration=4",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-g",
        "25",
    ];
    for (name, coding, whole) in
        [("head.mp4", &["-movflags", "+faststart"][..], true), ("tail.mp4", &[], false), ("a.mkv", &[], true)]
    {
        let Some(file) = ffmpeg(&[&film, coding].concat(), &folder.path().join(name)) else { return };
        let bytes = std::fs::read(&file).unwrap();
        std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
        match Source::open(&file, Limits::default()) {
            Ok(mut source) => {
                let mut units = 0;
                while let Some(item) = source.next().unwrap() {
                    units += usize::from(matches!(item, Item::Unit(..)));
                }
                assert!(whole && units > 20, "{name}: {units} units, {:?}", source.damage());
            }
            Err(error) => assert!(!whole && matches!(error, Error::Damaged(_)), "{name}: {error:?}"),
        }
    }
}

#[test]
fn sizes_that_claim_more_than_there_is_take_no_memory_for_it() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let huge = folder.path().join("huge.mp4");
    let mut atom =
        vec![0, 0, 0, 20, b'f', b't', b'y', b'p', b'i', b's', b'o', b'm', 0, 0, 2, 0, b'i', b's', b'o', b'm'];
    atom.extend_from_slice(&[0x7f, 0xff, 0xff, 0xff, b'm', b'o', b'o', b'v', 0, 0, 0, 8, b'm', b'v', b'h', b'd']);
    std::fs::write(&huge, &atom).unwrap();
    let before = memory_kb();
    assert_eq!(survive(&huge), 0);
    // A spool file whose blocks claim gigabytes.
    let (spool, out) = (folder.path().join("0.webm"), folder.path().join("final.webm"));
    let formats = Formats { video: Some(Format::vp8()), audio: None };
    let recorder = Recorder::create(&spool, &formats).unwrap();
    for n in 0..10 {
        recorder.push(&Item::Unit(Track::Video, video_unit(n * 33, Some((320, 240)), 40))).unwrap();
    }
    recorder.finish().unwrap();
    let mut bytes = std::fs::read(&spool).unwrap();
    bytes.extend_from_slice(&[0xa3, 0x01, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x81, 0, 0, 0x80, 1, 2, 3]);
    bytes.extend_from_slice(&[0x16, 0x54, 0xae, 0x6b, 0x01, 0, 0, 0x7f, 0xff, 0xff, 0xff, 0xff]);
    std::fs::write(&spool, &bytes).unwrap();
    assert_eq!(finalise(&[(spool.clone(), MediaTime::ZERO)], &out).unwrap().units, 10);
    survive(&spool);
    let grown = memory_kb().saturating_sub(before);
    assert!(grown < 200_000, "{grown} kB more");
}

/// Reads and decodes as far as it goes: the size of the largest frame that came out, and why it ended, if not well.
fn largest(file: &Path) -> (usize, Option<Error>) {
    let mut source = match Source::open(file, Limits::default()) {
        Ok(source) => source,
        Err(error) => return (0, Some(error)),
    };
    let most = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let seen = most.clone();
    let mut decoder = decode::Video::new(source.formats().video.as_ref().unwrap(), move |frame| {
        let view = frame.view();
        seen.fetch_max(view.width * view.height, std::sync::atomic::Ordering::SeqCst);
    })
    .unwrap();
    let error = loop {
        match source.next() {
            Ok(Some(Item::Unit(Track::Video, unit))) => drop(decoder.push_blocking(&unit)),
            Ok(Some(_)) => {}
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    let _ = decoder.flush();
    (most.load(std::sync::atomic::Ordering::SeqCst), error)
}

#[test]
fn a_huge_frame_is_refused_even_where_the_file_says_that_it_is_small() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (width, height) = (4800u16, 4800u16);
    let video = format!("color=gray:size={width}x{height}:rate=25,format=yuv420p");
    for (name, coding) in [
        ("vp8.webm", &["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"][..]),
        ("vp9.webm", &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"]),
        ("h264.mp4", &["-c:v", "libx264", "-preset", "ultrafast"]),
        ("h265.mp4", &["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"]),
    ] {
        let input = ["-f", "lavfi", "-i", &video, "-frames:v", "2"];
        let Some(file) = ffmpeg(&[&input, coding].concat(), &folder.path().join(name)) else { return };
        let honest = largest(&file);
        assert!(matches!(honest, (0, Some(Error::Limit { .. }))), "{name}: {honest:?}");
        // The same with a lie in the container, which is all that a careless reader looks at.
        let mut bytes = std::fs::read(&file).unwrap();
        let (true_size, said): (Vec<u8>, Vec<u8>) = if name.ends_with("webm") {
            ([&[0xb0, 0x82][..], &width.to_be_bytes()].concat(), vec![0xb0, 0x82, 0x01, 0x40])
        } else {
            ([width.to_be_bytes(), height.to_be_bytes()].concat(), vec![0x01, 0x40, 0x00, 0xf0])
        };
        let mut lies = 0;
        for at in 0..bytes.len().saturating_sub(4) {
            if bytes[at..].starts_with(&true_size) {
                bytes[at..at + 4].copy_from_slice(&said);
                lies += 1;
            }
        }
        assert!(lies > 0, "{name}: nothing to lie about");
        if name.ends_with("webm") {
            let tall = [&[0xba, 0x82][..], &height.to_be_bytes()].concat();
            let at = bytes.windows(4).position(|w| w == tall).unwrap();
            bytes[at + 2..at + 4].copy_from_slice(&240u16.to_be_bytes());
        }
        std::fs::write(&file, &bytes).unwrap();
        let lied = largest(&file);
        assert!(matches!(lied, (0, Some(Error::Limit { .. }))), "{name}, lying: {lied:?}");
    }
}

#[test]
fn a_file_of_countless_frames_in_a_second_is_refused() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let rush = ["-f", "lavfi", "-i", "color=gray:size=16x16:rate=30000:duration=1,format=yuv420p"];
    let coding = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "30000"];
    let Some(file) = ffmpeg(&[&rush[..], &coding].concat(), &folder.path().join("rush.mp4")) else { return };
    let (_, error) = largest(&file);
    let error = error.expect("it is refused").to_string();
    assert!(error.contains("frames per second") && error.contains("at most 300"), "{error}");
    // What phones record as slow motion is none.
    let slow = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=240:duration=6"];
    let Some(file) = ffmpeg(&[&slow[..], &coding].concat(), &folder.path().join("slow.mp4")) else { return };
    assert!(largest(&file).1.is_none());
}

#[test]
fn files_with_random_damage_never_hang_and_never_panic() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let sources = [
        ("a.mp4", &["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"][..]),
        ("a.webm", &["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus"]),
        ("a.wav", &["-vn", "-c:a", "pcm_s16le"]),
    ];
    let input = ["-f", "lavfi", "-i", "testsrc2=size=64x64:rate=25:duration=1", "-f", "lavfi", "-i", "sine=duration=1"];
    for (name, coding) in sources {
        let Some(file) = ffmpeg(&[&input, coding].concat(), &folder.path().join(name)) else { return };
        let whole = std::fs::read(&file).unwrap();
        let mut dice = Dice(whole.len() as u64);
        for _ in 0..8 {
            let mut bytes = whole.clone();
            // Headers are where the harm is: most of the damage goes to the first and the last kilobyte.
            for _ in 0..1 + dice.roll(12) {
                let at = match dice.roll(3) {
                    0 => dice.roll(bytes.len().min(1024)),
                    1 => bytes.len() - 1 - dice.roll(bytes.len().min(2048)),
                    _ => dice.roll(bytes.len()),
                };
                bytes[at] = if dice.roll(2) == 0 { 0xff } else { dice.roll(256) as u8 };
            }
            if dice.roll(4) == 0 {
                bytes.truncate(dice.roll(bytes.len()));
            }
            std::fs::write(&file, &bytes).unwrap();
            survive(&file);
        }
    }
}

#[test]
fn a_damaged_spool_file_is_never_more_than_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let (spool, cut, out) = ["0.webm", "cut.webm", "final.webm"].map(|n| folder.path().join(n)).into();
    let recorder =
        Recorder::create(&spool, &Formats { video: Some(Format::vp8()), audio: Some(Format::opus(1)) }).unwrap();
    for n in 0..60u32 {
        let t = i64::from(n) * 40;
        recorder
            .push(&Item::Unit(Track::Video, video_unit(t, n.is_multiple_of(9).then_some((320, 240)), n + 3)))
            .unwrap();
        recorder.push(&Item::Unit(Track::Audio, audio_unit(t, n))).unwrap();
    }
    recorder.finish().unwrap();
    let whole = std::fs::read(&spool).unwrap();
    let mut dice = Dice(3);
    for _ in 0..400 {
        let mut bytes = whole.clone();
        for _ in 0..1 + dice.roll(6) {
            let at = dice.roll(bytes.len());
            bytes[at] = dice.roll(256) as u8;
        }
        std::fs::write(&cut, &bytes).unwrap();
        if let Ok(made) = finalise(&[(cut.clone(), MediaTime::ZERO)], &out) {
            assert!(made.units <= 120 && made.bytes < 64 << 20, "{made:?}");
        }
    }
}

#[test]
fn a_file_may_change_its_size_in_the_middle() {
    init().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let film = |size: &str, name: &str| {
        let video = format!("testsrc2=size={size}:rate=25:duration=1");
        let coding = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"];
        ffmpeg(&[&["-f", "lavfi", "-i", &video][..], &coding].concat(), &folder.path().join(name))
            .map(|f| read(&f).unwrap().1)
    };
    let (Some(small), Some(large)) = (film("320x240", "s.webm"), film("640x480", "l.webm")) else { return };
    let (spool, last) = (folder.path().join("0.webm"), folder.path().join("final.webm"));
    let recorder = Recorder::create(&spool, &Formats { video: Some(Format::vp8()), audio: None }).unwrap();
    for (n, items) in [&small, &large, &small].into_iter().enumerate() {
        for item in items {
            let Item::Unit(track, mut unit) = item.clone() else { continue };
            unit.t = unit.t + 1000 * n as i64;
            recorder.push(&Item::Unit(track, unit)).unwrap();
        }
    }
    recorder.finish().unwrap();
    finalise(&[(spool.clone(), MediaTime::ZERO)], &last).unwrap();
    for file in [spool, last] {
        let (sizes, (formats, items)) = (std::sync::Arc::new(std::sync::Mutex::new(Vec::new())), read(&file).unwrap());
        let sink = sizes.clone();
        let mut decoder = decode::Video::new(formats.video.as_ref().unwrap(), move |frame| {
            sink.lock().unwrap().push((frame.view().width, frame.lost.is_some()));
        })
        .unwrap();
        for item in &items {
            if let Item::Unit(_, unit) = item {
                decoder.push_blocking(unit).unwrap();
            }
        }
        decoder.flush().unwrap();
        let sizes = sizes.lock().unwrap();
        let expected: Vec<_> = [320, 640, 320].iter().flat_map(|w| vec![(*w, false); 25]).collect();
        assert_eq!(*sizes, expected);
        let complaints = material::ffmpeg_complains(&file).unwrap();
        assert_eq!(complaints, "");
    }
}

fn memory_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(0)
}
