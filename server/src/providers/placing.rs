//! Puts what another recognizer wrote down into the phrases that this server heard: by the times of words, else by those of segments, else
//! by the syllables alone.

use super::stretch::Stretch;
use super::transcription::{Answer, Timed};
use coach_core::journal::{Phrase, Word};
use coach_core::{MediaTime, Span};
use coach_insight::revision::{most_words, push, spread};

/// A phrase counts from so long after its end, milliseconds: as one that is written down here, at the earliest.
const DELAY_MS: i64 = 2_000;
/// A word whose end is not known lasts so long at most, milliseconds.
const WORD_MS: i64 = 600;
/// Times may be so far outside of what was sent, seconds: servers round.
const SLACK_S: f64 = 1.0;

/// A word with its place and how certain it is.
struct Placed {
    word: Word,
    logp: f64,
}

/// Returns the phrases of a stretch; `None`: there are more words than can be said in it, as models write that go round in circles.
pub fn phrases(stretch: &Stretch, answer: &Answer, source: &str) -> Option<Vec<Phrase>> {
    let length_ms: i64 = stretch.phrases.iter().map(|phrase| phrase.len_ms()).sum();
    // `most_words` is of one phrase, which is never as long as a stretch.
    let most = stretch.phrases.iter().map(|phrase| most_words(phrase.len_ms())).sum::<usize>();
    let placed = placed(stretch, answer);
    if placed.len() > most || length_ms == 0 {
        return placed.is_empty().then(Vec::new);
    }
    let mut of_phrase: Vec<Vec<Placed>> = stretch.phrases.iter().map(|_| Vec::new()).collect();
    for word in placed {
        of_phrase[nearest(&stretch.phrases, word.word.start)].push(word);
    }
    let phrase = |(span, words): (&Span, Vec<Placed>)| {
        if words.is_empty() {
            return None;
        }
        let logp = words.iter().map(|placed| placed.logp).sum::<f64>() / words.len() as f64;
        let mut within = Vec::with_capacity(words.len());
        for Placed { word, .. } in &words {
            let start = word.start.max(span.start).min(span.end - 1);
            push(&mut within, &word.text, start, word.end.min(span.end));
        }
        Some(Phrase {
            t: span.end + DELAY_MS,
            start: span.start,
            end: span.end,
            text: within.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "),
            logp: logp as f32,
            complete: true,
            source: source.to_owned(),
            words: within,
            heard: None,
        })
    };
    Some(stretch.phrases.iter().zip(of_phrase).filter_map(phrase).collect())
}

/// Returns the place of the phrase that a time lies in or next to.
fn nearest(phrases: &[Span], t: MediaTime) -> usize {
    let away = |span: &Span| (span.start - t).max(t - span.end).max(0);
    phrases.iter().enumerate().min_by_key(|(_, span)| away(span)).map_or(0, |(place, _)| place)
}

/// Returns all words with their places, in order of time.
fn placed(stretch: &Stretch, answer: &Answer) -> Vec<Placed> {
    let length_s = (stretch.end() - stretch.start) as f64 / 1000.0;
    let at = |seconds: f64| stretch.start + (seconds.clamp(0.0, length_s) * 1000.0).round() as i64;
    if in_order(&answer.words, length_s) {
        return with_times(answer, at);
    }
    let mut found = Vec::new();
    if in_order(&answer.segments, length_s) {
        for segment in &answer.segments {
            let texts: Vec<&str> = segment.text.split(' ').filter(|text| !text.is_empty()).collect();
            let words = over_nuclei(&texts, &stretch.nuclei, Span::new(at(segment.start_s), at(segment.end_s)));
            found.extend(words.into_iter().map(|word| Placed { word, logp: segment.logp.unwrap_or_default() }));
        }
        return found;
    }
    let texts: Vec<&str> = answer.text.split(' ').filter(|text| !text.is_empty()).collect();
    let words = over_nuclei(&texts, &stretch.nuclei, Span::new(stretch.start, stretch.end()));
    words.into_iter().map(|word| Placed { word, logp: 0.0 }).collect()
}

/// Returns whether there are times, and they can be those of what was sent.
fn in_order(list: &[Timed], length_s: f64) -> bool {
    let within =
        |item: &Timed| item.start_s >= -SLACK_S && item.end_s <= length_s + SLACK_S && item.start_s <= item.end_s;
    !list.is_empty() && list.iter().all(within) && list.is_sorted_by(|a, b| a.start_s <= b.start_s)
}

/// Returns words that have times. Lists of words come without punctuation: where the text has the same words, it gives them theirs.
fn with_times(answer: &Answer, at: impl Fn(f64) -> MediaTime) -> Vec<Placed> {
    let written: Vec<&str> = answer.text.split(' ').collect();
    let bare = |text: &str| coach_insight::said::bare(text);
    let same = written.len() == answer.words.len()
        && written.iter().zip(&answer.words).all(|(text, word)| bare(text) == bare(&word.text));
    let logp = |word: &Timed| {
        let of = answer.segments.iter().rfind(|segment| segment.start_s <= word.start_s);
        of.and_then(|segment| segment.logp).unwrap_or_default()
    };
    let mut words = Vec::new();
    for (n, word) in answer.words.iter().enumerate().filter(|(_, word)| !word.text.is_empty()) {
        push(&mut words, if same { written[n] } else { &word.text }, at(word.start_s), at(word.end_s));
    }
    let logps = answer.words.iter().filter(|word| !word.text.is_empty()).map(logp);
    words.into_iter().zip(logps).map(|(word, logp)| Placed { word, logp }).collect()
}

