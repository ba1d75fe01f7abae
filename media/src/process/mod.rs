//! Reads and decodes media in a separate process, which has no files, no network and a limited share of memory.
//!
//! An analysis or a live session has one process: this program again, started with a hidden argument; [`run`] is its
//! main function. Opened files and access units go in; units, samples and frames come out, frames in shared memory
//! (`shared`). A process that crashes, hangs or breaks a rule of the sandbox ends alone: a live session goes on with a
//! new process and a gap, the analysis of a file ends with an error.

mod child;
mod decoder;
mod demux;
mod sandbox;
pub(crate) mod shared;
pub(crate) mod wire;

pub use child::run;
pub(crate) use decoder::{Decoder, Sink};
pub(crate) use demux::Demux;
pub use sandbox::{Restrictions, enter as enclose};

use crate::decode::{self, AudioBlock, Decoded, VideoFrame};
use crate::file::{self, Source};
use crate::gst::plugins;
use crate::item::Format;
use std::ffi::OsString;
use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// How a decoding process is started and what it may use.
#[derive(Debug, Clone)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    /// Its arguments before those that [`run`] reads.
    pub arguments: Vec<OsString>,
    /// The address space, bytes.
    pub memory: u64,
    /// The processor time, seconds.
    pub cpu_s: u64,
    /// How long a process that has work may be silent before it is ended.
    pub most_silence: Duration,
}

impl Program {
    /// Returns this executable with one argument before the others: 3 GiB, 6 h of processor time, 30 s of silence.
    pub fn this(argument: &str) -> Program {
        Program {
            // This path also works after the file was replaced by another version.
            path: "/proc/self/exe".into(),
            arguments: vec![argument.into()],
            memory: 3 << 30,
            cpu_s: 6 * 3600,
            most_silence: Duration::from_secs(30),
        }
    }
}

/// The program that [`Decoding::new`] starts. Not set: media is read in this process.
static PROGRAM: OnceLock<Program> = OnceLock::new();

/// Makes every later [`Decoding`] use a separate process. Called once, by a program that calls [`run`] when it is
/// started with these arguments.
pub fn enable(program: Program) {
    let _ = PROGRAM.set(program);
}

/// Where the media of one file or one session is read and decoded: in a separate process after [`enable`], otherwise on
/// threads of this one.
#[derive(Debug, Clone)]
pub struct Decoding(Option<Process>);

impl Decoding {
    /// Returns a decoding without a running process; the first use starts it.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Decoding {
        Decoding(PROGRAM.get().cloned().map(Process::new))
    }

    /// Returns the process. `None`: media is read in this one.
    pub fn process(&self) -> Option<&Process> {
        self.0.as_ref()
    }

    /// Starts the process, where there is one, so that the first decoder does not wait for it. Returns at once. A process that
    /// cannot be started is an error of the first decoder.
    pub fn warm_up(&self) {
        if let Some(process) = &self.0
            && let Err(error) = process.current(&mut process.slot(), None)
        {
            tracing::warn!(%error, "a decoding process cannot be started ahead of its media");
        }
    }

    /// Opens a file; see [`Source`].
    ///
    /// # Errors
    /// Those of [`Source::open`], and [`file::Error::Ended`] when the process ends meanwhile.
    pub fn open(&self, path: &Path, limits: file::Limits) -> Result<Source, file::Error> {
        self.open_with_audio(path, limits, 0)
    }

    /// Opens a file for one of its audio tracks, counted from 0; see [`Source::audio_tracks`].
    ///
    /// # Errors
    /// As [`Decoding::open`].
    pub fn open_with_audio(&self, path: &Path, limits: file::Limits, audio: usize) -> Result<Source, file::Error> {
        match &self.0 {
            Some(process) => Source::open_in(process, path, limits, audio),
            None => Source::open_here(path, limits, audio),
        }
    }

    /// Starts a decoder for video; see [`decode::Video`].
    ///
    /// # Errors
    /// The coding is not supported, or no process can be started.
    pub fn video(
        &self,
        format: &Format,
        sink: impl FnMut(VideoFrame) + Send + 'static,
    ) -> Result<decode::Video, decode::Error> {
        match &self.0 {
            Some(process) => process.video(format, sink),
            None => decode::Video::new(format, sink),
        }
    }

    /// Starts a decoder for video of which `hz` frames a second are wanted, as [`coach_core::grid`] chooses them; 0: all.
    /// A separate process keeps the others, unless something was lost before them. Of those that it keeps only the
    /// stamps are given out, and late; see [`decode::Video::tell`].
    ///
    /// # Errors
    /// As [`Decoding::video`].
    pub fn video_at(
        &self,
        format: &Format,
        hz: u32,
        mut sink: impl FnMut(Decoded) + Send + 'static,
    ) -> Result<decode::Video, decode::Error> {
        match &self.0 {
            Some(process) => process.video_at(format, hz, sink),
            None => decode::Video::new(format, move |frame| sink(Decoded::Frame(frame))),
        }
    }

    /// Starts a decoder for audio; see [`decode::Audio`].
    ///
    /// # Errors
    /// The coding is not supported, or no process can be started.
    pub fn audio(
        &self,
        format: &Format,
        sink: impl FnMut(AudioBlock) + Send + 'static,
    ) -> Result<decode::Audio, decode::Error> {
        match &self.0 {
            Some(process) => process.audio(format, sink),
            None => decode::Audio::new(format, sink),
        }
    }
}

