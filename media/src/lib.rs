//! Bytes to frames: everything that knows GStreamer or WebRTC.
//!
//! * [`item`]: what both paths speak: access units with their media time, gaps, ends.
//! * [`tap`]: RTP to items, the one place that decides time.
//! * [`gaps`]: where nothing is known, by one rule. [`packet`]: what packets tell without being decoded.
//! * [`mod@file`]: the file path: any file to items.
//! * [`decode`]: access units to pictures and samples. [`record`]: access units to WebM.
//! * [`process`]: files and decoders in a process of their own, closed off from the rest of the machine.
//! * [`peer`]: WebRTC publishers: offer in, answer and items out, on one UDP port (`net`).
//!
//! Never ONNX Runtime, SQL or HTTP routes.

mod codecs;
pub mod decode;
pub mod file;
pub mod gaps;
mod gst;
pub mod item;
mod net;
pub mod packet;
pub mod peer;
pub mod process;
pub mod record;
pub mod tap;
mod watched;

pub use gst::{Element, Error, init, wanted};
pub use item::{AccessUnit, Format, Formats, Item, Track};
