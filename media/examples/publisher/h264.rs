//! An access unit of H.264 as RTP payloads (RFC 6184, packetization mode 1).

use bytes::{BufMut, Bytes, BytesMut};
use coach_media::h264;

const STAP_A: u8 = 24;
const FU_A: u8 = 28;

/// Splits a unit with start codes into payloads of at most `most` bytes: what is small goes together, what is large in parts.
pub fn payloads(unit: &[u8], most: usize) -> Vec<Bytes> {
    let (mut made, mut small): (Vec<Bytes>, Vec<&[u8]>) = (Vec::new(), Vec::new());
    for nal in h264::units(unit) {
        let together = 1 + small.iter().chain([&nal]).map(|nal| nal.len() + 2).sum::<usize>();
        if together > most {
            made.extend(aggregate(&std::mem::take(&mut small)));
        }
        if nal.len() + 3 <= most {
            small.push(nal);
        } else {
            fragments(nal, most, &mut made);
        }
    }
    made.extend(aggregate(&small));
    made
}

fn aggregate(nals: &[&[u8]]) -> Option<Bytes> {
    match nals {
        [] => None,
        [only] => Some(Bytes::copy_from_slice(only)),
        several => {
            let importance = several.iter().map(|nal| nal[0] & 0x60).max().unwrap_or(0);
            let mut payload = BytesMut::from(&[importance | STAP_A][..]);
            for nal in several {
                payload.put_u16(nal.len() as u16);
                payload.put_slice(nal);
            }
            Some(payload.freeze())
        }
    }
}

fn fragments(nal: &[u8], most: usize, made: &mut Vec<Bytes>) {
    let mut chunks = nal[1..].chunks(most - 2).peekable();
    let mut start = 0x80;
    while let Some(chunk) = chunks.next() {
        let end = if chunks.peek().is_none() { 0x40 } else { 0 };
        let mut payload = BytesMut::with_capacity(2 + chunk.len());
        payload.put_u8(nal[0] & 0x60 | FU_A);
        payload.put_u8(start | end | nal[0] & 0x1f);
        payload.put_slice(chunk);
        made.push(payload.freeze());
        start = 0;
    }
}
