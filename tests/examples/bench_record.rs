//! Ingest and recording beside Janus (Debian's package), the same client sending the same file to both:
//! `cargo run --example bench_record [SECONDS] [PUBLISHERS]`.
//!
//! CPU time, not wall time. Janus: all of its process. Ours: the threads that take packets in, stamp them and write WebM, with
//! the spool's way to the object store and the store itself; looking and listening, which Janus does not do, run in others.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, example, project};
use coach_e2e::cpu::{NETWORK, RECORDING, by_stage, of_process};
use coach_e2e::media::stage;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Times both are measured, in turns: a busy machine disturbs both.
const ROUNDS: usize = 3;

/// Ended when dropped.
struct Publishers(Vec<Child>);

impl Publishers {
    fn start(webm: &Path, urls: &[String], bind: &str) -> Result<Publishers> {
        let start = |url| {
            Command::new(example("publish"))
                .arg(webm)
                .arg(url)
                .args(["--seconds", "3600", "--bind", bind])
                .stdout(Stdio::null())
                .spawn()
        };
        Ok(Publishers(urls.iter().map(start).collect::<std::io::Result<_>>()?))
    }

    fn all_run(&mut self) -> bool {
        self.0.iter_mut().all(|child| matches!(child.try_wait(), Ok(None)))
    }
}

impl Drop for Publishers {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// An address of this machine that is not loopback, which Janus does not use.
fn address() -> Result<String> {
    let all = String::from_utf8(Command::new("hostname").arg("-I").output()?.stdout)?;
    let first = all.split_whitespace().find(|a| !a.contains(':')).context("Janus needs an address beside loopback")?;
    Ok(format!("{first}:0"))
}

async fn spent(seconds: u64, pid: u32, cpu: impl Fn(u32) -> Result<f64>) -> Result<f64> {
    tokio::time::sleep(Duration::from_secs(4)).await; // the start is not the steady state
    let before = cpu(pid)?;
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    Ok(cpu(pid)? - before)
}

async fn ours(webm: &Path, seconds: u64, publishers: usize) -> Result<f64> {
    // No faces: 15 a second of each session would keep a small machine from its work.
    let coach = Coach::start(&[("COACH_MODELS_FACE", "none")]).await?;
    let mut urls = Vec::new();
    for _ in 0..publishers {
        let session = coach.session(&[0]).await?;
        urls.push(coach.url(&format!("/api/sessions/{}/whip", session["id"].as_str().context("an id")?)));
    }
    let mut running = Publishers::start(webm, &urls, "127.0.0.1:0")?;
    let ingest = |pid| -> Result<f64> {
        let stages = by_stage(pid)?;
        Ok([NETWORK, RECORDING, "main"].iter().filter_map(|stage| stages.get(*stage)).sum())
    };
    let spent = spent(seconds, coach.pid(), ingest).await?;
    ensure!(running.all_run(), "a publisher ended early:\n{}", coach.log());
    Ok(spent)
}

async fn janus(webm: &Path, seconds: u64, publishers: usize, bind: &str) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let script = project().join("tests/python/janus_whip.py");
    let mut bridge = Command::new("python3");
    let bridge = bridge.arg(script).arg(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut bridge = bridge.spawn()?;
    let mut line = String::new();
    BufReader::new(bridge.stdout.take().context("piped")?).read_line(&mut line)?;
    let said: Value = serde_json::from_str(&line).context("Janus does not start")?;
    let url = said["url"].as_str().context("a URL")?.to_owned();
    let mut running = Publishers::start(webm, &vec![url; publishers], bind)?;
    let pid = said["pid"].as_u64().context("a process")? as u32;
    let spent = spent(seconds, pid, of_process).await?;
    let recorded: u64 =
        std::fs::read_dir(folder.path())?.flatten().filter_map(|f| Some(f.metadata().ok()?.len())).sum();
    ensure!(running.all_run(), "a publisher ended early");
    ensure!(recorded > 50_000 * seconds * publishers as u64, "Janus recorded {recorded} bytes, so it did not work");
    drop(running);
    drop(bridge.stdin.take());
    bridge.wait()?;
    Ok(spent)
}

#[tokio::main]
async fn main() -> Result<()> {
    let argument = |n: usize, otherwise: u64| std::env::args().nth(n).map_or(Ok(otherwise), |text| text.parse());
    let (seconds, publishers) = (argument(1, 30)?, argument(2, 4)? as usize);
    let Ok(version) = Command::new("janus").arg("--version").output() else {
        println!("not measured: Janus is not installed (apt-get install janus)");
        return Ok(());
    };
    let (webm, bind) = (stage(40)?.webm()?, address()?);
    let build = if cfg!(debug_assertions) { "development" } else { "release" };
    println!(
        "{publishers} publishers of 640x480 at 30 fps and Opus, {seconds} s, {ROUNDS} rounds in turns, {build} build"
    );
    println!("peer: {}", String::from_utf8_lossy(&version.stdout).lines().next().unwrap_or_default());
    let (mut us, mut them) = (Vec::new(), Vec::new());
    let share = |spent: f64| spent / seconds as f64 / publishers as f64 * 100.0;
    for _ in 0..ROUNDS {
        us.push(share(ours(&webm, seconds, publishers).await?));
        them.push(share(janus(&webm, seconds, publishers, &bind).await?));
    }
    println!("ours, % of a core per publisher:  {us:.2?}");
    println!("Janus, % of a core per publisher: {them:.2?}");
    for rounds in [&mut us, &mut them] {
        rounds.sort_by(f64::total_cmp);
    }
    println!("ours / Janus, medians: {:.2} (asked: at most 1.0)", us[ROUNDS / 2] / them[ROUNDS / 2]);
    Ok(())
}
