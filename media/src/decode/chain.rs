//! A GStreamer decoder and its queue, the same for video and audio.

use super::{Error, Lost};
use crate::gst::{Pipeline, make};
use crate::item::{AccessUnit, GapReason};
use crate::process::shared::{Pieces, Pool};
use crate::watched::Watched;
use coach_core::{MediaTime, Span};
use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::{AppSink, AppSinkCallbacks, AppSrc};
use gstreamer_video as gst_video;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The most video units that wait before live ones are dropped: two seconds of frames.
pub const MOST_WAITING: u64 = 64;
/// The most packets of audio that wait before live ones are dropped: ten seconds. They are small and decoded at once,
/// so that a thread that was suspended for a while loses none.
pub const MOST_WAITING_AUDIO: u64 = 512;

/// The most units that wait before reading a file is made to wait.
const FILE_WAITING: u64 = 8;

/// The earliest media time of a unit, in milliseconds before t = 0. Units before t = 0 are decoded and not given out.
/// GStreamer's own times begin at 0, so they are later by so much.
const EARLIEST_MS: i64 = 24 * 3_600_000;

/// The pause without a unit, in milliseconds, after which the decoder is restarted, as it is when a session goes on in
/// another part.
const ANEW_MS: i64 = 1000;

/// How often a broken decoder is restarted at most.
const MOST_RESTARTS: u32 = 50;

/// How long a decoder may take for the units in it before it counts as hung.
const HUNG_AFTER: Duration = Duration::from_secs(30);

/// What a decoder is built from.
pub struct Plan {
    pub input: gst::Caps,
    /// Decoders in order of preference; the first that exists is used. Empty for raw data.
    pub decoders: Vec<String>,
    /// What makes the output of the decoder's, in order.
    pub convert: &'static [&'static str],
    pub output: gst::Caps,
    /// The shared memory that frames are written to. `None`: memory of this process alone.
    pub pieces: Option<Arc<Pieces>>,
    pub thread: Thread,
    /// Units depend on the previous ones, so after a loss only a key frame can be decoded.
    pub delta: bool,
    /// Returns whether the output of a unit comes before the next unit is taken. When it does not come, the decoder
    /// failed without reporting it.
    pub answers: fn(&[u8]) -> bool,
}

/// The thread on which a decoder runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thread {
    /// One of its own; units wait for it.
    Own,
    /// That of the caller, who has one for this decoder. Pushing a unit returns when it has been decoded.
    Callers,
}

/// Receives each output with what was lost before it.
pub type Sink = Arc<Mutex<dyn FnMut(gst::Sample, Option<Lost>) + Send>>;

/// A running decoder.
pub struct Chain {
    plan: Plan,
    sink: Sink,
    state: Arc<Watched<State>>,
    running: Option<(Entry, Pipeline)>,
    restarts: u32,
    /// The last unit that was sent.
    last: Option<MediaTime>,
}

/// Where units go in.
enum Entry {
    Queue(AppSrc),
    /// A pad that belongs to no element; what is pushed from it is decoded at once.
    Pad(gst::Pad),
}

impl Entry {
    /// Returns the entry of a decoder, which is linked and started, and the element that goes before it.
    fn new(thread: Thread, input: &gst::Caps) -> (Entry, Option<gst::Element>) {
        match thread {
            Thread::Own => {
                let queue =
                    AppSrc::builder().caps(input).format(gst::Format::Time).is_live(false).max_bytes(0).block(false);
                let queue = queue.build();
                (Entry::Queue(queue.clone()), Some(queue.upcast()))
            }
            Thread::Callers => (Entry::Pad(gst::Pad::new(gst::PadDirection::Src)), None),
        }
    }

    /// Begins the stream, once the elements behind the entry run.
    fn begin(&self, to: &gst::Pad, input: &gst::Caps) -> Result<(), String> {
        let Entry::Pad(pad) = self else { return Ok(()) };
        pad.link(to).map_err(|error| error.to_string())?;
        pad.set_active(true).map_err(|error| error.to_string())?;
        pad.push_event(gst::event::StreamStart::new("units"));
        self.change(input);
        pad.push_event(gst::event::Segment::new(&gst::FormattedSegment::<gst::ClockTime>::new()));
        Ok(())
    }

