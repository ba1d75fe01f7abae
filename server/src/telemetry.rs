//! The log and the metrics of the program. docs/OPERATING.md says what the fields and metrics mean.

use metrics::Gauge;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use std::sync::OnceLock;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Upper bounds of the histograms' buckets, seconds: from a face on a fast core to the analysis of an hour.
const BUCKETS_S: [f64; 16] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0];

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// A metric of the program, as `/metrics` names it.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    pub kind: Kind,
    pub name: &'static str,
    pub help: &'static str,
    /// A label and its values, when they are known beforehand: each is there with 0 from the start.
    pub label: Option<(&'static str, &'static [&'static str])>,
}

const fn metric(kind: Kind, name: &'static str, help: &'static str) -> Metric {
    Metric { kind, name, help, label: None }
}

/// Every metric.
pub const METRICS: &[Metric] = &[
    Metric {
        label: Some(("path", &["/healthz"])),
        ..metric(Kind::Histogram, HTTP_SECONDS, "From request to response head, by method, path and status")
    },
    Metric {
        label: Some(("what", &["video", "audio"])),
        ..metric(Kind::Histogram, "coach_decode_seconds", "From an encoded unit to its decoded frame or samples")
    },
    metric(Kind::Histogram, "coach_face_seconds", "Finding and measuring the faces of a frame"),
    metric(Kind::Histogram, "coach_words_seconds", "Writing the words of a stretch of speech down"),
    metric(Kind::Histogram, "coach_hint_seconds", "From the media a hint rests on to its sending, live sessions"),
    Metric {
        label: Some(("operation", &["put", "get", "list", "delete", "part"])),
        ..metric(Kind::Histogram, "coach_store_seconds", "Calls of the object store, by operation")
    },
    Metric {
        label: Some((
            "kind",
            &[
                "analyze",
                "erase_session",
                "estimate",
                "late_words",
                "mail",
                "rescore",
                "review",
                "transcribe",
                "webhook",
            ],
        )),
        ..metric(Kind::Histogram, "coach_job_seconds", "Attempts of jobs, by kind and outcome")
    },
    metric(Kind::Gauge, "coach_live_sessions", "Live sessions"),
    metric(Kind::Gauge, "coach_live_channels", "Open live channels"),
    metric(Kind::Gauge, "coach_viewers", "Viewers of live sessions"),
    metric(Kind::Counter, "coach_live_messages_missed_total", "Messages dropped for pages that read too slowly"),
    Metric {
        label: Some(("state", &["queued", "running", "done", "dead"])),
        ..metric(Kind::Gauge, "coach_jobs", "Jobs in the database, by state")
    },
    Metric {
        label: Some(("reason", &["overload", "failed", "inbox"])),
        ..metric(Kind::Counter, "coach_frames_dropped_total", "Frames that were not analyzed, by reason")
    },
    metric(Kind::Counter, "coach_overload_steps_total", "Steps down the overload ladder"),
    metric(Kind::Gauge, "coach_recorder_queued_bytes", "Encoded media waiting for the disk, all recorders"),
    metric(Kind::Gauge, "coach_session_queued_bytes", "Encoded media waiting for the threads of live sessions"),
    metric(Kind::Counter, "coach_webhook_failures_total", "Attempts to send a webhook that failed"),
    metric(Kind::Gauge, "coach_exports", "Downloads of whole sessions under way"),
    metric(Kind::Gauge, "coach_journals", "Journals that are being sent"),
    metric(Kind::Gauge, "coach_device_checks", "Device checks under way"),
    Metric {
        label: Some(("outcome", &["sent", "refused"])),
        ..metric(Kind::Counter, "coach_mails_total", "Mails that were sent or refused for good")
    },
    Metric {
        label: Some(("outcome", &["done", "refused"])),
        ..metric(Kind::Counter, "coach_sign_ins_total", "Sign-ins by password or at the provider")
    },
    metric(
        Kind::Counter,
        "coach_sign_ins_limited_total",
        "Attempts to sign in that were refused because there were too many",
    ),
    metric(Kind::Counter, "coach_credentials_refused_total", "Cookies, tokens and links that are not valid"),
    metric(Kind::Counter, "coach_requests_limited_total", "Requests refused because their address sent too many"),
    metric(Kind::Counter, "coach_connections_refused_total", "Connections closed because their address had too many"),
    Metric {
        label: Some(("status", &["403"])),
        ..metric(Kind::Counter, "coach_store_refused_total", "Requests that the embedded store refused, by status")
    },
];

/// The name of the histogram that every request is recorded in.
pub const HTTP_SECONDS: &str = "coach_http_request_seconds";

/// What one of many adds to a gauge that is their sum. When it is dropped, it adds nothing any more.
#[derive(Debug)]
pub struct Share {
    /// Looked up once, because some shares change with each packet.
    gauge: Gauge,
    value: f64,
}

impl Share {
    /// Returns a share of 0 in the gauge `name`.
    pub fn of(name: &'static str) -> Share {
        Share { gauge: metrics::gauge!(name), value: 0.0 }
    }

    /// Sets the share to this value.
    pub fn set(&mut self, value: usize) {
        let value = value as f64;
        if value != self.value {
            self.gauge.increment(value - self.value);
            self.value = value;
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.set(0);
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Libraries, and the levels up to which they say no secret. Beyond them they say signed links and keys of the object store, ICE
/// passwords, a webhook's address, and the messages of live channels with what a person has written.
/// The object store's protocol is silent: it has an error line for every stranger's request, and those are counted
/// (`coach_store_refused_total`).
const AT_MOST: [(&str, LevelFilter); 6] = [
    ("s3s", LevelFilter::OFF),
    ("aws", LevelFilter::INFO),
    ("rtc", LevelFilter::INFO),
    ("hyper", LevelFilter::INFO),
    ("reqwest", LevelFilter::INFO),
    ("tungstenite", LevelFilter::DEBUG),
];

/// Sends the log to standard error; `RUST_LOG` chooses what is said, as far as it is no secret. Colours only where standard error is
/// a terminal and `NO_COLOR` is not set.
pub fn init(format: Format) {
    let wished = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,tower_http=warn,rtc=error"));
    let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    // A second call, as in tests, leaves the first one's subscriber.
    let _ = log(format, wished, colours, std::io::stderr).try_init();
}

/// Returns the log to a writer. The filters are those of the whole subscriber: a filter of a layer alone keeps what it said of a level that
/// was only asked about, as sqlx asks after each statement, and swallows the thread's next line (tokio-rs/tracing#2519).
fn log<W>(format: Format, wished: EnvFilter, colours: bool, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_ansi(colours).with_writer(writer);
    let lines = match format {
        Format::Text => lines.boxed(),
        Format::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(lines).with(without_secrets()).with(wished)
}

fn without_secrets() -> Targets {
    Targets::new().with_default(LevelFilter::TRACE).with_targets(AT_MOST)
}

/// Returns the recorder of this process, which is installed, with all metrics at 0, at first use.
pub fn recorder() -> Result<&'static PrometheusHandle, BuildError> {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(handle) = HANDLE.get() {
        return Ok(handle);
    }
    let built = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &BUCKETS_S)?
        .install_recorder();
    match built {
        Ok(handle) => {
            METRICS.iter().for_each(register);
            Ok(HANDLE.get_or_init(|| handle))
        }
        // Another thread was first.
        Err(error) => HANDLE.get().ok_or(error),
    }
}

/// Describes a metric, and shows it with 0, so that a dashboard or an alert finds it before the first event.
fn register(metric: &Metric) {
    let Metric { kind, name, help, label } = *metric;
    let labels: Vec<Vec<metrics::Label>> = match label {
        None => vec![Vec::new()],
        Some((key, values)) => values.iter().map(|value| vec![metrics::Label::new(key, *value)]).collect(),
    };
    match kind {
        Kind::Counter => metrics::describe_counter!(name, help),
        Kind::Gauge => metrics::describe_gauge!(name, help),
        Kind::Histogram => metrics::describe_histogram!(name, help),
    }
    for labels in labels {
        match kind {
            Kind::Counter => metrics::counter!(name, labels).absolute(0),
            Kind::Gauge => metrics::gauge!(name, labels).set(0.0),
            Kind::Histogram => drop(metrics::histogram!(name, labels)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};
    use tracing::Level;

    #[derive(Clone, Default)]
    struct Said(Arc<Mutex<Vec<u8>>>);

    impl Write for Said {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_after_a_level_was_only_asked_about_is_not_swallowed() {
        for format in [Format::Text, Format::Json] {
            let said = Said::default();
            let to = said.clone();
            let writer = move || to.clone();
            tracing::subscriber::with_default(log(format, EnvFilter::new("info,sqlx=warn"), false, writer), || {
                // What is not said itself; sqlx asks so of its statements.
                let statement = tracing::debug_span!(target: "sqlx::query", "statement");
                for n in 0..3 {
                    tracing::info!(n, "a line");
                    tracing::dispatcher::get_default(|log| log.enabled(statement.metadata().unwrap()));
                }
            });
            let said = String::from_utf8(said.0.lock().unwrap().clone()).unwrap();
            assert_eq!(said.lines().count(), 3, "{said}");
        }
    }

    #[test]
    fn libraries_that_would_say_secrets_are_capped_whatever_is_asked_for() {
        let filter = without_secrets();
        for target in ["rtc_ice::agent", "rtc", "aws_smithy_runtime::client", "hyper_util::client", "reqwest::connect"]
        {
            assert!(
                !filter.would_enable(target, &Level::DEBUG) && filter.would_enable(target, &Level::INFO),
                "{target}"
            );
        }
        assert!(!filter.would_enable("s3s::service", &Level::ERROR));
        assert!(!filter.would_enable("tungstenite::protocol", &Level::TRACE));
        assert!(filter.would_enable("coach_server::serve", &Level::TRACE));
    }
}
