//! The server's side of a decoder that runs in a process.

use super::Process;
use super::shared;
use super::wire::{self, Failure, FromDecoder, Order, Reader, ToDecoder};
use crate::decode::{self, AudioBlock, Decoded, Lost, SharedFrame, VideoFrame};
use crate::item::{AccessUnit, Format, GapReason, Track};
use crate::watched::Watched;
use bytes::{Buf, Bytes, BytesMut};
use coach_core::{MediaTime, Span};
use memmap2::Mmap;
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::net::SendFlags;
use std::collections::{HashMap, VecDeque};
use std::io::{self, PipeWriter};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The most units of a file that may be in the process at once.
const FILE_WAITING: u64 = 24;

/// A file's decoder that has so many units to go on with is given the next ones several at once, so that neither side is woken for
/// each.
const FILE_AT_WORK: u64 = 8;

/// Bytes of a file's units that are sent at once.
const MOST_AT_ONCE: usize = 64 << 10;

/// The most bytes of live units that wait for a process that does not read; beyond it units are lost.
const MOST_BACKLOG: usize = 4 << 20;

/// A started process has caught up with live media when fewer units than this wait in it.
const CAUGHT_UP: u64 = 16;

/// How long a started process may take to catch up. A decoder that takes longer is too slow for the media.
const CATCH_UP_WITHIN: Duration = Duration::from_secs(10);

/// The number of live units without an answer from which silence is suspicious.
const UNANSWERED: u64 = 20;

/// How often the process of a live session is restarted at most.
const MOST_RESTARTS: u32 = 20;

/// Where the output goes.
pub(crate) enum Sink {
    Video(Box<dyn FnMut(Decoded) + Send>),
    Audio(Box<dyn FnMut(AudioBlock) + Send>),
}

/// Returns how many live units may wait in a process before further ones are lost.
fn most_waiting(track: Track) -> u64 {
    match track {
        Track::Video => decode::MOST_WAITING,
        Track::Audio => decode::MOST_WAITING_AUDIO,
    }
}

/// A decoder in a process.
pub(crate) struct Decoder {
    process: Process,
    track: Track,
    format: Format,
    /// The frames of a second that are wanted; 0: all.
    hz: u32,
    sink: Arc<Mutex<Sink>>,
    shared: Arc<Watched<State>>,
    link: Option<Link>,
    restarts: u32,
}

/// The connection to one process.
struct Link {
    socket: UnixStream,
    backlog: BytesMut,
    /// How many units are in `backlog`. Those of a live session that were sent in part count as sent.
    unsent: u64,
    reader: Option<JoinHandle<()>>,
    generation: u64,
    /// The time until which live units wait for the decoder, as those of a file do, because media arrived while the
    /// process started. `None`: it has caught up.
    catching_up: Option<Instant>,
    /// The last live unit was dropped here, so the next one that can be decoded is a key unit.
    cut: bool,
}

#[derive(Default)]
struct State {
    pushed: u64,
    taken: u64,
    /// How many units of `pushed` went to processes that have ended.
    before: u64,
    /// Stamps of units whose output has not come, oldest first.
    pending: VecDeque<MediaTime>,
    /// The first unit that was lost with a process or while none ran.
    lost: Option<(MediaTime, GapReason)>,
    /// Since when the process has not answered although it has work, and how many units were sent since.
    unheard: Option<(Instant, u64)>,
    heard: u64,
    /// Nothing decodes before a key unit, which has not come.
    needs_key: bool,
    failed: Option<Failure>,
    flushed: Option<Option<String>>,
    over: bool,
    /// What the process reported as lost at the end.
    last_lost: Option<(MediaTime, GapReason)>,
}

impl State {
    fn hear(&mut self) {
        self.heard += 1;
        self.unheard = None;
    }

    /// Returns whether the process decodes and is not far behind.
    fn has_caught_up(&self) -> bool {
        self.taken > self.before && self.pushed - self.taken < CAUGHT_UP
    }

