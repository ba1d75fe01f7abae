//! The routes below one session.

pub mod analyze;
pub mod calibration;
pub mod corrections;
pub mod export;
pub mod live;
pub mod outside;
pub mod packing;
pub mod recording;
pub mod report;
pub mod transcript;
pub mod upload;
