//! Search over what was said in all sessions of the person who asks.

use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Query;
use crate::http::viewer::{Asks, act};
use crate::store::reports::phrases::{self, Found};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

/// The longest search text, characters.
const LONGEST: usize = 200;
/// The most phrases in an answer.
const MOST: i64 = 100;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// The text to search for, 2 to 200 characters, as it is in a phrase; case does not matter.
    pub q: String,
}

/// The phrases that were found.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SearchResults {
    /// At most 100, newest session first.
    pub phrases: Vec<Found>,
}

/// Returns the phrases of the person's own sessions that contain the text.
#[utoipa::path(get, operation_id = "search", path = "/api/search", tag = "sessions", params(SearchQuery),
    responses((status = 200, body = SearchResults), (status = 400, body = Problem), (status = 422, body = Problem)))]
pub async fn get(
    State(app): State<App>,
    Asks { viewer, .. }: Asks<act::Use>,
    Query(query): Query<SearchQuery>,
) -> Result<Json<SearchResults>> {
    let text = query.q.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = text.chars().count();
    if !(2..=LONGEST).contains(&length) {
        return Err(Error::Unprocessable(format!("q has {length} characters: give 2 to {LONGEST}")));
    }
    let phrases = phrases::search(&app.context.db, viewer.user, &text, MOST).await?;
    Ok(Json(SearchResults { phrases }))
}
