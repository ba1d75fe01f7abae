//! Decodes packets of audio to samples.

use super::chain::{Chain, Plan, Thread};
use super::mono::Mono;
use super::way::{Decoder, Pace, Way};
use super::{Error, Lost};
use crate::item::{AccessUnit, Format, GapReason, Track};
use crate::packet;
use crate::process::{self, Process};
use coach_core::MediaTime;
use gstreamer as gst;
use std::sync::{Arc, Mutex};

/// The samples of one packet.
#[derive(Debug, Clone, PartialEq)]
pub struct AudioBlock {
    /// The time of the first sample.
    pub t: MediaTime,
    /// Samples per second: those of the decoder's first output. Audio whose rate changes later is resampled to it.
    pub rate_hz: u32,
    /// Mono samples, -1 to 1: the mean of the channels, or one of them where they cancel each other.
    pub samples: Vec<f32>,
    /// What should have come out before it. `None`: nothing was lost.
    pub lost: Option<Lost>,
}

/// A decoder of audio. Nothing is concealed, repaired or trimmed: samples come only from packets that were received.
pub struct Audio {
    way: Way,
    opus: bool,
    /// Rate and channels of the last frame of MPEG audio, which says them itself.
    frame: Option<(u32, u32)>,
    mpeg_audio: bool,
}

impl Audio {
    /// Starts a decoder; `sink` is called on its thread, in order.
    pub fn new(format: &Format, sink: impl FnMut(AudioBlock) + Send + 'static) -> Result<Audio, Error> {
        Audio::here(format, Thread::Own, sink)
    }

    /// Starts a decoder as [`Audio::new`] does, on the thread that pushes packets.
    pub(crate) fn on_callers_thread(
        format: &Format,
        sink: impl FnMut(AudioBlock) + Send + 'static,
    ) -> Result<Audio, Error> {
        Audio::here(format, Thread::Callers, sink)
    }

    fn here(
        format: &Format,
        thread: Thread,
        mut sink: impl FnMut(AudioBlock) + Send + 'static,
    ) -> Result<Audio, Error> {
        let input = super::caps(format)?;
        let output = gst::Caps::builder("audio/x-raw")
            .field("format", if cfg!(target_endian = "big") { "F32BE" } else { "F32LE" })
            .field("layout", "interleaved")
            .field("channels", gst::IntRange::new(1, 2))
            .build();
        let opus = format.media_type() == "audio/x-opus";
        let plan = Plan {
            decoders: super::decoders(&input, format)?,
            input,
            convert: &["audioconvert", "audioresample"],
            output,
            pieces: None,
            thread,
            delta: false,
            answers: if opus { |_| true } else { |_| false },
        };
        let mut mono = Mono::default();
        let sink = move |sample: gst::Sample, lost: Option<Lost>| {
            let coding = sample.caps().and_then(|c| c.structure(0));
            let number = |name| coding.and_then(|s| s.get::<i32>(name).ok()).and_then(|n| u32::try_from(n).ok());
            let (Some(rate_hz), Some(channels), Some(buffer)) = (number("rate"), number("channels"), sample.buffer())
            else {
                return;
            };
            let Ok(map) = buffer.map_readable() else { return };
            let samples = map.as_slice().as_chunks::<4>().0.iter().map(|bytes| f32::from_ne_bytes(*bytes));
            let samples = if channels == 2 { mono.mix(samples, rate_hz) } else { samples.collect() };
            sink(AudioBlock { t: super::chain::time(buffer), rate_hz, samples, lost });
        };
        let coding = plan.input.structure(0);
        let mpeg_audio = coding.is_some_and(|s| s.name() == "audio/mpeg" && s.get::<i32>("mpegversion") == Ok(1));
        let way = Way::Here(Chain::new(plan, Arc::new(Mutex::new(sink)))?);
        Ok(Audio { way, opus, frame: None, mpeg_audio })
    }

    /// Starts a decoder as [`Audio::new`] does, in a separate process.
    pub(crate) fn new_in(
        process: &Process,
        format: &Format,
        sink: impl FnMut(AudioBlock) + Send + 'static,
    ) -> Result<Audio, Error> {
        super::decoders(&super::caps(format)?, format)?;
        let sink = process::Sink::Audio(Box::new(sink));
        let decoder = process::Decoder::new(process, Track::Audio, format, 0, sink)?;
        Ok(Audio { way: Way::Away(decoder), opus: false, frame: None, mpeg_audio: false })
    }

    /// Tells the decoder where the rate or the channels change in the middle.
    fn follow(&mut self, unit: &AccessUnit) {
        let Some(now) = packet::mpeg_audio(&unit.data) else { return };
        let before = self.frame.replace(now);
        if let (Way::Here(chain), true) = (&mut self.way, before.is_some_and(|before| before != now)) {
            let (Ok(rate), Ok(channels)) = (i32::try_from(now.0), i32::try_from(now.1)) else { return };
            chain.change(|coding| {
                coding.set("rate", rate);
                coding.set("channels", channels);
                coding.remove_field("mpegaudioversion");
            });
        }
    }

    /// Takes a packet without waiting. When the decoder is far behind, the packet is lost.
    pub fn push(&mut self, unit: &AccessUnit) -> Result<(), Error> {
        self.take(unit, Pace::Live)
    }

    /// Takes a packet, waiting until the decoder has room for it.
    pub fn push_blocking(&mut self, unit: &AccessUnit) -> Result<(), Error> {
        self.take(unit, Pace::File)
    }

    /// Waits until everything that was pushed has come out. Nothing can be pushed afterwards.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.way.flush()
    }

    /// Returns since when nothing has come out for pushed packets, unless later output reported it.
    pub fn lost(&self) -> Option<(MediaTime, GapReason)> {
        self.way.lost()
    }
}

impl Decoder for Audio {
    fn take(&mut self, unit: &AccessUnit, pace: Pace) -> Result<(), Error> {
        if self.mpeg_audio {
            self.follow(unit);
        }
        // Bytes that cannot be a packet are not given to the decoder, which would conceal them.
        let fit = !self.opus || packet::opus_samples(&unit.data).is_some();
        self.way.push(unit, fit, pace)
    }

    fn way(&mut self) -> &mut Way {
        &mut self.way
    }
}