    fn push(&self, buffer: gst::Buffer) -> Result<(), gst::FlowError> {
        let pushed = match self {
            Entry::Queue(queue) => queue.push_buffer(buffer),
            Entry::Pad(pad) => pad.push(buffer),
        };
        pushed.map(drop)
    }

    /// Returns whether an error of [`Entry::push`] means that the decoder is broken. A queue's thread reports that by a
    /// message.
    fn is_broken_by(&self, error: gst::FlowError) -> bool {
        matches!(self, Entry::Pad(_)) && !matches!(error, gst::FlowError::Eos | gst::FlowError::Flushing)
    }

    /// Changes the coding of the units that follow.
    fn change(&self, input: &gst::Caps) {
        match self {
            Entry::Queue(queue) => queue.set_caps(Some(input)),
            Entry::Pad(pad) => {
                pad.push_event(gst::event::Caps::new(input));
            }
        }
    }

    /// Ends the stream. Returns whether the decoder was told.
    fn end(&self) -> bool {
        match self {
            Entry::Queue(queue) => queue.end_of_stream().is_ok(),
            Entry::Pad(pad) => pad.push_event(gst::event::Eos::new()),
        }
    }
}

#[derive(Default)]
struct State {
    pushed: u64,
    taken: u64,
    /// The value of `pushed` after the last key unit.
    last_key: u64,
    /// The unit that is in the decoder.
    current: Option<MediaTime>,
    /// The unit in the decoder must give an output.
    unanswered: bool,
    /// Units withheld from the decoder: the index of the next unit that was pushed, the first lost stamp, and the
    /// reason.
    cuts: VecDeque<(u64, MediaTime, GapReason)>,
    /// The first of the units that never came out, and why.
    lost: Option<(MediaTime, GapReason)>,
    /// Units are dropped until the next key frame.
    wait_for_key: bool,
    failed: Option<String>,
    ended: bool,
    flushed: bool,
}

impl State {
    /// Withholds a unit from the decoder. It counts as lost once the units before it were decoded.
    fn cut(&mut self, t: MediaTime, reason: GapReason) {
        if !self.is_cut() {
            self.cuts.push_back((self.pushed, t, reason));
        }
    }

    /// Returns whether no unit was pushed since one was withheld.
    fn is_cut(&self) -> bool {
        self.cuts.back().is_some_and(|(next, ..)| *next == self.pushed)
    }

    /// Reports the unit in the decoder as lost, if it had to give an output and gave none.
    fn expect_answer(&mut self, delta: bool) {
        if std::mem::take(&mut self.unanswered)
            && let Some(t) = self.current
        {
            self.lose(t, GapReason::Loss, delta);
        }
    }

    fn take_cuts(&mut self, delta: bool) {
        while let Some((next, t, reason)) = self.cuts.front().copied()
            && next <= self.taken
        {
            self.cuts.pop_front();
            self.lose(t, reason, delta);
        }
    }

    fn lose(&mut self, t: MediaTime, reason: GapReason, delta: bool) {
        self.lost.get_or_insert((t, reason));
        self.wait_for_key |= delta;
    }
}

impl Chain {
    pub fn new(plan: Plan, sink: Sink) -> Result<Chain, Error> {
        let state = Arc::<Watched<State>>::default();
        state.lock().wait_for_key = plan.delta;
        let mut chain = Chain { plan, sink, state, running: None, restarts: 0, last: None };
        chain.start()?;
        Ok(chain)
    }

