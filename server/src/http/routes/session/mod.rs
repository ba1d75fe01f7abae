//! The routes below one session.

pub mod analyze;
pub mod calibration;
pub mod export;
pub mod live;
pub mod recording;
pub mod report;
pub mod transcript;
pub mod upload;
