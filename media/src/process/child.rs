//! The decoding process: loads the listed plugins, enters the sandbox, then reads files and decodes tracks as ordered,
//! each on a thread of its own.

use super::sandbox;
use super::shared::{Pieces, SharedFrames};
use super::wire::{self, Failure, Found, FromDecoder, Hello, Order, Reader, ToDecoder};
use crate::decode::{self, AudioBlock, Decoder, Lost, Pace, VideoFrame};
use crate::file::{Demux, Message};
use crate::item::{AccessUnit, Format, GapReason, Track};
use bytes::BytesMut;
use coach_core::Span;
use coach_core::grid::FrameGrid;
use std::fs::File;
use std::io::{self, PipeReader, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::process::exit;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Units between two reports of how many were processed, where nothing else is sent.
const REPORT: u64 = 8;

/// Runs a decoding process on the socket that is its standard input, and ends the process. `arguments` are those after
/// [`super::Program::arguments`]: bytes of address space, seconds of processor time, the files of the plugins.
pub fn run(mut arguments: impl Iterator<Item = String>) -> ! {
    let mut number = || arguments.next().and_then(|text| text.parse().ok()).unwrap_or(0);
    let (memory, cpu_s) = (number(), number());
    if let Err(error) = crate::gst::init_bare(arguments) {
        eprintln!("{error}");
        exit(1);
    }
    let restrictions = sandbox::enter(memory, cpu_s);
    let Ok(control) = io::stdin().as_fd().try_clone_to_owned().map(UnixStream::from) else { exit(1) };
    let mut orders = match control.try_clone() {
        Ok(orders) => Reader::new(orders),
        Err(_) => exit(1),
    };
    if wire::send(&control, &Hello { restrictions }, &[], &[]).is_err() {
        exit(0);
    }
    // The loop ends when the server has ended or closed the socket.
    while let Ok(Some((order, _))) = orders.next::<Order>() {
        if let Err(error) = obey(order, &mut orders) {
            eprintln!("{error}");
            exit(1);
        }
    }
    exit(0)
}

fn obey(order: Order, orders: &mut Reader) -> io::Result<()> {
    let socket = UnixStream::from(orders.descriptor()?);
    let thread = std::thread::Builder::new();
    match order {
        Order::File { length, wanted } => {
            let file = File::from(orders.descriptor()?);
            thread.name("demux".into()).spawn(move || {
                let demux = Demux::start(file, length, wanted);
                // A failed write means that nobody reads any more.
                let _ = demux.map_or_else(|error| refuse(&socket, error), |demux| take_apart(demux, &socket));
            })?;
        }
        Order::Decode { track: Track::Video, format, hz } => {
            let back = PipeReader::from(orders.descriptor()?);
            thread.name("video".into()).spawn(move || video(&format, hz, socket, back))?;
        }
        Order::Decode { track: Track::Audio, format, .. } => {
            thread.name("audio".into()).spawn(move || audio(&format, socket))?;
        }
    }
    Ok(())
}

/// Sends the reason why a file is refused.
fn refuse(socket: &UnixStream, error: crate::file::Error) -> io::Result<()> {
    wire::send(socket, &Found::Refused(error.into()), &[], &[])
}

fn take_apart(mut demux: Demux, socket: &UnixStream) -> io::Result<()> {
    let say = |found: &Found, body: &[u8]| wire::send(socket, found, body, &[]);
    let about = |demux: &Demux| {
        let (duration, unsupported, audio) = (demux.duration(), demux.unsupported(), demux.audio_tracks());
        say(&Found::About { duration, unsupported, audio }, &[])
    };
    let mut begun = [false; 2];
    loop {
        match demux.next() {
            Ok(Message::Unit(track, raw)) => {
                if !std::mem::replace(&mut begun[track as usize], true) {
                    about(&demux)?;
                }
                let (pts_ns, order_ns, duration_ns, key) = (raw.pts_ns, raw.order_ns, raw.duration_ns, raw.key);
                say(&Found::Unit { track, pts_ns, order_ns, duration_ns, key }, &raw.data)?;
            }
            Ok(Message::Track(track, format)) => say(&Found::Track(track, format), &[])?,
            Ok(Message::Turned(track, rotation)) => say(&Found::Turned(track, rotation), &[])?,
            Ok(Message::Ended(track)) => say(&Found::Ended(track), &[])?,
            Ok(Message::Cut) => say(&Found::Cut, &[])?,
            Ok(Message::Ready) => {
                about(&demux)?;
                say(&Found::Ready, &[])?;
            }
            Ok(Message::End) => {
                about(&demux)?;
                return say(&Found::End, &[]);
            }
            Err(error) => {
                about(&demux)?;
                return refuse(socket, error);
            }
        }
    }
}

/// A decoder's side of its socket. What comes out is held until the units that came together are decoded, so that nobody is
/// woken for each.
#[derive(Clone)]
struct Out(Arc<Mutex<Outgoing>>);

struct Outgoing {
    socket: UnixStream,
    held: BytesMut,
    /// Whether somebody waits for what is held.
    awaited: bool,
}

/// Bytes of messages that may be held.
const MOST_HELD: usize = 64 << 10;

impl Out {
    fn new(socket: UnixStream) -> Out {
        Out(Arc::new(Mutex::new(Outgoing { socket, held: BytesMut::new(), awaited: false })))
    }

    fn lock(&self) -> MutexGuard<'_, Outgoing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a message and those that are held.
    fn say(&self, message: &FromDecoder, body: &[u8]) -> bool {
        let mut out = self.lock();
        wire::write(&mut out.held, message, body).is_ok() && out.release().is_ok()
    }

    /// Sends a message with descriptors, after those that are held.
    fn say_with(&self, message: &FromDecoder, descriptors: &[BorrowedFd<'_>]) -> bool {
        let mut out = self.lock();
        out.release().is_ok() && wire::send(&out.socket, message, &[], descriptors).is_ok()
    }

    /// Holds a message until [`Out::settle`], or until many are held.
    fn say_soon(&self, message: &FromDecoder, body: &[u8]) -> bool {
        self.lock().awaited = true;
        self.say_later(message, body)
    }

    /// Holds a message, for which nobody waits, until others are sent.
    fn say_later(&self, message: &FromDecoder, body: &[u8]) -> bool {
        let mut out = self.lock();
        wire::write(&mut out.held, message, body).is_ok() && (out.held.len() <= MOST_HELD || out.release().is_ok())
    }

    /// Returns whether somebody waits for what is held.
    fn is_awaited(&self) -> bool {
        self.lock().awaited
    }

    /// Sends what is held. Whether anybody listens shows with the next message.
    fn settle(&self) {
        let _ = self.lock().release();
    }
}

impl Outgoing {
    fn release(&mut self) -> io::Result<()> {
        let mut socket = &self.socket;
        socket.write_all(&self.held)?;
        self.held.clear();
        self.awaited = false;
        Ok(())
    }
}

fn video(format: &Format, hz: u32, socket: UnixStream, back: PipeReader) {
    let pieces = Arc::new(Pieces::default());
    let (Ok(written), Ok(mut frames)) = (socket.try_clone(), SharedFrames::new(pieces.clone(), back)) else { return };
    let out = Out::new(written);
    let (to, mut grid) = (out.clone(), FrameGrid::new(hz));
    let made = decode::Video::in_shared_memory(format, pieces, move |frame: VideoFrame| {
        if !grid.takes(frame.t) && frame.lost.is_none() {
            to.say_later(&FromDecoder::Passed(frame.t), &[]);
            return;
        }
        match frames.share(frame) {
            Ok((said, Some(file))) => {
                to.say_with(&FromDecoder::Frame(said), &[file.as_fd()]);
            }
            Ok((said, None)) => {
                to.say_soon(&FromDecoder::Frame(said), &[]);
            }
            // When nobody listens any more the process is ended soon. Any other error means that memory is exhausted,
            // and the process ends itself.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(error) => {
                eprintln!("a frame cannot be handed over: {error}");
                exit(1);
            }
        }
    });
    serve(made, socket, &out);
}

fn audio(format: &Format, socket: UnixStream) {
    let Ok(written) = socket.try_clone() else { return };
    let out = Out::new(written);
    let to = out.clone();
    let mut samples = Vec::new();
    let made = decode::Audio::on_callers_thread(format, move |block: AudioBlock| {
        samples.resize(4 * block.samples.len(), 0);
        for (bytes, sample) in samples.as_chunks_mut::<4>().0.iter_mut().zip(&block.samples) {
            *bytes = sample.to_ne_bytes();
        }
        to.say_soon(&FromDecoder::Block { t: block.t, rate_hz: block.rate_hz, lost: block.lost.map(parts) }, &samples);
    });
    serve(made, socket, &out);
}

fn parts(lost: Lost) -> (Span, GapReason) {
    (lost.span, lost.reason)
}

/// Decodes what is sent until the socket closes.
fn serve(made: Result<impl Decoder, decode::Error>, socket: UnixStream, out: &Out) {
    let mut decoder = match made {
        Ok(decoder) => decoder,
        Err(error) => {
            out.say(&FromDecoder::Failed(error.into()), &[]);
            return;
        }
    };
    let (mut orders, mut received, mut told, mut needs_key) = (Reader::without_descriptors(socket), 0, 0, false);
    loop {
        if !orders.has_next() && out.is_awaited() {
            told = received;
            out.say(&FromDecoder::Taken(received), &[]);
        }
        let Ok(Some((order, data))) = orders.next::<ToDecoder>() else { return };
        match order {
            ToDecoder::Unit { t, key } => {
                if let Err(error) = decoder.take(&AccessUnit { t, key, data }, Pace::File) {
                    out.say(&FromDecoder::Failed(error.into()), &[]);
                    return;
                }
                // Units that are refused before the decoder count as processed.
                received += 1;
                if received >= told + REPORT {
                    told = received;
                    out.say(&FromDecoder::Taken(received), &[]);
                }
                let needed = std::mem::replace(&mut needs_key, decoder.way().needs_key());
                if needs_key && !needed {
                    out.say_soon(&FromDecoder::NeedsKey, &[]);
                }
            }
            ToDecoder::Tell => out.settle(),
            ToDecoder::Flush => {
                let way = decoder.way();
                let failed = way.flush().err().map(|error| error.to_string());
                out.say(&FromDecoder::Flushed { failed, lost: way.lost() }, &[]);
                return;
            }
        }
    }
}

impl From<decode::Error> for Failure {
    fn from(error: decode::Error) -> Failure {
        match error {
            decode::Error::Unsupported { caps, why } => Failure::Unsupported { caps, why },
            error => Failure::Broken(error.to_string()),
        }
    }
}
