//! Puts the payloads of a video track together to access units, by its coding.

use super::{Packet, h264, vp8};
use crate::item::VideoCodec;
use bytes::Bytes;

/// What comes out of an assembler.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// A whole frame: its RTP time, whether it is a key frame, and its bytes.
    Frame(u32, bool, Bytes),
    /// At least one frame is missing or broken here; the following ones cannot be decoded before the next key frame.
    Broken,
}

/// The assembler of one track. Takes packets in the order of sending, and is told of missing ones.
#[derive(Debug)]
pub enum Assembler {
    Vp8(vp8::Assembler),
    H264(h264::Assembler),
}

impl Assembler {
    /// Creates an assembler that takes frames up to `max_side` pixels wide and high.
    pub fn new(codec: VideoCodec, max_side: u32) -> Assembler {
        match codec {
            VideoCodec::Vp8 => Assembler::Vp8(vp8::Assembler::new(max_side)),
            VideoCodec::H264 => Assembler::H264(h264::Assembler::new(max_side)),
        }
    }

    /// Takes a parameter set of H.264 that the sender named before it sent anything.
    pub fn parameter_set(&mut self, nal: &Bytes) {
        if let Assembler::H264(assembler) = self {
            assembler.parameter_set(nal);
        }
    }

    /// Returns the newest parameter sets of H.264.
    pub fn parameter_sets(&self) -> Vec<Bytes> {
        match self {
            Assembler::Vp8(_) => Vec::new(),
            Assembler::H264(assembler) => assembler.parameter_sets(),
        }
    }

    /// Takes the next packet.
    pub fn push(&mut self, packet: Packet, out: &mut impl FnMut(Piece)) {
        let Packet { timestamp, marker, payload, .. } = packet;
        match self {
            Assembler::Vp8(assembler) => assembler.push(timestamp, marker, payload, out),
            Assembler::H264(assembler) => assembler.push(timestamp, marker, payload, out),
        }
    }

    /// Takes note that packets are missing.
    pub fn lost(&mut self, out: &mut impl FnMut(Piece)) {
        match self {
            Assembler::Vp8(assembler) => assembler.lost(out),
            Assembler::H264(assembler) => assembler.lost(out),
        }
    }
}

/// A packet of a test: its RTP time, marker and payload. `None`: packets are missing.
#[cfg(test)]
pub type Sent = Option<(u32, bool, Vec<u8>)>;

/// Returns what comes out for these packets, of frames up to 1920 pixels wide and high.
#[cfg(test)]
pub fn assembled(codec: VideoCodec, packets: &[Sent]) -> Vec<Piece> {
    let (mut assembler, mut pieces) = (Assembler::new(codec, 1920), Vec::new());
    for (sequence, packet) in (0..).zip(packets) {
        let mut out = |piece| pieces.push(piece);
        match packet {
            Some((timestamp, marker, payload)) => {
                let (timestamp, marker, payload) = (*timestamp, *marker, payload.clone().into());
                assembler.push(Packet { ssrc: 1, sequence, timestamp, marker, payload }, &mut out);
            }
            None => assembler.lost(&mut out),
        }
    }
    pieces
}
