//! An encoder and a decoder with a cache: the encoder reads the input once, the decoder writes one token after the
//! other.

use super::{Error, Runtime};
use ort::memory::Allocator;
use ort::session::{RunOptions, Session, SessionInputValue};
use ort::value::{DynValue, Tensor, TensorRef};
use std::borrow::Cow;

/// Keeps ONNX Runtime from replacing dequantization by multiplications in floats: a decoder step takes a fifth less
/// time.
const OPTIONS: [(&str, &str); 1] = [("session.disable_quant_qdq", "1")];
/// Gives the encoder's memory back after every run: it grows with the square of the input.
const GIVE_BACK: (&str, &str) = ("memory.enable_memory_arena_shrinkage", "cpu:0");

/// Names and sizes of the inputs and outputs of both networks.
#[derive(Debug, Clone)]
pub struct Seq2SeqNames {
    /// The name of the model in error messages.
    pub model: &'static str,
    /// The encoder's input, `f32 [1, samples]`.
    pub encoder_input: &'static str,
    /// The decoder's input for the output of the encoder.
    pub hidden: &'static str,
    pub tokens: &'static str,
    pub use_cache: &'static str,
    pub logits: &'static str,
    /// Inputs and outputs of the cache, and when a step changes them.
    pub cache: Vec<(String, String, Changes)>,
    /// Heads and size of an entry of the cache.
    pub cache_shape: [usize; 2],
    /// Outputs `f32 [1, heads, 1, frames]` that are kept for each step.
    pub attention: Vec<String>,
}

/// When an entry of the cache changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changes {
    EveryStep,
    FirstStep,
}

/// The two networks and the state of the sequence that is being written.
pub struct Seq2Seq {
    names: Seq2SeqNames,
    encoder: Session,
    decoder: Session,
    give_back: RunOptions,
    hidden: Option<DynValue>,
    /// The cache in the order of the names; empty before the first step.
    past: Vec<DynValue>,
    logits: Vec<f32>,
    attention: Vec<f32>,
}

impl Seq2Seq {
    /// Creates both sessions.
    ///
    /// # Errors
    /// [`Error::Model`]: ONNX Runtime refuses one of the networks.
    pub fn new(runtime: &Runtime, encoder: &[u8], decoder: &[u8], names: Seq2SeqNames) -> Result<Seq2Seq, Error> {
        let session = |onnx: &[u8]| runtime.session_with(names.model, onnx, &OPTIONS);
        let (encoder, decoder) = (session(encoder)?, session(decoder)?);
        let give_back = || -> ort::Result<RunOptions> {
            let mut options = RunOptions::new()?;
            options.set(GIVE_BACK.0, GIVE_BACK.1)?;
            Ok(options)
        };
        let refused = |e: ort::Error| Error::Model { model: names.model.to_owned(), reason: e.to_string() };
        let give_back = give_back().map_err(refused)?;
        let (past, logits, attention) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Seq2Seq { names, encoder, decoder, give_back, hidden: None, past, logits, attention })
    }

    /// Reads `input`, which later steps write about. Returns how many frames the encoder made of it.
    ///
    /// # Errors
    /// [`Error::Run`]: the encoder failed.
    pub fn read(&mut self, input: &[f32]) -> Result<usize, Error> {
        self.past.clear();
        self.hidden = None;
        let mut read = || -> ort::Result<(DynValue, usize)> {
            let value = TensorRef::from_array_view(([1usize, input.len()], input))?;
            let inputs = ort::inputs![self.names.encoder_input => value];
            let mut outputs = self.encoder.run_with_options(inputs, &self.give_back)?;
            let name = outputs.keys().next().unwrap_or_default().to_owned();
            let hidden = outputs.remove(&name).ok_or_else(|| ort::Error::new("the encoder gives nothing"))?;
            let frames = hidden.shape().get(1).map_or(0, |&n| n.max(0) as usize);
            Ok((hidden, frames))
        };
        let (hidden, frames) = read().map_err(|e| failed(self.names.model, &e))?;
        self.hidden = Some(hidden);
        Ok(frames)
    }

    /// Writes the token after `token`.
    ///
    /// # Errors
    /// [`Error::Run`]: the decoder failed, or nothing was read yet.
    pub fn step(&mut self, token: u32) -> Result<(), Error> {
        self.try_step(token).map_err(|e| failed(self.names.model, &e))
    }

    fn try_step(&mut self, token: u32) -> ort::Result<()> {
        let Seq2Seq { names, decoder, hidden, past, .. } = self;
        let hidden = hidden.as_ref().ok_or_else(|| ort::Error::new("nothing was read"))?;
        let first = past.is_empty();
        if first {
            // A cache with a batch size of 0 is an empty one.
            let shape = [0, names.cache_shape[0], 1, names.cache_shape[1]];
            for _ in &names.cache {
                past.push(Tensor::<f32>::new(&Allocator::default(), shape)?.into_dyn());
            }
        }
        let ids = Tensor::from_array(([1usize, 1], vec![i64::from(token)]))?;
        let use_cache = Tensor::from_array(([1usize], vec![!first]))?;
        let mut inputs: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = Vec::with_capacity(names.cache.len() + 3);
        inputs.push((names.tokens.into(), (&ids).into()));
        inputs.push((names.use_cache.into(), (&use_cache).into()));
        inputs.push((names.hidden.into(), hidden.into()));
        for ((name, _, _), value) in names.cache.iter().zip(past.iter()) {
            inputs.push((name.as_str().into(), value.into()));
        }
        let mut outputs = decoder.run(inputs)?;
        let (_, logits) = outputs[names.logits].try_extract_tensor::<f32>()?;
        self.logits.clear();
        self.logits.extend_from_slice(logits);
        self.attention.clear();
        for name in &names.attention {
            let (_, rows) = outputs[name.as_str()].try_extract_tensor::<f32>()?;
            self.attention.extend_from_slice(rows);
        }
        for ((_, name, changes), value) in names.cache.iter().zip(past.iter_mut()) {
            if first || *changes == Changes::EveryStep {
                let missing = || ort::Error::new(format!("the decoder gives no {name}"));
                *value = outputs.remove(name).ok_or_else(missing)?;
            }
        }
        Ok(())
    }

    /// Returns the scores of the next token, from the last step.
    pub fn logits(&self) -> &[f32] {
        &self.logits
    }

    /// Returns the attention outputs of the last step, one after the other.
    pub fn attention(&self) -> &[f32] {
        &self.attention
    }
}

fn failed(model: &str, error: &ort::Error) -> Error {
    Error::Run { model: model.to_owned(), reason: error.to_string() }
}
