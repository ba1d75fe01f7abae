//! Turns bytes into frames: everything that knows GStreamer or WebRTC.
//!
//! * [`item`]: what both paths produce: access units with their media time, gaps, ends.
//! * [`tap`]: RTP to items, the one place that decides time.
//! * [`gaps`]: the rule for stretches without media. [`packet`], [`h264`]: what packets tell without being decoded.
//! * [`mod@file`]: the file path, from any file to items.
//! * [`decode`]: access units to frames and samples. [`record`]: access units to WebM or Matroska.
//! * [`process`]: reads files and decodes in a separate process that has no access to the rest of the machine.
//! * [`peer`]: WebRTC publishers and viewers: an offer in, an answer and items out, on one UDP port (`net`). `room`: a
//!   publisher's packets for its viewers.
//!
//! The crate uses neither ONNX Runtime nor SQL and serves no HTTP.

mod codecs;
pub mod decode;
pub mod file;
pub mod gaps;
mod gst;
pub mod h264;
pub mod item;
mod net;
pub mod packet;
pub mod peer;
pub mod process;
pub mod record;
mod room;
pub mod tap;
mod watched;

pub use gst::{Element, Error, init, wanted};
pub use item::{AccessUnit, Format, Formats, Item, Track, VideoCodec};
pub use net::of_this_machine as own_addresses;
