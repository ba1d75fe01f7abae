//! `publish`: to be filled when files can be read.
#[path = "publisher/mod.rs"]
#[allow(dead_code)]
mod publisher;
fn main() {}
