//! One UDP port for all peers: datagrams are told apart by where they come from, and who may come from where is
//! decided by authenticated STUN alone.

mod port;
mod routes;
mod stun;

pub(crate) use port::{Batch, Datagram, Port};
pub(crate) use routes::{PeerId, Routes};
