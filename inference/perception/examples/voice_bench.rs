//! CPU time of the voice engine on WAV files of 16 bits, as JSON: `voice_bench ROUNDS FILE...`.
//!
//! The full report offline, and the live path in blocks of 20 ms with Silero (from $COACH_MODELS, else ./models) and without.
//! The best of the rounds counts. `scripts/bench/voice.py` puts Praat beside it.
#![allow(clippy::disallowed_methods)]

#[path = "../tests/voice_support/mod.rs"]
mod voice_support;

use coach_core::MediaTime;
use coach_perception::voice::report::voice_report;
use coach_perception::voice::{Activity, Listener};
use voice_support::{Sound, silero, wav};

/// Seconds this process spent on a CPU.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("Linux with schedstat");
    text.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).expect("nanoseconds") * 1e-9
}

fn best(rounds: usize, mut work: impl FnMut()) -> f64 {
    let costs = (0..rounds).map(|_| {
        let before = cpu_seconds();
        work();
        cpu_seconds() - before
    });
    costs.fold(f64::INFINITY, f64::min)
}

fn live(sound: &Sound, activity: Activity) {
    let mut listener = Listener::new(sound.rate_hz, activity, MediaTime::ZERO).expect("a rate in range");
    let mut lines = 0usize;
    for block in sound.samples.chunks(sound.rate_hz as usize / 50) {
        listener.push(block, &mut |_| lines += 1).expect("a working detector");
    }
    listener.finish(&mut |_| lines += 1).expect("a working detector");
    std::hint::black_box(lines);
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let rounds = arguments.next().and_then(|n| n.parse().ok()).expect("ROUNDS");
    let files: Vec<String> = arguments.collect();
    let sounds: Vec<Sound> = files.iter().map(|file| wav(file.as_ref())).collect();
    let seconds: f64 = sounds.iter().map(|s| s.samples.len() as f64 / f64::from(s.rate_hz)).sum();
    let reports: Vec<_> = sounds.iter().map(|s| voice_report(&s.samples, s.rate_hz, true).ok()).collect();
    let offline = best(rounds, || {
        for sound in &sounds {
            let _ = std::hint::black_box(voice_report(&sound.samples, sound.rate_hz, true));
        }
    });
    // Sessions are made beforehand: a stream lasts long, its start does not count.
    let timed = |make: &dyn Fn() -> Option<Activity>| -> Option<f64> {
        let mut ready: Vec<Activity> = (0..rounds * sounds.len()).map_while(|_| make()).collect();
        (ready.len() == rounds * sounds.len())
            .then(|| best(rounds, || sounds.iter().for_each(|sound| live(sound, ready.pop().expect("one per run")))))
    };
    let with_level = timed(&|| Some(Activity::energy()));
    let with_silero = timed(&silero);
    println!(
        "{}",
        serde_json::json!({ "seconds": seconds, "offline_s": offline, "live_level_s": with_level, "live_silero_s": with_silero, "reports": reports })
    );
}
