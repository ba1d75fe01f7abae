//! The product's path (16 kHz, causal peak, 100 ms look-ahead) beside Praat, which knows the whole sound.

mod voice_support;

use coach_core::journal::Line;
use coach_perception::voice::{Activity, Tuning};
use voice_support::{Difference, Sound, compare, data, f0_of, json, listen, numbers, wav};

/// Silence put before a sound so that hop centres fall on Praat's frames.
fn aligned(sound: &Sound, t0: f64) -> (Sound, usize) {
    let lead = (0.005 - t0).rem_euclid(0.01);
    let silence = (lead * f64::from(sound.rate_hz)).round() as usize;
    let mut samples = vec![0.0; silence];
    samples.extend_from_slice(&sound.samples);
    (Sound { rate_hz: sound.rate_hz, samples }, ((t0 + lead - 0.005) / 0.01).round() as usize)
}

#[test]
fn the_live_pitch_is_praats_but_for_what_only_the_future_knows() {
    let Some(folder) = data("the product's path beside Praat") else { return };
    let reference = json(&folder.join("reference/praat.json"));
    let (mut all, mut failures) = (Difference::default(), Vec::new());
    for (file, praat) in reference.as_object().expect("an object") {
        let name = file.rsplit('/').next().unwrap_or(file);
        let curves = folder.join(format!("reference/frames/{name}.praat.json"));
        if !curves.is_file() {
            continue;
        }
        let curves = json(&curves);
        let theirs = numbers(&curves["f0"]);
        let (sound, first) = aligned(&wav(&folder.join(file)), curves["f0_t0"].as_f64().expect("t0"));
        let tuning = Tuning { high_pass_hz: 0.0, ..Tuning::default() };
        let lines = listen(&sound, Activity::energy(), tuning);
        let ours = f0_of(&lines);
        let d = compare(&ours[first..], &theirs);
        let voiced_s = praat["voiced_fraction"].as_f64().unwrap_or(0.0) * theirs.len() as f64 * 0.01;
        let (mut jitter, mut weight) = (0.0, 0.0);
        for line in &lines {
            if let Line::VoicedRun(run) = line
                && let Some(local) = run.jitter_local
            {
                let seconds = (run.end - run.start) as f64;
                jitter += f64::from(local) * seconds;
                weight += seconds;
            }
        }
        let (jitter, truth) = (jitter / weight, praat["jitter_local"].as_f64().unwrap_or(f64::NAN));
        let off = 100.0 * (jitter / truth - 1.0);
        println!(
            "{name:36} VDE {:6.2} %  GPE {:5.2} %  {:6.3} cents  jitter {off:+6.1} % ({voiced_s:.1} s)",
            d.vde(),
            d.gpe(),
            d.mean_cents()
        );
        if voiced_s >= 10.0 && off.abs() > 10.0 {
            failures.push(format!("{name}: jitter {jitter:.5} for {truth:.5}"));
        }
        all.add(d);
    }
    println!(
        "all: {} frames, VDE {:.2} % (bound 3), GPE {:.3} % (bound 0.5), mean {:.3} cents, p95 {:.3} cents",
        all.frames,
        all.vde(),
        all.gpe(),
        all.mean_cents(),
        all.p95_cents()
    );
    assert!(all.vde() <= 3.0 && all.gpe() <= 0.5);
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
