//! The live analysis of a voice: samples of one speaker in, the journal's voice lines out, the same whatever the sizes
//! of the blocks.

use super::activity::Level;
use super::filter::Filter;
use super::gaps::{Gaps, Length};
use super::hesitation::{self, Finding, Heard, Hesitations};
use super::intensity::Meter;
use super::nuclei::Nuclei;
use super::pitch::{self, Analyzer, Frame, Path};
use super::resample::Resampler;
use super::runs::{self, Runs};
use super::tape::Tape;
use super::{Activity, Error, HOP, RATE_HZ};
use crate::words::{Cutter, Segment};
use coach_core::MediaTime;
use coach_core::journal::{Gap, GapKind, GapReason, Hesitation, Line, Nucleus, Voice, VoicedRun};
use std::collections::VecDeque;

/// The number of frames that the pitch path looks ahead: 100 ms.
const LOOK_AHEAD: usize = 10;
/// The number of hops after which a hop's pitch frame is complete.
const FRAME_DELAY: i64 = 2;
/// The number of hops after which everything about a hop is decided.
const DECISION_DELAY: i64 = FRAME_DELAY + LOOK_AHEAD as i64;
/// The number of hops in a [`Voice`] line.
const LINE: i64 = 10;
/// The smallest value that counts as the speaker's peak.
const LEAST_PEAK: f64 = 0.02;
/// The longest gap that is filled with silence: 24 h. A longer one comes from a broken stamp.
const LONGEST_GAP_MS: i64 = 86_400_000;

/// The settings that may differ between uses; the product uses the default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tuning {
    /// The frequency in Hz below which rumble is removed before anything is measured; 0: it is kept.
    pub high_pass_hz: f64,
    /// The time after which the remembered peak has fallen by half, seconds.
    pub peak_half_life_s: f64,
}

impl Default for Tuning {
    fn default() -> Tuning {
        Tuning { high_pass_hz: 60.0, peak_half_life_s: 60.0 }
    }
}

/// What is known about the newest hop at once. The journal's line may differ 100 ms later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Provisional {
    /// The start of the hop.
    pub t: MediaTime,
    /// The pitch in Hz. `None`: unvoiced.
    pub f0: Option<f32>,
    /// The level of the speech band over the last 30 ms, dB re 2e-5.
    pub level_db: f32,
}

/// Analyzes one stream. Hop `k` begins at the stream's start + 10 `k` ms.
///
/// ```
/// use coach_core::MediaTime;
/// use coach_perception::voice::{Activity, Listener};
///
/// let mut lines = Vec::new();
/// // By level alone; with the model at hand it is `Activity::silero(&runtime, &onnx)?`.
/// let mut listener = Listener::new(48_000, Activity::energy(), MediaTime::ZERO)?;
/// // A second of a tone of 200 Hz in packets of 20 ms. How the samples are cut into packets makes no difference.
/// let tone: Vec<f32> = (0..48_000).map(|n| (n as f32 * 200.0 * std::f32::consts::TAU / 48_000.0).sin() * 0.1).collect();
/// for packet in tone.chunks(960) {
///     listener.push(packet, &mut |line| lines.push(line))?;
/// }
/// listener.finish(&mut |line| lines.push(line))?;
/// assert_eq!(lines.first().map(|line| line.t()), Some(MediaTime::ZERO));
/// # Ok::<(), coach_perception::voice::Error>(())
/// ```
pub struct Listener {
    rate_hz: u32,
    start: MediaTime,
    resampler: Resampler,
    core: Core,
}

impl Listener {
    /// Creates a listener for samples at `rate_hz`, 8 to 192 kHz; `start` is the media time of the first sample.
    ///
    /// # Errors
    /// [`Error::Rate`]: the rate is out of range.
    pub fn new(rate_hz: u32, activity: Activity, start: MediaTime) -> Result<Listener, Error> {
        Listener::tuned(rate_hz, activity, start, Tuning::default())
    }

    /// Creates a listener with settings other than the default.
    ///
    /// # Errors
    /// [`Error::Rate`]: the rate is out of range.
    pub fn tuned(rate_hz: u32, activity: Activity, start: MediaTime, tuning: Tuning) -> Result<Listener, Error> {
        let resampler = Resampler::new(rate_hz).ok_or(Error::Rate(rate_hz))?;
        let core = Core::new(activity, start, tuning).ok_or(Error::Rate(rate_hz))?;
        Ok(Listener { rate_hz, start, resampler, core })
    }

