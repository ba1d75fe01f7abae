//! Bytes to frames: everything that knows GStreamer or WebRTC.
//!
//! * [`item`]: what both doors speak: access units with their media time, gaps, ends.
//!
//! Never ONNX Runtime, SQL or HTTP routes.

pub mod item;

pub use item::{AccessUnit, Format, Formats, Item, Track};
