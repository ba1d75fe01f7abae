//! One UDP port for all peers: datagrams are told apart by where they come from, and who may come from where is
//! decided by authenticated STUN alone.

mod mailbox;
mod port;
mod runtime;
mod socket;
mod stun;

pub(crate) use port::Lease;
pub use port::{Counters, Port};
pub(crate) use runtime::PeerRuntime;
