//! Pauses of known length, read off the probability of speech; and no pause where somebody speaks.

mod voice_support;

use coach_perception::voice::{Activity, Tuning};
use voice_support::{Random, Sound, data, json, listen, manifest, numbers, percentile, silero, speech_of, wav};

/// Hops of silence as (first, end), after bursts under 60 ms and dips under 100 ms were smoothed away.
fn pauses(speech: &[f32]) -> Vec<(usize, usize)> {
    let mut on: Vec<bool> = speech.iter().map(|&p| p >= 0.5).collect();
    for (value, shortest) in [(true, 6), (false, 10)] {
        let mut first = 0;
        let runs: Vec<(usize, usize, bool)> = on
            .chunk_by(|a, b| a == b)
            .map(|run| {
                first += run.len();
                (first - run.len(), first, run[0])
            })
            .collect();
        for (start, end, is) in runs {
            if is == value && end - start < shortest && start > 0 && end < on.len() {
                on[start..end].fill(!value);
            }
        }
    }
    let mut first = 0;
    on.chunk_by(|a, b| a == b)
        .filter_map(|run| {
            first += run.len();
            (!run[0]).then_some((first - run.len(), first))
        })
        .collect()
}

fn with_noise(sound: &Sound, snr_db: f64) -> Sound {
    let mut random = Random::new(5);
    let loud: Vec<f64> = sound.samples.iter().map(|&x| f64::from(x)).filter(|x| x.abs() > 1e-4).collect();
    let power = loud.iter().map(|x| x * x).sum::<f64>() / loud.len() as f64;
    let size = (power / 10f64.powf(snr_db / 10.0)).sqrt();
    let samples = sound.samples.iter().map(|&x| x + (size * random.normal()) as f32).collect();
    Sound { rate_hz: sound.rate_hz, samples }
}

fn every_pause_is_found(activity: impl Fn() -> Option<Activity>, name: &str) {
    let Some(folder) = data("pauses of known length") else { return };
    for snr_db in [None, Some(30.0), Some(20.0), Some(10.0)] {
        let (mut errors, mut missed, mut extra) = (Vec::new(), Vec::new(), 0);
        for (file, truth) in manifest(&folder).iter().filter(|(_, m)| m["kind"] == "espeak_pauses") {
            let Some(activity) = activity() else { return };
            let sound = wav(&folder.join(file));
            let sound = snr_db.map_or_else(|| wav(&folder.join(file)), |snr_db| with_noise(&sound, snr_db));
            let found = pauses(&speech_of(&listen(&sound, activity, Tuning::default())));
            let spans: Vec<(f64, f64)> = found.iter().map(|&(a, b)| (a as f64 * 0.01, b as f64 * 0.01)).collect();
            let known: Vec<(f64, f64)> = truth["pauses"]
                .as_array()
                .expect("pauses")
                .iter()
                .map(|p| (p["start"].as_f64().expect("start"), p["dur"].as_f64().expect("dur")))
                .collect();
            for &(start, length) in known.iter().filter(|p| p.1 >= 0.25) {
                let covers = |p: &&(f64, f64)| p.1.min(start + length) - p.0.max(start) > 0.5 * length;
                match spans.iter().find(covers) {
                    Some(p) => errors.push(1000.0 * ((p.1 - p.0) - length)),
                    None => missed.push(format!("{file} at {start}")),
                }
            }
            let speech_end = truth["speech_end"].as_f64().expect("an end");
            extra += spans
                .iter()
                .filter(|p| p.1 - p.0 >= 0.25 && p.0 > 0.45 && p.1 < speech_end)
                .filter(|p| !known.iter().any(|k| p.1.min(k.0 + k.1) > p.0.max(k.0)))
                .count();
        }
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        let sizes: Vec<f64> = errors.iter().map(|e| e.abs()).collect();
        let p90 = percentile(&sizes, 0.9);
        println!(
            "{name}, SNR {snr_db:?}: {} found, {} missed, mean error {mean:+.0} ms, p90 {p90:.0} ms, {extra} where none is known",
            errors.len(),
            missed.len()
        );
        if snr_db.is_none_or(|snr_db| snr_db >= 30.0) {
            assert!(missed.is_empty(), "{missed:?}");
            assert!(mean.abs() <= 30.0 && p90 <= 80.0);
        }
    }
}

#[test]
fn every_pause_is_found_with_silero() {
    every_pause_is_found(silero, "Silero");
}

#[test]
fn every_pause_is_found_by_level_alone() {
    every_pause_is_found(|| Some(Activity::energy()), "level");
}

#[test]
fn no_long_pause_is_heard_where_somebody_speaks() {
    let Some(folder) = data("no spurious long pauses") else { return };
    let mut spurious = Vec::new();
    for (file, _) in manifest(&folder) {
        let name = file.trim_start_matches("real/");
        if !(name.starts_with("two_cities") || name.starts_with("jfk") || name.starts_with("libri_")) {
            continue;
        }
        let Some(activity) = silero() else { return };
        let curves = json(&folder.join(format!("reference/frames/{name}.praat.json")));
        let (f0, t0) = (numbers(&curves["f0"]), curves["f0_t0"].as_f64().expect("t0"));
        let found = pauses(&speech_of(&listen(&wav(&folder.join(&file)), activity, Tuning::default())));
        for (first, end) in found.into_iter().filter(|(first, end)| end - first > 100) {
            // Long pauses a reader really makes hold no voice but what clings to their edges.
            let voiced = f0.iter().enumerate().filter(|(i, hz)| {
                let t = t0 + *i as f64 * 0.01;
                **hz > 0.0 && t > first as f64 * 0.01 + 0.1 && t < end as f64 * 0.01 - 0.1
            });
            let share = voiced.count() as f64 / (end - first) as f64;
            println!("{name}: {:.2} to {:.2} s, {:.0} % voiced", first as f64 * 0.01, end as f64 * 0.01, 100.0 * share);
            if share > 0.05 {
                spurious.push(format!("{name} at {:.2} s", first as f64 * 0.01));
            }
        }
    }
    assert!(spurious.is_empty(), "{spurious:?}");
}