/// A decoding process. It is started when it is first needed and again after it ended. Cheap to clone; the process ends
/// with the last clone.
#[derive(Debug, Clone)]
pub struct Process(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    program: Program,
    slot: Mutex<Slot>,
}

#[derive(Debug, Default)]
struct Slot {
    running: Option<Running>,
    /// How many processes were started.
    started: u64,
}

#[derive(Debug)]
struct Running {
    child: Child,
    control: UnixStream,
    stderr: PipeReader,
    /// The number of processes started so far.
    generation: u64,
}

impl Process {
    /// Returns a process that is not started yet.
    pub fn new(program: Program) -> Process {
        Process(Arc::new(Inner { program, slot: Mutex::default() }))
    }

    /// Returns the id of the running process. `None`: none runs.
    pub fn id(&self) -> Option<u32> {
        self.slot().running.as_ref().map(|running| running.child.id())
    }

    /// Starts a process and returns which restrictions apply to it.
    ///
    /// # Errors
    /// The process cannot be started or ends before it is ready.
    pub fn restrictions(&self) -> io::Result<Restrictions> {
        let mut slot = self.slot();
        let running = self.current(&mut slot, None)?;
        let control = running.control.try_clone()?;
        control.set_read_timeout(Some(self.0.program.most_silence))?;
        let hello = wire::Reader::new(control).next::<wire::Hello>()?;
        hello.map(|(hello, _)| hello.restrictions).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Opens a file; see [`Source`].
    ///
    /// # Errors
    /// Those of [`Source::open`], and [`file::Error::Ended`] when the process ends meanwhile.
    pub fn open(&self, path: &Path, limits: file::Limits) -> Result<Source, file::Error> {
        Source::open_in(self, path, limits, 0)
    }

    /// Starts a decoder for video; see [`decode::Video`].
    ///
    /// # Errors
    /// The coding is not supported, or no process can be started.
    pub fn video(
        &self,
        format: &Format,
        mut sink: impl FnMut(VideoFrame) + Send + 'static,
    ) -> Result<decode::Video, decode::Error> {
        self.video_at(format, 0, move |decoded| {
            if let Decoded::Frame(frame) = decoded {
                sink(frame);
            }
        })
    }

    /// Starts a decoder for video of which `hz` frames a second are wanted; see [`Decoding::video_at`].
    ///
    /// # Errors
    /// As [`Process::video`].
    pub fn video_at(
        &self,
        format: &Format,
        hz: u32,
        sink: impl FnMut(Decoded) + Send + 'static,
    ) -> Result<decode::Video, decode::Error> {
        decode::Video::new_in(self, format, hz, sink)
    }

    /// Starts a decoder for audio; see [`decode::Audio`].
    ///
    /// # Errors
    /// The coding is not supported, or no process can be started.
    pub fn audio(
        &self,
        format: &Format,
        sink: impl FnMut(AudioBlock) + Send + 'static,
    ) -> Result<decode::Audio, decode::Error> {
        decode::Audio::new_in(self, format, sink)
    }

    pub(crate) fn most_silence(&self) -> Duration {
        self.0.program.most_silence
    }

    /// Sends an order to the process and returns its generation. When the process has ended or is the one of `failed`,
    /// another is started first.
    pub(crate) fn order(
        &self,
        failed: Option<u64>,
        order: &wire::Order,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<u64> {
        let mut slot = self.slot();
        let running = self.current(&mut slot, failed)?;
        wire::send(&running.control, order, &[], descriptors)?;
        Ok(running.generation)
    }

    /// Ends the process of this generation, if it still runs.
    pub(crate) fn kill(&self, generation: u64) {
        if let Some(running) = self.slot().running.as_mut().filter(|running| running.generation == generation) {
            let _ = running.child.kill();
        }
    }

    /// Returns in words how the process of this generation ended. One that still lives is ended. Another one can be started
    /// meanwhile.
    pub(crate) fn end_reason(&self, generation: u64) -> String {
        // Taken out, so that nobody waits for the lock while its end is waited for.
        let ended = self.slot().running.take_if(|running| running.generation == generation);
        ended.map_or_else(|| "it has ended".into(), |mut running| running.end_reason())
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.0.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn current<'a>(&self, slot: &'a mut Slot, failed: Option<u64>) -> io::Result<&'a mut Running> {
        let over =
            |running: &mut Running| failed == Some(running.generation) || !matches!(running.child.try_wait(), Ok(None));
        drop(slot.running.take_if(over));
        match &mut slot.running {
            Some(running) => Ok(running),
            empty => {
                let running = start(&self.0.program, slot.started)?;
                slot.started += 1;
                Ok(empty.insert(running))
            }
        }
    }
}

fn start(program: &Program, generation: u64) -> io::Result<Running> {
    crate::gst::init().map_err(io::Error::other)?;
    let (control, theirs) = UnixStream::pair()?;
    let (stderr, child_stderr) = std::io::pipe()?;
    // A process that writes more than is read must not wait for the reader.
    rustix::io::ioctl_fionbio(&child_stderr, true)?;
    let mut command = Command::new(&program.path);
    command.args(&program.arguments).arg(program.memory.to_string()).arg(program.cpu_s.to_string()).args(plugins());
    // The server's environment holds secrets, so none of it is passed on. GStreamer's registry is off: the listed
    // plugins are all there are.
    command.env_clear().env("GST_REGISTRY_DISABLE", "yes").env("MALLOC_ARENA_MAX", "2").env("HOME", "/");
    command.stdin(Stdio::from(OwnedFd::from(theirs))).stdout(Stdio::null()).stderr(Stdio::from(child_stderr));
    let child = command.spawn()?;
    tracing::debug!(pid = child.id(), generation, "a decoding process starts");
    Ok(Running { child, control, stderr, generation })
}

impl Running {
    /// Returns how the process ended and the last line it wrote.
    ///
    /// The caller has lost the process; one that still runs is ended.
    fn end_reason(&mut self) -> String {
        for _ in 0..20 {
            if !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            // The sockets of a process close shortly before it can be waited for.
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        let status = match self.child.wait() {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        let mut said = Vec::new();
        // The read does not wait: an error means that there is no more.
        let _ = rustix::io::ioctl_fionbio(self.stderr.as_fd(), true);
        let _ = self.stderr.read_to_end(&mut said);
        let said = String::from_utf8_lossy(&said);
        match said.lines().rev().find(|line| !line.trim().is_empty() && !line.starts_with("note:")) {
            Some(last) => format!("{status}: {last}"),
            None => status,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The process holds nothing that must be cleaned up.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
