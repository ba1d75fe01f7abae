//! The pages, embedded in the program.

use crate::http::error::Error;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../web-client/dist"]
struct Dist;

const NOT_BUILT: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Interview Coach</title>\
    <h1>The pages are not built</h1><p>This program was compiled without the web client. Build both with <code>make run</code>, \
    or the pages alone with <code>npm ci &amp;&amp; npm run build</code> in <code>web-client</code>, and compile again.</p>\
    <p>The API is here: <a href=/docs>/docs</a>.</p></html>";

/// Returns whether the web client was embedded when the program was compiled.
pub fn built() -> bool {
    Dist::get("index.html").is_some()
}

/// Returns a file of the web client, or its index page for paths that the client itself routes.
pub async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Error::NotFound("resource").into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        return Error::Method(method.to_string()).into_response();
    }
    if let Some(file) = Dist::get(path).filter(|_| !path.is_empty()) {
        return answer(path, file, &headers);
    }
    // A path with a file extension is a missing file, not a page.
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return Error::NotFound("file").into_response();
    }
    match Dist::get("index.html") {
        Some(file) => answer("index.html", file, &headers),
        None => (StatusCode::OK, Html(NOT_BUILT)).into_response(),
    }
}

fn answer(path: &str, file: EmbeddedFile, headers: &HeaderMap) -> Response {
    let hash = file.metadata.sha256_hash();
    let etag = hash[..16].iter().fold(String::from("\""), |tag, byte| format!("{tag}{byte:02x}")) + "\"";
    // Vite puts a hash into the names under assets, so they never change.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag.as_bytes());
    let common = [(header::ETAG, etag), (header::CACHE_CONTROL, cache.to_owned())];
    if known {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = file.metadata.mimetype().to_owned();
    (common, [(header::CONTENT_TYPE, kind)], file.data.into_owned()).into_response()
}
