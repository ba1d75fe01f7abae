//! Which models are used for faces and voices, and where their files are.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Folder that `make setup` fills.
    pub dir: PathBuf,
    pub face: Face,
    pub face_runtime: FaceRuntime,
    pub words: Words,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Face {
    /// The full model if its file exists, else the lite one, else none.
    Auto,
    Full,
    Lite,
    None,
}

/// What runs the landmarks and blendshapes of the full face model. The others are run by ONNX Runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaceRuntime {
    /// The fastest that the processor and the model file have.
    Auto,
    /// The kernels for AVX-512; ONNX Runtime where the processor has none.
    Avx512,
    /// The kernels for AVX2; ONNX Runtime where the processor has none.
    Avx2,
    #[serde(rename = "onnxruntime")]
    OnnxRuntime,
}

/// Whether words are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// Where the recognizer's files are there. English only.
    Auto,
    /// Nothing is written down.
    None,
}

impl Default for Config {
    fn default() -> Config {
        Config { dir: PathBuf::from("models"), face: Face::Auto, face_runtime: FaceRuntime::Auto, words: Words::Auto }
    }
}
