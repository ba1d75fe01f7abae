//! Programs the tests use: ffmpeg, espeak-ng, Node with Chromium, Python with aiortc.

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::coach::project;

/// Runs a program to its end. A failure carries the program's output.
///
/// # Errors
/// The program cannot be started, or ends with a failure.
pub fn run(program: &str, args: &[&str]) -> Result<Output> {
    let output = Command::new(program).args(args).output().with_context(|| format!("{program} cannot be started"))?;
    if !output.status.success() {
        bail!("{program} {}: {}\n{}", args.join(" "), output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(output)
}

/// Returns a number from the environment, by which `make soak` extends a test.
pub fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Returns the Python that has the test clients.
pub fn python() -> PathBuf {
    project().join("tests/python/.venv/bin/python")
}

/// Returns a value of a media file, as ffprobe prints it.
///
/// # Errors
/// The file is not media.
pub fn probe(file: &str, args: &[&str]) -> Result<String> {
    let mut all = vec!["-v", "error", "-of", "default=noprint_wrappers=1:nokey=1"];
    all.extend(args);
    all.push(file);
    Ok(String::from_utf8(run("ffprobe", &all)?.stdout)?.trim().to_owned())
}
