//! How many recordings stand one behind the other in a Matroska file, and whether the last one is whole.
//!
//! Browsers and tools write a second header behind the first where a recording is stopped and begun again or two files are
//! joined. GStreamer's demuxer reads up to it and no further. Only the heads of elements are read here (RFC 8794), none of
//! their contents.

use super::bytes::read_at;
use crate::record::ebml::{self, id};
use std::fs::File;
use std::io;

/// The most recordings that are read from one file.
const MOST_PARTS: usize = 64;
/// The most elements that are walked through: beyond it the rest is taken for one recording.
const MOST_ELEMENTS: u64 = 20_000_000;
/// Bytes that are read at once.
const CHUNK: usize = 1 << 12;
/// The longest head of an element, in bytes.
const HEAD: usize = 12;

/// What the elements of a file say.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Where each recording begins, in bytes; the first is the file's own beginning.
    pub starts: Vec<u64>,
    /// The file ends within an element.
    pub cut: bool,
}

/// Walks through the elements of a file of `length` bytes that begins with an EBML header.
///
/// # Errors
/// The file cannot be read.
pub fn read(file: &File, length: u64) -> io::Result<Parts> {
    let mut parts = Parts::default();
    let mut window = Window { file, bytes: Vec::new(), start: 0 };
    let mut position = 0;
    for _ in 0..MOST_ELEMENTS {
        if position >= length {
            break;
        }
        let head = window.head(position)?;
        let Some((id, width)) = ebml::read_id(head) else { break };
        let Some((size, more)) = ebml::read_size(&head[width..]) else {
            parts.cut = true;
            break;
        };
        if id == id::EBML {
            if parts.starts.len() == MOST_PARTS {
                break;
            }
            parts.starts.push(position);
        }
        position += (width + more) as u64;
        match (id, size) {
            // What holds others is entered where its size is unknown, or too long: a recorder that was stopped leaves it so.
            (id::CLUSTER, Some(size)) if position.saturating_add(size) <= length => position += size,
            (id::SEGMENT | id::CLUSTER, size) => {
                parts.cut |= size.is_some_and(|size| position.saturating_add(size) > length);
            }
            (_, Some(size)) if position.saturating_add(size) <= length => position += size,
            _ => {
                parts.cut = true;
                break;
            }
        }
    }
    Ok(parts)
}

/// A piece of the file in memory.
struct Window<'a> {
    file: &'a File,
    bytes: Vec<u8>,
    start: u64,
}

impl Window<'_> {
    /// The bytes of a head at `position`; fewer at the end of the file.
    fn head(&mut self, position: u64) -> io::Result<&[u8]> {
        let inside = position.checked_sub(self.start).filter(|at| *at + HEAD as u64 <= self.bytes.len() as u64);
        if inside.is_none() {
            self.bytes.resize(CHUNK, 0);
            let filled = read_at(self.file, &mut self.bytes, position)?;
            self.bytes.truncate(filled);
            self.start = position;
        }
        let at = (position - self.start) as usize;
        Ok(&self.bytes[at..self.bytes.len().min(at + HEAD)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::ebml::Buffer;
    use std::io::Write;

    fn of(bytes: &[u8]) -> Parts {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        read(&file, bytes.len() as u64).unwrap()
    }

    /// A header and a segment of unknown size with two clusters of unknown size.
    fn recording() -> Vec<u8> {
        let mut out = Buffer::default();
        out.master(id::EBML, |inside| inside.bytes(id::DOC_TYPE, b"webm"));
        out.id(id::SEGMENT);
        out.0.extend_from_slice(&ebml::UNKNOWN);
        for cluster in 0..2 {
            out.id(id::CLUSTER);
            out.0.extend_from_slice(&ebml::UNKNOWN);
            out.uint(id::TIMESTAMP, cluster);
            out.bytes(id::SIMPLE_BLOCK, &[0x1a, 0x45, 0xdf, 0xa3, 1, 2, 3]);
        }
        out.0
    }

    #[test]
    fn a_second_header_begins_a_second_recording() {
        let one = recording();
        assert_eq!(of(&one), Parts { starts: vec![0], cut: false });
        let both = [&one[..], &one].concat();
        assert_eq!(of(&both), Parts { starts: vec![0, one.len() as u64], cut: false });
    }

    #[test]
    fn a_file_that_ends_within_an_element_is_cut() {
        let one = recording();
        assert!(of(&one[..one.len() - 3]).cut);
        let mut known = Buffer::default();
        known.master(id::EBML, |inside| inside.bytes(id::DOC_TYPE, b"webm"));
        known.id(id::SEGMENT);
        known.size8(500);
        known.bytes(id::INFO, &[0; 20]);
        assert!(of(&known.0).cut);
    }

    #[test]
    fn hostile_elements_are_walked_through_without_harm() {
        let one = recording();
        for at in 0..one.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bytes = one.clone();
                bytes[at] = byte;
                // A changed size may uncover what stands in the two blocks, which looks like a header.
                assert!(of(&bytes).starts.len() <= 3);
            }
        }
        let headers: Vec<u8> = (0..1000).flat_map(|_| [0x1a, 0x45, 0xdf, 0xa3, 0x80]).collect();
        assert_eq!(of(&headers).starts.len(), MOST_PARTS);
    }
}
