//! Media in and out of a live session: publishing by WHIP, watching by WHEP.

pub(in crate::http::routes) mod exchange;
pub mod ice;
pub mod whep;
pub mod whip;

pub use exchange::accept_post;
