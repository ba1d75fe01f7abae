//! HTTP requests to services of others: no redirects, a time limit, answers of limited size, and no address or key in an error.

use anyhow::Context as _;
use axum::http::{HeaderName, HeaderValue, Method, Request, StatusCode, header};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::Frame;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::path::Path;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;

/// Largest answer, bytes.
const ANSWER_MAX: usize = 10 * 1024 * 1024;
/// As much of an answer that refuses is repeated, characters.
const QUOTED: usize = 200;
/// A file is sent in pieces of so many bytes.
const PIECE: usize = 64 * 1024;

/// Why a service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It is away, busy or broken: another attempt may succeed.
    #[error("{0}")]
    Away(String),
    /// It refuses, and will again.
    #[error("{why}")]
    Refused { status: Option<StatusCode>, why: String },
}

impl Failure {
    /// Returns a refusal that no status tells.
    pub fn refused(why: &str) -> Failure {
        Failure::Refused { status: None, why: why.to_owned() }
    }

    /// Returns the failure of a service that answers something else.
    pub fn unreadable() -> Failure {
        Failure::Away("its answer is not what was asked for".into())
    }

    /// Returns whether the service does not know what it was asked for: it may know something simpler.
    pub fn is_unknown_wish(&self) -> bool {
        let Failure::Refused { status: Some(status), .. } = self else { return false };
        matches!(
            *status,
            StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::UNPROCESSABLE_ENTITY
        )
    }
}

/// The body of a request.
type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// What is sent: a type, a length and the bytes.
pub struct Sent {
    content_type: String,
    bytes: u64,
    body: Body,
}

impl Sent {
    /// Nothing.
    pub fn nothing() -> Sent {
        Sent::whole("application/json", Bytes::new())
    }

    /// Bytes that are in memory.
    pub fn whole(content_type: &str, bytes: Bytes) -> Sent {
        let length = bytes.len() as u64;
        let body = Full::new(bytes).map_err(|never| match never {}).boxed_unsync();
        Sent { content_type: content_type.to_owned(), bytes: length, body }
    }
}

/// An HTTP client for one service.
#[derive(Clone)]
pub struct Outbound {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    /// Its address, without a slash at its end.
    url: String,
    key: Option<(HeaderName, HeaderValue)>,
    /// The key without the word before it, so that no error repeats what a service says of it.
    secret: Option<String>,
    within: Duration,
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound").finish_non_exhaustive()
    }
}

impl Outbound {
    /// `key`: presented with every request in this header.
    ///
    /// # Errors
    /// The machine has no trusted root certificates, or the key cannot be sent.
    pub fn new(url: &str, key: Option<(HeaderName, String)>, within: Duration) -> anyhow::Result<Outbound> {
        let https = HttpsConnectorBuilder::new()
            .with_native_roots()
            .context("the client of a service has no certificates to trust")?
            .https_or_http()
            .enable_http1()
            .build();
        let secret = key.as_ref().and_then(|(_, value)| value.split_whitespace().last()).map(str::to_owned);
        let key = key.map(|(name, value)| {
            let mut value =
                HeaderValue::from_str(&value).context("the key of a service has characters that no header takes")?;
            value.set_sensitive(true);
            anyhow::Ok((name, value))
        });
        let client = Client::builder(TokioExecutor::new()).build(https);
        Ok(Outbound { client, url: url.trim_end_matches('/').to_owned(), key: key.transpose()?, secret, within })
    }

    /// Returns a client that presents `Authorization: Bearer` with the key, if there is one.
    ///
    /// # Errors
    /// As [`Outbound::new`].
    pub fn bearer(url: &str, key: Option<&str>, within: Duration) -> anyhow::Result<Outbound> {
        let key = key.filter(|key| !key.is_empty()).map(|key| (header::AUTHORIZATION, format!("Bearer {key}")));
        Outbound::new(url, key, within)
    }

    /// Sends something to a path below the address. Returns what came back with a status of success.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn send(&self, method: Method, path: &str, sent: Sent) -> Result<Bytes, Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header(header::CONTENT_TYPE, sent.content_type)
            .header(header::CONTENT_LENGTH, sent.bytes)
            .header(header::ACCEPT, "application/json")
            .header(header::USER_AGENT, concat!("coach/", env!("CARGO_PKG_VERSION")));
        if let Some((name, value)) = &self.key {
            request = request.header(name, value);
        }
        let request = request.body(sent.body).map_err(|_| Failure::refused("its address cannot be used"))?;
        let exchange = async {
            // The errors beneath name no address.
            let answer =
                self.client.request(request).await.map_err(|error| Failure::Away(format!("no answer: {error}")))?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER_MAX).collect().await;
            let body =
                body.map_err(|_| Failure::Away(format!("the answer broke off, or is larger than {ANSWER_MAX} bytes")))?;
            Ok((head.status, body.to_bytes()))
        };
        let late = |_| Failure::Away(format!("no answer within {} s", self.within.as_secs()));
        let (status, body) = tokio::time::timeout(self.within, exchange).await.map_err(late)??;
        judged(status, &body, self.secret.as_deref())?;
        Ok(body)
    }
}

