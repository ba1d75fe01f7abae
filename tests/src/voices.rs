//! Voices that say given sentences at given times.

use crate::tools::{probe, run};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Returns a path as text.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("test folders are plain text")
}

/// Speaks a sentence without silence around it. Returns the file and its length in seconds.
///
/// # Errors
/// espeak-ng or ffmpeg fails.
pub fn say(folder: &Path, name: &str, voice: &str, sentence: &str) -> Result<(PathBuf, f64)> {
    let (raw, file) = (folder.join(format!("{name}-raw.wav")), folder.join(format!("{name}.wav")));
    run("espeak-ng", &["-v", voice, "-s", "140", "-w", text(&raw), sentence])?;
    let trim = "silenceremove=start_periods=1:start_threshold=-45dB,areverse,silenceremove=start_periods=1:start_threshold=-45dB,areverse";
    run("ffmpeg", &["-v", "error", "-y", "-i", text(&raw), "-af", trim, "-ar", "48000", "-ac", "1", text(&file)])?;
    let seconds = probe(text(&file), &["-show_entries", "format=duration"])?.parse()?;
    Ok((file, seconds))
}

/// One voice: what is said from when on, for how long at most.
pub type Said = (PathBuf, f64, f64);

/// Puts what one person says on a timeline, as WebM.
///
/// # Errors
/// ffmpeg fails.
pub fn track(folder: &Path, name: &str, said: &[Said], seconds: f64) -> Result<PathBuf> {
    let file = folder.join(format!("{name}.webm"));
    let mut args: Vec<String> = ["-v", "error", "-y"].map(str::to_owned).into();
    let mut filter = String::new();
    for (n, (from, at, most)) in said.iter().enumerate() {
        args.extend(["-i".to_owned(), text(from).to_owned()]);
        filter += &format!("[{n}:a]atrim=0:{most},adelay={}[d{n}];", (at * 1000.0).round());
    }
    let all: String = (0..said.len()).map(|n| format!("[d{n}]")).collect();
    // A little noise, as every microphone has it.
    filter += &format!(
        "anoisesrc=a=0.0005:r=48000:d={seconds}[noise];{all}[noise]amix=inputs={}:normalize=0[out]",
        said.len() + 1
    );
    args.extend(["-filter_complex", &filter, "-map", "[out]", "-t", &seconds.to_string()].map(str::to_owned));
    args.extend(["-c:a", "libopus", "-b:a", "32k", "-application", "voip", text(&file)].map(str::to_owned));
    run("ffmpeg", &args.iter().map(String::as_str).collect::<Vec<_>>())?;
    Ok(file)
}
