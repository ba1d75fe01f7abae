//! Speech of a computer's voice.

use std::path::Path;
use std::process::Command;

/// Returns a recording in which espeak-ng says this, plain text or SSML. Its files are made in the folder.
pub fn spoken(folder: &Path, text: &str) -> Vec<u8> {
    let (wav, webm) = (folder.join("said.wav"), folder.join("said.webm"));
    let said = Command::new("espeak-ng").args(["-m", "-v", "en-us", "-s", "140", "-w"]).arg(&wav).arg(text).status();
    assert!(said.expect("espeak-ng is there").success());
    let mut packing = Command::new("ffmpeg");
    packing.args(["-v", "error", "-y", "-i"]).arg(&wav).args(["-c:a", "libopus"]).arg(&webm);
    assert!(packing.status().expect("ffmpeg is there").success());
    std::fs::read(webm).unwrap()
}
