//! Ways through the pages in Chromium: the scripts of tests/browser, and what they saw.

use crate::coach::{Coach, project};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

/// Where pictures of the pages are left.
///
/// # Errors
/// The disk fails.
pub fn screenshots() -> Result<PathBuf> {
    let shots = project().join("target/screenshots");
    std::fs::create_dir_all(&shots)?;
    Ok(shots)
}

/// A script of that folder.
pub fn script(name: &str) -> PathBuf {
    project().join("tests/browser").join(name)
}

/// Walks a way to its end; its arguments follow the server's address.
///
/// # Errors
/// It ended early: why, and what it had seen until then.
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