    /// Takes note that `t` was decoded and is not wanted. Returns whether nothing was lost before it.
    fn passed(&mut self, t: MediaTime) -> bool {
        while self.pending.front().is_some_and(|first| *first <= t) {
            self.pending.pop_front();
        }
        self.lost.is_none_or(|(start, _)| start >= t)
    }

    /// Takes note of output for `t`. Returns what was lost before it.
    fn answered(&mut self, t: MediaTime, lost: Option<(Span, GapReason)>) -> Option<Lost> {
        self.passed(t);
        let carried = self.lost.filter(|(start, _)| *start < t);
        if carried.is_some() {
            self.lost = None;
        }
        let (start, reason) = match (carried, lost) {
            (Some((start, reason)), Some((span, _))) => (start.min(span.start), reason),
            (Some(carried), None) => carried,
            (None, Some((span, reason))) => return Some(Lost { span, reason }),
            (None, None) => return None,
        };
        Some(Lost { span: Span::new(start, t), reason })
    }
}

impl Decoder {
    /// Starts a decoder. Of video, `hz` frames a second are given out; 0: all.
    pub fn new(
        process: &Process,
        track: Track,
        format: &Format,
        hz: u32,
        sink: Sink,
    ) -> Result<Decoder, decode::Error> {
        let (process, format) = (process.clone(), format.clone());
        let (sink, shared) = (Arc::new(Mutex::new(sink)), Arc::<Watched<State>>::default());
        let mut decoder = Decoder { process, track, format, hz, sink, shared, link: None, restarts: 0 };
        decoder.start(None)?;
        Ok(decoder)
    }

    fn start(&mut self, failed: Option<u64>) -> Result<(), decode::Error> {
        let begin = || {
            let (socket, theirs) = UnixStream::pair()?;
            let order = Order::Decode { track: self.track, format: self.format.clone(), hz: self.hz };
            let (generation, back) = match self.track {
                Track::Video => {
                    let (end, back) = io::pipe()?;
                    rustix::io::ioctl_fionbio(&back, true)?;
                    let descriptors = [theirs.as_fd(), end.as_fd()];
                    (self.process.order(failed, &order, &descriptors)?, Some(Arc::new(back)))
                }
                Track::Audio => (self.process.order(failed, &order, &[theirs.as_fd()])?, None),
            };
            let listener = Listener {
                reader: match self.track {
                    Track::Video => Reader::new(socket.try_clone()?),
                    Track::Audio => Reader::without_descriptors(socket.try_clone()?),
                },
                shared: self.shared.clone(),
                sink: self.sink.clone(),
                format: self.format.clone(),
                pieces: HashMap::new(),
                back,
            };
            let name = format!("{:?} in", self.track).to_lowercase();
            let reader = std::thread::Builder::new().name(name).spawn(move || listener.run())?;
            let catching_up = Some(Instant::now() + CATCH_UP_WITHIN);
            let (backlog, reader) = (BytesMut::new(), Some(reader));
            Ok(Link { socket, backlog, unsent: 0, reader, generation, catching_up, cut: false })
        };
        let link = begin().map_err(|error: io::Error| {
            decode::Error::Broken(format!("the decoding process cannot be started: {error}"))
        })?;
        self.link = Some(link);
        Ok(())
    }