    fn start(&mut self) -> Result<(), Error> {
        let unsupported = |why: String| Error::Unsupported { caps: self.plan.input.to_string(), why };
        let pipeline = Pipeline::new();
        let (entry, before) = Entry::new(self.plan.thread, &self.plan.input);
        let sink = AppSink::builder().caps(&self.plan.output).sync(false).async_(false).max_buffers(1).build();
        let queued = before.is_some();
        let mut elements = Vec::from_iter(before);
        if !self.plan.decoders.is_empty() {
            let name = self.plan.decoders.iter().find(|name| gst::ElementFactory::find(name).is_some());
            let name = name.ok_or_else(|| {
                unsupported(format!("no decoder is installed; {} would do", self.plan.decoders.join(" or ")))
            })?;
            let decoder = make(name).map_err(unsupported)?;
            configure(&decoder);
            elements.push(decoder);
        }
        for name in self.plan.convert {
            let element = make(name).map_err(unsupported)?;
            if *name == "audioresample" {
                let keep = make("capsfilter").map_err(unsupported)?;
                keep_the_rate(&element, &keep);
                elements.extend([element, keep]);
            } else {
                elements.push(element);
            }
        }
        elements.push(sink.clone().upcast());
        pipeline.0.add_many(&elements).map_err(|e| unsupported(e.to_string()))?;
        gst::Element::link_many(&elements).map_err(|e| unsupported(e.to_string()))?;
        let gated = elements.get(usize::from(queued)).and_then(|element| element.static_pad("sink"));
        let gated = gated.ok_or_else(|| unsupported("the decoder has no input".into()))?;
        let (state, delta, answers) = (self.state.clone(), self.plan.delta, self.plan.answers);
        gated.add_probe(gst::PadProbeType::BUFFER, move |_, info| gate(&state, delta, answers, info));
        if let (Some(pieces), Some(end)) = (&self.plan.pieces, sink.static_pad("sink")) {
            offer(&end, pieces.clone());
        }
        sink.set_callbacks(callbacks(self.state.clone(), self.sink.clone(), self.plan.delta));
        if let Some(bus) = pipeline.0.bus() {
            let (state, delta) = (self.state.clone(), self.plan.delta);
            bus.set_sync_handler(move |_, message| {
                complaint(&state, delta, message.view());
                gst::BusSyncReply::Drop
            });
        }
        pipeline.0.set_state(gst::State::Playing).map_err(|e| unsupported(e.to_string()))?;
        entry.begin(&gated, &self.plan.input).map_err(unsupported)?;
        self.running = Some((entry, pipeline));
        Ok(())
    }

    /// Takes a unit without waiting. When too many wait already, the unit is lost.
    pub fn push(&mut self, unit: &AccessUnit) -> Result<(), Error> {
        self.repair()?;
        let mut state = self.state.lock();
        if state.flushed {
            return Err(Error::Flushed);
        }
        let most = if self.plan.delta { MOST_WAITING } else { MOST_WAITING_AUDIO };
        if state.pushed - state.taken >= most {
            state.cut(unit.t, GapReason::Overload);
            return Ok(());
        }
        drop(state);
        self.send(unit)
    }

    /// Takes a unit, waiting until there is room for it.
    pub fn push_blocking(&mut self, unit: &AccessUnit) -> Result<(), Error> {
        self.repair()?;
        let state = self.state.lock();
        if state.flushed {
            return Err(Error::Flushed);
        }
        let full = |s: &mut State| s.pushed - s.taken >= FILE_WAITING && s.failed.is_none();
        let (mut state, late) = self.state.wait_at_most(state, HUNG_AFTER, full);
        if late {
            state.failed = Some("the decoder hangs".into());
        }
        drop(state);
        self.repair()?;
        self.send(unit)
    }

    /// Changes the coding of the units that are pushed from now on.
    pub fn change(&mut self, change: impl FnOnce(&mut gst::StructureRef)) {
        if let Some(structure) = self.plan.input.make_mut().structure_mut(0) {
            change(structure);
        }
        if let Some((entry, _)) = &self.running {
            entry.change(&self.plan.input);
        }
    }

    /// Begins decoding anew, as with the first unit of a stream. What comes from `t` on counts as lost until there is output.
    ///
    /// # Errors
    /// The decoder does not end, or none can be started.
    pub fn renew(&mut self, t: MediaTime) -> Result<(), Error> {
        self.repair()?;
        self.drain()?;
        self.start()?;
        self.state.lock().lost.get_or_insert((t, GapReason::Loss));
        Ok(())
    }

    /// Returns whether units were lost so that nothing decodes before a key unit, and none is on its way.
    pub fn needs_key(&self) -> bool {
        let state = self.state.lock();
        self.plan.delta && (state.is_cut() || state.wait_for_key && state.last_key <= state.taken)
    }

    /// Refuses a unit that must not reach a decoder; units that depend on it are lost too.
    pub fn refuse(&mut self, unit: &AccessUnit) {
        self.state.lock().cut(unit.t, GapReason::Loss);
    }

