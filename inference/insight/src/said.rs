//! What was said in a scene, as far as it was written down with certainty.

use crate::scene::{Scene, Totals};
use crate::timeline::{Cell, Timeline};
use coach_core::journal::{Phrase, Word};
use coach_core::{MediaTime, Span};

/// A phrase whose mean log-probability is below this is uncertain: nothing is concluded from it (docs/WORDS.md).
pub const UNCERTAIN_LOGP: f32 = -0.35;
/// Nothing is concluded from the words of a stretch in which less of the speech is written down with certainty.
pub const LEAST_SHARE: f64 = 0.8;
/// What is said of words in [`crate::metrics::Metric::window`].
pub(crate) const WINDOW: &str = "the answer, where 80 % of its speech is written down with certainty";
/// A quotation has at most this many words.
const LONGEST_QUOTE: usize = 12;
/// One of a silence has so many words of either side.
const AROUND_SILENCE: usize = 3;

/// English words per syllable nucleus of the detector: what all recordings with known words give together
/// (`perception/tests/voice_words_per_minute.rs` prints it for each).
pub const WORDS_PER_NUCLEUS: f32 = 0.9;
/// The usual factor counts as this many nuclei beside those of the speaker.
const PRIOR_NUCLEI: f32 = 60.0;
/// No speaker of the recordings lies outside of these.
const LIKELY_FACTORS: [f32; 2] = [0.7, 1.15];

/// Returns whether something may be concluded from a phrase.
pub fn is_certain(phrase: &Phrase) -> bool {
    phrase.logp >= UNCERTAIN_LOGP && !phrase.words.is_empty()
}

/// Returns a word in lower case without punctuation: what words are compared by.
pub fn bare(word: &str) -> String {
    let letters = word.chars().filter(|c| c.is_alphanumeric() || matches!(c, '\'' | '-'));
    letters.flat_map(char::to_lowercase).collect::<String>().trim_matches(['\'', '-']).to_owned()
}

/// Words without fillers, each with its bare form.
pub(crate) type Spoken<'a> = Vec<(&'a Word, String)>;

/// Returns the words that are not fillers, in order of time.
pub(crate) fn spoken<'a>(words: impl Iterator<Item = &'a Word>) -> Spoken<'a> {
    words.filter(|w| !w.filler).map(|w| (w, bare(&w.text))).filter(|(_, text)| !text.is_empty()).collect()
}

/// Returns whether these words begin at the place.
pub(crate) fn is_at(spoken: &Spoken, at: usize, phrase: &str) -> bool {
    let mut here = spoken[at..].iter().map(|(_, word)| word.as_str());
    phrase.split(' ').all(|word| here.next() == Some(word))
}

/// Words and syllable nuclei of a speaker's certain phrases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WordsPerNucleus {
    pub words: u32,
    pub nuclei: u32,
}

impl WordsPerNucleus {
    /// Returns the words per nucleus of this speaker, drawn towards [`WORDS_PER_NUCLEUS`] while little is known.
    pub fn factor(self) -> f32 {
        let known = self.words as f32 + PRIOR_NUCLEI * WORDS_PER_NUCLEUS;
        (known / (self.nuclei as f32 + PRIOR_NUCLEI)).clamp(LIKELY_FACTORS[0], LIKELY_FACTORS[1])
    }
}

impl Timeline {
    /// Takes a phrase: counts its words where they were said, if it is certain.
    pub(crate) fn write_down(&mut self, phrase: &Phrase) {
        if is_certain(phrase) {
            let span = Span::new(phrase.start, phrase.end);
            let spoken = phrase.words.iter().filter(|word| !word.filler);
            for word in spoken.clone() {
                if let Some(cell) = self.cell_mut(word.start) {
                    cell.words = cell.words.saturating_add(1);
                }
            }
            let nuclei: u32 = self.cells(span).map(|(_, cell)| u32::from(cell.nuclei)).sum();
            let words = spoken.count() as u32;
            self.words_per_nucleus.words = self.words_per_nucleus.words.saturating_add(words);
            self.words_per_nucleus.nuclei = self.words_per_nucleus.nuclei.saturating_add(nuclei);
            self.gap(span, written_ms);
        }
        crate::timeline::push(&mut self.said, phrase.clone());
    }

