//! Syllable nuclei beside phoneme truth, and words per minute beside known words.

mod voice_support;

use coach_core::journal::Line;
use coach_perception::voice::Tuning;
use std::path::Path;
use voice_support::{best_activity, data, listen, manifest, numbers, wav};

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

/// Words per minute and nuclei per minute of one stretch of speech.
struct Stretch {
    file: String,
    wpm: f64,
    nuclei_per_minute: f64,
}

/// Mean error when the words per nucleus are learnt from the other files.
fn leave_one_out(stretches: &[Stretch]) -> f64 {
    let errors: Vec<f64> = stretches
        .iter()
        .map(|stretch| {
            let others = stretches.iter().filter(|other| other.file != stretch.file);
            let (words, nuclei) = others.fold((0.0, 0.0), |(w, n), other| (w + other.wpm, n + other.nuclei_per_minute));
            (stretch.nuclei_per_minute * words / nuclei - stretch.wpm).abs()
        })
        .collect();
    errors.iter().sum::<f64>() / errors.len() as f64
}

#[test]
fn words_per_minute_follow_from_nuclei_and_a_factor_learnt_elsewhere() {
    let Some(folder) = data("words per minute beside known words") else { return };
    let manifest = manifest(&folder);
    let mut real = Vec::new();
    for (file, truth) in &manifest {
        let name = file.trim_start_matches("real/");
        let known = name.starts_with("two_cities")
            || name.starts_with("jfk")
            || name.starts_with("libri_")
            || name == "mfa_cold_corpus.wav";
        let Some(words) = truth["words"].as_f64().filter(|_| known && file.starts_with("real/")) else { continue };
        let found = nuclei(&folder.join(file));
        // From the first nucleus to the last: silence at the ends belongs to nobody.
        let (Some(first), Some(last)) = (found.first(), found.last()) else { panic!("no nuclei in {file}") };
        let minutes = (last - first + 0.2) / 60.0;
        let stretch =
            Stretch { file: file.clone(), wpm: words / minutes, nuclei_per_minute: found.len() as f64 / minutes };
        println!("{file}: {:.0} wpm, {:.3} words per nucleus", stretch.wpm, words / found.len() as f64);
        real.push(stretch);
    }
    let per_file = leave_one_out(&real);
    let long: Vec<Stretch> =
        real.into_iter().filter(|s| manifest[&s.file]["duration"].as_f64().is_some_and(|d| d > 6.0)).collect();
    println!(
        "real files, leave one out: MAE {per_file:.1} wpm per file; {:.1} wpm on those over 6 s ({})",
        leave_one_out(&long),
        long.len()
    );
    for seconds in [20.0, 30.0] {
        let mut stretches = Vec::new();
        for (file, truth) in manifest.iter().filter(|(_, m)| m["kind"] == "espeak_rate") {
            let (words, found) = (numbers(&truth["word_times"]), nuclei(&folder.join(file)));
            let end = truth["speech_end"].as_f64().expect("an end");
            let mut start = truth["speech_start"].as_f64().expect("a start");
            while start + seconds <= end {
                let inside =
                    |times: &[f64]| times.iter().filter(|&&t| t >= start && t < start + seconds).count() as f64;
                let minutes = seconds / 60.0;
                stretches.push(Stretch {
                    file: file.clone(),
                    wpm: inside(&words) / minutes,
                    nuclei_per_minute: inside(&found) / minutes,
                });
                start += 2.0;
            }
        }
        println!(
            "synthetic speech, {seconds} s windows, leave one out: MAE {:.1} wpm ({} windows)",
            leave_one_out(&stretches),
            stretches.len()
        );
    }
    assert!(leave_one_out(&long) <= 15.0);
}
