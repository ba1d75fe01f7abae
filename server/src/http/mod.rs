//! The HTTP surface: the router and what is around every route.

pub mod app;
pub mod error;
mod extract;
pub mod listen;
mod objects;
pub mod origin;
mod rate;
pub mod routes;
mod security;
mod socket;
pub mod trace;
mod viewer;
pub mod web;

use app::App;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use error::Error;
use routes::webrtc::{self, ice, whep, whip};
use routes::{
    account, compare, consents, health, hooks, me, providers, questions, room, search, session, sessions, settings,
    sharing, trends,
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Behavioural Interview Coach", description = "Practise an interview on camera; see what can be better, with evidence."),
    tags(
        (name = "sessions", description = "Sessions and their results"),
        (name = "upload", description = "Recordings made elsewhere"),
        (name = "live", description = "Publishing media and the live channel"),
        (name = "guests", description = "A session seen by a link, without an account"),
        (name = "person", description = "Who asks, and what they agreed to"),
        (name = "operation", description = "For who runs the server"),
    ),
    components(schemas(
        crate::channel::Message,
        crate::channel::protocol::ShownHint,
        crate::http::error::Problem,
        session::transcript::TranscriptFormat
    )),
)]
struct Documented;

fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Documented::openapi())
        .routes(routes!(me::get, me::put))
        .routes(routes!(settings::everything::zip))
        .routes(routes!(settings::erasure::ask, settings::erasure::take_back))
        .routes(routes!(settings::retention::preview))
        .merge(accounts())
        .routes(routes!(consents::text))
        .routes(routes!(consents::accept, consents::withdraw))
        .routes(routes!(questions::bank::list, questions::own::add))
        .routes(routes!(questions::own::change, questions::own::delete))
        .routes(routes!(questions::sets::list, questions::sets::add))
        .routes(routes!(questions::sets::change, questions::sets::delete))
        .routes(routes!(questions::set_links::list, questions::set_links::make))
        .routes(routes!(questions::set_links::end))
        .routes(routes!(questions::set_links::open))
        .routes(routes!(questions::set_links::copy))
        .routes(routes!(providers::list))
        .routes(routes!(providers::accept, providers::withdraw))
        .routes(routes!(sessions::create, sessions::list))
        .routes(routes!(sessions::get, sessions::delete))
        .routes(routes!(sessions::gold))
        .routes(routes!(session::analyze::get, session::analyze::again))
        .routes(routes!(session::calibration::measure))
        .routes(routes!(whip::endpoint, whip::publish, whip::options))
        .routes(routes!(whip::resource, whip::stop, whip::trickle, whip::resource_options))
        .routes(routes!(whep::endpoint, whep::watch, whep::options))
        .routes(routes!(whep::resource, whep::leave, whep::trickle, whep::resource_options))
        .routes(routes!(ice::of_session))
        .routes(routes!(session::live::open))
        .routes(routes!(session::upload::open, session::upload::get, session::upload::abort))
        .routes(routes!(session::upload::urls))
        .routes(routes!(session::upload::complete))
        .routes(routes!(hooks::s3))
        .routes(routes!(session::report::report))
        .routes(routes!(session::report::journal))
        .routes(routes!(session::transcript::get))
        .routes(routes!(session::outside::review))
        .routes(routes!(session::outside::affect))
        .routes(routes!(session::corrections::list))
        .routes(routes!(session::corrections::set, session::corrections::delete))
        .routes(routes!(session::recording::link))
        .routes(routes!(sharing::grants::list, sharing::grants::give))
        .routes(routes!(sharing::grants::revoke))
        .routes(routes!(sharing::links::list, sharing::links::make))
        .routes(routes!(sharing::links::revoke))
        .routes(routes!(sharing::comments::list, sharing::comments::add, sharing::comments::delete_all))
        .routes(routes!(sharing::comments::delete))
        .routes(routes!(sharing::comments::resolve))
        .routes(routes!(sharing::guest::open))
        .routes(routes!(sharing::guest::session))
        .routes(routes!(sharing::guest::recording))
        .routes(routes!(sharing::guest::transcript))
        .routes(routes!(sharing::guest::report))
        .routes(routes!(sharing::guest_comments::list, sharing::guest_comments::add))
        .routes(routes!(sharing::guest_comments::delete))
        .merge(room::routes())
        .routes(routes!(session::export::zip))
        .routes(routes!(search::get))
        .routes(routes!(trends::get))
        .routes(routes!(compare::get))
        .routes(routes!(health::alive))
        .routes(routes!(health::ready))
        .routes(routes!(health::metrics))
}

/// Routes of signing in, and of what a person signs in by.
fn accounts() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(account::sign_in::ways, account::sign_in::by_password))
        .routes(routes!(account::sign_in::set_password))
        .routes(routes!(account::sign_in::forgotten))
        .routes(routes!(account::passkeys::list, account::passkeys::add))
        .routes(routes!(account::passkeys::begin))
        .routes(routes!(account::passkeys::remove))
        .routes(routes!(account::passkeys::begin_sign_in))
        .routes(routes!(account::passkeys::sign_in))
        .routes(routes!(account::sign_in::sign_out))
        .routes(routes!(account::provider::begin))
        .routes(routes!(account::provider::callback))
        .routes(routes!(account::provider::back_channel))
        .routes(routes!(account::pairing::get, account::pairing::pair))
        .routes(routes!(account::browsers::list))
        .routes(routes!(account::browsers::end))
        .routes(routes!(account::tokens::list, account::tokens::issue))
        .routes(routes!(account::tokens::revoke))
        .routes(routes!(account::audit::list))
        .routes(routes!(account::shared::list))
}

/// Returns the API's description, which `/api/openapi.json` serves.
pub fn openapi() -> utoipa::openapi::OpenApi {
    documented().split_for_parts().1
}

/// Returns the router of all routes, with their layers.
pub fn router(app: App) -> Router {
    let (router, openapi) = documented().split_for_parts();
    let security = security::Headers::new(&app.context.objects.browser_origin());
    let uncompressed = SizeAbove::new(1024)
        .and(NotForContentType::new("video/"))
        .and(NotForContentType::new("image/"))
        .and(NotForContentType::new("application/zip"))
        .and(NotForContentType::new("application/x-ndjson"));
    let router = router
        .fallback(web::serve)
        .method_not_allowed_fallback(async |method: Method| Error::Method(method.to_string()))
        .with_state(app.clone())
        .merge(objects::routes(&*app.context.objects))
        .merge(SwaggerUi::new("/docs").url("/api/openapi.json", openapi))
        .layer(from_fn_with_state(app.clone(), guard))
        .layer(CompressionLayer::new().compress_when(uncompressed));
    // This layer answers every OPTIONS request itself, so it is added only if other origins are configured.
    let router = match security::cors(&app.context.config.http) {
        Some(cors) => router.layer(cors).layer(from_fn(webrtc::accept_post)),
        None => router,
    };
    router
        .layer(map_response(move |response: Response| {
            let security = security.clone();
            async move { security.add(response) }
        }))
        .layer(CatchPanicLayer::custom(|panic: Box<dyn Any + Send>| {
            let text = trace::panic_text(panic.as_ref());
            Error::Internal(anyhow::anyhow!("a handler panicked: {text}")).into_response()
        }))
        .layer(from_fn(trace::observe))
}

/// Refuses foreign hosts, foreign pages and too many changes in front of every route.
async fn guard(State(app): State<App>, request: Request, next: Next) -> Result<Response, Error> {
    app.allowed.check(request.method(), request.headers(), request.uri())?;
    app.changes.check(&request)?;
    Ok(next.run(request).await)
}
