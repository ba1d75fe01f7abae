//! No file and no offer makes the running program open an address: the device check, uploads, `coach analyze`, `coach voice` and
//! publishing with input that names a listener's address in every way that its formats have.

#[path = "../../media/tests/links/mod.rs"]
mod links;

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, program};
use coach_testing::{LIMIT, eventually};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::process::{Command, Stdio};

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
    // Loading models takes seconds, and no model has to do with what is opened: they are missing in this folder.
    let none = folder.path().join("models");
    std::fs::create_dir(&none)?;
    for (name, bytes) in &files {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes)?;
        let out = folder.path().join("out");
        let analyze =
            ["analyze".as_ref(), path.as_os_str(), "--out".as_ref(), out.as_ref(), "--models".as_ref(), none.as_ref()];
        for arguments in [&analyze[..], &["voice".as_ref(), path.as_os_str()]] {
            let mut command = Command::new(program());
            command.args(arguments).current_dir(&folder).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
            ensure!(listener.seen() == 0, "{arguments:?} made a request");
        }
    }
    println!("{} files at the device check, at analyze and at voice, 0 requests", files.len());
    ensure!(files.len() >= 40, "{} files", files.len());
    Ok(())
}

/// Offers that name the address in every line that can name one.
fn offers(port: u16) -> Vec<String> {
    const CHROMIUM: &str = include_str!("../../media/tests/data/chromium-156-offer.sdp");
    let transports = ["udp", "tcp", "UDP", "TCP", "ssltcp", "tls"];
    let kinds = [
        "host",
        "srflx raddr 127.0.0.1 rport 9",
        "relay raddr 127.0.0.1 rport 9",
        "host tcptype passive",
        "host tcptype active",
    ];
    let candidates = transports.into_iter().flat_map(|transport| {
        kinds.into_iter().map(move |kind| format!("a=candidate:1 1 {transport} 2130706431 127.0.0.1 {port} typ {kind}"))
    });
    let lines = [
        format!("a=remote-candidates:1 127.0.0.1 {port}"),
        format!("a=rtcp:{port} IN IP4 127.0.0.1"),
        format!("u=http://127.0.0.1:{port}/"),
        format!("a=control:rtsp://127.0.0.1:{port}/"),
        format!("a=source-filter: incl IN IP4 127.0.0.1 127.0.0.1:{port}"),
        format!("a=key-mgmt:uri http://127.0.0.1:{port}/"),
        format!("k=uri:http://127.0.0.1:{port}/"),
        format!("a=extmap:9 http://127.0.0.1:{port}/"),
        format!("a=identity:http://127.0.0.1:{port}/"),
        format!("a=setup:active\r\na=connection:new\r\na=sctp-port:{port}"),
    ];
    let last = candidates.chain(lines).map(|line| format!("{CHROMIUM}{line}\r\n"));
    let ported =
        CHROMIUM.replace("m=audio 53290", &format!("m=audio {port}")).replace("m=video 9", &format!("m=video {port}"));
    last.chain([ported.replace("IN IP4 192.0.2.2", "IN IP4 127.0.0.1")]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_offer_makes_the_server_open_an_address() -> Result<()> {
    let coach = Coach::start(&[("COACH_LIMITS_CHANGES_HZ", "1000")]).await?;
    let listener = links::Listener::start();
    let (offers, client) = (offers(listener.port()), reqwest::Client::new());
    let (mut taken, mut open) = (0, VecDeque::<String>::new());
    for offer in &offers {
        // An accepted offer stays while the next ones are answered, so that whatever it begins is seen.
        if open.len() == 3
            && let Some(resource) = open.pop_front()
        {
            client.delete(coach.url(&resource)).send().await?.error_for_status()?;
        }
        let session = coach.session(&[0]).await?;
        let url = coach.url(&format!("/api/sessions/{}/whip", session["id"].as_str().context("an id")?));
        let answer = client.post(&url).header("content-type", "application/sdp").body(offer.clone()).send().await?;
        let status = answer.status().as_u16();
        ensure!(status < 500, "{status} to {offer}");
        if let Some(resource) = answer.headers().get("location") {
            taken += 1;
            open.push_back(resource.to_str()?.to_owned());
        }
        ensure!(listener.seen() == 0, "a request came of {offer}");
    }
    println!("{} offers, {taken} of them taken, 0 requests", offers.len());
    ensure!(offers.len() >= 40 && taken >= 20, "{} offers, {taken} taken", offers.len());
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
