//! The vocabulary of the coach: what every other part says to every other part.
//!
//! * [`time`]: [`MediaTime`], the only clock, and [`Span`].
//! * [`grid`]: which frames are analyzed, decided by their stamps alone.
//! * [`frame`]: borrowed pixels, and what they need to be read rightly.
//! * [`journal`]: everything the engine was shown, line by line.
//! * [`report`]: everything the engine made of it.
//! * [`live`]: what a live session says while it runs. [`review`]: two answers side by side, and many over time.
//! * [`face`]: names of blendshapes and action units. [`id`]: ids that cannot be mixed up.
//!
//! Nothing here reads a clock, a file or a socket, and nothing here computes: it is serde types.

pub mod face;
pub mod frame;
pub mod grid;
pub mod id;
pub mod journal;
pub mod live;
pub mod report;
pub mod review;
pub mod time;

pub use frame::{I420, RgbFrame};
pub use id::{SessionId, UserId};
pub use time::{MediaTime, Span};
