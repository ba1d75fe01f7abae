//! The log and the metrics of the program.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;
use tracing_subscriber::EnvFilter;

/// Histogram buckets of all metrics in seconds.
const LATENCY_S: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Format of the log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text for people to read.
    Text,
    /// One JSON object per line.
    Json,
}

/// Starts to write the log to standard error. `RUST_LOG` chooses levels and modules. A second call has no effect.
pub fn init(format: Format) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,tower_http=warn,rtc=error"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Tests call this more than once in a process: the first subscriber stays.
    let _ = match format {
        Format::Text => builder.try_init(),
        Format::Json => builder.json().flatten_event(true).try_init(),
    };
}

/// Returns the metrics recorder of the process, which is installed at the first call.
///
/// # Errors
/// Another recorder is installed already.
pub fn recorder() -> Result<&'static PrometheusHandle, BuildError> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle);
    }
    let built = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &LATENCY_S)?
        .install_recorder();
    match built {
        Ok(handle) => Ok(HANDLE.get_or_init(|| handle)),
        // Another thread may have installed it since the check above.
        Err(error) => HANDLE.get().ok_or(error),
    }
}
