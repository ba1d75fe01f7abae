//! The store's own listener: signed requests over HTTP, CORS for the pages that upload and replay, a calm shutdown.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::Response;
use hyper::header::{HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::Layer;
use tower::util::MapResponse;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::Store;

/// How long answers under way may take after the shutdown was asked for.
const GRACE: Duration = Duration::from_secs(10);
/// How long a client may take to send its headers.
const HEADERS: Duration = Duration::from_secs(30);
/// Connections at once; more wait to be accepted. Far below the descriptors that a process may have.
const CONNECTIONS: usize = 256;

/// Which pages may use presigned URLs from a browser.
#[derive(Clone, Debug, Default)]
pub struct Cors {
    /// Origins such as `http://localhost:8080`; none: no page may; `*`: every page may (a signature is needed still).
    pub origins: Vec<String>,
}

impl Cors {
    fn layer(&self) -> io::Result<CorsLayer> {
        let origins = self.origins.iter().map(|origin| {
            HeaderValue::from_str(origin).map_err(|_| io::Error::other(format!("{origin:?} is no origin")))
        });
        let origins = origins.collect::<io::Result<Vec<_>>>()?;
        // A list with a star in it is a panic of the library.
        let any = origins.iter().any(|origin| origin == "*");
        use hyper::Method;
        Ok(CorsLayer::new()
            .allow_origin(if any { AllowOrigin::any() } else { AllowOrigin::list(origins) })
            .allow_methods([Method::GET, Method::HEAD, Method::PUT])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(EXPOSED.map(HeaderName::from_static))
            .max_age(Duration::from_secs(3600)))
    }
}

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What a page must be able to read: the ETag of each part, and what a player asks about ranges.
const EXPOSED: [&str; 9] = [
    "etag",
    "accept-ranges",
    "content-length",
    "content-range",
    "content-type",
    "last-modified",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-crc32",
    "x-amz-request-id",
];

impl Store {
    /// Serves until `shutdown` is ready, then lets answers under way end (10 s at most).
    ///
    /// Requests without a valid signature are answered 403. Bind the listener to loopback; what others may see goes
    /// through presigned URLs behind the public address.
    ///
    /// # Errors
    /// An origin of `cors` is malformed.
    pub async fn serve(
        self,
        listener: TcpListener,
        cors: Cors,
        shutdown: impl Future<Output = ()> + Send,
    ) -> io::Result<()> {
        let keys = self.keys().clone();
        let mut builder = S3ServiceBuilder::new(self);
        builder.set_auth(SimpleAuth::from_single(keys.access_key, keys.secret_key));
        let service = cors.layer()?.layer(builder.build());
        let service = TowerToHyperService::new(MapResponse::new(service, marked));
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let graceful = GracefulShutdown::new();
        let mut shutdown = pin!(shutdown);
        loop {
            let accept = async {
                let place = places.clone().acquire_owned().await.map_err(io::Error::other)?;
                Ok::<_, io::Error>((listener.accept().await?.0, place))
            };
            let accepted = tokio::select! {
                accepted = accept => accepted,
                () = &mut shutdown => break,
            };
            let (stream, place) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, most likely: those who are served must end before others can begin.
                    tracing::warn!(%error, "the object store could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY could not be set");
            }
            let mut http = auto::Builder::new(TokioExecutor::new()).http1_only();
            http.http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
            let connection = http.serve_connection(TokioIo::new(stream), service.clone()).into_owned();
            let connection = graceful.watch(connection);
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(error, "a connection to the object store broke");
                }
                drop(place);
            });
        }
        drop(listener);
        if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
            tracing::warn!("the object store stopped before all of its clients were done");
        }
        Ok(())
    }
}

/// Marks an answer as what its type says and nothing else, and as nothing that a page elsewhere can embed: the pages of [`Cors`] ask by CORS.
/// Counts it where it is a refusal.
fn marked<B>(mut response: Response<B>) -> Response<B> {
    let status = response.status();
    if status.is_client_error() {
        metrics::counter!("coach_store_refused_total", "status" => status.as_str().to_owned()).increment(1);
    }
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    response
}
