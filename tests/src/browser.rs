//! Runs the scripts of tests/browser, which use the pages in Chromium, and returns what they saw.

use crate::coach::{Coach, project};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use tokio::io::{AsyncBufReadExt, BufReader};

/// Returns the folder in which screenshots of the pages are stored.
///
/// # Errors
/// The disk fails.
pub fn screenshots() -> Result<PathBuf> {
    let shots = project().join("target/screenshots");
    std::fs::create_dir_all(&shots)?;
    Ok(shots)
}

/// Returns the path of a script of that folder.
pub fn script(name: &str) -> PathBuf {
    project().join("tests/browser").join(name)
}

/// Runs a script as [`walk`] does, with a server that is killed and started again when the script prints "restart".
///
/// # Errors
/// The script ended early, or the server does not start again.
pub async fn walk_with_restart(coach: &mut Coach, name: &str, args: &[impl AsRef<OsStr>]) -> Result<Value> {
    let mut browser = tokio::process::Command::new("node");
    browser.arg(script(name)).arg(coach.url("")).args(args).stdout(Stdio::piped()).kill_on_drop(true);
    let mut running = browser.spawn()?;
    let mut lines = BufReader::new(running.stdout.take().context("its output")?).lines();
    let mut last = String::new();
    while let Some(line) = lines.next_line().await? {
        if line == "restart" {
            coach.kill();
            coach.launch().await?;
        } else {
            last = line;
        }
    }
    let status = running.wait().await?;
    let seen: Value = serde_json::from_str(&last).with_context(|| last.clone())?;
    ensure!(status.success(), "the browser's way ended early: {seen:#}");
    Ok(seen)
}

/// Runs a script to its end; its arguments follow the server's address.
///
/// # Errors
/// The script ended early; the error says why, and what it had seen until then.
pub async fn walk(coach: &Coach, name: &str, args: &[impl AsRef<OsStr>]) -> Result<Value> {
    let mut browser = Command::new("node");
    browser.arg(script(name)).arg(coach.url("")).args(args);
    let output = tokio::task::spawn_blocking(move || browser.output()).await??;
    let text = String::from_utf8_lossy(&output.stdout);
    let seen: Value = serde_json::from_str(text.lines().last().unwrap_or_default())
        .with_context(|| format!("{text}\n{}", String::from_utf8_lossy(&output.stderr)))?;
    ensure!(output.status.success(), "the browser's way ended early: {seen:#}");
    Ok(seen)
}

/// Checks what `pressWord` of the scripts reports: the replay went to the word within 100 ms.
///
/// # Errors
/// It went elsewhere.
pub fn pressed_word(word: &Value) -> Result<()> {
    let ms = |name: &str| word[name].as_f64().with_context(|| format!("{name}: {word}"));
    let off = (ms("to_ms")? - ms("at_ms")?).abs();
    // How long it took is a matter of the machine: it is printed.
    println!(
        "{} was pressed: the replay went to a place {off:.1} ms from it, shown {} ms later",
        word["text"], word["took_ms"]
    );
    ensure!(off <= 100.0, "the replay went {off} ms beside the word: {word}");
    Ok(())
}
