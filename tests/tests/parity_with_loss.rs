//! The live path and the file path agree, also on a network that loses packets: the archived recording gives the
//! journal that the live session gave, and two per cent of loss move no score by more than three points. The third
//! publisher does not send lost audio again, so its session has gaps. Then the sessions are rescored, which must change
//! nothing.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, example, models, program};
use coach_e2e::media::stage;
use coach_e2e::parity;
use coach_e2e::tools::run;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

const SECONDS: u32 = 40;

/// What is left of a live session.
struct Archived {
    id: String,
    report: Value,
    journal: String,
    recording: PathBuf,
}

async fn bytes(url: &str) -> Result<Vec<u8>> {
    Ok(reqwest::get(url).await?.error_for_status()?.bytes().await?.to_vec())
}

async fn live(coach: &Coach, file: &Path, network: &[&str], folder: &Path) -> Result<Archived> {
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    device_check(coach, &id, file).await?;
    let mut publish = Command::new(example("publish"));
    publish.arg(file).arg(coach.url(&format!("/api/sessions/{id}/whip"))).args(["--seed", "7"]).args(network);
    let output = tokio::task::spawn_blocking(move || publish.output()).await??;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let name = network.join(" ");
    println!("{name}: {}", said.lines().last().unwrap_or_default());
    coach.until_state(&id, "ready").await?;
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    let journal = String::from_utf8(bytes(&coach.url(&format!("/api/sessions/{id}/journal"))).await?)?;
    let [(frames, video_ms), (packets, audio_ms)] = parity::lost(&journal);
    println!("{name}: lost for good {frames} times {video_ms} ms of video, {packets} times {audio_ms} ms of audio");
    let (_, stored) = coach.get(&format!("/api/sessions/{id}/recording")).await?;
    let recording = folder.join(format!("{id}.webm"));
    std::fs::write(&recording, bytes(stored["url"].as_str().context("a URL")?).await?)?;
    std::fs::write(recording.with_extension("jsonl"), &journal)?;
    Ok(Archived { id, report, journal, recording })
}

/// The same device check for every session: without it, the second would start from what the first has taught about its owner.
async fn device_check(coach: &Coach, id: &str, file: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let clip = folder.path().join("check.webm");
    let text = |path: &Path| path.to_str().map(str::to_owned).context("plain text");
    run("ffmpeg", &["-v", "error", "-y", "-i", &text(file)?, "-t", "3", "-c", "copy", &text(&clip)?])?;
    let url = coach.url(&format!("/api/sessions/{id}/calibration"));
    let post = reqwest::Client::new().post(url).header("content-type", "video/webm").body(std::fs::read(&clip)?);
    let answer = post.send().await?;
    ensure!(answer.status().is_success(), "the device check: {} {}", answer.status(), answer.text().await?);
    Ok(())
}

/// Returns journal and report of the archived recording by the file path.
fn again(live: &Archived) -> Result<(String, Value)> {
    let text = |path: &Path| path.to_str().map(str::to_owned).context("plain text");
    let out = live.recording.with_extension("again");
    let like = live.recording.with_extension("jsonl");
    let data = text(&live.recording.with_file_name("data"))?;
    let (program, file, like, to, models) =
        (text(&program())?, text(&live.recording)?, text(&like)?, text(&out)?, text(&models())?);
    run(&program, &["analyze", &file, "--like", &like, "--out", &to, "--models", &models, "--data", &data])?;
    let journal = std::fs::read_to_string(out.join("journal.jsonl"))?;
    Ok((journal, serde_json::from_slice(&std::fs::read(out.join("report.json"))?)?))
}

/// Returns the report that `coach analyze` makes of a session's export: its recording, with the calibration of its device check.
async fn from_export(coach: &Coach, live: &Archived) -> Result<Value> {
    let text = |path: &Path| path.to_str().map(str::to_owned).context("plain text");
    let folder = live.recording.with_extension("export");
    std::fs::create_dir(&folder)?;
    let zip = folder.join("session.zip");
    std::fs::write(&zip, bytes(&coach.url(&format!("/api/sessions/{}/export", live.id))).await?)?;
    run("python3", &["-m", "zipfile", "-e", &text(&zip)?, &text(&folder)?])?;
    let (file, calibration) = (folder.join("recording.webm"), folder.join("calibration.json"));
    let (file, calibration, to) = (text(&file)?, text(&calibration)?, folder.join("again"));
    let (data, models, out) = (text(&folder.join("data"))?, text(&models())?, text(&to)?);
    let args = ["analyze", &file, "--calibration", &calibration, "--out", &out, "--models", &models, "--data", &data];
    run(&text(&program())?, &args)?;
    Ok(serde_json::from_slice(&std::fs::read(to.join("report.json"))?)?)
}

