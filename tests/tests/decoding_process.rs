//! The processes that decode: one that is killed costs its own session one gap, and one that hangs does not keep the server
//! from ending.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::Coach;
use coach_e2e::media::stage;
use coach_e2e::parity;
use coach_e2e::publisher::Publisher;
use coach_e2e::recording::{fetch, until_spooled};
use coach_testing::{LIMIT, eventually};
use std::process::Command;

fn signal(process: u32, name: &str) -> Result<()> {
    ensure!(Command::new("kill").args([name, &process.to_string()]).status()?.success(), "{process} is gone");
    Ok(())
}

/// Starts a live session. Returns its id, its publisher and its decoding process, once it is recorded.
async fn live(coach: &Coach, args: &[&str]) -> Result<(String, Publisher, u32)> {
    let webm = stage(40)?.webm()?;
    let before = coach.processes()?;
    let id = coach.session(&[0]).await?["id"].as_str().context("an id")?.to_owned();
    let publisher = Publisher::start(coach, &webm, &id, args)?;
    until_spooled(coach, &id, 0, 20_000).await?;
    let process = eventually(LIMIT, "the session has a decoding process", async || {
        let now = coach.processes().unwrap_or_default();
        now.into_iter().find(|process| !before.contains(process))
    })
    .await;
    Ok((id, publisher, process))
}

async fn journal(coach: &Coach, id: &str) -> Result<String> {
    Ok(reqwest::get(coach.url(&format!("/api/sessions/{id}/journal"))).await?.error_for_status()?.text().await?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_decoding_process_costs_its_session_one_gap_and_the_other_session_nothing() -> Result<()> {
    let (folder, coach) = (tempfile::tempdir()?, Coach::start(&[]).await?);
    let (hit, first, process) = live(&coach, &["--seconds", "16"]).await?;
    let (other, second, spared) = live(&coach, &["--seconds", "10"]).await?;
    eventually(LIMIT, "some seconds are sent", async || (first.sent() > 5.0).then_some(())).await;
    signal(process, "-KILL")?;
    let sent = first.finish().await?;
    second.finish().await?;
    ensure!(process != spared);
    for id in [&hit, &other] {
        coach.until_state(id, "ready").await?;
    }
    let [video, audio] = parity::lost(&journal(&coach, &hit).await?);
    let kept = fetch(&coach, &hit, folder.path()).await?;
    println!("{sent:.2} s sent, {kept:.2} s kept; lost for the analysis: video {video:?}, audio {audio:?}");
    ensure!(kept > sent - 1.0, "the recording does not need the process: {kept:.2} of {sent:.2} s");
    ensure!(video.0 <= 1 && audio.0 <= 1, "video {video:?}, audio {audio:?}");
    ensure!(video.1 < 5_000 && audio.1 < 2_000, "video {video:?}, audio {audio:?}");
    ensure!(coach.log().contains("a decoding process ended and is made anew"));
    let untouched = parity::lost(&journal(&coach, &other).await?);
    ensure!(untouched == [(0, 0); 2], "the other session lost {untouched:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn decoding_processes_that_hang_or_have_used_up_their_time_cost_their_own_sessions_a_gap_and_others_nothing()
-> Result<()> {
    let (folder, coach) = (tempfile::tempdir()?, Coach::start(&[]).await?);
    let (hangs, first, stopped) = live(&coach, &["--seconds", "40"]).await?;
    let (spends, second, spent) = live(&coach, &["--seconds", "20"]).await?;
    let (other, third, _) = live(&coach, &["--seconds", "10"]).await?;
    eventually(LIMIT, "some seconds are sent", async || (second.sent() > 3.0).then_some(())).await;
    signal(stopped, "-STOP")?;
    // What the kernel sends to a process that has used up the processor time of its limit; how soon that is depends on the machine.
    signal(spent, "-XCPU")?;
    third.finish().await?;
    let sent = [first.finish().await?, second.finish().await?];
    for (id, sent) in [&hangs, &spends].into_iter().zip(sent) {
        coach.until_state(id, "ready").await?;
        let [video, audio] = parity::lost(&journal(&coach, id).await?);
        let kept = fetch(&coach, id, folder.path()).await?;
        println!("{sent:.2} s sent, {kept:.2} s kept; lost for the analysis: video {video:?}, audio {audio:?}");
        ensure!(kept > sent - 1.0, "the recording does not need the process: {kept:.2} of {sent:.2} s");
        // One that hangs is ended after 30 s of silence.
        ensure!((1..=2).contains(&video.0) && audio.0 <= 2, "video {video:?}, audio {audio:?}");
        ensure!(video.1 < 36_000 && audio.1 < 36_000, "video {video:?}, audio {audio:?}");
    }
    let gone = coach.log().matches("a decoding process ended and is made anew").count();
    ensure!(gone >= 2, "not both are told of:\n{}", coach.log());
    coach.until_state(&other, "ready").await?;
    let untouched = parity::lost(&journal(&coach, &other).await?);
    ensure!(untouched == [(0, 0); 2], "the other session lost {untouched:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_decoders_hang_ends_when_it_is_asked_to_and_the_next_start_finishes_their_session() -> Result<()>
{
    let mut coach = Coach::start(&[]).await?;
    let (id, publisher, process) = live(&coach, &["--vanish"]).await?;
    signal(process, "-STOP")?;
    let sent = publisher.sent();
    // Media that nobody decodes is on its way.
    eventually(LIMIT, "more is sent", async || (publisher.sent() > sent + 2.0).then_some(())).await;
    coach.stop()?;
    drop(publisher);
    // Where the server did not end it, it ends when it finds its server gone.
    let _ = signal(process, "-CONT");
    eventually(LIMIT, "the decoding process ends", async || signal(process, "-0").is_err().then_some(())).await;
    coach.launch().await?;
    let found = coach.until_state(&id, "ready").await?;
    ensure!(found["duration_ms"].as_f64().context("a length")? > 1_000.0 * (sent - 1.0), "{found} of {sent} s");
    Ok(())
}
