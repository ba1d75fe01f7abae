//! The analysis of an upload as a job: permanent failures, retries, and who is notified.

use crate::support::report::{report, session};
use crate::support::{Server, clip, film, on_both, problem, project, uploaded};
use coach_core::SessionId;
use coach_server::analysis::{self, Analyzers};
use coach_server::channel::protocol::Audience;
use coach_server::clock::now_us;
use coach_server::config::Config;
use coach_server::jobs::relay;
use coach_server::jobs::{self, analyze};
use coach_server::objects;
use coach_server::session::{Event, State};
use coach_server::store::jobs::{Fence, claim};
use coach_server::store::{reports, sessions};
use coach_testing::{LIMIT, eventually};
use reqwest::Method;
use serde_json::{Value, json};

async fn server() -> (Server, Analyzers) {
    server_with(|_| {}).await
}

/// Starts a server with models and a changed configuration.
async fn server_with(change: impl FnOnce(&mut Config)) -> (Server, Analyzers) {
    let server = Server::with(|config| {
        config.models.dir = project().join("models");
        config.jobs.poll_ms = 50;
        change(config);
    })
    .await;
    let analyzers = analysis::load(&server.context).await.unwrap();
    (server, analyzers)
}

async fn analysis(server: &Server, id: SessionId) -> Value {
    server.get(&format!("/api/sessions/{id}/analyze")).await.json().await.unwrap()
}

