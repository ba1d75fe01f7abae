//! The landmark and the blendshape network of the full model on kernels of our own, about twice as fast as in ONNX Runtime.
//!
//! `plan` and `shapes_plan` find the networks in TFLite files and check them, `pack` orders their weights, `kernels` is the arithmetic
//! on the vectors of `simd`, and `stream` and `shapes` run the networks. Results are the same bits on every processor that has
//! kernels. What has none, a processor or a file, is run by ONNX Runtime; [`Choice`] says which.

mod kernels;
mod pack;
mod plan;
mod shapes;
mod shapes_plan;
mod simd;
mod stream;
#[cfg(all(test, target_arch = "x86_64"))]
mod tests;

use super::import::Cause;
use super::import::tflite::Model;
use plan::Plan;
use shapes_plan::ShapesPlan;
use simd::Simd;
use std::sync::Arc;

/// What runs the networks of the full face model, as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// The fastest that the processor and the file have.
    Auto,
    /// The kernels for AVX-512, or ONNX Runtime where there are none.
    Avx512,
    /// The kernels for AVX2, or ONNX Runtime where there are none.
    Avx2,
    OnnxRuntime,
}

/// A kind of processor that has kernels, and that this one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processor {
    Avx512,
    Avx2,
}

impl Processor {
    /// Returns what this processor runs of what was asked for; `None`: ONNX Runtime.
    pub fn find(choice: Choice) -> Option<Processor> {
        #[cfg(target_arch = "x86_64")]
        {
            let avx512 = simd::Avx512::detect().map(|_| Processor::Avx512);
            let avx2 = simd::Avx2::detect().map(|_| Processor::Avx2);
            match choice {
                Choice::Auto => avx512.or(avx2),
                Choice::Avx512 => avx512,
                Choice::Avx2 => avx2,
                Choice::OnnxRuntime => None,
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _ = choice;
            None
        }
    }

    /// Returns the name in journals and configuration.
    pub fn name(self) -> &'static str {
        match self {
            Processor::Avx512 => "avx512",
            Processor::Avx2 => "avx2",
        }
    }
}

/// Both networks, as all threads share them.
#[derive(Clone)]
pub struct Plans {
    landmarks: Arc<Plan>,
    blendshapes: Arc<ShapesPlan>,
}

/// A network of one thread. A run allocates nothing.
pub trait Network: Send {
    /// The input, to be written before a run.
    fn input(&mut self) -> &mut [f32];
    fn run(&mut self);
    /// The output of the last run.
    fn output(&self) -> &[f32];
}

impl<S: Simd + Send> Network for stream::Landmarks<S> {
    fn input(&mut self) -> &mut [f32] {
        stream::Landmarks::input(self)
    }

    fn run(&mut self) {
        stream::Landmarks::run(self);
    }

    fn output(&self) -> &[f32] {
        stream::Landmarks::output(self)
    }
}

impl<S: Simd + Send> Network for shapes::Blendshapes<S> {
    fn input(&mut self) -> &mut [f32] {
        shapes::Blendshapes::input(self)
    }

    fn run(&mut self) {
        shapes::Blendshapes::run(self);
    }

    fn output(&self) -> &[f32] {
        shapes::Blendshapes::output(self)
    }
}

impl Plans {
    /// Reads both networks of the full model.
    ///
    /// # Errors
    /// A file is damaged, or its network is not the one that the kernels compute.
    pub fn read(landmarks: &[u8], blendshapes: &[u8]) -> Result<Plans, Cause> {
        Ok(Plans {
            landmarks: Arc::new(Plan::read(&Model::read(landmarks)?)?),
            blendshapes: Arc::new(ShapesPlan::read(&Model::read(blendshapes)?)?),
        })
    }

    /// Returns the side of the input and the numbers of the landmarks, behind which the output has the score before its sigmoid.
    pub fn landmarks_size(&self) -> (usize, usize) {
        (self.landmarks.side, self.landmarks.numbers)
    }

    /// Returns the networks for one thread, landmarks first; `None` where this is not such a processor.
    pub fn networks(&self, processor: Processor) -> Option<[Box<dyn Network>; 2]> {
        #[cfg(target_arch = "x86_64")]
        match processor {
            Processor::Avx512 => Some(self.on(simd::Avx512::detect()?)),
            Processor::Avx2 => Some(self.on(simd::Avx2::detect()?)),
        }
        #[cfg(not(target_arch = "x86_64"))]
        {
            let _ = processor;
            None
        }
    }

    #[cfg_attr(not(target_arch = "x86_64"), expect(dead_code, reason = "no kernels for this processor"))]
    fn on<S: Simd + Send + 'static>(&self, simd: S) -> [Box<dyn Network>; 2] {
        let landmarks = stream::Landmarks::new(simd, Arc::clone(&self.landmarks));
        [Box::new(landmarks), Box::new(shapes::Blendshapes::new(simd, Arc::clone(&self.blendshapes)))]
    }
}
