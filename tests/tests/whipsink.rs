//! GStreamer's own WHIP client publishes VP8 and H.264, is recorded as it sent, and gets a report.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, project};
use coach_e2e::media::stage;
use coach_e2e::recording::{fetch, plays};
use coach_e2e::tools::probe;
use std::path::Path;
use std::process::Command;

/// Publishes 15 s of a file whose video is packed by this element. Returns the codecs of what was recorded.
async fn published(file: &Path, video: &str) -> Result<String> {
    let (coach, folder) = (Coach::start(&[]).await?, tempfile::tempdir()?);
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?;
    let pipeline = format!(
        "whipsink name=out whip-endpoint={} filesrc location={} ! matroskademux name=in \
         in.video_0 ! queue ! {video} pt=96 ! out. \
         in.audio_0 ! queue ! opusparse ! identity sync=true ! rtpopuspay pt=111 ! out.",
        coach.url(&format!("/api/sessions/{id}/whip")),
        file.display()
    );
    let mut client = Command::new(project().join("tests/whipsink/target/debug/whipsink"));
    client.args([&pipeline, "15"]).env("GST_DEBUG", "whipsink:4");
    let output = tokio::task::spawn_blocking(move || client.output()).await??;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{said}");
    coach.until_state(id, "ready").await.with_context(|| said.clone().into_owned())?;
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    println!("{} ms, coverage {}", report["duration_ms"], report["coverage"]);
    ensure!(report["duration_ms"].as_i64() > Some(10_000), "{}", report["duration_ms"]);
    ensure!(report["coverage"]["face"].as_f64() > Some(0.1), "the face was seen: {}", report["coverage"]);
    ensure!(report["coverage"]["speech_s"].as_f64() > Some(3.0), "the speech was heard: {}", report["coverage"]);
    fetch(&coach, id, folder.path()).await?;
    let recording = folder.path().join(format!("{id}.webm"));
    plays(&recording)?;
    probe(recording.to_str().context("plain text")?, &["-show_entries", "stream=codec_name"])
}

#[tokio::test(flavor = "multi_thread")]
async fn gstreamers_whip_client_publishes_vp8_and_gets_a_report() -> Result<()> {
    let codecs = published(&stage(40)?.webm()?, "identity sync=true ! rtpvp8pay picture-id-mode=15-bit").await?;
    ensure!(codecs == "vp8\nopus", "{codecs:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn gstreamers_whip_client_publishes_h264_and_gets_a_report() -> Result<()> {
    let packed = "h264parse config-interval=-1 ! identity sync=true ! rtph264pay aggregate-mode=zero-latency";
    let codecs = published(&stage(40)?.h264()?, packed).await?;
    ensure!(codecs == "h264\nopus", "{codecs:?}");
    Ok(())
}
