//! The messages between the server and a decoding process, and how they are written to a socket.
//!
//! A message is the length of its head, the length of its body, the head (postcard) and the body. Descriptors travel
//! beside the message that refers to them. The server trusts none of it: lengths are bounded, and an invalid message
//! ends the process that sent it.

use crate::file::{AudioTrack, Wanted};
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
use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// The longest head, bytes: codings carry private data of some kilobytes.
const MOST_HEAD: usize = 1 << 20;

/// Space for the two lengths and the head of nearly every message, bytes.
const HEAD_ROOM: usize = 96;

/// The longest body, bytes: one access unit, with space for the largest that a file may hold.
const MOST_BODY: usize = 65 << 20;

/// So many bytes of a message that are still to come are not read by way of the chunk for small ones, where they would be copied.
const DIRECT: usize = 16 << 10;

/// An order to the process, on its first socket.
#[derive(Debug, Serialize, Deserialize)]
pub enum Order {
    /// Read this file. Its descriptors are the socket for what is found and the opened file.
    File { length: u64, wanted: Wanted },
    /// Decode one track. Its descriptors are the socket for units and output and, for video, the pipe on which frames
    /// come back.
    /// Of video, `hz` frames a second are wanted, as [`coach_core::grid`] chooses them; 0: all.
    Decode { track: Track, format: Format, hz: u32 },
}

/// The first message of a process, on its first socket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Hello {
    pub restrictions: super::sandbox::Restrictions,
}

/// What was found in a file.
#[derive(Debug, Serialize, Deserialize)]
pub enum Found {
    Track(Track, Format),
    Turned(Track, Rotation),
    Ready,
    /// An access unit; the body is its data.
    Unit {
        track: Track,
        pts_ns: i64,
        order_ns: i64,
        duration_ns: i64,
        key: bool,
    },
    Ended(Track),
    Cut,
    End,
    Refused(Refusal),
    /// The duration that the container states, the coding of a track that is not supported, and the audio tracks.
    About {
        duration: Option<MediaTime>,
        unsupported: Option<String>,
        audio: Vec<AudioTrack>,
    },
}

/// The errors of [`crate::file::Error`] that a process with an opened file can meet.
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

/// A message to a decoder.
#[derive(Debug, Serialize, Deserialize)]
pub enum ToDecoder {
    /// An access unit; the body is its data.
    Unit { t: MediaTime, key: bool },
    /// Send what is held back.
    Tell,
    /// Give everything out, then send [`FromDecoder::Flushed`].
    Flush,
}

/// A message from a decoder.
#[derive(Debug, Serialize, Deserialize)]
pub enum FromDecoder {
    /// This many units have gone into the decoder or were refused.
    Taken(u64),
    Frame(Frame),
    /// The frame with this stamp was decoded and is not wanted.
    Passed(MediaTime),
    /// Samples; the body holds them as 32-bit floats.
    Block {
        t: MediaTime,
        rate_hz: u32,
        lost: Option<(Span, GapReason)>,
    },
    Flushed {
        failed: Option<String>,
        lost: Option<(MediaTime, GapReason)>,
    },
    /// The decoder takes no more units.
    Failed(Failure),
    /// Units were lost, so that nothing can be decoded before the next key unit.
    NeedsKey,
}

/// A [`crate::decode::Error`] on the wire.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Failure {
    Unsupported { caps: String, why: String },
    Broken(String),
}

/// A frame in shared memory.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Frame {
    pub t: MediaTime,
    pub lost: Option<(Span, GapReason)>,
    /// The number of the piece; its descriptor comes with the first frame in it.
    pub memory: u32,
    /// The length of the piece where it is new, bytes.
    pub new: Option<u64>,
    /// Pieces that will never hold a frame again.
    pub gone: Vec<u32>,
    pub width: u32,
    pub height: u32,
    /// The first byte and the bytes per row of Y, U and V.
    pub planes: [(u64, u32); 3],
    pub matrix: Matrix,
    pub range: Range,
}

/// Appends the lengths of a message and its head.
fn begin(to: &mut BytesMut, message: &impl Serialize, body: usize) -> io::Result<()> {
    let start = to.len();
    // The length of the head is filled in once it has been written.
    to.put_u32_le(0);
    to.put_u32_le(body as u32);
    let mut whole = postcard::to_extend(message, std::mem::take(to)).map_err(io::Error::other)?;
    let head = (whole.len() - start - 8) as u32;
    whole[start..start + 4].copy_from_slice(&head.to_le_bytes());
    *to = whole;
    Ok(())
}

/// Appends a message to the bytes to be sent.
///
/// # Errors
/// The message cannot be serialized, which does not happen with these types.
pub fn write(to: &mut BytesMut, message: &impl Serialize, body: &[u8]) -> io::Result<()> {
    to.reserve(HEAD_ROOM + body.len());
    begin(to, message, body.len())?;
    to.put_slice(body);
    Ok(())
}

/// Sends a message.
///
/// # Errors
/// The other end has closed the socket.
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
    /// `None`: none are expected, and those that come are closed.
    descriptors: Option<VecDeque<OwnedFd>>,
}