    /// Takes the next samples, mono, ±1 (values up to ±4 are kept, larger ones are clamped, NaN counts as silence).
    ///
    /// # Errors
    /// [`Error::Activity`]: the detector's network failed. The stream can go on in a new listener with
    /// [`Activity::energy`].
    pub fn push(&mut self, samples: &[f32], out: &mut impl FnMut(Line)) -> Result<(), Error> {
        let mut clean = [0.0f32; 512];
        let mut result = Ok(());
        for block in samples.chunks(clean.len()) {
            for (y, &x) in clean.iter_mut().zip(block) {
                *y = if x.is_finite() { x.clamp(-4.0, 4.0) } else { 0.0 };
            }
            self.resampler.push(&clean[..block.len()], &mut |block| {
                if result.is_ok() {
                    result = self.core.feed(block, out);
                }
            });
        }
        result
    }

    /// Returns the media time up to which samples were given.
    pub fn now(&self) -> MediaTime {
        self.start + (self.resampler.taken() * 1000 / u64::from(self.rate_hz)) as i64
    }

    /// Takes a gap from the present sample to `end` (at most 24 h): silence takes its place and measures keep 100 ms
    /// away. A time that has passed already is no gap.
    ///
    /// # Errors
    /// [`Error::Activity`]: the detector's network failed.
    pub fn gap(&mut self, end: MediaTime, reason: GapReason, out: &mut impl FnMut(Line)) -> Result<(), Error> {
        let start = self.now();
        let end = end.min(start + LONGEST_GAP_MS);
        if end <= start {
            return Ok(());
        }
        let rate = i128::from(self.rate_hz);
        let due = (i128::from(end - self.start) * rate + 500).div_euclid(1000);
        let missing = due - i128::from(self.resampler.taken());
        if missing <= 0 {
            return Ok(());
        }
        let at_16k = |samples: i128| ((samples * i128::from(RATE_HZ) + rate / 2) / rate) as i64;
        self.core.gaps.add(at_16k(i128::from(self.resampler.taken())), at_16k(due));
        out(Line::Gap(Gap { t: end, what: GapKind::Audio, start, end, reason }));
        let silence = [0.0f32; 512];
        let mut left = missing as u64;
        while left > 0 {
            let part = left.min(silence.len() as u64) as usize;
            self.push(&silence[..part], out)?;
            left -= part as u64;
        }
        Ok(())
    }

    /// Ends the stream and gives out everything that is still to come. Later samples are ignored.
    ///
    /// # Errors
    /// [`Error::Activity`]: the detector's network failed.
    pub fn finish(&mut self, out: &mut impl FnMut(Line)) -> Result<(), Error> {
        let mut result = Ok(());
        self.resampler.finish(&mut |block| {
            if result.is_ok() {
                result = self.core.feed(block, out);
            }
        });
        result.and_then(|()| self.core.finish(out))
    }

    /// Returns the time before which every line has been given out.
    pub fn known_until(&self) -> MediaTime {
        self.core.known_until()
    }

    /// Returns what is known about the newest hop.
    pub fn provisional(&self) -> Option<Provisional> {
        self.core.provisional()
    }

    /// Collects segments of speech from here on, for [`Listener::take_segment`]. To be called before the first sample.
    /// Without a neural detector there are none: level alone does not tell speech from noise.
    pub fn collect_segments(&mut self) {
        self.core.cutter = Some(Cutter::new(self.start));
    }

    /// Returns the next segment of speech, oldest first.
    pub fn take_segment(&mut self) -> Option<Segment> {
        self.core.segments.pop_front()
    }

    /// Returns the detector in use, as the journal's header names it.
    pub fn activity(&self) -> coach_core::journal::VoiceActivityModel {
        self.core.activity.model()
    }
}

/// Everything after resampling.
struct Core {
    start: MediaTime,
    high_pass: Option<Filter>,
    activity: Activity,
    cutter: Option<Cutter>,
    segments: VecDeque<Segment>,
    level: Level,
    gaps: Gaps,
    tape: Tape,
    analyzer: Analyzer,
    path: Path,
    frame: Frame,
    meter: Meter,
    runs: Runs,
    nuclei: Nuclei,
    hesitations: Hesitations,
    peak: f64,
    peak_keeps: f64,
    hop: [f32; HOP],
    filled: usize,
    /// The number of hops so far.
    ticks: i64,
    /// The number of hops of the stream once it has ended.
    last: Option<i64>,
    /// Nuclei whose hop is not decided yet.
    pending: VecDeque<i64>,
    /// The speech probability of the last decided hops, at `hop % len`.
    speech: [f32; 32],
    decided: i64,
    line: Voice,
}