    /// Takes a unit without waiting. A unit that the process has no room for is lost, except while the process starts.
    pub fn push(&mut self, unit: &AccessUnit) -> Result<(), decode::Error> {
        self.check()?;
        self.end_where_silent();
        let over = self.shared.lock().over;
        if over && let Err(error) = self.revive() {
            self.shared.lock().lost.get_or_insert((unit.t, GapReason::Loss));
            return Err(error);
        }
        let Some(link) = &mut self.link else { return Err(decode::Error::Flushed) };
        let mut state = self.shared.lock();
        link.catching_up = link.catching_up.filter(|until| Instant::now() < *until && !state.has_caught_up());
        // A process that has caught up and falls behind again is too slow.
        let behind = link.catching_up.is_none() && state.pushed - state.taken >= most_waiting(self.track);
        link.cut = behind || link.backlog.len() > MOST_BACKLOG || link.cut && !unit.key;
        if link.cut {
            state.needs_key = true;
            state.lost.get_or_insert((unit.t, GapReason::Overload));
        } else {
            let resumed = (state.needs_key && unit.key).then(|| unit.clone().resuming());
            link.enqueue(resumed.as_ref().unwrap_or(unit))?;
            state.needs_key &= !unit.key;
            state.pending.push_back(unit.t);
            state.pushed += 1;
        }
        let waiting = state.unheard.get_or_insert_with(|| (Instant::now(), 0));
        waiting.1 += 1;
        drop(state);
        if link.send(false).is_err() {
            self.shared.lock().over = true;
        }
        Ok(())
    }

    /// Takes a unit, waiting until the process has room for it. The last ones are sent when more come, or by
    /// [`Decoder::flush`].
    pub fn push_blocking(&mut self, unit: &AccessUnit) -> Result<(), decode::Error> {
        self.check()?;
        let state = self.shared.lock();
        let full = state.pushed - state.taken >= FILE_WAITING;
        drop(state);
        if full && let Some(link) = &mut self.link {
            // An error shows in what is waited for.
            let _ = link.send(true);
        }
        self.wait(|state| state.pushed - state.taken < FILE_WAITING)?;
        let Some(link) = &mut self.link else { return Err(decode::Error::Flushed) };
        link.enqueue(unit)?;
        let mut state = self.shared.lock();
        state.pushed += 1;
        state.pending.push_back(unit.t);
        let at_work = (state.pushed - state.taken).saturating_sub(link.unsent);
        drop(state);
        if at_work > FILE_AT_WORK && link.backlog.len() < MOST_AT_ONCE {
            return Ok(());
        }
        // The process may wait until its output is read, which another thread does.
        if link.send(true).is_err() {
            self.shared.lock().over = true;
        }
        Ok(())
    }

    /// Waits until everything that was pushed has come out. Nothing can be pushed afterwards.
    pub fn flush(&mut self) -> Result<(), decode::Error> {
        let Some(link) = &mut self.link else { return Ok(()) };
        let waited = match link.ask(&ToDecoder::Flush) {
            Ok(()) => self.wait(|state| state.flushed.is_some()),
            // The process has ended or does not read; it gets nothing more.
            Err(_) => {
                self.process.kill(link.generation);
                Ok(())
            }
        };
        self.close();
        let mut state = self.shared.lock();
        let last = state.last_lost.take();
        state.lost = state.lost.or(last);
        match state.flushed.take() {
            Some(None) => waited,
            // The units that were pushed last are lost with the decoder or the process.
            Some(Some(why)) => {
                state.lose_pending();
                Err(decode::Error::Broken(why))
            }
            None => {
                state.lose_pending();
                waited.and(Err(decode::Error::Broken("the decoding process has ended".into())))
            }
        }
    }

    /// Asks for what the process holds back. Returns at once.
    pub fn tell(&mut self) {
        if let Some(link) = &mut self.link
            && (wire::write(&mut link.backlog, &ToDecoder::Tell, &[]).is_err() || link.send(false).is_err())
        {
            self.shared.lock().over = true;
        }
    }

    /// Returns since when nothing has come out for pushed units, unless later output reported it.
    pub fn lost(&self) -> Option<(MediaTime, GapReason)> {
        self.shared.lock().lost
    }

    /// Returns whether nothing decodes before the next key unit.
    pub fn needs_key(&self) -> bool {
        self.track == Track::Video && self.shared.lock().needs_key
    }

    fn check(&self) -> Result<(), decode::Error> {
        match self.shared.lock().failed.clone() {
            Some(Failure::Unsupported { caps, why }) => Err(decode::Error::Unsupported { caps, why }),
            Some(Failure::Broken(why)) => Err(decode::Error::Broken(why)),
            None => Ok(()),
        }
    }

