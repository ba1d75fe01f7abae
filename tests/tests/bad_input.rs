//! What must be refused, and how: a clear 4xx or message, and a server that lives on. The server's log is searched for panics at the end.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, models, program};
use coach_e2e::tools::run;
use futures::StreamExt;
use reqwest::Client;
use std::process::Command;
use tokio_tungstenite::tungstenite::{Error as WsError, client::IntoClientRequest};

async fn offer(
    coach: &Coach,
    session: &str,
    content_type: &str,
    body: impl Into<reqwest::Body>,
) -> Result<(u16, String)> {
    let url = coach.url(&format!("/api/sessions/{session}/whip"));
    let answer = Client::new().post(url).header("content-type", content_type).body(body).send().await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_requests_get_clear_answers_and_the_server_lives_on() -> Result<()> {
    let coach = Coach::start(&[]).await?;
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?;

    let no_media = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    for (what, content_type, body, status) in [
        ("garbage", "application/sdp", "this is no session description".to_owned(), 400..=400),
        ("no media lines", "application/sdp", no_media.to_owned(), 400..=406),
        ("a wrong content type", "text/plain", no_media.to_owned(), 415..=415),
        ("a body over 64 KiB", "application/sdp", "v=0\r\n".repeat(20_000), 413..=413),
        ("nothing", "application/sdp", String::new(), 400..=400),
    ] {
        let (got, text) = offer(&coach, id, content_type, body).await?;
        println!("{what}: {got} {}", text.lines().next().unwrap_or_default());
        ensure!(status.contains(&got), "{what} got {got}: {text}");
        ensure!(text.contains("\"title\"") && text.contains("\"detail\""), "{what}: not a problem document: {text}");
    }
    let unknown = "01890000-0000-7000-8000-000000000000";
    let (got, text) = offer(&coach, unknown, "application/sdp", no_media).await?;
    ensure!(got == 404, "an unknown session got {got}: {text}");
    let (got, _) = coach.get(&format!("/api/sessions/{unknown}/report")).await?;
    ensure!(got == 404, "the report of an unknown session: {got}");
    let (got, _) = coach.get("/api/sessions/not-an-id").await?;
    ensure!((400..=404).contains(&got), "an id that is none: {got}");
    let gone = Client::new().delete(coach.url(&format!("/api/sessions/{id}/whip/no-such-publishing"))).send().await?;
    ensure!(gone.status() == 404, "an unknown publishing: {}", gone.status());

    // A page elsewhere must not reach the live channel, nor must a name that is not ours reach the API.
    let mut foreign = coach.ws_url(&format!("/api/sessions/{id}/live")).into_client_request()?;
    foreign.headers_mut().insert("origin", "https://elsewhere.example".parse()?);
    match tokio_tungstenite::connect_async(foreign).await {
        Err(WsError::Http(answer)) => ensure!(answer.status() == 403, "a foreign origin got {}", answer.status()),
        other => anyhow::bail!("a foreign origin got {other:?}"),
    }
    let rebound = Client::new().get(coach.url("/api/me")).header("host", "rebind.example").send().await?;
    ensure!(rebound.status().is_client_error(), "a foreign Host header got {}", rebound.status());
    let write = Client::new().post(coach.url("/api/sessions")).header("origin", "https://elsewhere.example");
    let write = write.json(&serde_json::json!({ "questions": [] })).send().await?;
    ensure!(write.status() == 403, "a foreign page's POST got {}", write.status());

    // Our own page reaches it, and garbage on it does no harm.
    let mut own = coach.ws_url(&format!("/api/sessions/{id}/live")).into_client_request()?;
    own.headers_mut().insert("origin", coach.url("").parse()?);
    let (mut socket, _) = tokio_tungstenite::connect_async(own).await?;
    use futures::SinkExt;
    for text in [
        "{",
        "[]",
        r#"{"type":"from the future"}"#,
        r#"{"type":"mark","what":"aura"}"#,
        r#"{"type":"echo","nonce":"n1"}"#,
    ] {
        socket.send(tokio_tungstenite::tungstenite::Message::text(text)).await?;
    }
    loop {
        let message = socket.next().await.context("the channel was closed on garbage")??;
        if message.to_text().is_ok_and(|t| t.contains("n1")) {
            break;
        }
    }
    let (status, _) = coach.get("/healthz").await?;
    ensure!(status == 200, "the server lives: {status}");
    Ok(())
}

fn analyze(file: &std::path::Path) -> (bool, String) {
    let (out, data) = (file.with_extension("out"), file.with_file_name("data"));
    let output = Command::new(program())
        .arg("analyze")
        .arg(file)
        .arg("--out")
        .arg(out)
        .arg("--models")
        .arg(models())
        .arg("--data")
        .arg(data)
        .output();
    let output = output.expect("the program starts");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), text)
}

#[test]
fn files_that_are_no_media_are_refused_and_half_of_a_video_is_analyzed_for_what_it_is() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("empty.webm"), b"")?;
    std::fs::write(path("text.mp4"), "This is a letter, not a film. ".repeat(200))?;
    for name in ["empty.webm", "text.mp4", "missing.webm"] {
        let (ok, text) = analyze(&path(name));
        println!("{name}: {}", text.trim());
        ensure!(!ok && text.contains(name), "{name} must be refused by name: {text}");
        ensure!(!text.contains("panicked"), "{name}: {text}");
    }
    let speech = path("speech.wav");
    run(
        "espeak-ng",
        &[
            "-v",
            "en-us",
            "-s",
            "150",
            "-w",
            speech.to_str().context("text")?,
            "I once missed a deadline because I had not asked for help. Since then I ask on the first day, and I say so in the plan. It works well.",
        ],
    )?;
    let (ok, text) = analyze(&speech);
    ensure!(ok, "an audio file has a voice: {text}");
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(path("speech.out").join("report.json"))?)?;
    ensure!(report["coverage"]["face_s"] == 0.0, "no face in audio: {}", report["coverage"]);
    ensure!(report["coverage"]["speech_s"].as_f64() > Some(3.0), "the speech was heard: {}", report["coverage"]);

    let bars = path("bars.webm");
    run(
        "ffmpeg",
        &[
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=320x240:rate=30",
            "-t",
            "3",
            "-c:v",
            "libvpx",
            bars.to_str().context("text")?,
        ],
    )?;
    let (ok, text) = analyze(&bars);
    ensure!(ok, "a video without a face is analyzed: {text}");
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(path("bars.out").join("report.json"))?)?;
    ensure!(report["coverage"]["face"] == 0.0, "no face is invented: {}", report["coverage"]);
    ensure!(
        report["overall"]["scores"]["confidence"]["value"].is_null(),
        "no score is invented: {}",
        report["overall"]["scores"]
    );
    println!("a video without a face: {}", report["overall"]["scores"]["confidence"]["reason"]);
    Ok(())
}
