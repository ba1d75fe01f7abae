//! Turns pixels and samples into observations of faces and voices, by models and by signal processing.
//!
//! * [`runtime`]: ONNX Runtime and its options.
//! * [`face`]: I420 frames to the journal's face lines.
//! * [`voice`]: samples to the journal's voice lines, and the phonetician's report.
//! * [`words`]: segments of speech to the journal's phrases.
//!
//! The crate has no clock, file, socket or thread: media time and bytes are arguments, observations are return values.

pub mod face;
pub mod runtime;
pub mod voice;
pub mod words;
