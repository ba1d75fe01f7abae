//! The program `coach`: the HTTP and live surface over media, perception and insight.
//!
//! * [`cli`]: the subcommands. [`config`]: defaults < `coach.toml` < environment < flags.
//! * [`app`]: everything a handler may touch. [`serve`]: puts it together and runs it. [`worker`]: only the jobs.
//! * [`session`]: the states of a session and the only way from one to another.
//! * [`routes`]: one resource per file. [`live`]: the WebSocket. [`error`]: problem documents.
//! * [`uploads`]: files from a browser straight to the store.
//! * [`store`]: all SQL. [`objects`]: the object store. [`jobs`]: work that outlives a request.
//! * [`drive`]: the only place where wall time meets media time.

pub mod app;
pub mod auth;
pub mod bank;
pub mod cli;
pub mod clock;
pub mod config;
pub mod consent;
pub mod doctor;
pub mod drive;
pub mod error;
pub mod hints;
pub mod jobs;
pub mod live;
pub mod objects;
pub mod routes;
pub mod serve;
pub mod session;
pub mod shutdown;
pub mod store;
pub mod telemetry;
pub mod uploads;
pub mod web;
pub mod worker;