    /// Returns the fillers (um, uh, er) of certain phrases that begin in the span, in order of time.
    pub(crate) fn fillers(&self, span: Span) -> Vec<&Word> {
        let near = self.said.iter().filter(|p| is_certain(p) && p.start < span.end && p.end > span.start);
        let mut found: Vec<&Word> =
            near.flat_map(|p| &p.words).filter(|w| w.filler && span.contains(w.start)).collect();
        found.sort_by_key(|word| word.start);
        found
    }
}

fn written_ms(cell: &mut Cell) -> &mut u8 {
    &mut cell.written_ms
}

/// The words of a scene.
#[derive(Debug)]
pub struct Said<'a> {
    /// Of certain phrases, in order of time, each phrase's by itself.
    pub phrases: Vec<Vec<&'a Word>>,
    /// Share of the speech that they cover, [`LEAST_SHARE`] to 1.
    pub share: f64,
}

impl<'a> Said<'a> {
    /// Returns all words in order of time.
    pub fn words(&self) -> impl Iterator<Item = &'a Word> {
        self.phrases.iter().flatten().copied()
    }

    /// Returns how many words there are without the fillers.
    pub fn spoken(&self) -> usize {
        self.words().filter(|word| !word.filler).count()
    }

    /// Returns how many of something all phrases hold together, given how many one holds.
    pub fn count(&self, of: impl Fn(&[&'a Word]) -> usize) -> usize {
        self.phrases.iter().map(|words| of(words.as_slice())).sum()
    }

    /// Returns how many there would be in all of the speech, given that what was not written down is like the rest.
    pub fn whole(&self, count: usize) -> f64 {
        count as f64 / self.share
    }

    /// Returns the words that are being said in the span and up to `around` before and after it, at most twelve, in quotation marks; of a
    /// silence the words before and after it.
    pub fn quote(&self, span: Span, around: usize) -> Option<String> {
        let all: Vec<&Word> = self.words().collect();
        // Half of a word must lie in the span, or half of the span in it: the ends of words are not heard to the millisecond.
        let shorter = |w: &Word| (w.end - w.start).min(span.len_ms()).max(1);
        let from = all.partition_point(|w| 2 * (w.end - span.start) < shorter(w));
        let to = all.partition_point(|w| 2 * (span.end - w.start) >= shorter(w)).max(from);
        if from == to {
            let before = joined(&all[from.saturating_sub(AROUND_SILENCE)..from]);
            let after = joined(&all[to..(to + AROUND_SILENCE).min(all.len())]);
            let before = before.trim_end_matches(['.', ',', ';', ':']);
            return quoted(format!("{before} \u{2026} {after}").trim().to_owned())
                .filter(|_| !before.is_empty() && !after.is_empty());
        }
        let words = &all[from.saturating_sub(around)..(to + around).min(all.len())];
        let more = if words.len() > LONGEST_QUOTE { " \u{2026}" } else { "" };
        let text = joined(&words[..words.len().min(LONGEST_QUOTE)]);
        quoted(format!("{}{more}", text.trim_end_matches([',', '.', ';', ':'])))
    }
}

fn joined(words: &[&Word]) -> String {
    words.iter().map(|w| w.text.trim()).collect::<Vec<_>>().join(" ")
}

fn quoted(text: String) -> Option<String> {
    (!text.is_empty()).then(|| format!("\u{201c}{text}\u{201d}"))
}

impl Totals {
    /// Returns the share of the speech that is written down with certainty, [`LEAST_SHARE`] to 1; `None` where it is less.
    pub(crate) fn certain_share(&self) -> Option<f64> {
        self.written_share().filter(|&share| share >= LEAST_SHARE)
    }
}

impl Scene<'_> {
    /// Returns what was said; `None` where nothing, or too little of the speech, was written down with certainty.
    pub fn said(&self) -> Option<Said<'_>> {
        let share = self.totals.certain_share()?;
        Some(Said { phrases: self.certain_words(), share })
    }

    /// Returns the words of the certain phrases, however little of the speech they cover.
    fn certain_words(&self) -> Vec<Vec<&Word>> {
        let of_scene = |p: &&Phrase| self.spans.iter().any(|s| s.overlap_ms(Span::new(p.start, p.end)) > 0);
        let mut phrases: Vec<&Phrase> = self.timeline.said.iter().filter(|p| is_certain(p) && of_scene(p)).collect();
        phrases.sort_by_key(|phrase| phrase.start);
        let inside = |t: MediaTime| self.spans.iter().any(|span| span.contains(t));
        phrases
            .into_iter()
            .map(|phrase| phrase.words.iter().filter(|word| inside(word.start)).collect::<Vec<_>>())
            .filter(|words| !words.is_empty())
            .collect()
    }

    /// Returns what was being said in the span, in quotation marks; `None` where that is not written down with certainty.
    pub(crate) fn quote(&self, span: Span) -> Option<String> {
        Said { phrases: self.certain_words(), share: 1.0 }.quote(span, 0)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Returns words of 200 ms, one each 300 ms from `from_ms` on, as the recognizer would write them.
    pub(crate) fn words(from_ms: i64, text: &str) -> Vec<Word> {
        let word = |(i, w): (usize, &str)| Word {
            text: w.into(),
            start: MediaTime(from_ms + 300 * i as i64),
            end: MediaTime(from_ms + 300 * i as i64 + 200),
            filler: matches!(bare(w).as_str(), "um" | "uh" | "er"),
            logp: -0.05,
        };
        text.split_whitespace().enumerate().map(word).collect()
    }

    #[test]
    fn a_quotation_takes_the_words_of_its_span_and_no_more_than_twelve() {
        let all = words(0, "I was um trying to, uh, move the whole release by one week so that we could test it.");
        let said = Said { phrases: vec![all.iter().collect()], share: 1.0 };
        let span = |a, b| Span::new(MediaTime(a), MediaTime(b));
        assert_eq!(said.quote(span(600, 700), 1).as_deref(), Some("\u{201c}was um trying\u{201d}"));
        assert_eq!(said.quote(span(900, 1300), 0).as_deref(), Some("\u{201c}trying to\u{201d}"));
        assert!(said.quote(span(0, 99_000), 0).is_some_and(|q| q.ends_with("by one \u{2026}\u{201d}")), "cut");
        assert_eq!(said.quote(span(90_000, 91_000), 0), None);
        let silence = said.quote(span(760, 5_000), 0).unwrap();
        assert!(
            silence.contains("trying") && !silence.contains("um "),
            "the end of a word before a silence: {silence}"
        );
        assert_eq!(said.quote(span(800, 900), 0).as_deref(), Some("\u{201c}I was um \u{2026} trying to, uh,\u{201d}"));
    }

    #[test]
    fn the_speakers_own_words_per_nucleus_are_learnt_within_what_is_likely() {
        let factor = |words, nuclei| WordsPerNucleus { words, nuclei }.factor();
        assert_eq!(factor(0, 0), WORDS_PER_NUCLEUS);
        assert!((factor(800, 1000) - 0.8).abs() < 0.01 && (factor(8, 10) - 0.886).abs() < 0.01);
        assert_eq!((factor(9000, 10), factor(0, 9000)), (LIKELY_FACTORS[1], LIKELY_FACTORS[0]));
    }

    #[test]
    fn a_bare_word_has_no_case_and_no_punctuation() {
        assert_eq!(["I'm,", "\u{201c}We", "don't.", "'um'", "\u{2014}"].map(bare), ["i'm", "we", "don't", "um", ""]);
    }
}
