//! A journal on standard input; its words, metrics and cues on standard output.
//!
//! `cargo run -p coach-insight --example words < journal.jsonl`

use coach_insight::{replay_text, texts};
use std::io::{self, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let replayed = replay_text(io::stdin().lock())?;
    let mut out = io::stdout().lock();
    for damage in &replayed.damages {
        writeln!(out, "damaged: {damage}")?;
    }
    let report = &replayed.report;
    for line in &report.overall.words {
        writeln!(out, "{line}")?;
    }
    for (id, metric) in &report.metrics {
        if let Some(value) = metric.value {
            let name = texts::metric(id);
            writeln!(out, "  {name}: {} (over {:.0} %)", texts::number(value, &metric.unit), metric.coverage * 100.0)?;
        }
    }
    for hint in &report.hints {
        writeln!(out, "{} \"{}\": {}", hint.t, hint.text, hint.evidence)?;
    }
    Ok(())
}
