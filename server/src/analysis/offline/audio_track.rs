//! Chooses among the audio tracks of a file the one that a person speaks in.
//!
//! Screen recorders write one track for the computer and one for the microphone, in any order. The track that the file has played where
//! nobody chooses is kept as long as speech is in it.

use coach_core::MediaTime;
use coach_core::journal::Line;
use coach_media::file::{Limits, Notice, Source};
use coach_media::process::Decoding;
use coach_media::{Item, Track, file};
use coach_perception::voice::{Activity, Listener};
use std::path::Path;
use std::sync::mpsc;

/// Seconds of speech after which a track is known to be spoken in.
const ENOUGH_S: f32 = 4.0;
/// A track is searched for speech up to this media time.
const SEARCHED: MediaTime = MediaTime(20 * 60_000);
/// Another track must have so many times the speech of the first to be read in its place.
const CLEARLY: f32 = 4.0;
/// Less speech than this is none, in seconds.
const LEAST_S: f32 = 0.5;

/// Opens a file for the audio track with speech, and returns which one where there is a choice.
///
/// # Errors
/// The file cannot be opened.
pub fn open(
    decoding: &Decoding,
    path: &Path,
    limits: Limits,
    activity: &dyn Fn() -> Activity,
) -> Result<(Source, Option<Notice>), file::Error> {
    let source = decoding.open(path, limits)?;
    let tracks = source.audio_tracks();
    if tracks.len() < 2 {
        return Ok((source, None));
    }
    let defaults = tracks.iter().filter(|track| track.default).count();
    let first = if defaults == 1 { tracks.iter().position(|track| track.default).unwrap_or(0) } else { 0 };
    drop(source);
    let speech = |n: usize| {
        let found = speech_s(decoding, path, limits, n, activity);
        found
            .inspect_err(|error| tracing::warn!(%error, track = n, "an audio track cannot be searched for speech"))
            .unwrap_or(0.0)
    };
    let (mut chosen, mut most_s) = (first, speech(first));
    let usual_s = most_s;
    if usual_s < ENOUGH_S {
        for n in (0..tracks.len()).filter(|n| *n != first) {
            let found_s = speech(n);
            if found_s > most_s.max(LEAST_S) && found_s > usual_s * CLEARLY {
                (chosen, most_s) = (n, found_s);
            }
        }
    }
    let source = decoding.open_with_audio(path, limits, chosen)?;
    Ok((source, Some(Notice::AudioTrack { chosen: chosen + 1, of: tracks.len(), silent: chosen != first })))
}

/// Returns how much speech is in an audio track, in seconds; no more than [`ENOUGH_S`] and what one packet adds is counted.
fn speech_s(
    decoding: &Decoding,
    path: &Path,
    limits: Limits,
    track: usize,
    activity: &dyn Fn() -> Activity,
) -> anyhow::Result<f32> {
    let mut source = decoding.open_with_audio(path, limits, track)?;
    let Some(format) = source.formats().audio.clone() else { return Ok(0.0) };
    let (post, blocks) = mpsc::channel();
    let mut decoder = decoding.audio(&format, move |block| drop(post.send(block)))?;
    let mut heard = Heard::default();
    while let Some(item) = source.next()? {
        if item.t().is_some_and(|t| t > SEARCHED) || heard.speech_s > ENOUGH_S {
            break;
        }
        if let Item::Unit(Track::Audio, unit) = item {
            decoder.push_blocking(&unit)?;
            blocks.try_iter().try_for_each(|block| heard.hear(&block, activity))?;
        }
    }
    decoder.flush()?;
    drop(decoder);
    blocks.iter().try_for_each(|block| heard.hear(&block, activity))?;
    Ok(heard.speech_s)
}

/// What was heard of a track so far.
#[derive(Default)]
struct Heard {
    listener: Option<Listener>,
    speech_s: f32,
}

impl Heard {
    fn hear(&mut self, block: &coach_media::decode::AudioBlock, activity: &dyn Fn() -> Activity) -> anyhow::Result<()> {
        let listener = match &mut self.listener {
            Some(listener) => listener,
            None => self.listener.insert(Listener::new(block.rate_hz, activity(), block.t)?),
        };
        let speech_s = &mut self.speech_s;
        listener.push(&block.samples, &mut |line| {
            if let Line::Voice(voice) = line {
                *speech_s += voice.speech.iter().filter(|p| **p > 0.5).count() as f32 * 0.01;
            }
        })?;
        Ok(())
    }
}
