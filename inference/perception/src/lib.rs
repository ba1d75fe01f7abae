//! Pixels and samples to observations: faces and voices, by models and by signal processing.
//!
//! * [`runtime`]: ONNX Runtime and its options.
//! * [`face`]: I420 frames to the journal's face lines.
//! * [`voice`]: samples to the journal's voice lines, and the phonetician's report.
//! * [`words`]: segments of speech to the journal's phrases.
//!
//! No clock, no file, no socket, no thread: media time and bytes come in by argument, observations go out by value.

pub mod face;
pub mod runtime;
pub mod voice;
pub mod words;
