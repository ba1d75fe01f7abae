//! What stands in a report in the place of the words that were heard: another recognizer's phrases, and what the owner corrected. Hints and
//! questions that were given live stay as they were.

use crate::said::{bare, is_certain};
use crate::state::State;
use crate::timeline::Timeline;
use coach_core::journal::{Phrase, Word, is_filler};
use coach_core::{MediaTime, Span};

/// A phrase as the owner says that it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The start of the phrase.
    pub start: MediaTime,
    /// The text in its place.
    pub text: String,
}

/// What another recognizer wrote down of the whole session.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewritten {
    /// Its name and version.
    pub recognizer: String,
    pub phrases: Vec<Phrase>,
}

/// What the session's own recognizer wrote down after the session, of speech that it could not keep up with.
#[derive(Debug, Clone, PartialEq)]
pub struct Late {
    /// The speech that was listened to again.
    pub spans: Vec<Span>,
    pub phrases: Vec<Phrase>,
}

/// Changes of the words of a session. The default changes nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Revision {
    /// Stands beside the phrases of the journal, in time that has none.
    pub late: Option<Late>,
    /// Stands in the place of all phrases of the journal.
    pub rewritten: Option<Rewritten>,
    /// Those whose phrase does not exist are without effect.
    pub corrections: Vec<Correction>,
}

impl Revision {
    fn is_empty(&self) -> bool {
        self.late.is_none() && self.rewritten.is_none() && self.corrections.is_empty()
    }
}

/// Returns how many words a correction of so many milliseconds of speech may have: far more than anybody says.
pub fn most_words(ms: i64) -> usize {
    5 + usize::try_from(ms.clamp(0, 60_000) * 12 / 1000).unwrap_or(0)
}

impl State {
    /// Puts the revised words in the place of those that were heard.
    pub(crate) fn revise(&mut self, revision: Revision) {
        if revision.is_empty() {
            return;
        }
        let mut said = std::mem::take(&mut self.timeline.said);
        if let Some(late) = revision.late {
            self.catch_up(late, &mut said);
        }
        if let Some(Rewritten { recognizer, phrases }) = revision.rewritten {
            said = with_fillers(phrases, &said);
            // As where the words were recognized live: the candidate's microphone hears the interviewer, too.
            said.retain(|phrase| !self.turns.is_the_interviewers(Span::new(phrase.start, phrase.end)));
            self.header.models.words = Some(recognizer);
            self.rewritten = true;
            self.timeline.unwritten.clear();
            self.reduced.words_are_done();
        }
        for phrase in &mut said {
            let of = revision.corrections.iter().rfind(|correction| correction.start == phrase.start);
            if let Some(Correction { text, .. }) = of {
                *phrase = corrected(phrase, text);
            }
        }
        self.timeline.forget_words();
        said.iter().for_each(|phrase| self.timeline.write_down(phrase));
    }

    /// Adds what was written down after the session.
    fn catch_up(&mut self, late: Late, said: &mut Vec<Phrase>) {
        for phrase in late.phrases {
            let span = Span::new(phrase.start, phrase.end);
            // Neighbours share the pause between them.
            let shared = |other: &Phrase| span.overlap_ms(Span::new(other.start, other.end));
            let is_known = said.iter().any(|other| 2 * shared(other) > span.len_ms());
            if !is_known && !self.turns.is_the_interviewers(span) {
                said.push(phrase);
            }
        }
        said.sort_by_key(|phrase| phrase.start);
        self.timeline.unwritten.retain(|lost| !late.spans.contains(lost));
        if self.timeline.unwritten.is_empty() {
            self.reduced.words_are_done();
        }
    }
}

impl Timeline {
    /// Forgets all phrases and what was counted in them.
    fn forget_words(&mut self) {
        self.said.clear();
        self.words_per_nucleus = Default::default();
        for cell in &mut self.cells {
            (cell.words, cell.written_ms) = (0, 0);
        }
    }
}

/// A filler within so many milliseconds of another is the same.
const SAME_FILLER_MS: i64 = 400;

/// Returns the phrases of another recognizer with the fillers that were heard: most recognizers leave them out.
fn with_fillers(phrases: Vec<Phrase>, heard: &[Phrase]) -> Vec<Phrase> {
    let certain = || heard.iter().filter(|phrase| is_certain(phrase));
    let fillers: Vec<&Word> = certain().flat_map(|phrase| &phrase.words).filter(|word| word.filler).collect();
    let overlaps = |a: &Phrase, b: &Phrase| a.start < b.end && b.start < a.end;
    let alone =
        |phrase: &&Phrase| phrase.words.iter().all(|word| word.filler) && !phrases.iter().any(|p| overlaps(p, phrase));
    let alone: Vec<Phrase> = certain().filter(alone).cloned().collect();
    phrases.iter().map(|phrase| with_fillers_within(phrase, &fillers)).chain(alone).collect()
}

