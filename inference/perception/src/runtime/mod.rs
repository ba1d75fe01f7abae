//! ONNX Runtime: the only place that knows its options.
//!
//! A session runs on one thread with graph optimisation level All. With the defaults each session has a pool of threads
//! and costs ten times the CPU; levels 1 and 2 leave out the blocked (NCHWc) convolutions and cost twice the time. A
//! session is never shared between threads: each worker owns its own.

mod net;
mod seq2seq;

pub use net::Net;
pub use seq2seq::{Changes, Seq2Seq, Seq2SeqNames};

use ort::environment::Environment;
use ort::session::{Session, builder::GraphOptimizationLevel};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The library version that the numbers of docs/PERFORMANCE.md were measured with.
pub const EXPECTED_VERSION: &str = "1.32.0";

/// The loaded ONNX Runtime. Cheap to clone; the library and its environment are created once per process.
#[derive(Clone)]
pub struct Runtime {
    environment: Environment,
}

/// Why ONNX Runtime failed; every variant says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("ONNX Runtime is not at {path}: run `make setup`, or set the path of libonnxruntime.so.{EXPECTED_VERSION}")]
    Missing { path: PathBuf },
    #[error(
        "ONNX Runtime at {path} cannot be loaded ({reason}): run `make setup` to fetch libonnxruntime.so.{EXPECTED_VERSION} again"
    )]
    Unloadable { path: PathBuf, reason: String },
    #[error("ONNX Runtime refuses the model {model}: {reason}")]
    Model { model: String, reason: String },
    #[error("ONNX Runtime failed while running {model}: {reason}")]
    Run { model: String, reason: String },
}

/// The environment of this process: ONNX Runtime allows only one.
static LOADED: Mutex<Option<Environment>> = Mutex::new(None);

impl Runtime {
    /// Loads the shared library. Returns the loaded one when a library was loaded before, wherever it came from.
    ///
    /// # Errors
    /// [`Error::Missing`] or [`Error::Unloadable`]: the library is missing or not an ONNX Runtime.
    pub fn load(library: &Path) -> Result<Runtime, Error> {
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(environment) = &*loaded {
            return Ok(Runtime { environment: environment.clone() });
        }
        if !library.is_file() {
            return Err(Error::Missing { path: library.to_owned() });
        }
        let unloadable = |reason: String| Error::Unloadable { path: library.to_owned(), reason };
        let environment = ort::init_from(library)
            .map_err(|e| unloadable(e.to_string()))?
            .with_name("coach")
            .with_telemetry(false)
            .build()
            .map_err(|e| unloadable(e.to_string()))?;
        environment.set_log_level(ort::logging::LogLevel::Error);
        *loaded = Some(environment.clone());
        Ok(Runtime { environment })
    }

    /// Creates a session for one thread from ONNX bytes.
    ///
    /// # Errors
    /// [`Error::Model`]: the bytes are no model that this library runs; `model` names it in the message.
    pub fn session(&self, model: &str, onnx: &[u8]) -> Result<Session, Error> {
        self.session_with(model, onnx, &[])
    }

    /// Creates a session as [`Runtime::session`] does, with entries of ONNX Runtime's session configuration.
    fn session_with(&self, model: &str, onnx: &[u8], entries: &[(&str, &str)]) -> Result<Session, Error> {
        let refused = |reason: String| Error::Model { model: model.to_owned(), reason };
        let build = || -> Result<Session, String> {
            let mut builder = Session::builder(&self.environment).map_err(|e| e.to_string())?;
            for (key, value) in entries {
                builder = builder.with_config_entry(key, value).map_err(|e| e.to_string())?;
            }
            builder
                .with_intra_threads(1)
                .map_err(|e| e.to_string())?
                .with_inter_threads(1)
                .map_err(|e| e.to_string())?
                .with_optimization_level(GraphOptimizationLevel::All)
                .map_err(|e| e.to_string())?
                .commit_from_memory(onnx)
                .map_err(|e| e.to_string())
        };
        build().map_err(refused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_library_is_an_error_that_says_what_to_do() {
        let Err(error) = Runtime::load(Path::new("/nowhere/libonnxruntime.so")) else { panic!("nothing is there") };
        let text = error.to_string();
        assert!(text.contains("/nowhere/libonnxruntime.so") && text.contains("make setup"), "{text}");
    }

    #[test]
    fn a_file_that_is_no_library_is_an_error_and_not_a_panic() {
        let Err(error) = Runtime::load(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))) else {
            panic!("Cargo.toml is no library")
        };
        assert!(error.to_string().contains("make setup"), "{error}");
    }
}
