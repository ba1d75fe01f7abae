//! Words over the real stack, with the default settings: a live session writes down what its file does, also where packets are lost and sent
//! again; the pages show it, a search finds it, and the end of an answer is followed by a further question.

use anyhow::{Context, Result, ensure};
use axum::Json;
use coach_e2e::browser::{pressed_word, screenshots, walk};
use coach_e2e::coach::{Coach, models, program};
use coach_e2e::parity;
use coach_e2e::publisher::Publisher;
use coach_e2e::tools::run;
use coach_testing::{LIMIT, Need, not_checked};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

/// A question of the bank whose answer is a story.
const ASKS_FOR_A_STORY: &str = "failure-own-mistake";
/// A story without an end, and the silence after it.
const STORY: &str = "In my last job our build took an hour, and everybody was waiting for it all day. So I wrote the slow steps again, \
                     and I moved them to another machine. I talked to the whole team about it, and I asked them, um, for help.";
const SECONDS: &str = "34";
/// The answer is ended at this media time, some seconds after the last word.
const ENDED_MS: i64 = 25_000;
/// Longest time from the end of an answer to what follows it, milliseconds of media time.
const FOLLOWS_MS: i64 = 2_000;
/// After so long the server asks in its own words.
const GIVEN_UP: Duration = Duration::from_millis(1_700);

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("plain text")
}

/// A story as sound that a browser would send. Returns the file, and when the story ends, milliseconds.
fn spoken(folder: &Path, name: &str, story: &str, seconds: &str) -> Result<(PathBuf, i64)> {
    let (wav, webm) = (folder.join(format!("{name}.wav")), folder.join(format!("{name}.webm")));
    run("espeak-ng", &["-v", "en-us", "-s", "150", "-w", text(&wav)?, story])?;
    #[rustfmt::skip]
    run("ffmpeg", &["-v", "error", "-y", "-i", text(&wav)?, "-af", "apad", "-t", seconds, "-ar", "48000", "-ac", "1",
        "-c:a", "libopus", "-b:a", "32k", "-application", "voip", text(&webm)?])?;
    // 16 bits at 22050 Hz, after the head of 44 bytes.
    let bytes = i64::try_from(std::fs::metadata(&wav)?.len())? - 44;
    Ok((webm, bytes * 1000 / (2 * 22_050)))
}

/// Returns whether the speech recognizer is installed; says what is not checked where it is not.
fn has_recognizer() -> bool {
    let there = models().join("moonshine_tiny_en_encoder.onnx").exists();
    if !there {
        not_checked(Need::Models, "the words of a live session", "the speech recognizer is not in the models folder");
    }
    there
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
    run(text(&program)?, &["analyze", text(&file)?, "--like", text(&like)?, "--out", text(&out)?,
        "--models", text(&models)?, "--data", text(&data)?])?;
    Ok(serde_json::from_slice(&std::fs::read(out.join("report.json"))?)?)
}

/// The mark that ends an answer.
fn end() -> Value {
    json!({ "type": "mark", "what": "answer_end" })
}

/// Plays the page: ends the answer at `end_ms` by this mark. Returns whether the server said in the beginning that it follows answers up, what
/// followed, and how long the page waited for it.
async fn page(coach: &Coach, id: &str, end_ms: i64, end: Value) -> Result<(bool, Value, Duration)> {
    let url = coach.ws_url(&format!("/api/sessions/{id}/live"));
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
    let (mut offered, mut ended) = (false, None::<Instant>);
    while let Some(message) = socket.next().await {
        let message: Value = serde_json::from_str(message?.to_text()?).unwrap_or_default();
        match message["type"].as_str() {
            Some("hello") => offered = message["follow_ups"] == true,
            Some("vitals") if ended.is_none() && message["t"].as_i64() >= Some(end_ms) => {
                ended = Some(Instant::now());
                socket.send(Message::text(end.to_string())).await?;
            }
            Some("follow_up") => return Ok((offered, message, ended.context("an end")?.elapsed())),
            _ => {}
        }
    }
    anyhow::bail!("the live channel ended")
}

