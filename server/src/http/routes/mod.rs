//! The routes: one resource per file.

pub mod account;
pub mod compare;
pub mod consents;
pub mod health;
pub mod hooks;
pub mod me;
pub mod providers;
pub mod questions;
pub mod room;
pub mod search;
pub mod session;
pub mod sessions;
pub mod settings;
pub mod sharing;
pub mod trends;
pub mod webrtc;