impl Core {
    fn new(activity: Activity, start: MediaTime, tuning: Tuning) -> Option<Core> {
        let rate_hz = f64::from(RATE_HZ);
        let analyzer = Analyzer::new(rate_hz, pitch::FLOOR_HZ)?;
        let hops = tuning.peak_half_life_s * 100.0;
        let level = activity.level();
        Some(Core {
            start,
            high_pass: (tuning.high_pass_hz > 0.0).then(|| Filter::high_pass(4, tuning.high_pass_hz, rate_hz)),
            activity,
            cutter: None,
            segments: VecDeque::new(),
            level,
            gaps: Gaps::new(),
            tape: Tape::new(runs::REACH, 2 * HOP * LINE as usize),
            analyzer,
            path: Path::new(LOOK_AHEAD + 1),
            frame: Frame::default(),
            meter: Meter::new(rate_hz),
            runs: Runs::new()?,
            nuclei: Nuclei::new(),
            hesitations: Hesitations::new(),
            peak: LEAST_PEAK,
            peak_keeps: if hops > 0.0 { 0.5f64.powf(1.0 / hops) } else { 1.0 },
            hop: [0.0; HOP],
            filled: 0,
            ticks: 0,
            last: None,
            pending: VecDeque::with_capacity(64),
            speech: [0.0; 32],
            decided: 0,
            line: empty_line(start),
        })
    }

    fn feed(&mut self, mut block: &[f32], out: &mut impl FnMut(Line)) -> Result<(), Error> {
        while !block.is_empty() && self.last.is_none() {
            let (now, later) = block.split_at(block.len().min(HOP - self.filled));
            self.hop[self.filled..self.filled + now.len()].copy_from_slice(now);
            self.filled += now.len();
            block = later;
            if self.filled == HOP {
                self.filled = 0;
                self.tick(out)?;
            }
        }
        Ok(())
    }

    /// Processes a complete hop.
    fn tick(&mut self, out: &mut impl FnMut(Line)) -> Result<(), Error> {
        let heard = self.activity.push(&self.hop)?;
        if let Some(filter) = &mut self.high_pass {
            for x in &mut self.hop {
                *x = filter.next(f64::from(*x)) as f32;
            }
            filter.calm();
        }
        self.tape.push(&self.hop);
        if let (Some(cutter), None) = (&mut self.cutter, self.last) {
            cutter.push(&self.hop);
            self.segments.extend(heard.and_then(|probability| cutter.hear(probability)));
        }
        let newest = self.ticks;
        self.ticks += 1;
        let gap = self.gaps.within(newest);
        let lost = gap == Some(Length::Short);
        self.level.push(&self.hop, lost, gap.is_none() && self.last.is_none());
        let loudest = self.hop.iter().fold(0.0f32, |top, x| top.max(x.abs()));
        self.peak = (self.peak * self.peak_keeps).max(f64::from(loudest)).max(LEAST_PEAK);
        self.pending.extend(self.nuclei.push(&self.hop, lost));
        self.look(newest - FRAME_DELAY);
        let hop = newest - DECISION_DELAY;
        if hop >= 0 && self.last.is_none_or(|last| hop < last) {
            self.decide(hop, out);
        }
        Ok(())
    }

    /// Takes the pitch candidates and the spectrum of a hop whose surroundings are known.
    fn look(&mut self, hop: i64) {
        if hop < 0 {
            return;
        }
        let centre = hop * HOP as i64 + HOP as i64 / 2;
        let around = self.tape.span(centre - hesitation::HALF_WINDOW, centre + hesitation::HALF_WINDOW);
        self.hesitations.spectrum(around);
        let (held, _) = self.tape.held();
        self.analyzer.analyze(held, self.tape.index(centre), self.peak, &mut self.frame);
        self.path.push(&self.frame);
    }

