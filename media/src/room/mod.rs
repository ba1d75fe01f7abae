//! Forwarding of what a participant publishes to those who watch, packet by packet and without decoding. It has no clock
//! and no socket: time is an argument. The tap and the recorder get the same packets whether anybody watches or not.
//!
//! A [`Feed`] drops repeated packets and finds the packets that begin a key frame. A [`Switch`] gives one viewer one
//! track as a single stream, also when another publishing takes over. An [`Allowance`] leaves video out where a viewer's
//! line does not carry it.

mod allowance;
mod feed;
mod recent;
mod switch;
mod vp8;

pub(crate) use allowance::Allowance;
pub(crate) use feed::{Feed, Fresh, Publishing};
pub(crate) use switch::{Outgoing, Switch};
