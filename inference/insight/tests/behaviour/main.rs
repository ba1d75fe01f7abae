//! What the engine does, told as stories and as properties.

mod cost;
mod docs;
mod engine;
mod hostile;
mod journal;
mod metrics;
mod report;
mod revision;
mod scores;
mod stories;
mod story;
