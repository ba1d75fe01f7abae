//! Finds the blocks of a spool file. A file that was cut anywhere gives the blocks that are whole.

use super::ebml::{self, Buffer, id};
use super::{Error, webm};
use crate::item::{Track, VideoCodec};
use coach_core::MediaTime;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// The longest element that is read into memory (tracks, info), bytes.
const MOST: u64 = 1 << 20;

/// The largest plausible stamp, milliseconds: two days.
const MOST_MS: i64 = 2 * 24 * 3_600_000;

/// A block of a spool file and where its payload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub track: Track,
    pub t: MediaTime,
    pub key: bool,
    pub position: u64,
    pub length: u32,
}

/// The content of a spool file.
#[derive(Debug, Default)]
pub struct Scan {
    /// Channels of the audio track. `None`: there is none.
    pub channels: Option<u8>,
    /// How the video is coded; VP8 where there is none.
    pub codec: VideoCodec,
    /// The blocks in the order of the file.
    pub blocks: Vec<Block>,
}

/// Reads the heads of all elements and skips the payloads.
///
/// # Errors
/// The file cannot be read, or it is not a spool file of this crate.
pub fn scan(path: &Path) -> Result<Scan, Error> {
    let wrong = |source| Error::Read { path: path.to_path_buf(), source };
    let file = File::open(path).map_err(wrong)?;
    let length = file.metadata().map_err(wrong)?.len();
    let mut reader = Reader { inner: BufReader::with_capacity(1 << 16, file), at: 0, length };
    let mut scan = Scan::default();
    if length == 0 {
        return Ok(scan);
    }
    let (mut ours, mut cluster) = (false, MediaTime::ZERO);
    while let Some((id, size)) = reader.head().map_err(wrong)? {
        match id {
            // Elements that hold others are entered.
            id::SEGMENT | id::CLUSTER => continue,
            id::INFO => match reader.small(size).map_err(wrong)? {
                Some(info) => ours = info.windows(webm::APP.len()).any(|w| w == webm::APP.as_bytes()),
                None => break,
            },
            id::TRACKS => match reader.small(size).map_err(wrong)? {
                Some(tracks) => (scan.channels, scan.codec) = (channels(&tracks), codec(&tracks)),
                None => break,
            },
            id::TIMESTAMP => match reader.small(size).map_err(wrong)? {
                Some(t) if t.len() <= 8 => {
                    let ms = t.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
                    // Blocks after a damaged stamp cannot be placed.
                    let Some(ms) = i64::try_from(ms).ok().filter(|ms| *ms < MOST_MS) else { break };
                    cluster = MediaTime(ms);
                }
                _ => break,
            },
            id::SIMPLE_BLOCK if ours => match reader.block(cluster, size).map_err(wrong)? {
                Some(block) => scan.blocks.push(block),
                None => break,
            },
            _ if ours || matches!(id, id::EBML | id::SEEK_HEAD) => {
                if !reader.skip(size).map_err(wrong)? {
                    break;
                }
            }
            _ => break,
        }
    }
    if ours || cut_in_head(path).map_err(wrong)? {
        return Ok(scan);
    }
    Err(Error::NotOurs(path.to_path_buf()))
}

/// Returns whether a file begins like a spool file and was cut within its head. Such a file holds nothing.
fn cut_in_head(path: &Path) -> io::Result<bool> {
    let heads = [VideoCodec::Vp8, VideoCodec::H264].map(|codec| {
        let mut head = Buffer::default();
        webm::header(&mut head, codec);
        webm::open_segment(&mut head);
        webm::info(&mut head, None);
        head.0
    });
    let most = heads.iter().map(Vec::len).max().unwrap_or(0);
    let mut start = Vec::new();
    File::open(path)?.take(most as u64).read_to_end(&mut start)?;
    Ok(heads.iter().any(|head| start.len() < head.len() && head.starts_with(&start)))
}

/// The coding of the video in our own track entries.
fn codec(tracks: &[u8]) -> VideoCodec {
    let h264 = webm::codec_id(VideoCodec::H264);
    if tracks.windows(h264.len()).any(|bytes| bytes == h264) { VideoCodec::H264 } else { VideoCodec::Vp8 }
}

/// Returns the channels in track entries that this crate wrote: the last byte of the last element.
fn channels(tracks: &[u8]) -> Option<u8> {
    let at = tracks.windows(8).position(|w| w == b"OpusHead")?;
    tracks.get(at + 9).copied().filter(|n| (1..=2).contains(n))
}

/// Reads elements from a file.
struct Reader {
    inner: BufReader<File>,
    at: u64,
    length: u64,
}

impl Reader {
    /// Reads the next element's id and size. `None`: the file ends or is cut here.
    fn head(&mut self) -> io::Result<Option<(u32, Option<u64>)>> {
        let mut bytes = Vec::with_capacity(12);
        let Some((id, _)) = self.grow(&mut bytes, ebml::read_id)? else { return Ok(None) };
        bytes.clear();
        let Some((size, _)) = self.grow(&mut bytes, ebml::read_size)? else { return Ok(None) };
        Ok(Some((id, size)))
    }

    /// Reads byte by byte until `read` succeeds, eight bytes at most.
    fn grow<T>(&mut self, bytes: &mut Vec<u8>, read: impl Fn(&[u8]) -> Option<T>) -> io::Result<Option<T>> {
        while bytes.len() < 8 {
            let Some(byte) = self.inner.fill_buf()?.first().copied() else { return Ok(None) };
            self.inner.consume(1);
            self.at += 1;
            bytes.push(byte);
            if let Some(value) = read(bytes) {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    fn has(&self, size: Option<u64>) -> Option<u64> {
        size.filter(|size| *size <= self.length.saturating_sub(self.at))
    }

    fn small(&mut self, size: Option<u64>) -> io::Result<Option<Vec<u8>>> {
        let Some(size) = self.has(size).filter(|size| *size <= MOST) else { return Ok(None) };
        let mut bytes = vec![0; size as usize];
        self.inner.read_exact(&mut bytes)?;
        self.at += size;
        Ok(Some(bytes))
    }

    fn skip(&mut self, size: Option<u64>) -> io::Result<bool> {
        let Some(size) = self.has(size) else { return Ok(false) };
        self.inner.seek_relative(size as i64)?;
        self.at += size;
        Ok(true)
    }

    fn block(&mut self, cluster: MediaTime, size: Option<u64>) -> io::Result<Option<Block>> {
        let Some(size) = self.has(size).filter(|size| *size > 4 && *size < u64::from(u32::MAX)) else {
            return Ok(None);
        };
        let mut head = [0; 4];
        self.inner.read_exact(&mut head)?;
        self.at += 4;
        let track = match head[0] & 0x7f {
            1 => Track::Video,
            2 => Track::Audio,
            _ => return Ok(None),
        };
        let t = cluster + i64::from(i16::from_be_bytes([head[1], head[2]]));
        let block = Block { track, t, key: head[3] & 0x80 != 0, position: self.at, length: size as u32 - 4 };
        self.skip(Some(size - 4))?;
        Ok(Some(block))
    }
}

/// Reads the payload of a block.
pub fn payload(file: &mut File, block: &Block) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; block.length as usize];
    file.seek(SeekFrom::Start(block.position))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}
