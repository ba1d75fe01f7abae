//! Silero VAD on ONNX Runtime: a probability for each 32 ms, from the samples and a state that is carried along.

use crate::runtime::{self, Runtime};
use ort::session::Session;
use ort::value::TensorRef;
use std::collections::VecDeque;

const WINDOW: usize = 512;
/// The samples of the previous window that the network also reads.
const CONTEXT: usize = 64;
const STATE: usize = 2 * 128;
/// The number of windows whose answers stay readable.
const HELD: usize = 32;
/// The number of silent windows (half a second) after which the network is not run until there is sound again.
const ASLEEP_AFTER: u32 = 16;

pub struct Silero {
    session: Session,
    /// The context, followed by the window that is being filled.
    input: [f32; CONTEXT + WINDOW],
    filled: usize,
    state: [f32; STATE],
    silent: u32,
    answers: VecDeque<f32>,
    /// The number of windows so far.
    heard: i64,
}

impl Silero {
    pub fn new(runtime: &Runtime, onnx: &[u8]) -> Result<Silero, runtime::Error> {
        let session = runtime.session("silero_vad", onnx)?;
        let mut silero = Silero {
            session,
            input: [0.0; CONTEXT + WINDOW],
            filled: 0,
            state: [0.0; STATE],
            silent: 0,
            answers: VecDeque::with_capacity(HELD + 1),
            heard: 0,
        };
        // A first run warms the network up, and fails at once when the bytes are another model.
        silero.ask()?;
        silero.forget();
        Ok(silero)
    }

    fn forget(&mut self) {
        self.state.fill(0.0);
        self.input[..CONTEXT].fill(0.0);
    }

    /// Takes samples. Returns the answer of the last window that they complete.
    pub fn push(&mut self, mut samples: &[f32]) -> Result<Option<f32>, runtime::Error> {
        let mut newest = None;
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(WINDOW - self.filled));
            let at = CONTEXT + self.filled;
            self.input[at..at + now.len()].copy_from_slice(now);
            self.filled += now.len();
            samples = later;
            if self.filled == WINDOW {
                self.filled = 0;
                let silent = self.input[CONTEXT..].iter().all(|&x| x == 0.0);
                self.silent = if silent { self.silent.saturating_add(1) } else { 0 };
                let answer = if self.silent > ASLEEP_AFTER {
                    self.forget();
                    0.0
                } else {
                    self.ask()?
                };
                self.input.copy_within(WINDOW.., 0);
                if self.answers.len() == HELD {
                    self.answers.pop_front();
                }
                self.answers.push_back(answer);
                self.heard += 1;
                newest = Some(answer);
            }
        }
        Ok(newest)
    }

    fn ask(&mut self) -> Result<f32, runtime::Error> {
        let failed = |reason: String| runtime::Error::Run { model: "silero_vad".to_owned(), reason };
        let run = |session: &mut Session, input: &[f32], state: &mut [f32]| -> ort::Result<Option<f32>> {
            let outputs = session.run(ort::inputs![
                "input" => TensorRef::from_array_view(([1usize, CONTEXT + WINDOW], input))?,
                "state" => TensorRef::from_array_view(([2usize, 1, 128], &*state))?,
                "sr" => TensorRef::from_array_view(([0usize; 0], [16_000i64].as_slice()))?,
            ])?;
            let (_, probability) = outputs["output"].try_extract_tensor::<f32>()?;
            let (_, next) = outputs["stateN"].try_extract_tensor::<f32>()?;
            if next.len() == state.len() {
                state.copy_from_slice(next);
            }
            Ok(probability.first().copied())
        };
        let answer = run(&mut self.session, &self.input, &mut self.state).map_err(|e| failed(e.to_string()))?;
        let answer = answer.ok_or_else(|| failed("it gave no probability".to_owned()))?;
        Ok(if answer.is_finite() { answer.clamp(0.0, 1.0) } else { 0.0 })
    }

    /// Returns the highest answer of the windows that touch the samples from `start` to `end`; 0 where none is known.
    pub fn highest(&self, start: i64, end: i64) -> f32 {
        let first = self.heard - self.answers.len() as i64;
        let touched = start.div_euclid(WINDOW as i64)..=end.div_euclid(WINDOW as i64);
        self.answers
            .iter()
            .zip(first..)
            .filter(|(_, window)| touched.contains(window))
            .fold(0.0, |top, (&answer, _)| top.max(answer))
    }
}
