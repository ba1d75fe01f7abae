//! What the end-to-end tests share: a running `coach`, reference data, and clients. The tests know the program only by
//! its process.

pub mod browser;
pub mod coach;
pub mod cpu;
pub mod media;
pub mod objects;
pub mod parity;
pub mod postgres;
pub mod publisher;
pub mod recording;
pub mod staged;
pub mod tools;
pub mod voices;