    /// Waits for the process as long as it sends anything.
    fn wait(&self, done: impl Fn(&State) -> bool) -> Result<(), decode::Error> {
        let most_silence = self.process.most_silence();
        let mut state = self.shared.lock();
        while !done(&state) {
            if state.over {
                drop(state);
                let generation = self.link.as_ref().map_or(0, |link| link.generation);
                return Err(decode::Error::Broken(format!(
                    "the decoding process ended: {}",
                    self.process.end_reason(generation)
                )));
            }
            let heard = state.heard;
            let waiting = |s: &mut State| !s.over && !done(s) && s.heard == heard;
            let (next, late) = self.shared.wait_at_most(state, most_silence, waiting);
            state = next;
            if late {
                drop(state);
                if let Some(link) = &self.link {
                    self.process.kill(link.generation);
                }
                return Err(decode::Error::Broken("the decoding process hung and was ended".into()));
            }
        }
        Ok(())
    }

    /// Ends a process that has work and has been silent for too long.
    fn end_where_silent(&mut self) {
        let silent = self
            .shared
            .lock()
            .unheard
            .is_some_and(|(since, units)| units >= UNANSWERED && since.elapsed() > self.process.most_silence());
        if let (true, Some(link)) = (silent, &mut self.link) {
            tracing::warn!(track = ?self.track, "a decoding process hangs and is ended");
            self.process.kill(link.generation);
            link.join();
        }
    }

    /// Starts another process, which goes on after the units of the one that ended.
    fn revive(&mut self) -> Result<(), decode::Error> {
        // `None`: the last attempt to start one failed.
        let generation = self.link.as_ref().map(|link| link.generation);
        self.close();
        let why = generation.map_or("it cannot be started".into(), |generation| self.process.end_reason(generation));
        if self.restarts >= MOST_RESTARTS {
            return Err(decode::Error::Broken(why));
        }
        self.restarts += 1;
        tracing::warn!(error = %why, track = ?self.track, restarts = self.restarts, "a decoding process ended and is made anew");
        let mut state = self.shared.lock();
        state.lose_pending();
        // Before the start, since the next process may end at once.
        (state.over, state.unheard, state.needs_key) = (false, None, true);
        (state.before, state.taken) = (state.pushed, state.pushed);
        drop(state);
        let started = self.start(generation);
        if started.is_err() {
            self.shared.lock().over = true;
        }
        started
    }

    /// Ends the decoder; nothing comes out afterwards.
    fn close(&mut self) {
        if let Some(mut link) = self.link.take() {
            link.join();
        }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        self.close();
    }
}

impl State {
    /// Takes note that the process has ended: the units in it are lost.
    fn lose_pending(&mut self) {
        if let Some(first) = self.pending.front().copied() {
            let before = self.lost.filter(|(start, _)| *start <= first);
            self.lost = Some(before.unwrap_or((first, GapReason::Loss)));
        }
        self.pending.clear();
    }
}

impl Link {
    fn enqueue(&mut self, unit: &AccessUnit) -> Result<(), decode::Error> {
        self.unsent += 1;
        wire::write(&mut self.backlog, &ToDecoder::Unit { t: unit.t, key: unit.key }, &unit.data)
            .map_err(|error| decode::Error::Broken(error.to_string()))
    }

    fn ask(&mut self, message: &ToDecoder) -> io::Result<()> {
        wire::write(&mut self.backlog, message, &[])?;
        self.send(true)
    }