    fn send(&mut self, unit: &AccessUnit) -> Result<(), Error> {
        if !self.plan.delta && self.last.is_some_and(|last| unit.t - last > ANEW_MS) {
            // No unit waits after such a pause, so draining takes no longer than building a decoder.
            self.drain()?;
            self.start()?;
        }
        let Some((entry, _)) = &self.running else { return Err(Error::Flushed) };
        let mut state = self.state.lock();
        if self.plan.delta && !unit.key && state.is_cut() {
            return Ok(());
        }
        state.pushed += 1;
        if unit.key {
            state.last_key = state.pushed;
        }
        drop(state);
        let mut buffer = gst::Buffer::from_slice(unit.data.clone());
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_mseconds((EARLIEST_MS + unit.t.ms()).max(0) as u64));
            if !unit.key {
                buffer.set_flags(gst::BufferFlags::DELTA_UNIT);
            }
        }
        self.last = Some(unit.t);
        if let Err(error) = entry.push(buffer) {
            let mut state = self.state.lock();
            // The gate may have counted it.
            state.taken = state.pushed.min(state.taken + 1);
            state.lose(unit.t, GapReason::Loss, self.plan.delta);
            if entry.is_broken_by(error) {
                state.failed.get_or_insert_with(|| error.to_string());
            }
        }
        Ok(())
    }

    /// Restarts a broken decoder.
    fn repair(&mut self) -> Result<(), Error> {
        let Some(why) = self.state.lock().failed.clone() else { return Ok(()) };
        if self.restarts >= MOST_RESTARTS {
            return Err(Error::Broken(why));
        }
        self.restarts += 1;
        tracing::warn!(error = why, restarts = self.restarts, "a decoder failed and is made anew");
        self.running = None;
        let mut state = self.state.lock();
        state.failed = None;
        state.taken = state.pushed;
        state.take_cuts(self.plan.delta);
        if let Some(t) = state.current {
            state.lose(t, GapReason::Loss, self.plan.delta);
        }
        drop(state);
        self.start()
    }

    /// Waits until everything that was pushed has come out. Nothing can be pushed afterwards.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.state.lock().flushed = true;
        self.drain()
    }

    /// Waits until everything that was pushed has come out, and ends the decoder.
    fn drain(&mut self) -> Result<(), Error> {
        let Some((entry, pipeline)) = self.running.take() else { return Ok(()) };
        let mut state = self.state.lock();
        state.ended = false;
        drop(state);
        if entry.end() {
            let waiting = |s: &mut State| !s.ended && s.failed.is_none();
            let mut state = self.state.lock();
            loop {
                let taken = state.taken;
                let (next, late) = self.state.wait_at_most(state, HUNG_AFTER, waiting);
                state = next;
                // A decoder that is slow but makes progress is not hung.
                if !late || state.taken == taken {
                    break;
                }
            }
        }
        drop(pipeline);
        let mut state = self.state.lock();
        state.expect_answer(self.plan.delta);
        state.take_cuts(self.plan.delta);
        match state.failed.take() {
            Some(why) if !state.ended => Err(Error::Broken(why)),
            _ if !state.ended => Err(Error::Broken("the decoder hangs".into())),
            _ => Ok(()),
        }
    }

    /// Returns the first of the units lost since the last output, and why.
    pub fn lost(&self) -> Option<(MediaTime, GapReason)> {
        self.state.lock().lost
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        self.running = None;
    }
}

/// Sets one thread for each decoder, and no concealment of what was not received.
fn configure(decoder: &gst::Element) {
    for (property, value) in [
        ("threads", "1"),
        ("max-threads", "1"),
        ("n-threads", "1"),
        ("plc", "false"),
        ("use-inband-fec", "false"),
        ("output-corrupt", "false"),
        ("discard-corrupted-frames", "true"),
        ("max-errors", "-1"),
    ] {
        if decoder.find_property(property).is_some() {
            decoder.set_property_from_str(property, value);
        }
    }
}

/// Offers a decoder the shared memory to write its frames in.
fn offer(end: &gst::Pad, pieces: Arc<Pieces>) {
    end.add_probe(gst::PadProbeType::QUERY_DOWNSTREAM, move |_, info| {
        let Some(query) = info.query_mut() else { return gst::PadProbeReturn::Ok };
        let gst::QueryViewMut::Allocation(query) = query.view_mut() else { return gst::PadProbeReturn::Ok };
        let size = query.get_owned().0.and_then(|caps| gst_video::VideoInfo::from_caps(&caps).ok()).map(|i| i.size());
        let Some(size) = size.and_then(|size| u32::try_from(size).ok()) else { return gst::PadProbeReturn::Ok };
        query.add_allocation_pool(Some(&Pool::new(pieces.clone())), size, 0, 0);
        gst::PadProbeReturn::Handled
    });
}

