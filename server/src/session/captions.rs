//! A transcript as captions (WebVTT, SubRip) and as plain text.

use coach_core::MediaTime;
use coach_core::journal::{Phrase, Word};
use std::fmt::Write as _;

/// The most characters of a caption of several words: two lines of the usual 42.
const MOST_CHARACTERS: usize = 84;
/// The longest time of a caption of several words, milliseconds.
const MOST_MS: i64 = 7_000;
/// The shortest time that a caption is shown if the next one does not begin earlier, milliseconds.
const LEAST_MS: i64 = 1_000;

/// A stretch of what was said that is shown at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caption {
    pub start: MediaTime,
    pub end: MediaTime,
    pub text: String,
}

/// Returns phrases as captions, cut between words; none overlaps the next.
pub fn captions(transcript: &[Phrase]) -> Vec<Caption> {
    let mut found: Vec<Caption> = Vec::new();
    for phrase in transcript {
        if phrase.words.is_empty() {
            found.push(Caption { start: phrase.start, end: phrase.end, text: phrase.text.clone() });
            continue;
        }
        let mut rest: &[Word] = &phrase.words;
        while !rest.is_empty() {
            let (caption, taken) = first(rest);
            rest = &rest[taken..];
            found.push(caption);
        }
    }
    for k in 0..found.len() {
        let next = found.get(k + 1).map_or(MediaTime(i64::MAX), |caption| caption.start);
        let caption = &mut found[k];
        caption.end = caption.end.max(caption.start + LEAST_MS).min(next.max(caption.start));
    }
    found
}

/// Returns the first caption of these words, which are not empty, and how many of them it holds.
fn first(words: &[Word]) -> (Caption, usize) {
    let start = words[0].start;
    let mut text = words[0].text.clone();
    let mut taken = 1;
    for word in &words[1..] {
        let too_long = text.chars().count() + 1 + word.text.chars().count() > MOST_CHARACTERS;
        if too_long || word.end - start > MOST_MS {
            break;
        }
        text.push(' ');
        text.push_str(&word.text);
        taken += 1;
    }
    (Caption { start, end: words[taken - 1].end, text }, taken)
}

/// Returns a transcript as WebVTT (W3C, 2019). `&`, `<` and `>` are written as entities, so that no text ends a caption or begins a tag.
pub fn webvtt(transcript: &[Phrase]) -> String {
    let mut out = String::from("WEBVTT\n");
    for caption in captions(transcript) {
        let text = one_line(&caption.text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = write!(out, "\n{} --> {}\n{text}\n", clock(caption.start, '.'), clock(caption.end, '.'));
    }
    out
}

/// Returns a transcript as SubRip.
pub fn subrip(transcript: &[Phrase]) -> String {
    let mut out = String::new();
    for (n, caption) in captions(transcript).iter().enumerate() {
        let text = one_line(&caption.text);
        let _ = write!(out, "{}\n{} --> {}\n{text}\n\n", n + 1, clock(caption.start, ','), clock(caption.end, ','));
    }
    out
}

/// Returns a transcript as text: a phrase a line, with the time at which it begins.
pub fn plain(transcript: &[Phrase]) -> String {
    let line = |phrase: &Phrase| {
        let start = phrase.words.first().map_or(phrase.start, |word| word.start);
        format!("{}  {}\n", &clock(start, '.')[..8], one_line(&phrase.text))
    };
    transcript.iter().map(line).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns hours, minutes, seconds and, after `point`, milliseconds.
fn clock(t: MediaTime, point: char) -> String {
    let ms = t.ms().max(0);
    format!("{:02}:{:02}:{:02}{point}{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(start: i64, text: &str) -> Phrase {
        let words: Vec<Word> = text
            .split(' ')
            .enumerate()
            .map(|(k, w)| {
                let start = MediaTime(start + k as i64 * 400);
                Word { text: w.to_owned(), start, end: start + 300, filler: false, logp: 0.0 }
            })
            .collect();
        let end = words.last().map_or(MediaTime(start), |word| word.end);
        let source = "test".to_owned();
        let (t, start, text) = (end + 2500, MediaTime(start), text.to_owned());
        Phrase { t, start, end, text, logp: 0.0, complete: true, source, words, heard: None }
    }

    #[test]
    fn captions_are_cut_at_words_and_never_overlap() {
        let long = phrase(1000, &vec!["deadline"; 60].join(" "));
        let found = captions(&[long, phrase(26_000, "Yes.")]);
        assert!(found.len() >= 5);
        assert!(found.iter().all(|c| c.text.chars().count() <= MOST_CHARACTERS && c.end - c.start <= MOST_MS));
        assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
        assert_eq!(
            found.last().map(|c| (c.start, c.end)),
            Some((MediaTime(26_000), MediaTime(27_000))),
            "shown for a second"
        );
    }

    #[test]
    fn text_cannot_break_out_of_a_caption() {
        let hostile = phrase(3_600_000, "<b>a\n\n00:00 --> 00:01 & b");
        let text = webvtt(std::slice::from_ref(&hostile));
        assert!(text.starts_with("WEBVTT\n\n01:00:00.000 --> "), "{text}");
        assert_eq!(text.matches(" --> ").count(), 1, "{text}");
        assert!(text.contains("&lt;b&gt;a 00:00 --&gt; 00:01 &amp; b"), "{text}");
        assert_eq!(subrip(&[hostile]).lines().count(), 4);
    }

    #[test]
    fn plain_text_has_a_line_for_each_phrase() {
        assert_eq!(
            plain(&[phrase(61_000, "Well, yes."), phrase(65_000, "No.")]),
            "00:01:01  Well, yes.\n00:01:05  No.\n"
        );
        assert_eq!((plain(&[]), subrip(&[]), webvtt(&[])), (String::new(), String::new(), "WEBVTT\n".to_owned()));
    }
}