/// Reads the session in Chromium: every word is on the page, um is marked, a word that is pressed is where the replay goes, and a search
/// leads to its place.
async fn read_in_browser(coach: &Coach, id: &str, report: &Value) -> Result<()> {
    let shots = screenshots()?;
    let seen = walk(coach, "words.mjs", &[text(&shots)?, id, "last job"]).await?;
    println!("the browser saw: {seen:#}");
    let said = report["transcript"].as_array().into_iter().flatten();
    let words: Vec<&Value> = said.flat_map(|phrase| phrase["words"].as_array().into_iter().flatten()).collect();
    let shown = seen["words"].as_array().context("words")?;
    ensure!(shown.iter().eq(words.iter().map(|word| &word["w"])), "on the page {shown:?}, in the report {words:?}");
    let fillers: Vec<&Value> = words.iter().filter(|word| word["filler"] == true).map(|word| &word["w"]).collect();
    ensure!(!fillers.is_empty(), "um was said");
    ensure!(seen["fillers"].as_array().is_some_and(|marked| marked.iter().eq(fillers.iter().copied())), "{fillers:?}");
    pressed_word(&seen["word"])?;
    ensure!(seen["caption"].as_str().is_some_and(|caption| !caption.is_empty()), "no caption in the replay");
    let text = |name: &str| seen[name].as_str().unwrap_or_default();
    let heard = report["transcript"][0]["text"].as_str().context("a phrase")?;
    ensure!(text("corrected") == format!("{heard} Indeed.") && text("undone") == heard, "of {heard}: {seen:#}");
    ensure!(text("as_heard").contains(heard), "what was heard stands beside it: {}", text("as_heard"));
    let found = words.iter().find(|word| word["w"] == "last").context("last")?;
    let off = seen["found_at_ms"].as_i64().context("a place")? - found["start"].as_i64().context("a start")?;
    ensure!((-5_000..=0).contains(&off), "the search leads to a place {off} ms from the word, not to its phrase");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_session_writes_down_what_its_file_does_and_is_asked_what_came_of_it() -> Result<()> {
    if !has_recognizer() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let (webm, _) = spoken(folder.path(), "story", STORY, SECONDS)?;
    let coach = Coach::start(&[]).await?;
    let session = coach.session_about(json!([ASKS_FOR_A_STORY])).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let publisher = Publisher::start(&coach, &webm, &id, &[])?;
    let (offered, follow_up, _) =
        tokio::time::timeout(LIMIT, page(&coach, &id, ENDED_MS, end())).await.context("nothing followed")??;
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
    read_in_browser(&coach, &id, &report).await
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_packets_that_are_sent_again_change_no_word() -> Result<()> {
    if !has_recognizer() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let (webm, _) = spoken(folder.path(), "story", STORY, SECONDS)?;
    let coach = Coach::start(&[]).await?;
    let session = coach.session_about(json!([ASKS_FOR_A_STORY])).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let publisher = Publisher::start(&coach, &webm, &id, &["--loss", "2", "--seed", "7"])?;
    publisher.finish().await?;
    coach.until_state(&id, "ready").await?;
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    let live = phrases(&report);
    let file = again(&coach, &id, folder.path()).await?;
    let journal = std::fs::read_to_string(folder.path().join("live.jsonl"))?;
    let [_, (gaps, ms)] = parity::lost(&journal);
    println!("{} phrases, {gaps} gaps of {ms} ms in the audio: {live:#?}", live.len());
    ensure!(live.iter().any(|(text, ..)| text.contains("last job")), "{live:?}");
    ensure!(live == phrases(&file), "live {live:#?}, from the file {:#?}", phrases(&file));
    Ok(())
}

/// What is told, and what is missing from it. Each kind has a near miss beside it.
const STAGED: [(&str, &str, Option<&str>); 6] = [
    (
        "result",
        "In my last job our build took an hour, and everybody was waiting for it all day. So I wrote the slow steps again, and I moved \
         them to another machine.",
        Some("result"),
    ),
    (
        "whole",
        "In my last job our build took an hour, and everybody was waiting for it all day. So I wrote the slow steps again, and I moved \
         them to another machine. In the end it took ten minutes.",
        None,
    ),
    (
        "own-part",
        "In our last job the build took an hour, and everybody was waiting for it all day. So we wrote the slow steps again, and we \
         moved our tests. In the end it took ten minutes.",
        Some("own_part"),
    ),
    (
        "own-part-told",
        "In our last job the build took an hour, and everybody was waiting for it all day. So we wrote the slow steps again, and we \
         moved our tests. I planned all of it. In the end it took ten minutes.",
        None,
    ),
    (
        "action",
        "In my last job our build took an hour, and everybody was waiting for it all day. It was hard for me, and it was hard for my \
         boss. In the end it took ten minutes.",
        Some("action"),
    ),
    (
        "number",
        "In my last job our build took all day, and everybody was waiting for it. So I wrote the slow steps again, and I moved \
         them to another machine. In the end it was much faster.",
        Some("number"),
    ),
];

/// Tells a story live, to its end. Returns the session, what followed the end of the answer, and how long the page waited for it.
async fn followed(coach: &Coach, webm: &Path, end_ms: i64, end: Value) -> Result<(String, Value, Duration)> {
    let session = coach.session_about(json!([ASKS_FOR_A_STORY])).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let publisher = Publisher::start(coach, webm, &id, &[])?;
    let asked = tokio::time::timeout(LIMIT, page(coach, &id, end_ms, end)).await.context("nothing followed")?;
    publisher.finish().await?;
    let (_, message, waited) = asked?;
    coach.until_state(&id, "ready").await?;
    Ok((id, message, waited))
}

/// Tells a story live and ends the answer a second after its last word. Returns how long the question took, milliseconds of media time.
async fn follow(coach: &Coach, folder: &Path, (name, story, missing): (&str, &str, Option<&str>)) -> Result<i64> {
    let (webm, told_ms) = spoken(folder, name, story, "24")?;
    let (id, asked, _) = followed(coach, &webm, told_ms + 1000, end()).await.with_context(|| name.to_owned())?;
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    let heard: Vec<String> = phrases(&report).into_iter().map(|(text, ..)| text).collect();
    let ended = report["answers"][0]["end"].as_i64().context("an end")?;
    let after_ms = asked["t"].as_i64().context("a time")? - ended;
    println!("{name}: {} after {after_ms} ms, heard {heard:?}", asked["text"]);
    ensure!(asked["missing"].as_str() == missing, "{name}: {asked}, expected {missing:?}; heard {heard:?}");
    ensure!(asked["text"].is_string() == missing.is_some(), "{name}: {asked}");
    ensure!((0..=FOLLOWS_MS).contains(&after_ms), "{name}: {after_ms} ms");
    Ok(after_ms)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_told_story_leaves_open_is_asked_live_and_nothing_after_a_whole_one() -> Result<()> {
    if !has_recognizer() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let coach = Coach::start(&[]).await?;
    // Two at once, so that the recognizer has no queue on a slow machine.
    for pair in STAGED.chunks(2) {
        futures::future::try_join_all(pair.iter().map(|&case| follow(&coach, folder.path(), case))).await?;
    }
    Ok(())
}

/// A language model elsewhere: it quotes the first words that it is told, and asks about one of them.
struct Model {
    url: String,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Model {
    async fn start() -> Result<Model> {
        let asked = Arc::<Mutex<Vec<Value>>>::default();
        let all = asked.clone();
        let answer = async move |Json(wish): Json<Value>| {
            let data: Value =
                serde_json::from_str(wish["messages"][1]["content"].as_str().unwrap_or_default()).unwrap_or_default();
            let told = data["said"].as_str().unwrap_or_default();
            let quote = told.split(' ').take(8).collect::<Vec<_>>().join(" ");
            let about = quote.split(|c: char| !c.is_alphabetic()).max_by_key(|word| word.len()).unwrap_or_default();
            let content = json!({ "question": format!("And what came of the {about} in the end?"), "quote": quote });
            all.lock().unwrap_or_else(PoisonError::into_inner).push(data);
            Json(json!({ "choices": [{ "message": { "content": content.to_string() } }] }))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/v1", listener.local_addr()?);
        let app = axum::Router::new().route("/v1/chat/completions", axum::routing::post(answer));
        tokio::spawn(axum::serve(listener, app).into_future());
        Ok(Model { url, asked })
    }

    fn asked(&self) -> Vec<Value> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_words_the_further_question_of_whoever_agreed_and_waits_for_it() -> Result<()> {
    if !has_recognizer() {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let (webm, _) = spoken(folder.path(), "story", STORY, SECONDS)?;
    let model = Model::start().await?;
    let coach =
        Coach::start(&[("COACH_PROVIDERS_FOLLOW_UP_URL", &model.url), ("COACH_PROVIDERS_FOLLOW_UP_MODEL", "m-1")])
            .await?;
    let listens = json!({ "type": "mark", "what": "answer_end", "follow_up": true });
    let own = ["What came of it?", "How did it end?"];
    let (_, list) = coach.get("/api/providers").await?;
    ensure!(list["providers"][0]["purpose"] == "follow_up" && list["providers"][0]["accepted_us"].is_null(), "{list}");
    let (client, consent) = (reqwest::Client::new(), coach.url("/api/providers/follow_up"));
    let agree = json!({ "provider": list["providers"][0]["provider"] });
    client.put(&consent).json(&agree).send().await?.error_for_status()?;
    client.delete(&consent).send().await?.error_for_status()?;
    let (_, before, _) = followed(&coach, &webm, ENDED_MS, listens.clone()).await?;
    ensure!(own.iter().any(|own| before["text"] == *own), "the agreement was withdrawn: {before}");
    ensure!(model.asked().is_empty(), "something was sent without consent");
    client.put(&consent).json(&agree).send().await?.error_for_status()?;
    let ((_, off, _), (_, after, waited)) =
        tokio::try_join!(followed(&coach, &webm, ENDED_MS, end()), followed(&coach, &webm, ENDED_MS, listens),)?;
    ensure!(own.iter().any(|own| off["text"] == *own), "the page does not wait: {off}");
    let told = model.asked();
    println!("the service was told {told:?}; after {waited:?}: {after}");
    ensure!(after["missing"] == "result", "{after}");
    if waited >= GIVEN_UP && own.iter().any(|own| after["text"] == *own) {
        not_checked(Need::Other, "a further question that a service words", "this machine is too busy for it");
        return Ok(());
    }
    ensure!(after["text"].as_str().is_some_and(|text| text.starts_with("And what came of the ")), "{after}");
    ensure!(told.len() == 1 && told[0]["said"].as_str().is_some_and(|said| said.contains("last job")), "{told:?}");
    Ok(())
}