/// Watches each unit that enters the decoder, and withholds those that cannot be decoded.
fn gate(
    shared: &Watched<State>,
    delta: bool,
    answers: fn(&[u8]) -> bool,
    info: &mut gst::PadProbeInfo<'_>,
) -> gst::PadProbeReturn {
    let Some(gst::PadProbeData::Buffer(buffer)) = &info.data else { return gst::PadProbeReturn::Ok };
    let t = time(buffer);
    let key = !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
    let mut state = shared.lock();
    state.expect_answer(delta);
    state.take_cuts(delta);
    state.taken += 1;
    shared.notify();
    if state.wait_for_key && !key {
        state.lose(t, GapReason::Loss, delta);
        return gst::PadProbeReturn::Handled;
    }
    state.wait_for_key = false;
    state.current = Some(t);
    state.unanswered = buffer.map_readable().is_ok_and(|map| answers(&map));
    gst::PadProbeReturn::Ok
}

fn callbacks(shared: Arc<Watched<State>>, sink: Sink, delta: bool) -> AppSinkCallbacks {
    let ending = shared.clone();
    AppSinkCallbacks::builder()
        .new_sample(move |from| {
            let sample = from.pull_sample().map_err(|_| gst::FlowError::Eos)?;
            let Some(buffer) = sample.buffer() else { return Ok(gst::FlowSuccess::Ok) };
            let t = time(buffer);
            let mut state = shared.lock();
            state.unanswered = false;
            // Decoded because what is shown needs it.
            if t < MediaTime::ZERO {
                return Ok(gst::FlowSuccess::Ok);
            }
            if buffer.flags().contains(gst::BufferFlags::CORRUPTED) {
                state.lose(t, GapReason::Loss, delta);
                return Ok(gst::FlowSuccess::Ok);
            }
            // The loss ends where output begins again, not with units that were decoded before it.
            let lost = match state.lost {
                Some((start, reason)) if start < t => {
                    state.lost = None;
                    let start = start.max(MediaTime::ZERO);
                    (start < t).then(|| Lost { span: Span::new(start, t), reason })
                }
                _ => None,
            };
            drop(state);
            (sink.lock().unwrap_or_else(PoisonError::into_inner))(sample, lost);
            Ok(gst::FlowSuccess::Ok)
        })
        .eos(move |_| {
            ending.lock().ended = true;
            ending.notify();
        })
        .build()
}

/// Takes note of a decoder's message about the unit in it.
fn complaint(shared: &Watched<State>, delta: bool, message: gst::MessageView<'_>) {
    let mut state = shared.lock();
    match message {
        gst::MessageView::Warning(_) => {
            if let Some(t) = state.current {
                state.lose(t, GapReason::Loss, delta);
            }
        }
        gst::MessageView::Error(error) => {
            state.failed = Some(error.error().to_string());
            shared.notify();
        }
        _ => {}
    }
}

/// Returns the media time of a buffer in a decoder.
pub(super) fn time(buffer: &gst::BufferRef) -> MediaTime {
    let nanos = buffer.pts().map_or(0, |pts| i64::try_from(pts.nseconds()).unwrap_or(i64::MAX / 4));
    MediaTime(MediaTime::from_nanos(nanos).ms() - EARLIEST_MS)
}

/// Resamples what comes after a change of the sample rate to the rate that came first.
fn keep_the_rate(resampler: &gst::Element, keep: &gst::Element) {
    let (Some(entry), keep) = (resampler.static_pad("sink"), keep.downgrade()) else { return };
    entry.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        let Some(gst::PadProbeData::Event(event)) = &info.data else { return gst::PadProbeReturn::Ok };
        let gst::EventView::Caps(caps) = event.view() else { return gst::PadProbeReturn::Ok };
        if let (Some(keep), Some(Ok(rate))) = (keep.upgrade(), caps.caps().structure(0).map(|s| s.get::<i32>("rate"))) {
            keep.set_property("caps", gst::Caps::builder("audio/x-raw").field("rate", rate).build());
        }
        gst::PadProbeReturn::Remove
    });
}