impl Reader {
    pub fn new(socket: UnixStream) -> Reader {
        Reader { descriptors: Some(VecDeque::new()), ..Reader::without_descriptors(socket) }
    }

    /// Returns a reader of messages that come without descriptors, which costs less.
    pub fn without_descriptors(socket: UnixStream) -> Reader {
        Reader { socket, chunk: vec![0; 64 << 10].into_boxed_slice(), read: BytesMut::new(), descriptors: None }
    }

    /// Returns whether a whole message has been received, so that [`Reader::next`] does not wait.
    pub fn has_next(&self) -> bool {
        self.read.first_chunk::<8>().is_some_and(|lengths| {
            let (head, body) = parts(*lengths);
            self.read.len() >= 8 + head + body
        })
    }

    /// Returns the next message and its body. `None`: the other end has closed the socket between two messages.
    ///
    /// # Errors
    /// The socket failed, or a message was cut off or is invalid.
    pub fn next<M: DeserializeOwned>(&mut self) -> io::Result<Option<(M, Bytes)>> {
        loop {
            if let Some(lengths) = self.read.first_chunk::<8>() {
                let (head, body) = parts(*lengths);
                if head > MOST_HEAD || body > MOST_BODY {
                    return Err(nonsense("a message is too long"));
                }
                if self.read.len() >= 8 + head + body {
                    let whole = self.read.split_to(8 + head + body).freeze();
                    return message(whole, head);
                }
                if 8 + head + body - self.read.len() >= DIRECT {
                    let whole = self.rest(8 + head + body)?;
                    return message(whole, head);
                }
            }
            if !self.fill()? {
                return if self.read.is_empty() { Ok(None) } else { Err(nonsense("a message is cut off")) };
            }
        }
    }

    /// Reads the rest of a message of this length in bytes, straight to where it stays.
    fn rest(&mut self, length: usize) -> io::Result<Bytes> {
        let mut whole = Vec::with_capacity(length);
        whole.extend_from_slice(&self.read);
        self.read.clear();
        // Descriptors come with the first byte of a message, so none is among these.
        (&self.socket).take((length - whole.len()) as u64).read_to_end(&mut whole)?;
        if whole.len() < length { Err(nonsense("a message is cut off")) } else { Ok(whole.into()) }
    }

    /// Returns the next descriptor that came with the messages so far.
    pub fn descriptor(&mut self) -> io::Result<OwnedFd> {
        let next = self.descriptors.as_mut().and_then(VecDeque::pop_front);
        next.ok_or_else(|| nonsense("a descriptor is missing"))
    }

    fn fill(&mut self) -> io::Result<bool> {
        let Some(descriptors) = &mut self.descriptors else {
            let received = read_some(&self.socket, &mut self.chunk)?;
            self.read.extend_from_slice(&self.chunk[..received]);
            return Ok(received > 0);
        };
        loop {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(8))];
            let mut control = RecvAncillaryBuffer::new(&mut space);
            let parts = &mut [IoSliceMut::new(&mut self.chunk)];
            match rustix::net::recvmsg(&self.socket, parts, &mut control, RecvFlags::CMSG_CLOEXEC) {
                Ok(received) => {
                    for message in control.drain() {
                        if let RecvAncillaryMessage::ScmRights(more) = message {
                            descriptors.extend(more);
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

/// Reads what there is, at least one byte. Returns how many; 0: the other end has closed the socket.
fn read_some(mut socket: &UnixStream, to: &mut [u8]) -> io::Result<usize> {
    loop {
        match socket.read(to) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Returns the lengths of a message's head and body.
fn parts([a, b, c, d, e, f, g, h]: [u8; 8]) -> (usize, usize) {
    (u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]) as usize)
}

/// Takes a whole message apart, whose head has this length.
fn message<M: DeserializeOwned>(whole: Bytes, head: usize) -> io::Result<Option<(M, Bytes)>> {
    let message = postcard::from_bytes(&whole[8..8 + head]).map_err(|e| nonsense(&e.to_string()))?;
    Ok(Some((message, whole.slice(8 + head..))))
}

fn nonsense(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_bodies_and_descriptors_arrive_together_whatever_their_size() {
        let (here, there) = UnixStream::pair().unwrap();
        let bodies = [0, 1, 100, 15_000, 70_000, 300_000, 3, 5_000_000, 0];
        let writer = std::thread::spawn(move || {
            for (n, length) in bodies.into_iter().enumerate() {
                let body = vec![n as u8; length];
                let (pipe, mut end) = std::io::pipe().unwrap();
                end.write_all(&[n as u8]).unwrap();
                let message = ToDecoder::Unit { t: MediaTime(n as i64), key: n % 2 == 0 };
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
        for bytes in [
            &[0xff; 100][..],
            &[1, 0, 0, 0, 0, 0, 0, 0, 0xff],
            &[2, 0, 0, 0, 0, 0, 0, 0, 0],
            &[1, 0, 0, 0, 0, 0, 4, 0, 7, 7],
        ] {
            let (mut here, there) = UnixStream::pair().unwrap();
            here.write_all(bytes).unwrap();
            drop(here);
            assert!(Reader::new(there).next::<ToDecoder>().is_err(), "{bytes:?}");
        }
    }
}
