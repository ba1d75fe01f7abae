//! One track's way through the tap: in order, put together, stamped.

use super::clock::Clock;
use super::drift::SenderReport;
use super::sequence::{HOLD, HOLD_SOUND, Next, Reorder};
use super::vp8::{self, Assembler, Piece};
use super::{Packet, TrackStats};
use crate::item::Track;
use crate::packet;
use bytes::Bytes;
use std::collections::VecDeque;
use std::time::Duration;

/// Three seconds of any stream that we accept. Beyond it the search for an anchor ends early.
const MAX_HELD: usize = 4096;
const MAX_HELD_BYTES: usize = 16 << 20;
/// A stranger's packets in a row after which the stranger is the track.
const STRANGERS: u32 = 50;
/// A pause in arriving that is longer than any jitter.
const PAUSE: Duration = Duration::from_millis(500);

/// A unit on its way to a stamp.
#[derive(Debug)]
pub(super) struct Unit {
    /// On the sender's clock; then, once stamped, on the caller's.
    pub(super) ns: i64,
    pub(super) duration_ns: i64,
    pub(super) key: bool,
    pub(super) data: Bytes,
}

#[derive(Debug)]
pub(super) enum Entry {
    Unit(Unit),
    /// Pictures are missing here.
    Broken,
}

#[derive(Debug)]
pub(super) struct Lane {
    track: Track,
    ssrc: Option<u32>,
    strangers: u32,
    reorder: Reorder<Packet>,
    assembler: Assembler,
    pub(super) clock: Clock,
    held: VecDeque<Entry>,
    held_bytes: usize,
    /// In order, stamped on the caller's clock.
    pub(super) stamped: VecDeque<Entry>,
    pub(super) first_arrival: Option<Duration>,
    pub(super) last_arrival: Option<Duration>,
    /// Since when packets have come without a pause.
    pub(super) steady_since: Duration,
    /// Pictures cannot be decoded before the next key frame (as far as has been put together).
    pub(super) wants_key: bool,
    pub(super) stats: TrackStats,
}

fn new_reorder(track: Track) -> Reorder<Packet> {
    Reorder::new(if track == Track::Video { HOLD } else { HOLD_SOUND })
}

impl Lane {
    pub(super) fn new(track: Track, max_side: u32) -> Lane {
        Lane {
            track,
            ssrc: None,
            strangers: 0,
            reorder: new_reorder(track),
            assembler: Assembler::new(max_side),
            clock: Clock::new(if track == Track::Video { vp8::RATE_HZ } else { i64::from(packet::OPUS_HZ) }),
            held: VecDeque::new(),
            held_bytes: 0,
            stamped: VecDeque::new(),
            first_arrival: None,
            last_arrival: None,
            steady_since: Duration::ZERO,
            wants_key: track == Track::Video,
            stats: TrackStats::default(),
        }
    }

    /// Takes a packet in the order of arrival.
    pub(super) fn push(&mut self, packet: Packet, arrival: Duration) {
        // What was due before it came is decided without it.
        self.advance(arrival);
        self.stats.packets += 1;
        self.stats.bytes += packet.payload.len() as u64;
        if self.ssrc.is_some_and(|ssrc| ssrc != packet.ssrc) {
            self.strangers += 1;
            if self.strangers < STRANGERS {
                self.stats.strangers += 1;
                return;
            }
            self.flush(arrival);
            self.reorder = new_reorder(self.track);
            self.clock.restart();
            self.broken();
        }
        self.ssrc = Some(packet.ssrc);
        self.strangers = 0;
        if self.last_arrival.is_none_or(|last| arrival.saturating_sub(last) > PAUSE) {
            self.steady_since = arrival;
        }
        self.first_arrival.get_or_insert(arrival);
        self.last_arrival = Some(arrival);
        self.reorder.push(packet.sequence, arrival, packet);
    }

    /// Takes a report of the sender, after [`Lane::advance`]: what was due before it came is decided without it.
    pub(super) fn report(&mut self, report: SenderReport) {
        if self.ssrc == Some(report.ssrc) && self.clock.report(report.ntp, report.rtp) {
            self.stats.reports += 1;
        } else {
            self.stats.unbelieved += 1;
        }
    }

    /// Moves on whatever can be at this time. What it does depends on when packets arrived, not on when it is called.
    pub(super) fn advance(&mut self, now: Duration) {
        while let Some(at) = self.deadline()
            && at <= now
        {
            self.step(at);
        }
        self.step(now);
    }

    fn step(&mut self, now: Duration) {
        while let Some(next) = self.reorder.pop(now) {
            match next {
                Next::Packet(arrival, packet) => self.in_order(packet, arrival),
                Next::Lost(_) => self.hole(),
            }
        }
        self.clock.settle(now);
        if self.held.len() > MAX_HELD || self.held_bytes > MAX_HELD_BYTES {
            self.clock.settle_now();
        }
        self.stamp();
        let sequence = self.reorder.counters();
        self.stats.duplicates = sequence.duplicates;
        self.stats.late = sequence.late;
        self.stats.lost = sequence.lost;
    }

    /// Moves everything on: nothing more will come.
    pub(super) fn flush(&mut self, now: Duration) {
        self.advance(now + HOLD);
        self.clock.settle_now();
        self.stamp();
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        [self.reorder.deadline(), self.clock.deadline()].into_iter().flatten().min()
    }

    fn in_order(&mut self, packet: Packet, arrival: Duration) {
        // Padding carries an old time, and it has done its work by being counted.
        if packet.payload.is_empty() {
            return;
        }
        if self.track == Track::Video {
            let mut pieces = [None, None, None];
            let mut free = pieces.iter_mut();
            self.assembler.push(packet.timestamp, packet.marker, packet.payload, &mut |piece| {
                if let Some(slot) = free.next() {
                    *slot = Some(piece);
                }
            });
            self.clock.observe(packet.timestamp, arrival);
            pieces.into_iter().flatten().for_each(|piece| self.piece(piece));
        } else if let Some(samples) = packet::opus_samples(&packet.payload) {
            self.clock.observe(packet.timestamp, arrival);
            self.hold(Unit {
                ns: self.clock.unwrapped_ns(packet.timestamp),
                duration_ns: i64::from(samples) * 1_000_000 / 48,
                key: true,
                data: packet.payload,
            });
        } else {
            self.stats.broken += 1;
        }
    }

    fn hole(&mut self) {
        if self.track == Track::Video {
            let mut broken = false;
            self.assembler.lost(&mut |_| broken = true);
            if broken {
                self.broken();
            }
        }
    }

    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Picture(timestamp, key, data) => {
                self.wants_key &= !key;
                self.hold(Unit { ns: self.clock.unwrapped_ns(timestamp), duration_ns: 0, key, data });
            }
            Piece::Broken => self.broken(),
        }
    }

    fn broken(&mut self) {
        if self.track == Track::Video {
            self.stats.broken += 1;
            self.wants_key = true;
            self.held.push_back(Entry::Broken);
        }
    }

    fn hold(&mut self, unit: Unit) {
        self.held_bytes += unit.data.len();
        self.held.push_back(Entry::Unit(unit));
    }

    fn stamp(&mut self) {
        while let Some(entry) = self.held.front_mut() {
            if let Entry::Unit(unit) = entry {
                let Some(stamp) = self.clock.stamp_ns(unit.ns) else { return };
                self.held_bytes -= unit.data.len();
                unit.ns = stamp;
            }
            self.stamped.extend(self.held.pop_front());
        }
    }
}
