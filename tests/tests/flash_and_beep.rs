//! A flash and a beep of the same moment stay together from the publisher to the stored recording, in real time.
//! SOAK_SYNC (60): for so many seconds.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, example};
use coach_e2e::publisher::Publisher;
use coach_e2e::recording::fetch;
use coach_e2e::tools::{run, setting};

const EVERY_S: u64 = 5;
/// The largest distance that is promised.
const AT_MOST_MS: f64 = 40.0;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes of real time: scripts/soak.sh runs it"]
async fn flash_and_beep_stay_within_40_ms_of_each_other_through_the_whole_server() -> Result<()> {
    let seconds = setting("SOAK_SYNC", 60);
    let folder = tempfile::tempdir()?;
    let marks = folder.path().join("marks.webm");
    let tool = example("flash_and_beep");
    let tool = tool.to_str().context("plain text")?;
    run(tool, &["make", marks.to_str().context("plain text")?, &seconds.to_string(), &EVERY_S.to_string()])?;

    let coach = Coach::start(&[]).await?;
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let sent = Publisher::start(&coach, &marks, &id, &[])?.finish().await?;
    coach.until_state(&id, "ready").await?;
    let kept = fetch(&coach, &id, folder.path()).await?;
    println!("{sent:.2} s sent in real time, {kept:.2} s stored");

    let stored = folder.path().join(format!("{id}.webm"));
    let said = run(tool, &["measure", stored.to_str().context("plain text")?])?;
    let said = String::from_utf8(said.stdout)?;
    let pairs: Vec<(f64, f64)> = said
        .lines()
        .map(|line| {
            let (flash, beep) = line.split_once(' ').context("a flash and a beep")?;
            Ok((flash.parse()?, beep.parse()?))
        })
        .collect::<Result<_>>()?;
    ensure!(pairs.len() as u64 == (seconds - 1) / EVERY_S, "{} marks of {seconds} s", pairs.len());
    let offsets: Vec<f64> = pairs.iter().map(|(flash, beep)| flash - beep).collect();
    for (minute, offsets) in offsets.chunks((60 / EVERY_S) as usize).enumerate() {
        let least = offsets.iter().copied().fold(f64::INFINITY, f64::min);
        let most = offsets.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mean = offsets.iter().sum::<f64>() / offsets.len() as f64;
        println!("minute {:2}: flash minus beep {mean:6.1} ms on average, {least:.1} to {most:.1} ms", minute + 1);
    }
    let worst = offsets.iter().fold(0.0f64, |worst, offset| worst.max(offset.abs()));
    println!("{} marks: {worst:.1} ms apart at most (asked: at most {AT_MOST_MS} ms)", offsets.len());
    ensure!(worst <= AT_MOST_MS, "{offsets:.1?}");
    Ok(())
}
