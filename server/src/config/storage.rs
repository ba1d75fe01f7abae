//! Where recordings, journals and reports are kept.

use super::Error;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Folder of everything this server writes by itself: database, spool, embedded store, caches.
    pub data: PathBuf,
    pub kind: Kind,
    /// Where the embedded store listens; always a loopback address. Port 0 takes a free one.
    pub embedded_bind: SocketAddr,
    /// With `kind = "s3"`: the endpoint as the server reaches it; without it, AWS of the region.
    pub endpoint: Option<String>,
    /// The base under which browsers reach the store, when it differs; presigned URLs carry it.
    pub public_endpoint: Option<String>,
    pub region: String,
    pub bucket: String,
    pub access_key: Option<String>,
    pub secret_key: Option<String>,
    /// The bucket in the path and not in the host's name.
    pub path_style: bool,
    /// How long a presigned URL is good for, seconds.
    pub presign_s: u32,
    /// What the store must present at `/api/hooks/s3`; without it, that door is closed.
    pub hook_secret: Option<String>,
    /// With less room than this on the disk of `data`, no session begins; with less than a quarter, live ones are ended
    /// with what they have. Bytes.
    pub min_free_bytes: u64,
    /// The most that recordings may take on that disk until the store has them: live sessions are ended there, and none
    /// begins beyond three quarters of it. Bytes.
    pub spool_bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The store that comes with the program, in the data folder.
    Embedded,
    /// Any store that speaks S3.
    S3,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            data: PathBuf::from("data"),
            kind: Kind::Embedded,
            embedded_bind: SocketAddr::from(([127, 0, 0, 1], 8081)),
            endpoint: None,
            public_endpoint: None,
            region: "us-east-1".into(),
            bucket: "coach".into(),
            access_key: None,
            secret_key: None,
            path_style: true,
            presign_s: 300,
            hook_secret: None,
            min_free_bytes: 1 << 30,
            spool_bytes: 20 << 30,
        }
    }
}

/// Secrets are never printed.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("storage::Config")
            .field("data", &self.data)
            .field("kind", &self.kind)
            .field("endpoint", &self.endpoint)
            .field("bucket", &self.bucket)
            .finish_non_exhaustive()
    }
}

impl Config {
    pub(super) fn check(&self) -> Result<(), Error> {
        let invalid = |key, why: &str| Err(Error::Invalid { key, why: why.into() });
        if self.kind == Kind::S3 && (self.access_key.is_none() || self.secret_key.is_none()) {
            return invalid("storage.access_key", "kind = \"s3\" needs access_key and secret_key");
        }
        if self.kind == Kind::Embedded && !self.embedded_bind.ip().is_loopback() && self.public_endpoint.is_none() {
            return invalid(
                "storage.embedded_bind",
                "beyond loopback it needs public_endpoint, or no browser finds it",
            );
        }
        if !(10..=604_800).contains(&self.presign_s) {
            return invalid("storage.presign_s", "must be 10 to 604800 seconds");
        }
        if self.hook_secret.as_ref().is_some_and(|secret| secret.len() < 16) {
            return invalid("storage.hook_secret", "must have at least 16 characters");
        }
        if self.spool_bytes < 1 << 20 {
            return invalid("storage.spool_bytes", "must be at least 1 MiB");
        }
        Ok(())
    }

    /// Folder of what is being recorded and is not in the store yet.
    pub fn spool(&self) -> PathBuf {
        self.data.join("spool")
    }
}
