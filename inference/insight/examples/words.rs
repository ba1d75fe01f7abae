//! A journal on standard input; the words of its report, its metrics and hints on standard output.
//!
//! `cargo run -p coach-insight --example words < journal.jsonl`; with `-- --json` the whole report.

use coach_insight::replay_text;
use std::io::{self, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let replayed = replay_text(io::stdin().lock())?;
    let mut out = io::stdout().lock();
    let report = &replayed.report;
    if std::env::args().any(|arg| arg == "--json") {
        writeln!(out, "{}", serde_json::to_string_pretty(report)?)?;
        return Ok(());
    }
    for damage in &replayed.damages {
        writeln!(out, "damaged: {damage}")?;
    }
    for line in &report.overall.words {
        writeln!(out, "{line}")?;
    }
    for metric in report.metrics.values() {
        if let Some(text) = &metric.text {
            writeln!(out, "  {}: {text} (over {:.0} %)", metric.name, metric.coverage * 100.0)?;
        }
    }
    for hint in &report.hints {
        writeln!(out, "{} \"{}\": {}", hint.t, hint.text, hint.evidence)?;
    }
    Ok(())
}
