//! Security headers, and the origins that may call from elsewhere.

use crate::config;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::Response;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// The security headers of every answer.
#[derive(Clone)]
pub struct Headers {
    policy: HeaderValue,
}

impl Headers {
    /// `storage`: the origin from which recordings are played.
    pub fn new(storage: &str) -> Headers {
        let policy = format!(
            "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: {storage}; \
             media-src 'self' blob: {storage}; connect-src 'self' {storage}; worker-src 'self' blob:; object-src 'none'; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        );
        // An origin that is no header value comes from the configuration: the strict policy without it still holds.
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'self'"));
        Headers { policy }
    }

    pub fn add(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        // Objects of the store bring a stricter one.
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| self.policy.clone());
        for (name, value) in [
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (
                HeaderName::from_static("permissions-policy"),
                "camera=(self), microphone=(self), geolocation=(), payment=()",
            ),
            (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        // No page elsewhere can embed anything of ours, and learn from it that we are here. A page that may call the API is let
        // through by CORS, which this does not concern.
        headers
            .insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        response
    }
}

/// Allows the configured origins to call; `None`: none is configured.
pub fn cors(http: &config::http::Config) -> Option<CorsLayer> {
    if http.allowed_origins.is_empty() {
        return None;
    }
    let origins =
        http.allowed_origins.iter().filter_map(|origin| HeaderValue::from_str(origin.trim_end_matches('/')).ok());
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([header::CONTENT_TYPE, header::AUTHORIZATION, header::IF_MATCH])
        .expose_headers([header::ETAG, header::LINK, header::LOCATION, super::trace::HEADER]);
    Some(layer)
}
