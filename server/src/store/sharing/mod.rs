//! Queries on what an owner shows to guests, and what is said about it: links, the browsers in which they were opened, comments.

pub mod comments;
pub mod links;
pub mod visits;
