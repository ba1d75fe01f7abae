//! Words over the real stack: a live session writes down what its file does, a search finds it, and the end of an answer is followed by a
//! further question.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, models, program};
use coach_e2e::publisher::Publisher;
use coach_e2e::tools::run;
use coach_testing::{LIMIT, Need, not_checked};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tokio_tungstenite::tungstenite::Message;

/// A story without an end, and the silence after it.
const STORY: &str = "In my last job our build took an hour, and everybody was waiting for it all day. So I wrote the slow steps again, \
                     and I moved them to another machine. I talked to the whole team about it, and I asked them for help.";
const SECONDS: &str = "34";
/// The answer is ended at this media time, some seconds after the last word.
const ENDED_MS: i64 = 25_000;
/// Longest time from the end of an answer to what follows it, milliseconds of media time.
const FOLLOWS_MS: i64 = 2_000;

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("plain text")
}

/// The story as sound that a browser would send.
fn spoken(folder: &Path) -> Result<PathBuf> {
    let (wav, webm) = (folder.join("story.wav"), folder.join("story.webm"));
    run("espeak-ng", &["-v", "en-us", "-s", "150", "-w", text(&wav)?, STORY])?;
    #[rustfmt::skip]
    run("ffmpeg", &["-v", "error", "-y", "-i", text(&wav)?, "-af", "apad", "-t", SECONDS, "-ar", "48000", "-ac", "1",
        "-c:a", "libopus", "-b:a", "32k", "-application", "voip", text(&webm)?])?;
    Ok(webm)
}

/// What a transcript says and when, without the moment from which it was known.
fn phrases(report: &Value) -> Vec<(String, i64, i64)> {
    let said = report["transcript"].as_array().into_iter().flatten();
    said.map(|p| {
        let at = |name: &str| p[name].as_i64().unwrap_or_default();
        (p["text"].as_str().unwrap_or_default().to_owned(), at("start"), at("end"))
    })
    .collect()
}

/// The report of the stored recording by the file path, with the marks of the live session.
async fn again(coach: &Coach, id: &str, folder: &Path) -> Result<Value> {
    let (_, stored) = coach.get(&format!("/api/sessions/{id}/recording")).await?;
    let get = async |url: &str| anyhow::Ok(reqwest::get(url).await?.error_for_status()?.bytes().await?);
    let (file, like, out) = (folder.join("stored.webm"), folder.join("live.jsonl"), folder.join("again"));
    std::fs::write(&file, get(stored["url"].as_str().context("a URL")?).await?)?;
    std::fs::write(&like, get(&coach.url(&format!("/api/sessions/{id}/journal"))).await?)?;
    let (program, models, data) = (program(), models(), folder.join("data"));
    #[rustfmt::skip]
    run("env", &["COACH_MODELS_WORDS=auto", text(&program)?, "analyze", text(&file)?, "--like", text(&like)?, "--out", text(&out)?,
        "--models", text(&models)?, "--data", text(&data)?])?;
    Ok(serde_json::from_slice(&std::fs::read(out.join("report.json"))?)?)
}

/// Plays the page: ends the answer when the story is told, and returns what the server said about follow-ups in the beginning and then.
async fn page(coach: &Coach, id: &str) -> Result<(bool, Value)> {
    let url = coach.ws_url(&format!("/api/sessions/{id}/live"));
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
    let (mut offered, mut ended) = (false, false);
    while let Some(message) = socket.next().await {
        let message: Value = serde_json::from_str(message?.to_text()?).unwrap_or_default();
        match message["type"].as_str() {
            Some("hello") => offered = message["follow_ups"] == true,
            Some("vitals") if !ended && message["t"].as_i64() >= Some(ENDED_MS) => {
                ended = true;
                socket.send(Message::text(json!({ "type": "mark", "what": "answer_end" }).to_string())).await?;
            }
            Some("follow_up") => return Ok((offered, message)),
            _ => {}
        }
    }
    anyhow::bail!("the live channel ended")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_session_writes_down_what_its_file_does_and_is_asked_what_came_of_it() -> Result<()> {
    if !models().join("moonshine_tiny_en_encoder.onnx").exists() {
        not_checked(Need::Models, "the words of a live session", "the speech recognizer is not in the models folder");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let webm = spoken(folder.path())?;
    let coach = Coach::start(&[("COACH_MODELS_WORDS", "auto")]).await?;
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let publisher = Publisher::start(&coach, &webm, &id, &[])?;
    let (offered, follow_up) = tokio::time::timeout(LIMIT, page(&coach, &id)).await.context("nothing followed")??;
    println!("follow-up: {follow_up}");
    ensure!(offered, "the channel did not say that answers are followed up");
    publisher.finish().await?;
    coach.until_state(&id, "ready").await?;

    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    let live = phrases(&report);
    let answer = &report["answers"][0];
    println!("live: {live:#?}\noutline: {}", answer["outline"]);
    println!("pace {}, fillers {}", report["metrics"]["pace"]["text"], report["metrics"]["fillers"]["text"]);
    let after_ms = follow_up["t"].as_i64().context("a time")? - answer["end"].as_i64().context("an end")?;
    println!("the question came {after_ms} ms of media time after the end of the answer");
    ensure!((0..=FOLLOWS_MS).contains(&after_ms), "{after_ms} ms");
    ensure!(follow_up["missing"] == "result" && follow_up["text"].is_string(), "{follow_up}");

    let file = again(&coach, &id, folder.path()).await?;
    ensure!(live == phrases(&file), "live {live:#?}, from the file {:#?}", phrases(&file));
    let parts: Vec<&str> =
        answer["outline"]["parts"].as_array().into_iter().flatten().filter_map(|p| p["part"].as_str()).collect();
    ensure!(parts == ["situation", "action"], "{}", answer["outline"]);

    let (_, found) = coach.get("/api/search?q=last%20job").await?;
    ensure!(found["phrases"][0]["session_id"] == id.as_str(), "a search does not find what was said: {found}");
    let captions = reqwest::get(coach.url(&format!("/api/sessions/{id}/transcript"))).await?.text().await?;
    ensure!(captions.starts_with("WEBVTT") && captions.contains("last job"), "{captions}");
    Ok(())
}
