//! Publishers that send H.264 and no VP8, as OBS and GStreamer do: recorded as Matroska whatever happens to the server, scored, and
//! replayed by a browser.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{screenshots, walk};
use coach_e2e::coach::{Coach, models, program, project};
use coach_e2e::media::stage;
use coach_e2e::parity;
use coach_e2e::publisher::Publisher;
use coach_e2e::recording::{fetch, last_packet, part, plays, stamps, until_spooled};
use coach_e2e::tools::{probe, python, run};
use coach_testing::{LIMIT, eventually};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("plain text")
}

async fn begin(coach: &Coach) -> Result<String> {
    let session = coach.session(&[0]).await?;
    Ok(session["id"].as_str().context("an id")?.to_owned())
}

async fn report(coach: &Coach, session: &str) -> Result<Value> {
    let report = coach.get(&format!("/api/sessions/{session}/report")).await?.1;
    println!("{} ms, coverage {}, {}", report["duration_ms"], report["coverage"], parity::scores(&report));
    Ok(report)
}

/// The stored recording is H.264 and Opus in Matroska, says so, and plays; where it lies.
async fn stored(coach: &Coach, session: &str, folder: &Path) -> Result<PathBuf> {
    let (_, recording) = coach.get(&format!("/api/sessions/{session}/recording")).await?;
    ensure!(recording["content_type"] == "video/x-matroska", "{}", recording["content_type"]);
    ensure!(recording["url"].as_str().is_some_and(|url| url.contains("/recording.mkv")), "{}", recording["url"]);
    fetch(coach, session, folder).await?;
    let file = folder.join(format!("{session}.webm"));
    let codecs = probe(text(&file)?, &["-show_entries", "stream=codec_name"])?;
    ensure!(codecs == "h264\nopus", "{codecs:?}");
    Ok(file)
}

