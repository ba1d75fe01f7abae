//! `coach voice FILE`: prints a voice report like Praat's as JSON on standard output.

use crate::analysis::offline::audio_track;
use anyhow::Context as _;
use coach_media::process::Decoding;
use coach_media::{Item, Track, file};
use coach_perception::voice::Activity;
use coach_perception::voice::report::voice_report;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Print Praat's voice report of a file as JSON.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Any audio file, or a video with audio
    pub file: PathBuf,
    /// Add F0 and intensity of every frame
    #[arg(long)]
    pub frames: bool,
}

/// Longest audio that is read whole, seconds: four hours at 16 kHz are 0.9 GB of samples.
const LONGEST_S: usize = 4 * 3600;
/// Seconds by which the buffer grows at a time.
const ROOM_S: usize = 300;

/// Measures the file and prints the report.
///
/// # Errors
/// The file is not media, has no audio, or is longer than four hours.
pub fn run(args: &Args) -> anyhow::Result<()> {
    coach_media::init()?;
    let (samples, rate_hz) = samples(&args.file).with_context(|| format!("{}", args.file.display()))?;
    let report = voice_report(&samples, rate_hz, args.frames).with_context(|| format!("{}", args.file.display()))?;
    let mut to = std::io::stdout().lock();
    serde_json::to_writer(&mut to, &report)?;
    writeln!(to)?;
    Ok(())
}

/// Returns all samples of the file's audio, mono, at its own rate.
fn samples(path: &Path) -> anyhow::Result<(Vec<f32>, u32)> {
    let decoding = Decoding::new();
    // Levels tell well enough in which track somebody speaks; no model is loaded for it.
    let (mut source, _) = audio_track::open(&decoding, path, file::Limits::default(), &Activity::energy)?;
    let format = source.formats().audio.clone().context("the file has no audio")?;
    let heard = Arc::new(Mutex::new((Vec::new(), 0)));
    let into = heard.clone();
    let mut decoder = decoding.audio(&format, move |block| {
        if let Ok(mut heard) = into.lock() {
            heard.1 = block.rate_hz;
            if heard.0.capacity() - heard.0.len() < block.samples.len() {
                // The buffer grows by minutes and does not double, which would need twice the memory.
                let room = block.samples.len().max(ROOM_S * block.rate_hz as usize);
                heard.0.reserve_exact(room);
            }
            heard.0.extend_from_slice(&block.samples);
        }
    })?;
    while let Some(item) = source.next()? {
        if let Item::Unit(Track::Audio, unit) = item {
            decoder.push_blocking(&unit)?;
            let heard = heard.lock().map_err(|_| anyhow::anyhow!("the decoder failed"))?;
            if heard.1 > 0 && heard.0.len() / heard.1 as usize > LONGEST_S {
                anyhow::bail!("it is longer than four hours");
            }
        }
    }
    decoder.flush()?;
    drop(decoder);
    let mut heard = heard.lock().map_err(|_| anyhow::anyhow!("the decoder failed"))?;
    Ok((std::mem::take(&mut heard.0), heard.1))
}
