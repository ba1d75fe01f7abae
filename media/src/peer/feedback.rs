//! What a viewer reports about its line: requests for key frames and the share of lost packets are noted, and requests for
//! packets are limited, because each is answered with the packet.

use rtc::interceptor::{Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use rtc::sansio::Protocol;
use rtc::shared::error::Error;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering::Relaxed};
use std::time::Instant;

/// Packets that a viewer may ask for per second. A line that loses more carries no video.
const AGAIN_HZ: f64 = 400.0;

/// What a viewer has said about the video. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Said(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// It asks for a key frame.
    key_frame: AtomicBool,
    /// The share of packets that it lost, of 256, and above it a bit that the share is news.
    loss: AtomicU16,
}

/// The bit that tells a new share of lost packets from one that was read.
const NEWS: u16 = 0x100;

impl Said {
    /// Returns whether the viewer asks for a key frame.
    pub fn wants_key_frame(&self) -> bool {
        self.0.key_frame.load(Relaxed)
    }

    /// Takes note that the viewer's wish for a key frame is answered.
    pub fn answered(&self) {
        self.0.key_frame.store(false, Relaxed);
    }

    /// Returns the share of packets that were lost, of 256, when the viewer has reported since the last call.
    pub fn loss(&self) -> Option<u8> {
        let loss = self.0.loss.swap(0, Relaxed);
        (loss & NEWS != 0).then_some(loss as u8)
    }
}

/// An interceptor that stands next to the network and passes on what is within the limit.
pub struct Feedback {
    said: Said,
    /// The SSRC of the video.
    video: u32,
    /// Packets that may be asked for now, and when that was.
    allowed: (f64, Option<Instant>),
    reads: VecDeque<TaggedPacket>,
    writes: VecDeque<TaggedPacket>,
}

impl Feedback {
    /// Creates the interceptor. `said` takes what the viewer says about the stream with the SSRC `video`.
    pub fn new(said: Said, video: u32) -> Feedback {
        Feedback { said, video, allowed: (AGAIN_HZ, None), reads: VecDeque::new(), writes: VecDeque::new() }
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
                    self.said.0.key_frame.store(true, Relaxed);
                }
                let reports = any.downcast_ref::<ReceiverReport>().into_iter().flat_map(|report| &report.reports);
                for report in reports.filter(|report| report.ssrc == self.video) {
                    self.said.0.loss.store(NEWS | u16::from(report.fraction_lost), Relaxed);
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
    use rtc::rtcp::reception_report::ReceptionReport;
    use rtc::rtcp::transport_feedbacks::transport_layer_nack::NackPair;
    use rtc::shared::TransportContext;
    use std::time::Duration;

    fn reported(report: Box<dyn rtc::rtcp::Packet>, now: Instant) -> TaggedPacket {
        let message = AttributedPacket::new(Packet::Rtcp(vec![report]));
        TaggedPacket { now, transport: TransportContext::default(), message }
    }

    #[test]
    fn a_flood_of_requests_for_packets_is_answered_at_a_limited_rate() {
        let (mut feedback, begin) = (Feedback::new(Said::default(), 2), Instant::now());
        for n in 0..10_000u64 {
            let nacks = vec![NackPair { packet_id: n as u16, lost_packets: 0xffff }];
            let nack = TransportLayerNack { sender_ssrc: 1, media_ssrc: 2, nacks };
            feedback.handle_read(reported(Box::new(nack), begin + Duration::from_micros(200 * n))).unwrap();
        }
        let passed = std::iter::from_fn(|| feedback.poll_read()).count();
        assert!((65..=72).contains(&(passed)), "{passed} of 17 packets each in two seconds");
    }

    #[test]
    fn a_request_for_a_key_frame_and_the_loss_of_video_are_noted() {
        let said = Said::default();
        let mut feedback = Feedback::new(said.clone(), 2);
        let request = PictureLossIndication { sender_ssrc: 1, media_ssrc: 2 };
        feedback.handle_read(reported(Box::new(request), Instant::now())).unwrap();
        assert!(said.wants_key_frame());
        said.answered();
        assert!(!said.wants_key_frame());
        let of = |ssrc, fraction_lost| ReceptionReport { ssrc, fraction_lost, ..ReceptionReport::default() };
        let report = ReceiverReport { reports: vec![of(2, 77), of(3, 5)], ..ReceiverReport::default() };
        assert_eq!(said.loss(), None);
        feedback.handle_read(reported(Box::new(report), Instant::now())).unwrap();
        assert_eq!((said.loss(), said.loss()), (Some(77), None));
    }
}
