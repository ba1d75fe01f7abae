//! From observations to what a coach would say: metrics, hints, scores and the report. Pure, without a clock, files or network.
//!
//! * [`engine`]: [`Engine`], the one way in and out. [`merge`] puts the streams in order, `state` holds what is known, `absence` since when
//!   nobody publishes.
//! * [`timeline`]: what happened, in cells and events. [`speech`] and [`watch`] write it; [`baseline`] knows what is usual, [`calibration`] reads the device check.
//! * [`said`]: the words, where they were written down with certainty. [`revision`]: what stands in their place in a report.
//! * [`metrics`], [`hints`], [`scores`]: one file per metric, rule and score. [`affect`] and [`stress`] are formulas of their own.
//! * [`content`]: the outline of an answer and the question that it leaves open.
//! * [`compare`]: two answers side by side. [`trends`]: many sessions.
//! * [`journal`] and [`mod@replay`]: the written form, and from it to the same report again. [`texts`]: every sentence in English.

mod absence;
mod advice;
pub mod affect;
pub mod answers;
pub mod baseline;
pub mod calibration;
mod comparable;
pub mod compare;
pub mod content;
pub mod curve;
pub mod engine;
pub mod evidence;
pub mod hints;
pub mod journal;
pub mod merge;
pub mod metrics;
mod output;
mod reduced;
pub mod replay;
mod report;
pub mod revision;
pub mod said;
pub mod scene;
pub mod scores;
mod sound;
pub mod speech;
mod state;
mod stats;
pub mod stress;
pub mod texts;
pub mod timeline;
pub mod trends;
mod turns;
mod voice;
pub mod watch;

pub use engine::Engine;
pub use merge::Refused;
pub use output::{LastAnswer, Output};
pub use replay::{replay, replay_text};
pub use report::formulas;
