//! CPU and memory of one live session by stage, read from the program's threads: `cargo run --example bench_live [SECONDS]`.
//!
//! A Rust publisher sends 640x480 at 30 fps and Opus in real time. CPU time, not wall time: the machine may be busy.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, project};
use coach_e2e::cpu::by_stage;
use coach_e2e::media::stage;
use std::process::Command;
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<()> {
    let seconds: u32 = std::env::args().nth(1).map_or(Ok(40), |text| text.parse())?;
    let webm = stage(40)?.webm()?;
    let coach = Coach::start(&[]).await?;
    let empty_mb = coach.memory_mb()?;
    let idle = coach.cpu_seconds()?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let idle = (coach.cpu_seconds()? - idle) / 5.0 * 100.0;

    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let publisher = std::env::current_exe()?.with_file_name("publish");
    ensure!(publisher.exists(), "build it first: cargo build --workspace --examples");
    let mut publisher = Command::new(publisher)
        .arg(&webm)
        .arg(coach.url(&format!("/api/sessions/{id}/whip")))
        .args(["--seconds", &(seconds + 8).to_string()])
        .current_dir(project())
        .spawn()?;
    coach.until_state(&id, "live").await?;
    tokio::time::sleep(Duration::from_secs(3)).await; // the start is not the steady state
    let before = by_stage(coach.pid())?;
    tokio::time::sleep(Duration::from_secs(seconds.into())).await;
    let after = by_stage(coach.pid())?;
    let live_mb = coach.memory_mb()?;
    publisher.wait()?;

    println!(
        "one live session, 640x480 at 30 fps, {seconds} s, {} build",
        if cfg!(debug_assertions) { "development" } else { "release" }
    );
    println!("{:<52}{:>14}", "stage", "% of a core");
    let mut all = 0.0;
    for (stage, spent) in &after {
        let share = (spent - before.get(stage).unwrap_or(&0.0)) / f64::from(seconds) * 100.0;
        all += share;
        if share >= 0.05 {
            println!("{stage:<52}{share:>14.1}");
        }
    }
    println!("{:<52}{all:>14.1}", "all");
    println!("{:<52}{idle:>14.1}", "idle, models loaded");
    println!(
        "memory: {empty_mb:.0} MiB with models loaded, {live_mb:.0} MiB with one session ({:.0} MiB more)",
        live_mb - empty_mb
    );
    coach.until_state(&id, "ready").await?;
    Ok(())
}
