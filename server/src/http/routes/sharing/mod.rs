//! What an owner shows to others: to people on this server by grants, to anybody by links.

pub mod grants;
pub mod guest;
pub mod links;
mod visitor;
