//! Prints what decoding costs: latency per picture and packet, and processor time per stream.
//!
//! `cargo run --release -p coach-media --example decode_cost -- FILE`: pushes the file's units at their own pace, as a live
//! session would, and then once more as fast as it goes.

use coach_core::MediaTime;
use coach_media::file::{Limits, Source};
use coach_media::{Item, Track, decode};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

type Pushed = Arc<Mutex<HashMap<(Track, i64), Instant>>>;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    coach_media::init()?;
    let file = std::env::args().nth(1).ok_or("usage: decode_cost FILE")?;
    let mut source = Source::open(file.as_ref(), Limits::default())?;
    let formats = source.formats().clone();
    let mut items = Vec::new();
    while let Some(item) = source.next()? {
        items.push(item);
    }
    for live in [true, false] {
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
        let mut video =
            formats.video.as_ref().map(|f| decode::Video::new(f, move |frame| seen(frame.t))).transpose()?;
        let mut audio =
            formats.audio.as_ref().map(|f| decode::Audio::new(f, move |block| heard(block.t))).transpose()?;
        let (started, cpu, mut last) = (Instant::now(), processor_time(), 0);
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
        let (wall, cpu) = (started.elapsed().as_secs_f64(), processor_time() - cpu);
        println!("{}: {last} ms of media in {wall:.2} s", if live { "live" } else { "as fast as it goes" });
        println!("  processor {cpu:.2} s: {:.1} % of a core at live pace", cpu * 100_000.0 / last.max(1) as f64);
        let mut waited = waited.lock().expect("no panic");
        for (name, track) in [("pictures", Track::Video), ("packets", Track::Audio)] {
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

/// Seconds of this process, user and system, from /proc (in ticks of 10 ms).
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    [11, 12].iter().filter_map(|n| fields.get(*n)?.parse::<f64>().ok()).sum::<f64>() / 100.0
}
