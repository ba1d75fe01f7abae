//! Events to their one reader, never waiting for it. What a reader that stands still makes us lose is said as a gap.

use super::Event;
use crate::item::{GapReason, Item, Track};
use coach_core::Span;
use tokio::sync::mpsc::{self, error::TrySendError};

/// Three minutes of a usual stream: a reader that is further behind has died or hangs.
pub const CAPACITY: usize = 16_384;
/// Room that only events other than items may take.
const RESERVE: usize = 64;

pub struct Outbox {
    events: mpsc::Sender<Event>,
    /// Per track: from when to when units were lost, while no room was.
    missing: [Option<Span>; 2],
    lost: u64,
}

impl Outbox {
    pub fn new() -> (Outbox, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(CAPACITY);
        (Outbox { events, missing: [None; 2], lost: 0 }, receiver)
    }

    /// Whether somebody is still reading.
    pub fn is_read(&self) -> bool {
        !self.events.is_closed()
    }

    /// Units lost because the reader stood still.
    pub fn lost(&self) -> u64 {
        self.lost
    }

    pub fn event(&mut self, event: Event) {
        if let Err(TrySendError::Full(_)) = self.events.try_send(event) {
            self.lost += 1;
        }
    }

    pub fn item(&mut self, item: Item) {
        let track = item.track();
        let missing = &mut self.missing[usize::from(track == Track::Audio)];
        let room = self.events.capacity() > RESERVE;
        let resumes = match &item {
            // After lost pictures only a key frame helps.
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
        }
        self.event(Event::Item(item));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::AccessUnit;
    use coach_core::MediaTime;

    fn picture(t: i64, key: bool) -> Item {
        Item::Unit(Track::Video, AccessUnit { t: MediaTime(t), key, data: vec![1].into() })
    }

    #[test]
    fn a_reader_that_stood_still_hears_of_the_gap_and_goes_on_with_a_key_frame() {
        let (mut outbox, mut events) = Outbox::new();
        let kept = (CAPACITY - RESERVE) as i64;
        for t in 0..kept + 10 {
            outbox.item(picture(t, t == 0));
        }
        assert_eq!(outbox.lost(), 10);
        for _ in 0..100 {
            events.try_recv().unwrap();
        }
        outbox.item(picture(kept + 10, false));
        outbox.item(picture(kept + 11, true));
        let mut last = Vec::new();
        while let Ok(event) = events.try_recv() {
            last.push(event);
        }
        let gap = Item::Gap(Track::Video, Span::new(MediaTime(kept), MediaTime(kept + 11)), GapReason::Overload);
        assert_eq!(last[last.len() - 2..], [Event::Item(gap), Event::Item(picture(kept + 11, true))]);
    }
}
