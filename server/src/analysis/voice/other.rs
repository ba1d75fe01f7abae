//! The interviewer's voice: when they speak, and nothing else of it.

use super::VoiceLane;
use crate::analysis::models::Models;
use coach_core::MediaTime;
use coach_core::journal::{Line, Other};
use coach_media::decode::{self, AudioBlock};
use coach_media::file::{self, Limits};
use coach_media::process::Decoding;
use coach_media::{Formats, Item, Track};
use std::path::Path;
use std::sync::{Arc, mpsc};

/// An answer of the decoder.
pub enum OtherEvent {
    /// A block of decoded audio.
    Audio(AudioBlock),
    /// The publishing has ended; no block of it follows.
    Drained,
}

/// Sends an answer to the thread that owns the lane. Is called on other threads.
pub type OtherPost = Arc<dyn Fn(OtherEvent) + Send + Sync>;

/// Finds out when the interviewer speaks.
pub struct OtherLane {
    models: Models,
    lane: VoiceLane,
    /// A process of its own, so that what strangers send cannot disturb the candidate's decoders.
    decoding: Decoding,
    post: OtherPost,
    lines: Vec<Line>,
    /// Whether somebody publishes, or what they sent is still being decoded.
    active: bool,
}

impl OtherLane {
    /// Returns a lane whose decoder answers by `post`.
    pub fn new(models: &Models, post: OtherPost) -> OtherLane {
        let (lane, decoding) = (VoiceLane::new(None), Decoding::new());
        OtherLane { models: models.clone(), lane, decoding, post, lines: Vec::new(), active: false }
    }

    /// Makes the decoder of a publishing that begins.
    ///
    /// # Errors
    /// The audio cannot be decoded on this machine.
    pub fn begin(&mut self, formats: &Formats) -> Result<(), decode::Error> {
        self.end();
        if let Some(format) = &formats.audio {
            let post = self.post.clone();
            self.lane.decoder = Some(self.decoding.audio(format, move |block| post(OtherEvent::Audio(block)))?);
            (self.lane.ended, self.lane.refused, self.active) = (false, false, true);
        }
        Ok(())
    }

    /// Takes the next item of a publishing; its video is not looked at. `live`: what the decoder has no room for is lost.
    pub fn item(&mut self, item: &Item, live: bool) {
        match item {
            Item::Unit(Track::Audio, unit) => {
                let Some(decoder) = &mut self.lane.decoder else { return };
                self.lane.pushed = Some(unit.t);
                let pushed = if live { decoder.push(unit) } else { decoder.push_blocking(unit) };
                if let Err(error) = pushed
                    && !std::mem::replace(&mut self.lane.refused, true)
                {
                    tracing::warn!(%error, t = %unit.t, "audio of the interviewer cannot be decoded; further units are not logged");
                }
            }
            Item::Gap(Track::Audio, span, reason) => {
                let mut lines = Vec::new();
                self.lane.gap(*span, *reason, &mut lines);
                self.keep(lines);
            }
            _ => {}
        }
    }

    /// Takes an answer of the decoder.
    pub fn event(&mut self, event: OtherEvent) {
        let mut lines = Vec::new();
        match event {
            OtherEvent::Audio(block) => self.lane.audio(&block, &self.models, &mut lines),
            OtherEvent::Drained => {
                self.lane.drained(&mut lines);
                self.active = self.lane.decoder.is_some();
            }
        }
        self.keep(lines);
    }

    /// Ends the publishing: waits until everything is decoded. Another one may follow.
    pub fn end(&mut self) {
        let Some(mut decoder) = self.lane.decoder.take() else { return };
        if let Err(error) = decoder.flush() {
            tracing::warn!(%error, "the interviewer's decoder could not be drained; some audio is lost");
        }
        (self.post)(OtherEvent::Drained);
    }

    /// Returns whether lines may come.
    pub fn is_active(&self) -> bool {
        self.active
    }

    /// Returns the media time up to which every line was given out.
    pub fn known_until(&self) -> MediaTime {
        self.lane.known_until()
    }

    /// Returns the lines since the last call.
    pub fn take_lines(&mut self) -> impl Iterator<Item = Line> {
        self.lines.drain(..)
    }

    /// Keeps when somebody spoke, and nothing else.
    fn keep(&mut self, lines: Vec<Line>) {
        self.lines.extend(lines.into_iter().filter_map(|line| match line {
            Line::Voice(voice) => Some(Line::Other(Other { t: voice.t, hop: voice.hop, speech: voice.speech })),
            _ => None,
        }));
    }
}

/// Returns when the interviewer speaks in their recording. Blocks until it is decoded.
///
/// # Errors
/// The file cannot be read, or not decoded here.
pub fn of_file(path: &Path, models: &Models, limits: Limits) -> Result<Vec<Line>, file::Error> {
    let (post, events) = mpsc::channel();
    let mut lane = OtherLane::new(models, Arc::new(move |event| drop(post.send(event))));
    let mut source = lane.decoding.open(path, limits)?;
    if let Err(error) = lane.begin(source.formats()) {
        tracing::warn!(%error, "the interviewer's voice cannot be decoded; nothing is said of who spoke when");
        return Ok(Vec::new());
    }
    let mut lines = Vec::new();
    while let Some(item) = source.next()? {
        lane.item(&item, false);
        while let Ok(event) = events.try_recv() {
            lane.event(event);
        }
        lines.extend(lane.take_lines());
    }
    lane.end();
    while let Ok(event) = events.try_recv() {
        lane.event(event);
    }
    lines.extend(lane.take_lines());
    Ok(lines)
}
