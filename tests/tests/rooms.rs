//! A live interview of two people and an observer, in browsers of their own.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{screenshots, walk};
use coach_e2e::coach::Coach;
use coach_e2e::tools::run;
use coach_testing::{Need, not_checked};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// How far apart the marks of the candidate and of the interviewer are, seconds.
const CANDIDATE_S: f64 = 2.0;
const INTERVIEWER_S: f64 = 3.0;

/// A camera that flashes for a fifth of a second, and a microphone that beeps with it, every so many seconds.
fn marked(folder: &Path, name: &str, every_s: f64, hz: u32) -> Result<(PathBuf, PathBuf)> {
    let (camera, microphone) = (folder.join(format!("{name}.mjpeg")), folder.join(format!("{name}.wav")));
    let text = |path: &Path| path.to_str().map(str::to_owned).context("plain text");
    let flash = format!("drawbox=color=white:t=fill:enable='lt(mod(t,{every_s}),0.2)'");
    let beep = format!("0.4*sin(2*PI*{hz}*t)*lt(mod(t,{every_s}),0.2)");
    // Chromium plays them again from the beginning, so that they are a whole number of turns long.
    let seconds = "30";
    #[rustfmt::skip]
    run("ffmpeg", &["-v", "error", "-y", "-f", "lavfi", "-i", "color=c=0x202020:size=640x480:rate=30", "-vf", &flash, "-t", seconds,
        "-q:v", "4", "-pix_fmt", "yuvj420p", "-f", "mjpeg", &text(&camera)?])?;
    #[rustfmt::skip]
    run("ffmpeg", &["-v", "error", "-y", "-f", "lavfi", "-i", &format!("aevalsrc='{beep}':s=48000"), "-t", seconds,
        "-c:a", "pcm_s16le", &text(&microphone)?])?;
    Ok((camera, microphone))
}

/// Checks that flashes and beeps came, each in its time: the distances are whole turns, but for what a busy machine delays.
fn marks_are_there(seen: &Value, what: &str, every_s: f64) -> Result<()> {
    for kind in ["flashes", "beeps"] {
        let times: Vec<f64> = seen[kind].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        ensure!(times.len() >= 3, "{what}: {} {kind}: {seen}", times.len());
        let fits = times.windows(2).filter(|pair| {
            let turns = (pair[1] - pair[0]) / every_s;
            (turns - turns.round()).abs() * every_s < 0.25 && turns.round() >= 1.0
        });
        let fits = fits.count();
        println!("{what}: {} {kind}, {fits} distances are of {every_s} s", times.len());
        ensure!(fits * 3 >= (times.len() - 1) * 2, "{what}: {kind} at {times:.2?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_see_and_hear_each_other_and_an_observer_watches() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let (camera, microphone) = marked(folder.path(), "candidate", CANDIDATE_S, 700)?;
    let (camera2, microphone2) = marked(folder.path(), "interviewer", INTERVIEWER_S, 1100)?;
    let coach = Coach::start(&[]).await?;
    let seen = walk(&coach, "room.mjs", &[&camera, &microphone, &camera2, &microphone2, &screenshots()?]).await;
    coach
        .log()
        .lines()
        .filter(|l| l.contains(" WARN ") || l.contains("ERROR") || l.contains("interviewer") || l.contains("has left"))
        .for_each(|l| println!("{l}"));
    let seen = seen?;
    println!("the browsers saw: {seen:#}");
    let text = |name: &str| seen[name].as_str().with_context(|| format!("{name} in {seen:#}"));
    ensure!(text("page")? == "/room" && seen["echo"] == true, "echo is cancelled in rooms");
    ensure!(text("waits")?.contains("Waiting for"), "nothing is sent before the candidate begins");
    marks_are_there(&seen["candidate_sees"], "the candidate sees the interviewer", INTERVIEWER_S)?;
    marks_are_there(&seen["interviewer_sees"], "the interviewer sees the candidate", CANDIDATE_S)?;
    match seen["firefox"].as_str() {
        Some(why) => not_checked(Need::Other, "an observer in Firefox", why.to_owned()),
        None => {
            marks_are_there(&seen["observer_sees_candidate"], "Firefox sees the candidate", CANDIDATE_S)?;
            marks_are_there(&seen["observer_sees_interviewer"], "Firefox sees the interviewer", INTERVIEWER_S)?;
        }
    }
    ensure!(text("named")?.contains("Ira"), "the candidate is told who is there");
    ensure!(text("refused")?.contains("Ira is the interviewer"), "{}", text("refused")?);
    ensure!(text("alone")? == "live", "the candidate goes on alone");
    ensure!(seen["console"] == json!([]), "{}", seen["console"]);

    let played = &seen["played"];
    let url = played["interviewer_url"].as_str().context("the interviewer's recording")?;
    let file = folder.path().join("interviewer.webm");
    std::fs::write(&file, reqwest::get(url).await?.error_for_status()?.bytes().await?)?;
    let probed = run("ffprobe", &["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", file.to_str().context("plain text")?])?;
    let codecs = String::from_utf8(probed.stdout)?;
    println!("the interviewer's recording: {}", codecs.replace('\n', " "));
    ensure!(codecs.contains("vp8") && codecs.contains("opus"), "{codecs}");
    Ok(())
}
