//! What a server and its decoding process say to each other, and how it becomes bytes on a socket.
//!
//! A message is the length of its head, the length of its body, the head (postcard) and the body. Descriptors travel
//! beside the message that speaks of them. The server trusts nothing that it reads here: lengths are bounded, and a
//! message that makes no sense ends the process that sent it.

use crate::file::{Container, Limits, Stamps};
use crate::item::{Format, GapReason, Rotation, Track};
use bytes::{BufMut, Bytes, BytesMut};
use coach_core::frame::{Matrix, Range};
use coach_core::{MediaTime, Span};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::io::{self, IoSlice, IoSliceMut, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// The longest head of a message: codings carry private data of some kilobytes.
const MOST_HEAD: usize = 1 << 20;

/// Room for the two lengths and the head of nearly every message, in bytes.
const HEAD_ROOM: usize = 96;

/// The longest body: one access unit, with room for the largest that a file may hold.
const MOST_BODY: usize = 65 << 20;

/// To the process, on its first socket.
#[derive(Debug, Serialize, Deserialize)]
pub enum Order {
    /// Take the file apart. With it: the socket for what is found, and the opened file.
    File { length: u64, start: u64, container: Container, stamps: Stamps, limits: Limits },
    /// Decode one track. With it: the socket for units and output, and for video the pipe on which frames come back.
    Decode { track: Track, format: Format },
}

/// From the process, on its first socket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Hello {
    pub walls: super::sandbox::Walls,
}

/// What is found in a file.
#[derive(Debug, Serialize, Deserialize)]
pub enum Found {
    Track(Track, Format),
    Turned(Track, Rotation),
    Ready,
    /// The body is the unit.
    Unit {
        track: Track,
        pts_ns: i64,
        order_ns: i64,
        duration_ns: i64,
        key: bool,
    },
    Ended(Track),
    End,
    Refused(Refusal),
    /// What the container says of its length, and a coding that nothing here knows.
    About {
        duration: Option<MediaTime>,
        unsupported: Option<String>,
    },
}

/// [`crate::file::Error`] as far as a process that has the file open already can meet it.
#[derive(Debug, Serialize, Deserialize)]
pub enum Refusal {
    NotMedia,
    NoTracks,
    Encrypted,
    Unsupported(String),
    Damaged(String),
    Limit { what: String, is: String, most: String },
    Stalled,
}

/// To a decoder.
#[derive(Debug, Serialize, Deserialize)]
pub enum ToDecoder {
    /// The body is the unit. Whether it waits for the decoder or is lost where the decoder is far behind.
    Unit { t: MediaTime, key: bool, wait: bool },
    /// Give everything out, then say [`FromDecoder::Flushed`].
    Flush,
}

/// From a decoder.
#[derive(Debug, Serialize, Deserialize)]
pub enum FromDecoder {
    /// So many units have gone into the decoder, or were refused.
    Taken(u64),
    Frame(Frame),
    /// The body is the samples, 32-bit floats.
    Block {
        t: MediaTime,
        rate_hz: u32,
        lost: Option<(Span, GapReason)>,
    },
    Flushed {
        failed: Option<String>,
        lost: Option<(MediaTime, GapReason)>,
    },
    /// It takes no more units.
    Failed(Failure),
}

/// [`crate::decode::Error`] on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Failure {
    Unsupported { caps: String, why: String },
    Broken(String),
}

/// A frame that lies in shared memory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Frame {
    pub t: MediaTime,
    pub lost: Option<(Span, GapReason)>,
    /// Which piece of memory; its descriptor comes with the first frame in it.
    pub memory: u32,
    /// Its length, where it is new.
    pub new: Option<u64>,
    /// Pieces that hold no frame any more and never will.
    pub gone: Vec<u32>,
    pub width: u32,
    pub height: u32,
    /// Of Y, U and V: first byte and bytes per row.
    pub planes: [(u64, u32); 3],
    pub matrix: Matrix,
    pub range: Range,
}

/// Appends the lengths of a message and its head.
fn begin(to: &mut BytesMut, message: &impl Serialize, body: usize) -> io::Result<()> {
    let start = to.len();
    // The length of the head is known when it has been written.
    to.put_u32_le(0);
    to.put_u32_le(body as u32);
    let mut whole = postcard::to_extend(message, std::mem::take(to)).map_err(io::Error::other)?;
    let head = (whole.len() - start - 8) as u32;
    whole[start..start + 4].copy_from_slice(&head.to_le_bytes());
    *to = whole;
    Ok(())
}

/// Appends a message to what will be sent.
///
/// # Errors
/// None that happens: a message that cannot be written as bytes.
pub fn write(to: &mut BytesMut, message: &impl Serialize, body: &[u8]) -> io::Result<()> {
    to.reserve(HEAD_ROOM + body.len());
    begin(to, message, body.len())?;
    to.put_slice(body);
    Ok(())
}

