//! Faces in pictures: MediaPipe's Face Landmarker pipeline on ONNX Runtime, and what an interview needs from it.
//!
//! [`import`] turns model files into ONNX bytes, [`Models`] holds them, a [`Worker`] per thread runs them, a [`Track`] per stream
//! remembers the face. One frame goes: `detect` (only while no face is followed, and once a second to count faces) -> `roi` ->
//! `crop` -> landmarks -> `smooth` -> blendshapes, `pose`, `eyes`, `action_units`, `outline`, `quality`.
//!
//! No baseline and no fusion here: what is relative to the person belongs to insight.

mod action_units;
mod crop;
mod detect;
mod eyes;
pub mod import;
mod models;
mod outline;
mod points;
mod pose;
mod quality;
mod roi;
mod smooth;
mod track;
mod worker;

pub use models::Models;
pub use track::Track;
pub use worker::{Detail, Error, Worker};
