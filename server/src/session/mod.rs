//! What a session is: its states and the only way from one to another, how pages see it, its questions, hints and consent.

pub mod announce;
pub mod consent;
pub mod hints;
mod machine;
pub mod questions;
pub mod state;
pub mod view;

pub use machine::{Machine, Observer, TransitionError};
pub use state::{Event, State};
