//! Flashes and beeps of the same moments: made, and found again in what became of them.
//!
//! Both by ffmpeg, so that no decoder or clock of ours judges itself.

use crate::material::{ffmpeg, path};
use std::path::{Path, PathBuf};

/// A recording of marks: each is 100 ms of white and of a tone of 1 kHz; the first is `every_s` seconds from the start.
pub struct Marks<'a> {
    pub seconds: u32,
    pub every_s: u32,
    /// "WIDTHxHEIGHT".
    pub size: &'a str,
    pub rate_hz: u32,
}

impl Marks<'_> {
    /// Writes them as WebM with a key frame every 3 s. `None`, and a line, where there is no ffmpeg.
    pub fn make(&self, out: &Path) -> Option<PathBuf> {
        let Marks { seconds, every_s, size, rate_hz } = self;
        let on = format!("gte(t,{every_s})*lt(mod(t,{every_s}),0.1)");
        let video = format!(
            "color=black:size={size}:rate={rate_hz}:duration={seconds},drawbox=t=fill:color=white:enable='{on}'"
        );
        let audio = format!("aevalsrc='0.5*sin(2*PI*1000*t)*{on}':s=48000:d={seconds}");
        let keys = (3 * rate_hz).to_string();
        let video_coding = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "16", "-g", &keys];
        let audio_coding = ["-c:a", "libopus", "-application", "lowdelay", "-b:a", "24k"];
        let input = ["-f", "lavfi", "-i", &video, "-f", "lavfi", "-i", &audio];
        ffmpeg(&[&input[..], &video_coding, &audio_coding].concat(), out)
    }
}

/// Beginnings of flashes (to 5 ms) and of beeps in a file, in milliseconds; `folder` takes what was decoded.
pub fn find(file: &Path, folder: &Path) -> (Vec<f64>, Vec<f64>) {
    let (gray, audio) = (folder.join("v.gray"), folder.join("a.f32"));
    // One frame every 5 ms, so that its time is its number.
    ffmpeg(&["-i", path(file), "-vf", "scale=4:4,fps=200:start_time=0", "-f", "rawvideo", "-pix_fmt", "gray"], &gray)
        .expect("ffmpeg has made it");
    let whole = "aresample=48000:async=1:first_pts=0";
    ffmpeg(&["-i", path(file), "-vn", "-af", whole, "-ac", "1", "-f", "f32le"], &audio).expect("ffmpeg has made it");
    let bright: Vec<bool> = std::fs::read(gray).expect("just made").chunks(16).map(|p| p[5] > 128).collect();
    let flashes = (1..bright.len()).filter(|n| bright[*n] && !bright[n - 1]).map(|n| n as f64 * 5.0).collect();
    let samples = std::fs::read(audio).expect("just made");
    // Loud after a tenth of a second of quiet.
    let (mut beeps, mut quiet) = (Vec::new(), 4800);
    for (n, sample) in samples.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).enumerate() {
        if sample.abs() > 0.1 {
            if quiet >= 4800 {
                beeps.push(n as f64 / 48.0);
            }
            quiet = 0;
        } else {
            quiet += 1;
        }
    }
    (flashes, beeps)
}
