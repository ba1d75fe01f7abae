//! A bound on the media that waits for a session's thread: over it, video is withheld from the analysis and told as a gap.

use coach_core::Span;
use coach_core::journal::GapReason;
use coach_media::{Item, Track};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Media that may wait for the thread, bytes: about a minute of video at the highest rate that is asked for.
pub const BUDGET: usize = 16 << 20;

/// The bytes that wait in one thread's inbox. Clones count the same bytes.
#[derive(Debug, Clone, Default)]
pub struct Queued(Arc<AtomicUsize>);

impl Queued {
    /// Counts an item that was taken out of the inbox.
    pub fn taken(&self, item: &Item) {
        self.0.fetch_sub(size(item), Relaxed);
    }
}

/// Decides which items of one part go to the thread. Audio always does: hours of it fit into the budget.
#[derive(Debug)]
pub struct Gate {
    queued: Queued,
    budget: usize,
    /// The span of video that is being withheld, up to the last withheld unit.
    withheld: Option<Span>,
}

impl Gate {
    /// A gate in front of the inbox whose bytes are counted by `queued`.
    pub fn new(queued: Queued, budget: usize) -> Gate {
        Gate { queued, budget, withheld: None }
    }

    /// Returns the bytes that wait in the inbox.
    pub fn queued_bytes(&self) -> usize {
        self.queued.0.load(Relaxed)
    }

    /// Returns what goes to the thread in place of `item`: nothing, the item, or a gap and the item.
    ///
    /// Withholding begins when the budget is spent and ends at the first key unit that finds half of it free.
    pub fn admit(&mut self, item: Item) -> impl Iterator<Item = Item> {
        let waiting = self.queued.0.load(Relaxed);
        let mut gap = None;
        let admitted = match &item {
            Item::Unit(Track::Video, unit) => match self.withheld {
                Some(withheld) if unit.key && waiting <= self.budget / 2 => {
                    self.withheld = None;
                    gap = Some(Span { start: withheld.start, end: unit.t.max(withheld.start) });
                    true
                }
                Some(withheld) => {
                    self.withheld = Some(Span { start: withheld.start, end: unit.t.max(withheld.end) });
                    false
                }
                None if waiting > self.budget => {
                    self.withheld = Some(Span { start: unit.t, end: unit.t });
                    false
                }
                None => true,
            },
            _ => true,
        };
        if !admitted {
            metrics::counter!("coach_frames_dropped_total", "reason" => "inbox").increment(1);
        }
        let gap = gap.map(|span| Item::Gap(Track::Video, span, GapReason::Overload));
        let item = admitted.then_some(item);
        if let Some(item) = &item {
            self.queued.0.fetch_add(size(item), Relaxed);
        }
        gap.into_iter().chain(item)
    }
}

/// Bytes of media that an item holds.
fn size(item: &Item) -> usize {
    match item {
        Item::Unit(_, unit) => unit.data.len(),
        Item::Gap(..) | Item::End(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_core::MediaTime;
    use coach_media::AccessUnit;

    fn unit(track: Track, t: i64, key: bool) -> Item {
        Item::Unit(track, AccessUnit { t: MediaTime(t), key, data: vec![0; 100].into() })
    }

    #[test]
    fn video_over_the_budget_is_withheld_until_a_key_unit_finds_room_and_is_told_as_a_gap() {
        let queued = Queued::default();
        let mut gate = Gate::new(queued.clone(), 150);
        let mut sent = Vec::new();
        for (t, key) in [(0, true), (33, false), (66, false), (99, true)] {
            sent.extend(gate.admit(unit(Track::Video, t, key)));
        }
        assert_eq!(sent, [unit(Track::Video, 0, true), unit(Track::Video, 33, false)]);
        sent.iter().for_each(|item| queued.taken(item));
        assert_eq!(gate.admit(unit(Track::Video, 132, false)).count(), 0, "decoding cannot start here");
        let resumed: Vec<Item> = gate.admit(unit(Track::Video, 165, true)).collect();
        let span = Span { start: MediaTime(66), end: MediaTime(165) };
        assert_eq!(resumed, [Item::Gap(Track::Video, span, GapReason::Overload), unit(Track::Video, 165, true)]);
    }

    #[test]
    fn audio_and_gaps_are_never_withheld() {
        let mut gate = Gate::new(Queued::default(), 0);
        for t in 0..10 {
            assert_eq!(gate.admit(unit(Track::Audio, t, true)).count(), 1);
        }
        let span = Span { start: MediaTime(0), end: MediaTime(5) };
        assert_eq!(gate.admit(Item::Gap(Track::Video, span, GapReason::Loss)).count(), 1);
        assert_eq!(gate.admit(Item::End(Track::Video)).count(), 1);
    }
}
