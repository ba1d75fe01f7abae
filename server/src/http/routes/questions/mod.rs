//! Questions: the bank, what a person writes, and sets of both.

pub mod bank;
pub mod own;
pub mod set_links;
pub mod sets;
