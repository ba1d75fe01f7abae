//! Corrects the stamps of one stream for the drift of the sender's clocks: video follows the clock of the audio.
//!
//! Audio is a count of samples, for the engine and for every player, so its stamps stay on its own clock. Corrected to
//! the sender's wall clock they would depart from the count, which costs a packet or a gap each time the difference
//! reaches half a packet. Video has no such count. Its stamps are corrected by the drift of its clock minus the drift
//! of the audio's.

use super::drift::STEEPEST;

/// The correction of one stream.
#[derive(Debug, Default)]
pub struct Alignment {
    /// The drift of this stream's clock since both drifts have been known, nanoseconds.
    own_ns: i64,
    /// The value of `own_ns` when the anchor was set.
    own_then_ns: i64,
    /// The drift of the audio's clock, nanoseconds.
    audio_ns: i64,
    /// What is added to stamps at present, nanoseconds.
    correction_ns: i64,
    /// The latest RTP time that was corrected, nanoseconds.
    at_ns: Option<i64>,
}

impl Alignment {
    /// Sets the drift of this stream's clock and of the audio's, nanoseconds.
    pub fn follow(&mut self, own_ns: i64, audio_ns: i64) {
        (self.own_ns, self.audio_ns) = (own_ns, audio_ns);
    }

    /// Adapts to a new anchor. The anchor follows from arrivals and does not contain how far the audio has departed
    /// from the wall clock, so that is the correction from now on.
    pub fn anchored(&mut self) {
        self.own_then_ns = self.own_ns;
        self.correction_ns = -self.audio_ns;
        self.at_ns = None;
    }

    /// Returns how much later packets arrive than the anchor says, as the stream's own clock has drifted, nanoseconds.
    pub fn since_anchor_ns(&self) -> i64 {
        self.own_ns - self.own_then_ns
    }

    /// Returns what to add to the stamp of this RTP time, nanoseconds. It changes by at most 500 ppm of the time that
    /// passed, so that stamps never go back; for audio it does not change.
    pub fn correction_ns(&mut self, rtp_ns: i64) -> i64 {
        let passed = (rtp_ns - *self.at_ns.get_or_insert(rtp_ns)).max(0);
        self.at_ns = self.at_ns.max(Some(rtp_ns));
        let most = passed / STEEPEST;
        let goal = self.since_anchor_ns() - self.audio_ns;
        self.correction_ns += (goal - self.correction_ns).clamp(-most, most);
        self.correction_ns
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MS: i64 = 1_000_000;
    const SECOND: i64 = 1000 * MS;

    #[test]
    fn frames_are_moved_to_the_audio_at_500_ppm_and_no_faster() {
        let mut frames = Alignment::default();
        assert_eq!(frames.correction_ns(0), 0);
        // The audio's clock runs fast: the wall clock falls behind it.
        frames.follow(2 * MS, -8 * MS);
        assert_eq!(frames.correction_ns(10 * SECOND), 5 * MS);
        assert_eq!(frames.correction_ns(30 * SECOND), 10 * MS);
        assert_eq!(frames.correction_ns(29 * SECOND), 10 * MS, "an older one is told the same");
        frames.follow(0, 0);
        assert_eq!(frames.correction_ns(31 * SECOND), 9 * MS + MS / 2);
    }

    #[test]
    fn audio_keeps_its_stamps_and_meets_the_frames_again_after_a_new_anchor() {
        let (mut frames, mut audio) = (Alignment::default(), Alignment::default());
        for drift in [-20 * MS, -60 * MS] {
            audio.follow(drift, drift);
            frames.follow(0, drift);
            assert_eq!(audio.correction_ns(600 * SECOND), 0);
        }
        assert_eq!(audio.since_anchor_ns(), -60 * MS);
        frames.correction_ns(0);
        assert_eq!(frames.correction_ns(600 * SECOND), 60 * MS);
        audio.anchored();
        assert_eq!((audio.correction_ns(0), audio.since_anchor_ns()), (60 * MS, 0));
        audio.follow(-70 * MS, -70 * MS);
        assert_eq!((audio.correction_ns(100 * SECOND), audio.since_anchor_ns()), (60 * MS, -10 * MS));
    }

    proptest! {
        #[test]
        fn whatever_the_clocks_do_stamps_never_go_back_and_change_their_pace_by_500_ppm_at_most(
            drifts in prop::collection::vec((any::<i32>(), any::<i32>(), 1i64..10_000_000_000), 1..100),
        ) {
            let (mut alignment, mut at) = (Alignment::default(), 0);
            let mut last = alignment.correction_ns(0);
            for (own, audio, later) in drifts {
                alignment.follow(own.into(), audio.into());
                at += later;
                let correction = alignment.correction_ns(at);
                prop_assert!((correction - last).abs() * STEEPEST <= later);
                last = correction;
            }
        }
    }
}
