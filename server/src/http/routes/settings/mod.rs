//! What a person settles about everything that is theirs: taking it along, deleting it, how long it is kept.

pub mod erasure;
pub mod everything;
pub mod retention;
