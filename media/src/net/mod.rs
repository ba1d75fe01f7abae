//! One UDP port for all peers: datagrams are told apart by where they come from, and who may come from where is
//! decided by authenticated STUN alone. [`Reach`] decides first whether an address may come at all.

mod port;
mod reach;
mod routes;
mod stun;

pub(crate) use port::{Batch, Datagram, Port};
pub use reach::Reach;
pub(crate) use reach::{Gate, of_this_machine};
pub(crate) use routes::{PeerId, Routes};
