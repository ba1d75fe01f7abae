//! Stretches of speech of one person, from the probabilities of a detector.

use crate::timeline::{LONGEST, push};
use coach_core::{MediaTime, Span};

const HOP_MS: i64 = 10;
/// Probability at which speech begins, and under which it ends.
const BEGIN: f32 = 0.5;
const END: f32 = 0.35;
/// A burst under this is no speech, and a silence under [`SILENCE_MS`] does not end it.
const BURST_MS: i64 = 60;
const SILENCE_MS: i64 = 250;

/// The stretches in which somebody speaks, as they become known.
#[derive(Debug, Default)]
pub struct Runs {
    /// The stretches that have ended.
    pub done: Vec<Span>,
    talking: bool,
    /// Since when an unbroken burst goes on, and whether it is long enough to be speech.
    burst: Option<MediaTime>,
    open: Option<Span>,
    next: MediaTime,
    /// How long the stretches that have ended are together.
    done_ms: i64,
}

impl Runs {
    /// Takes ten hops that begin at `t`. Hops that were taken before are left out; a time without hops is silence.
    pub fn hear(&mut self, t: MediaTime, speech: &[f32; 10]) {
        for (at, probability) in (0..).map(|i| t + i * HOP_MS).zip(speech) {
            if at < self.next || at > LONGEST {
                continue;
            }
            if at > self.next {
                self.silence(at);
            }
            self.next = at + HOP_MS;
            self.talking = *probability >= if self.talking { END } else { BEGIN };
            if self.talking { self.speak(at) } else { self.silence(at + HOP_MS) }
        }
    }

    fn speak(&mut self, at: MediaTime) {
        let since = *self.burst.get_or_insert(at);
        let end = at + HOP_MS;
        if end - since < BURST_MS {
            return;
        }
        match &mut self.open {
            Some(open) if since - open.end < SILENCE_MS => open.end = end,
            open => {
                let before = open.replace(Span::new(since, end));
                self.done_with(before);
            }
        }
    }

    /// It is silent up to `until`.
    fn silence(&mut self, until: MediaTime) {
        self.burst = None;
        self.talking = false;
        if let Some(open) = self.open.take_if(|open| until - open.end >= SILENCE_MS) {
            self.done_with(Some(open));
        }
    }

    fn done_with(&mut self, span: Option<Span>) {
        if let Some(span) = span {
            self.done_ms += span.len_ms();
            push(&mut self.done, span);
        }
    }

    /// Ends what is open.
    pub fn end(&mut self) {
        let open = self.open.take();
        self.done_with(open);
    }

    /// Returns the stretches that overlap `span`, the last first.
    pub fn within(&self, span: Span) -> impl Iterator<Item = Span> + '_ {
        let latest = self.open.into_iter().chain(self.done.iter().rev().copied());
        latest.take_while(move |run| run.end > span.start).filter(move |run| run.start < span.end)
    }

    /// Returns since when somebody speaks; `None`: nobody does at `t`, or for no longer than a short silence.
    pub fn speaking_since(&self, t: MediaTime) -> Option<MediaTime> {
        self.open.filter(|open| t - open.end < SILENCE_MS).map(|open| open.start)
    }

    /// Returns how long somebody has spoken so far.
    pub fn spoken_ms(&self) -> i64 {
        self.done_ms + self.open.map_or(0, |open| open.len_ms())
    }

    /// Returns all stretches; the open one as far as it is known.
    pub fn all(&self) -> Vec<Span> {
        self.done.iter().copied().chain(self.open).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One character per 50 ms: `s` speech, `.` silence.
    fn runs(pattern: &str) -> Vec<(i64, i64)> {
        let hops: Vec<f32> = pattern.chars().flat_map(|c| [f32::from(u8::from(c == 's')); 5]).collect();
        let mut runs = Runs::default();
        for (i, block) in hops.chunks_exact(10).enumerate() {
            runs.hear(MediaTime(i as i64 * 100), block.try_into().expect("ten hops"));
        }
        runs.end();
        runs.done.iter().map(|span| (span.start.ms(), span.end.ms())).collect()
    }

    #[test]
    fn a_short_silence_does_not_end_a_stretch_and_a_click_is_none() {
        assert_eq!(runs("ssssss....ssss.......s...ss......"), [(0, 700), (1250, 1350)]);
        assert_eq!(runs("ssss.....ssss....."), [(0, 200), (450, 650)]);
    }

    #[test]
    fn a_time_without_hops_is_silence_and_hops_that_come_twice_count_once() {
        let mut runs = Runs::default();
        for t in [0, 0, 50, 5000] {
            runs.hear(MediaTime(t), &[1.0; 10]);
        }
        assert_eq!(runs.speaking_since(MediaTime(5100)), Some(MediaTime(5000)));
        assert_eq!(runs.all().iter().map(|s| (s.start.ms(), s.end.ms())).collect::<Vec<_>>(), [(0, 150), (5000, 5100)]);
    }
}
