//! Faults that are staged in a video with speech: each must be what the report says first, and nothing must be said of joy.
//!
//! The speech is espeak-ng's, the faces are stills and footage of the reference data.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{models, program};
use coach_e2e::media::shared;
use coach_e2e::tools::run;
use coach_testing::{Need, not_checked};
use serde_json::Value;
use std::path::{Path, PathBuf};

const SECONDS: &str = "45";
/// Said with a breath after each sentence.
const SPEECH: &str = "Last year I led a small team that had to move a payment system to a new provider. We found that the tests did \
    not cover the most important case. So I stopped the work and wrote them first. It was not popular. But the move went well, and we learned \
    to begin with the tests. My colleagues later asked me to plan the next project in the same way. I was glad to do it. Since then we \
    write down what could go wrong before we begin. And we look at that list every week. ";

fn text(path: &Path) -> &str {
    path.to_str().expect("test folders are plain text")
}

/// The speech for `SECONDS`, after `filter` of ffmpeg's.
fn speech(folder: &Path, filter: &str) -> Result<PathBuf> {
    let (said, to) = (folder.join("said.wav"), folder.join("speech.wav"));
    let marked = format!("<speak><prosody range=\"200%\">{}</prosody></speak>", SPEECH.repeat(2));
    run("espeak-ng", &["-m", "-v", "en-us", "-s", "123", "-g", "6", "-w", text(&said), &marked])?;
    run("ffmpeg", &["-v", "error", "-y", "-i", text(&said), "-t", SECONDS, "-af", filter, text(&to)])?;
    Ok(to)
}

/// What `coach analyze` makes of the speech and what ffmpeg's `input` and `graph` show.
fn analyze(folder: &Path, input: &[&str], graph: &str, speech: &Path) -> Result<Value> {
    let (clip, out) = (folder.join("clip.webm"), folder.join("out"));
    let mut args = vec!["-v", "error", "-y"];
    args.extend(input);
    args.extend(["-i", text(speech), "-filter_complex", graph, "-map", "[v]", "-map", "1:a", "-t", SECONDS]);
    args.extend([
        "-c:v",
        "libvpx",
        "-b:v",
        "1M",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        "-c:a",
        "libopus",
        text(&clip),
    ]);
    run("ffmpeg", &args)?;
    let (program, models, data) = (program(), models(), folder.join("data"));
    run(
        text(&program),
        &["analyze", text(&clip), "--out", text(&out), "--models", text(&models), "--data", text(&data)],
    )?;
    Ok(serde_json::from_slice(&std::fs::read(out.join("report.json"))?)?)
}

/// Still and footage from the reference data.
fn reference(what: &str) -> Option<PathBuf> {
    let found = shared().map(|shared| shared.join("data/face"));
    if found.is_none() {
        not_checked(Need::Reference, what, "the reference data is missing");
    }
    found
}

fn lines(report: &Value) -> Vec<&str> {
    report["overall"]["words"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn hints(report: &Value) -> Vec<(&str, f64)> {
    let hints = report["hints"].as_array().into_iter().flatten();
    hints.filter_map(|h| Some((h["id"].as_str()?, h["t"].as_f64()? / 1000.0))).collect()
}

fn value(report: &Value, score: &str) -> Option<f64> {
    report["overall"]["scores"][score]["value"].as_f64()
}

/// A man's grin, there and back, again and again, slowly moving before the camera.
const GRINS: &str = "[0:v]scale=640:360,fps=15,split[a][b];[b]reverse[r];[a][r]concat=n=2:v=1,loop=loop=-1:size=2000,\
    setpts=N/15/TB,crop=600:340:'20+5*sin(t)':'10+5*cos(1.3*t)',format=yuv420p";

#[test]
fn a_photograph_has_no_number_of_its_face_and_is_told() -> Result<()> {
    let Some(faces) = reference("a photograph") else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let still = faces.join("astronaut.png");
    let input = ["-loop", "1", "-framerate", "15", "-i", text(&still)];
    let graph = "[0:v]crop=256:256:112:0,scale=360:360,pad=640:360:140:0,format=yuv420p[v]";
    let report = analyze(folder.path(), &input, graph, &speech(folder.path(), "anull")?)?;
    println!("{:#?}", lines(&report));
    ensure!(value(&report, "confidence").is_none() && value(&report, "engagement").is_none(), "{}", report["overall"]);
    ensure!(value(&report, "clarity").is_some(), "its speech is judged");
    ensure!(lines(&report).iter().any(|line| line.contains("did not move")), "{:?}", lines(&report));
    Ok(())
}

#[test]
fn grins_in_speech_are_joy_and_a_quiet_voice_is_the_first_advice() -> Result<()> {
    let Some(faces) = reference("grins in speech") else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let man = faces.join("single_face.mp4");
    let quiet = speech(folder.path(), "loudnorm=I=-40:TP=-20:LRA=11,aresample=16000")?;
    let report = analyze(folder.path(), &["-i", text(&man)], &format!("{GRINS}[v]"), &quiet)?;
    println!("{:#?} {:?}", lines(&report), hints(&report));
    ensure!(report["stress"].as_array().is_some_and(Vec::is_empty), "{}", report["stress"]);
    ensure!(hints(&report).iter().all(|(id, _)| *id != "take_a_breath"), "{:?}", hints(&report));
    ensure!(report["overall"]["advice"][0]["id"] == "volume_level", "{}", report["overall"]["advice"]);
    ensure!(hints(&report).iter().any(|(id, t)| *id == "speak_up" && *t <= 20.0), "{:?}", hints(&report));
    Ok(())
}

#[test]
fn six_seconds_out_of_the_frame_are_hinted_at_and_told_with_their_time() -> Result<()> {
    let Some(faces) = reference("a face that leaves the frame") else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let man = faces.join("single_face.mp4");
    let graph = format!("{GRINS},drawbox=color=gray:t=fill:enable='between(t,22,28)'[v]");
    let report = analyze(folder.path(), &["-i", text(&man)], &graph, &speech(folder.path(), "anull")?)?;
    println!("{:#?} {:?}", lines(&report), hints(&report));
    let told = hints(&report).iter().any(|(id, t)| *id == "back_in_frame" && (23.0..27.0).contains(t));
    ensure!(told, "{:?}", hints(&report));
    let advice = report["overall"]["advice"].as_array().context("advice")?;
    let away = advice.iter().take(2).find(|a| a["id"] == "presence").context("it is among the first two")?;
    let start = away["worst"]["start"].as_f64().context("a place to play")?;
    ensure!((18_000.0..=23_000.0).contains(&start), "{away}");
    Ok(())
}
