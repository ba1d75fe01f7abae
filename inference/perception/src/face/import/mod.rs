//! Model files to ONNX bytes: a `.task` bundle or single `.tflite` files come in, bytes for ONNX Runtime go out.
//!
//! `bundle` takes the archive apart, `flat` and `tflite` read the networks, `lower` turns operators into ONNX nodes, `rewrite`
//! and `first_row` make them fast, `onnx` writes the bytes, `geometry` reads the canonical face. Nothing here trusts its input, touches a
//! file or needs ONNX Runtime; the server caches what comes out.

pub mod bundle;
mod first_row;
mod flat;
pub mod geometry;
mod lower;
mod onnx;
#[cfg(test)]
mod proof;
pub mod rewrite;
pub(super) mod tflite;

use rewrite::Rewrites;

/// Changes with every change of the bytes that come out, so that a cache of older bytes is made anew.
pub const CONVERTER_VERSION: u32 = 2;

/// Nothing above this is a face model; it is refused before it is read.
pub const MAX_FILE: usize = 32 << 20;

/// A model file that cannot be used: which one, why, and which one is wanted.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {cause}; the file with SHA-256 {expected} is needed (`make setup` fetches it)")]
pub struct Error {
    /// The name under which models.toml lists it.
    pub file: &'static str,
    /// SHA-256 in hex of the file that works.
    pub expected: &'static str,
    pub cause: Cause,
}

/// What is wrong with a model file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Cause {
    #[error("it is larger than {limit}, which no face model is")]
    TooLarge { limit: usize },
    #[error("it is another file (SHA-256 {found})")]
    OtherFile { found: String },
    #[error("it is damaged (SHA-256 {found}): {what}")]
    Damaged { found: String, what: Box<Cause> },
    #[error("it is no bundle ({0})")]
    NotZip(String),
    #[error("the bundle has no {0}")]
    MissingMember(&'static str),
    #[error("it is no TFLite model")]
    NotTflite,
    #[error("it ends too early or points outside of itself")]
    Truncated,
    #[error("it refers to something that does not exist")]
    BadIndex,
    #[error("the sizes of {0} do not fit together")]
    Shape(&'static str),
    #[error("it uses {0}, which the importer does not know")]
    Unsupported(String),
    #[error("its canonical face is damaged: {0}")]
    Geometry(String),
    #[error("the cached conversion is of another version or damaged")]
    Cache,
}

/// Converts one `.tflite` network, rewritten for speed.
pub fn tflite_to_onnx(file: &[u8]) -> Result<Vec<u8>, Cause> {
    tflite_to_onnx_with(file, Rewrites::ALL)
}

/// Converts one `.tflite` network with the rewrites of choice.
pub fn tflite_to_onnx_with(file: &[u8], rewrites: Rewrites) -> Result<Vec<u8>, Cause> {
    if file.len() > MAX_FILE {
        return Err(Cause::TooLarge { limit: MAX_FILE });
    }
    let mut graph = lower::lower(&tflite::Model::read(file)?)?;
    rewrite::rewrite(&mut graph, rewrites);
    Ok(graph.to_bytes())
}

/// A bundle, converted: ONNX bytes of the three networks and the canonical face.
pub struct Bundle {
    pub detector: Vec<u8>,
    pub landmarks: Vec<u8>,
    pub blendshapes: Vec<u8>,
    pub geometry: geometry::Geometry,
    /// The landmark and the blendshape network as they were.
    pub tflite: [Vec<u8>; 2],
}

/// Converts a whole `.task` bundle, whichever it is. [`crate::face::Models::full`] insists on the one that was measured.
pub fn convert_bundle(bundle: &[u8]) -> Result<Bundle, Cause> {
    if bundle.len() > MAX_FILE {
        return Err(Cause::TooLarge { limit: MAX_FILE });
    }
    let members = bundle::members(bundle)?;
    Ok(Bundle {
        detector: tflite_to_onnx(&members.detector)?,
        landmarks: tflite_to_onnx(&members.landmarks)?,
        blendshapes: tflite_to_onnx(&members.blendshapes)?,
        geometry: geometry::Geometry::read(&members.geometry)?,
        tflite: [members.landmarks, members.blendshapes],
    })
}
