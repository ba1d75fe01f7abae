//! The HTTP surface: one resource per file.

pub mod analyze;
pub mod calibration;
pub mod compare;
pub mod consents;
pub mod export;
pub mod extract;
pub mod health;
pub mod hooks;
pub mod live;
pub mod me;
pub mod questions;
pub mod recording;
pub mod report;
pub mod security;
pub mod sessions;
pub mod trends;
pub mod upload;
pub mod whip;

use crate::app::App;
use crate::auth;
use crate::error::Error;
use crate::web;
use axum::Router;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::trace::{DefaultMakeSpan, DefaultOnFailure, DefaultOnResponse, TraceLayer};
use tracing::Level;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

#[derive(OpenApi)]
#[openapi(
    info(title = "Behavioural Interview Coach", description = "Practise an interview on camera; see what can be better, with evidence."),
    tags(
        (name = "sessions", description = "Sittings and what came of them"),
        (name = "upload", description = "Recordings made elsewhere"),
        (name = "live", description = "Publishing media and the live channel"),
        (name = "person", description = "Who asks, and what they agreed to"),
        (name = "operation", description = "For who runs the server"),
    ),
    components(schemas(crate::live::Message, crate::live::protocol::Cue, crate::error::Problem)),
)]
struct Documented;

fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Documented::openapi())
        .routes(routes!(me::get, me::put))
        .routes(routes!(consents::text))
        .routes(routes!(consents::accept, consents::withdraw))
        .routes(routes!(questions::list))
        .routes(routes!(sessions::create, sessions::list))
        .routes(routes!(sessions::get, sessions::delete))
        .routes(routes!(sessions::gold))
        .routes(routes!(analyze::get, analyze::again))
        .routes(routes!(calibration::measure))
        .routes(routes!(whip::publish, whip::options))
        .routes(routes!(whip::stop, whip::trickle))
        .routes(routes!(live::open))
        .routes(routes!(upload::open, upload::get, upload::abort))
        .routes(routes!(upload::urls))
        .routes(routes!(upload::complete))
        .routes(routes!(hooks::s3))
        .routes(routes!(report::report))
        .routes(routes!(report::journal))
        .routes(routes!(recording::link))
        .routes(routes!(export::zip))
        .routes(routes!(trends::get))
        .routes(routes!(compare::get))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
}

/// The API's description, as `/api/openapi.json` serves it.
pub fn openapi() -> utoipa::openapi::OpenApi {
    documented().split_for_parts().1
}

/// Everything the server answers.
pub fn router(app: App) -> Router {
    let (router, openapi) = documented().split_for_parts();
    let security = security::Headers::new(&app.objects.browser_origin());
    let uncompressed = SizeAbove::new(1024)
        .and(NotForContentType::new("video/"))
        .and(NotForContentType::new("image/"))
        .and(NotForContentType::new("application/zip"))
        .and(NotForContentType::new("application/x-ndjson"));
    let router = router
        .fallback(web::serve)
        .method_not_allowed_fallback(async |method: Method| Error::Method(method.to_string()))
        .with_state(app.clone())
        .merge(SwaggerUi::new("/docs").url("/api/openapi.json", openapi))
        .layer(from_fn_with_state(app.clone(), auth::origin::guard))
        .layer(CompressionLayer::new().compress_when(uncompressed));
    // It answers every OPTIONS request itself, so it is there only where other origins are.
    let router = match security::cors(&app.config.http) {
        Some(cors) => router.layer(cors).layer(from_fn(whip::accept_post)),
        None => router,
    };
    router
        .layer(map_response(move |response: Response| {
            let security = security.clone();
            async move { security.add(response) }
        }))
        .layer(CatchPanicLayer::custom(|_| {
            use axum::response::IntoResponse;
            Error::Internal(anyhow::anyhow!("a handler panicked")).into_response()
        }))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(DefaultMakeSpan::new().level(Level::INFO))
                .on_response(DefaultOnResponse::new().level(Level::DEBUG))
                .on_failure(DefaultOnFailure::new().level(Level::WARN)),
        )
}