    fn decide(&mut self, hop: i64, out: &mut impl FnMut(Line)) {
        let centre = hop * HOP as i64 + HOP as i64 / 2;
        let decision = self.path.decide().unwrap_or_default();
        self.gaps.forget_before(hop);
        let masked = self.gaps.near(hop);
        let (hz, strength) = if masked { (0.0, 0.0) } else { (decision.hz, decision.strength) };
        let gap = self.gaps.within(hop);
        let speech = if gap == Some(Length::Long) { 0.0 } else { self.activity.probability(hop, &self.level) };
        if !masked {
            self.level.learn(hop, speech);
        }
        self.speech[(hop % self.speech.len() as i64) as usize] = speech;
        self.decided = hop + 1;

        let slot = (hop % LINE) as usize;
        let (held, _) = self.tape.held();
        self.line.f0[slot] = (hz > 0.0).then_some(hz as f32);
        self.line.strength[slot] = strength as f32;
        self.line.intensity[slot] = self.meter.measure(held, self.tape.index(centre)) as f32;
        self.line.speech[slot] = speech;
        if slot as i64 == LINE - 1 {
            self.give_line(out);
        }

        let closed = self.runs.push(hop, hz, &self.tape, self.peak);
        self.give_run(closed, out);
        let found = self.hesitations.push(Heard { hz, speech, level_db: self.level.db(hop), masked });
        self.give_hesitation(found, out);
        let known = self.known();
        while let Some(&at) = self.pending.front().filter(|&&at| at + 3 < self.decided) {
            self.pending.pop_front();
            let around = (at - 3).max(0)..=at + 3;
            let heard = around.map(|hop| self.speech[(hop % self.speech.len() as i64) as usize]).fold(0.0, f32::max);
            if heard >= 0.5 && at >= 0 {
                out(Line::Nucleus(Nucleus { t: known, at: self.time(at) + 5 }));
            }
        }
    }

    fn give_line(&mut self, out: &mut impl FnMut(Line)) {
        self.line.snr_db = self.level.snr_db().map(|snr| snr as f32);
        let next = empty_line(self.line.t + LINE * 10);
        out(Line::Voice(std::mem::replace(&mut self.line, next)));
    }

    fn give_run(&self, closed: Option<(i64, i64, VoicedRun)>, out: &mut impl FnMut(Line)) {
        if let Some((first, end, mut run)) = closed {
            (run.t, run.start, run.end) = (self.known(), self.time(first), self.time(end));
            out(Line::VoicedRun(run));
        }
    }

    fn give_hesitation(&self, found: Option<Finding>, out: &mut impl FnMut(Line)) {
        if let Some(Finding { first, end, confidence }) = found {
            let end = self.last.map_or(end, |last| end.min(last));
            let (start, end) = (self.time(first.max(0)), self.time(end));
            out(Line::Hesitation(Hesitation { t: self.known(), start, end, confidence }));
        }
    }

    /// Returns the start of a hop.
    fn time(&self, hop: i64) -> MediaTime {
        self.start + hop * 10
    }

    /// Returns the time from which findings of this moment count, at most the end of the stream.
    fn known(&self) -> MediaTime {
        self.time(self.last.map_or(self.ticks, |last| self.ticks.min(last)))
    }

    fn known_until(&self) -> MediaTime {
        if self.last.is_some() { self.line.t + 1 } else { self.line.t }
    }

    fn provisional(&self) -> Option<Provisional> {
        let hop = self.ticks - 1 - FRAME_DELAY;
        let hz = self.path.provisional().hz;
        let level_db = (self.level.db(self.ticks - 1) + 93.979) as f32;
        (hop >= 0).then(|| Provisional { t: self.time(hop), f0: (hz > 0.0).then_some(hz as f32), level_db })
    }

    fn finish(&mut self, out: &mut impl FnMut(Line)) -> Result<(), Error> {
        if self.last.is_some() {
            return Ok(());
        }
        if self.filled > 0 {
            self.hop[self.filled..].fill(0.0);
            self.filled = 0;
            self.tick(out)?;
        }
        let last = self.ticks;
        self.last = Some(last);
        self.segments.extend(self.cutter.as_mut().and_then(Cutter::finish));
        // Silence after the end decides the last hops.
        while self.decided < last {
            self.hop.fill(0.0);
            self.tick(out)?;
        }
        if last % LINE != 0 {
            self.give_line(out);
        }
        let closed = self.runs.close(&self.tape, self.peak);
        self.give_run(closed, out);
        let found = self.hesitations.finish();
        self.give_hesitation(found, out);
        Ok(())
    }
}

fn empty_line(t: MediaTime) -> Voice {
    Voice {
        t,
        hop: 10,
        f0: [None; 10],
        strength: [0.0; 10],
        intensity: [super::intensity::SILENCE_DB as f32; 10],
        speech: [0.0; 10],
        snr_db: None,
    }
}