/// Sends a message.
///
/// # Errors
/// The other end has gone.
pub fn send(
    socket: &UnixStream,
    message: &impl Serialize,
    body: &[u8],
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let mut head = BytesMut::with_capacity(HEAD_ROOM);
    begin(&mut head, message, body.len())?;
    let parts = [IoSlice::new(&head), IoSlice::new(body)];
    let mut sent = loop {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(2))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        if !descriptors.is_empty() {
            control.push(SendAncillaryMessage::ScmRights(descriptors));
        }
        match rustix::net::sendmsg(socket, &parts, &mut control, SendFlags::NOSIGNAL) {
            Ok(sent) => break sent,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    };
    let mut to = socket;
    if sent < head.len() {
        to.write_all(&head[sent..])?;
        sent = head.len();
    }
    to.write_all(&body[sent - head.len()..])
}

/// Reads messages of one kind from a socket.
#[derive(Debug)]
pub struct Reader {
    socket: UnixStream,
    chunk: Box<[u8]>,
    read: BytesMut,
    descriptors: VecDeque<OwnedFd>,
}

impl Reader {
    pub fn new(socket: UnixStream) -> Reader {
        let chunk = vec![0; 64 << 10].into_boxed_slice();
        Reader { socket, chunk, read: BytesMut::new(), descriptors: VecDeque::new() }
    }

    /// The next message and its body; `None` where the other end has closed between two messages.
    ///
    /// # Errors
    /// The socket failed, a message was cut off, or it makes no sense.
    pub fn next<M: DeserializeOwned>(&mut self) -> io::Result<Option<(M, Bytes)>> {
        loop {
            if let Some(lengths) = self.read.first_chunk::<8>() {
                let [a, b, c, d, e, f, g, h] = *lengths;
                let (head, body) =
                    (u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]) as usize);
                if head > MOST_HEAD || body > MOST_BODY {
                    return Err(nonsense("a message is too long"));
                }
                if self.read.len() >= 8 + head + body {
                    let whole = self.read.split_to(8 + head + body).freeze();
                    let message = postcard::from_bytes(&whole[8..8 + head]).map_err(|e| nonsense(&e.to_string()))?;
                    return Ok(Some((message, whole.slice(8 + head..))));
                }
                self.read.reserve((8 + head + body).saturating_sub(self.read.len()));
            }
            if !self.fill()? {
                return if self.read.is_empty() { Ok(None) } else { Err(nonsense("a message is cut off")) };
            }
        }
    }

    /// The next descriptor that came with the messages so far.
    pub fn descriptor(&mut self) -> io::Result<OwnedFd> {
        self.descriptors.pop_front().ok_or_else(|| nonsense("a descriptor is missing"))
    }

    fn fill(&mut self) -> io::Result<bool> {
        loop {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(8))];
            let mut control = RecvAncillaryBuffer::new(&mut space);
            let parts = &mut [IoSliceMut::new(&mut self.chunk)];
            match rustix::net::recvmsg(&self.socket, parts, &mut control, RecvFlags::CMSG_CLOEXEC) {
                Ok(received) => {
                    for message in control.drain() {
                        if let RecvAncillaryMessage::ScmRights(descriptors) = message {
                            self.descriptors.extend(descriptors);
                        }
                    }
                    self.read.extend_from_slice(&self.chunk[..received.bytes]);
                    return Ok(received.bytes > 0);
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

impl AsFd for Reader {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn nonsense(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn messages_bodies_and_descriptors_arrive_together_whatever_their_size() {
        let (here, there) = UnixStream::pair().unwrap();
        let bodies = [0, 1, 100, 300_000, 5_000_000];
        let writer = std::thread::spawn(move || {
            for (n, length) in bodies.into_iter().enumerate() {
                let body = vec![n as u8; length];
                let (pipe, mut end) = std::io::pipe().unwrap();
                end.write_all(&[n as u8]).unwrap();
                let message = ToDecoder::Unit { t: MediaTime(n as i64), key: n % 2 == 0, wait: true };
                send(&here, &message, &body, &[pipe.as_fd()]).unwrap();
            }
        });
        let mut reader = Reader::new(there);
        for (n, length) in bodies.into_iter().enumerate() {
            let (message, body) = reader.next::<ToDecoder>().unwrap().unwrap();
            assert!(matches!(message, ToDecoder::Unit { t, key, .. } if t.ms() == n as i64 && key == (n % 2 == 0)));
            assert!(body.len() == length && body.iter().all(|byte| *byte == n as u8));
            let mut byte = [0];
            std::fs::File::from(reader.descriptor().unwrap()).read_exact(&mut byte).unwrap();
            assert_eq!(byte[0], n as u8);
        }
        assert!(reader.next::<ToDecoder>().unwrap().is_none());
        writer.join().unwrap();
    }

    #[test]
    fn what_makes_no_sense_is_an_error_and_takes_no_memory() {
        for bytes in [&[0xff; 100][..], &[1, 0, 0, 0, 0, 0, 0, 0, 0xff], &[2, 0, 0, 0, 0, 0, 0, 0, 0]] {
            let (mut here, there) = UnixStream::pair().unwrap();
            here.write_all(bytes).unwrap();
            drop(here);
            assert!(Reader::new(there).next::<ToDecoder>().is_err(), "{bytes:?}");
        }
    }
}
