//! A recording from a browser straight to the store: reloaded in the middle, resumed, analyzed by a job, replayed.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{screenshots, script};
use coach_e2e::coach::Coach;
use coach_e2e::media::{padded, stage};
use serde_json::Value;
use std::collections::HashSet;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

const MIB: u64 = 1 << 20;

/// What the browser saw, and the server's resident memory meanwhile, MiB.
struct Seen {
    browser: Value,
    before: f64,
    /// At most while the file was sent.
    sending: f64,
    /// At most until the report was shown.
    analyzing: f64,
}

/// Goes through the upload page as a person does; the file has parts of 8 MiB.
async fn upload(coach: &Coach, file: &Path, wrong: &Path, bytes_per_second: u64, before_reload: usize) -> Result<Seen> {
    let shots = screenshots()?;
    let before = coach.memory_mb()?;
    let mut child = Command::new("node")
        .arg(script("upload.mjs"))
        .arg(coach.url(""))
        .args([file, wrong, &shots])
        .args([bytes_per_second.to_string(), before_reload.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
    let mut tick = tokio::time::interval(Duration::from_millis(200));
    let (mut most, mut sending, mut last) = (before, None, String::new());
    loop {
        tokio::select! {
            line = lines.next_line() => match line? {
                Some(line) if line == "sent" => sending = Some(std::mem::replace(&mut most, coach.memory_mb()?)),
                Some(line) => last = line,
                None => break,
            },
            _ = tick.tick() => most = most.max(coach.memory_mb()?),
        }
    }
    let status = child.wait().await?;
    let browser: Value = serde_json::from_str(&last).with_context(|| last.clone())?;
    ensure!(status.success(), "the browser's way ended early: {browser:#}\n{}", coach.log());
    Ok(Seen { browser, before, sending: sending.unwrap_or(most), analyzing: most })
}

fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}

/// Checks that no part that had arrived was sent again, and that all of them are the file.
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
    let bytes = padded(&stage.mp4()?, 80 * MIB + 12_345, &file)?;
    std::fs::copy(stage.mp4()?, &wrong)?;
    // The last parts are sent longer than that after their URLs were signed.
    let coach = Coach::start(&[("COACH_STORAGE_PRESIGN_S", "10")]).await?;
    let Seen { browser, .. } = upload(&coach, &file, &wrong, 4 * MIB, 2).await?;
    sent_once(&browser, bytes)?;
    println!("the store refused {} for URLs that ran out", browser["refused"]);
    ensure!(browser["refusal"].as_str().is_some_and(|text| text.contains("MP4")), "a text file is refused");
    ensure!(browser["another"].as_str().is_some_and(|text| text.contains("my answer.mp4")), "another file is refused");
    ensure!(browser["resumed_at"].as_u64() >= Some(8 * MIB), "it goes on where it was: {}", browser["resumed_at"]);
    let unexpected: Vec<_> = browser["console"].as_array().into_iter().flatten().collect();
    ensure!(unexpected.is_empty(), "the page complained: {unexpected:?}");

    let id = browser["session"].as_str().context("a session")?;
    let session = coach.until_state(id, "ready").await?;
    ensure!(session["source"] == "upload", "{session}");
    ensure!(session["questions"][0]["id"] == browser["question"], "the chosen question is the one that is answered");
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    ensure!(
        report["overall"]["scores"].as_object().is_some_and(|scores| {
            scores.values().all(|score| score["value"].is_number() != score["reason"].is_string())
        }),
        "every score has a number or says why it has none: {}",
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

/// Uploads a file of a gibibyte and more than two minutes; `make soak` runs it.
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
    let at = |what: &str, when: &str| seen.browser[what][when].as_f64().unwrap_or(f64::NAN);
    println!(
        "{:.0} MiB in {:.0} s, report {:.1} s later",
        bytes as f64 / MIB as f64,
        seen.browser["upload_s"].as_f64().unwrap_or_default(),
        seen.browser["to_report_s"].as_f64().unwrap_or_default()
    );
    for (what, key) in [("page, heap", "heap_mb"), ("page, all processes", "browser_mb")] {
        let [before, reload, late, after] = ["before", "sending", "at_75_percent", "after"].map(|when| at(key, when));
        println!(
            "{what}: {before:.1} MB before, {reload:.1} at the reload, {late:.1} at 75 %, {after:.1} with the report"
        );
    }
    println!(
        "server: {:.0} MB before, at most {:.0} while it was sent and {:.0} while it was analyzed",
        seen.before, seen.sending, seen.analyzing
    );
    ensure!(at("heap_mb", "at_75_percent") < at("heap_mb", "before") + 8.0, "the page's memory grows with the file");
    ensure!(at("browser_mb", "at_75_percent") < at("browser_mb", "sending") + 100.0, "the browser's memory grows");
    ensure!(seen.sending < seen.before + 64.0, "the server's memory grows with the file");
    Ok(())
}
