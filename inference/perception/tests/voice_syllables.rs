//! Syllable nuclei beside phoneme truth.

mod voice_support;

use coach_core::journal::Line;
use coach_perception::voice::Tuning;
use std::path::Path;
use voice_support::{best_activity, data, listen, manifest, wav};

/// Times of the nuclei, s.
fn nuclei(file: &Path) -> Vec<f64> {
    let lines = listen(&wav(file), best_activity(), Tuning::default());
    lines.iter().filter_map(|line| if let Line::Nucleus(n) = line { Some(n.at.seconds()) } else { None }).collect()
}

#[test]
fn the_rate_of_nuclei_is_that_of_the_spoken_vowels() {
    let Some(folder) = data("syllables beside phoneme truth") else { return };
    let (mut failures, mut sum, mut files) = (Vec::new(), 0.0, 0);
    for (file, truth) in manifest(&folder).iter().filter(|(_, m)| m["kind"] == "espeak_rate") {
        let (syllables, wpm) =
            (truth["syllables"].as_f64().expect("a count"), truth["nominal_wpm"].as_f64().expect("wpm"));
        let found = nuclei(&folder.join(file)).len() as f64;
        let off = 100.0 * (found / syllables - 1.0);
        println!("{file}: {found} nuclei for {syllables} syllables ({off:+.1} %)");
        if (100.0..=260.0).contains(&wpm) {
            sum += off.abs();
            files += 1;
            if off.abs() > 8.0 {
                failures.push(format!("{file}: {off:+.1} %"));
            }
        }
    }
    println!("mean error {:.1} % over {files} files of 100 to 260 wpm (bound 8 % each)", sum / f64::from(files));
    assert!(failures.is_empty(), "{failures:?}");
}
