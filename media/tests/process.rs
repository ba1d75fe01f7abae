//! Files and decoders in a process of their own: the same units, frames and samples as in this process, and whatever
//! happens to the process happens to it alone.

mod links;
mod material;

use coach_core::MediaTime;
use coach_core::grid::FrameGrid;
use coach_media::file::{self, Limits};
use coach_media::process::{Process, Program};
use coach_media::{AccessUnit, Formats, Item, Track, decode, init};
use coach_testing::{LIMIT, Need, not_checked, wait_until};
use material::{browser_like, ffmpeg, read};
use rustix::process::{Resource, Rlimit, prlimit};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The word that makes this test program a decoding process.
const WORD: &str = "decoding-process";

/// Not a test: what the process does. The test harness runs it when it is asked for by name.
fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(WORD) {
        coach_media::process::run(arguments);
    }
    if let Some(deed) = std::env::args().nth(1).filter(|word| word.starts_with("deed-")) {
        do_harm(&deed);
    }
    let tests: &[(&str, fn())] = &[
        ("a_process_that_breaks_a_rule_is_ended_or_refused", a_process_that_breaks_a_rule_is_ended_or_refused),
        ("a_separate_process_gives_the_same_output_as_this_one", a_separate_process_gives_the_same_output_as_this_one),
        ("a_live_session_goes_on_when_its_process_is_killed", a_live_session_goes_on_when_its_process_is_killed),
        ("lost_units_need_a_key_unit_until_it_comes", lost_units_need_a_key_unit_until_it_comes),
        ("a_process_that_hangs_is_ended_and_replaced", a_process_that_hangs_is_ended_and_replaced),
        (
            "units_that_arrive_while_a_process_starts_are_all_decoded",
            units_that_arrive_while_a_process_starts_are_all_decoded,
        ),
        ("frames_that_are_not_wanted_stay_in_the_process", frames_that_are_not_wanted_stay_in_the_process),
        ("units_that_no_decoder_accepts_do_not_stop_a_file", units_that_no_decoder_accepts_do_not_stop_a_file),
        ("a_file_whose_process_ends_is_an_error", a_file_whose_process_ends_is_an_error),
        ("no_file_makes_a_request_from_a_process", no_file_makes_a_request_from_a_process),
        ("every_restriction_of_the_sandbox_applies", every_restriction_of_the_sandbox_applies),
        ("memory_is_limited", memory_is_limited),
        ("hostile_bytes_as_a_file_are_an_error_or_media", hostile_bytes_as_a_file_are_an_error_or_media),
    ];
    let wanted: Vec<_> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    init().unwrap();
    for (name, test) in tests {
        if wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str())) {
            println!("test {name} ...");
            test();
            println!("test {name} ... ok");
        }
    }
}

/// What data that has taken a decoder over would do, inside the sandbox.
fn do_harm(deed: &str) -> ! {
    let parent = rustix::process::getppid();
    coach_media::process::enclose(1 << 30, 60);
    let done = match deed {
        "deed-connect" => std::net::TcpStream::connect("127.0.0.1:1").map(drop),
        "deed-listen" => std::net::UdpSocket::bind("127.0.0.1:0").map(drop),
        "deed-run" => std::process::Command::new("/bin/true").status().map(drop),
        "deed-read" => std::fs::File::open("/etc/passwd").map(drop),
        "deed-write" => std::fs::write("/tmp/coach-harm", "x"),
        // A limit of another process; one that it can do without.
        "deed-limit" => {
            let none = Rlimit { current: Some(0), maximum: Some(0) };
            prlimit(parent, Resource::Core, none).map(drop).map_err(Into::into)
        }
        "deed-memory" => {
            std::hint::black_box(vec![1u8; 3 << 30]);
            Ok(())
        }
        _ => Ok(()),
    };
    std::process::exit(if done.is_err_and(|e| e.kind() == std::io::ErrorKind::PermissionDenied) { 13 } else { 0 })
}

