//! The object store over `coach-archive`: any S3, or the embedded store behind its own listener.

use super::{Growing, Objects, Reading};
use crate::config::{Config, storage::Kind};
use anyhow::Context as _;
use async_trait::async_trait;
use axum::http::Uri;
use bytes::Bytes;
use coach_archive::store::{Cors, Keys, Options, Store};
use coach_archive::{Archive, Upload};
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Multipart uploads that were begun this long ago are abandoned.
const ORPHAN: Duration = Duration::from_secs(2 * 24 * 3600);

/// An open object store.
pub struct Stored {
    pub(super) archive: Archive,
    browser_origin: String,
    /// The store's own origin, where browsers are led to it through this server.
    forwarded: Option<String>,
}

impl Stored {
    async fn new(config: &Config, archive: Archive) -> anyhow::Result<Stored> {
        let origin = origin(&archive).await?;
        let storage = &config.storage;
        // A page that came by https may load nothing by http, and a browser elsewhere does not reach this machine's loopback.
        let through = storage.kind == Kind::Embedded && storage.public_endpoint.is_none() && config.http.is_https();
        Ok(match through {
            true => Stored { archive, browser_origin: String::new(), forwarded: Some(origin) },
            false => Stored { archive, browser_origin: origin, forwarded: None },
        })
    }

    /// Returns a signed URL as browsers use it.
    pub(super) fn for_browsers(&self, url: String) -> String {
        let own = self.forwarded.as_ref().and_then(|origin| url.strip_prefix(origin.as_str()));
        own.map_or_else(|| url.clone(), |path| format!("{}{path}", crate::objects::BROWSER_PATH))
    }
}

/// Opens the configured store. An embedded store is served until `shutdown`.
///
/// # Errors
/// The store cannot be opened, reached or bound to its address; the message says which setting to change.
pub async fn open(config: &Config, shutdown: CancellationToken) -> anyhow::Result<Arc<dyn Objects>> {
    let storage = &config.storage;
    let settings = match storage.kind {
        Kind::Embedded => {
            let folder = storage.data.join("objects");
            let store = tokio::task::spawn_blocking(move || Store::open(Options::new(folder)))
                .await?
                .context("the embedded object store cannot be opened")?;
            let listener = TcpListener::bind(storage.embedded_bind).await.with_context(|| {
                format!(
                    "the object store cannot listen on {}; choose another storage.embedded_bind",
                    storage.embedded_bind
                )
            })?;
            let address = listener.local_addr()?;
            let found = embedded(config, address, store.keys().clone());
            let mut pages = config.http.allowed_origins.clone();
            pages.extend(own_origins(config));
            let stop = shutdown.clone();
            tokio::spawn(async move {
                if let Err(error) = store.serve(listener, Cors { origins: pages }, stop.cancelled_owned()).await {
                    tracing::error!(%error, "the embedded object store stopped");
                }
            });
            found
        }
        Kind::S3 => s3(config)?,
    };
    let archive = Archive::new(settings)?;
    match archive.ensure_bucket().await {
        // Sessions are recorded in the meantime and stored when it is reachable again.
        Err(error) if error.is_transient() => tracing::warn!(%error, "the object store does not answer yet"),
        other => other.context("the object store is not there")?,
    }
    let swept = archive.sweep(ORPHAN).await;
    match swept {
        Ok(0) => {}
        Ok(uploads) => tracing::info!(uploads, "abandoned uploads are gone"),
        Err(error) => tracing::warn!(%error, "abandoned uploads could not be swept"),
    }
    Ok(Arc::new(Stored::new(config, archive).await?))
}

/// Opens the store for a process beside the server. An embedded store is reached at the server's address.
///
/// # Errors
/// The store cannot be reached; the message says what to do.
pub async fn reach(config: &Config) -> anyhow::Result<Arc<dyn Objects>> {
    let storage = &config.storage;
    let settings = match storage.kind {
        Kind::Embedded => {
            let folder = storage.data.join("objects");
            let keys = Keys::read(&folder).with_context(|| {
                format!(
                    "{} holds no keys of an object store: start `coach serve` with the same storage.data first, or set storage.kind to \"s3\"",
                    folder.display()
                )
            })?;
            embedded(config, storage.embedded_bind, keys)
        }
        Kind::S3 => s3(config)?,
    };
    let archive = Archive::new(settings)?;
    archive.ensure_bucket().await.with_context(|| match storage.kind {
        Kind::Embedded => format!(
            "no server serves the embedded object store at {} (storage.embedded_bind); is `coach serve` running?",
            storage.embedded_bind
        ),
        Kind::S3 => "the object store is not there".into(),
    })?;
    Ok(Arc::new(Stored::new(config, archive).await?))
}

/// Returns the origin from which browsers load objects: that of a URL as they get it, which has the bucket in it where the store is
/// addressed so.
async fn origin(archive: &Archive) -> anyhow::Result<String> {
    let url = archive.presign_get("origin", Duration::from_secs(60), None).await?.url;
    let uri: Uri = url.parse().context("the object store's address is no URL")?;
    let (scheme, authority) = uri.scheme_str().zip(uri.authority()).context("the object store's address is no URL")?;
    Ok(format!("{scheme}://{authority}"))
}

/// Returns the settings of the embedded store at this address.
fn embedded(config: &Config, address: SocketAddr, keys: Keys) -> coach_archive::Config {
    let storage = &config.storage;
    let mut settings = coach_archive::Config::embedded(format!("http://{address}"), keys);
    settings.bucket.clone_from(&storage.bucket);
    settings.public_url.clone_from(&storage.public_endpoint);
    settings
}

