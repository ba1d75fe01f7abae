//! No file makes the running program open an address: the device check, uploads, `coach analyze` and `coach voice` with files that
//! name a listener's address in every way that formats of media have.

#[path = "../../media/tests/links/mod.rs"]
mod links;

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, models, program};
use coach_testing::{LIMIT, eventually};
use serde_json::{Value, json};
use std::process::{Command, Stdio};

/// The files that a fetching demuxer once followed, or that are media otherwise.
fn telling(name: &str) -> bool {
    name.contains("mpd") || name.contains("m3u8") || name.ends_with(".mov") || name.ends_with(".mkv")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_makes_the_program_open_an_address() -> Result<()> {
    let coach = Coach::start(&[]).await?;
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?;
    let (listener, folder) = (links::Listener::start(), tempfile::tempdir()?);
    let url = coach.url(&format!("/api/sessions/{id}/calibration"));
    let client = reqwest::Client::new();
    let files = links::files(&listener.address);
    for (name, bytes) in &files {
        let answer = client.post(&url).header("content-type", "video/mp4").body(bytes.clone()).send().await?;
        ensure!(answer.status().as_u16() < 500, "{name}: {}", answer.status());
        ensure!(listener.seen() == 0, "the device check of {name} made a request");
    }
    for (n, (name, bytes)) in files.iter().filter(|(name, _)| telling(name)).enumerate() {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes)?;
        let mut command = Command::new(program());
        // Loading models takes seconds: every sixth file is analyzed whole.
        match n % 6 {
            0 => command
                .arg("analyze")
                .arg(&path)
                .arg("--out")
                .arg(folder.path().join("out"))
                .arg("--models")
                .arg(models()),
            _ => command.arg("voice").arg(&path),
        };
        command.current_dir(&folder).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(listener.seen() == 0, "{name} made a request");
    }
    println!("{} files at the device check, 0 requests", files.len());
    Ok(())
}

/// Uploads a file as a page does, and returns the status of its completion.
async fn upload(
    coach: &Coach,
    question: &Value,
    name: &str,
    content_type: &str,
    bytes: &[u8],
) -> Result<(String, u16)> {
    let wish = json!({ "questions": [question], "source": "upload" });
    let (status, session) = coach.post("/api/sessions", wish).await?;
    ensure!(status == 201, "{status} {session}");
    let id = session["id"].as_str().context("an id")?.to_owned();
    let slot = json!({ "name": name, "content_type": content_type, "bytes": bytes.len() });
    let (status, answer) = coach.post(&format!("/api/sessions/{id}/upload"), slot).await?;
    ensure!(status == 200, "{name}: {status} {answer}");
    let (status, signed) = coach.post(&format!("/api/sessions/{id}/upload/urls"), json!({ "parts": [1] })).await?;
    let url = signed["urls"][0]["url"].as_str().with_context(|| format!("{name}: {status} {signed}"))?;
    let put = reqwest::Client::new().put(url).body(bytes.to_vec()).send().await?;
    ensure!(put.status().is_success(), "{name}: {}", put.status());
    let (status, _) = coach.post(&format!("/api/sessions/{id}/upload/complete"), json!({})).await?;
    Ok((id, status))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_that_is_uploaded_makes_the_server_or_its_worker_open_an_address() -> Result<()> {
    let coach = Coach::start(&[("COACH_LIMITS_CHANGES_HZ", "1000")]).await?;
    // It agrees to the consent.
    coach.session(&[0]).await?;
    let (_, bank) = coach.get("/api/questions").await?;
    let listener = links::Listener::start();
    let files = links::files(&listener.address);
    let mut analyzed = Vec::new();
    for (name, bytes) in &files {
        let content_type = match name.rsplit('.').next() {
            Some("mkv") => "video/x-matroska",
            Some("mov") => "video/quicktime",
            _ => "video/mp4",
        };
        let (id, status) = upload(&coach, &bank["questions"][0]["id"], name, content_type, bytes).await?;
        ensure!(status == 202 || status == 422, "{name}: {status}");
        ensure!(listener.seen() == 0, "the upload of {name} made a request");
        analyzed.extend((status == 202).then_some((name, id)));
    }
    for (name, id) in &analyzed {
        eventually(LIMIT, &format!("{name} is analyzed"), async || {
            let (_, session) = coach.get(&format!("/api/sessions/{id}")).await.ok()?;
            (session["state"] == "failed" || session["state"] == "ready").then_some(())
        })
        .await;
        ensure!(listener.seen() == 0, "the analysis of {name} made a request");
    }
    println!("{} files uploaded, {} of them analyzed, 0 requests", files.len(), analyzed.len());
    ensure!(files.len() >= 40 && analyzed.len() >= 10, "{} files, {} analyzed", files.len(), analyzed.len());
    Ok(())
}
