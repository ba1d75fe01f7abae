//! CPU time and memory of the words path on WAV files of 16 bits, as JSON: `words_bench FILE...`.
//!
//! The listener alone, the listener that collects segments, and the recognizer on them; models from $COACH_MODELS, else ./models.
//! `scripts/bench/words.py` puts PocketSphinx beside it.
#![allow(clippy::disallowed_methods)]

#[path = "../tests/voice_support/mod.rs"]
mod voice_support;
#[path = "../tests/words_support/mod.rs"]
mod words_support;

use voice_support::{Sound, listen, silero, wav};
use words_support::{cpu_seconds, recognizer, segments, text};

/// Resident memory of this process in MiB.
fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = cpu_seconds();
    let made = work();
    (made, cpu_seconds() - before)
}

fn main() {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let sounds: Vec<Sound> = files.iter().map(|file| wav(file.as_ref())).collect();
    let seconds: f64 = sounds.iter().map(|s| s.samples.len() as f64 / f64::from(s.rate_hz)).sum();
    let Some(_) = silero() else { return println!("{{}}") };
    let alone = |sound: &Sound| listen(sound, silero().expect("asked for before"), Default::default()).len();
    let ((), listening_s) = timed(|| sounds.iter().for_each(|s| _ = std::hint::black_box(alone(s))));
    let all: Vec<_> = sounds.iter().map(|s| segments(s, 480)).collect();
    let before_mib = resident_mib();
    let (found, load_s) = timed(|| recognizer("words"));
    let Some(mut recognizer) = found else { return println!("{{}}") };
    let loaded_mib = resident_mib();
    let (texts, recognizing_s) = timed(|| {
        let phrases = all.iter().map(|segments| {
            let written = segments.iter().filter_map(|s| recognizer.transcribe(s).expect("a working network"));
            text(&written.collect::<Vec<_>>())
        });
        phrases.collect::<Vec<String>>()
    });
    println!(
        "{}",
        serde_json::json!({
            "seconds": seconds, "listening_s": listening_s, "recognizing_s": recognizing_s, "load_s": load_s,
            "segments": all.iter().map(Vec::len).sum::<usize>(), "loaded_mib": loaded_mib - before_mib,
            "after_mib": resident_mib() - before_mib, "texts": texts,
        })
    );
}
