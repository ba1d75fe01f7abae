//! Viewers of a live session, by other implementations of WebRTC: they see and hear the candidate, and recording and
//! journal are as without them.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{screenshots, script};
use coach_e2e::coach::{Coach, example, models, program, project};
use coach_e2e::media::stage;
use coach_e2e::parity;
use coach_e2e::publisher::Publisher;
use coach_e2e::recording::fetch;
use coach_e2e::tools::{python, run};
use coach_testing::{Need, not_checked};
use futures::StreamExt;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const EVERY_S: u32 = 2;
const SECONDS: u32 = 20;

/// A viewer in a process of its own. Ended when dropped.
struct Viewer {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Viewer {
    /// Starts a viewer and waits for its first line.
    async fn start(mut command: Command, first: &str) -> Result<Viewer> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        let line = lines.next_line().await?.context("the viewer ended early")?;
        ensure!(line == first, "the viewer said {line}");
        Ok(Viewer { child, lines })
    }

    async fn aiortc(coach: &Coach, session: &str) -> Result<Viewer> {
        let mut command = Command::new(python());
        command.arg(project().join("tests/python/view.py"));
        command.arg(coach.url(&format!("/api/sessions/{session}/whep/candidate")));
        Viewer::start(command, "connected").await
    }

    async fn browser(coach: &Coach, way: &str, session: &str) -> Result<Viewer> {
        let mut command = Command::new("node");
        command.arg(script(way)).arg(coach.url("")).arg(screenshots()?).arg(session);
        Viewer::start(command, "waiting").await
    }

    /// Waits until it has ended; what it saw.
    async fn seen(mut self) -> Result<Value> {
        let mut last = String::new();
        while let Some(line) = self.lines.next_line().await? {
            last = line;
        }
        let status = self.child.wait().await?;
        ensure!(status.success(), "the viewer ended with {status}: {last}");
        serde_json::from_str(&last).with_context(|| last.clone())
    }
}

/// How many watch, as the live channel tells a page that has just come.
async fn viewers(coach: &Coach, session: &str) -> Result<u64> {
    let url = coach.ws_url(&format!("/api/sessions/{session}/live"));
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
    while let Some(message) = socket.next().await {
        let message: Value = serde_json::from_str(message?.to_text()?)?;
        if message["type"] == "snapshot" {
            return message["viewers"].as_u64().context("a number");
        }
    }
    anyhow::bail!("the channel ended without a snapshot")
}

/// The hashes of a track's packets in a recording, in their order.
fn packets(file: &Path, track: &str) -> Result<Vec<String>> {
    let file = file.to_str().context("plain text")?;
    let said = run(
        "ffmpeg",
        &["-v", "error", "-i", file, "-map", &format!("0:{track}"), "-c", "copy", "-f", "framemd5", "-"],
    )?;
    let said = String::from_utf8(said.stdout)?;
    let hash = |line: &str| line.rsplit(',').next().unwrap_or_default().trim().to_owned();
    Ok(said.lines().filter(|line| !line.starts_with('#')).map(hash).collect())
}

/// Checks that a viewer saw the flashes and heard the beeps, each in its time.
fn marks_are_there(seen: &Value) -> Result<()> {
    // It began with the first key frame after it came.
    for what in ["flashes", "beeps"] {
        let times: Vec<f64> = seen[what].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        ensure!(times.len() >= 4, "{} {what}", times.len());
        let wrong = times.windows(2).find(|pair| {
            let apart = (pair[1] - pair[0]) / f64::from(EVERY_S);
            (apart - apart.round()).abs() * f64::from(EVERY_S) > 0.045 || apart.round() < 1.0
        });
        ensure!(wrong.is_none(), "{what} at {times:.2?}");
    }
    Ok(())
}

