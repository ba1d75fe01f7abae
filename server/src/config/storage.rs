//! Where recordings, journals and reports are kept.

use super::Error;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Folder of everything that the server writes itself: database, spool, embedded store, caches.
    pub data: PathBuf,
    pub kind: Kind,
    /// Address of the embedded store, always a loopback address. Port 0 takes a free one.
    pub embedded_bind: SocketAddr,
    /// With `kind = "s3"`: the endpoint as the server reaches it; without it, AWS of the region.
    pub endpoint: Option<String>,
    /// Base URL under which browsers reach the store, when it differs; presigned URLs contain it.
    pub public_endpoint: Option<String>,
    pub region: String,
    pub bucket: String,
    pub access_key: Option<String>,
    pub secret_key: Option<String>,
    /// Whether the bucket is in the path of URLs and not in the host name.
    pub path_style: bool,
    /// How long a presigned URL is valid, seconds.
    pub presign_s: u32,
    /// Token that the store must send to `/api/hooks/s3`; without it, that route is disabled.
    pub hook_secret: Option<String>,
    /// Free space on the disk of `data` below which no session begins, bytes. Below a quarter of it, live sessions are ended
    /// and keep what is recorded.
    pub min_free_bytes: u64,
    /// Most space that recordings may use on that disk until the store has them, bytes. At the limit, live sessions are ended;
    /// beyond three quarters of it, none begins.
    pub spool_bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The store that is part of the program, in the data folder.
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

/// Omits secrets.
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

    /// Returns the folder of recordings that are not in the object store yet.
    pub fn spool(&self) -> PathBuf {
        self.data.join("spool")
    }
}
