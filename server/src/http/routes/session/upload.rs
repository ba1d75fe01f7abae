//! Uploading a recording: a slot, signed URLs for its parts, its completion. The bytes go from the browser to the store.

use crate::clock::now_us;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::extract::Json as Body;
use crate::http::routes::consents;
use crate::http::viewer::{Seen, act};
use crate::objects::upload_key;
use crate::session::State as SessionState;
use crate::store::sessions::{Session, Source};
use crate::store::uploads::{self as store, Slot};
use crate::uploads::{self, Announced, Plan};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use coach_core::SessionId;
use futures::future::try_join_all;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use uuid::Uuid;

/// The most URLs of one request.
const URLS_MAX: usize = 32;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadRequest {
    /// The person's name for the file; kept as a label.
    name: String,
    /// Its media type, one of MP4, MOV, WebM and MKV.
    content_type: String,
    /// Its length in bytes; at most `limits.upload_bytes`.
    bytes: u64,
}

/// An upload, and what the store has of it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Upload {
    name: String,
    content_type: String,
    bytes: u64,
    /// Length of every part but the last.
    part_bytes: u64,
    /// The number of parts; they are numbered from 1.
    parts: u64,
    stored: Vec<StoredPart>,
    /// Parts are accepted until this time; requesting the slot again extends it.
    expires_us: i64,
    /// The job that analyzes the file; `null`: the upload is not complete.
    job: Option<Uuid>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct StoredPart {
    number: u16,
    bytes: u64,
    /// CRC-64/NVME in 16 hexadecimal digits, where the store gives it.
    crc64: Option<String>,
}

impl Upload {
    async fn load(app: &App, slot: Slot) -> Result<Upload> {
        let plan = Plan::of(&slot);
        let filling = match slot.job {
            Some(_) => None,
            None => app.context.objects.filling(&upload_key(slot.session), &slot.upload_id).await?,
        };
        let stored = filling.map(|filling| filling.parts()).unwrap_or_default().into_iter().map(|part| StoredPart {
            number: part.number,
            bytes: part.bytes,
            crc64: part.crc64.map(|crc64| format!("{crc64:016x}")),
        });
        Ok(Upload {
            bytes: u64::try_from(slot.bytes).unwrap_or(0),
            part_bytes: plan.part_bytes(),
            parts: plan.parts(),
            stored: stored.collect(),
            name: slot.name,
            content_type: slot.content_type,
            expires_us: slot.expires_us,
            job: slot.job,
        })
    }
}

/// Opens a slot. Another request with the same file returns the same slot and what the store has; a different file
/// replaces it.
#[utoipa::path(post, operation_id = "upload_open", path = "/api/sessions/{id}/upload", tag = "upload", params(("id" = SessionId, Path)),
    request_body = UploadRequest, responses((status = 200, body = Upload), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub async fn open(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Change>,
    Body(wish): Body<UploadRequest>,
) -> Result<Json<Upload>> {
    consents::require(&app, session.owner).await?;
    takes_file(&session)?;
    let file = Announced::new(&wish.name, &wish.content_type, wish.bytes, app.context.config.limits.upload_bytes)?;
    let slot = uploads::open(&app.context, &session, file).await?;
    Ok(Json(Upload::load(&app, slot).await?))
}

/// Returns the progress of the upload: the parts that the store has.
#[utoipa::path(get, operation_id = "upload_get", path = "/api/sessions/{id}/upload", tag = "upload", params(("id" = SessionId, Path)),
    responses((status = 200, body = Upload), (status = 404, body = Problem), (status = 503, body = Problem)))]
pub async fn get(State(app): State<App>, Seen { session, .. }: Seen<act::Change>) -> Result<Json<Upload>> {
    let slot = slot(&app, &session).await?;
    Ok(Json(Upload::load(&app, slot).await?))
}

