//! Abuses the voice path for a while: `voice_soak [SECONDS] [HOURS]`, 20 s of fuzz and a stream of 4 h by default.
//!
//! Fuzz: any samples, any blocks, any rates, any gaps; nothing may panic, no line may be out of range, and what was
//! promised to be known is never followed by something earlier. The long stream must not grow the memory.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

#[path = "../tests/voice_support/mod.rs"]
mod voice_support;

use coach_core::MediaTime;
use coach_core::journal::{GapReason, Line};
use coach_perception::voice::report::voice_report;
use coach_perception::voice::{Activity, Listener};
use voice_support::{Random, silero};

fn some_samples(random: &mut Random, n: usize) -> Vec<f32> {
    let (kind, size) = (random.next() % 8, 10f64.powf(random.uniform() * 8.0 - 6.0));
    let step = random.uniform() * 0.2;
    (0..n)
        .map(|i| match kind {
            0 => f32::from_bits(random.next() as u32),
            1 => (size * random.normal()) as f32,
            2 => (size * (i as f64 * step).sin()) as f32,
            3 => 0.0,
            4 => size as f32,
            5 => {
                if random.next().is_multiple_of(500) {
                    1.0
                } else {
                    0.0
                }
            }
            6 => (size * ((i as f64 * step).sin() + (i as f64 * step * 2.0).sin() + 0.1 * random.normal()))
                .clamp(-1.0, 1.0) as f32,
            _ => (size * if (i as f64 * step) % 1.0 < 0.5 { 1.0 } else { -1.0 }) as f32,
        })
        .collect()
}

fn check(line: &Line) {
    match line {
        Line::Voice(v) => {
            assert!(v.f0.iter().flatten().all(|hz| (50.0..500.0).contains(hz)), "{v:?}");
            assert!(v.strength.iter().chain(&v.speech).all(|x| (0.0..=1.0).contains(x)), "{v:?}");
            assert!(v.intensity.iter().all(|x| x.is_finite()) && v.snr_db.is_none_or(f32::is_finite), "{v:?}");
        }
        Line::VoicedRun(r) => {
            let values = [r.jitter_local, r.jitter_rap, r.jitter_ppq5, r.shimmer_local, r.hnr_db];
            assert!(values.into_iter().flatten().all(f32::is_finite) && r.start < r.end, "{r:?}");
        }
        Line::Hesitation(h) => assert!((0.0..=1.0).contains(&h.confidence) && h.start < h.end, "{h:?}"),
        _ => {}
    }
}

fn one_stream(seed: u64) {
    let mut random = Random::new(seed);
    let rates = [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000];
    let usual = rates[(random.next() % 8) as usize];
    let rate_hz = if random.next().is_multiple_of(6) { 7_000 + (random.next() % 190_000) as u32 } else { usual };
    let start = MediaTime((random.next() % 100_000) as i64 - 50_000);
    let Ok(mut listener) = Listener::new(rate_hz, Activity::energy(), start) else {
        assert!(!(8_000..=192_000).contains(&rate_hz));
        return;
    };
    let mut known = listener.known_until();
    for _ in 0..1 + random.next() % 12 {
        let mut earliest = MediaTime(i64::MAX);
        let mut out = |line: Line| {
            check(&line);
            earliest = earliest.min(line.t());
        };
        if random.next().is_multiple_of(5) {
            let end = listener.now() + (random.next() % 700) as i64 - 100;
            listener.gap(end, GapReason::Loss, &mut out).expect("no detector");
        } else {
            let n = (random.next() % 9_000) as usize;
            listener.push(&some_samples(&mut random, n), &mut out).expect("no detector");
        }
        assert!(earliest >= known, "seed {seed}: {earliest} after {known} was promised");
        known = listener.known_until();
    }
    listener.finish(&mut |line| check(&line)).expect("no detector");
    let n = (random.next() % 20_000) as usize;
    let samples = some_samples(&mut random, n);
    if let Ok(report) = voice_report(&samples, rate_hz, true) {
        let frames = report.frames.expect("frames");
        assert!(frames.f0.iter().chain(&frames.intensity).all(|x| x.is_finite()), "seed {seed}");
    }
}

fn resident_kib() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    text.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).expect("pages") * 4
}

/// Hours of a voice that comes and goes, with a lost packet now and then.
fn long_stream(hours: f64) {
    let activity = silero().unwrap_or_else(Activity::energy);
    let mut listener = Listener::new(48_000, activity, MediaTime::ZERO).expect("a rate");
    let mut random = Random::new(1);
    let minute: Vec<f32> = (0..48_000 * 60)
        .map(|i| {
            let t = f64::from(i) / 48_000.0;
            let on = if t % 7.0 < 5.0 { 0.15 * (0.5 + 0.5 * (22.0 * t).sin()) } else { 0.0 };
            let hz = 120.0 + 20.0 * (1.3 * t).sin();
            let buzz: f64 = (1..10).map(|k| (2.0 * std::f64::consts::PI * hz * f64::from(k) * t).sin()).sum();
            (on * buzz + 0.002 * random.normal()) as f32
        })
        .collect();
    let (mut lines, mut after_warm_up) = (0u64, 0);
    let minutes = (hours * 60.0) as u64;
    for n in 0..minutes {
        for block in minute.chunks(960) {
            if random.next().is_multiple_of(500) {
                let end = listener.now() + 20;
                listener.gap(end, GapReason::Loss, &mut |_| lines += 1).expect("a working detector");
            } else {
                listener.push(block, &mut |_| lines += 1).expect("a working detector");
            }
        }
        if n == minutes / 10 {
            after_warm_up = resident_kib();
        }
    }
    listener.finish(&mut |_| lines += 1).expect("a working detector");
    let grown = resident_kib().saturating_sub(after_warm_up);
    println!(
        "{hours} h of sound: {lines} lines, memory grew by {grown} KiB after the first tenth, now {} KiB",
        resident_kib()
    );
    assert!(grown <= 1_024, "memory is not flat");
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<f64>().expect("a number"));
    let (seconds, hours) = (arguments.next().unwrap_or(20.0), arguments.next().unwrap_or(4.0));
    let began = std::time::Instant::now();
    let mut seed = 0;
    while began.elapsed().as_secs_f64() < seconds {
        seed += 1;
        one_stream(seed);
    }
    println!("{seed} random streams in {seconds} s: clean");
    if hours > 0.0 {
        long_stream(hours);
    }
}
