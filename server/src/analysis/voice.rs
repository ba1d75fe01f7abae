//! The audio track of one session: gives decoded audio and gaps to the listener, and segments of speech to the recognizer.

pub mod other;

use super::gap;
use super::latency::Latency;
use super::models::Models;
use super::words::WordsLane;
use coach_core::journal::{GapKind, GapReason, Line};
use coach_core::{MediaTime, Span};
use coach_media::decode::{self, AudioBlock};
use coach_perception::voice::Listener;
use std::collections::VecDeque;

/// Audio stamped more than this before the listener's time, in ms, repeats what was heard already; less is rounding.
const LATE_MS: i64 = 40;

/// The state of the audio track.
pub struct VoiceLane {
    /// The decoder of the present publishing.
    pub decoder: Option<decode::Audio>,
    /// `None` where nothing writes words down.
    pub words: Option<WordsLane>,
    /// Stamp of the last unit given to the decoder.
    pub pushed: Option<MediaTime>,
    /// Whether the decoder has refused a unit, which is logged once.
    pub refused: bool,
    /// Whether the track has ended.
    pub ended: bool,
    /// Measures the decoder.
    pub latency: Latency,
    listener: Option<Listener>,
    /// Gaps that were reported and that the listener has not been given yet.
    gaps: VecDeque<Silence>,
    /// Latest stamp of the blocks that the decoder gave back.
    heard: Option<MediaTime>,
    /// Whether a block could not be measured, which is logged once.
    unmeasured: bool,
    /// Where the last gap before the first audio ends.
    gap_end: MediaTime,
}

/// A gap in the audio. It is held back until the audio before it is decoded.
struct Silence {
    span: Span,
    reason: GapReason,
    /// Stamp of the last unit before the gap; `None` when there is none.
    after: Option<MediaTime>,
}

impl VoiceLane {
    /// Returns a lane that has no decoder yet.
    pub fn new(words: Option<WordsLane>) -> VoiceLane {
        VoiceLane {
            decoder: None,
            words,
            pushed: None,
            refused: false,
            ended: false,
            latency: Latency::new("audio"),
            listener: None,
            gaps: VecDeque::new(),
            heard: None,
            unmeasured: false,
            gap_end: MediaTime::ZERO,
        }
    }

    /// Returns the media time up to which audio and gaps were measured.
    pub fn now(&self) -> MediaTime {
        self.listener.as_ref().map_or(self.gap_end, Listener::now)
    }

    /// Returns the media time up to which every line of the voice was given out.
    pub fn known_until(&self) -> MediaTime {
        self.listener.as_ref().map_or(self.gap_end, Listener::known_until)
    }

    /// Takes a gap between the units given to the decoder.
    pub fn gap(&mut self, span: Span, reason: GapReason, lines: &mut Vec<Line>) {
        self.gaps.push_back(Silence { span, reason, after: self.pushed });
        self.pass_gaps(lines);
    }

    /// Takes a block of decoded audio.
    pub fn audio(&mut self, block: &AudioBlock, models: &Models, lines: &mut Vec<Line>) {
        self.heard = self.heard.max(Some(block.t));
        self.latency.came(block.t);
        if self.listener.is_none() {
            match Listener::new(block.rate_hz, models.activity(), block.t) {
                Ok(mut listener) => {
                    if self.words.is_some() {
                        listener.collect_segments();
                    }
                    self.listener = Some(listener);
                }
                Err(error) => {
                    tracing::error!(%error, rate_hz = block.rate_hz, "audio of this sample rate cannot be measured");
                    self.decoder = None;
                    self.ended = true;
                }
            }
        }
        let Some(listener) = &mut self.listener else { return };
        let mut out = |line| lines.push(line);
        // A gap at the decoder is treated like a gap in the network.
        if let Some(lost) = block.lost {
            self.gaps.push_back(Silence { span: lost.span, reason: lost.reason, after: None });
        }
        while let Some(silence) = self.gaps.front()
            && silence.span.end <= block.t
        {
            if let Err(error) = listener.gap(silence.span.end, silence.reason, &mut out) {
                tracing::warn!(%error, t = %block.t, "a gap in the audio cannot be measured");
            }
            self.gaps.pop_front();
        }
        // A publishing that replaced another may repeat the last audio of the one before, which is left out.
        let repeated = (listener.now() - block.t).max(0) * i64::from(block.rate_hz) / 1000;
        let from = if listener.now() - block.t > LATE_MS { repeated as usize } else { 0 };
        let samples = block.samples.get(from..).unwrap_or_default();
        if let Err(error) = listener.push(samples, &mut out)
            && !std::mem::replace(&mut self.unmeasured, true)
        {
            tracing::warn!(%error, t = %block.t, "a block of audio cannot be measured; further ones are not logged");
        }
        self.pass_gaps(lines);
    }

    /// Ends the listener: the decoder gives out nothing more. Another publishing may begin with a new one.
    pub fn drained(&mut self, lines: &mut Vec<Line>) {
        if let Some(mut listener) = self.listener.take() {
            if let Err(error) = listener.finish(&mut |line| lines.push(line)) {
                tracing::warn!(%error, "the last audio of a session cannot be measured");
            }
            if let Some(words) = &mut self.words {
                while let Some(segment) = listener.take_segment() {
                    words.take(segment, lines);
                }
                words.ended(listener.now());
            }
        }
        self.ended = true;
    }

    /// Gives the listener the gaps whose preceding audio has been heard.
    fn pass_gaps(&mut self, lines: &mut Vec<Line>) {
        while let Some(silence) = self.gaps.front()
            && silence.after <= self.heard
        {
            match &mut self.listener {
                Some(listener) => {
                    if let Err(error) = listener.gap(silence.span.end, silence.reason, &mut |line| lines.push(line)) {
                        tracing::warn!(%error, "a gap in the audio cannot be measured");
                    }
                }
                None => {
                    lines.push(gap(GapKind::Audio, silence.span, silence.reason));
                    self.gap_end = self.gap_end.max(silence.span.end);
                }
            }
            self.gaps.pop_front();
        }
        self.take_segments(lines);
    }

    /// Gives the segments of speech that were closed to the recognizer.
    fn take_segments(&mut self, lines: &mut Vec<Line>) {
        if let (Some(words), Some(listener)) = (&mut self.words, &mut self.listener) {
            while let Some(segment) = listener.take_segment() {
                words.take(segment, lines);
            }
            words.send();
        }
    }
}
