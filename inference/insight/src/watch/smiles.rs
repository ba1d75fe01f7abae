//! Smiles: the corners of the mouth clearly above rest, for as long as a smile takes to be seen.
//!
//! Weeping pulls the corners as a smile does, with the eyes shut: no smile begins while they are, and one that is going on ends when they
//! stay shut for longer than somebody who laughs keeps them.
//!
//! The face at rest is known after ten seconds only; what was seen before is kept and judged then, because the first smile of an
//! interview comes with the greeting.

use crate::timeline::{Timeline, push};
use coach_core::{MediaTime, Span};

/// A smile begins over this much above rest, and ends under the second.
const BEGIN: f32 = 0.3;
const END: f32 = 0.2;
/// Shorter ones are twitches of speech.
pub const LEAST_MS: i64 = 800;
/// Two smiles with less between them are one.
const JOIN_MS: i64 = 600;
/// Frames kept while the face at rest is being learnt: a minute at 60 a second.
const KEPT: usize = 3600;
/// Who laughs may shut the eyes for so long.
const LAUGH_MS: i64 = 1500;

/// What a frame shows of a smile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pull {
    /// Mean pull of the corners of the mouth, 0 to 1.
    pub corners: f32,
    /// How long the eyes have been shut, milliseconds; `None` while they are open.
    pub shut_ms: Option<i64>,
}

#[derive(Debug, Default)]
pub struct Smiles {
    early: Vec<(MediaTime, Pull)>,
    since: Option<MediaTime>,
    /// The smile in progress is in the timeline.
    told: bool,
}

impl Smiles {
    /// Takes one frame. `rest`: the corners of the face at rest, 0 to 1; `None` while it is not known.
    pub fn see(&mut self, t: MediaTime, pull: Pull, rest: Option<f32>, timeline: &mut Timeline) {
        let Some(rest) = rest else {
            if self.early.len() < KEPT {
                self.early.push((t, pull));
            }
            return;
        };
        for (t, pull) in std::mem::take(&mut self.early) {
            self.judge(t, pull, rest, timeline);
        }
        self.judge(t, pull, rest, timeline);
    }

    fn judge(&mut self, t: MediaTime, pull: Pull, rest: f32, timeline: &mut Timeline) {
        let above = pull.corners - rest;
        let Some(since) = self.since else {
            self.since = (above >= BEGIN && pull.shut_ms.is_none()).then_some(t);
            return;
        };
        if above < END || pull.shut_ms.is_some_and(|ms| ms > LAUGH_MS) {
            (self.since, self.told) = (None, false);
            return;
        }
        let span = Span::new(since, t);
        if self.told {
            if let Some(last) = timeline.smiles.last_mut() {
                last.end = t;
            }
        } else if span.len_ms() >= LEAST_MS {
            self.told = true;
            match timeline.smiles.last_mut() {
                Some(last) if since - last.end < JOIN_MS => last.end = t,
                _ => push(&mut timeline.smiles, span),
            }
        }
    }

    /// The face was lost.
    pub fn lose(&mut self) {
        (self.since, self.told) = (None, false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten frames a second; the rest is known from `known_from` on, and the eyes are shut in the frames of `shut`.
    fn smiles_with_eyes(pulls: &[f32], known_from: usize, shut: std::ops::Range<usize>) -> Vec<(i64, i64)> {
        let (mut smiles, mut timeline) = (Smiles::default(), Timeline::default());
        for (i, &corners) in pulls.iter().enumerate() {
            let shut_ms = shut.contains(&i).then(|| 100 * (i - shut.start) as i64);
            let rest = (i >= known_from).then_some(0.1);
            smiles.see(MediaTime(100 * i as i64), Pull { corners, shut_ms }, rest, &mut timeline);
        }
        timeline.smiles.iter().map(|s| (s.start.ms(), s.end.ms())).collect()
    }

    fn smiles(pulls: &[f32], known_from: usize) -> Vec<(i64, i64)> {
        smiles_with_eyes(pulls, known_from, 0..0)
    }

    #[test]
    fn a_grimace_with_shut_eyes_is_no_smile_and_a_laugh_that_shuts_them_for_a_second_is_one() {
        let pulls = [vec![0.1; 5], vec![0.7; 40], vec![0.1; 10]].concat();
        assert_eq!(smiles_with_eyes(&pulls, 0, 4..46), []);
        assert_eq!(smiles_with_eyes(&pulls, 20, 4..46), [], "nor one before the face at rest is known");
        assert_eq!(smiles_with_eyes(&pulls, 0, 20..30), [(500, 4400)]);
        assert_eq!(smiles_with_eyes(&pulls, 0, 25..46), [(500, 4000)], "tears that follow a laugh end it");
    }

    #[test]
    fn a_smile_before_the_face_at_rest_is_known_counts_afterwards() {
        let pulls = [vec![0.1; 5], vec![0.7; 20], vec![0.1; 30]].concat();
        assert_eq!(smiles(&pulls, 0), [(500, 2400)]);
        assert_eq!(smiles(&pulls, 40), [(500, 2400)]);
    }

    #[test]
    fn a_twitch_is_no_smile_and_a_flicker_does_not_make_two_of_one() {
        assert_eq!(smiles(&[vec![0.1; 5], vec![0.7; 6], vec![0.1; 30]].concat(), 0), []);
        let flicker = [vec![0.7; 12], vec![0.2; 2], vec![0.7; 12], vec![0.1; 9]].concat();
        assert_eq!(smiles(&flicker, 0), [(0, 2500)]);
    }
}
