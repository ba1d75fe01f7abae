//! The live channel: the messages that a session sends to every page that watches it.

pub mod hub;
pub mod protocol;
pub mod rate;

pub use hub::Hub;
pub use protocol::Message;
