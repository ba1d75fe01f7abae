//! Bytes to frames: everything that knows GStreamer or WebRTC.
//!
//! * [`item`]: what both doors speak: access units with their media time, gaps, ends.
//! * [`net`]: one UDP port for all peers. [`tap`]: RTP to items, the one place that decides time.
//! * [`peer`]: one WebRTC publisher: offer in, answer and items out.
//!
//! Never ONNX Runtime, SQL or HTTP routes.

pub mod gaps;
pub mod item;
pub mod net;
pub mod packet;
pub mod peer;
pub mod tap;

pub use item::{AccessUnit, Format, Formats, Item, Track};
