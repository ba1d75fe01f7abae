//! Everything that is a person's as one file to download.

use crate::clock::now_us;
use crate::http::app::App;
use crate::http::error::{Error, Problem, Result};
use crate::http::routes::session::packing::{self, Archive, too_many_downloads};
use crate::http::viewer::{Asks, act};
use crate::objects;
use crate::recording::{kinds, results};
use crate::session::view::SessionView;
use crate::store::people::{audit, grants, users};
use crate::store::questions::sets;
use crate::store::reports::corrections;
use crate::store::sessions::{self, Session};
use crate::store::sharing::comments::{self, Writer};
use crate::store::sharing::links;
use crate::store::{consents, provider_consents, questions};
use axum::extract::State;
use axum::response::Response;
use coach_core::UserId;
use serde_json::{Value, json};
use std::io;
use tokio::runtime::Handle;

/// Sessions that are asked for at once.
const PAGE: i64 = 50;
/// Lines of the log that are given.
const LINES: i64 = 100_000;

const README: &str = "This is everything that the Behavioural Interview Coach keeps for you.

account.json    who you are, what you agreed to and services that you let read sessions, your questions and sets, what happened to your account
sessions/       a folder for each session, the newest first; its name begins with the day on which it was made:
  session.json    what it is, its device check, to whom it was shown, what was said about it, what you corrected
  recording.*     what was recorded (VP8 or H.264, and Opus), or the file as it was uploaded
  journal.jsonl.zst  what was seen and heard, one JSON object a line, as `zstd -d` unpacks it
  report.json     what was made of it: scores, contributions, moments, curves
  poster.jpg      a still of the recording
  interviewer.webm  what was recorded of an interviewer
  words.json, review.json, affect.json  what services of others made of it, where you agreed to them

What is not there yet, as the report of a session that is being analyzed, is left out.
";

/// Returns everything that is the person's in one ZIP, which is written while it is read. One person takes three downloads at once at
/// most, and each ends after six hours.
#[utoipa::path(get, operation_id = "export_everything", path = "/api/me/export", tag = "person",
    responses((status = 200, content_type = "application/zip", body = Vec<u8>), (status = 403, body = Problem), (status = 429, body = Problem)))]
pub async fn zip(State(app): State<App>, Asks { viewer, .. }: Asks<act::Account>) -> Result<Response> {
    let place = app.exports.take(viewer.user).map_err(too_many_downloads)?;
    let account = account(&app, viewer.user).await?;
    audit::add(&app.context.db, viewer.user, audit::What::Exported, None, None).await?;
    tracing::info!(user = %viewer.user, "a person takes everything along");
    let runtime = Handle::current();
    Ok(packing::answer("interview-coach.zip", move |archive| {
        let _place = place;
        archive.text("README.txt", README.as_bytes())?;
        archive.text("account.json", &written(&account)?)?;
        let mut before = None;
        loop {
            let page = runtime
                .block_on(sessions::list(&app.context.db, viewer.user, before, PAGE))
                .map_err(io::Error::other)?;
            let Some(last) = page.last() else { return Ok(()) };
            before = Some(last.id);
            for session in page {
                add(&runtime, &app, archive, session)?;
            }
        }
    })?)
}

fn written(value: &Value) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec_pretty(value)?)
}

/// Adds the folder of one session.
fn add(runtime: &Handle, app: &App, archive: &mut Archive, session: Session) -> io::Result<()> {
    let made = chrono::DateTime::from_timestamp_micros(session.created_us).unwrap_or_default().date_naive();
    let folder = format!("sessions/{made}-{}", session.id);
    let id = session.id;
    let (recording, content_type) =
        runtime.block_on(results::recording(&app.context, &session)).map_err(io::Error::other)?;
    let about = runtime.block_on(about(app, session)).map_err(io::Error::other)?;
    archive.text(&format!("{folder}/session.json"), &written(&about)?)?;
    for (name, key) in [
        (format!("recording.{}", kinds::ending(&content_type)), recording),
        ("journal.jsonl.zst".into(), objects::journal_key(id)),
        ("report.json".into(), objects::report_key(id)),
        ("poster.jpg".into(), objects::poster_key(id)),
        ("interviewer.webm".into(), objects::interviewer_key(id)),
        ("words.json".into(), objects::words_key(id)),
        ("late-words.json".into(), objects::late_words_key(id)),
        ("review.json".into(), objects::review_key(id)),
        ("affect.json".into(), objects::affect_key(id)),
    ] {
        if let Some(reading) = runtime.block_on(app.context.objects.read(&key)).map_err(io::Error::other)? {
            archive.object(&format!("{folder}/{name}"), reading)?;
        }
    }
    Ok(())
}

/// What is known of a session beside its objects.
async fn about(app: &App, session: Session) -> sqlx::Result<Value> {
    let (db, owner, id) = (&app.context.db, session.owner, session.id);
    let calibration = session.calibration;
    Ok(json!({
        "session": SessionView::load(db, session).await?,
        "calibration": calibration,
        "corrections": corrections::list(db, owner, id).await?,
        "comments": comments::list(db, owner, id, Writer::Person(owner)).await?,
        "shared_with": grants::list(db, owner, id, now_us()).await?,
        "links": links::list(db, owner, id).await?,
    }))
}

/// What is known of a person beside their sessions.
async fn account(app: &App, user: UserId) -> Result<Value> {
    let db = &app.context.db;
    let account = users::get(db, user).await?.ok_or(Error::NotFound("person"))?;
    let own: Vec<_> = questions::list(db, user).await?.into_iter().filter(|question| question.own).collect();
    Ok(json!({
        "name": account.name,
        "email": account.email,
        "role": account.role,
        "retention_days": users::retention_days(db, user).await?,
        "consents": consents::all(db, user).await?,
        "services": provider_consents::all(db, user).await?,
        "questions": own,
        "sets": sets::list(db, user).await?,
        "audit": audit::list(db, user, LINES).await?,
    }))
}