/// Polls until the analysis is in this state.
async fn until(server: &Server, id: SessionId, state: &str) -> Value {
    eventually(LIMIT, &format!("the analysis is {state}"), async || {
        let found = analysis(server, id).await;
        (found["state"] == state).then_some(found)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_analyzed_and_stored_and_the_watching_page_is_notified() {
    let (server, analyzers) = server().await;
    let (context, me) = (&server.context, server.user);
    let (folder, id) = (tempfile::tempdir().unwrap(), uploaded(&context.db, me).await);
    problem(server.get(&format!("/api/sessions/{id}/analyze")).await, 404, "not-found").await;
    server.objects.put(&objects::upload_key(id), std::fs::read(clip(folder.path())).unwrap());
    let mut page = context.hub.subscribe(id, Audience::Candidate).unwrap();
    tokio::spawn(relay::run(context.clone()));
    let job = analyze::enqueue(context, me, id).await.unwrap();
    assert_eq!(analyze::enqueue(context, me, id).await.unwrap(), job, "asked for twice, it is one");
    let waiting = analysis(&server, id).await;
    assert_eq!((waiting["state"].as_str(), waiting["attempts"].as_i64()), (Some("queued"), Some(0)));
    assert_eq!(sessions::get(&context.db, me, id).await.unwrap().unwrap().state, State::Finalising);
    let _hands = jobs::analyses(context, analyzers, 1).unwrap();
    let done = until(&server, id, "done").await;
    assert_eq!(done, json!({"state": "done", "stage": "storing", "percent": 100, "attempts": 1, "error": null}));
    let view: Value = server.get(&format!("/api/sessions/{id}")).await.json().await.unwrap();
    assert_eq!((view["state"].as_str(), view["answers"].as_array().unwrap().len()), (Some("ready"), 1));
    assert_eq!(
        (view["started_us"].as_i64(), view["duration_ms"].as_i64().unwrap() / 100),
        (view["created_us"].as_i64(), 10)
    );
    for key in [objects::journal_key(id), objects::report_key(id), objects::poster_key(id), objects::upload_key(id)] {
        assert!(server.objects.keys().contains(&key), "{key}");
    }
    let report: Value = server.get(&format!("/api/sessions/{id}/report")).await.json().await.unwrap();
    assert_eq!(report["answers"][0]["question_id"], view["questions"][0]["id"]);
    let mut heard = Vec::new();
    while !heard.iter().any(|message: &Value| message["type"] == "report_ready") {
        let next = tokio::time::timeout(LIMIT, page.outbox.recv()).await.unwrap().unwrap();
        heard.push(serde_json::from_str(&next.text).unwrap());
    }
    let states: Vec<_> = heard.iter().filter_map(|message| message["state"].as_str()).collect();
    assert!(states.ends_with(&["finalising", "scoring", "ready"]), "{states:?}");
    // A second attempt does nothing.
    problem(server.request(Method::POST, &format!("/api/sessions/{id}/analyze")).send().await.unwrap(), 409, "state")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_permanent_failure_is_not_retried_and_analysis_can_be_requested_again() {
    let (server, analyzers) = server().await;
    let (context, me) = (&server.context, server.user);
    let (folder, id) = (tempfile::tempdir().unwrap(), uploaded(&context.db, me).await);
    server.objects.put(&objects::upload_key(id), "this is a letter and no video\n".repeat(100));
    analyze::enqueue(context, me, id).await.unwrap();
    let _hands = jobs::analyses(context, analyzers, 1).unwrap();
    let dead = until(&server, id, "dead").await;
    assert_eq!(dead["attempts"], 1);
    let view: Value = server.get(&format!("/api/sessions/{id}")).await.json().await.unwrap();
    assert_eq!((view["state"].as_str(), view["failure"].as_str()), (Some("failed"), dead["error"].as_str()));
    assert_eq!(dead["error"], "this is not a video or audio file");
    let again = || server.request(Method::POST, &format!("/api/sessions/{id}/analyze")).send();
    server.objects.put(&objects::upload_key(id), std::fs::read(clip(folder.path())).unwrap());
    assert_eq!(again().await.unwrap().status(), 202);
    assert_eq!(until(&server, id, "done").await["attempts"], 1);
    problem(again().await.unwrap(), 409, "state").await;
    let foreign = server.foreign_session().await;
    problem(
        server.request(Method::POST, &format!("/api/sessions/{foreign}/analyze")).send().await.unwrap(),
        404,
        "not-found",
    )
    .await;
    problem(server.get(&format!("/api/sessions/{foreign}/analyze")).await, 404, "not-found").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_whose_analysis_comes_to_no_end_is_tried_twice_and_then_fails_the_session() {
    let (server, analyzers) = server_with(|config| config.jobs.leeway_s = 0).await;
    let (context, me) = (&server.context, server.user);
    let (folder, id) = (tempfile::tempdir().unwrap(), uploaded(&context.db, me).await);
    server.objects.put(&objects::upload_key(id), std::fs::read(clip(folder.path())).unwrap());
    analyze::enqueue(context, me, id).await.unwrap();
    let _hands = jobs::analyses(context, analyzers, 1).unwrap();
    let first = eventually(LIMIT, "the first attempt ends", async || {
        let found = analysis(&server, id).await;
        (!found["error"].is_null()).then_some(found)
    })
    .await;
    let why = "the analysis took far longer than the file lasts and was given up; the file may be damaged";
    assert_eq!(
        (first["state"].as_str(), first["attempts"].as_i64(), first["error"].as_str()),
        (Some("queued"), Some(1), Some(why))
    );
    let dead = until(&server, id, "dead").await;
    assert_eq!((dead["attempts"].as_i64(), dead["error"].as_str()), (Some(2), Some(why)));
    let view: Value = server.get(&format!("/api/sessions/{id}")).await.json().await.unwrap();
    assert_eq!((view["state"].as_str(), view["failure"].as_str()), (Some("failed"), Some(why)));
    problem(server.get(&format!("/api/sessions/{id}/report")).await, 409, "state").await;
    let counted = coach_server::store::jobs::count(&context.db).await.unwrap();
    assert!(counted.contains(&("dead".to_owned(), 1)), "{counted:?}");
    // The worker is free for the next file, and nothing of the attempts is left in its folder.
    let mut left = walk(&context.config.storage.data.join("work"));
    left.retain(|file| !file.ends_with("lock"));
    assert!(left.is_empty(), "{left:?}");
}

/// Returns the files below a folder.
fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.flat_map(|entry| if entry.path().is_dir() { walk(&entry.path()) } else { vec![entry.path()] }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_analysis_waits_for_an_unreachable_store_and_ends_for_a_deleted_session() {
    let (server, analyzers) = server().await;
    let (context, me) = (&server.context, server.user);
    let (folder, id, gone) =
        (tempfile::tempdir().unwrap(), uploaded(&context.db, me).await, uploaded(&context.db, me).await);
    server.objects.put(&objects::upload_key(id), std::fs::read(clip(folder.path())).unwrap());
    analyze::enqueue(context, me, id).await.unwrap();
    server.objects.set_away(true);
    let _hands = jobs::analyses(context, analyzers, 1).unwrap();
    let failed = eventually(LIMIT, "the attempt fails", async || {
        let found = analysis(&server, id).await;
        (!found["error"].is_null()).then_some(found)
    })
    .await;
    assert_eq!((failed["state"].as_str(), failed["attempts"].as_i64()), (Some("queued"), Some(1)));
    assert!(failed["error"].as_str().unwrap().contains("the store is away"), "{failed}");
    server.objects.set_away(false);
    assert_eq!(until(&server, id, "done").await["attempts"], 2);
    // The session is deleted while its job is queued: the worker erases the objects that another worker wrote meanwhile.
    server.objects.put(&objects::journal_key(gone), "late");
    context.machine.apply(me, gone, Event::Deleted).await.unwrap();
    let job = analyze::enqueue(context, me, gone).await.unwrap();
    eventually(LIMIT, &format!("job {job} is done"), async || {
        let latest = coach_server::store::jobs::latest(&context.db, me, gone, analyze::KIND).await.unwrap().unwrap();
        (latest.state == "done").then_some(())
    })
    .await;
    assert!(!server.objects.keys().contains(&objects::journal_key(gone)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_worker_returns_its_job_and_the_attempt_counts_once_the_file_was_opened() {
    let (server, analyzers) = server().await;
    let (context, me) = (&server.context, server.user);
    let (folder, id) = (tempfile::tempdir().unwrap(), uploaded(&context.db, me).await);
    server.objects.put(&objects::upload_key(id), std::fs::read(film(folder.path(), 120)).unwrap());
    analyze::enqueue(context, me, id).await.unwrap();
    let hands = jobs::analyses(context, analyzers, 1).unwrap();
    eventually(LIMIT, "the analysis has begun", async || {
        analysis(&server, id).await["percent"].as_i64().filter(|percent| *percent >= 1)
    })
    .await;
    // SIGTERM does this. That the job is queued afterwards shows that nobody waited for its end.
    context.shutdown.cancel();
    hands.wait().await;
    let found = coach_server::store::jobs::latest(&context.db, me, id, analyze::KIND).await.unwrap().unwrap();
    assert_eq!((found.state.as_str(), found.attempts, found.stage, found.last_error), ("queued", 1, None, None));
    let session = sessions::get(&context.db, me, id).await.unwrap().unwrap();
    assert_eq!((session.state, session.failure), (State::Scoring, None));
}

#[tokio::test]
async fn a_failed_live_session_is_tried_again_from_its_spool_or_refused_with_the_reason() {
    let server = Server::start().await;
    let (context, me) = (&server.context, server.user);
    for (why, status) in [("disk full", 202), ("no spool", 409)] {
        let id = session(&context.db, me).await.id;
        let again = || server.request(Method::POST, &format!("/api/sessions/{id}/analyze")).send();
        problem(again().await.unwrap(), 409, "state").await;
        context.machine.apply(me, id, Event::Failed(why.into())).await.unwrap();
        assert_eq!(again().await.unwrap().status(), status);
        assert_eq!(server.live.resumed.lock().unwrap().last(), Some(&id));
    }
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_writes_nothing() {
    on_both(async |db| {
        let context = coach_server::context::Context::new(
            Default::default(),
            db.clone(),
            std::sync::Arc::new(crate::support::objects::Memory::default()),
        );
        let me = coach_server::store::people::users::personal(&db).await.unwrap();
        let id = uploaded(&db, me).await;
        let job = analyze::enqueue(&context, me, id).await.unwrap();
        let now = now_us();
        claim(&db, "slow", &[analyze::KIND], now, 1).await.unwrap().unwrap();
        claim(&db, "next", &[analyze::KIND], now + 10, 1_000_000).await.unwrap().unwrap();
        let save = async |worker| {
            reports::save_report_of_job(&db, me, id, &report(Some(50.0)), Fence { job, worker }).await.unwrap()
        };
        assert!(!save("slow").await);
        assert!(reports::summaries(&db, me, id, id).await.unwrap().is_empty());
        assert!(save("next").await && save("next").await);
        assert_eq!(reports::summaries(&db, me, id, id).await.unwrap()[&id].answers.len(), 2);
        // The session is scored by now, so a second report changes nothing.
        for event in [Event::Recorded, Event::Scored] {
            context.machine.apply(me, id, event).await.unwrap();
        }
        assert!(!save("next").await);
    })
    .await;
}
