//! What an operator sees: a request's id, the log, the metrics and the dashboard that reads them.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, project};
use serde_json::Value;
use std::collections::BTreeSet;

/// Returns the names of metrics in a text, without the endings that a histogram's parts have.
fn metrics(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| word.starts_with("coach_"));
    words
        .map(|word| ["_bucket", "_count", "_sum"].iter().fold(word, |word, end| word.trim_end_matches(end)).to_owned())
        .collect()
}

#[tokio::test]
async fn every_metric_of_the_dashboard_and_of_the_document_is_there_from_the_start() -> Result<()> {
    let coach = Coach::start(&[]).await?;
    let there = reqwest::get(coach.url("/metrics")).await?.error_for_status()?.text().await?;
    let there: BTreeSet<String> = metrics(&there);
    let dashboard: Value =
        serde_json::from_str(&std::fs::read_to_string(project().join("deploy/grafana/coach.json"))?)?;
    let mut shown = BTreeSet::new();
    for panel in dashboard["panels"].as_array().context("panels")? {
        for target in panel["targets"].as_array().context("targets")? {
            shown.extend(metrics(target["expr"].as_str().context("an expression")?));
        }
    }
    ensure!(shown.len() >= 10, "the dashboard shows {shown:?}");
    ensure!(shown.is_subset(&there), "not in /metrics: {:?}", shown.difference(&there));
    let document = std::fs::read_to_string(project().join("docs/OPERATING.md"))?;
    let rows = document.lines().filter(|line| line.starts_with("| `coach_")).map(metrics);
    let told: BTreeSet<String> = rows.flat_map(|row| row.into_iter().take(1)).collect();
    ensure!(there == told, "in one of /metrics and docs/OPERATING.md: {:?}", there.symmetric_difference(&told));
    Ok(())
}

#[tokio::test]
async fn a_request_leaves_one_line_with_the_id_that_its_answer_carries_and_no_colours() -> Result<()> {
    let coach = Coach::start(&[]).await?;
    let client = reqwest::Client::new();
    let mine = uuid::Uuid::now_v7().to_string();
    let session = uuid::Uuid::now_v7();
    let path = format!("/api/sessions/{session}");
    let answer = client.get(coach.url(&path)).header("x-request-id", &mine).send().await?;
    ensure!(answer.headers()["x-request-id"] == mine.as_str(), "{:?}", answer.headers());
    let problem: Value = answer.json().await?;
    ensure!(problem["instance"] == format!("urn:uuid:{mine}"), "{problem}");

    let hostile = client.get(coach.url(&path)).header("x-request-id", "status=200 level=ERROR").send().await?;
    let given = hostile.headers()["x-request-id"].to_str()?;
    ensure!(uuid::Uuid::try_parse(given).is_ok(), "{given:?} is no id of ours");

    let log = coach.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains(&mine)).collect();
    ensure!(lines.len() == 1, "one line a request: {lines:?}");
    let line = lines[0];
    for part in [" INFO ", "GET /api/sessions/{id} 404", "status=404", "duration_ms="] {
        ensure!(line.contains(part), "{part:?} is missing in {line:?}");
    }
    ensure!(!log.contains(&session.to_string()), "an address with its ids is not logged");
    ensure!(!log.contains('\u{1b}'), "a file has no colours");
    ensure!(!log.contains("/readyz"), "probes are not logged");
    Ok(())
}