/// Returns the settings of the configured S3 store.
fn s3(config: &Config) -> anyhow::Result<coach_archive::Config> {
    let storage = &config.storage;
    let key = |value: &Option<String>, name: &str| value.clone().with_context(|| format!("{name} is missing"));
    let keys = Keys {
        access_key: key(&storage.access_key, "storage.access_key")?,
        secret_key: key(&storage.secret_key, "storage.secret_key")?,
    };
    Ok(coach_archive::Config {
        endpoint: storage.endpoint.clone(),
        region: storage.region.clone(),
        bucket: storage.bucket.clone(),
        public_url: storage.public_endpoint.clone(),
        path_style: storage.path_style,
        ..coach_archive::Config::embedded("", keys)
    })
}

/// Returns the origins of the server's own pages, which read recordings from the store.
fn own_origins(config: &Config) -> Vec<String> {
    let port = config.http.bind.port();
    let mut origins =
        vec![format!("http://localhost:{port}"), format!("http://127.0.0.1:{port}"), format!("http://[::1]:{port}")];
    let base = config.http.base_url();
    if !origins.contains(&base) {
        origins.push(base);
    }
    origins
}

/// Waits for a call of the store, and records how long it took.
async fn timed<T>(operation: &'static str, call: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let answer = call.await;
    metrics::histogram!("coach_store_seconds", "operation" => operation).record(began.elapsed());
    answer
}

#[async_trait]
impl Objects for Stored {
    async fn size(&self, key: &str) -> anyhow::Result<Option<u64>> {
        Ok(self.archive.head(key).await?.map(|head| head.size))
    }

    async fn read(&self, key: &str) -> anyhow::Result<Option<Reading>> {
        let body = match timed("get", self.archive.get(key, None)).await {
            Ok(body) => body,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let (bytes, content_type) = (body.size, body.content_type.clone());
        let chunks =
            futures::stream::try_unfold(
                body,
                |mut body| async move { Ok(body.next().await?.map(|chunk| (chunk, body))) },
            );
        Ok(Some(Reading { bytes, content_type, chunks: Box::pin(chunks) }))
    }

    async fn keys(&self, prefix: &str) -> anyhow::Result<Vec<String>> {
        Ok(timed("list", self.archive.list(prefix)).await?.into_iter().map(|head| head.key).collect())
    }

    async fn put_file(&self, key: &str, path: &Path, content_type: &str) -> anyhow::Result<()> {
        timed("put", self.archive.put_file(key, path, content_type)).await?;
        Ok(())
    }

    async fn begin(&self, key: &str, content_type: &str) -> anyhow::Result<Box<dyn Growing>> {
        Ok(Box::new(Part(self.archive.create_multipart(key, content_type).await?)))
    }

    async fn presign(&self, key: &str, good_for: Duration) -> anyhow::Result<String> {
        Ok(self.for_browsers(self.archive.presign_get(key, good_for, None).await?.url))
    }

    async fn delete_prefix(&self, prefix: &str) -> anyhow::Result<usize> {
        Ok(timed("delete", self.archive.delete_prefix(prefix)).await?)
    }

    async fn abort_unfinished(&self, prefix: &str) -> anyhow::Result<()> {
        self.archive.abort_uploads(prefix, None).await?;
        Ok(())
    }

    fn browser_origin(&self) -> String {
        self.browser_origin.clone()
    }

    fn forwarded(&self) -> Option<String> {
        self.forwarded.clone()
    }

    async fn ping(&self) -> anyhow::Result<()> {
        // Sends one HEAD of the bucket, because `check` would write and this runs every few seconds.
        Ok(self.archive.ensure_bucket().await?)
    }
}

struct Part(Upload);

#[async_trait]
impl Growing for Part {
    async fn part(&mut self, bytes: Bytes) -> anyhow::Result<()> {
        Ok(timed("part", self.0.part(bytes)).await?)
    }

    async fn complete(self: Box<Self>) -> anyhow::Result<()> {
        self.0.complete().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::storage;

    async fn browsers_load_from(storage: storage::Config) -> String {
        let keys = (Some("an-access-key".into()), Some("a-secret-key".into()));
        let storage = storage::Config {
            kind: Kind::S3,
            access_key: keys.0,
            secret_key: keys.1,
            bucket: "interviews".into(),
            ..storage
        };
        let config = Config { storage, ..Config::default() };
        let archive = Archive::new(s3(&config).unwrap()).unwrap();
        Stored::new(&config, archive).await.unwrap().browser_origin
    }

    #[tokio::test]
    async fn pages_may_load_from_the_address_of_signed_urls_and_from_no_other_bucket() {
        let region = || storage::Config { region: "eu-central-1".into(), ..storage::Config::default() };
        let at =
            |endpoint: &str, path_style| storage::Config { endpoint: Some(endpoint.into()), path_style, ..region() };
        let of_aws = browsers_load_from(storage::Config { path_style: false, ..region() }).await;
        assert_eq!(of_aws, "https://interviews.s3.eu-central-1.amazonaws.com");
        let of_aws = browsers_load_from(storage::Config { path_style: true, ..region() }).await;
        assert_eq!(of_aws, "https://s3.eu-central-1.amazonaws.com");
        assert_eq!(browsers_load_from(at("https://s3.example:9000", true)).await, "https://s3.example:9000");
        assert_eq!(browsers_load_from(at("https://s3.example", false)).await, "https://interviews.s3.example");
        let public =
            storage::Config { public_endpoint: Some("https://media.example/".into()), ..at("http://minio:9000", true) };
        assert_eq!(browsers_load_from(public).await, "https://media.example");
    }
}
