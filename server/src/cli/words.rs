//! `coach words FILE`: what is said in a file, with the times of the words, as JSON on standard output.

use crate::analysis::models::Models;
use crate::analysis::offline::speech::{self, Heard};
use crate::analysis::words::Words;
use crate::config::{self, Config};
use anyhow::Context as _;
use coach_core::journal::{Phrase, Word};
use coach_media::file;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write down what is said in a file, with the times of the words, as JSON.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Any audio file, or a video with audio
    pub file: PathBuf,
}

/// What is printed.
#[derive(Serialize)]
struct Printed<'a> {
    model: &'static str,
    phrases: Vec<PrintedPhrase<'a>>,
}

#[derive(Serialize)]
struct PrintedPhrase<'a> {
    start_ms: i64,
    end_ms: i64,
    text: &'a str,
    logp: f32,
    complete: bool,
    words: Vec<PrintedWord<'a>>,
}

#[derive(Serialize)]
struct PrintedWord<'a> {
    text: &'a str,
    start_ms: i64,
    end_ms: i64,
    filler: bool,
    logp: f32,
}

impl<'a> From<&'a Phrase> for PrintedPhrase<'a> {
    fn from(phrase: &'a Phrase) -> PrintedPhrase<'a> {
        let word = |word: &'a Word| PrintedWord {
            text: &word.text,
            start_ms: word.start.ms(),
            end_ms: word.end.ms(),
            filler: word.filler,
            logp: word.logp,
        };
        PrintedPhrase {
            start_ms: phrase.start.ms(),
            end_ms: phrase.end.ms(),
            text: &phrase.text,
            logp: phrase.logp,
            complete: phrase.complete,
            words: phrase.words.iter().map(word).collect(),
        }
    }
}

/// Writes down the file's words and prints them.
///
/// # Errors
/// The file is not media or has no audio; a model is missing.
pub fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let name = args.file.display();
    anyhow::ensure!(args.file.exists(), "{name}: there is no such file");
    coach_media::init()?;
    // Asked for by name, so the setting for sessions does not count.
    let wanted = config::models::Config { words: config::models::Words::Auto, ..config.models.clone() };
    let models = Models::load(&wanted, &config.storage.data.join("cache"));
    let Some(words) = models.words() else {
        let missing = models.missing().iter().map(|m| format!("\n  {} ({})", m.what, m.cure));
        anyhow::bail!("words cannot be written down{}", missing.collect::<String>());
    };
    let phrases = phrases(&args.file, &models, words).with_context(|| name.to_string())?;
    let printed = Printed { model: words.source(), phrases: phrases.iter().map(PrintedPhrase::from).collect() };
    let mut to = std::io::stdout().lock();
    serde_json::to_writer(&mut to, &printed)?;
    writeln!(to)?;
    Ok(())
}

/// Listens and writes down in one pass.
fn phrases(path: &Path, models: &Models, words: &Words) -> anyhow::Result<Vec<Phrase>> {
    let mut phrases = Vec::new();
    speech::listen(path, file::Limits::default(), models, &mut |heard| {
        if let Heard::Segment(segment) = heard {
            phrases.extend(words.write(segment).map_err(anyhow::Error::msg)?);
        }
        Ok(())
    })?;
    Ok(phrases)
}
