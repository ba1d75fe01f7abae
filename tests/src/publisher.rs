//! A publisher in a separate process: a WebRTC client that sends a file in real time and reports what it has sent.

use crate::coach::{Coach, example};
use anyhow::{Result, ensure};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// A running publisher. Ended when dropped.
pub struct Publisher {
    child: Child,
    sent_ms: Arc<AtomicI64>,
    began: Arc<OnceLock<Instant>>,
}

impl Publisher {
    /// Publishes the file to the session.
    ///
    /// # Errors
    /// The client cannot be started.
    pub fn start(coach: &Coach, webm: &Path, session: &str, args: &[&str]) -> Result<Publisher> {
        Publisher::start_at(&coach.url(&format!("/api/sessions/{session}/whip")), webm, args)
    }

    /// Publishes the file to this address.
    ///
    /// # Errors
    /// The client cannot be started.
    pub fn start_at(url: &str, webm: &Path, args: &[&str]) -> Result<Publisher> {
        let mut client = Command::new(example("publish"));
        client.arg(webm).arg(url).arg("--trace").args(args).stdout(Stdio::piped());
        let mut child = client.spawn()?;
        let (sent_ms, began) = (Arc::new(AtomicI64::new(0)), Arc::new(OnceLock::new()));
        if let Some(output) = child.stdout.take() {
            let (sent_ms, began) = (sent_ms.clone(), began.clone());
            std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if let Some(ms) = line.strip_prefix("sent ").and_then(|ms| ms.parse().ok()) {
                        let _ =
                            began.set(Instant::now() - Duration::from_millis(u64::try_from(ms).unwrap_or_default()));
                        sent_ms.fetch_max(ms, Relaxed);
                    }
                }
            });
        }
        Ok(Publisher { child, sent_ms, began })
    }

    /// Returns the media time of the newest unit that was sent, seconds.
    pub fn sent(&self) -> f64 {
        self.sent_ms.load(Relaxed) as f64 / 1000.0
    }

    /// Returns when it began to send; `None`: it has not.
    pub fn began(&self) -> Option<Instant> {
        self.began.get().copied()
    }

    /// Waits until it has sent everything and has ended the publishing.
    ///
    /// # Errors
    /// The publisher failed.
    pub async fn finish(mut self) -> Result<f64> {
        let (status, this) = tokio::task::spawn_blocking(move || (self.child.wait(), self)).await?;
        let status = status?;
        ensure!(status.success(), "the publisher ended with {status}");
        Ok(this.sent())
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
