//! What a crash, a lost connection and a second publishing cost: at most a second of the recording, and never the session.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, example};
use coach_e2e::media::stage;
use coach_e2e::tools::{probe, run};
use serde_json::Value;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Publishes the stage in real time, from a process of its own.
fn publish(coach: &Coach, webm: &Path, session: &str, args: &[&str]) -> Result<Child> {
    let url = coach.url(&format!("/api/sessions/{session}/whip"));
    Ok(Command::new(example("publish")).arg(webm).arg(url).args(args).stdout(Stdio::null()).spawn()?)
}

/// The stored recording in `folder`, whole and decodable; its length in seconds.
async fn fetch(coach: &Coach, session: &str, folder: &Path) -> Result<f64> {
    let (_, recording) = coach.get(&format!("/api/sessions/{session}/recording")).await?;
    let bytes = reqwest::get(recording["url"].as_str().context("a URL")?).await?.error_for_status()?.bytes().await?;
    let file = folder.join(format!("{session}.webm"));
    std::fs::write(&file, &bytes)?;
    let path = file.to_str().context("plain text")?;
    run("ffmpeg", &["-v", "error", "-xerror", "-i", path, "-f", "null", "-"])?;
    Ok(probe(path, &["-show_entries", "format=duration"])?.parse()?)
}

/// Waits until the spool holds this many bytes of the part.
async fn until_spooled(coach: &Coach, session: &str, part: u32, bytes: u64) -> Result<()> {
    let file = coach.data().join("spool").join(session).join(format!("part-{part}.webm"));
    let began = Instant::now();
    while std::fs::metadata(&file).map_or(0, |m| m.len()) < bytes {
        ensure!(began.elapsed() < Duration::from_secs(40), "{} does not grow:\n{}", file.display(), coach.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_finishes_its_session_at_the_next_start() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let webm = stage(40)?.webm()?;
    let mut coach = Coach::start(&[]).await?;
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let mut publisher = publish(&coach, &webm, &id, &["--seconds", "30"])?;
    coach.until_state(&id, "live", Duration::from_secs(20)).await?;
    let live = Instant::now();
    until_spooled(&coach, &id, 0, 800_000).await?;
    let sent = live.elapsed().as_secs_f64();
    coach.kill();
    let _ = publisher.kill();
    let _ = publisher.wait();
    coach.launch().await?;
    coach.until_state(&id, "ready", Duration::from_secs(60)).await?;
    let kept = fetch(&coach, &id, folder.path()).await?;
    println!("killed {sent:.2} s after the connection, {kept:.2} s of recording kept");
    // Media begins up to a key frame's time after the connection, so this bound is on the safe side of the promise.
    ensure!(kept > sent - 1.5, "{:.2} s were lost", sent - kept);
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    ensure!(
        (report["duration_ms"].as_f64().unwrap_or_default() / 1000.0 - kept).abs() < 0.3,
        "the report is of all of it"
    );
    ensure!(report["answers"][0]["question_id"] == session["questions"][0]["id"], "the question survived");
    let spool = std::fs::read_dir(coach.data().join("spool"))?.count();
    ensure!(spool == 0, "{spool} folders are left in the spool");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_again_takes_over_and_the_parts_become_one_recording() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let webm = stage(40)?.webm()?;
    let coach = Coach::start(&[]).await?;
    let session = coach.session(&[0, 1]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let mut first = publish(&coach, &webm, &id, &["--seconds", "20", "--vanish"])?;
    coach.until_state(&id, "live", Duration::from_secs(20)).await?;
    until_spooled(&coach, &id, 0, 500_000).await?;
    // The page is gone without a word; its owner opens it again.
    let _ = first.kill();
    let _ = first.wait();
    let mut second = publish(&coach, &webm, &id, &["--seconds", "6"])?;
    until_spooled(&coach, &id, 1, 100_000).await?;
    let status = tokio::task::spawn_blocking(move || second.wait()).await??;
    ensure!(status.success(), "the second publisher ended with {status}");
    coach.until_state(&id, "ready", Duration::from_secs(20)).await?;
    let kept = fetch(&coach, &id, folder.path()).await?;
    let journal = reqwest::get(coach.url(&format!("/api/sessions/{id}/journal"))).await?.text().await?;
    let gaps: Vec<Value> = journal
        .lines()
        .filter(|line| line.contains("no_connection"))
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    println!("two parts, {kept:.2} s in all; gaps without connection: {gaps:?}");
    ensure!(!gaps.is_empty(), "the time between the parts is said to be unknown");
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    ensure!((report["duration_ms"].as_f64().unwrap_or_default() / 1000.0 - kept).abs() < 0.3, "one timeline: {kept}");
    Ok(())
}
