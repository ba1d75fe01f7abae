//! How far audio and video are apart in a file, measured with flashes and beeps of the same moments.
//!
//! ```text
//! flash_and_beep make marks.webm SECONDS EVERY_S    640x480 at 30 fps
//! flash_and_beep measure recording.webm             a line per mark: its flash and its beep in milliseconds
//! ```

#[path = "marks/mod.rs"]
mod marks;
#[path = "../tests/material/mod.rs"]
mod material;

use anyhow::{Context, Result, bail, ensure};
use std::path::Path;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", file, seconds, every_s] => {
            let (seconds, every_s) = (seconds.parse()?, every_s.parse()?);
            ensure!(every_s > 0 && every_s < seconds, "at least one mark");
            let marks = marks::Marks { seconds, every_s, size: "640x480", rate_hz: 30 };
            marks.make(Path::new(file)).context("ffmpeg is not installed")?;
        }
        ["measure", file] => {
            let folder = tempfile::tempdir()?;
            let (flashes, beeps) = marks::find(Path::new(file), folder.path());
            ensure!(
                flashes.len() == beeps.len(),
                "{} flashes, {} beeps: {flashes:?} {beeps:?}",
                flashes.len(),
                beeps.len()
            );
            flashes.iter().zip(&beeps).for_each(|(flash, beep)| println!("{flash:.1} {beep:.1}"));
        }
        _ => bail!("flash_and_beep make FILE SECONDS EVERY_S, or measure FILE"),
    }
    Ok(())
}
