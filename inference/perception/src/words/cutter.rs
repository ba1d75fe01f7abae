//! Cuts one stream's audio into segments of speech, which are a recognizer's input.

use super::segment::{Segmenter, Span, WINDOW};
use coach_core::MediaTime;

/// The number of samples in a millisecond at 16 kHz.
const PER_MS: i64 = 16;
/// The number of unneeded samples, 1 s, from which they are dropped.
const SLACK: i64 = 16_000;

/// Speech between two pauses, at most 20.6 s of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    pub start: MediaTime,
    pub end: MediaTime,
    /// The media time at which the pause was long enough to close it.
    pub known: MediaTime,
    /// Mono, 16 kHz, rumble removed.
    pub samples: Vec<f32>,
    /// The probability of speech of each 32 ms (512 samples), from the segment's beginning.
    pub probabilities: Vec<f32>,
}

/// Collects a stream's samples for as long as a segment may need them. The cuts depend on the samples alone.
#[derive(Debug)]
pub struct Cutter {
    start: MediaTime,
    segmenter: Segmenter,
    samples: Vec<f32>,
    /// The number of the first sample held.
    first: i64,
    probabilities: Vec<f32>,
    /// The number of the first window held.
    first_window: i64,
}

impl Cutter {
    /// Creates a cutter; `start` is the media time of the stream's first sample.
    pub fn new(start: MediaTime) -> Cutter {
        Cutter {
            start,
            segmenter: Segmenter::default(),
            samples: Vec::new(),
            first: 0,
            probabilities: Vec::new(),
            first_window: 0,
        }
    }

    /// Takes the next samples, 16 kHz, without rumble.
    pub fn push(&mut self, samples: &[f32]) {
        self.samples.extend_from_slice(samples);
    }

    /// Takes the probability of the next window, whose samples were pushed. Returns the segment that it closes.
    pub fn hear(&mut self, probability: f32) -> Option<Segment> {
        self.probabilities.push(probability);
        let segment = self.segmenter.push(probability).map(|span| self.take(span));
        self.forget();
        segment
    }

    /// Ends the stream at `end`. Returns the segment that was open.
    pub fn finish(&mut self) -> Option<Segment> {
        let samples = self.first + self.samples.len() as i64;
        self.segmenter.finish(samples).map(|span| self.take(span))
    }

    fn take(&self, span: Span) -> Segment {
        let held = |number: i64| (number - self.first).clamp(0, self.samples.len() as i64) as usize;
        let window = |number: i64| (number - self.first_window).clamp(0, self.probabilities.len() as i64) as usize;
        let (first, last) = (window(span.start / WINDOW), window(span.end.div_euclid(WINDOW)));
        let at = |sample: i64| self.start + sample / PER_MS;
        Segment {
            start: at(span.start),
            end: at(span.end),
            known: at(span.known),
            samples: self.samples[held(span.start)..held(span.end)].to_vec(),
            probabilities: self.probabilities[first..last].to_vec(),
        }
    }

    fn forget(&mut self) {
        let needed = self.segmenter.needed_from().min(self.first + self.samples.len() as i64);
        if needed - self.first > SLACK {
            self.samples.drain(..(needed - self.first) as usize);
            self.first = needed;
            let windows = (needed / WINDOW - self.first_window).clamp(0, self.probabilities.len() as i64);
            self.probabilities.drain(..windows as usize);
            self.first_window += windows;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds seconds of (value, probability) in hops of 10 ms.
    fn cut(seconds: &[(f32, f32, f32)]) -> (Vec<Segment>, usize) {
        let mut cutter = Cutter::new(MediaTime(1000));
        let (mut segments, mut most, mut pushed, mut heard) = (Vec::new(), 0, 0usize, 0usize);
        for &(length, value, probability) in seconds {
            for _ in 0..(length * 100.0) as usize {
                cutter.push(&[value; 160]);
                pushed += 160;
                if pushed / 512 > heard {
                    heard += 1;
                    segments.extend(cutter.hear(probability));
                }
                most = most.max(cutter.samples.capacity());
            }
        }
        segments.extend(cutter.finish());
        (segments, most)
    }

    #[test]
    fn a_segment_holds_its_own_samples_and_windows_at_its_media_time() {
        let (segments, _) = cut(&[(5.0, 0.0, 0.0), (2.0, 0.5, 0.9), (3.0, 0.0, 0.0)]);
        let [segment] = &segments[..] else { panic!("{} segments", segments.len()) };
        let length = segment.end - segment.start;
        assert_eq!(segment.samples.len() as i64, length * 16);
        assert!(
            (segment.start - MediaTime(5700)).abs() <= 32 && (segment.end - MediaTime(8300)).abs() <= 40,
            "{length}"
        );
        assert!(
            (segment.known - segment.end - 500).abs() <= 32,
            "0.8 s after the last word, of which 0.3 s is padding"
        );
        let speech = segment.samples.iter().filter(|&&x| x == 0.5).count();
        assert!(speech >= 31_000, "{speech}");
        assert!((segment.probabilities.len() as i64 - length / 32).abs() <= 1);
    }

    #[test]
    fn four_hours_take_no_more_memory_than_a_minute() {
        let mut cutter = Cutter::new(MediaTime::ZERO);
        let (mut segments, mut most, mut heard, second) = (0, 0, 0, [0.5; 16_000]);
        for s in 0..4 * 3600 {
            cutter.push(&second);
            // Windows of 512 samples: 31 in most seconds, 32 in every fourth.
            let windows = (s + 1) * 16_000 / 512 - heard;
            heard += windows;
            // A minute without a pause, a minute of silence.
            let probability = if s / 60 % 2 == 0 { 0.9 } else { 0.0 };
            segments += (0..windows).filter_map(|_| cutter.hear(probability)).count();
            most = most.max(cutter.samples.capacity() + cutter.probabilities.capacity());
        }
        assert!(segments >= 360 && most <= 2 * 24 * 16_000, "{segments} segments, {most} numbers");
    }

    #[test]
    fn memory_is_bounded_by_the_longest_segment() {
        let (segments, most) = cut(&[(300.0, 0.5, 0.9)]);
        assert!(segments.len() >= 15);
        assert!(most <= 2 * 22 * 16_000, "{most} samples");
        let (segments, most) = cut(&[(300.0, 0.0, 0.0)]);
        assert!(segments.is_empty() && most <= 4 * 16_000, "{most} samples");
    }
}
