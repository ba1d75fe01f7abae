//! The voice report beside Praat 6.1.38 (praat-parselmouth 0.4.7) on every file that has a reference.
//!
//! References were made with the commands of `voice::report`'s documentation; `f0` has four decimals.

mod voice_support;

use coach_perception::voice::report::voice_report;
use voice_support::{Difference, compare, data, json, numbers, wav};

#[test]
#[expect(clippy::too_many_lines, reason = "one table of measures and bounds, read from top to bottom")]
fn the_report_agrees_with_praat_on_every_file_that_has_a_reference() {
    let Some(folder) = data("parity with Praat") else { return };
    let reference = json(&folder.join("reference/praat.json"));
    let mut all = Difference::default();
    let (mut failures, mut worst) = (Vec::new(), std::collections::BTreeMap::<&str, (f64, String)>::new());
    let mut intensity_all = 0.0f64;
    let (mut files, mut values) = (0, 0);
    for (file, praat) in reference.as_object().expect("an object") {
        let sound = wav(&folder.join(file));
        let report = voice_report(&sound.samples, sound.rate_hz, true).expect("a report");
        let ours = serde_json::to_value(&report).expect("JSON");
        files += 1;
        let frames = report.frames.expect("frames");
        let name = file.rsplit('/').next().unwrap_or(file);
        let curves = folder.join(format!("reference/frames/{name}.praat.json"));
        if curves.is_file() {
            let curves = json(&curves);
            let theirs = numbers(&curves["f0"]);
            let d = compare(&frames.f0, &theirs);
            if frames.f0.len() != theirs.len() || (frames.t0 - curves["f0_t0"].as_f64().unwrap_or(0.0)).abs() > 1e-9 {
                failures.push(format!("{file}: another grid, {} frames for {}", frames.f0.len(), theirs.len()));
            }
            if d.vde() > 0.5 && report.duration > 5.0 {
                failures.push(format!("{file}: VDE {:.3} %", d.vde()));
            }
            all.add(d);
            let theirs = numbers(&curves["intensity_db"]);
            let off = frames.intensity.iter().zip(&theirs).filter(|(_, b)| **b > -200.0);
            let off = off.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            intensity_all = intensity_all.max(off);
            if off > 0.05 || frames.intensity.len() != theirs.len() {
                failures.push(format!("{file}: intensity {off:.4} dB"));
            }
        }
        let measures = [
            ("jitter_local", "jitter_local", 0.005),
            ("jitter_abs", "jitter_local_absolute", 0.005),
            ("jitter_rap", "jitter_rap", 0.005),
            ("jitter_ppq5", "jitter_ppq5", 0.005),
            ("jitter_ddp", "jitter_ddp", 0.005),
            ("shimmer_local", "shimmer_local", 0.005),
            ("shimmer_local_dB", "shimmer_local_db", 0.005),
            ("shimmer_apq3", "shimmer_apq3", 0.005),
            ("shimmer_apq5", "shimmer_apq5", 0.005),
            ("shimmer_apq11", "shimmer_apq11", 0.005),
            ("f0_mean", "f0_mean", 0.001),
            ("f0_sd", "f0_sd", 0.02),
            ("f0_min", "f0_min", 0.001),
            ("f0_max", "f0_max", 0.001),
        ];
        for (theirs, mine, bound) in measures {
            let (Some(a), Some(b)) = (ours[mine].as_f64(), praat[theirs].as_f64()) else {
                if ours[mine].is_null() != praat[theirs].is_null() {
                    failures.push(format!("{file}: {mine} {} for {}", ours[mine], praat[theirs]));
                }
                continue;
            };
            values += 1;
            let off = if b == 0.0 { a.abs() } else { (a / b - 1.0).abs() };
            let entry = worst.entry(mine).or_default();
            if off > entry.0 {
                *entry = (off, file.clone());
            }
            if off > bound {
                failures.push(format!("{file}: {mine} {a} for {b} ({:.3} %)", 100.0 * off));
            }
        }
        if let (Some(a), Some(b)) = (ours["hnr_cc_mean"].as_f64(), praat["hnr_cc_mean"].as_f64()) {
            let entry = worst.entry("hnr_cc_mean (dB)").or_default();
            if (a - b).abs() > entry.0 {
                *entry = ((a - b).abs(), file.clone());
            }
            if (a - b).abs() > 0.1 {
                failures.push(format!("{file}: HNR {a:.3} for {b:.3} dB"));
            }
        }
    }
    println!(
        "{files} files, {} frames, {values} values: VDE {:.4} %, GPE {:.4} %, mean {:.4} cents, p95 {:.4} cents; intensity {:.6} dB",
        all.frames,
        all.vde(),
        all.gpe(),
        all.mean_cents(),
        all.p95_cents(),
        intensity_all
    );
    for (measure, (off, file)) in &worst {
        println!("  {measure}: worst {:.5} ({file})", off);
    }
    assert!(all.vde() <= 0.1 && all.gpe() <= 0.05 && all.mean_cents() <= 0.1, "over the set");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
