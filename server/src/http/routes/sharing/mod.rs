//! What an owner shows to others, to people on this server by grants and to anybody by links, and what they say about it.

pub mod comments;
pub mod grants;
pub mod guest;
pub mod guest_comments;
pub mod links;
pub(in crate::http) mod visitor;
