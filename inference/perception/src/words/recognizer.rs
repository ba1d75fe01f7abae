//! Moonshine tiny English: turns a segment of speech into a phrase.

use super::cutter::Segment;
use super::decode::{self, Decoded, End, Heard, Steps};
use super::segment::{LONGEST_SAMPLES, WINDOW};
use super::times::{self, Attention};
use super::vocabulary::{self, Vocabulary};
use super::{SOURCE, graph};
use crate::runtime::{self, Changes, Runtime, Seq2Seq, Seq2SeqNames};
use coach_core::journal::{Phrase, Word, is_filler};
use sha2::{Digest, Sha256};

/// The SHA-256 of the files that were measured, as models.toml lists them: encoder, decoder, vocabulary.
const FILES: [(&str, &str); 3] = [
    ("moonshine_tiny_en_encoder.onnx", "c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a"),
    ("moonshine_tiny_en_decoder.onnx", "eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367"),
    ("moonshine_tiny_en_vocabulary.json", "b68b995a58b3373db6c4f46864a9db50cd1333d086150ffa2c1096581ede9c10"),
];

const LAYERS: usize = 6;
const HEADS: usize = 8;
const HEAD_SIZE: usize = 36;
/// The fewest samples that the encoder needs: 0.1 s.
const SHORTEST: usize = 1_600;
/// The 99.9th percentile to which a segment is amplified.
const LEVEL: f32 = 0.7;
/// The largest amplification: digital noise is no speech.
const MOST_GAIN: f32 = 1_000.0;
/// The largest value of silence, below the last bit of 16-bit audio.
const SILENCE: f32 = 1e-5;
/// The probability from which a window is speech.
const SPEECH: f32 = 0.5;
/// How often a segment that ends in a loop is cut in two, and the shortest piece that is cut, samples: 2 s.
const MOST_CUTS: u32 = 2;
const LEAST_CUT: usize = 32_000;

/// Why no words can be recognized.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{file} is another file or damaged (SHA-256 {found}, needed is {expected}): run `make setup`")]
    OtherFile { file: &'static str, found: String, expected: &'static str },
    #[error("the networks cannot be prepared: {0}")]
    Graph(#[from] graph::Error),
    #[error("the vocabulary cannot be used: {0}")]
    Vocabulary(#[from] vocabulary::Error),
    #[error(transparent)]
    Runtime(#[from] runtime::Error),
    #[error("a segment of {0} samples is too long: give at most {max}", max = LONGEST_SAMPLES)]
    TooLong(usize),
}

/// The three files of the model.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    pub encoder: &'a [u8],
    pub decoder: &'a [u8],
    pub vocabulary: &'a [u8],
}

/// Recognizes segments of speech, one at a time, on the thread that owns it.
pub struct Recognizer {
    network: Seq2Seq,
    vocabulary: Vocabulary,
}

impl Recognizer {
    /// Loads the model, which takes about 0.1 GB of memory.
    ///
    /// # Errors
    /// The files are not those of models.toml, or ONNX Runtime refuses them.
    pub fn load(runtime: &Runtime, files: Files<'_>) -> Result<Recognizer, Error> {
        for (bytes, (file, expected)) in [files.encoder, files.decoder, files.vocabulary].into_iter().zip(FILES) {
            let found: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            if found != expected {
                return Err(Error::OtherFile { file, found, expected });
            }
        }
        let vocabulary = Vocabulary::read(files.vocabulary)?;
        let (mut encoder, decoder) = (files.encoder.to_vec(), graph::attention_outputs(files.decoder)?);
        let mut decoder = graph::output_layer_in_integers(&decoder)?;
        if has_vnni() {
            (encoder, decoder) = (graph::signed_weights(&encoder)?, graph::signed_weights(&decoder)?);
        }
        let network = Seq2Seq::new(runtime, &encoder, &decoder, names())?;
        Ok(Recognizer { network, vocabulary })
    }

    /// Recognizes a segment. Returns `None` where no word was said. `t`, the time from which the phrase counts, is the
    /// segment's [`Segment::known`].
    ///
    /// # Errors
    /// [`Error::TooLong`]: the segment is too long. Otherwise the network failed.
    pub fn transcribe(&mut self, segment: &Segment) -> Result<Option<Phrase>, Error> {
        if segment.samples.len() > LONGEST_SAMPLES {
            return Err(Error::TooLong(segment.samples.len()));
        }
        let mut heard = Transcript { complete: true, ..Transcript::default() };
        let Some(samples) = leveled(&segment.samples) else { return Ok(None) };
        self.write(&samples, &segment.probabilities, 0, MOST_CUTS, &mut heard)?;
        if heard.words.is_empty() {
            return Ok(None);
        }
        let at = |sample: f32| (segment.start + (sample / 16.0).round() as i64).min(segment.end);
        let words = heard.words.into_iter().map(|word| Word {
            filler: is_filler(&word.text),
            text: word.text,
            start: at(word.start),
            end: at(word.end),
            logp: word.logp,
        });
        Ok(Some(Phrase {
            t: segment.known,
            start: segment.start,
            end: segment.end,
            text: heard.text.join(" "),
            logp: (heard.logp_sum / heard.tokens.max(1) as f64) as f32,
            complete: heard.complete,
            source: SOURCE.to_owned(),
            words: words.collect(),
            heard: None,
        }))
    }

    /// Decodes samples that begin at sample `offset` of the segment. Where decoding ends in a loop, both halves are
    /// decoded.
    fn write(
        &mut self,
        samples: &[f32],
        probabilities: &[f32],
        offset: usize,
        cuts: u32,
        to: &mut Transcript,
    ) -> Result<(), Error> {
        if samples.len() < SHORTEST {
            return Ok(());
        }
        let frames = self.network.read(samples)?;
        let attention = Attention::new(graph::ALIGNED_LAYERS.len() * HEADS, frames);
        let mut steps = Running { network: &mut self.network, attention, frames };
        let speech = probabilities.iter().filter(|&&p| p >= SPEECH).count();
        let heard =
            Heard { audio_s: samples.len() as f32 / 16_000.0, speech_s: speech as f32 * WINDOW as f32 / 16_000.0 };
        let decoded = decode::decode(&mut steps, heard, self.vocabulary.fillers())?;
        if decoded.end == End::Loop && cuts > 0 && samples.len() >= LEAST_CUT {
            let window = weakest(probabilities);
            let at = (window * WINDOW as usize).min(samples.len());
            let (before, after) = probabilities.split_at(window);
            self.write(&samples[..at], before, offset, cuts - 1, to)?;
            return self.write(&samples[at..], after, offset + at, cuts - 1, to);
        }
        let starts = steps.attention.starts();
        to.add(&decoded, &self.vocabulary, &starts, probabilities, (offset, samples.len()));
        Ok(())
    }
}

/// The words of a segment so far.
#[derive(Debug, Default)]
struct Transcript {
    text: Vec<String>,
    words: Vec<Timed>,
    logp_sum: f64,
    tokens: usize,
    complete: bool,
}

#[derive(Debug)]
struct Timed {
    text: String,
    /// The start of the segment, samples.
    start: f32,
    end: f32,
    logp: f32,
}

impl Transcript {
    /// Adds what was decoded of `length` samples from `offset` on.
    fn add(
        &mut self,
        decoded: &Decoded,
        vocabulary: &Vocabulary,
        starts: &[f32],
        probabilities: &[f32],
        (offset, length): (usize, usize),
    ) {
        self.complete &= decoded.end == End::Said;
        let pieces = vocabulary.words(&decoded.tokens);
        if pieces.is_empty() {
            return;
        }
        self.logp_sum += decoded.logp.iter().map(|&p| f64::from(p)).sum::<f64>();
        self.tokens += decoded.logp.len();
        self.text.push(vocabulary.text(&decoded.tokens).trim().to_owned());
        let start = |token: usize| starts.get(token).copied().unwrap_or(length as f32).min(length as f32);
        for piece in pieces {
            let logp = &decoded.logp[piece.first..=piece.last];
            let begin = times::out_of_pause(start(piece.first), probabilities);
            let end = times::end_of_word(begin, start(piece.last + 1).max(begin), probabilities);
            self.words.push(Timed {
                text: piece.text,
                start: begin + offset as f32,
                end: end + offset as f32,
                logp: logp.iter().sum::<f32>() / logp.len() as f32,
            });
        }
    }
}

/// The network while it decodes, and the attention of its steps.
struct Running<'n> {
    network: &'n mut Seq2Seq,
    attention: Attention,
    frames: usize,
}

