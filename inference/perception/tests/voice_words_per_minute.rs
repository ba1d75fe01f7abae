//! Words per minute from syllable nuclei, beside the words that were spoken: over windows as they are shown.
#![allow(clippy::disallowed_methods, reason = "reads recordings")]

mod voice_support;

use coach_core::journal::Line;
use coach_perception::voice::Tuning;
use std::path::Path;
use voice_support::{best_activity, data, json, listen, manifest, numbers, wav};

/// The distance between windows, s.
const STEP: f64 = 2.0;

/// One recording, or several in a row: when its words and nuclei begin, s.
struct Stream {
    name: String,
    words: Vec<f64>,
    nuclei: Vec<f64>,
    start: f64,
    end: f64,
}

impl Stream {
    /// Words per nucleus.
    fn factor(streams: &[&Stream]) -> f64 {
        let (words, nuclei) = streams.iter().fold((0, 0), |(w, n), s| (w + s.words.len(), n + s.nuclei.len()));
        words as f64 / nuclei as f64
    }

    /// Words and nuclei a minute of every window that lies within the speech.
    fn windows(&self, seconds: f64) -> Vec<(f64, f64)> {
        let starts = std::iter::successors(Some(self.start), |start| Some(start + STEP));
        let within = starts.take_while(|start| start + seconds <= self.end);
        let rate = |times: &[f64], start: f64| {
            times.iter().filter(|t| (start..start + seconds).contains(t)).count() as f64 * 60.0 / seconds
        };
        within.map(|start| (rate(&self.words, start), rate(&self.nuclei, start))).collect()
    }
}

fn nuclei(file: &Path) -> Vec<f64> {
    let lines = listen(&wav(file), best_activity(), Tuning::default());
    lines.iter().filter_map(|line| if let Line::Nucleus(n) = line { Some(n.at.seconds()) } else { None }).collect()
}

/// Starts of the words in the first tier of a TextGrid.
fn text_grid(path: &Path) -> Vec<f64> {
    let text = std::fs::read_to_string(path).expect("a TextGrid");
    let tier = text.split("\"IntervalTier\"").nth(1).expect("a tier of words");
    let lines: Vec<&str> = tier.lines().map(str::trim).skip(5).collect();
    let spoken = lines.chunks_exact(3).filter(|interval| interval[2].len() > 2);
    spoken.map(|interval| interval[0].parse().expect("a time")).collect()
}

/// A reading of two thirds of a minute, a monologue, and what is shorter, one after the other.
fn recordings(folder: &Path) -> Vec<Stream> {
    let known = json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/voice_words.json"));
    let words = |file: &str| match file {
        "mfa_cold_corpus" => text_grid(&folder.join("real/mfa_cold_corpus.TextGrid")),
        _ => numbers(&known["words"][file]),
    };
    let manifest = manifest(folder);
    let sense = ["libri_sense_0870", "libri_sense_0880", "libri_sense_0890", "libri_sense_0920"];
    let short = [&["jfk", "libri_61-70968-0000"][..], &sense].concat();
    let join = |name: &str, files: &[&str]| {
        let mut stream = Stream { name: name.to_owned(), words: vec![], nuclei: vec![], start: 0.0, end: 0.0 };
        for file in files {
            let path = format!("real/{file}.wav");
            let (spoken, found, begin) = (words(file), nuclei(&folder.join(&path)), stream.end);
            println!("{file}: {} words, {:.3} per nucleus", spoken.len(), spoken.len() as f64 / found.len() as f64);
            stream.words.extend(spoken.iter().map(|t| t + begin));
            stream.nuclei.extend(found.iter().map(|t| t + begin));
            stream.end += manifest[&path]["duration"].as_f64().expect("a duration");
        }
        // Silence at the ends belongs to nobody.
        stream.start = stream.words[0];
        stream.end = stream.nuclei.last().expect("speech") + 0.2;
        stream
    };
    vec![
        join("two_cities", &["two_cities_16k"]),
        join("mfa_cold_corpus", &["mfa_cold_corpus"]),
        join("the short ones", &short),
    ]
}

/// Errors in words a minute over windows; the factor is learnt from the other streams.
fn leave_one_out(streams: &[Stream], seconds: f64) -> Vec<f64> {
    let errors = streams.iter().flat_map(|stream| {
        let others: Vec<&Stream> = streams.iter().filter(|other| other.name != stream.name).collect();
        let factor = Stream::factor(&others);
        let of_stream = stream.windows(seconds).into_iter().map(move |(words, nuclei)| nuclei * factor - words);
        let errors: Vec<f64> = of_stream.collect();
        if !errors.is_empty() {
            println!(
                "  {}, {seconds} s: {} windows, factor {factor:.3}, mean error {:.1}, bias {:+.1} wpm",
                stream.name,
                errors.len(),
                mean(errors.iter().map(|e| e.abs())),
                mean(errors.iter().copied())
            );
        }
        errors
    });
    errors.collect()
}

fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    values.clone().sum::<f64>() / values.count() as f64
}

#[test]
fn over_twenty_and_thirty_seconds_the_pace_of_real_speech_is_right_to_a_few_words_a_minute() {
    let Some(folder) = data("words per minute beside known words") else { return };
    let streams = recordings(&folder);
    let factor = Stream::factor(&streams.iter().collect::<Vec<_>>());
    println!("all together {factor:.3} words per nucleus; insight takes 0.9");
    assert!((0.87..=0.93).contains(&factor), "the detector counts otherwise: insight's words per nucleus is wrong");
    for (seconds, bound) in [(20.0, 15.0), (30.0, 12.0)] {
        let errors = leave_one_out(&streams, seconds);
        let error = mean(errors.iter().map(|e| e.abs()));
        println!(
            "real speech, {seconds} s, leave one out: MAE {error:.1} wpm over {} windows (bound {bound})",
            errors.len()
        );
        let shown = streams.iter().flat_map(|s| s.windows(seconds)).map(|(words, nuclei)| (nuclei * 0.9 - words).abs());
        println!(
            "real speech, {seconds} s, with 0.9 words per nucleus: MAE {:.1} wpm",
            mean(shown.collect::<Vec<_>>().into_iter())
        );
        assert!(error <= bound);
    }
}

#[test]
fn synthetic_speech_in_windows() {
    let Some(folder) = data("words per minute of synthetic speech") else { return };
    let manifest = manifest(&folder);
    let rates = manifest.iter().filter(|(_, m)| m["kind"] == "espeak_rate");
    let streams: Vec<Stream> = rates
        .map(|(file, truth)| Stream {
            name: file.clone(),
            words: numbers(&truth["word_times"]),
            nuclei: nuclei(&folder.join(file)),
            start: truth["speech_start"].as_f64().expect("a start"),
            end: truth["speech_end"].as_f64().expect("an end"),
        })
        .collect();
    for (seconds, bound) in [(20.0, 15.0), (30.0, 12.0)] {
        let errors = leave_one_out(&streams, seconds);
        let error = mean(errors.iter().map(|e| e.abs()));
        println!("synthetic speech, {seconds} s, leave one out: MAE {error:.1} wpm over {} windows", errors.len());
        assert!(error <= bound);
    }
}