/// Flashes and beeps of the same moments, as a file.
fn marks(folder: &Path) -> Result<PathBuf> {
    let marks = folder.join("marks.webm");
    let tool = example("flash_and_beep");
    let (tool, path) = (tool.to_str().context("plain text")?, marks.to_str().context("plain text")?);
    run(tool, &["make", path, &SECONDS.to_string(), &EVERY_S.to_string()])?;
    Ok(marks)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_gets_h264_from_a_publisher_of_h264() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (vp8, marks) = (marks(folder.path())?, folder.path().join("marks.mkv"));
    let (from, to) = (vp8.to_str().context("plain text")?, marks.to_str().context("plain text")?);
    #[rustfmt::skip]
    run("ffmpeg", &["-v", "error", "-i", from, "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency",
        "-pix_fmt", "yuv420p", "-g", "60", "-c:a", "copy", to])?;
    let coach = Coach::start(&[]).await?;
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let publisher = Publisher::start(&coach, &marks, &id, &["--h264"])?;
    coach.until_state(&id, "live").await?;
    let viewer = Viewer::aiortc(&coach, &id).await?;
    publisher.finish().await?;
    let seen = viewer.seen().await?;
    println!("aiortc saw: {seen}");
    coach.log().lines().filter(|line| line.contains("viewer has left")).for_each(|line| println!("{line}"));
    marks_are_there(&seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_independent_viewer_sees_the_flashes_and_hears_the_beeps_and_the_recording_is_as_without_it() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let marks = marks(folder.path())?;
    let coach = Coach::start(&[]).await?;
    let mut recordings = Vec::new();
    for watched in [false, true] {
        let session = coach.session(&[0]).await?;
        let id = session["id"].as_str().context("an id")?.to_owned();
        let whep = coach.url(&format!("/api/sessions/{id}/whep/candidate"));
        let early = reqwest::Client::new().post(&whep).header("content-type", "application/sdp");
        let early = early.body("v=0\r\n").send().await?;
        ensure!(early.status() == 409 && early.headers().contains_key("retry-after"), "{}", early.status());
        let publisher = Publisher::start(&coach, &marks, &id, &[])?;
        if watched {
            coach.until_state(&id, "live").await?;
            // One ends with the session, the other one leaves before.
            let (stays, leaves) = (Viewer::aiortc(&coach, &id).await?, Viewer::aiortc(&coach, &id).await?);
            ensure!(viewers(&coach, &id).await? == 2, "the candidate is told how many watch");
            drop(leaves);
            publisher.finish().await?;
            let seen = stays.seen().await?;
            println!("aiortc saw: {seen}");
            marks_are_there(&seen)?;
        } else {
            publisher.finish().await?;
        }
        coach.until_state(&id, "ready").await?;
        fetch(&coach, &id, folder.path()).await?;
        recordings.push(folder.path().join(format!("{id}.webm")));
        let over = reqwest::Client::new().post(&whep).header("content-type", "application/sdp").body("v=0\r\n");
        let over = over.send().await?;
        ensure!(over.status() == 409 && !over.headers().contains_key("retry-after"), "{}", over.status());
    }
    for track in ["v", "a"] {
        let (alone, watched) = (packets(&recordings[0], track)?, packets(&recordings[1], track)?);
        println!("{track}: {} packets without viewers, {} with two", alone.len(), watched.len());
        // Audio from before the first frame is not kept, which is a packet more or less.
        let same = alone.iter().rev().zip(watched.iter().rev()).take_while(|(a, w)| a == w).count();
        ensure!(alone.len().abs_diff(watched.len()) <= 2 && same + 2 >= alone.len(), "{same} are the same");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn chromium_and_firefox_show_the_candidate_and_the_journal_is_that_of_the_recording() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let stage = stage(40)?.webm()?;
    let coach = Coach::start(&[]).await?;
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let chromium = Viewer::browser(&coach, "watch.mjs", &id).await?;
    let firefox = Viewer::browser(&coach, "watch_firefox.mjs", &id).await;
    if let Err(error) = &firefox {
        not_checked(Need::Other, "watching in Firefox", format!("{error:#}"));
    }
    Publisher::start(&coach, &stage, &id, &[])?.finish().await?;
    let seen = chromium.seen().await?;
    println!("Chromium saw: {seen:#}");
    ensure!(seen["width"] == 640 && seen["frames"].as_u64() > Some(60), "{seen}");
    ensure!(seen["loudest"].as_f64() > Some(0.01), "the voice was heard: {seen}");
    if let Ok(firefox) = firefox {
        let seen = firefox.seen().await?;
        println!("Firefox saw: {seen:#}");
        ensure!(seen["width"] == 640 && seen["frames"].as_u64() > Some(60), "{seen}");
        ensure!(seen["tracks"] == serde_json::json!(["audio false", "video false"]), "{seen}");
    }
    coach.until_state(&id, "ready").await?;
    fetch(&coach, &id, folder.path()).await?;
    let live = reqwest::get(coach.url(&format!("/api/sessions/{id}/journal"))).await?.text().await?;
    let (journal, out) = (folder.path().join("live.jsonl"), folder.path().join("again"));
    std::fs::write(&journal, &live)?;
    let (file, data) = (folder.path().join(format!("{id}.webm")), folder.path().join("data"));
    let text = |path: &Path| path.to_str().map(str::to_owned).context("plain text");
    #[rustfmt::skip]
    run(&text(&program())?, &["analyze", &text(&file)?, "--like", &text(&journal)?, "--out", &text(&out)?,
        "--models", &text(&models())?, "--data", &text(&data)?])?;
    let same = parity::compare(&live, &std::fs::read_to_string(out.join("journal.jsonl"))?);
    println!("live with viewers = file: {same}");
    ensure!(same.different_faces.is_empty(), "frames differ at {:?} ms: {same}", same.different_faces);
    ensure!(same.equal_hops_share() >= 0.99, "voice hops differ: {same}");
    Ok(())
}
