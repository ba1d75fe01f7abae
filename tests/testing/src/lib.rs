//! What the tests of all crates share: saying what a machine cannot check, waiting for a condition without guessing how long it takes,
//! fuzzing, and counting panics.
//!
//! ```
//! use coach_testing::{LIMIT, Need, not_checked, wait_until};
//! use std::sync::atomic::{AtomicBool, Ordering};
//!
//! let done = AtomicBool::new(false);
//! std::thread::scope(|scope| {
//!     scope.spawn(|| done.store(true, Ordering::Release));
//!     wait_until(LIMIT, "the other thread is done", || done.load(Ordering::Acquire).then_some(()));
//! });
//!
//! if !std::path::Path::new("/dev/full").exists() {
//!     not_checked(Need::Other, "a full disk", "there is no /dev/full");
//! }
//! ```
//!
//! Used as a development dependency alone; it knows none of the other crates.

mod checked;
mod cpu;
mod eventually;
mod fuzz;
mod panics;

pub use checked::{Need, not_checked};
pub use cpu::thread_cpu_s;
pub use eventually::{LIMIT, eventually, wait_until};
pub use fuzz::fuzz;
pub use panics::panics;
