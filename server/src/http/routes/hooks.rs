//! Notifications of the object store: bucket notifications of S3, also in the form that MinIO sends.

use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::routes::consents;
use crate::objects::upload_of;
use crate::store::uploads;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// A notification; of its many fields only these are read.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = S3Notification)]
pub struct Notification {
    /// Absent in the message with which S3 tests the address.
    #[serde(rename = "Records", default)]
    records: Vec<Record>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = S3Record)]
struct Record {
    #[serde(rename = "eventName", default)]
    event: String,
    s3: Place,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = S3Place)]
struct Place {
    bucket: Bucket,
    object: Object,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = S3Bucket)]
struct Bucket {
    name: String,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = S3Object)]
struct Object {
    /// Percent-encoded, a space as `+`.
    key: String,
}

/// Takes `ObjectCreated` notifications of uploaded files, which complete an upload as the page does. Notifications of
/// other objects are ignored.
#[utoipa::path(post, operation_id = "hooks_s3", path = "/api/hooks/s3", tag = "operation", request_body = Notification,
    responses((status = 204), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn s3(State(app): State<App>, headers: HeaderMap, request: Request) -> Result<StatusCode> {
    let secret = app.context.config.storage.hook_secret.as_deref().ok_or(Error::NotFound("page"))?;
    if !presents(&headers, secret) {
        return Err(Error::Forbidden("the store must present storage.hook_secret: Authorization: Bearer …".into()));
    }
    // Parsed only after the secret was checked, so that bodies of unknown senders are never parsed.
    let Body(notification): Body<Notification> = Body::from_request(request, &app).await?;
    for record in notification.records {
        // AWS sends "ObjectCreated:…", MinIO "s3:ObjectCreated:…".
        let created = record.event.trim_start_matches("s3:").starts_with("ObjectCreated:");
        if !created || record.s3.bucket.name != app.context.config.storage.bucket {
            continue;
        }
        let Some(session) = decoded(&record.s3.object.key).as_deref().and_then(upload_of) else { continue };
        let Some(slot) = uploads::all_owners_get(&app.context.db, session).await? else { continue };
        // The consent may have been withdrawn since the slot was opened.
        if slot.job.is_none() && !consents::given(&app, slot.owner).await? {
            tracing::info!(%session, "an upload is there whose owner has withdrawn the consent; it is left to the sweep");
            continue;
        }
        match crate::uploads::complete(&app.context, &slot, None).await {
            Ok(job) => tracing::debug!(%session, %job, "the store said that an upload is there"),
            // The store repeats a notification that was not accepted.
            Err(error @ (crate::uploads::Error::Store(_) | crate::uploads::Error::Database(_))) => {
                return Err(error.into());
            }
            Err(error) => tracing::info!(%session, %error, "the store's word about an upload changes nothing"),
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Compares by digest, so that the time it takes tells nothing about the secret.
fn presents(headers: &HeaderMap, secret: &str) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        given.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token.is_some_and(|(_, token)| Sha256::digest(token.trim()) == Sha256::digest(secret))
}

/// Decodes a key from the form that S3 uses in notifications.
fn decoded(key: &str) -> Option<String> {
    let spaced = key.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_is_read_as_the_store_wrote_it() {
        assert_eq!(decoded("sessions%2F1+2%C3%BC/upload").as_deref(), Some("sessions/1 2ü/upload"));
        assert_eq!(decoded("%ff"), None);
        assert_eq!(decoded("%2").as_deref(), Some("%2"));
    }

    proptest! {
        #[test]
        fn no_key_breaks_it(key in ".{0,60}") {
            let _ = decoded(&key).as_deref().and_then(upload_of);
        }
    }
}
