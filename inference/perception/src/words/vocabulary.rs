//! Moonshine's vocabulary: converts token ids to text, and knows the tokens that begin um and uh.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The largest vocabulary file, bytes, and the most tokens.
const MAX_FILE: usize = 16 << 20;
const MAX_TOKENS: usize = 1 << 17;
/// The character in a piece that stands for the space before a word.
const SPACE: char = '\u{2581}';

/// Why a file is no vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("it is larger than a vocabulary can be")]
    TooLarge,
    #[error("it is no vocabulary: {0}")]
    Json(String),
    #[error("it is another vocabulary: it has no {0:?}")]
    Another(&'static str),
}

/// What a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// Text; a leading space begins a word.
    Text(String),
    /// One byte of a character that has no token of its own.
    Byte(u8),
    /// No text: the tokens of beginning and end, and ids that are not used.
    Special,
}

/// The tokens of um and uh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FillerTokens {
    /// The tokens that begin one: " um", " Um", " u" and " U".
    pub first: Vec<u32>,
    /// All tokens that belong to one.
    pub any: Vec<u32>,
}

/// The place of a word in a list of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piecewise {
    pub text: String,
    /// The indices of its first and its last token.
    pub first: usize,
    pub last: usize,
}

/// The text pieces by token id.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    pieces: Vec<Piece>,
    fillers: FillerTokens,
}

#[derive(Deserialize)]
struct File {
    model: Model,
    #[serde(default)]
    added_tokens: Vec<Added>,
}

#[derive(Deserialize)]
struct Model {
    vocab: BTreeMap<String, u32>,
}

#[derive(Deserialize)]
struct Added {
    id: u32,
}

impl Vocabulary {
    /// Reads a `tokenizer.json` of Hugging Face's tokenizers with byte fallback.
    ///
    /// # Errors
    /// The file is something else, or it has no tokens for um and uh.
    pub fn read(json: &[u8]) -> Result<Vocabulary, Error> {
        if json.len() > MAX_FILE {
            return Err(Error::TooLarge);
        }
        let file: File = serde_json::from_slice(json).map_err(|e| Error::Json(e.to_string()))?;
        let ids = &file.model.vocab;
        let tokens = ids.values().max().map_or(0, |&id| id as usize + 1);
        if tokens > MAX_TOKENS {
            return Err(Error::TooLarge);
        }
        let special: BTreeSet<u32> = file.added_tokens.iter().map(|token| token.id).collect();
        let mut pieces = vec![Piece::Special; tokens];
        for (text, &id) in ids.iter().filter(|(_, id)| !special.contains(id)) {
            pieces[id as usize] = byte(text).map_or_else(|| Piece::Text(text.replace(SPACE, " ")), Piece::Byte);
        }
        let id = |piece: &'static str| ids.get(piece).copied().ok_or(Error::Another(piece));
        let first = vec![id("\u{2581}um")?, id("\u{2581}Um")?, id("\u{2581}u")?, id("\u{2581}U")?];
        let any = [&first[..], &[id("h")?]].concat();
        Ok(Vocabulary { pieces, fillers: FillerTokens { first, any } })
    }

    /// Returns the tokens of um and uh.
    pub fn fillers(&self) -> &FillerTokens {
        &self.fillers
    }

    fn piece(&self, token: u32) -> &Piece {
        self.pieces.get(token as usize).unwrap_or(&Piece::Special)
    }

    /// Returns the text of tokens, without the space before its first word. Bytes that make no character become U+FFFD.
    pub fn text(&self, tokens: &[u32]) -> String {
        let mut bytes = Vec::with_capacity(4 * tokens.len());
        for &token in tokens {
            match self.piece(token) {
                Piece::Text(text) => bytes.extend_from_slice(text.as_bytes()),
                Piece::Byte(byte) => bytes.push(*byte),
                Piece::Special => {}
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.strip_prefix(' ').map_or_else(|| text.clone(), str::to_owned)
    }

    /// Returns the words of tokens. A word begins at a token with a leading space, or at the first.
    pub fn words(&self, tokens: &[u32]) -> Vec<Piecewise> {
        let mut spans: Vec<(usize, usize)> = Vec::new();
        for (k, &token) in tokens.iter().enumerate() {
            match (self.piece(token), spans.last_mut()) {
                (Piece::Special, _) => {}
                (Piece::Text(text), _) if text.starts_with(' ') => spans.push((k, k)),
                (_, Some((_, last))) => *last = k,
                (_, None) => spans.push((k, k)),
            }
        }
        let word = |(first, last): (usize, usize)| {
            let text = self.text(&tokens[first..=last]).trim().to_owned();
            (!text.is_empty()).then_some(Piecewise { text, first, last })
        };
        spans.into_iter().filter_map(word).collect()
    }
}

/// Returns the byte that a piece like "<0x41>" stands for.
fn byte(piece: &str) -> Option<u8> {
    let digits = piece.strip_prefix("<0x")?.strip_suffix('>')?;
    (digits.len() == 2).then(|| u8::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Vocabulary {
        let pieces = [
            "<s>",
            "\u{2581}um",
            "\u{2581}Um",
            "\u{2581}u",
            "\u{2581}U",
            "h",
            "\u{2581}caf",
            "<0xC3>",
            "<0xA9>",
            ",",
            "\u{2581}",
        ];
        let vocab: BTreeMap<&str, usize> = pieces.iter().enumerate().map(|(id, piece)| (*piece, id)).collect();
        let file = serde_json::json!({ "model": { "vocab": vocab }, "added_tokens": [{ "id": 0 }] });
        Vocabulary::read(file.to_string().as_bytes()).expect("a vocabulary")
    }

    #[test]
    fn tokens_become_text_with_bytes_joined_and_special_ones_left_out() {
        let vocabulary = small();
        assert_eq!(vocabulary.text(&[0, 4, 5, 9, 6, 7, 8]), "Uh, café");
        assert_eq!(vocabulary.text(&[6, 7]), "caf\u{FFFD}", "half a character");
        assert_eq!(vocabulary.text(&[9999]), "", "no such token");
    }

    #[test]
    fn words_know_their_tokens() {
        let words = small().words(&[0, 4, 5, 9, 6, 7, 8, 10]);
        let found: Vec<_> = words.iter().map(|w| (w.text.as_str(), w.first, w.last)).collect();
        assert_eq!(found, [("Uh,", 1, 3), ("café", 4, 6)]);
    }

    #[test]
    fn another_file_is_refused_with_the_reason() {
        assert!(matches!(Vocabulary::read(b"{}"), Err(Error::Json(_))));
        assert_eq!(Vocabulary::read(br#"{"model":{"vocab":{"a":0}}}"#).err(), Some(Error::Another("\u{2581}um")));
        assert_eq!(Vocabulary::read(br#"{"model":{"vocab":{"a":4000000000}}}"#).err(), Some(Error::TooLarge));
        assert_eq!(Vocabulary::read(&vec![b' '; MAX_FILE + 1]).err(), Some(Error::TooLarge));
    }
}
