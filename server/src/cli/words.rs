//! `coach words FILE`: what is said in a file, with the times of the words, as JSON on standard output.

use crate::analysis::models::Models;
use crate::analysis::offline::audio_track;
use crate::analysis::words::Words;
use crate::config::{self, Config};
use anyhow::Context as _;
use coach_core::journal::{Phrase, Word};
use coach_media::process::Decoding;
use coach_media::{Item, Track, decode, file};
use coach_perception::voice::Listener;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

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

/// Decodes, listens and writes down in one pass, so that a file of hours needs no more memory than one of minutes.
fn phrases(path: &Path, models: &Models, words: &Words) -> anyhow::Result<Vec<Phrase>> {
    let decoding = Decoding::new();
    let (mut source, _) = audio_track::open(&decoding, path, file::Limits::default(), &|| models.activity())?;
    let format = source.formats().audio.clone().context("the file has no audio")?;
    let (post, blocks) = mpsc::channel();
    let mut decoder = decoding.audio(&format, move |block| drop(post.send(block)))?;
    let mut written = Written { models, words, listener: None, phrases: Vec::new() };
    while let Some(item) = source.next()? {
        if let Item::Unit(Track::Audio, unit) = item {
            decoder.push_blocking(&unit)?;
            blocks.try_iter().try_for_each(|block| written.hear(&block))?;
        }
    }
    decoder.flush()?;
    drop(decoder);
    blocks.iter().try_for_each(|block| written.hear(&block))?;
    written.finish()
}

/// A file's words so far.
struct Written<'a> {
    models: &'a Models,
    words: &'a Words,
    listener: Option<Listener>,
    phrases: Vec<Phrase>,
}

impl Written<'_> {
    fn hear(&mut self, block: &decode::AudioBlock) -> anyhow::Result<()> {
        let listener = match &mut self.listener {
            Some(listener) => listener,
            None => {
                let mut new = Listener::new(block.rate_hz, self.models.activity(), block.t)?;
                new.collect_segments();
                self.listener.insert(new)
            }
        };
        if let Some(lost) = block.lost {
            listener.gap(lost.span.end, lost.reason, &mut |_| {})?;
        }
        listener.push(&block.samples, &mut |_| {})?;
        self.write_down()
    }

    fn write_down(&mut self) -> anyhow::Result<()> {
        while let Some(segment) = self.listener.as_mut().and_then(Listener::take_segment) {
            self.phrases.extend(self.words.write(segment).map_err(anyhow::Error::msg)?);
        }
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<Vec<Phrase>> {
        if let Some(listener) = &mut self.listener {
            listener.finish(&mut |_| {})?;
        }
        self.write_down()?;
        Ok(self.phrases)
    }
}
