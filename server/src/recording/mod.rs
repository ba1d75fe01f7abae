//! Moves recordings from the spool to the object store, finishes interrupted ones at the next start, and scores stored ones again.

pub mod disk;
pub mod finish;
pub mod finishing;
pub mod kinds;
pub mod recover;
pub mod rescore;
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

/// What is needed to finish recordings. One per process.
pub struct Recordings {
    /// What every service of the process shares.
    pub context: Context,
    /// The loaded models and the threads that analyze faces.
    pub analyzers: Analyzers,
    /// The root of the spool: it has one folder for each session whose recording is not stored yet.
    pub spool: PathBuf,
    /// Sessions whose recording is being finished now.
    pub finishing: Arc<Finishing>,
    /// Tasks that a stopping server waits for.
    pub tasks: TaskTracker,
}
