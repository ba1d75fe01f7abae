//! The session: its states and transitions, its view for pages, its questions, hints and the consent it needs.

pub mod announce;
pub mod captions;
pub mod consent;
pub mod hints;
mod machine;
pub mod questions;
pub mod state;
pub mod view;

pub use machine::{Machine, Observer, Outside, TransitionError};
pub use state::{Event, State};