/// Cancels the upload and erases what was stored so far. Having no upload is no error.
#[utoipa::path(delete, operation_id = "upload_abort", path = "/api/sessions/{id}/upload", tag = "upload", params(("id" = SessionId, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem)))]
pub async fn abort(State(app): State<App>, Seen { session, .. }: Seen<act::Change>) -> Result<StatusCode> {
    takes_file(&session)?;
    if let Some(slot) = store::get(&app.context.db, session.owner, session.id).await? {
        uploads::close(&app.context, &slot).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UrlsRequest {
    /// 1 to 32 numbers of parts.
    parts: Vec<u16>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct PartUrls {
    urls: Vec<PartUrl>,
    /// Requests must begin before this time; later ones need new URLs.
    expires_us: i64,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct PartUrl {
    number: u16,
    /// PUT exactly `bytes` bytes here.
    url: String,
    bytes: u64,
}

/// Returns signed URLs to PUT parts to, valid for a few minutes. The length of each part is signed.
#[utoipa::path(post, operation_id = "upload_urls", path = "/api/sessions/{id}/upload/urls", tag = "upload", params(("id" = SessionId, Path)),
    request_body = UrlsRequest, responses((status = 200, body = PartUrls), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn urls(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Change>,
    Body(wish): Body<UrlsRequest>,
) -> Result<Json<PartUrls>> {
    consents::require(&app, session.owner).await?;
    takes_file(&session)?;
    let slot = slot(&app, &session).await?;
    let now = now_us();
    if slot.expires_us < now {
        return Err(Error::Conflict("the time to upload this file is over; choose the file again".into()));
    }
    if wish.parts.is_empty() || wish.parts.len() > URLS_MAX {
        return Err(Error::Unprocessable(format!("ask for 1 to {URLS_MAX} parts at once")));
    }
    let (plan, key) = (Plan::of(&slot), upload_key(session.id));
    let good_for = Duration::from_secs(app.context.config.storage.presign_s.into());
    // Taken before signing, so that it is never later than the expiry in the URLs.
    let expires_us = now + i64::from(app.context.config.storage.presign_s) * 1_000_000;
    let sign = async |number: u16| -> Result<PartUrl> {
        let wrong =
            || Error::Unprocessable(format!("there is no part {number}; the file has parts 1 to {}", plan.parts()));
        let bytes = plan.length(number).ok_or_else(wrong)?;
        let url = app.context.objects.presign_part(&key, &slot.upload_id, number, bytes, good_for).await?;
        Ok(PartUrl { number, url, bytes })
    };
    let urls = try_join_all(wish.parts.into_iter().map(sign)).await?;
    Ok(Json(PartUrls { urls, expires_us }))
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteRequest {
    /// CRC-64/NVME of the whole file in 16 hexadecimal digits, if the page computed it.
    crc64: Option<String>,
}

/// The job that was enqueued.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Accepted {
    job: Uuid,
}

/// Completes the upload: checks the file and enqueues its analysis. A second request changes nothing.
#[utoipa::path(post, operation_id = "upload_complete", path = "/api/sessions/{id}/upload/complete", tag = "upload", params(("id" = SessionId, Path)),
    request_body = CompleteRequest, responses((status = 202, body = Accepted), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn complete(
    State(app): State<App>,
    Seen { session, .. }: Seen<act::Change>,
    Body(wish): Body<CompleteRequest>,
) -> Result<(StatusCode, Json<Accepted>)> {
    let slot = slot(&app, &session).await?;
    if slot.job.is_none() {
        // The consent may have been withdrawn since the slot was opened.
        consents::require(&app, session.owner).await?;
    }
    let crc64 = wish.crc64.as_deref().map(hexadecimal).transpose()?;
    let job = uploads::complete(&app.context, &slot, crc64).await?;
    Ok((StatusCode::ACCEPTED, Json(Accepted { job })))
}

fn hexadecimal(text: &str) -> Result<u64> {
    let wrong = || Error::Unprocessable("crc64 must be 16 hexadecimal digits".into());
    if text.len() != 16 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    u64::from_str_radix(text, 16).map_err(|_| wrong())
}

async fn slot(app: &App, session: &Session) -> Result<Slot> {
    store::get(&app.context.db, session.owner, session.id).await?.ok_or(Error::NotFound("upload"))
}

/// Refuses unless the session was created for a file and has none yet.
fn takes_file(session: &Session) -> Result<()> {
    if session.source != Source::Upload {
        return Err(Error::Conflict(
            "this session is recorded live; make one with the source \"upload\" for a file".into(),
        ));
    }
    if session.state != SessionState::Created {
        let detail = format!("the session is {} and takes no more files; make another session", session.state.as_str());
        return Err(Error::State { state: session.state, detail });
    }
    Ok(())
}
