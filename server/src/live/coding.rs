//! The coding of a session's video. A recording holds one, which is fixed when the first video of it is recorded.

use coach_media::VideoCodec;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Decides which parts of one session record. Clones share one state.
///
/// A publishing that takes over while nothing is recorded yet and the start of a recording are decided here one after the other, so
/// that video is recorded or its offer is refused, and never dropped.
#[derive(Debug, Clone, Default)]
pub struct Coding(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    fixed: Option<VideoCodec>,
    /// Parts before this one may not begin to record.
    first: u32,
}

impl Coding {
    /// Returns the coding of the video that is recorded; `None` while it is open.
    pub fn fixed(&self) -> Option<VideoCodec> {
        self.state().fixed
    }

    /// Lets part `n` take over with video of this coding; `None`: it has no video. While the coding is open, no earlier part begins
    /// to record from now on.
    ///
    /// # Errors
    /// The coding of the recording, which is another one.
    pub fn admit(&self, n: u32, codec: Option<VideoCodec>) -> Result<(), VideoCodec> {
        let mut state = self.state();
        match (state.fixed, codec) {
            (Some(fixed), Some(codec)) if fixed != codec => return Err(fixed),
            (Some(_), _) => {}
            (None, _) => state.first = n,
        }
        Ok(())
    }

    /// Fixes the coding as that of part `n`, which begins to record. Returns whether it may: no later part has taken over.
    pub fn begin(&self, n: u32, codec: Option<VideoCodec>) -> bool {
        let mut state = self.state();
        let may = n >= state.first;
        if may {
            state.fixed = state.fixed.or(codec);
        }
        may
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use VideoCodec::{H264, Vp8};

    #[test]
    fn whoever_takes_over_before_anything_is_recorded_brings_the_coding() {
        let coding = Coding::default();
        assert_eq!((coding.admit(0, Some(Vp8)), coding.fixed()), (Ok(()), None));
        assert_eq!(coding.admit(1, Some(H264)), Ok(()));
        assert!(
            !coding.begin(0, Some(Vp8)),
            "its video would be of another coding than that of the part that took over"
        );
        assert!(coding.begin(1, Some(H264)));
        assert_eq!(coding.fixed(), Some(H264));
    }

    #[test]
    fn a_recording_that_has_begun_is_taken_over_in_its_own_coding_only() {
        let coding = Coding::default();
        assert_eq!(coding.admit(0, Some(Vp8)), Ok(()));
        assert!(coding.begin(0, Some(Vp8)));
        assert_eq!(coding.admit(1, Some(H264)), Err(Vp8));
        assert_eq!((coding.admit(1, Some(Vp8)), coding.admit(2, None)), (Ok(()), Ok(())));
        assert!(coding.begin(1, Some(Vp8)) && coding.begin(2, None));
    }

    #[test]
    fn a_part_without_video_leaves_the_coding_open() {
        let coding = Coding::default();
        assert_eq!(coding.admit(0, None), Ok(()));
        assert!(coding.begin(0, None));
        assert_eq!((coding.fixed(), coding.admit(1, Some(H264))), (None, Ok(())));
        assert!(coding.begin(1, Some(H264)));
    }
}
