//! What the engine does, told as stories and as properties.

mod cost;
mod docs;
mod engine;
mod hostile;
mod journal;
mod report;
mod scores;
mod stories;
mod story;
