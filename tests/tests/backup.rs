//! A backup that is taken while a session runs: on another machine every session is whole, playable and scored as before.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::Coach;
use coach_e2e::media::stage;
use coach_e2e::publisher::Publisher;
use coach_e2e::recording::{fetch, until_spooled};
use serde_json::Value;

async fn publish(coach: &Coach, args: &[&str]) -> Result<(String, Publisher)> {
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let publisher = Publisher::start(coach, &stage(40)?.webm()?, &id, args)?;
    Ok((id, publisher))
}

async fn report(coach: &Coach, session: &str) -> Result<Value> {
    let (status, report) = coach.get(&format!("/api/sessions/{session}/report")).await?;
    ensure!(status == 200, "{report}");
    Ok(report)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_server_with_a_running_session_is_whole_on_another_machine() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let backup = folder.path().join("backup");
    let path = backup.to_str().context("a path")?;

    let coach = Coach::start(&[]).await?;
    let (done, publisher) = publish(&coach, &["--seconds", "4"]).await?;
    publisher.finish().await?;
    coach.until_state(&done, "ready").await?;
    let before = (report(&coach, &done).await?, fetch(&coach, &done, folder.path()).await?);
    let (running, publisher) = publish(&coach, &[]).await?;
    until_spooled(&coach, &running, 0, 100_000).await?;
    let said = coach.run(&["backup", path])?;
    ensure!(said.contains("1 sessions with a report, 1 that were not over"), "{said}");
    ensure!(coach.run(&["backup", path]).is_err(), "a backup was written over");
    drop((publisher, coach));

    let mut other = Coach::start(&[]).await?;
    ensure!(other.run(&["restore", path]).is_err(), "a backup was restored under a running server");
    other.kill();
    std::fs::remove_dir_all(other.data())?;
    let said = other.run(&["restore", path])?;
    ensure!(said.contains("1 sessions are whole, 1 are finished when the server starts"), "{said}");
    let said = other.run(&["rescore"])?;
    ensure!(said.contains("0 rescored, 1 unchanged, 0 skipped"), "{said}");
    other.launch().await?;
    let after = (report(&other, &done).await?, fetch(&other, &done, folder.path()).await?);
    ensure!(before == after, "the restored session is another");
    other.until_state(&running, "ready").await?;
    let kept = fetch(&other, &running, folder.path()).await?;
    let reported = report(&other, &running).await?["duration_ms"].as_f64().unwrap_or_default() / 1000.0;
    println!("{kept:.2} s of the running session were in the backup; its report is of {reported:.2} s");
    ensure!(kept > 0.0 && (reported - kept).abs() < 0.3, "the report is of {reported:.2} s, {kept:.2} s were stored");
    Ok(())
}
