//! The live channel: what a session says while it runs, to every page that watches it.

pub mod hub;
pub mod protocol;
pub mod rate;

pub use hub::Hub;
pub use protocol::Message;
