//! The program `coach`: the HTTP and live surface over media, perception and insight.
//!
//! From the bottom up; `tests/tests/server_folders.rs` holds which folder may use which:
//! * [`config`]: defaults < `coach.toml` < environment < flags. [`clock`], [`secret`], [`shutdown`], [`telemetry`]: small tools.
//! * `places`: how much may go on at once. `private`: files for one account. [`sole`]: one server per database.
//! * [`objects`]: the object store. [`store`]: all SQL. [`providers`]: services of others, and how they are asked.
//! * [`session`]: what a session is: its states and the only way from one to another, its view, its questions, the consent.
//! * [`channel`]: the messages of the live channel and the hub that hands them out.
//! * [`context`]: what every service of the process shares.
//! * [`analysis`]: where wall time meets media time: observer, workers, models, the analysis of files.
//! * [`recording`]: the way of a recording from the spool to the object store.
//! * [`live`]: live sessions. [`jobs`]: work that outlives a request. [`uploads`]: files from a browser straight to the store.
//! * [`backup`]: a copy of everything, and its way back. [`auth`]: who asks. [`http`]: the only user of axum's router: one resource per file.
//! * [`cli`]: what people type.

pub mod analysis;
pub mod auth;
pub mod backup;
pub mod channel;
pub mod cli;
pub mod clock;
pub mod config;
pub mod context;
pub mod http;
pub mod jobs;
pub mod live;
pub mod objects;
mod places;
mod private;
pub mod providers;
pub mod recording;
pub mod secret;
pub mod session;
pub mod shutdown;
pub mod sole;
pub mod store;
pub mod telemetry;
pub mod uploads;
