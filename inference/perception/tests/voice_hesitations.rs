//! Possible hesitations beside labelled ones, and in read speech, where there are none.
#![allow(clippy::disallowed_methods, reason = "references are read from files")]

mod voice_support;

use coach_core::journal::Line;
use coach_perception::voice::Tuning;
use std::path::Path;
use voice_support::{best_activity, data, listen, manifest, wav};

fn found(file: &Path) -> Vec<(f64, f64, f32)> {
    let lines = listen(&wav(file), best_activity(), Tuning::default());
    lines
        .iter()
        .filter_map(|line| match line {
            Line::Hesitation(h) => Some((h.start.seconds(), h.end.seconds(), h.confidence)),
            _ => None,
        })
        .collect()
}

/// True ones found, true ones in all, findings that are none.
fn score(found: &[(f64, f64, f32)], truth: &[(f64, f64)]) -> (usize, usize, usize) {
    let same = |f: &(f64, f64, f32), t: &(f64, f64)| f.1.min(t.1) - f.0.max(t.0) > 0.5 * (f.1 - f.0).min(t.1 - t.0);
    let hit = truth.iter().filter(|t| found.iter().any(|f| same(f, t))).count();
    let wrong = found.iter().filter(|f| !truth.iter().any(|t| same(f, t))).count();
    (hit, truth.len(), wrong)
}

#[test]
fn what_is_called_a_hesitation_mostly_is_one() {
    let Some(folder) = data("labelled hesitations") else { return };
    let (mut hits, mut all, mut wrong) = (0, 0, 0);
    for (file, truth) in manifest(&folder).iter().filter(|(_, m)| m["kind"] == "espeak_fillers") {
        let truth: Vec<(f64, f64)> = truth["fillers"]
            .as_array()
            .expect("fillers")
            .iter()
            .map(|f| {
                let (start, length) = (f["start"].as_f64().expect("start"), f["dur"].as_f64().expect("dur"));
                (start, start + length)
            })
            .collect();
        let found = found(&folder.join(file));
        let (h, n, w) = score(&found, &truth);
        println!("{file}: {h} of {n} found, {w} wrong; {found:.2?} for {truth:.2?}");
        (hits, all, wrong) = (hits + h, all + n, wrong + w);
    }
    let precision = hits as f64 / (hits + wrong).max(1) as f64;
    println!("synthetic fillers: precision {precision:.2} (bound 0.8), recall {:.2}", hits as f64 / all as f64);

    // The TextGrid's short form: start, end and word on three lines.
    let grid = std::fs::read_to_string(folder.join("real/mfa_cold_corpus.TextGrid")).expect("a TextGrid");
    let text: Vec<&str> = grid.lines().collect();
    let labelled: Vec<(f64, f64)> = text
        .windows(3)
        .filter(|w| w[2] == "\"uh\"" || w[2] == "\"um\"")
        .filter_map(|w| Some((w[0].parse().ok()?, w[1].parse().ok()?)))
        .collect();
    let heard = found(&folder.join("real/mfa_cold_corpus.wav"));
    let (h, n, w) = score(&heard, &labelled);
    println!("mfa_cold_corpus (a poor recording): {h} of {n} found, {w} wrong");

    let mut false_alarms = 0;
    for file in manifest(&folder).keys() {
        let name = file.trim_start_matches("real/");
        if name.starts_with("two_cities") || name.starts_with("jfk") || name.starts_with("libri_") {
            let found = found(&folder.join(file));
            false_alarms += found.len();
            if !found.is_empty() {
                println!("{file}: {found:.2?}");
            }
        }
    }
    println!("read speech: {false_alarms} false (bound 1)");
    assert!(precision >= 0.8 && hits > 0 && false_alarms <= 1);
}
