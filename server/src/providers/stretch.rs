//! Stretches of speech that are sent to a recognizer at once: what lies close together in a recording, with silence in the place of the
//! pauses.

use coach_core::{MediaTime, Span};
use coach_perception::words::Segment;

/// A stretch is at most so long where its segments let it, milliseconds.
const LONGEST_MS: i64 = 90_000;
/// A pause as long as this ends a stretch, milliseconds.
const PAUSE_MS: i64 = 4_000;
/// The number of samples in a millisecond.
const PER_MS: i64 = 16;

/// Speech that is sent at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    pub start: MediaTime,
    /// Mono, 16 kHz.
    pub samples: Vec<i16>,
    /// Where somebody speaks: the phrases of this stretch, in order of time.
    pub phrases: Vec<Span>,
    /// Nuclei of syllables, in order of time.
    pub nuclei: Vec<MediaTime>,
}

impl Stretch {
    /// Returns when it ends.
    pub fn end(&self) -> MediaTime {
        self.phrases.last().map_or(self.start, |phrase| phrase.end)
    }

    /// Returns it as a WAV file.
    pub fn wav(&self) -> Vec<u8> {
        let bytes = 2 * self.samples.len() as u32;
        let mut out = Vec::with_capacity(44 + bytes as usize);
        out.extend_from_slice(b"RIFF");
        out.extend_from_slice(&(36 + bytes).to_le_bytes());
        out.extend_from_slice(b"WAVEfmt ");
        out.extend_from_slice(&16_u32.to_le_bytes());
        // PCM, one channel, 16 kHz, bytes a second, bytes a sample, bits a sample.
        for value in [1_u16, 1] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out.extend_from_slice(&16_000_u32.to_le_bytes());
        out.extend_from_slice(&32_000_u32.to_le_bytes());
        for value in [2_u16, 16] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        out.extend_from_slice(b"data");
        out.extend_from_slice(&bytes.to_le_bytes());
        out.extend(self.samples.iter().flat_map(|sample| sample.to_le_bytes()));
        out
    }
}

/// Joins segments, which come in order of time, to stretches.
#[derive(Debug, Default)]
pub struct Stretches {
    open: Option<Stretch>,
    nuclei: Vec<MediaTime>,
}

impl Stretches {
    /// Takes the nucleus of a syllable.
    pub fn nucleus(&mut self, at: MediaTime) {
        self.nuclei.push(at);
    }

    /// Takes a segment whose nuclei were taken. Returns the stretch that it does not belong to any more.
    pub fn segment(&mut self, segment: &Segment) -> Option<Stretch> {
        let fits = |open: &Stretch| segment.start - open.end() < PAUSE_MS && segment.end - open.start <= LONGEST_MS;
        let done = if self.open.as_ref().is_some_and(fits) { None } else { self.close() };
        let open = self.open.get_or_insert_with(|| Stretch {
            start: segment.start,
            samples: Vec::new(),
            phrases: Vec::new(),
            nuclei: Vec::new(),
        });
        let from = usize::try_from((segment.start - open.start) * PER_MS).unwrap_or(0);
        open.samples.resize(from.max(open.samples.len()).max(from + segment.samples.len()), 0);
        for (to, sample) in open.samples[from..].iter_mut().zip(&segment.samples) {
            *to = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16;
        }
        // Those of noises between the segments are no syllables.
        open.nuclei.extend(self.nuclei.drain(..).filter(|at| (segment.start..=segment.end).contains(at)));
        open.phrases.push(Span::new(segment.start, segment.end));
        done
    }

    /// Returns the stretch that is open.
    pub fn close(&mut self) -> Option<Stretch> {
        self.open.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(start: i64, end: i64) -> Segment {
        let samples = vec![0.5; usize::try_from((end - start) * PER_MS).unwrap()];
        Segment {
            start: MediaTime(start),
            end: MediaTime(end),
            known: MediaTime(end + 500),
            samples,
            probabilities: Vec::new(),
        }
    }

    #[test]
    fn what_lies_close_together_is_one_stretch_with_silence_between() {
        let mut stretches = Stretches::default();
        stretches.nucleus(MediaTime(1100));
        assert_eq!(stretches.segment(&segment(1000, 2000)), None);
        stretches.nucleus(MediaTime(2500));
        stretches.nucleus(MediaTime(3100));
        assert_eq!(stretches.segment(&segment(3000, 4000)), None);
        let first = stretches.segment(&segment(8000, 9000)).unwrap();
        assert_eq!((first.start.ms(), first.end().ms(), first.phrases.len()), (1000, 4000, 2));
        assert_eq!(first.nuclei, [MediaTime(1100), MediaTime(3100)], "a noise in a pause is no syllable");
        assert_eq!(first.samples.len(), 48_000);
        assert_eq!([first.samples[100], first.samples[20_000], first.samples[40_000]], [16_383, 0, 16_383]);
        assert_eq!(stretches.close().unwrap().start.ms(), 8000);
        assert!(stretches.close().is_none());
    }

    #[test]
    fn a_stretch_ends_after_a_minute_and_a_half_and_hours_take_no_more_memory() {
        let (mut stretches, mut longest) = (Stretches::default(), 0);
        for n in 0..720 {
            if let Some(done) = stretches.segment(&segment(n * 20_000, n * 20_000 + 19_900)) {
                longest = longest.max(done.samples.len());
            }
        }
        assert!(longest > 0 && longest <= 90_000 * 16, "{longest}");
    }

    #[test]
    fn a_wav_file_is_as_long_as_its_head_says() {
        let stretch =
            Stretch { start: MediaTime(0), samples: vec![1, -1, 300], phrases: Vec::new(), nuclei: Vec::new() };
        let wav = stretch.wav();
        assert_eq!(
            (wav.len(), &wav[..4], &wav[4..8], &wav[40..44]),
            (50, &b"RIFF"[..], &42_u32.to_le_bytes()[..], &6_u32.to_le_bytes()[..])
        );
        assert_eq!(&wav[44..], [1, 0, 255, 255, 44, 1]);
    }
}