fn hints(report: &Value) -> Vec<(i64, String)> {
    let hints = report["hints"].as_array().into_iter().flatten();
    hints.map(|h| (h["t"].as_i64().unwrap_or_default(), h["id"].as_str().unwrap_or_default().to_owned())).collect()
}

/// Compares a live session with the analysis of its recording. Returns the report of the recording.
fn check_paths(live: &Archived) -> Result<Value> {
    let (journal, report) = again(live)?;
    let same = parity::compare(&live.journal, &journal);
    println!("live = file: {same}");
    if !same.different_hops.is_empty() {
        println!("hops that differ: {:?} of {}", same.different_hops, live.report["duration_ms"]);
    }
    ensure!(same.different_faces.is_empty(), "frames differ at {:?} ms: {same}", same.different_faces);
    ensure!(same.equal_hops_share() >= 0.99, "voice hops differ: {same}");
    if !parity::is_in_full(&live.journal, "hints and scores live and from the file") {
        return Ok(report);
    }
    let (seen, seen_again) = (hints(&live.report), hints(&report));
    println!("hints: {seen:?}");
    ensure!(seen == seen_again, "hints live {seen:?}, from the file {seen_again:?}");
    let apart = parity::scores_apart(&live.report, &report, &parity::NAMES)?;
    println!("largest distance of a score, live against file: {apart:.3}");
    ensure!(apart <= 1.0, "scores are {apart} apart");
    Ok(report)
}

/// Runs `coach rescore` on the folder of a server that has ended. Returns its output.
fn rescore(coach: &Coach) -> Result<String> {
    let output = Command::new(program())
        .arg("rescore")
        .current_dir(coach.folder.path())
        .env("COACH_STORAGE_EMBEDDED_BIND", "127.0.0.1:0")
        .env("COACH_STORAGE_DATA", coach.data())
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lossy_network_does_not_change_the_agreement_of_both_paths() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let webm = stage(SECONDS)?.webm()?;
    let mut coach = Coach::start(&[]).await?;
    let (clean, lossy, deaf) = tokio::try_join!(
        live(&coach, &webm, &["--loss", "0"], folder.path()),
        live(&coach, &webm, &["--loss", "2"], folder.path()),
        live(&coach, &webm, &["--loss", "2", "--audio-once"], folder.path()),
    )?;
    // What loss costs is read from the recordings: live, a busy machine leaves out other frames of each.
    let [clean_report, lossy_report, deaf_report] = [check_paths(&clean)?, check_paths(&lossy)?, check_paths(&deaf)?];
    for report in [&clean_report, &lossy_report, &deaf_report] {
        println!("scores: {}", parity::scores(report));
    }
    let exported = from_export(&coach, &clean).await?;
    if parity::is_in_full(&clean.journal, "scores live and from the session's export") {
        let apart = parity::scores_apart(&clean.report, &exported, &parity::NAMES)?;
        println!("largest distance of a score, live against its export with --calibration: {apart:.3}");
        ensure!(apart <= 1.0, "the export with its calibration scores {apart} apart");
        let [lived, read] = [&clean.report, &exported].map(|r| r["answers"][0]["metrics"]["volume_level"].clone());
        ensure!(lived["baseline"] == read["baseline"], "the voice is read against {lived}, from the export {read}");
    }
    let [_, (sounds, _)] = parity::lost(&deaf.journal);
    ensure!(sounds > 10, "the third session was to have gaps");
    let lossy_apart = parity::scores_apart(&clean_report, &lossy_report, &parity::NAMES)?;
    // Not Resilience: in 40 s a rise of the voice that is just one or just none counts as fifteen in ten minutes, and which hops a
    // gap hides is chance: three runs had it 0.3, 22 and 25 points away.
    let steady = ["confidence", "clarity", "engagement"];
    let deaf_apart = parity::scores_apart(&clean_report, &deaf_report, &steady)?;
    println!(
        "largest distance of a score to that without loss: {lossy_apart:.3}; with gaps in the audio {deaf_apart:.3}, but for Resilience"
    );
    ensure!(lossy_apart <= 3.0, "2 % loss moves a score by {lossy_apart}");
    // Which syllables a gap hides is chance: at 196 words a minute, where Clarity is steepest, one in 155 is 1.5 points.
    ensure!(deaf_apart <= 8.0, "2 % loss of audio that is sent once moves a score by {deaf_apart}");

    coach.kill();
    let said = rescore(&coach)?;
    println!("{said}");
    ensure!(said.contains("0 rescored, 3 unchanged, 0 skipped"), "nothing changed, but: {said}");
    coach.launch().await?;
    for session in [&clean, &lossy, &deaf] {
        let (_, report) = coach.get(&format!("/api/sessions/{}/report", session.id)).await?;
        ensure!(report == session.report, "the report of {} is another one", session.id);
    }
    Ok(())
}
