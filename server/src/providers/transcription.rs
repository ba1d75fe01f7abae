//! Any server that writes speech down as OpenAI's `/audio/transcriptions` does. Servers differ in what they return: words with times,
//! segments with times, or text alone; each is taken as far as it makes sense.

use super::outbound::{Failure, Form, Outbound};
use super::stretch::Stretch;
use crate::config::providers::Config;
use anyhow::Context as _;
use axum::http::Method;
use serde_json::Value;
use std::time::Duration;

/// The kind of job that asks it.
pub const JOB: &str = "transcribe";
/// Most characters of a word; what is longer is none.
const WORD_MAX: usize = 60;

/// A recognizer elsewhere.
#[derive(Debug, Clone)]
pub struct Transcriber {
    outbound: Outbound,
    model: String,
    language: String,
}

/// What a recognizer answers. Times are seconds from the beginning of what was sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    pub text: String,
    /// Empty: the server gives no times of words.
    pub words: Vec<Timed>,
    /// Empty: the server gives no times of segments.
    pub segments: Vec<Timed>,
}

/// A text with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Timed {
    pub text: String,
    pub start_s: f64,
    pub end_s: f64,
    /// Mean natural logarithm of the probabilities of its tokens, where it is known.
    pub logp: Option<f64>,
}

impl Transcriber {
    /// Returns the recognizer that the operator has set.
    ///
    /// # Errors
    /// The machine has no trusted root certificates, or the key cannot be sent.
    pub fn new(config: &Config) -> anyhow::Result<Option<Transcriber>> {
        let Some(url) = &config.transcription_url else { return Ok(None) };
        let within = Duration::from_secs(config.timeout_s.into());
        let outbound =
            Outbound::bearer(url, config.transcription_key.as_deref(), within).context("providers.transcription")?;
        let (model, language) = (config.transcription_model.clone(), config.transcription_language.clone());
        Ok(Some(Transcriber { outbound, model, language }))
    }

    /// Returns the name under which reports and journals know it.
    pub fn source(&self) -> &str {
        &self.model
    }

    /// Sends a stretch of speech and returns what was said in it.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn transcribe(&self, stretch: &Stretch) -> Result<Answer, Failure> {
        let wav = stretch.wav();
        let with_times = match self.ask(&wav, true).await {
            // Some models give text alone, and refuse to be asked for more.
            Err(failure) if failure.is_unknown_wish() => None,
            answer => Some(answer?),
        };
        let answer = match with_times {
            Some(answer) => answer,
            None => self.ask(&wav, false).await?,
        };
        read(&answer).ok_or_else(|| Failure::refused("its answer is no transcript in JSON"))
    }

    async fn ask(&self, wav: &[u8], times: bool) -> Result<bytes::Bytes, Failure> {
        let mut form = Form::new().file("file", "speech.wav", "audio/wav", wav).text("model", &self.model);
        if !self.language.is_empty() {
            form = form.text("language", &self.language);
        }
        form = match times {
            // Both are asked for: some servers give one, some the other.
            true => form
                .text("response_format", "verbose_json")
                .text("timestamp_granularities[]", "word")
                .text("timestamp_granularities[]", "segment"),
            false => form.text("response_format", "json"),
        };
        self.outbound.send(Method::POST, "/audio/transcriptions", form.finish()).await
    }
}

/// Reads an answer; `None`: it is no JSON with a text. Times that are no numbers are left out with their words.
fn read(answer: &[u8]) -> Option<Answer> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let list = |name: &str, text: &str| {
        let all = answer[name].as_array().map(Vec::as_slice).unwrap_or_default();
        let found: Vec<Timed> = all.iter().filter_map(|item| timed(item, text)).collect();
        // One that cannot be read makes the others doubtful.
        if found.len() == all.len() { found } else { Vec::new() }
    };
    let segments = list("segments", "text");
    let text = match answer["text"].as_str() {
        Some(text) => plain(text),
        None if segments.is_empty() => return None,
        None => segments.iter().map(|segment| segment.text.as_str()).collect::<Vec<_>>().join(" "),
    };
    Some(Answer { text, words: list("words", "word"), segments })
}

fn timed(item: &Value, text: &str) -> Option<Timed> {
    let seconds = |name: &str| item[name].as_f64().filter(|s| s.is_finite());
    Some(Timed {
        text: plain(item[text].as_str()?),
        start_s: seconds("start")?,
        end_s: seconds("end")?,
        logp: item["avg_logprob"].as_f64().filter(|p| p.is_finite() && *p <= 0.0),
    })
}

/// Returns the text with single spaces, without control characters, and without what is too long to be a word.
fn plain(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().filter(|word| word.chars().count() <= WORD_MAX).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_servers_return_is_read_as_far_as_it_makes_sense() {
        let read = |text: &str| read(text.as_bytes());
        let full = read(r#"{"task":"transcribe","text":" We moved. ","words":[{"word":"We","start":0.1,"end":0.3},{"word":"moved","start":0.4,"end":0.9}],
            "segments":[{"id":0,"start":0.0,"end":1.0,"text":" We moved.","avg_logprob":-0.2,"tokens":[1]}]}"#).unwrap();
        assert_eq!((full.text.as_str(), full.words.len(), full.segments[0].logp), ("We moved.", 2, Some(-0.2)));
        for (name, text) in [
            ("null", r#"{"text":"a b","words":null,"segments":null}"#),
            ("alone", r#"{"text":"a b"}"#),
            ("odd", r#"{"text":"a b","words":"no","segments":{"a":1}}"#),
            (
                "no times",
                r#"{"text":"a b","words":[{"word":"a","start":"0","end":1}],"segments":[{"text":"a b","start":null,"end":2}]}"#,
            ),
        ] {
            assert_eq!(read(text), Some(Answer { text: "a b".into(), ..Answer::default() }), "{name}");
        }
        let segments = read(r#"{"segments":[{"text":"a","start":0,"end":1},{"text":"b","start":1,"end":2}]}"#).unwrap();
        assert_eq!(segments.text, "a b");
        for text in [
            "",
            "null",
            "[]",
            "\"text\"",
            "{}",
            "<html>",
            r#"{"error":{"message":"no"}}"#,
            r#"{"text":7}"#,
            "{\"text\":\"a",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        let odd = read(&format!(r#"{{"text":"a\u0000\u001b[31m {} b"}}"#, "x".repeat(1000))).unwrap();
        assert_eq!(odd.text, "a [31m b", "no control characters, and no word of a thousand letters");
    }
}
