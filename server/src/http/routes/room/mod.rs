//! A live session for people whom its candidate invited by a link: they see and hear it, and an interviewer is seen and heard.

pub mod consent;
pub mod live;
pub mod whep;
pub mod whip;

use crate::http::app::App;
use crate::http::routes::webrtc::ice;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Returns the routes of this folder, with their descriptions.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ice::of_room))
        .routes(routes!(consent::text))
        .routes(routes!(consent::agree))
        .routes(routes!(live::open))
        .routes(routes!(whip::endpoint, whip::publish, whip::options))
        .routes(routes!(whip::resource, whip::leave, whip::trickle, whip::resource_options))
        .routes(routes!(whep::endpoint, whep::watch, whep::options))
        .routes(routes!(whep::resource, whep::leave, whep::trickle, whep::resource_options))
}