fn a_process_that_breaks_a_rule_is_ended_or_refused() {
    use std::os::unix::process::ExitStatusExt;
    let restrictions = Process::new(program()).restrictions().unwrap();
    if let Some(missing) = restrictions.missing() {
        not_checked(
            Need::Other,
            "the sandbox of decoding processes, whole",
            format_args!("this kernel lacks {missing}"),
        );
        return;
    }
    let (sys, abort) = (Some(31), Some(6));
    for (deed, signal, code) in [
        ("deed-connect", sys, None),
        ("deed-listen", sys, None),
        ("deed-run", None, Some(13)),
        ("deed-read", None, Some(13)),
        ("deed-write", None, Some(13)),
        ("deed-limit", None, Some(13)),
        ("deed-memory", abort, None),
        ("deed-nothing", None, Some(0)),
    ] {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        let status = command.arg(deed).stderr(std::process::Stdio::null()).status().unwrap();
        println!("{deed}: {status}");
        assert!(
            status.signal() == signal && status.code() == code || deed == "deed-run" && status.signal() == sys,
            "{deed}: {status}"
        );
    }
}

fn program() -> Program {
    Program::this(WORD)
}

#[derive(Debug, PartialEq, Clone)]
struct Seen {
    t: MediaTime,
    size: (usize, usize),
    sum: u64,
}

type Out = (Vec<Seen>, Vec<(MediaTime, usize, f32)>);

/// Decodes a file whole, in a process or here.
fn decode_file(process: Option<&Process>, path: &Path) -> Out {
    let mut source = match process {
        Some(process) => process.open(path, Limits::default()).unwrap(),
        None => file::Source::open(path, Limits::default()).unwrap(),
    };
    let formats = source.formats().clone();
    let (seen, heard) = (Arc::<Mutex<Vec<_>>>::default(), Arc::<Mutex<Vec<_>>>::default());
    let (see, hear) = (seen.clone(), heard.clone());
    let on_frame = move |frame: decode::VideoFrame| {
        let view = frame.view();
        let rows = view.y.chunks(view.y_stride).take(view.height);
        let sum = rows.flat_map(|row| &row[..view.width]).map(|p| u64::from(*p)).sum::<u64>()
            + view.u.iter().take(8).map(|p| u64::from(*p)).sum::<u64>();
        see.lock().unwrap().push(Seen { t: frame.t, size: (view.width, view.height), sum });
    };
    let on_block = move |block: decode::AudioBlock| {
        hear.lock().unwrap().push((block.t, block.samples.len(), block.samples.iter().sum()));
    };
    let mut video = formats.video.as_ref().map(|format| match process {
        Some(process) => process.video(format, on_frame).unwrap(),
        None => decode::Video::new(format, on_frame).unwrap(),
    });
    let mut audio = formats.audio.as_ref().map(|format| match process {
        Some(process) => process.audio(format, on_block).unwrap(),
        None => decode::Audio::new(format, on_block).unwrap(),
    });
    while let Some(item) = source.next().unwrap() {
        match &item {
            Item::Unit(Track::Video, unit) => video.as_mut().unwrap().push_blocking(unit).unwrap(),
            Item::Unit(Track::Audio, unit) => audio.as_mut().unwrap().push_blocking(unit).unwrap(),
            _ => {}
        }
    }
    if let Some(video) = &mut video {
        video.flush().unwrap();
    }
    if let Some(audio) = &mut audio {
        audio.flush().unwrap();
    }
    (std::mem::take(&mut seen.lock().unwrap()), std::mem::take(&mut heard.lock().unwrap()))
}

