//! Prints what decoding costs, in this process and in one of its own: time to the first frame, latency per frame and packet, and
//! processor time.
//!
//! `cargo run --release -p coach-media --example decode_cost -- FILE [ROUNDS]`: pushes the file's units at their own pace, as a
//! live session would, and then once more as fast as it goes; so many times by turns, 3 unless said. The last lines are the
//! medians and what a process of its own costs more. It is asked for 15 frames a second, as by a live session.

use coach_core::MediaTime;
use coach_media::file::{Limits, Source};
use coach_media::process::{Decoding, Process, Program, enable, run};
use coach_media::{Format, Formats, Item, Track, decode};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

type Pushed = Arc<Mutex<HashMap<(Track, i64), Instant>>>;

/// The frames of a second that a live session analyzes.
const ANALYZED_HZ: u32 = 15;

/// The word that makes this program a decoding process.
const WORD: &str = "decoding-process";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(WORD) {
        run(arguments);
    }
    coach_media::init()?;
    let file = std::env::args().nth(1).ok_or("usage: decode_cost FILE [ROUNDS]")?;
    let rounds: usize = std::env::args().nth(2).map_or(Ok(3), |text| text.parse())?;
    let mut source = Source::open(file.as_ref(), Limits::default())?;
    let formats = source.formats().clone();
    let mut items = Vec::new();
    while let Some(item) = source.next()? {
        items.push(item);
    }
    enable(Program::this(WORD));
    if let Some(format) = &formats.video {
        for warm in [false, true] {
            let first = first_frame(format, &items, warm)?;
            let of = if warm { "that was started ahead" } else { "that is started with the media" };
            println!("first frame of a process {of}: {:.0} ms", first.as_secs_f64() * 1000.0);
        }
    }
    let mut spent = [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]];
    for round in 0..rounds {
        for (apart, live) in [(false, true), (true, true), (false, false), (true, false)] {
            // By turns, so that neither is always the first one.
            let apart = apart != (round % 2 == 1);
            spent[usize::from(live)][usize::from(apart)].push(measure(&formats, &items, apart, live)?);
        }
    }
    for live in [true, false] {
        let [here, apart] = spent[usize::from(live)].each_mut().map(|times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        });
        let more = (apart / here - 1.0) * 100.0;
        println!("{}: {here:.3} s in this process, {apart:.3} s in its own: {more:+.1} %", pace(live));
    }
    Ok(())
}

fn pace(live: bool) -> &'static str {
    if live { "live" } else { "as fast as it goes" }
}

/// Decodes the items once and prints what it cost. Returns the processor time in seconds.
fn measure(formats: &Formats, items: &[Item], apart: bool, live: bool) -> Result<f64, Box<dyn std::error::Error>> {
    // Started and warm, as in a session that runs.
    let decoding = apart.then(Decoding::new);
    let process = decoding.as_ref().and_then(Decoding::process);
    if let Some(process) = process {
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
    let video = formats.video.as_ref().map(|format| match &decoding {
        Some(decoding) => decoding.video_at(format, ANALYZED_HZ, move |decoded| {
            if let decode::Decoded::Frame(frame) = decoded {
                seen(frame.t);
            }
        }),
        None => decode::Video::new(format, move |frame| seen(frame.t)),
    });
    let audio = formats.audio.as_ref().map(|format| match &decoding {
        Some(decoding) => decoding.audio(format, move |block| heard(block.t)),
        None => decode::Audio::new(format, move |block| heard(block.t)),
    });
    let (mut video, mut audio) = (video.transpose()?, audio.transpose()?);
    let child = process.and_then(Process::id);
    let spent = || processor_time("self") + child.map_or(0.0, |id| processor_time(&id.to_string()));
    let (started, cpu, mut last) = (Instant::now(), spent(), 0);
    for item in items {
        let Item::Unit(track, unit) = item else { continue };
        last = last.max(unit.t.ms());
        if live {
            let due = started + Duration::from_millis(unit.t.ms().unsigned_abs());
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        pushed.lock().expect("no panic").insert((*track, unit.t.ms()), Instant::now());
        match (track, &mut video, &mut audio) {
            (Track::Video, Some(video), _) if live => video.push(unit)?,
            (Track::Video, Some(video), _) => video.push_blocking(unit)?,
            (Track::Audio, _, Some(audio)) if live => audio.push(unit)?,
            (Track::Audio, _, Some(audio)) => audio.push_blocking(unit)?,
            _ => {}
        }
    }
    // Before the process ends with them.
    let flushed = (video.as_mut().map(decode::Video::flush), audio.as_mut().map(decode::Audio::flush));
    let (wall, cpu) = (started.elapsed().as_secs_f64(), spent() - cpu);
    flushed.0.transpose()?;
    flushed.1.transpose()?;
    println!("{}: {last} ms of media in {wall:.2} s", pace(live));
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
    Ok(cpu)
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
