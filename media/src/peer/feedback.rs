//! What a viewer reports about its line: requests for key frames are noted, and requests for packets are limited, because
//! each is answered with the packet.

use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Instant;

/// Packets that a viewer may ask for per second. A line that loses more carries no video.
const AGAIN_HZ: f64 = 400.0;

/// Whether a viewer has asked for a key frame. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Wish(Arc<AtomicBool>);

impl Wish {
    /// Returns whether there is a wish.
    pub fn is_there(&self) -> bool {
        self.0.load(Relaxed)
    }

    /// Takes the wish back, because it is answered.
    pub fn clear(&self) {
        self.0.store(false, Relaxed);
    }
}

/// An interceptor that stands next to the network and passes on what is within the limit.
pub struct Feedback {
    wish: Wish,
    /// Packets that may be asked for now, and when that was.
    allowed: (f64, Option<Instant>),
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
}

impl Feedback {
    /// Creates the interceptor. `wish` is set when the viewer asks for a key frame.
    pub fn new(wish: Wish) -> Feedback {
        Feedback { wish, allowed: (AGAIN_HZ, None), reads: VecDeque::new(), writes: VecDeque::new() }
    }

    /// Returns whether a request for so many packets is answered at `now`.
    fn allows(&mut self, packets: u32, now: Instant) -> bool {
        let (allowed, since) = &mut self.allowed;
        let passed = since.map_or(0.0, |since| now.saturating_duration_since(since).as_secs_f64());
        (*allowed, *since) = ((*allowed + passed * AGAIN_HZ).min(AGAIN_HZ), Some(now));
        let answered = *allowed >= f64::from(packets);
        if answered {
            *allowed -= f64::from(packets);
        }
        answered
    }
}

impl Protocol<TaggedPacket, TaggedPacket, ()> for Feedback {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, mut packet: TaggedPacket) -> Result<(), Error> {
        if let Packet::Rtcp(packets) = &mut packet.message.packet {
            let now = packet.now;
            packets.retain(|packet| {
                let any = packet.as_any();
                if any.is::<PictureLossIndication>() || any.is::<FullIntraRequest>() {
                    self.wish.0.store(true, Relaxed);
                }
                any.downcast_ref::<TransportLayerNack>().is_none_or(|nack| {
                    let asked = nack.nacks.iter().map(|pair| 1 + pair.lost_packets.count_ones()).sum();
                    self.allows(asked, now)
                })
            });
            if packets.is_empty() {
                return Ok(());
            }
        }
        self.reads.push_back(packet);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.reads.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.writes.push_back(packet);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.writes.pop_front()
    }
}

impl Interceptor for Feedback {
    fn bind_local_stream(&mut self, _: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _: &StreamInfo) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtc::interceptor::AttributedPacket;
    use rtc::rtcp::transport_feedbacks::transport_layer_nack::NackPair;
    use rtc::shared::TransportContext;
    use std::time::Duration;

    fn reported(report: Box<dyn rtc::rtcp::Packet>, now: Instant) -> TaggedPacket {
        let message = AttributedPacket::new(Packet::Rtcp(vec![report]));
        TaggedPacket { now, transport: TransportContext::default(), message }
    }

    #[test]
    fn a_flood_of_requests_for_packets_is_answered_at_a_limited_rate() {
        let (mut feedback, begin) = (Feedback::new(Wish::default()), Instant::now());
        for n in 0..10_000u64 {
            let nacks = vec![NackPair { packet_id: n as u16, lost_packets: 0xffff }];
            let nack = TransportLayerNack { sender_ssrc: 1, media_ssrc: 2, nacks };
            feedback.handle_read(reported(Box::new(nack), begin + Duration::from_micros(200 * n))).unwrap();
        }
        let passed = std::iter::from_fn(|| feedback.poll_read()).count();
        assert!((65..=72).contains(&(passed)), "{passed} of 17 packets each in two seconds");
    }

    #[test]
    fn a_request_for_a_key_frame_is_noted() {
        let wish = Wish::default();
        let mut feedback = Feedback::new(wish.clone());
        let request = PictureLossIndication { sender_ssrc: 1, media_ssrc: 2 };
        feedback.handle_read(reported(Box::new(request), Instant::now())).unwrap();
        assert!(wish.is_there());
        wish.clear();
        assert!(!wish.is_there());
    }
}