/// The file path sees and hears in a recording what the live session saw and heard.
async fn is_analyzed_alike(coach: &Coach, session: &str, file: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let live =
        reqwest::get(coach.url(&format!("/api/sessions/{session}/journal"))).await?.error_for_status()?.text().await?;
    let (like, out, data) = (folder.path().join("live.jsonl"), folder.path().join("again"), folder.path().join("data"));
    std::fs::write(&like, &live)?;
    let (program, models) = (program(), models());
    let (file, like, to) = (text(file)?, text(&like)?, text(&out)?);
    let places = ["--models", text(&models)?, "--data", text(&data)?];
    run(text(&program)?, &[&["analyze", file, "--like", like, "--out", to], &places[..]].concat())?;
    let again = std::fs::read_to_string(out.join("journal.jsonl"))?;
    let same = parity::compare(&live, &again);
    println!("live = file: {same}");
    // A busy machine leaves frames out, which the live journal tells; until then both paths see the same in the same frames.
    println!("analyzed in full until {} ms", parity::in_full_until(&live));
    ensure!(same.different_faces.is_empty(), "frames differ at {:?} ms: {same}", same.different_faces);
    ensure!(same.equal_hops_share() >= 0.99, "voice hops differ: {same}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_h264_on_a_lossy_network_is_recorded_scored_and_replayed() -> Result<()> {
    let (folder, file) = (tempfile::tempdir()?, stage(40)?.h264()?);
    let coach = Coach::start(&[]).await?;
    let id = begin(&coach).await?;
    Publisher::start(&coach, &file, &id, &["--h264", "--loss", "2", "--seed", "7"])?.finish().await?;
    coach.until_state(&id, "ready").await?;
    let report = report(&coach, &id).await?;
    ensure!(report["coverage"]["face"].as_f64() > Some(0.1), "the face was seen: {}", report["coverage"]);
    ensure!(report["coverage"]["speech_s"].as_f64() > Some(5.0), "the speech was heard: {}", report["coverage"]);
    let recording = stored(&coach, &id, folder.path()).await?;
    is_analyzed_alike(&coach, &id, &recording).await?;
    let shots = screenshots()?;
    let seen = walk(&coach, "plays.mjs", &[text(&shots)?, &id]).await?;
    println!("the browser saw: {seen:#}");
    ensure!(seen["elsewhere"] == json!(["video refused", "img refused"]), "a page elsewhere embeds it: {seen:#}");
    ensure!(seen["seeked_to_s"].as_f64() > Some(28.0), "it plays from where it was asked to: {seen:#}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_loses_at_most_a_second_and_the_next_part_must_be_coded_alike() -> Result<()> {
    let (folder, stage) = (tempfile::tempdir()?, stage(40)?);
    let (h264, vp8) = (stage.h264()?, stage.webm()?);
    let mut coach = Coach::start(&[]).await?;
    let id = begin(&coach).await?;
    let mut publisher = Publisher::start(&coach, &h264, &id, &["--h264", "--seconds", "6", "--vanish"])?;
    publisher.finish().await?;
    let refused = Publisher::start(&coach, &vp8, &id, &["--seconds", "3"])?.finish().await;
    ensure!(refused.is_err(), "a recording holds one coding of video");
    publisher = Publisher::start(&coach, &h264, &id, &["--h264"])?;
    until_spooled(&coach, &id, 1, 600_000).await?;
    let sent = publisher.sent();
    coach.kill();
    drop(publisher);
    let spool = part(&coach, &id, 1);
    plays(&spool)?;
    let kept = last_packet(&spool)?;
    println!("killed {sent:.2} s into the second part; its spool reaches {kept:.2} s of the session");
    coach.launch().await?;
    coach.until_state(&id, "ready").await?;
    report(&coach, &id).await?;
    let recording = stored(&coach, &id, folder.path()).await?;
    let reached = last_packet(&recording)?;
    ensure!((reached - kept).abs() < 0.1 && reached >= 6.0 + sent - 1.5, "{reached:.2} s of {kept:.2} s");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_over_in_another_coding_is_recorded_or_refused_however_little_was_recorded_before() -> Result<()> {
    let (folder, stage) = (tempfile::tempdir()?, stage(40)?);
    let (h264, vp8) = (stage.h264()?, stage.webm()?);
    let coach = Coach::start(&[]).await?;
    // From a publisher that sends nothing to one whose recording is on the disk.
    for least_sent_s in [None, Some(0.0), Some(0.3), Some(3.0)] {
        let id = begin(&coach).await?;
        let silent = ["--video-until", "0", "--audio-until", "0"];
        let args = [&["--seconds", "20"][..], if least_sent_s.is_none() { &silent } else { &[] }].concat();
        let first = Publisher::start(&coach, &vp8, &id, &args)?;
        coach.until_state(&id, "live").await?;
        eventually(LIMIT, "video is sent", async || {
            least_sent_s.is_none_or(|least| first.sent() > least).then_some(())
        })
        .await;
        let second = Publisher::start(&coach, &h264, &id, &["--h264", "--seconds", "4"])?.finish().await;
        let wanted = if second.is_ok() { "h264\nopus" } else { "vp8\nopus" };
        if second.is_err() {
            first.finish().await?;
        }
        coach.until_state(&id, "ready").await?;
        fetch(&coach, &id, folder.path()).await?;
        let file = folder.path().join(format!("{id}.webm"));
        let codecs = probe(text(&file)?, &["-show_entries", "stream=codec_name"])?;
        println!("taken over when {least_sent_s:?} s were sent: {codecs:?}");
        ensure!(codecs == wanted, "{codecs:?} in place of {wanted:?}");
        ensure!(least_sent_s.is_some() || second.is_ok(), "nothing was recorded before it");
        ensure!(least_sent_s < Some(3.0) || second.is_err(), "the recording had begun");
        let frames = stamps(&file, "v")?;
        ensure!(
            frames.len() > 90 && frames.windows(2).all(|two| two[1] - two[0] < 1.0),
            "all of its video: {frames:?}"
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn aiortc_publishes_h264_and_gets_a_report() -> Result<()> {
    let (folder, file) = (tempfile::tempdir()?, stage(40)?.webm()?);
    let coach = Coach::start(&[]).await?;
    let id = begin(&coach).await?;
    let url = coach.url(&format!("/api/sessions/{id}/whip"));
    let mut client = Command::new(python());
    client.arg(project().join("tests/python/publish.py")).arg(url).arg(file).args(["20", "video/H264"]);
    published_by(client, &coach, &id).await?;
    let recording = stored(&coach, &id, folder.path()).await?;
    is_analyzed_alike(&coach, &id, &recording).await
}

/// Publishes with another program for some seconds; the report of what came.
async fn published_by(mut client: Command, coach: &Coach, session: &str) -> Result<Value> {
    let output = tokio::task::spawn_blocking(move || client.output()).await??;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    println!("{said}");
    ensure!(output.status.success(), "{said} {}", String::from_utf8_lossy(&output.stderr));
    coach.until_state(session, "ready").await?;
    let report = report(coach, session).await?;
    ensure!(report["coverage"]["face"].as_f64() > Some(0.1), "the face was seen: {}", report["coverage"]);
    ensure!(report["coverage"]["speech_s"].as_f64() > Some(5.0), "the speech was heard: {}", report["coverage"]);
    Ok(report)
}

#[tokio::test(flavor = "multi_thread")]
async fn libdatachannel_publishes_h264_and_gets_a_report() -> Result<()> {
    let (folder, file) = (tempfile::tempdir()?, stage(40)?.h264()?);
    let coach = Coach::start(&[]).await?;
    let id = begin(&coach).await?;
    let mut client = Command::new("node");
    client.arg(project().join("tests/node/libdatachannel.mjs"));
    client.arg(coach.url(&format!("/api/sessions/{id}/whip"))).arg(file).arg("20");
    published_by(client, &coach, &id).await?;
    stored(&coach, &id, folder.path()).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn gstreamer_publishes_h264_and_gets_a_report() -> Result<()> {
    let (folder, file) = (tempfile::tempdir()?, stage(40)?.h264()?);
    let coach = Coach::start(&[]).await?;
    let id = begin(&coach).await?;
    let mut client = Command::new("/usr/bin/python3");
    client.arg(project().join("tests/python/webrtcbin.py"));
    client.arg(coach.url(&format!("/api/sessions/{id}/whip"))).arg(file).arg("20");
    published_by(client, &coach, &id).await?;
    stored(&coach, &id, folder.path()).await?;
    Ok(())
}
