//! What a viewer's line carries: video and audio, or audio alone.

use std::time::{Duration, Instant};

/// Share of the video's packets that are lost, of 256, above which a report is bad. Fewer are sent again and arrive.
const BAD: u8 = 51;
/// Reports must be bad for so long.
const BAD_FOR: Duration = Duration::from_secs(3);
/// How long video is left out: the first time, and at most.
const PAUSE: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(60)];

/// Decides whether a viewer gets video. A line that loses more than a fifth of it for three seconds gets audio alone for ten
/// seconds, then video again; each further time in a row the pause is twice as long.
#[derive(Debug)]
pub struct Allowance {
    bad_since: Option<Instant>,
    paused_until: Option<Instant>,
    /// How long the next pause will be.
    pause: Duration,
    /// When the last pause ended.
    tried: Option<Instant>,
}

impl Allowance {
    pub fn new() -> Allowance {
        Allowance { bad_since: None, paused_until: None, pause: PAUSE[0], tried: None }
    }

    /// Takes a report of the viewer: the share of the video's packets that were lost since the last one, of 256. Returns
    /// whether a pause begins.
    pub fn report(&mut self, lost: u8, now: Instant) -> bool {
        if self.paused_until.is_some() {
            return false;
        }
        if lost <= BAD {
            self.bad_since = None;
            // It has held as long as a pause lasts.
            if self.tried.is_some_and(|tried| now >= tried + self.pause) {
                (self.pause, self.tried) = (PAUSE[0], None);
            }
            return false;
        }
        let since = *self.bad_since.get_or_insert(now);
        if now < since + BAD_FOR {
            return false;
        }
        self.paused_until = Some(now + self.pause);
        self.pause = (2 * self.pause).min(PAUSE[1]);
        self.bad_since = None;
        true
    }

    /// Returns whether video is passed on at this moment.
    pub fn has_video(&mut self, now: Instant) -> bool {
        if self.paused_until.is_some_and(|until| now >= until) {
            (self.paused_until, self.tried) = (None, Some(now));
        }
        self.paused_until.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reports a loss each second; the seconds without video.
    fn pauses(loss: impl Fn(u64) -> u8, seconds: u64) -> Vec<u64> {
        let (mut allowance, begin) = (Allowance::new(), Instant::now());
        let without = |second: &u64| {
            let now = begin + Duration::from_secs(*second);
            let has = allowance.has_video(now);
            if has {
                allowance.report(loss(*second), now);
            }
            !has
        };
        (0..seconds).filter(without).collect()
    }

    #[test]
    fn a_loss_that_is_repaired_or_short_pauses_nothing() {
        assert!(pauses(|_| BAD, 120).is_empty());
        assert!(pauses(|second| if second % 4 == 3 { 0 } else { 255 }, 120).is_empty());
    }

    #[test]
    fn a_poor_line_gets_audio_alone_and_video_is_tried_again_less_and_less_often() {
        let without = pauses(|_| 200, 300);
        let starts: Vec<u64> = without.iter().filter(|second| !without.contains(&(*second - 1))).copied().collect();
        assert_eq!(starts, [4, 17, 40, 83, 146, 209, 272]);
    }

    #[test]
    fn a_line_that_has_become_good_is_forgiven() {
        // Bad for 5 s, good for a minute, bad again: the second pause is as short as the first.
        let without = pauses(|second| if !(5..75).contains(&second) { 200 } else { 0 }, 90);
        let second: Vec<u64> = without.into_iter().filter(|second| *second > 20).collect();
        assert_eq!((second.first(), second.len()), (Some(&79), 9));
    }
}
