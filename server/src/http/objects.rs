//! Leads browsers to the embedded object store through this server, where they reach nothing else of the machine.
//!
//! The store still decides: a request carries the signature of a presigned URL, which names the store's own host and path, so it
//! is passed on unchanged and is good for nothing else.

use crate::http::error::Error;
use crate::objects::{BROWSER_PATH, Objects};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// What a browser may tell the store.
const ASKED: [HeaderName; 7] = [
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::IF_MATCH,
    header::IF_NONE_MATCH,
    header::IF_RANGE,
    header::RANGE,
    HeaderName::from_static("x-amz-checksum-crc64nvme"),
];
/// What the store may tell a browser.
const ANSWERED: [HeaderName; 9] = [
    header::ACCEPT_RANGES,
    header::CACHE_CONTROL,
    header::CONTENT_DISPOSITION,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::ETAG,
    header::LAST_MODIFIED,
    HeaderName::from_static("x-amz-checksum-crc64nvme"),
];

/// The way to the store.
#[derive(Clone)]
struct Forward {
    store: Authority,
    client: Client<HttpConnector, Body>,
}

/// Returns the routes under [`BROWSER_PATH`]; none where browsers reach the store by themselves.
pub fn routes(objects: &dyn Objects) -> Router {
    let store = objects.forwarded().and_then(|origin| origin.parse::<Uri>().ok()?.authority().cloned());
    let Some(store) = store else { return Router::new() };
    let forward_to = Forward { store, client: Client::builder(TokioExecutor::new()).build_http() };
    Router::new().nest_service(BROWSER_PATH, routing::any(forward).with_state(forward_to))
}

async fn forward(State(forward): State<Forward>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::PUT) {
        return Error::Method(request.method().to_string()).into_response();
    }
    match forward.ask(request).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::warn!(error = %format!("{error:#}"), "the object store did not answer a page");
            let detail = "the object store does not answer; try again in a moment".into();
            Error::Unavailable { detail, retry_after_s: 5 }.into_response()
        }
    }
}

impl Forward {
    async fn ask(&self, request: Request) -> anyhow::Result<Response> {
        let (head, body) = request.into_parts();
        let mut uri = head.uri.into_parts();
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = Some(self.store.clone());
        let mut asked = axum::http::Request::builder().method(head.method).uri(Uri::from_parts(uri)?).body(body)?;
        copy(&ASKED, &head.headers, asked.headers_mut());
        let answer = self.client.request(asked).await?;
        let (told, body) = answer.into_parts();
        let mut response = Response::new(Body::new(body));
        *response.status_mut() = told.status;
        copy(&ANSWERED, &told.headers, response.headers_mut());
        // Whatever somebody recorded or uploaded is never a page of this origin.
        let sandbox = HeaderValue::from_static("default-src 'none'; media-src 'self'; sandbox");
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, sandbox);
        Ok(response)
    }
}

fn copy(names: &[HeaderName], from: &HeaderMap, to: &mut HeaderMap) {
    for name in names {
        for value in from.get_all(name) {
            to.append(name, value.clone());
        }
    }
}
