//! How long a busy machine analyzed a live session less closely than it would analyze the recording.

use crate::texts;
use coach_core::MediaTime;
use coach_core::journal::{FaceModel, Gap, GapKind, GapReason, Rate};

/// Less than this moves no score by a point.
const TOLD_MS: i64 = 2000;

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reduced {
    since: Option<MediaTime>,
    ms: i64,
    /// Of words alone: they may be done after the session.
    words_ms: i64,
}

impl Reduced {
    /// Frames are analyzed so from here on. `hz` and `model`: how they are analyzed in full; 0: every frame.
    pub fn rate(&mut self, rate: &Rate, hz: u32, model: FaceModel) {
        let is_less = rate.hz < hz || rate.model != model;
        match self.since {
            None if is_less => self.since = Some(rate.t),
            Some(since) if !is_less => {
                self.ms += (rate.t - since).max(0);
                self.since = None;
            }
            _ => {}
        }
    }

    /// Frames, or words, that were left out; what lies in a stretch that is reduced anyway is not counted twice.
    pub fn gap(&mut self, gap: &Gap) {
        if gap.reason == GapReason::Overload && gap.what != GapKind::Audio && self.since.is_none() {
            let ms = if gap.what == GapKind::Words { &mut self.words_ms } else { &mut self.ms };
            *ms += gap.span().len_ms();
        }
    }

    /// The words that were left out have been written down after the session.
    pub fn words_are_done(&mut self) {
        self.words_ms = 0;
    }

    /// What is said of it at the end of a session.
    pub fn notice(&self, end: MediaTime) -> Option<String> {
        let ms = self.ms + self.words_ms + self.since.map_or(0, |since| (end - since).max(0));
        (ms >= TOLD_MS).then(|| texts::reduced(ms as f64 / 1000.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(t: i64, hz: u32, model: FaceModel) -> Rate {
        Rate { t: MediaTime(t), hz, model }
    }

    fn gap(start: i64, end: i64, reason: GapReason) -> Gap {
        Gap { t: MediaTime(end), what: GapKind::Face, start: MediaTime(start), end: MediaTime(end), reason }
    }

    #[test]
    fn time_at_a_lower_rate_or_with_the_lite_model_and_frames_left_out_are_told() {
        let mut reduced = Reduced::default();
        reduced.rate(&rate(0, 15, FaceModel::Full), 15, FaceModel::Full);
        reduced.gap(&gap(1000, 1400, GapReason::Overload));
        assert_eq!(reduced.notice(MediaTime(60_000)), None, "four tenths of a second are not worth a word");
        reduced.rate(&rate(10_000, 7, FaceModel::Full), 15, FaceModel::Full);
        reduced.gap(&gap(11_000, 12_000, GapReason::Overload));
        reduced.rate(&rate(13_000, 15, FaceModel::Lite), 15, FaceModel::Full);
        reduced.rate(&rate(16_000, 15, FaceModel::Full), 15, FaceModel::Full);
        let said = reduced.notice(MediaTime(60_000)).expect("six seconds are told");
        assert!(said.contains("6.4 s"), "{said}");
    }

    #[test]
    fn a_lost_packet_is_no_busy_machine_and_one_that_stays_busy_is_counted_to_the_end() {
        let mut reduced = Reduced::default();
        reduced.gap(&gap(0, 9000, GapReason::Loss));
        assert_eq!(reduced.notice(MediaTime(10_000)), None);
        reduced.rate(&rate(10_000, 5, FaceModel::Full), 15, FaceModel::Full);
        assert!(reduced.notice(MediaTime(40_000)).is_some_and(|said| said.contains("30 s")));
    }
}
