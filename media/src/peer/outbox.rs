//! The events of one peer on their way to their single reader, without waiting for it. What is lost because the reader
//! does not read is reported as a gap.

use super::Event;
use crate::item::{GapReason, Item, Track};
use coach_core::Span;
use tokio::sync::mpsc::{self, error::TrySendError};

/// The most events that wait: three minutes of a usual stream. A reader further behind has ended or hangs.
pub const CAPACITY: usize = 16_384;
/// Capacity that only events other than items may use.
const RESERVE: usize = 64;

/// The sending end of a peer's events.
pub struct Outbox {
    events: mpsc::Sender<Event>,
    /// For each track, the span of the units that were lost while there was no room.
    missing: [Option<Span>; 2],
    lost: u64,
}

impl Outbox {
    pub fn new() -> (Outbox, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(CAPACITY);
        (Outbox { events, missing: [None; 2], lost: 0 }, receiver)
    }

    /// Returns whether the receiver still exists.
    pub fn is_read(&self) -> bool {
        !self.events.is_closed()
    }

    /// Returns how many events were lost because the reader did not read.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    /// Sends an event, or counts it as lost.
    pub fn event(&mut self, event: Event) {
        if let Err(TrySendError::Full(_)) = self.events.try_send(event) {
            self.lost += 1;
        }
    }

    /// Sends an item, or adds it to the track's gap. The gap is sent before the first item that can follow it.
    pub fn item(&mut self, mut item: Item) {
        let track = item.track();
        let missing = &mut self.missing[usize::from(track == Track::Audio)];
        let room = self.events.capacity() > RESERVE;
        let resumes = match &item {
            // After lost frames the decoder needs a key frame.
            Item::Unit(_, unit) => room && (missing.is_none() || unit.key),
            Item::Gap(..) => room && missing.is_none(),
            Item::End(_) => true,
        };
        if !resumes {
            let t = item.t().unwrap_or_default();
            let end = if let Item::Gap(_, span, _) = &item { span.end } else { t + 1 };
            self.lost += 1;
            *missing = Some(Span::new(missing.map_or(t, |span| span.start), end));
            return;
        }
        if let Some(lost) = missing.take() {
            let end = if let Item::Unit(_, unit) = &item { unit.t } else { lost.end };
            let gap = Span::new(lost.start, end.max(lost.start + 1));
            self.event(Event::Item(Item::Gap(track, gap, GapReason::Overload)));
            if let Item::Unit(track, unit) = item {
                item = Item::Unit(track, unit.resuming());
            }
        }
        self.event(Event::Item(item));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::AccessUnit;
    use coach_core::MediaTime;

    fn frame(t: i64, key: bool) -> Item {
        Item::Unit(Track::Video, AccessUnit { t: MediaTime(t), key, data: vec![1].into() })
    }

    #[test]
    fn a_reader_that_stood_still_hears_of_the_gap_and_goes_on_with_a_key_frame() {
        let (mut outbox, mut events) = Outbox::new();
        let kept = (CAPACITY - RESERVE) as i64;
        for t in 0..kept + 10 {
            outbox.item(frame(t, t == 0));
        }
        assert_eq!(outbox.lost(), 10);
        for _ in 0..100 {
            events.try_recv().unwrap();
        }
        outbox.item(frame(kept + 10, false));
        outbox.item(frame(kept + 11, true));
        let mut last = Vec::new();
        while let Ok(event) = events.try_recv() {
            last.push(event);
        }
        let gap = Item::Gap(Track::Video, Span::new(MediaTime(kept), MediaTime(kept + 11)), GapReason::Overload);
        assert_eq!(last[last.len() - 2..], [Event::Item(gap), Event::Item(frame(kept + 11, true))]);
    }
}
