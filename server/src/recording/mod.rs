//! The way of a recording from the spool to the object store, and of an interrupted one at the next start.

pub mod disk;
pub mod finish;
pub mod finishing;
pub mod recover;
pub mod results;
pub mod retry;
pub mod spool;
pub mod uploader;

use crate::analysis::Analyzers;
use crate::context::Context;
use finishing::Finishing;
use std::path::PathBuf;
use std::sync::Arc;
use tokio_util::task::TaskTracker;

/// What finishing a recording needs.
pub struct Recordings {
    pub context: Context,
    pub analyzers: Analyzers,
    /// The folder with a folder for each session whose recording is not stored yet.
    pub spool: PathBuf,
    pub finishing: Arc<Finishing>,
    /// Work that a stopping server waits for.
    pub tasks: TaskTracker,
}
