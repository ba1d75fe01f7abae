//! Media in and out of a live session: publishing by WHIP, watching by WHEP.

mod exchange;
pub mod whep;
pub mod whip;

pub use exchange::accept_post;
