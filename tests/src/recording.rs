//! Checks the spool and the stored recordings with ffmpeg.

use crate::coach::Coach;
use crate::tools::{probe, run};
use anyhow::{Context, Result, ensure};
use coach_testing::LIMIT;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The time between two looks at a file.
const PAUSE: Duration = Duration::from_millis(20);

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("test folders are plain text")
}

/// Returns the spool file of a part.
pub fn part(coach: &Coach, session: &str, n: u32) -> PathBuf {
    coach.data().join("spool").join(session).join(format!("part-{n}.webm"))
}

/// Returns the length of a file, 0 while it does not exist.
pub fn length(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |m| m.len())
}

/// Waits until the spool holds this many bytes of the part.
///
/// # Errors
/// The spool does not get there in time.
pub async fn until_spooled(coach: &Coach, session: &str, n: u32, bytes: u64) -> Result<()> {
    let file = part(coach, session, n);
    let began = Instant::now();
    while length(&file) < bytes {
        ensure!(began.elapsed() < LIMIT, "{} does not grow:\n{}", file.display(), coach.log());
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Decodes every packet of a file as it is.
///
/// # Errors
/// ffmpeg reports an error.
pub fn plays(file: &Path) -> Result<()> {
    // In the file's own ticks: in those of its usual rate two frames of a hurried camera would be of one moment.
    let said =
        run("ffmpeg", &["-v", "error", "-xerror", "-i", text(file)?, "-enc_time_base", "-1", "-f", "null", "-"])?;
    let complaints = String::from_utf8_lossy(&said.stderr);
    ensure!(complaints.trim().is_empty(), "{}: {complaints}", file.display());
    Ok(())
}

/// Returns the time of the last packet in a file that may have no duration, seconds.
///
/// # Errors
/// The file is not media.
pub fn last_packet(file: &Path) -> Result<f64> {
    let stamps = probe(text(file)?, &["-show_entries", "packet=pts_time"])?;
    let times = stamps.lines().filter_map(|line| line.trim().parse::<f64>().ok());
    Ok(times.fold(0.0, f64::max))
}

/// Returns the stamps of a track's packets, seconds, in the file's order; "v" is the video and "a" the audio. Empty:
/// there is no such track.
///
/// # Errors
/// The file is not media.
pub fn stamps(file: &Path, track: &str) -> Result<Vec<f64>> {
    let said = probe(text(file)?, &["-select_streams", track, "-show_entries", "packet=pts_time"])?;
    said.lines().map(|line| Ok(line.trim().parse()?)).collect()
}

/// Returns the stamps of the key frames, seconds.
///
/// # Errors
/// The file is not media.
pub fn key_frames(file: &Path) -> Result<Vec<f64>> {
    let entries = ["-select_streams", "v", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0"];
    let said = probe(text(file)?, &entries)?;
    said.lines().filter_map(|line| line.split_once(",K")).map(|(t, _)| Ok(t.parse()?)).collect()
}

/// Returns whether the file says where players can begin: a seek head, and an index where it points (RFC 9559, section
/// 5.1).
///
/// # Errors
/// The file cannot be read.
pub fn has_index(file: &Path) -> Result<bool> {
    Ok(std::fs::read(file)?.windows(4).filter(|id| *id == [0x1c, 0x53, 0xbb, 0x6b]).count() == 2)
}

/// Seeks, and decodes half a second of a track from there on. Returns where seeking led to, seconds.
///
/// # Errors
/// Nothing comes from there, or it cannot be decoded.
pub fn plays_from(file: &Path, track: &str, second: f64) -> Result<f64> {
    let (from, map) = (format!("{second}%+#1"), format!("0:{track}"));
    let first =
        probe(text(file)?, &["-select_streams", track, "-read_intervals", &from, "-show_entries", "packet=pts_time"])?;
    let format = if track == "v" { ["rawvideo", "-pix_fmt", "gray"] } else { ["s16le", "-ac", "1"] };
    let from = second.to_string();
    let cut = ["-v", "error", "-xerror", "-ss", &from, "-t", "0.5", "-i", text(file)?, "-map", &map, "-f"];
    let decoded = run("ffmpeg", &[&cut[..], &format, &["-"]].concat())?;
    ensure!(decoded.stdout.len() > 10_000, "from {second:.2} s on {} bytes of {track}", decoded.stdout.len());
    Ok(first.lines().next().context("nothing after seeking")?.parse()?)
}

/// Returns the longest time from one of these moments to the next, and from the last to the end, seconds.
pub fn longest_wait(moments: &[f64], end: f64) -> f64 {
    moments.windows(2).map(|w| w[1] - w[0]).chain(moments.last().map(|last| end - last)).fold(0.0, f64::max)
}

/// Downloads the stored recording to `folder` and decodes it. Returns its length in seconds.
///
/// # Errors
/// The recording is missing or damaged.
pub async fn fetch(coach: &Coach, session: &str, folder: &Path) -> Result<f64> {
    let (_, recording) = coach.get(&format!("/api/sessions/{session}/recording")).await?;
    let bytes = reqwest::get(recording["url"].as_str().context("a URL")?).await?.error_for_status()?.bytes().await?;
    let file = folder.join(format!("{session}.webm"));
    std::fs::write(&file, &bytes)?;
    plays(&file)?;
    Ok(probe(text(&file)?, &["-show_entries", "format=duration"])?.parse()?)
}

/// Waits until nothing is left in the spool of any session.
///
/// # Errors
/// Something stays in the spool.
pub async fn until_spool_is_empty(coach: &Coach) -> Result<()> {
    let began = Instant::now();
    loop {
        let left: Vec<_> = std::fs::read_dir(coach.data().join("spool")).into_iter().flatten().flatten().collect();
        if left.is_empty() {
            return Ok(());
        }
        ensure!(began.elapsed() < LIMIT, "left in the spool: {left:?}\n{}", coach.log());
        tokio::time::sleep(PAUSE).await;
    }
}
