//! Gives each request an id, in its answer and in all its log lines; logs one line and records a histogram for it.

use crate::telemetry::HTTP_SECONDS;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use std::any::Any;
use std::time::Instant;
use tracing::Instrument;
use uuid::Uuid;

/// The header that carries a request's id, in both directions.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Paths that machines ask for every few seconds; at INFO their lines would hide all others.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

tokio::task_local! {
    static REQUEST_ID: Uuid;
}

/// Returns the id of the request that the calling task answers; `None` outside of one.
pub fn request_id() -> Option<Uuid> {
    REQUEST_ID.try_with(|id| *id).ok()
}

/// Answers a request under its id, which is the caller's if that is a UUID, and a new one otherwise. Logs and measures it.
pub async fn observe(request: Request, next: Next) -> Response {
    // Own lines rather than tower-http's layers: those keep any text that a caller sends, and it would come to stand in the log.
    let given = request.headers().get(&HEADER).and_then(|value| value.to_str().ok());
    let id = given.and_then(|text| Uuid::try_parse(text).ok()).unwrap_or_else(Uuid::now_v7);
    let method = method(request.method());
    // The route and not the address, which holds ids and would make a time series of each.
    let path = request.extensions().get::<MatchedPath>().map_or("(page)", MatchedPath::as_str).to_owned();
    let began = Instant::now();
    let span = tracing::info_span!("request", request_id = %id);
    let mut response = REQUEST_ID.scope(id, next.run(request)).instrument(span.clone()).await;
    let took = began.elapsed();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(HEADER, value);
    }
    let (status, duration_ms) = (response.status().as_u16(), took.as_millis() as u64);
    let _entered = span.enter();
    if PROBES.contains(&path.as_str()) {
        tracing::debug!(method, path, status, duration_ms, "{method} {path} {status}");
    } else {
        tracing::info!(method, path, status, duration_ms, "{method} {path} {status}");
    }
    metrics::histogram!(HTTP_SECONDS, "method" => method, "path" => path, "status" => status.to_string()).record(took);
    response
}

/// Returns the name of a method, `OTHER` for one that no route knows: callers may invent as many as they like.
fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

/// Returns the text of a panic.
pub fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a text")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_method_gets_no_time_series_of_its_own() {
        assert_eq!(method(&Method::from_bytes(b"BREW").unwrap()), "OTHER");
        assert_eq!(method(&Method::PATCH), "PATCH");
    }

    #[test]
    fn the_text_of_a_panic_is_found_in_both_of_its_forms() {
        assert_eq!(panic_text(&"plain"), "plain");
        assert_eq!(panic_text(&format!("{} made", "well")), "well made");
        assert_eq!(panic_text(&7), "without a text");
    }
}