fn a_separate_process_gives_the_same_output_as_this_one() {
    let folder = tempfile::tempdir().unwrap();
    let film =
        ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=4", "-f", "lavfi", "-i", "sine=duration=4"];
    for (name, coding) in [
        ("a.webm", &["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"][..]),
        ("a.mp4", &["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-pix_fmt", "yuv420p", "-c:a", "aac"]),
        ("a.mov", &["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le"]),
        ("a.ts", &["-c:v", "libx265", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p", "-c:a", "mp2"]),
        ("a.mkv", &["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libvorbis"]),
        ("a.avi", &["-c:v", "mpeg4", "-c:a", "libmp3lame"]),
    ] {
        let Some(path) = ffmpeg(&[&film[..], coding].concat(), &folder.path().join(name)) else { return };
        let process = Process::new(program());
        let (there, here) = (decode_file(Some(&process), &path), decode_file(None, &path));
        assert!(here.0.len() >= 95 && !here.1.is_empty(), "{name}: {} frames", here.0.len());
        assert_eq!((there.0.len(), there.1.len()), (here.0.len(), here.1.len()), "{name}");
        assert!(there.0 == here.0, "{name}: frames differ");
        assert!(there.1 == here.1, "{name}: audio differs");
    }
}

/// Live units of a browser, with the formats.
fn live_units(seconds: u32) -> Option<(Formats, Vec<(Track, AccessUnit)>)> {
    let folder = tempfile::tempdir().unwrap();
    browser_like(folder.path(), seconds)?;
    let (formats, items) = read(&folder.path().join("material.webm")).unwrap();
    let units = items.into_iter().filter_map(|item| match item {
        Item::Unit(track, unit) => Some((track, unit)),
        _ => None,
    });
    Some((formats, units.collect()))
}

/// What a live session's decoders give, with what is done to their process before the unit of a number.
struct Live {
    frames: Vec<MediaTime>,
    lost: Vec<decode::Lost>,
    blocks: usize,
}

/// Starts both decoders of a live session.
fn decoders(process: &Process, formats: &Formats) -> (Arc<Mutex<Live>>, decode::Video, decode::Audio) {
    let out = Arc::new(Mutex::new(Live { frames: Vec::new(), lost: Vec::new(), blocks: 0 }));
    let (see, hear) = (out.clone(), out.clone());
    let on_frame = move |frame: decode::VideoFrame| {
        let mut out = see.lock().unwrap();
        out.frames.push(frame.t);
        out.lost.extend(frame.lost);
    };
    let video = process.video(formats.video.as_ref().unwrap(), on_frame).unwrap();
    let audio = process.audio(formats.audio.as_ref().unwrap(), move |_| hear.lock().unwrap().blocks += 1).unwrap();
    (out, video, audio)
}

fn live(process: &Process, units: &[(Track, AccessUnit)], formats: &Formats, mut before: impl FnMut(usize)) -> Live {
    let (out, mut video, mut audio) = decoders(process, formats);
    for (n, (track, unit)) in units.iter().enumerate() {
        before(n);
        match track {
            Track::Video => video.push(unit).unwrap(),
            Track::Audio => audio.push(unit).unwrap(),
        }
        // Live media does not come faster than it is decoded; a process that is being made is not waited for long.
        for _ in 0..if n % 16 == 0 { 60 } else { 0 } {
            if out.lock().unwrap().frames.last().is_some_and(|last| unit.t - *last < 700) {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    video.flush().unwrap();
    audio.flush().unwrap();
    drop((video, audio));
    Arc::into_inner(out).unwrap().into_inner().unwrap()
}

fn units_that_arrive_while_a_process_starts_are_all_decoded() {
    let Some((formats, units)) = live_units(12) else { return };
    let process = Process::new(program());
    let (out, mut video, mut audio) = decoders(&process, &formats);
    // It starts as slowly as on a machine that is busy: all the media comes before it has read a byte.
    signal(process.id().unwrap(), "-STOP");
    let packets = units.iter().filter(|(track, _)| *track == Track::Audio).count();
    for (track, unit) in &units {
        match track {
            Track::Video => video.push(unit).unwrap(),
            Track::Audio => audio.push(unit).unwrap(),
        }
    }
    signal(process.id().unwrap(), "-CONT");
    video.flush().unwrap();
    audio.flush().unwrap();
    assert_eq!((video.lost(), audio.lost()), (None, None));
    drop((video, audio));
    let out = Arc::into_inner(out).unwrap().into_inner().unwrap();
    println!("{} frames, {} blocks of {packets} packets, {:?}", out.frames.len(), out.blocks, out.lost);
    assert!(out.lost.is_empty() && out.blocks == packets, "{} blocks of {packets} packets, {:?}", out.blocks, out.lost);
}

/// Of 30 frames a second 15 come, the stamps of the others come with them, and the last ones when they are asked for.
fn frames_that_are_not_wanted_stay_in_the_process() {
    let Some((formats, mut units)) = live_units(6) else { return };
    units.retain(|(track, _)| *track == Track::Video);
    let stamps: Vec<MediaTime> = units.iter().map(|(_, unit)| unit.t).collect();
    let mut grid = FrameGrid::new(15);
    let wanted: Vec<MediaTime> = stamps.iter().copied().filter(|t| grid.takes(*t)).collect();
    assert!(wanted.len() * 2 <= stamps.len() + 1, "{} of {} frames are wanted", wanted.len(), stamps.len());
    let process = Process::new(program());
    let came = Arc::<Mutex<Vec<(MediaTime, bool)>>>::default();
    let noted = came.clone();
    let note = move |decoded| {
        noted.lock().unwrap().push(match decoded {
            decode::Decoded::Frame(frame) => (frame.t, true),
            decode::Decoded::Passed(t) => (t, false),
        });
    };
    let mut video = process.video_at(formats.video.as_ref().unwrap(), 15, note).unwrap();
    // As many as end with a frame that is not wanted.
    let half = (stamps.len() / 2..stamps.len()).find(|n| !wanted.contains(&stamps[*n])).unwrap() + 1;
    for (_, unit) in &units[..half] {
        video.push(unit).unwrap();
    }
    let newest_wanted = *wanted.iter().rfind(|t| **t < stamps[half - 1]).unwrap();
    // Every few units the process reports by itself, the last ones when it is asked: how many these are is a matter of the machine.
    wait_until(LIMIT, "the wanted frames", || {
        video.tell();
        came.lock().unwrap().contains(&(newest_wanted, true)).then_some(())
    });
    // Asked for as often as it takes the process to decode the last one.
    wait_until(LIMIT, "the stamp of the last frame", || {
        video.tell();
        came.lock().unwrap().last().is_some_and(|(t, _)| *t == stamps[half - 1]).then_some(())
    });
    for (_, unit) in &units[half..] {
        video.push_blocking(unit).unwrap();
    }
    video.flush().unwrap();
    let came = came.lock().unwrap();
    assert!(came.iter().map(|(t, _)| *t).eq(stamps), "every stamp comes once and in order");
    assert!(came.iter().filter(|(_, frame)| *frame).map(|(t, _)| *t).eq(wanted), "the wanted frames come");
}

/// A file with more damaged units in a row than may wait in a process.
fn units_that_no_decoder_accepts_do_not_stop_a_file() {
    let Some((formats, mut units)) = live_units(8) else { return };
    units.retain(|(track, _)| *track == Track::Video);
    let third = units.len() / 3;
    for (_, unit) in &mut units[third..third + 40] {
        // Too short to be a frame.
        unit.data = unit.data.slice(..2);
    }
    let process = Process::new(Program { most_silence: Duration::from_secs(5), ..program() });
    let (out, mut video, _audio) = decoders(&process, &formats);
    for (_, unit) in &units {
        video.push_blocking(unit).unwrap();
    }
    video.flush().unwrap();
    let out = out.lock().unwrap();
    println!("{} frames of {} units, {:?}", out.frames.len(), units.len(), out.lost);
    assert_eq!(out.lost.len(), 1, "{:?}", out.lost);
    assert_eq!(out.lost[0].span.start, units[third].1.t);
    assert!(out.frames.last().unwrap().ms() > 7_000, "{:?}", out.frames.last());
}

fn signal(id: u32, name: &str) {
    assert!(std::process::Command::new("kill").args([name, &id.to_string()]).status().unwrap().success());
}

fn a_live_session_goes_on_when_its_process_is_killed() {
    let Some((formats, units)) = live_units(12) else { return };
    let process = Process::new(program());
    let middle = units.len() / 2;
    let out = live(&process, &units, &formats, |n| {
        if n == middle {
            signal(process.id().unwrap(), "-KILL");
        }
    });
    let end = out.frames.last().unwrap().ms();
    assert!(end > 11_000, "the session ended at {end} ms");
    assert!(out.lost.len() <= 1, "{:?}", out.lost);
    // A key frame comes every two seconds.
    let lost: i64 = out.lost.iter().map(|lost| lost.span.end - lost.span.start).sum();
    println!(
        "killed at unit {middle}: {} frames, {} blocks, {lost} ms lost in {} gaps",
        out.frames.len(),
        out.blocks,
        out.lost.len()
    );
    assert!(lost <= 4000, "{:?}", out.lost);
}

fn lost_units_need_a_key_unit_until_it_comes() {
    let Some((formats, mut units)) = live_units(8) else { return };
    units.retain(|(track, _)| *track == Track::Video);
    let units: Vec<_> = units.into_iter().map(|(_, unit)| unit).collect();
    let keys: Vec<_> = units.iter().enumerate().filter(|(_, unit)| unit.key).map(|(n, _)| n).collect();
    let process = Process::new(program());
    let (out, mut video, _audio) = decoders(&process, &formats);
    // First a damaged unit, then the end of the process.
    for (n, key) in keys[..2].iter().copied().enumerate() {
        for unit in &units[key..key + 3] {
            video.push(unit).unwrap();
        }
        assert!(!video.needs_key());
        wait_until(LIMIT, "the units are decoded", || {
            out.lock().unwrap().frames.contains(&units[key + 2].t).then_some(())
        });
        let mut unit = units[key + 3].clone();
        if n == 0 {
            unit.data = unit.data.slice(..2);
        } else {
            signal(process.id().unwrap(), "-KILL");
        }
        wait_until(LIMIT, "a key unit is needed", || {
            video.push(&unit).unwrap();
            video.needs_key().then_some(())
        });
        video.push(&units[key + 4]).unwrap();
        assert!(video.needs_key(), "a unit that needs the lost one does not help");
        video.push(&units[keys[n + 1]]).unwrap();
        assert!(!video.needs_key());
    }
    video.flush().unwrap();
    drop(video);
    let out = out.lock().unwrap();
    println!("{} frames, {:?}", out.frames.len(), out.lost);
    assert_eq!(out.frames.last(), Some(&units[keys[2]].t));
}

fn a_process_that_hangs_is_ended_and_replaced() {
    let Some((formats, mut units)) = live_units(8) else { return };
    units.retain(|(track, _)| *track == Track::Video);
    let units: Vec<_> = units.into_iter().map(|(_, unit)| unit).collect();
    let key = units.iter().skip(4).position(|unit| unit.key).unwrap() + 4;
    // Longer than a process at work is silent, also on a machine that is busy.
    let process = Process::new(Program { most_silence: Duration::from_secs(5), ..program() });
    let (out, mut video, _audio) = decoders(&process, &formats);
    let decoded = |t| {
        wait_until(LIMIT, "the units are decoded", || out.lock().unwrap().frames.contains(&t).then_some(()));
    };
    for unit in &units[..3] {
        video.push(unit).unwrap();
    }
    decoded(units[2].t);
    let first = process.id().unwrap();
    signal(first, "-STOP");
    wait_until(LIMIT, "the hanging process is replaced", || {
        video.push(&units[3]).unwrap();
        process.id().is_some_and(|id| id != first).then_some(())
    });
    for unit in &units[key..key + 3] {
        video.push(unit).unwrap();
    }
    decoded(units[key + 2].t);
    let out = out.lock().unwrap();
    println!("{} frames, {:?}", out.frames.len(), out.lost);
    let lost: Vec<_> = out.lost.iter().map(|lost| (lost.span.start, lost.span.end)).collect();
    assert_eq!(lost, [(units[3].t, units[key].t)]);
}

fn a_file_whose_process_ends_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    if browser_like(folder.path(), 30).is_none() {
        return;
    }
    let process = Process::new(program());
    let mut source = process.open(&folder.path().join("material.webm"), Limits::default()).unwrap();
    signal(process.id().unwrap(), "-KILL");
    let error = loop {
        match source.next() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("a file ended whose process was killed"),
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, file::Error::Ended(why) if why.contains("signal: 9")), "{error:?}");
    // Another file goes on with another process.
    assert!(process.open(&folder.path().join("material.webm"), Limits::default()).is_ok());
}

fn no_file_makes_a_request_from_a_process() {
    let (listener, folder) = (links::Listener::start(), tempfile::tempdir().unwrap());
    let process = Process::new(program());
    let files = links::files(&listener.address);
    for (name, bytes) in &files {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        if let Ok(mut source) = process.open(&path, Limits::default()) {
            while let Ok(Some(_)) = source.next() {}
        }
    }
    assert_eq!(listener.seen(), 0);
    println!("{} files, 0 requests", files.len());
}

fn every_restriction_of_the_sandbox_applies() {
    let restrictions = Process::new(program()).restrictions().unwrap();
    println!("{restrictions:?}");
    assert!(restrictions.no_limits.is_none(), "{restrictions:?}");
    // What a kernel lacks is said, not asserted: this one may be older.
    if let Some(missing) = restrictions.missing() {
        not_checked(
            Need::Other,
            "the sandbox of decoding processes, whole",
            format_args!("this kernel lacks {missing}"),
        );
    }
}

fn memory_is_limited() {
    let Some((formats, units)) = live_units(4) else { return };
    // Too little to load the decoders in: the process ends, and that is an error with a reason.
    let process = Process::new(Program { memory: 64 << 20, ..program() });
    let mut video = process.video(formats.video.as_ref().unwrap(), |_| ()).unwrap();
    let failed =
        units.iter().filter(|(track, _)| *track == Track::Video).find_map(|(_, unit)| video.push_blocking(unit).err());
    let failed = failed.or_else(|| video.flush().err());
    println!("{failed:?}");
    assert!(failed.is_some());
}

fn hostile_bytes_as_a_file_are_an_error_or_media() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let mut seeds = material::recordings(folder.path());
    // The least of an MP4 and of a WAV.
    seeds.push(b"\0\0\0\x18ftypisom\0\0\0\0isommp42\0\0\0\x08moov\0\0\0\x08mdat".to_vec());
    let mut wav =
        b"RIFF\x24\x08\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\0\x08\0\0".to_vec();
    wav.extend([1; 2048]);
    seeds.push(wav);
    let (process, ended) = (Process::new(program()), Mutex::new(Vec::new()));
    coach_testing::fuzz("files", seeds, |bytes| {
        std::fs::write(&file, bytes).unwrap();
        let limits = Limits { duration: MediaTime(600_000), pixels: 1920 * 1080, ..Limits::default() };
        let read = process.open(&file, limits).and_then(|mut source| {
            while source.next()?.is_some() {}
            Ok(())
        });
        // A fault of a library ends the process and nothing else.
        if let Err(file::Error::Ended(why)) = read {
            ended.lock().unwrap().push(why);
        }
    });
    let ended = ended.into_inner().unwrap();
    println!(
        "{} files ended their process: {:?}",
        ended.len(),
        ended.iter().collect::<std::collections::BTreeSet<_>>()
    );
}
