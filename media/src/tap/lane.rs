//! One track inside the tap: packets are put in order, assembled to units and stamped.

use super::assembler::{Assembler, Piece};
use super::clock::Clock;
use super::drift::SenderReport;
use super::sequence::{HOLD, HOLD_AUDIO, Next, Reorder};
use super::{Packet, TrackStats, vp8};
use crate::item::{Track, VideoCodec};
use crate::packet;
use bytes::Bytes;
use std::collections::VecDeque;
use std::time::Duration;

/// The most entries that wait for an anchor: three seconds of any accepted stream. Beyond it the search for the anchor
/// ends early.
const MAX_HELD: usize = 4096;
/// The most bytes that wait for an anchor.
const MAX_HELD_BYTES: usize = 16 << 20;
/// The number of consecutive packets of another SSRC after which that SSRC becomes the track's.
const STRANGERS: u32 = 50;
/// A pause between arrivals that is longer than any jitter.
const PAUSE: Duration = Duration::from_millis(500);

/// A unit that waits for its stamp.
#[derive(Debug)]
pub(super) struct Unit {
    /// The time on the sender's clock until the unit is stamped, then on the caller's, nanoseconds.
    pub(super) ns: i64,
    pub(super) duration_ns: i64,
    pub(super) key: bool,
    pub(super) data: Bytes,
}

/// What waits in a lane.
#[derive(Debug)]
pub(super) enum Entry {
    Unit(Unit),
    /// At least one frame is missing here.
    Broken,
}

/// The state of one track.
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
    /// Entries in order, stamped on the caller's clock.
    pub(super) stamped: VecDeque<Entry>,
    pub(super) first_arrival: Option<Duration>,
    pub(super) last_arrival: Option<Duration>,
    /// Since when packets have arrived without a pause.
    pub(super) steady_since: Duration,
    /// The frames assembled so far end with one that needs a key frame to follow.
    pub(super) wants_key: bool,
    pub(super) stats: TrackStats,
}

fn new_reorder(track: Track) -> Reorder<Packet> {
    Reorder::new(if track == Track::Video { HOLD } else { HOLD_AUDIO })
}

impl Lane {
    pub(super) fn new(track: Track, codec: VideoCodec, max_side: u32) -> Lane {
        Lane {
            track,
            ssrc: None,
            strangers: 0,
            reorder: new_reorder(track),
            assembler: Assembler::new(codec, max_side),
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

    /// Takes a parameter set that the sender named before it sent anything.
    pub(super) fn parameter_set(&mut self, nal: &Bytes) {
        self.assembler.parameter_set(nal);
    }

    /// Returns the newest parameter sets of H.264.
    pub(super) fn parameter_sets(&self) -> Vec<Bytes> {
        self.assembler.parameter_sets()
    }

    /// Takes a packet in the order of arrival.
    pub(super) fn push(&mut self, packet: Packet, arrival: Duration) {
        // What was due before the packet arrived is decided without it.
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

    /// Takes a report of the sender, after [`Lane::advance`], so that what was due before is decided without it.
    pub(super) fn report(&mut self, report: SenderReport) {
        if self.ssrc == Some(report.ssrc) && self.clock.report(report.ntp, report.rtp) {
            self.stats.reports += 1;
        } else {
            self.stats.unbelieved += 1;
        }
    }

    /// Processes everything that is due at `now`. The result depends on when packets arrived, not on how often this is
    /// called.
    pub(super) fn advance(&mut self, now: Duration) {
        while let Some(at) = self.deadline()
            && at <= now
        {
            self.step(at);
        }
        self.step(now);
    }

    /// Processes what is due at one moment.
    fn step(&mut self, now: Duration) {
        while let Some(next) = self.reorder.pop(now) {
            match next {
                Next::Packet(arrival, packet) => self.in_order(packet, arrival),
                Next::Lost(_) => self.lost(),
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

    /// Processes everything that waits: no packet follows.
    pub(super) fn flush(&mut self, now: Duration) {
        self.advance(now + HOLD);
        self.clock.settle_now();
        self.stamp();
    }

    /// Returns when the lane must be advanced next. `None`: it waits for nothing.
    pub(super) fn deadline(&self) -> Option<Duration> {
        [self.reorder.deadline(), self.clock.deadline()].into_iter().flatten().min()
    }

    /// Takes the next packet in the order of sending.
    fn in_order(&mut self, packet: Packet, arrival: Duration) {
        // Padding carries an old time; counting it was all it is for.
        if packet.payload.is_empty() {
            return;
        }
        if self.track == Track::Video {
            let mut pieces = [None, None, None];
            let mut free = pieces.iter_mut();
            let timestamp = packet.timestamp;
            self.assembler.push(packet, &mut |piece| {
                if let Some(slot) = free.next() {
                    *slot = Some(piece);
                }
            });
            self.clock.observe(timestamp, arrival);
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

    /// Takes note of missing packets.
    fn lost(&mut self) {
        if self.track == Track::Video {
            let mut broken = false;
            self.assembler.lost(&mut |_| broken = true);
            if broken {
                self.broken();
            }
        }
    }

    /// Takes an assembled frame, or the note that one is missing.
    fn piece(&mut self, piece: Piece) {
        match piece {
            Piece::Frame(timestamp, key, data) => {
                self.wants_key &= !key;
                self.hold(Unit { ns: self.clock.unwrapped_ns(timestamp), duration_ns: 0, key, data });
            }
            Piece::Broken => self.broken(),
        }
    }

    /// Takes note that a frame is missing or unusable.
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

    /// Stamps the entries that wait, as far as the clock has an anchor.
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
