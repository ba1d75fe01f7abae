//! Decodes a file's audio and cuts it into segments of speech, in one pass: a file of hours takes no more memory than one of minutes.

use super::audio_track;
use crate::analysis::models::Models;
use anyhow::Context as _;
use coach_core::MediaTime;
use coach_core::journal::Line;
use coach_media::file::Limits;
use coach_media::process::Decoding;
use coach_media::{Item, Track, decode};
use coach_perception::voice::Listener;
use coach_perception::words::Segment;
use std::path::Path;
use std::sync::mpsc;

/// What is heard in a file.
pub enum Heard {
    /// Speech between two pauses. The nuclei within came before it.
    Segment(Segment),
    /// The nucleus of a syllable.
    Nucleus(MediaTime),
}

/// Calls `take` with what is heard in the audio track that a person speaks in, in order of time.
///
/// # Errors
/// The file is not media, has no audio or cannot be decoded, or `take` fails.
pub fn listen(
    path: &Path,
    limits: Limits,
    models: &Models,
    take: &mut dyn FnMut(Heard) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let decoding = Decoding::new();
    let (mut source, _) = audio_track::open(&decoding, path, limits, &|| models.activity())?;
    let format = source.formats().audio.clone().context("the file has no audio")?;
    let (post, blocks) = mpsc::channel();
    let mut decoder = decoding.audio(&format, move |block| drop(post.send(block)))?;
    let mut ear = Ear { models, listener: None, take };
    while let Some(item) = source.next()? {
        if let Item::Unit(Track::Audio, unit) = item {
            decoder.push_blocking(&unit)?;
            blocks.try_iter().try_for_each(|block| ear.hear(&block))?;
        }
    }
    decoder.flush()?;
    drop(decoder);
    blocks.iter().try_for_each(|block| ear.hear(&block))?;
    ear.finish()
}

struct Ear<'a> {
    models: &'a Models,
    listener: Option<Listener>,
    take: &'a mut dyn FnMut(Heard) -> anyhow::Result<()>,
}

impl Ear<'_> {
    fn hear(&mut self, block: &decode::AudioBlock) -> anyhow::Result<()> {
        let listener = match &mut self.listener {
            Some(listener) => listener,
            None => {
                let mut new = Listener::new(block.rate_hz, self.models.activity(), block.t)?;
                new.collect_segments();
                self.listener.insert(new)
            }
        };
        let mut nuclei = Vec::new();
        if let Some(lost) = block.lost {
            listener.gap(lost.span.end, lost.reason, &mut |line| nuclei.extend(nucleus(&line)))?;
        }
        listener.push(&block.samples, &mut |line| nuclei.extend(nucleus(&line)))?;
        self.pass_on(nuclei)
    }

    fn finish(mut self) -> anyhow::Result<()> {
        let mut nuclei = Vec::new();
        if let Some(listener) = &mut self.listener {
            listener.finish(&mut |line| nuclei.extend(nucleus(&line)))?;
        }
        self.pass_on(nuclei)
    }

    fn pass_on(&mut self, nuclei: Vec<MediaTime>) -> anyhow::Result<()> {
        nuclei.into_iter().try_for_each(|at| (self.take)(Heard::Nucleus(at)))?;
        while let Some(segment) = self.listener.as_mut().and_then(Listener::take_segment) {
            (self.take)(Heard::Segment(segment))?;
        }
        Ok(())
    }
}

fn nucleus(line: &Line) -> Option<MediaTime> {
    if let Line::Nucleus(nucleus) = line { Some(nucleus.at) } else { None }
}
