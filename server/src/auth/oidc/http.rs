//! The HTTP client for the provider: no redirects, a time limit, answers of limited size.

use anyhow::Context as _;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openidconnect::http::Response;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::pin::Pin;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(10);
/// Largest answer of the provider, bytes.
const ANSWER_MAX: usize = 1024 * 1024;

/// Why a request to the provider fails.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the request failed")]
    Request(#[from] hyper_util::client::legacy::Error),
    #[error("the answer broke off, or is larger than {ANSWER_MAX} bytes")]
    Answer(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("there was no answer within {} s", TIMEOUT.as_secs())]
    Late,
}

/// The HTTP client.
#[derive(Debug)]
pub struct Http(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

impl Http {
    /// # Errors
    /// The machine has no trusted root certificates.
    pub fn new() -> anyhow::Result<Http> {
        let https = HttpsConnectorBuilder::new()
            .with_native_roots()
            .context("the client of auth.issuer has no certificates to trust")?
            .https_or_http()
            .enable_http1()
            .build();
        // No connection is kept: the provider may end an idle one while the next sign-in's request is on its way, which would fail.
        Ok(Http(Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(https)))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Error> {
        let exchange = async {
            let answer = self.0.request(request.map(|body| Full::new(Bytes::from(body)))).await?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER_MAX).collect().await.map_err(Error::Answer)?;
            Ok(Response::from_parts(head, body.to_bytes().to_vec()))
        };
        tokio::time::timeout(TIMEOUT, exchange).await.map_err(|_| Error::Late)?
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