impl Steps for Running<'_> {
    type Error = runtime::Error;

    fn step(&mut self, token: u32) -> Result<(), runtime::Error> {
        self.network.step(token)?;
        if self.frames > 0 {
            self.network.attention().chunks(self.frames).for_each(|head| self.attention.push(head));
        }
        Ok(())
    }

    fn scores(&self) -> &[f32] {
        self.network.logits()
    }
}

/// Amplifies a segment so that its 99.9th percentile is [`LEVEL`]; values that are not numbers become silence. `None`:
/// the segment is silent.
fn leveled(samples: &[f32]) -> Option<Vec<f32>> {
    let clean = |x: f32| if x.is_finite() { x } else { 0.0 };
    let mut sizes: Vec<f32> = samples.iter().map(|&x| clean(x).abs()).collect();
    let rank = sizes.len() * 999 / 1000;
    if rank >= sizes.len() {
        return None;
    }
    let (_, &mut top, _) = sizes.select_nth_unstable_by(rank, f32::total_cmp);
    let gain = (LEVEL / top.max(f32::MIN_POSITIVE)).min(MOST_GAIN);
    (top > SILENCE).then(|| samples.iter().map(|&x| (clean(x) * gain).clamp(-8.0, 8.0)).collect())
}

/// Returns the window of lowest probability in the middle half.
fn weakest(probabilities: &[f32]) -> usize {
    let n = probabilities.len();
    (n / 4..n - n / 4).min_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b])).unwrap_or(n / 2)
}

/// Returns whether signed weights are exact on this processor; see [`graph::signed_weights`].
pub(super) fn has_vnni() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        std::arch::is_x86_feature_detected!("avx512vnni") || std::arch::is_x86_feature_detected!("avxvnni")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        false
    }
}

pub(super) fn names() -> Seq2SeqNames {
    let mut cache = Vec::new();
    for layer in 0..LAYERS {
        for (side, changes) in [("decoder", Changes::EveryStep), ("encoder", Changes::FirstStep)] {
            for kind in ["key", "value"] {
                let name = format!("{layer}.{side}.{kind}");
                cache.push((format!("past_key_values.{name}"), format!("present.{name}"), changes));
            }
        }
    }
    Seq2SeqNames {
        model: "moonshine_tiny_en",
        encoder_input: "input_values",
        hidden: "encoder_hidden_states",
        tokens: "input_ids",
        use_cache: "use_cache_branch",
        logits: "logits",
        cache,
        cache_shape: [HEADS, HEAD_SIZE],
        attention: graph::ALIGNED_LAYERS.map(graph::attention_name).to_vec(),
    }
}