fn with_fillers_within(phrase: &Phrase, fillers: &[&Word]) -> Phrase {
    let is_known = |filler: &Word| {
        let near = |word: &Word| word.filler && (word.start - filler.start).abs() <= SAME_FILLER_MS;
        phrase.words.iter().any(near)
    };
    let within = |filler: &&Word| filler.start >= phrase.start && filler.start < phrase.end && !is_known(filler);
    let new: Vec<&Word> = fillers.iter().copied().filter(within).collect();
    if new.is_empty() {
        return phrase.clone();
    }
    let mut all: Vec<&Word> = phrase.words.iter().chain(new).collect();
    all.sort_by_key(|word| word.start);
    let mut words = Vec::with_capacity(all.len());
    all.iter().for_each(|word| push(&mut words, &word.text, word.start, word.end));
    let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
    Phrase { text, words, ..phrase.clone() }
}

/// Returns the phrase with this text, which is certain from now on. Words that stay keep their times; what is new between two of them takes
/// the time of what it replaces, or shares that of the word before it.
pub fn corrected(phrase: &Phrase, text: &str) -> Phrase {
    let new: Vec<&str> = text.split_whitespace().collect();
    let mut words: Vec<Word> = Vec::with_capacity(new.len());
    let (mut old_from, mut new_from) = (0, 0);
    let ends = std::iter::once((phrase.words.len(), new.len()));
    for (old_at, new_at) in kept(&phrase.words, &new).into_iter().chain(ends) {
        let run = &new[new_from..new_at];
        // What is inserted where nothing was taken away shares the time of the word before it.
        let shared = (old_from == old_at && !run.is_empty()).then(|| words.pop()).flatten();
        let start = match &shared {
            Some(word) => word.start,
            None if old_from == old_at && words.is_empty() => phrase.start,
            None => start_of(phrase, old_from),
        };
        let end = match (&shared, old_at.checked_sub(1)) {
            (None, Some(last)) if old_from < old_at => phrase.words[last].end,
            _ => start_of(phrase, old_at),
        };
        let texts: Vec<&str> =
            shared.as_ref().map(|word| word.text.as_str()).into_iter().chain(run.iter().copied()).collect();
        spread(&texts, start, end.max(start), &mut words);
        if let (Some(kept), Some(text)) = (phrase.words.get(old_at), new.get(new_at)) {
            push(&mut words, text, kept.start, kept.end);
        }
        (old_from, new_from) = (old_at + 1, new_at + 1);
    }
    Phrase {
        text: new.join(" "),
        logp: 0.0,
        complete: true,
        words,
        heard: Some(phrase.heard.clone().unwrap_or_else(|| phrase.text.clone())),
        ..phrase.clone()
    }
}

/// Returns when the word at this place begins; after the last one, when the phrase ends.
fn start_of(phrase: &Phrase, place: usize) -> MediaTime {
    phrase.words.get(place).map_or(phrase.end, |word| word.start)
}

/// Returns the places of a longest common subsequence of the words, case and punctuation aside.
fn kept(old: &[Word], new: &[&str]) -> Vec<(usize, usize)> {
    let (a, b): (Vec<String>, Vec<String>) =
        (old.iter().map(|word| bare(&word.text)).collect(), new.iter().map(|word| bare(word)).collect());
    let width = b.len() + 1;
    let mut longest = vec![0_u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for k in (0..b.len()).rev() {
            longest[i * width + k] = if a[i] == b[k] {
                longest[(i + 1) * width + k + 1].saturating_add(1)
            } else {
                longest[(i + 1) * width + k].max(longest[i * width + k + 1])
            };
        }
    }
    let (mut i, mut k, mut found) = (0, 0, Vec::new());
    while i < a.len() && k < b.len() {
        if a[i] == b[k] {
            found.push((i, k));
            (i, k) = (i + 1, k + 1);
        } else if longest[(i + 1) * width + k] >= longest[i * width + k + 1] {
            i += 1;
        } else {
            k += 1;
        }
    }
    found
}

/// Spreads words over a stretch by their lengths.
pub fn spread(texts: &[&str], start: MediaTime, end: MediaTime, to: &mut Vec<Word>) {
    let letters = |text: &str| text.chars().count() as i64 + 1;
    let all: i64 = texts.iter().map(|text| letters(text)).sum();
    let mut before = 0;
    for text in texts {
        let from = start + (end - start) * before / all.max(1);
        before += letters(text);
        push(to, text, from, start + (end - start) * before / all.max(1));
    }
}

