//! CPU time of processes, user and system together, as the kernel counts it for processes and threads.

use anyhow::{Context, Result};
use std::collections::BTreeMap;

pub const NETWORK: &str = "network, WebRTC, tap, HTTP, S3";
pub const RECORDING: &str = "recording: WebM, fsync";

/// Stages, and the beginning of the names of the threads that work for them.
const STAGES: [(&str, &str); 10] = [
    ("face-", "faces: detector, landmarks, blendshapes, pose"),
    ("session-", "voice, engine, journal"),
    ("record-", RECORDING),
    ("decode", "decoding: VP8 and Opus"),
    ("vp8dec", "decoding: VP8 and Opus"),
    ("appsrc", "decoding: VP8 and Opus"),
    ("in", "decoding: VP8 and Opus"),
    ("network", NETWORK),
    ("tokio", NETWORK),
    ("coach", "main"),
];

/// Returns the CPU seconds of a process by stage.
///
/// # Errors
/// The process is gone.
pub fn by_stage(pid: u32) -> Result<BTreeMap<String, f64>> {
    let mut found = BTreeMap::new();
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let path = task?.path();
        let (Ok(name), Ok(stat)) =
            (std::fs::read_to_string(path.join("comm")), std::fs::read_to_string(path.join("stat")))
        else {
            continue; // it has just ended
        };
        let name = name.trim();
        let stage = STAGES.iter().find(|(start, _)| name.starts_with(start)).map_or(name, |(_, stage)| stage);
        *found.entry(stage.to_owned()).or_default() += seconds(&stat)?;
    }
    Ok(found)
}

/// Returns the CPU seconds of a process.
///
/// # Errors
/// The process is gone.
pub fn of_process(pid: u32) -> Result<f64> {
    seconds(&std::fs::read_to_string(format!("/proc/{pid}/stat"))?)
}

/// Returns the CPU time in a line of /proc: fields 14 and 15, in hundredths of a second.
fn seconds(stat: &str) -> Result<f64> {
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |n: usize| -> Result<f64> { Ok(fields.get(n).context("a field of /proc")?.parse()?) };
    Ok((ticks(11)? + ticks(12)?) / 100.0)
}
