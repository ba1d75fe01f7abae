//! A service of others for tests: a real HTTP server that answers as it is told to, and remembers what it was sent.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

/// One answer.
#[derive(Debug, Clone)]
pub enum Reply {
    Json(Value),
    /// A status with this body.
    Status(u16, &'static str),
    /// Leads elsewhere.
    Redirect,
    /// Never comes.
    Hang,
    /// Does not end.
    Endless,
    /// Says that it is longer than it is.
    BrokenOff,
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The body with every byte as a character.
    pub fn text(&self) -> String {
        self.body.iter().map(|&byte| char::from(byte)).collect()
    }
}

/// The service.
pub struct Service {
    /// Its address, with a version.
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Service {
    /// Gives these answers in turn, the last one again and again.
    pub async fn start(mut replies: Vec<Reply>) -> Service {
        replies.reverse();
        let (asked, replies) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::new(Mutex::new(replies)));
        let all = asked.clone();
        let app =
            axum::Router::new().fallback(move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
                all.lock().unwrap().push(Asked { method, path: uri.path().to_owned(), headers, body: body.to_vec() });
                let next = {
                    let mut replies = replies.lock().unwrap();
                    if replies.len() > 1 { replies.pop() } else { replies.first().cloned() }
                };
                answer(next.unwrap()).await
            });
        let app = app.layer(axum::extract::DefaultBodyLimit::disable());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(axum::serve(listener, app).into_future());
        Service { url, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(reply: Reply) -> Response {
    match reply {
        Reply::Json(value) => axum::Json(value).into_response(),
        Reply::Status(status, body) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
        Reply::Redirect => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/elsewhere")]).into_response(),
        Reply::Hang => std::future::pending().await,
        Reply::Endless => {
            let pieces = futures::stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from(vec![b' '; 65_536])));
            Body::from_stream(pieces).into_response()
        }
        Reply::BrokenOff => {
            let pieces =
                futures::stream::iter([Ok(Bytes::from("{\"text\":")), Err(std::io::Error::other("the cable"))]);
            Body::from_stream(pieces).into_response()
        }
    }
}