/// Returns words without times, spread evenly over the syllables that were heard in this span; by their lengths where none was.
fn over_nuclei(texts: &[&str], nuclei: &[MediaTime], span: Span) -> Vec<Word> {
    let heard: Vec<MediaTime> = nuclei.iter().copied().filter(|at| span.contains(*at)).collect();
    let mut words = Vec::with_capacity(texts.len());
    if heard.is_empty() {
        spread(texts, span.start, span.end, &mut words);
        return words;
    }
    let start = |k: usize| heard.get(k * heard.len() / texts.len().max(1)).map_or(span.end, |at| *at);
    for (k, text) in texts.iter().enumerate() {
        push(&mut words, text, start(k), start(k + 1).min(start(k) + WORD_MS));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch() -> Stretch {
        let span = |a, b| Span::new(MediaTime(a), MediaTime(b));
        let nuclei = [10_200, 10_600, 11_000, 11_400, 14_300, 14_700].map(MediaTime).to_vec();
        let phrases = vec![span(10_000, 12_000), span(14_000, 15_000)];
        Stretch { start: MediaTime(10_000), samples: Vec::new(), phrases, nuclei }
    }

    fn timed(text: &str, start_s: f64, end_s: f64) -> Timed {
        Timed { text: text.into(), start_s, end_s, logp: Some(-0.5) }
    }

    fn told(phrases: &[Phrase]) -> Vec<(&str, Vec<i64>)> {
        phrases.iter().map(|p| (p.text.as_str(), p.words.iter().map(|w| w.start.ms()).collect())).collect()
    }

    #[test]
    fn words_with_times_go_to_the_phrases_that_they_were_said_in() {
        let answer = Answer {
            text: "We moved, um, to Oslo.".into(),
            words: vec![
                timed("We", 0.2, 0.4),
                timed("moved", 0.6, 0.9),
                timed("um", 1.1, 1.3),
                timed("to", 4.2, 4.4),
                timed("Oslo", 4.5, 5.4),
            ],
            segments: vec![timed("We moved, um,", 0.0, 2.0), timed("to Oslo.", 4.0, 5.0)],
        };
        let phrases = phrases(&stretch(), &answer, "another").unwrap();
        assert_eq!(
            told(&phrases),
            [("We moved, um,", vec![10_200, 10_600, 11_100]), ("to Oslo.", vec![14_200, 14_500])]
        );
        assert_eq!((phrases[0].start.ms(), phrases[1].end.ms(), phrases[0].logp), (10_000, 15_000, -0.5));
        assert!(phrases[0].words[2].filler && phrases[1].words[1].end <= phrases[1].end);
        assert_eq!((phrases[0].source.as_str(), phrases[0].complete), ("another", true));
    }

    #[test]
    fn without_times_of_words_syllables_say_where_they_were() {
        let text = "We moved to Oslo";
        let segments = vec![timed("We moved", 0.0, 2.0), timed("to Oslo", 4.0, 5.0)];
        let by_segments =
            phrases(&stretch(), &Answer { text: text.into(), segments, ..Answer::default() }, "x").unwrap();
        assert_eq!(told(&by_segments), [("We moved", vec![10_200, 11_000]), ("to Oslo", vec![14_300, 14_700])]);
        let by_text = phrases(&stretch(), &Answer { text: text.into(), ..Answer::default() }, "x").unwrap();
        assert_eq!(told(&by_text), [("We moved to", vec![10_200, 10_600, 11_400]), ("Oslo", vec![14_300])]);
        let silent = Stretch { nuclei: Vec::new(), ..stretch() };
        let spread = phrases(&silent, &Answer { text: text.into(), ..Answer::default() }, "x").unwrap();
        assert_eq!(spread.iter().flat_map(|p| &p.words).count(), 4);
    }

    #[test]
    fn times_that_cannot_be_are_not_believed_and_circles_are_not_taken() {
        let text = "We moved to Oslo".to_owned();
        let wrong: [Vec<Timed>; 5] = [
            vec![timed("We", 3.0, 3.1), timed("moved", 1.0, 1.1), timed("to", 2.0, 2.1), timed("Oslo", 4.0, 4.1)],
            vec![timed("We", -900.0, 1.0)],
            vec![timed("We", 1.0, 0.5)],
            vec![timed("We", 1.0, 1e12)],
            vec![timed("We", f64::NAN, 1.0)],
        ];
        let usual = phrases(&stretch(), &Answer { text: text.clone(), ..Answer::default() }, "x");
        for words in wrong {
            assert_eq!(
                phrases(&stretch(), &Answer { text: text.clone(), words: words.clone(), ..Answer::default() }, "x"),
                usual,
                "{words:?}"
            );
        }
        let circles = Answer { text: "thank you ".repeat(500), ..Answer::default() };
        assert_eq!(phrases(&stretch(), &circles, "x"), None);
        assert_eq!(phrases(&stretch(), &Answer::default(), "x"), Some(Vec::new()), "nobody said a word");
        let at_once: Vec<Timed> = (0..30).map(|_| timed("no", 1.0, 1.0)).collect();
        let same = phrases(&stretch(), &Answer { text, words: at_once, ..Answer::default() }, "x").unwrap();
        let words: Vec<&Word> = same.iter().flat_map(|p| &p.words).collect();
        assert!(words.is_sorted_by(|a, b| a.start < b.start && a.end <= b.start), "{words:?}");
    }
}
