//! A whole session in headless Chromium: consent, device check, two answers, a hint, stop, report, replay; then what was stored is
//! checked by others (ffmpeg), and the file path must see what the live path saw.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{pressed_word, screenshots, walk};
use coach_e2e::coach::{Coach, program, project};
use coach_e2e::media::{shared, stage};
use coach_e2e::parity;
use coach_e2e::recording::{fetch, key_frames, length, longest_wait, stamps};
use coach_e2e::tools::run;
use coach_testing::{Need, not_checked};
use serde_json::{Value, json};
use std::process::Command;

#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::too_many_lines, reason = "one session, told in its order")]
async fn a_person_practises_two_answers_and_reads_the_report() -> Result<()> {
    if shared().is_none() {
        let why = "the reference data is missing: the camera shows a moving portrait, the microphone hears espeak-ng";
        not_checked(Need::Reference, "a session of a real person in the browser", why);
    }
    let folder = tempfile::tempdir()?;
    let stage = stage(60)?;
    let coach = Coach::start(&[]).await?;
    let seen = walk(&coach, "session.mjs", &[&stage.camera, &stage.microphone, &screenshots()?]).await;
    let log = coach.log();
    log.lines()
        .filter(|l| l.contains(" WARN ") || l.contains("state") || l.contains("ready") || l.contains("has left"))
        .for_each(|l| println!("{l}"));
    let seen = seen?;
    println!("the browser saw: {seen:#}");

    let vitals = seen["vitals"].as_u64().unwrap_or_default();
    ensure!(vitals >= 150, "{vitals} vitals in 46 s: five a second are promised");
    ensure!(seen["running"].as_u64() >= Some(6), "a running estimate every 5 s");
    let hints = seen["hints"].as_array().context("hints")?;
    ensure!(hints.iter().any(|h| h["id"] == "slow_down"), "fast speech must lead to its hint, came: {hints:?}");
    ensure!(!seen["hints_shown"].as_array().context("hints_shown")?.is_empty(), "the hint was on the page");
    a_sentence_was_measured_and_a_hint_refused(&seen)?;
    ensure!(seen["question"] != seen["next"], "the next question is another one");
    for score in seen["scores"].as_array().context("scores")? {
        println!("score on the page: {} {}", score[0], score[1]);
    }
    let shown = seen["stop_to_report_ms"].as_u64().context("a time")?;
    // The time is a promise for an idle machine: `make bench` holds it.
    println!("stop to report on screen: {shown} ms");

    let id = seen["session"].as_str().context("a session")?.to_owned();
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    ensure!(report["answers"].as_array().map(Vec::len) == Some(2), "two questions, two answers: {}", report["answers"]);
    for answer in report["answers"].as_array().context("answers")? {
        for name in ["confidence", "clarity", "resilience", "engagement"] {
            ensure!(answer["scores"][name]["contributions"].as_array().is_some_and(|c| !c.is_empty()), "{name} opens");
        }
    }

    if report["recognizer"].is_null() {
        not_checked(Need::Models, "the words on the page", "the speech recognizer is not in the models folder");
    } else {
        let words = seen["words"].as_array().context("words")?;
        println!("words on the page: {}", words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "));
        ensure!(words.len() >= 60, "{} words of 46 s of speech are on the page", words.len());
        pressed_word(&seen["word"])?;
    }
    let check = &seen["calibration"]["level_db"];
    let read = &report["answers"][0]["metrics"]["volume_level"];
    ensure!(read["baseline"] == *check, "the voice is read against the sentence of the check, {check}: {read}");

    // The stored object, fetched as a browser fetches it, decoded by others.
    let (_, recording) = coach.get(&format!("/api/sessions/{id}/recording")).await?;
    let duration = fetch(&coach, &id, folder.path()).await?;
    let file = folder.path().join(format!("{id}.webm"));
    let path = file.to_str().context("plain text")?;
    let said = report["duration_ms"].as_f64().context("a duration")? / 1000.0;
    println!("the recording is {duration:.3} s, the report says {said:.3} s, {} bytes", length(&file));
    ensure!((duration - said).abs() <= 0.3, "duration {duration} against {said}");
    let first = |track| stamps(&file, track)?.first().copied().context("a packet");
    let (video, audio) = (first("v")?, first("a")?);
    println!("first frame at {video:.3} s, first audio at {audio:.3} s");
    ensure!((video - audio).abs() < 0.060, "the tracks begin {:.0} ms apart", (video - audio).abs() * 1000.0);

    let keys = key_frames(&file)?;
    let longest = longest_wait(&keys, duration);
    println!("{} key frames, at most {longest:.2} s from one to the next", keys.len());
    ensure!(longest <= 4.0, "{longest:.2} s without a key frame: {keys:?}");

    let off = format!("\"what\":\"hint_off\",\"question\":{}", seen["refused"]);
    // Live = file: the same analyzed frames, the same voice, the same scores.
    let live =
        reqwest::get(coach.url(&format!("/api/sessions/{id}/journal"))).await?.error_for_status()?.text().await?;
    ensure!(live.contains(&off), "the live session was told that the hint does not help: {off}");
    let journal = folder.path().join("live.jsonl");
    std::fs::write(&journal, &live)?;
    let out = folder.path().join("again");
    let program = program();
    run(
        program.to_str().context("plain text")?,
        &[
            "analyze",
            path,
            "--like",
            journal.to_str().context("plain text")?,
            "--out",
            out.to_str().context("plain text")?,
            "--models",
            coach_e2e::coach::models().to_str().context("plain text")?,
            "--data",
            folder.path().join("data").to_str().context("plain text")?,
        ],
    )?;
    let again = std::fs::read_to_string(out.join("journal.jsonl"))?;
    let report_again: Value = serde_json::from_slice(&std::fs::read(out.join("report.json"))?)?;
    let same = parity::compare(&live, &again);
    println!("live = file: {same}");
    ensure!(same.different_faces.is_empty(), "frames differ at {:?} ms: {same}", same.different_faces);
    ensure!(same.equal_hops_share() >= 0.99, "voice hops differ: {same}");
    if parity::is_in_full(&live, "scores live and from the file") {
        let apart = parity::scores_apart(&report, &report_again, &parity::NAMES)?;
        println!("largest distance of a score, live against file: {apart:.3}");
        ensure!(apart <= 1.0, "scores are {apart} apart");
    }

    // Deleted is gone: the row, the recording, the URL that was good a moment ago.
    let deleted = reqwest::Client::new().delete(coach.url(&format!("/api/sessions/{id}"))).send().await?;
    ensure!(deleted.status() == 200, "delete: {}", deleted.status());
    let (status, _) = coach.get(&format!("/api/sessions/{id}")).await?;
    ensure!(status == 404, "a deleted session answers {status}");
    let url = recording["url"].as_str().context("a URL")?;
    ensure!(reqwest::get(url).await?.status() == 404, "the recording of a deleted session can still be read");
    Ok(())
}

/// The device check heard a sentence after the quiet seconds, and the hint that was called not helpful is switched off.
fn a_sentence_was_measured_and_a_hint_refused(seen: &Value) -> Result<()> {
    ensure!(seen["steps"] == json!(["Stay quiet", "Say the sentence"]), "the steps of the check: {}", seen["steps"]);
    let calibration = &seen["calibration"];
    println!("the device check: {calibration}");
    for of_the_voice in ["level_db", "pitch_hz"] {
        ensure!(calibration[of_the_voice].is_number(), "{of_the_voice} of the sentence: {calibration}");
    }
    ensure!(seen["refused"].is_string(), "a hint was refused");
    let said = seen["said_of_refused"].as_str().unwrap_or_default();
    ensure!(said.contains("You will not see this hint again"), "the page says what a refused hint leads to: {said}");
    let off: Value = serde_json::from_str(seen["switched_off"].as_str().unwrap_or("null"))?;
    ensure!(off == json!([seen["refused"]]), "it is switched off in the settings: {off}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_independent_publisher_gets_a_report() -> Result<()> {
    let webm = stage(40)?.webm()?;
    let coach = Coach::start(&[]).await?;
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let url = coach.url(&format!("/api/sessions/{id}/whip"));
    let file = webm.to_str().context("plain text")?.to_owned();
    let output = tokio::task::spawn_blocking(move || {
        let python = coach_e2e::tools::python();
        let script = project().join("tests/python/publish.py");
        Command::new(python).arg(script).args([url, file, "20".into()]).output()
    })
    .await??;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    println!("aiortc: {}", String::from_utf8_lossy(&output.stdout).trim());
    let ready = coach.until_state(&id, "ready").await?;
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    let seconds = report["duration_ms"].as_f64().unwrap_or_default() / 1000.0;
    println!("aiortc's session is {seconds:.1} s, scores {}", ready["scores"]);
    ensure!((17.0..24.0).contains(&seconds), "{seconds} s of 20 arrived");
    ensure!(report["coverage"]["face"].as_f64() > Some(0.5), "the face was seen: {}", report["coverage"]);
    ensure!(report["coverage"]["speech_s"].as_f64() > Some(5.0), "the speech was heard: {}", report["coverage"]);
    Ok(())
}
