//! Queries on what an owner shows to guests: links, and the browsers in which they were opened.

pub mod links;
pub mod visits;
