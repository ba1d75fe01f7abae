//! Compares two journals of one session: that of the live path and that of the file path.

use anyhow::{Context, Result};
use coach_testing::{Need, not_checked};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The names of the scores.
pub const NAMES: [&str; 4] = ["confidence", "clarity", "resilience", "engagement"];

/// What two journals have in common.
#[derive(Debug, Clone, Default)]
pub struct Parity {
    pub faces: usize,
    pub faces_only_live: usize,
    pub faces_only_file: usize,
    /// Face lines that are the same in every byte.
    pub equal_faces: usize,
    /// Stamps of analyzed frames that differ or that only one journal has, ms, as long as the live session left none out: see
    /// [`in_full_until`].
    pub different_faces: Vec<i64>,
    pub hops: usize,
    pub equal_hops: usize,
    /// Stamps of hops that differ or that only one journal has, ms.
    pub different_hops: Vec<i64>,
    /// Hints are not in a journal; they are compared by the reports.
    pub nuclei: [usize; 2],
}

impl Parity {
    pub fn equal_hops_share(&self) -> f64 {
        if self.hops == 0 { 1.0 } else { self.equal_hops as f64 / self.hops as f64 }
    }
}

impl fmt::Display for Parity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} analyzed frames in both ({} equal in every value), {} only live, {} only from the file; {} voice hops, {:.3} % equal; nuclei {:?}",
            self.faces,
            self.equal_faces,
            self.faces_only_live,
            self.faces_only_file,
            self.hops,
            100.0 * self.equal_hops_share(),
            self.nuclei
        )
    }
}

fn lines<'a>(journal: &'a str, kind: &str) -> Vec<(&'a str, Value)> {
    let wanted = format!("{{\"kind\":\"{kind}\"");
    journal
        .lines()
        .filter(|line| line.starts_with(&wanted))
        .filter_map(|line| Some((line, serde_json::from_str(line).ok()?)))
        .collect()
}

/// Returns the time lost for good, as a journal's gap lines state it: how many gaps, and milliseconds, of video and of
/// audio.
pub fn lost(journal: &str) -> [(usize, i64); 2] {
    ["video", "audio"].map(|what| {
        let gaps = lines(journal, "gap").into_iter().filter(|(_, v)| v["what"] == what && v["reason"] == "loss");
        let ms = gaps.map(|(_, v)| v["end"].as_i64().unwrap_or_default() - v["start"].as_i64().unwrap_or_default());
        ms.fold((0, 0), |(n, sum), ms| (n + 1, sum + ms))
    })
}

/// Returns the media time until which a live session analyzed in full, ms: a second before its journal first tells that a busy
/// machine left frames out or analyzed them at another step, because another frame may stand in for one that is left out.
/// `i64::MAX`: it did throughout.
pub fn in_full_until(live: &str) -> i64 {
    let steps = lines(live, "rate").into_iter().filter_map(|(_, v)| v["t"].as_i64());
    let gaps = lines(live, "gap").into_iter().filter(|(_, v)| v["what"] == "video" || v["what"] == "face");
    let left_out = gaps.filter(|(_, v)| v["reason"] == "overload").filter_map(|(_, v)| v["start"].as_i64());
    steps.chain(left_out).min().map_or(i64::MAX, |t| t - 1000)
}

/// Returns whether a live session analyzed in full throughout. Where a busy machine left frames out, says that `what`, which rests on all of
/// them, is not checked.
pub fn is_in_full(live: &str, what: &str) -> bool {
    let until = in_full_until(live);
    if until < i64::MAX {
        not_checked(
            Need::Other,
            what,
            format!("this machine was too busy to analyze every frame live, from {until} ms on"),
        );
    }
    until == i64::MAX
}

/// Returns the lines of the analyzed frames, by their stamps.
fn faces(journal: &str) -> BTreeMap<i64, &str> {
    lines(journal, "face").into_iter().filter_map(|(line, v)| Some((v["t"].as_i64()?, line))).collect()
}

/// Compares the journals' observations, stamp by stamp.
pub fn compare(live: &str, file: &str) -> Parity {
    let mut parity = Parity::default();
    let (a, b) = (faces(live), faces(file));
    for (t, line) in &a {
        match b.get(t) {
            Some(other) => {
                parity.faces += 1;
                parity.equal_faces += usize::from(other == line);
            }
            None => parity.faces_only_live += 1,
        }
    }
    parity.faces_only_file = b.keys().filter(|t| !a.contains_key(*t)).count();
    let until = in_full_until(live);
    let stamps: BTreeSet<i64> = a.keys().chain(b.keys()).copied().filter(|t| *t < until).collect();
    parity.different_faces = stamps.into_iter().filter(|t| a.get(t) != b.get(t)).collect();
    let hops = |journal| {
        let mut found = BTreeMap::new();
        for (_, line) in lines(journal, "voice") {
            let t = line["t"].as_i64().unwrap_or_default();
            for hop in 0..10 {
                let value = ["f0", "strength", "intensity", "speech"].map(|key| line[key][hop].to_string());
                found.insert(t + 10 * hop as i64, value);
            }
        }
        found
    };
    let (a, b) = (hops(live), hops(file));
    parity.hops = a.len().max(b.len());
    parity.equal_hops = a.iter().filter(|(t, hop)| b.get(*t) == Some(hop)).count();
    let stamps: BTreeSet<i64> = a.keys().chain(b.keys()).copied().collect();
    parity.different_hops = stamps.into_iter().filter(|t| a.get(t) != b.get(t)).collect();
    parity.nuclei = [lines(live, "nucleus").len(), lines(file, "nucleus").len()];
    parity
}

/// Returns the scores of each answer and of the whole session, as they are printed.
pub fn scores(report: &Value) -> String {
    let answers = report["answers"].as_array().into_iter().flatten().chain([&report["overall"]]);
    let of = |answer: &Value| NAMES.map(|name| format!("{name} {:.1}", answer["scores"][name]["value"])).join(", ");
    answers.map(of).collect::<Vec<_>>().join("; ")
}

/// Returns the largest distance between two reports' scores, over all answers and the whole. A score that only one of
/// them has counts as 100.
///
/// # Errors
/// The reports have different answers.
pub fn scores_apart(a: &Value, b: &Value, names: &[&str]) -> Result<f64> {
    let (of_a, of_b) = (a["answers"].as_array().context("answers")?, b["answers"].as_array().context("answers")?);
    anyhow::ensure!(of_a.len() == of_b.len(), "{} answers against {}", of_a.len(), of_b.len());
    let mut apart: f64 = 0.0;
    for (a, b) in of_a.iter().zip(of_b).chain([(&a["overall"], &b["overall"])]) {
        for &name in names {
            let value = |report: &Value| report["scores"][name]["value"].as_f64();
            apart = apart.max(match (value(a), value(b)) {
                (Some(a), Some(b)) => (a - b).abs(),
                (None, None) => 0.0,
                _ => 100.0,
            });
        }
    }
    Ok(apart)
}
