//! No file makes the running program open an address: the device check, `coach analyze` and `coach voice` with files that
//! name a listener's address in every way that formats of media have.

#[path = "../../media/tests/links/mod.rs"]
mod links;

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, models, program};
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
