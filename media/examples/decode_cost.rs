//! Prints what decoding costs, in this process and in one of its own: time to the first frame, latency per frame and packet, and
//! processor time.
//!
//! `cargo run --release -p coach-media --example decode_cost -- FILE`: pushes the file's units at their own pace, as a live
//! session would, and then once more as fast as it goes.

use coach_core::MediaTime;
use coach_media::file::{Limits, Source};
use coach_media::process::{Process, Program, run};
use coach_media::{Format, Item, Track, decode};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

type Pushed = Arc<Mutex<HashMap<(Track, i64), Instant>>>;

/// The word that makes this program a decoding process.
const WORD: &str = "decoding-process";

#[expect(clippy::too_many_lines, reason = "one measurement after the other, each printed where it is made")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(WORD) {
        run(arguments);
    }
    coach_media::init()?;
    let file = std::env::args().nth(1).ok_or("usage: decode_cost FILE")?;
    let mut source = Source::open(file.as_ref(), Limits::default())?;
    let formats = source.formats().clone();
    let mut items = Vec::new();
    while let Some(item) = source.next()? {
        items.push(item);
    }
    if let Some(format) = &formats.video {
        for warm in [false, true] {
            let first = first_frame(format, &items, warm)?;
            let of = if warm { "that was started ahead" } else { "that is started with the media" };
            println!("first frame of a process {of}: {:.0} ms", first.as_secs_f64() * 1000.0);
        }
    }
    for (apart, live) in [(false, true), (true, true), (false, false), (true, false)] {
        // Started and warm, as in a session that runs.
        let process = apart.then(|| Process::new(Program::this(WORD)));
        if let Some(process) = &process {
            process.restrictions()?;
        }
        let (pushed, waited) = (Pushed::default(), Arc::new(Mutex::new([Vec::new(), Vec::new()])));
        let note = |track: Track| {
            let (pushed, waited) = (pushed.clone(), waited.clone());
            move |t: MediaTime| {
                let since = pushed.lock().expect("no panic").remove(&(track, t.ms()));
                if let Some(since) = since {
                    waited.lock().expect("no panic")[track as usize].push(since.elapsed());
                }
            }
        };
        let (seen, heard) = (note(Track::Video), note(Track::Audio));
        let mut video = formats
            .video
            .as_ref()
            .map(|f| {
                let sink = move |frame: decode::VideoFrame| seen(frame.t);
                match &process {
                    Some(process) => process.video(f, sink),
                    None => decode::Video::new(f, sink),
                }
            })
            .transpose()?;
        let mut audio = formats
            .audio
            .as_ref()
            .map(|f| {
                let sink = move |block: decode::AudioBlock| heard(block.t);
                match &process {
                    Some(process) => process.audio(f, sink),
                    None => decode::Audio::new(f, sink),
                }
            })
            .transpose()?;
        let child = process.as_ref().and_then(Process::id);
        let spent = || processor_time("self") + child.map_or(0.0, |id| processor_time(&id.to_string()));
        let (started, cpu, mut last) = (Instant::now(), spent(), 0);
        for item in &items {
            let Item::Unit(track, unit) = item else { continue };
            last = last.max(unit.t.ms());
            if live {
                let due = started + Duration::from_millis(unit.t.ms().unsigned_abs());
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            pushed.lock().expect("no panic").insert((*track, unit.t.ms()), Instant::now());
            match (track, &mut video, &mut audio) {
                (Track::Video, Some(video), _) => {
                    if live {
                        video.push(unit)?
                    } else {
                        video.push_blocking(unit)?
                    }
                }
                (Track::Audio, _, Some(audio)) => {
                    if live {
                        audio.push(unit)?
                    } else {
                        audio.push_blocking(unit)?
                    }
                }
                _ => {}
            }
        }
        video.map_or(Ok(()), |mut video| video.flush())?;
        audio.map_or(Ok(()), |mut audio| audio.flush())?;
        let (wall, cpu) = (started.elapsed().as_secs_f64(), spent() - cpu);
        println!("{}: {last} ms of media in {wall:.2} s", if live { "live" } else { "as fast as it goes" });
        println!("  {}", if apart { "in a process of its own" } else { "in this process" });
        println!("  processor {cpu:.2} s: {:.1} % of a core at live pace", cpu * 100_000.0 / last.max(1) as f64);
        let mut waited = waited.lock().expect("no panic");
        for (name, track) in [("frames", Track::Video), ("packets", Track::Audio)] {
            let waited = &mut waited[track as usize];
            waited.sort();
            let at = |part: usize| waited.get((waited.len() * part / 100).min(waited.len().saturating_sub(1)));
            let ms = |d: Option<&Duration>| d.map_or(f64::NAN, |d| d.as_secs_f64() * 1000.0);
            println!(
                "  {} {name}: p50 {:.2} p95 {:.2} max {:.2} ms",
                waited.len(),
                ms(at(50)),
                ms(at(95)),
                ms(waited.last())
            );
        }
    }
    Ok(())
}

/// Time from the first unit of video to its frame.
fn first_frame(format: &Format, items: &[Item], warm: bool) -> Result<Duration, Box<dyn std::error::Error>> {
    let process = Process::new(Program::this(WORD));
    if warm {
        process.restrictions()?;
    }
    let (came, comes) = std::sync::mpsc::channel();
    let started = Instant::now();
    let mut video = process.video(format, move |_| {
        let _ = came.send(started.elapsed());
    })?;
    for item in items {
        if let Item::Unit(Track::Video, unit) = item {
            video.push(unit)?;
            // Some decoders give a frame out when the next unit comes.
            if unit.t.ms() > 200 {
                break;
            }
        }
    }
    let first = comes.recv_timeout(Duration::from_secs(60))?;
    video.flush()?;
    Ok(first)
}

/// Seconds of a process, user and system, from /proc (in ticks of 10 ms).
fn processor_time(process: &str) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    [11, 12].iter().filter_map(|n| fields.get(*n)?.parse::<f64>().ok()).sum::<f64>() / 100.0
}
