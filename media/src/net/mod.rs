//! The UDP port that all peers share. A datagram is assigned to a peer by its source address, and an address becomes a
//! peer's only by an authenticated STUN request. [`Reach`] limits the addresses from which datagrams are read at all.

mod burst;
mod port;
mod reach;
mod routes;
mod stun;

pub(crate) use burst::{Burst, Outcome};
pub(crate) use port::{Batch, Datagram, Port};
pub(crate) use reach::Gate;
pub use reach::{Reach, of_this_machine};
pub(crate) use routes::{PeerId, Routes};