    /// Sends what waits: all of it, or as much as is taken without waiting.
    fn send(&mut self, all: bool) -> io::Result<()> {
        self.unsent = 0;
        while !self.backlog.is_empty() {
            match rustix::net::send(&self.socket, &self.backlog, SendFlags::NOSIGNAL | SendFlags::DONTWAIT) {
                Ok(sent) => self.backlog.advance(sent),
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) if all => {
                    let wait = Timespec { tv_sec: 60, tv_nsec: 0 };
                    let mut poll = [PollFd::new(&self.socket, PollFlags::OUT)];
                    if rustix::event::poll(&mut poll, Some(&wait))? == 0 {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
                Err(rustix::io::Errno::AGAIN) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Closes the socket and waits until everything received has been read.
    fn join(&mut self) {
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

/// Reads the output of the process.
struct Listener {
    reader: Reader,
    shared: Arc<Watched<State>>,
    sink: Arc<Mutex<Sink>>,
    format: Format,
    pieces: HashMap<u32, Arc<Mmap>>,
    back: Option<Arc<PipeWriter>>,
}

impl Listener {
    fn run(mut self) {
        loop {
            let heard = match self.reader.next::<FromDecoder>() {
                Ok(Some((message, body))) => self.hear(message, &body),
                Ok(None) => break,
                Err(error) => Err(error),
            };
            if let Err(error) = heard {
                tracing::warn!(%error, "what a decoding process says makes no sense");
                break;
            }
        }
        self.shared.lock().over = true;
        self.shared.notify();
    }

    fn hear(&mut self, message: FromDecoder, body: &Bytes) -> io::Result<()> {
        let mut state = self.shared.lock();
        state.hear();
        match message {
            FromDecoder::Taken(taken) => {
                let taken = state.before.saturating_add(taken).min(state.pushed);
                state.taken = state.taken.max(taken);
            }
            FromDecoder::NeedsKey => state.needs_key = true,
            FromDecoder::Failed(failure) => state.failed = Some(failure),
            FromDecoder::Flushed { failed, lost } => (state.flushed, state.last_lost) = (Some(failed), lost),
            FromDecoder::Frame(frame) => {
                let lost = state.answered(frame.t, frame.lost);
                drop(state);
                let frame = self.frame(frame, lost)?;
                if let Sink::Video(sink) = &mut *self.sink.lock().unwrap_or_else(PoisonError::into_inner) {
                    sink(Decoded::Frame(frame));
                }
                return Ok(());
            }
            FromDecoder::Passed(t) => {
                // What was lost is told by the next frame, and nothing after it is known before that.
                let nothing_lost = state.passed(t);
                drop(state);
                if nothing_lost
                    && let Sink::Video(sink) = &mut *self.sink.lock().unwrap_or_else(PoisonError::into_inner)
                {
                    sink(Decoded::Passed(t));
                }
                return Ok(());
            }
            FromDecoder::Block { t, rate_hz, lost } => {
                let lost = state.answered(t, lost);
                drop(state);
                let samples = body.as_chunks::<4>().0.iter().map(|bytes| f32::from_ne_bytes(*bytes)).collect();
                if let Sink::Audio(sink) = &mut *self.sink.lock().unwrap_or_else(PoisonError::into_inner) {
                    sink(AudioBlock { t, rate_hz, samples, lost });
                }
                return Ok(());
            }
        }
        drop(state);
        self.shared.notify();
        Ok(())
    }

    fn frame(&mut self, said: wire::Frame, lost: Option<Lost>) -> io::Result<VideoFrame> {
        let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
        for gone in &said.gone {
            self.pieces.remove(gone);
        }
        if let Some(length) = said.new {
            let file = self.reader.descriptor()?;
            if self.pieces.len() >= shared::MOST_PIECES {
                return Err(wrong("too many pieces of memory"));
            }
            self.pieces.insert(said.memory, Arc::new(shared::map(file, length)?));
        }
        let map = self.pieces.get(&said.memory).ok_or_else(|| wrong("a frame in memory that nobody knows"))?.clone();
        let back = self.back.clone().ok_or_else(|| wrong("a frame of a decoder for audio"))?;
        let (t, shared) = (said.t, SharedFrame { map, back, said });
        VideoFrame::shared(t, lost, self.format.rotation, shared).ok_or_else(|| wrong("a frame outside its memory"))
    }
}
