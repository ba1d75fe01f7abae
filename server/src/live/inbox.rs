//! Limits the media that waits for a session's thread: over the limit, video is withheld from the analysis and reported as a gap.

use coach_core::Span;
use coach_core::journal::GapReason;
use coach_media::{Item, Track};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Most bytes of media that may wait for the thread: about a minute of video at the highest bit rate that is requested.
pub const BUDGET: usize = 16 << 20;

/// Counts the bytes in the inbox of one thread. Clones share one count.
#[derive(Debug, Clone, Default)]
pub struct Queued(Arc<AtomicUsize>);

impl Queued {
    /// Subtracts an item that was taken out of the inbox.
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
    /// Returns a gate for the inbox whose bytes `queued` counts. `budget` is in bytes.
    pub fn new(queued: Queued, budget: usize) -> Gate {
        Gate { queued, budget, withheld: None }
    }

    /// Returns the bytes that wait in the inbox.
    pub fn queued_bytes(&self) -> usize {
        self.queued.0.load(Relaxed)
    }

    /// Returns whether video is withheld that could go on with the next key unit.
    pub fn waits_for_key(&self) -> bool {
        self.withheld.is_some() && self.queued_bytes() <= self.budget / 2
    }

    /// Returns what is sent to the thread for `item`: nothing, the item, or a gap and the item.
    ///
    /// Video is withheld once more than the budget waits, until a key unit arrives when at most half of the budget waits.
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
        let item = admitted.then(|| match item {
            Item::Unit(track, unit) if gap.is_some() => Item::Unit(track, unit.resuming()),
            item => item,
        });
        if let Some(item) = &item {
            self.queued.0.fetch_add(size(item), Relaxed);
        }
        gap.into_iter().chain(item)
    }
}

/// Returns the bytes of media in an item.
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
    fn video_over_the_budget_is_withheld_up_to_a_key_unit_and_reported_as_a_gap() {
        let queued = Queued::default();
        let mut gate = Gate::new(queued.clone(), 150);
        let mut sent = Vec::new();
        for (t, key) in [(0, true), (33, false), (66, false), (99, true)] {
            sent.extend(gate.admit(unit(Track::Video, t, key)));
        }
        assert_eq!(sent, [unit(Track::Video, 0, true), unit(Track::Video, 33, false)]);
        assert!(!gate.waits_for_key(), "too much waits");
        sent.iter().for_each(|item| queued.taken(item));
        assert!(gate.waits_for_key());
        assert_eq!(gate.admit(unit(Track::Video, 132, false)).count(), 0, "decoding cannot start here");
        let resumed: Vec<Item> = gate.admit(unit(Track::Video, 165, true)).collect();
        let span = Span { start: MediaTime(66), end: MediaTime(165) };
        assert!(!gate.waits_for_key());
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
