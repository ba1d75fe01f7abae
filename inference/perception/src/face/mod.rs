//! Faces in images: MediaPipe's Face Landmarker pipeline on kernels of our own and ONNX Runtime, and the measures that an interview needs.
//!
//! [`import`] turns model files into ONNX bytes, `net` runs two of them faster where it can, [`Models`] holds them, one [`Worker`] per thread runs them, and one
//! [`Track`] per stream keeps what is known of the face. A frame passes `detect` (only while no face is followed, and
//! once a second to count faces), `roi`, `crop`, landmarks, `smooth`, blendshapes, `pose`, `eyes`, `action_units`,
//! `outline` and `quality`.
//!
//! There is no baseline and no fusion here: what is relative to the person belongs to insight.

mod action_units;
mod crop;
mod detect;
mod eyes;
pub mod import;
mod models;
mod net;
mod networks;
mod outline;
mod points;
mod pose;
mod quality;
mod roi;
mod smooth;
mod track;
mod worker;

pub use models::Models;
pub use net::Choice;
pub use track::Track;
pub use worker::{Detail, Error, Worker};
