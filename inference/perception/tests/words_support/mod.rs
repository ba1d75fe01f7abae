//! What the tests of words share: the recognizer, transcribing a file, counting wrong words.
#![allow(dead_code, clippy::disallowed_methods)]

use crate::voice_support::{Sound, data, manifest, silero, wav};
use coach_core::MediaTime;
use coach_core::journal::{Phrase, Word};
use coach_perception::runtime::Runtime;
use coach_perception::voice::Listener;
use coach_perception::words::{Files, Recognizer, Segment};
use coach_testing::{Need, not_checked};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The folder of models.
pub fn models() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::var_os("COACH_MODELS").map_or_else(|| root.join("models"), PathBuf::from)
}

/// The model's files: encoder, decoder, vocabulary. `None`, with a line that says so, where they are absent.
pub fn files(what: &str) -> Option<[Vec<u8>; 3]> {
    let names = ["encoder.onnx", "decoder.onnx", "vocabulary.json"];
    let read = names.map(|name| std::fs::read(models().join(format!("moonshine_tiny_en_{name}"))).ok());
    let [Some(encoder), Some(decoder), Some(vocabulary)] = read else {
        not_checked(Need::Models, what, "Moonshine is missing (`make setup`)");
        return None;
    };
    Some([encoder, decoder, vocabulary])
}

pub fn runtime(what: &str) -> Option<Runtime> {
    match Runtime::load(&models().join("libonnxruntime.so.1.32.0")) {
        Ok(runtime) => Some(runtime),
        Err(error) => {
            not_checked(Need::Models, what, error);
            None
        }
    }
}

/// The recognizer; `None`, with a line that says so, where the model is absent.
pub fn recognizer(what: &str) -> Option<Recognizer> {
    let [encoder, decoder, vocabulary] = files(what)?;
    let files = Files { encoder: &encoder, decoder: &decoder, vocabulary: &vocabulary };
    Some(Recognizer::load(&runtime(what)?, files).expect("the model of models.toml"))
}

/// The recognizer, the folder with voices and its manifest.
pub struct Bench {
    pub recognizer: Recognizer,
    pub folder: PathBuf,
    pub manifest: BTreeMap<String, serde_json::Value>,
}

impl Bench {
    pub fn find(what: &str) -> Option<Bench> {
        let folder = data(what)?;
        silero()?;
        let manifest = manifest(&folder);
        Some(Bench { recognizer: recognizer(what)?, folder, manifest })
    }

    pub fn file(&mut self, name: &str) -> Vec<Phrase> {
        let sound = wav(&self.folder.join(name));
        self.sound(&sound)
    }

    pub fn sound(&mut self, sound: &Sound) -> Vec<Phrase> {
        let segments = segments(sound, 480);
        segments.iter().filter_map(|s| self.recognizer.transcribe(s).expect("a working network")).collect()
    }

    pub fn truth(&self, name: &str) -> String {
        self.manifest[name]["transcript"].as_str().expect("a transcript").to_owned()
    }
}

/// The segments of a sound, pushed in blocks.
pub fn segments(sound: &Sound, block: usize) -> Vec<Segment> {
    let activity = silero().expect("asked for before");
    let mut listener = Listener::new(sound.rate_hz, activity, MediaTime::ZERO).expect("a rate in range");
    listener.collect_segments();
    for block in sound.samples.chunks(block) {
        listener.push(block, &mut |_| {}).expect("a working detector");
    }
    listener.finish(&mut |_| {}).expect("a working detector");
    std::iter::from_fn(|| listener.take_segment()).collect()
}

pub fn text(phrases: &[Phrase]) -> String {
    phrases.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join(" ")
}

pub fn words(phrases: &[Phrase]) -> Vec<&Word> {
    phrases.iter().flat_map(|p| &p.words).collect()
}

pub fn fillers(phrases: &[Phrase]) -> usize {
    words(phrases).iter().filter(|w| w.filler).count()
}

/// Words as they are compared: lower case, no punctuation, no fillers, numbers and titles spelled, contractions apart.
pub fn normal(text: &str) -> Vec<String> {
    let spelled = |word: &str| -> String {
        match word {
            "mr" => "mister",
            "mrs" => "missus",
            "alright" => "all right",
            "im" => "i am",
            "its" => "it is",
            "thats" => "that is",
            "2" => "two",
            "3" => "three",
            "4" => "four",
            "6" => "six",
            "half" => "half",
            other => other,
        }
        .to_owned()
    };
    let lower = text.to_lowercase().replace(['-', '\u{2014}'], " ").replace("'er", "her");
    let bare = lower.split_whitespace().map(|w| w.chars().filter(|c| c.is_alphanumeric()).collect::<String>());
    let kept = bare.filter(|w| !w.is_empty() && !coach_core::journal::is_filler(w));
    kept.flat_map(|w| spelled(&w).split(' ').map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// How many words differ (substitutions, insertions, deletions), and how many there are.
pub fn wrong(heard: &str, truth: &str) -> (usize, usize) {
    let (heard, truth) = (normal(heard), normal(truth));
    let mut row: Vec<usize> = (0..=heard.len()).collect();
    for (i, word) in truth.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in heard.iter().enumerate() {
            let best = (diagonal + usize::from(word != other)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], best);
        }
    }
    (row[heard.len()], truth.len())
}

/// Seconds this process spent on a CPU.
pub fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").expect("Linux with schedstat");
    text.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).expect("nanoseconds") * 1e-9
}