/// Appends a word. No two words begin at the same time.
pub fn push(words: &mut Vec<Word>, text: &str, start: MediaTime, end: MediaTime) {
    let start = words.last().map_or(start, |last| start.max(last.start + 1));
    if let Some(last) = words.last_mut() {
        last.end = last.end.min(start);
    }
    words.push(Word { text: text.to_owned(), start, end: end.max(start + 1), filler: is_filler(text), logp: 0.0 });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::said::tests::words;

    fn phrase(text: &str) -> Phrase {
        let words = words(1000, text);
        let end = words.last().map_or(MediaTime(1000), |word| word.end) + 300;
        let (text, source) = (text.to_owned(), "test".to_owned());
        Phrase {
            t: end + 1700,
            start: MediaTime(700),
            end,
            text,
            logp: -0.5,
            complete: false,
            source,
            words,
            heard: None,
        }
    }

    fn times(phrase: &Phrase) -> Vec<(&str, i64, i64)> {
        phrase.words.iter().map(|w| (w.text.as_str(), w.start.ms(), w.end.ms())).collect()
    }

    #[test]
    fn words_that_stay_keep_their_times_and_new_ones_take_that_of_what_they_replace() {
        let heard = phrase("We moved the pay men to Oslo.");
        let now = corrected(&heard, "  We moved the payment   to Oslo. ");
        assert_eq!(
            times(&now),
            [
                ("We", 1000, 1200),
                ("moved", 1300, 1500),
                ("the", 1600, 1800),
                ("payment", 1900, 2400),
                ("to", 2500, 2700),
                ("Oslo.", 2800, 3000)
            ]
        );
        assert_eq!(
            (now.text.as_str(), now.heard.as_deref()),
            ("We moved the payment to Oslo.", Some("We moved the pay men to Oslo."))
        );
        assert!(now.logp == 0.0 && now.complete, "its owner says so");
        let again = corrected(&now, "We moved payments to Oslo.");
        assert_eq!(again.heard, now.heard, "what was heard stays what was heard");
    }

    #[test]
    fn what_is_inserted_shares_the_time_of_the_word_before_it() {
        let now = corrected(&phrase("we moved Oslo"), "So we really moved to Oslo, um");
        assert_eq!(
            now.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>(),
            ["So", "we", "really", "moved", "to", "Oslo,", "um"]
        );
        assert!(now.words.is_sorted_by(|a, b| a.start < b.start && a.end <= b.start), "{:?}", times(&now));
        assert_eq!((now.words[0].start.ms(), now.words[3].start.ms()), (700, 1300));
        assert!(now.words[6].filler && now.words[6].end <= now.end);
    }

    #[test]
    fn fillers_that_another_recognizer_leaves_out_stay_where_they_were_heard() {
        let (heard, mut alone) = (phrase("so um we moved uh to Oslo"), phrase("um"));
        (alone.start, alone.end) = (MediaTime(20_000), MediaTime(21_000));
        alone.words[0].start = MediaTime(20_300);
        let certain = |phrase: &Phrase| Phrase { logp: -0.1, ..phrase.clone() };
        let mut written = corrected(&heard, "So we moved, uh, to Oslo.");
        written.heard = None;
        let now = with_fillers(vec![written], &[certain(&heard), certain(&alone)]);
        assert_eq!(now.iter().map(|p| p.text.as_str()).collect::<Vec<_>>(), ["So um we moved, uh, to Oslo.", "um"]);
        assert!(now[0].words[1].filler && now[0].words.is_sorted_by(|a, b| a.start < b.start && a.end <= b.start));
        let uncertain = with_fillers(vec![corrected(&heard, "So we moved.")], &[heard]);
        assert_eq!(uncertain[0].text, "So we moved.", "nothing is taken from what is uncertain");
    }

    #[test]
    fn every_text_gives_words_in_order_within_the_phrase() {
        let all = [
            "",
            "a",
            "um um um um",
            "we we moved moved",
            "completely another thing that was said",
            "we moved the pay men to Oslo",
        ];
        for heard in all {
            for text in all {
                let now = corrected(&phrase(heard), text);
                assert!(
                    now.words.is_sorted_by(|a, b| a.start < b.start && a.end <= b.start),
                    "{heard} / {text}: {:?}",
                    times(&now)
                );
                assert!(
                    now.words.iter().all(|w| w.start >= now.start && w.start < w.end),
                    "{heard} / {text}: {:?}",
                    times(&now)
                );
                assert_eq!(now.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" "), text);
            }
        }
    }
}
