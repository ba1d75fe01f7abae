//! Frames in shared memory: decoders write into pieces that the server maps, so that frames are not copied.
//!
//! A piece is a memfd of the size of one frame, sealed against shrinking. Its descriptor is sent once; afterwards the
//! socket carries its number for each frame, and the number comes back on a pipe when the server has finished with the
//! frame.

use super::wire;
use crate::decode::VideoFrame;
use coach_core::I420;
use gstreamer as gst;
use gstreamer::glib;
use gstreamer::subclass::prelude::*;
use memmap2::{Mmap, MmapMut, MmapOptions};
use rustix::fs::{MemfdFlags, SealFlags};
use std::collections::HashMap;
use std::io::{self, PipeReader, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// The most frames that the server may hold at once. Beyond it the decoder waits: a live session holds about 25, and a
/// file's decoder has a few dozen in work.
const MOST_HELD: usize = 128;

/// So many frames may be with the server before it is asked which it has finished with, so that it is not asked for each.
const RARELY: usize = 4;

/// The largest piece, bytes: 4096 x 2304 in I420 is 14 MiB.
pub const MOST_PIECE: u64 = 64 << 20;

/// The most pieces that a process may have at once.
pub const MOST_PIECES: usize = 1024;

/// The pieces of one decoder, in the decoding process.
#[derive(Debug, Default)]
pub struct Pieces {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next: u32,
    known: HashMap<u32, Known>,
    gone: Vec<u32>,
}

#[derive(Debug)]
struct Known {
    /// The address of the piece in this process.
    address: usize,
    length: usize,
    file: Arc<OwnedFd>,
    sent: bool,
}

impl Pieces {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Creates a piece.
    fn make(self: &Arc<Self>, length: usize) -> io::Result<Piece> {
        let file = rustix::fs::memfd_create("frame", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        rustix::fs::ftruncate(&file, length as u64)?;
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        // SAFETY: nobody else writes here: the server maps it for reading, and its length is sealed.
        let mut map = unsafe { MmapOptions::new().len(length).map_mut(&file) }?;
        let (address, mut state) = (map.as_mut_ptr() as usize, self.lock());
        let id = state.next;
        state.next = state.next.wrapping_add(1);
        state.known.insert(id, Known { address, length, file: Arc::new(file), sent: false });
        drop(state);
        Ok(Piece { map, id, pieces: self.clone() })
    }
}

/// A piece as GStreamer holds it.
struct Piece {
    map: MmapMut,
    id: u32,
    pieces: Arc<Pieces>,
}

impl AsMut<[u8]> for Piece {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.map
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        let mut state = self.pieces.lock();
        if state.known.remove(&self.id).is_some_and(|known| known.sent) {
            state.gone.push(self.id);
        }
    }
}

glib::wrapper! {
    /// A buffer pool that gives decoders buffers inside pieces.
    pub struct Pool(ObjectSubclass<imp::Pool>) @extends gst::BufferPool, gst::Object;
}

impl Pool {
    pub fn new(pieces: Arc<Pieces>) -> Pool {
        let pool: Pool = glib::Object::new();
        let _ = pool.imp().pieces.set(pieces);
        pool
    }
}

mod imp {
    use super::*;

    #[derive(Default)]
    pub struct Pool {
        pub pieces: OnceLock<Arc<Pieces>>,
        size: Mutex<u32>,
    }

    #[glib::object_subclass]
    impl ObjectSubclass for Pool {
        const NAME: &'static str = "CoachPool";
        type Type = super::Pool;
        type ParentType = gst::BufferPool;
    }

    impl ObjectImpl for Pool {}
    impl GstObjectImpl for Pool {}

    impl BufferPoolImpl for Pool {
        fn set_config(&self, config: &mut gst::BufferPoolConfigRef) -> bool {
            let size = config.params().map_or(0, |(_, size, ..)| size);
            *self.size.lock().unwrap_or_else(PoisonError::into_inner) = size;
            self.parent_set_config(config)
        }

        fn alloc_buffer(&self, _: Option<&gst::BufferPoolAcquireParams>) -> Result<gst::Buffer, gst::FlowError> {
            let size = *self.size.lock().unwrap_or_else(PoisonError::into_inner);
            let pieces = self.pieces.get().ok_or(gst::FlowError::Error)?;
            let piece = pieces.make(size as usize).map_err(|_| gst::FlowError::Error)?;
            let mut buffer = gst::Buffer::new();
            buffer.get_mut().ok_or(gst::FlowError::Error)?.append_memory(gst::Memory::from_mut_slice(piece));
            Ok(buffer)
        }
    }
}

/// The frames that the server holds, in the decoding process.
pub struct SharedFrames {
    pieces: Arc<Pieces>,
    back: PipeReader,
    held: HashMap<u32, Held>,
    /// Pieces for copies, free for the next frame.
    spare: Vec<Piece>,
}

/// Keeps a piece from being written again.
#[expect(clippy::large_enum_variant, reason = "few are alive at a time, and a box for each frame costs more")]
enum Held {
    Frame(#[allow(dead_code)] VideoFrame),
    Copy(Piece),
}

impl SharedFrames {
    pub fn new(pieces: Arc<Pieces>, back: PipeReader) -> io::Result<SharedFrames> {
        // By fcntl, since the sandbox does not allow the ioctl.
        rustix::fs::fcntl_setfl(&back, rustix::fs::OFlags::NONBLOCK)?;
        Ok(SharedFrames { pieces, back, held: HashMap::new(), spare: Vec::new() })
    }

    /// Shares a frame with the server. Returns its description, and the descriptor of its piece when that is new.
    pub fn share(&mut self, frame: VideoFrame) -> io::Result<(wire::Frame, Option<Arc<OwnedFd>>)> {
        self.take_back()?;
        let view = frame.view();
        let (mut said, place) = (said(&frame, &view), self.place(&view));
        let (id, held) = match place {
            Some((id, offsets)) => {
                for (plane, offset) in said.planes.iter_mut().zip(offsets) {
                    plane.0 = offset;
                }
                (id, Held::Frame(frame))
            }
            // The decoder used memory of its own.
            None => {
                let sizes = [&view.y, &view.u, &view.v].map(|plane| plane.len());
                let length = sizes.iter().sum::<usize>().max(1);
                // Pieces of another size are dropped when the size of the video changes.
                self.spare.retain(|piece| piece.map.len() == length);
                let mut piece = self.spare.pop().map_or_else(|| self.pieces.make(length), Ok)?;
                let mut at = 0;
                for ((plane, from), size) in said.planes.iter_mut().zip([view.y, view.u, view.v]).zip(sizes) {
                    piece.map[at..at + size].copy_from_slice(from);
                    plane.0 = at as u64;
                    at += size;
                }
                (piece.id, Held::Copy(piece))
            }
        };
        let mut state = self.pieces.lock();
        let known = state.known.get_mut(&id).ok_or_else(|| io::Error::other("a piece is not known"))?;
        let first = !std::mem::replace(&mut known.sent, true);
        let (length, file) = (known.length as u64, known.file.clone());
        said.memory = id;
        said.new = first.then_some(length);
        said.gone = std::mem::take(&mut state.gone);
        drop(state);
        self.held.insert(id, held);
        Ok((said, first.then_some(file)))
    }

    /// Returns the piece that holds all three planes, and their offsets. `None`: they are not in one piece.
    fn place(&self, view: &I420<'_>) -> Option<(u32, [u64; 3])> {
        let planes = [view.y, view.u, view.v];
        let state = self.pieces.lock();
        let (id, known) = state.known.iter().find(|(_, known)| {
            planes.iter().all(|plane| {
                let start = plane.as_ptr() as usize;
                start >= known.address && start + plane.len() <= known.address + known.length
            })
        })?;
        Some((*id, planes.map(|plane| (plane.as_ptr() as usize - known.address) as u64)))
    }

    /// Takes back what the server has finished with; waits while the server holds too many frames.
    fn take_back(&mut self) -> io::Result<()> {
        if self.held.len() < RARELY {
            return Ok(());
        }
        let mut bytes = [0; 4 * 64];
        loop {
            match self.back.read(&mut bytes) {
                Ok(0) => return Err(io::ErrorKind::BrokenPipe.into()),
                Ok(n) => {
                    for id in bytes[..n].as_chunks::<4>().0 {
                        if let Some(Held::Copy(piece)) = self.held.remove(&u32::from_le_bytes(*id)) {
                            self.spare.push(piece);
                        }
                    }
                    // The pipe was empty then, so it need not be asked again.
                    if n < bytes.len() && self.held.len() < MOST_HELD {
                        return Ok(());
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && self.held.len() < MOST_HELD => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let mut poll = [rustix::event::PollFd::new(&self.back, rustix::event::PollFlags::IN)];
                    rustix::event::poll(&mut poll, None)?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn said(frame: &VideoFrame, view: &I420<'_>) -> wire::Frame {
    wire::Frame {
        t: frame.t,
        lost: frame.lost.map(|lost| (lost.span, lost.reason)),
        memory: 0,
        new: None,
        gone: Vec::new(),
        width: view.width as u32,
        height: view.height as u32,
        planes: [view.y_stride, view.u_stride, view.v_stride].map(|stride| (0, stride as u32)),
        matrix: view.matrix,
        range: view.range,
    }
}

/// Maps a piece that a process sent, for reading.
///
/// # Errors
/// The piece is not sealed, shorter than stated, or too large.
pub fn map(file: OwnedFd, length: u64) -> io::Result<Mmap> {
    let wrong = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    // Reading past the end of a file that was shortened would end the server.
    if !rustix::fs::fcntl_get_seals(&file)?.contains(SealFlags::SHRINK) {
        return Err(wrong("a piece of memory is not sealed"));
    }
    if length == 0 || length > MOST_PIECE || rustix::fs::fstat(file.as_fd())?.st_size != length as i64 {
        return Err(wrong("a piece of memory is not as long as it is said to be"));
    }
    // SAFETY: the length is sealed. The process may still write what is read here; only the values of pixels depend on
    // it, as all sizes came by the socket and were checked.
    unsafe { MmapOptions::new().len(length as usize).map(&file) }
}
