//! RTP in, items out: the one place that decides time (DESIGN invariant 2). No clock, no socket: time is an argument.

mod sequence;
pub mod vp8;
