//! A recording from a browser straight to the store: reloaded in the middle, resumed, analysed by a job, replayed.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, project};
use coach_e2e::media::{padded, stage};
use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const MIB: u64 = 1 << 20;

/// What the browser saw, and what the server needed meanwhile.
struct Seen {
    browser: Value,
    rss_before_mb: f64,
    rss_most_mb: f64,
    rss_after_mb: f64,
}

/// A person's way through the upload page; the file has parts of 8 MiB.
async fn upload(coach: &Coach, file: &Path, wrong: &Path, bytes_per_second: u64, before_reload: usize) -> Result<Seen> {
    let shots = project().join("target/screenshots");
    std::fs::create_dir_all(&shots)?;
    let rss_before_mb = coach.memory_mb()?;
    let mut rss_most_mb = rss_before_mb;
    let child = Command::new("node")
        .arg(project().join("tests/browser/upload.mjs"))
        .arg(coach.url(""))
        .args([file, wrong, &shots])
        .args([bytes_per_second.to_string(), before_reload.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut output = tokio::task::spawn_blocking(move || child.wait_with_output());
    let mut tick = tokio::time::interval(Duration::from_millis(200));
    let output = loop {
        tokio::select! {
            ended = &mut output => break ended??,
            _ = tick.tick() => rss_most_mb = rss_most_mb.max(coach.memory_mb()?),
        }
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let browser: Value = serde_json::from_str(text.lines().last().unwrap_or_default())
        .with_context(|| format!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))?;
    println!("the browser saw: {browser:#}");
    ensure!(output.status.success(), "the browser's way ended early: {}\n{}", browser["error"], coach.log());
    Ok(Seen { browser, rss_before_mb, rss_most_mb, rss_after_mb: coach.memory_mb()? })
}

fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}

/// No part that had arrived was sent again, and all of them are the file.
fn sent_once(browser: &Value, bytes: u64) -> Result<()> {
    let (before, after) = (numbers(&browser["before"]), numbers(&browser["after"]));
    let (first, second): (HashSet<_>, HashSet<_>) = (before.iter().collect(), after.iter().collect());
    println!("{} parts before the reload, {} after it", before.len(), after.len());
    ensure!(!first.is_empty() && first.is_disjoint(&second), "sent again: {:?}", first.intersection(&second));
    let parts = bytes.div_ceil(8 * MIB);
    // An answer that was on its way when the page was reloaded was seen by nobody: at most one in each of three lanes.
    let unseen = (1..=parts).filter(|n| !first.contains(n) && !second.contains(n)).count();
    ensure!(unseen <= 3, "{unseen} of {parts} parts were never seen to arrive");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_survives_a_reload_and_becomes_a_report() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (file, wrong) = (folder.path().join("my answer.mp4"), folder.path().join("another.mp4"));
    let stage = stage(40)?;
    let bytes = padded(&stage.mp4()?, 40 * MIB + 12_345, &file)?;
    std::fs::copy(stage.mp4()?, &wrong)?;
    let coach = Coach::start(&[]).await?;
    let Seen { browser, .. } = upload(&coach, &file, &wrong, 4 * MIB, 2).await?;
    sent_once(&browser, bytes)?;
    ensure!(browser["refusal"].as_str().is_some_and(|text| text.contains("MP4")), "a text file is refused");
    ensure!(browser["another"].as_str().is_some_and(|text| text.contains("my answer.mp4")), "another file is refused");
    ensure!(browser["resumed_at"].as_u64() >= Some(8 * MIB), "it goes on where it was: {}", browser["resumed_at"]);
    let unexpected: Vec<_> = browser["console"].as_array().into_iter().flatten().collect();
    ensure!(unexpected.is_empty(), "the page complained: {unexpected:?}");

    let id = browser["session"].as_str().context("a session")?;
    let session = coach.until_state(id, "ready", Duration::from_secs(5)).await?;
    ensure!(session["source"] == "upload", "{session}");
    ensure!(session["questions"][0]["id"] == browser["question"], "the chosen question is the one that is answered");
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    ensure!(
        report["overall"]["scores"]["confidence"]["value"].is_number(),
        "it is scored: {}",
        report["overall"]["scores"]
    );
    ensure!(report["coverage"]["speech_s"].as_f64() > Some(2.0), "the speech was heard: {}", report["coverage"]);

    // What is in the store is the file, byte by byte.
    let (_, recording) = coach.get(&format!("/api/sessions/{id}/recording")).await?;
    ensure!(recording["content_type"] == "video/mp4", "{recording}");
    let stored = reqwest::get(recording["url"].as_str().context("a URL")?).await?.error_for_status()?.bytes().await?;
    ensure!(stored == std::fs::read(&file)?, "the stored file differs from the chosen one");
    Ok(())
}

/// Two minutes and more; `make soak` runs it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes and three gibibytes of disk"]
async fn a_gibibyte_at_60_mbit_a_second_leaves_memory_flat() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (file, wrong) = (folder.path().join("an hour.mp4"), folder.path().join("another.mp4"));
    let stage = stage(40)?;
    let bytes = padded(&stage.mp4()?, 1024 * MIB, &file)?;
    std::fs::copy(stage.mp4()?, &wrong)?;
    let coach = Coach::start(&[]).await?;
    let seen = upload(&coach, &file, &wrong, 60_000_000 / 8, 40).await?;
    sent_once(&seen.browser, bytes)?;
    let heap = |name: &str| seen.browser["heap_mb"][name].as_f64().unwrap_or(f64::NAN);
    println!(
        "{:.0} MiB in {:.0} s, report {:.1} s later",
        bytes as f64 / MIB as f64,
        seen.browser["upload_s"].as_f64().unwrap_or_default(),
        seen.browser["to_report_s"].as_f64().unwrap_or_default()
    );
    println!(
        "page heap: {:.1} MB before, {:.1} at the reload, {:.1} at 75 %, {:.1} after; server: {:.0} MB before, {:.0} at most, {:.0} after",
        heap("before"),
        heap("sending"),
        heap("at_75_percent"),
        heap("after"),
        seen.rss_before_mb,
        seen.rss_most_mb,
        seen.rss_after_mb
    );
    ensure!(heap("at_75_percent") < heap("before") + 16.0, "the page's memory grows with the file");
    ensure!(seen.rss_most_mb < seen.rss_before_mb + 400.0, "the server's memory grows with the file");
    Ok(())
}