/// Tells what may succeed another time from what will not. The reason quotes the answer, but neither the key nor, of what was refused for
/// its content, an echo of it.
fn judged(status: StatusCode, body: &[u8], secret: Option<&str>) -> Result<(), Failure> {
    if status.is_success() {
        return Ok(());
    }
    let mut said = String::from_utf8_lossy(body).into_owned();
    if let Some(secret) = secret {
        said = said.replace(secret, "(key)");
    }
    let echoes = matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY);
    let most = if echoes { 0 } else { QUOTED };
    let said: String = said.chars().filter(|c| !c.is_control()).take(most).collect();
    if status.is_redirection() {
        return Err(Failure::refused(&format!("it redirects ({status}), which is not followed")));
    }
    let told = format!("it answers {status}: {said}");
    match status {
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS | StatusCode::TOO_EARLY => Err(Failure::Away(told)),
        status if status.is_client_error() => Err(Failure::Refused { status: Some(status), why: told }),
        _ => Err(Failure::Away(told)),
    }
}

/// A body of `multipart/form-data` (RFC 7578).
#[derive(Debug)]
pub struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Form {
    /// The boundary is random, so that no file holds it.
    pub fn new() -> Form {
        Form { boundary: crate::secret::generate(), body: Vec::new() }
    }

    /// Adds a field of text. Names are constants of this program.
    pub fn text(mut self, name: &str, value: &str) -> Form {
        self.begin(&format!("form-data; name=\"{name}\""), None);
        self.body.extend_from_slice(value.as_bytes());
        self.body.extend_from_slice(b"\r\n");
        self
    }

    /// Adds a file.
    pub fn file(mut self, name: &str, file_name: &str, content_type: &str, bytes: &[u8]) -> Form {
        self.begin(&format!("form-data; name=\"{name}\"; filename=\"{file_name}\""), Some(content_type));
        self.body.extend_from_slice(bytes);
        self.body.extend_from_slice(b"\r\n");
        self
    }

    fn begin(&mut self, disposition: &str, content_type: Option<&str>) {
        let kind = content_type.map(|kind| format!("Content-Type: {kind}\r\n")).unwrap_or_default();
        let head = format!("--{}\r\nContent-Disposition: {disposition}\r\n{kind}\r\n", self.boundary);
        self.body.extend_from_slice(head.as_bytes());
    }

    /// Returns what is sent.
    pub fn finish(mut self) -> Sent {
        let end = self.end();
        self.body.extend_from_slice(end.as_bytes());
        Sent::whole(&self.content_type(), self.body.into())
    }

    /// Returns what is sent, with this file as its last part, which is read while it is sent.
    ///
    /// # Errors
    /// The file cannot be read.
    pub async fn finish_with_file(
        mut self,
        name: &str,
        file_name: &str,
        content_type: &str,
        path: &Path,
    ) -> std::io::Result<Sent> {
        self.begin(&format!("form-data; name=\"{name}\"; filename=\"{file_name}\""), Some(content_type));
        let file = tokio::fs::File::open(path).await?;
        let end = format!("\r\n{}", self.end());
        let bytes = (self.body.len() + end.len()) as u64 + file.metadata().await?.len();
        let content_type = self.content_type();
        let pieces = futures::stream::unfold(Some(file), |file| async {
            let mut file = file?;
            let mut piece = Vec::with_capacity(PIECE);
            match file.read_buf(&mut piece).await {
                Ok(0) => None,
                Ok(_) => Some((Ok(Bytes::from(piece)), Some(file))),
                Err(error) => Some((Err(error), None)),
            }
        });
        let around = |bytes: Vec<u8>| futures::stream::iter([Ok(Bytes::from(bytes))]);
        let all = around(self.body).chain(pieces).chain(around(end.into_bytes()));
        Ok(Sent { content_type, bytes, body: StreamBody::new(all.map_ok(Frame::data)).boxed_unsync() })
    }

    fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    fn end(&self) -> String {
        format!("--{}--\r\n", self.boundary)
    }
}

impl Default for Form {
    fn default() -> Form {
        Form::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_by_itself_is_tried_again_and_what_does_not_is_not() {
        let away = |status: u16| match judged(StatusCode::from_u16(status).unwrap(), b"<html>\x00no", None) {
            Ok(()) => None,
            Err(Failure::Away(_)) => Some(true),
            Err(Failure::Refused { why: text, .. }) => {
                assert!(text.contains(&status.to_string()) && !text.contains('\u{0}'), "{text}");
                Some(false)
            }
        };
        assert_eq!([200, 201, 204].map(away), [None; 3]);
        assert_eq!([408, 425, 429, 500, 502, 503, 529].map(away), [Some(true); 7]);
        assert_eq!([301, 307, 400, 401, 403, 404, 413, 422].map(away), [Some(false); 8]);
    }
}
