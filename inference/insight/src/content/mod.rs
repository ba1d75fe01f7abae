//! What an answer contains, as far as set phrases tell: an outline of it, and the question that it leaves open. Never a grade.

pub(crate) mod asking;
pub mod follow_up;
pub mod outline;
