//! What the drift of the sender's clocks changes in the stamps of one stream: pictures follow the clock of the sound.
//!
//! Sound is a count of samples, for the engine and for every player, so its stamps stay its own clock's: bent to the
//! sender's wall clock they would leave the count, which costs a packet or a gap each time they are half a packet apart.
//! Pictures have no such count. Their stamps are moved by what their clock has drifted less what that of the sound has.

use super::drift::STEEPEST;

/// One stream's.
#[derive(Debug, Default)]
pub struct Alignment {
    /// What this stream's clock has drifted by since both drifts have been known.
    own_ns: i64,
    /// ... when the anchor was set.
    own_then_ns: i64,
    /// What the clock of the sound has drifted by.
    sound_ns: i64,
    /// What is added to stamps at present.
    correction_ns: i64,
    /// The RTP time for which that is.
    at_ns: Option<i64>,
}

impl Alignment {
    /// By so much the clock of this stream, and that of the sound, have drifted.
    pub fn follow(&mut self, own_ns: i64, sound_ns: i64) {
        (self.own_ns, self.sound_ns) = (own_ns, sound_ns);
    }

    /// An anchor was sought anew. It knows when packets arrive, not how far the sound has gone ahead of that.
    pub fn anchored(&mut self) {
        self.own_then_ns = self.own_ns;
        self.correction_ns = -self.sound_ns;
        self.at_ns = None;
    }

    /// By how much packets arrive later than the anchor says, as the stream's own clock has drifted.
    pub fn since_anchor_ns(&self) -> i64 {
        self.own_ns - self.own_then_ns
    }

    /// What to add to the stamp of this RTP time in nanoseconds. It moves by at most 500 ppm, so that stamps never go back;
    /// for sound it does not move.
    pub fn correction_ns(&mut self, rtp_ns: i64) -> i64 {
        let passed = (rtp_ns - *self.at_ns.get_or_insert(rtp_ns)).max(0);
        self.at_ns = self.at_ns.max(Some(rtp_ns));
        let most = passed / STEEPEST;
        let goal = self.since_anchor_ns() - self.sound_ns;
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
    fn pictures_are_moved_to_the_sound_at_500_ppm_and_no_faster() {
        let mut pictures = Alignment::default();
        assert_eq!(pictures.correction_ns(0), 0);
        // The sound's clock runs fast: the wall clock falls behind it.
        pictures.follow(2 * MS, -8 * MS);
        assert_eq!(pictures.correction_ns(10 * SECOND), 5 * MS);
        assert_eq!(pictures.correction_ns(30 * SECOND), 10 * MS);
        assert_eq!(pictures.correction_ns(29 * SECOND), 10 * MS, "an older one is told the same");
        pictures.follow(0, 0);
        assert_eq!(pictures.correction_ns(31 * SECOND), 9 * MS + MS / 2);
    }

    #[test]
    fn sound_keeps_its_stamps_and_meets_the_pictures_again_after_a_new_anchor() {
        let (mut pictures, mut sound) = (Alignment::default(), Alignment::default());
        for drift in [-20 * MS, -60 * MS] {
            sound.follow(drift, drift);
            pictures.follow(0, drift);
            assert_eq!(sound.correction_ns(600 * SECOND), 0);
        }
        assert_eq!(sound.since_anchor_ns(), -60 * MS);
        pictures.correction_ns(0);
        assert_eq!(pictures.correction_ns(600 * SECOND), 60 * MS);
        sound.anchored();
        assert_eq!((sound.correction_ns(0), sound.since_anchor_ns()), (60 * MS, 0));
        sound.follow(-70 * MS, -70 * MS);
        assert_eq!((sound.correction_ns(100 * SECOND), sound.since_anchor_ns()), (60 * MS, -10 * MS));
    }

    proptest! {
        #[test]
        fn whatever_the_clocks_do_stamps_never_go_back_and_change_their_pace_by_500_ppm_at_most(
            drifts in prop::collection::vec((any::<i32>(), any::<i32>(), 1i64..10_000_000_000), 1..100),
        ) {
            let (mut alignment, mut at) = (Alignment::default(), 0);
            let mut last = alignment.correction_ns(0);
            for (own, sound, later) in drifts {
                alignment.follow(own.into(), sound.into());
                at += later;
                let correction = alignment.correction_ns(at);
                prop_assert!((correction - last).abs() * STEEPEST <= later);
                last = correction;
            }
        }
    }
}
