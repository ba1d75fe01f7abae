//! Every query on SQLite and on PostgreSQL.

use crate::support::report::{make_ready, report, session};
use crate::support::{on_both, person, sqlite, sqlite_url};
use coach_core::journal::{Calibration, Capture, HintSettings};
use coach_core::{MediaTime, SessionId, UserId};
use coach_server::channel::Hub;
use coach_server::clock::now_us;
use coach_server::session::questions::{BANK, Seed};
use coach_server::session::{Event, Machine, State, TransitionError};
use coach_server::store::parts::PartState;
use coach_server::store::people::grants::{self, NewGrant};
use coach_server::store::people::tokens::{self, NewToken, Scope};
use coach_server::store::people::users;
use coach_server::store::sessions::{NewSession, Quota, Source};
use coach_server::store::uploads::{Opened, Room, Slot};
use coach_server::store::{self, Db, OpenError, consents, parts, questions, reports, sessions, uploads};
use futures::future::join_all;
use std::sync::Arc;
use uuid::Uuid;

async fn two_people(db: &Db) -> (UserId, UserId) {
    (users::personal(db).await.unwrap(), person(db, "ona").await)
}

#[tokio::test]
async fn bringing_a_database_up_to_date_twice_changes_nothing() {
    on_both(async |db| {
        db.migrate().await.unwrap();
        db.ping().await.unwrap();
        let person = users::personal(&db).await.unwrap();
        let list = questions::list(&db, person).await.unwrap();
        assert_eq!(list.len(), BANK.len());
        assert!(list.iter().map(|q| q.id.as_str()).eq(BANK.iter().map(|q| q.id)), "in the bank's order");
        assert!(list.iter().all(|q| q.suggested_ms >= 60_000));
    })
    .await;
}

#[tokio::test]
async fn a_database_whose_disk_was_full_takes_transactions_again() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&sqlite_url(folder.path()), 1).await.unwrap();
    db.migrate().await.unwrap();
    let Db::Lite(pool) = &db else { panic!("an sqlite:// address gives SQLite") };
    // The connection's own page limit acts like a full disk; it ends with the connection.
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(pool).await.unwrap();
    let limit = format!("PRAGMA max_page_count = {pages}");
    sqlx::query(sqlx::AssertSqlSafe(limit)).execute(pool).await.unwrap();
    let long: &str = Box::leak("How was that? ".repeat(100_000).into_boxed_str());
    let bank: Vec<_> = BANK.iter().map(|question| Seed { text: long, ..*question }).collect();
    let full = questions::seed(&db, &bank).await.unwrap_err();
    assert!(store::is_full(&full) && store::is_away(&full), "{full}");
    questions::seed(&db, BANK).await.unwrap();
}

#[tokio::test]
async fn a_question_that_left_the_bank_is_retired_and_one_that_came_back_is_there() {
    on_both(async |db| {
        let person = users::personal(&db).await.unwrap();
        questions::seed(&db, &BANK[1..]).await.unwrap();
        let fewer = questions::list(&db, person).await.unwrap();
        assert_eq!((fewer.len(), fewer[0].id.as_str()), (BANK.len() - 1, BANK[1].id));
        questions::seed(&db, BANK).await.unwrap();
        assert_eq!(questions::list(&db, person).await.unwrap().len(), BANK.len());
    })
    .await;
}

#[tokio::test]
async fn the_newest_consent_that_was_not_withdrawn_counts() {
    on_both(async |db| {
        let (me, other) = two_people(&db).await;
        assert_eq!(consents::latest(&db, me).await.unwrap(), None);
        consents::accept(&db, me, "one").await.unwrap();
        let second = consents::accept(&db, me, "two").await.unwrap();
        assert_eq!(consents::latest(&db, me).await.unwrap(), Some(second));
        assert_eq!(consents::latest(&db, other).await.unwrap(), None);
        assert_eq!(consents::withdraw(&db, other).await.unwrap(), 0);
        assert_eq!(consents::withdraw(&db, me).await.unwrap(), 2);
        assert_eq!(consents::latest(&db, me).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_session_reads_as_it_was_written_and_only_for_its_owner() {
    on_both(async |db| {
        let (me, other) = two_people(&db).await;
        let made = session(&db, me).await;
        assert_eq!(sessions::get(&db, me, made.id).await.unwrap().as_ref(), Some(&made));
        assert_eq!(sessions::get(&db, other, made.id).await.unwrap(), None);
        assert_eq!(sessions::get(&db, me, SessionId(Uuid::nil())).await.unwrap(), None);

        let calibration = Calibration { yaw: Some(-3.25), iris: Some([0.1, -0.2]), ..Calibration::default() };
        assert!(!sessions::set_calibration(&db, other, made.id, &calibration).await.unwrap());
        assert!(sessions::set_calibration(&db, me, made.id, &calibration).await.unwrap());
        for started in [1_000_000, 2_000_000] {
            sessions::set_started(&db, me, made.id, started).await.unwrap();
        }
        sessions::set_started(&db, other, made.id, 7).await.unwrap();
        sessions::set_duration(&db, other, made.id, 7).await.unwrap();
        sessions::set_duration(&db, me, made.id, 61_000).await.unwrap();
        let read = sessions::get(&db, me, made.id).await.unwrap().unwrap();
        assert_eq!(
            (read.calibration, read.started_us, read.duration_ms),
            (Some(calibration), Some(1_000_000), Some(61_000))
        );
    })
    .await;
}

#[tokio::test]
async fn a_learnt_calibration_is_stored_once_and_found_by_its_owner_only() {
    on_both(async |db| {
        let (me, other) = two_people(&db).await;
        let made = session(&db, me).await;
        let learnt = Calibration { pitch: Some(4.5), ..Calibration::default() };
        assert!(!sessions::keep_learnt(&db, other, made.id, &learnt).await.unwrap());
        assert!(sessions::keep_learnt(&db, me, made.id, &learnt).await.unwrap());
        let later = Calibration { pitch: Some(9.0), ..Calibration::default() };
        assert!(!sessions::keep_learnt(&db, me, made.id, &later).await.unwrap(), "what is there stays");
        assert_eq!(sessions::latest_calibration(&db, me, 0).await.unwrap(), None, "the session is not ready");
        for (from, to) in
            [(State::Created, State::Finalising), (State::Finalising, State::Scoring), (State::Scoring, State::Ready)]
        {
            assert!(sessions::change_state(&db, me, made.id, from, to, None, Vec::new()).await.unwrap());
        }
        assert_eq!(sessions::latest_calibration(&db, me, 0).await.unwrap(), Some(learnt));
        assert_eq!(sessions::latest_calibration(&db, other, 0).await.unwrap(), None);
        assert_eq!(sessions::latest_calibration(&db, me, made.created_us + 1).await.unwrap(), None, "too old");
    })
    .await;
}

#[tokio::test]
async fn lists_are_newest_first_in_pages_and_of_one_owner() {
    on_both(async |db| {
        let (me, other) = two_people(&db).await;
        let mut mine = Vec::new();
        for _ in 0..5 {
            mine.push(session(&db, me).await.id);
            session(&db, other).await;
        }
        mine.reverse();
        let ids = |page: Vec<sessions::Session>| page.into_iter().map(|session| session.id).collect::<Vec<_>>();
        assert_eq!(ids(sessions::list(&db, me, None, 3).await.unwrap()), mine[..3]);
        assert_eq!(ids(sessions::list(&db, me, Some(mine[2]), 3).await.unwrap()), mine[3..]);
        assert_eq!(ids(sessions::list(&db, me, Some(mine[4]), 3).await.unwrap()), []);
        assert_eq!(sessions::all_owners_in_state(&db, State::Created).await.unwrap().len(), 10);
        assert_eq!(sessions::all_owners_in_state(&db, State::Live).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn saving_a_report_replaces_answers_scores_hints_and_metrics() {
    on_both(async |db| {
        let (me, other) = two_people(&db).await;
        let made = session(&db, me).await;
        let first = report(Some(66.5));
        assert!(!reports::save_report(&db, other, made.id, &first).await.unwrap());
        assert!(reports::summaries(&db, me, made.id, made.id).await.unwrap().is_empty());
        make_ready(&db, me, made.id, &first).await;
        assert!(reports::save_report(&db, me, made.id, &report(Some(70.0))).await.unwrap());

        let summary = reports::summaries(&db, me, made.id, made.id).await.unwrap().remove(&made.id).unwrap();
        let overall = summary.scores.unwrap();
        assert_eq!(
            (overall.confidence, overall.clarity, overall.resilience, overall.engagement),
            (Some(70.0), Some(60.5), None, Some(0.0))
        );
        assert_eq!(summary.answers.len(), 2);
        assert_eq!((summary.answers[0].scores.confidence, summary.answers[1].scores.confidence), (Some(71.25), None));
        assert_eq!((summary.answers[1].start_ms, summary.answers[1].end_ms), (41_000, 90_000));
        assert!(reports::summaries(&db, other, made.id, made.id).await.unwrap().is_empty());

        let points = reports::points(&db, me, 10).await.unwrap();
        assert_eq!((points.len(), points[0].session, points[0].scores.confidence), (1, made.id, Some(70.0)));
        assert_eq!(points[0].metrics["pace"].value, Some(141.0));
        assert_eq!(points[0].formulas["clarity"], 2);
        assert!(reports::points(&db, other, 10).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn points_are_the_newest_ones_oldest_first() {
    on_both(async |db| {
        let (me, _) = two_people(&db).await;
        let mut ids = Vec::new();
        for value in [50.0, 60.0, 70.0] {
            let made = session(&db, me).await;
            make_ready(&db, me, made.id, &report(Some(value))).await;
            ids.push(made.id);
        }
        session(&db, me).await;
        let points = reports::points(&db, me, 2).await.unwrap();
        assert_eq!(points.iter().map(|point| point.session).collect::<Vec<_>>(), ids[1..]);
        assert_eq!(points.iter().map(|point| point.scores.confidence).collect::<Vec<_>>(), [Some(60.0), Some(70.0)]);
    })
    .await;
}

#[tokio::test]
async fn a_score_that_is_nan_is_read_as_missing() {
    on_both(async |db| {
        let (me, _) = two_people(&db).await;
        let made = session(&db, me).await;
        assert!(reports::save_report(&db, me, made.id, &report(Some(f32::NAN))).await.unwrap());
        let summary = reports::summaries(&db, me, made.id, made.id).await.unwrap().remove(&made.id).unwrap();
        assert_eq!(summary.scores.unwrap().confidence, None);
    })
    .await;
}

#[tokio::test]
async fn feedback_on_a_hint_survives_a_new_report() {
    on_both(async |db| {
        let (me, other) = two_people(&db).await;
        let made = session(&db, me).await;
        let (t, id) = (MediaTime(30_000), "slow_down");
        assert!(!reports::hint_feedback(&db, other, made.id, t, id, false).await.unwrap());
        assert!(reports::hint_feedback(&db, me, made.id, t, id, true).await.unwrap());
        assert!(reports::hint_feedback(&db, me, made.id, t, id, false).await.unwrap());
        for _ in 0..2 {
            assert!(reports::save_report(&db, me, made.id, &report(None)).await.unwrap());
        }
        assert_eq!(reports::hint_verdicts(&db, me).await.unwrap(), [(id.to_owned(), 0, 1)]);
        assert!(reports::hint_verdicts(&db, other).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn only_a_ready_session_of_the_owner_becomes_the_reference() {
    on_both(async |db| {
        let (me, other) = two_people(&db).await;
        let made = session(&db, me).await;
        assert!(!sessions::set_gold(&db, me, made.id, true).await.unwrap());
        make_ready(&db, me, made.id, &report(None)).await;
        assert!(!sessions::set_gold(&db, other, made.id, true).await.unwrap());
        assert!(sessions::set_gold(&db, me, made.id, true).await.unwrap());
        assert!(sessions::get(&db, me, made.id).await.unwrap().unwrap().gold);
    })
    .await;
}

#[tokio::test]
async fn parts_are_numbered_and_kept_up_to_date() {
    on_both(async |db| {
        let (me, other) = two_people(&db).await;
        let made = session(&db, me).await;
        parts::begin(&db, other, made.id, 0, MediaTime(0), "key").await.unwrap();
        for (n, offset) in [(0, 0), (1, 31_000), (1, 99_000)] {
            parts::begin(&db, me, made.id, n, MediaTime(offset), "key").await.unwrap();
        }
        parts::joined(&db, other, made.id).await.unwrap();
        let found = parts::list(&db, me, made.id).await.unwrap();
        assert_eq!(found.iter().map(|p| (p.n, p.offset_ms)).collect::<Vec<_>>(), [(0, 0), (1, 31_000)]);
        assert!(found.iter().all(|part| part.state == PartState::Recording));
        parts::joined(&db, me, made.id).await.unwrap();
        let found = parts::list(&db, me, made.id).await.unwrap();
        assert!(found.iter().all(|part| part.state == PartState::Joined));
        assert!(parts::list(&db, other, made.id).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn two_concurrent_events_each_see_the_state_after_the_other() {
    on_both(async |db| {
        let (me, other) = two_people(&db).await;
        let made = session(&db, me).await;
        let machine = Machine::new(db.clone(), Arc::new(Hub::new(1)));
        assert!(matches!(machine.apply(other, made.id, Event::Published).await, Err(TransitionError::Unknown)));
        machine.apply(me, made.id, Event::Published).await.unwrap();
        let stops = futures::future::join_all((0..8).map(|_| machine.apply(me, made.id, Event::Stopped))).await;
        assert_eq!(stops.iter().filter(|stop| stop.is_ok()).count(), 1);
        for stop in stops.into_iter().filter_map(Result::err) {
            assert!(matches!(stop, TransitionError::NotNow { state: State::Finalising }), "{stop:?}");
        }
        let failed = machine.apply(me, made.id, Event::Failed("the disk is full".into())).await.unwrap();
        let read = sessions::get(&db, me, made.id).await.unwrap().unwrap();
        assert_eq!(
            (failed, read.state, read.failure.as_deref()),
            (State::Failed, State::Failed, Some("the disk is full"))
        );
        machine.apply(me, made.id, Event::Resumed).await.unwrap();
        assert_eq!(sessions::get(&db, me, made.id).await.unwrap().unwrap().failure, None);
    })
    .await;
}

#[tokio::test]
async fn erasing_takes_every_row_and_only_of_a_deleted_session() {
    on_both(async |db| {
        let (me, other) = two_people(&db).await;
        let made = session(&db, me).await;
        make_ready(&db, me, made.id, &report(Some(1.0))).await;
        parts::begin(&db, me, made.id, 0, MediaTime(0), "key").await.unwrap();
        let new = NewGrant { grantee: other, role: grants::Role::Coach, scores: true, expires_us: None };
        grants::give(&db, me, made.id, new).await.unwrap().unwrap();
        let new = NewToken { session: Some(made.id), scope: Scope::Watch, name: None, expires_us: i64::MAX };
        tokens::issue(&db, me, new).await.unwrap().unwrap();
        assert!(!sessions::erase(&db, me, made.id).await.unwrap());
        Machine::new(db.clone(), Arc::new(Hub::new(1))).apply(me, made.id, Event::Deleted).await.unwrap();
        assert_eq!(sessions::get(&db, me, made.id).await.unwrap(), None);
        assert!(sessions::list(&db, me, None, 10).await.unwrap().is_empty());
        assert!(!reports::save_report(&db, me, made.id, &report(None)).await.unwrap());
        assert!(!sessions::erase(&db, other, made.id).await.unwrap());
        assert!(sessions::erase(&db, me, made.id).await.unwrap());
        for table in ["sessions", "answers", "scores", "hints", "parts", "grants", "tokens"] {
            let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
            let rows: i64 = match &db {
                Db::Pg(pool) => sqlx::query_scalar(count).fetch_one(pool).await.unwrap(),
                Db::Lite(pool) => sqlx::query_scalar(count).fetch_one(pool).await.unwrap(),
            };
            assert_eq!(rows, 0, "{table}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused_without_repeating_its_password() {
    let error = Db::open("mysql://me:hush@host/db", 1).await.unwrap_err();
    assert!(matches!(error, OpenError::Scheme(_)));
    assert!(!error.to_string().contains("hush") && error.to_string().contains("mysql"));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "this is no database, it is a letter to somebody").unwrap();
    let refused = async {
        let db = Db::open(&format!("sqlite://{}", file.path().display()), 1).await?;
        db.migrate().await
    };
    assert!(refused.await.is_err());
}

#[tokio::test]
async fn the_folder_of_a_new_database_is_made() {
    let (db, dir) = sqlite().await;
    db.ping().await.unwrap();
    assert!(dir.path().join("data/coach.db").exists());
}

#[tokio::test]
async fn a_session_has_one_upload_slot_and_only_its_owner_sees_it() {
    on_both(async |db| {
        let (owner, other) = two_people(&db).await;
        let session = session(&db, owner).await.id;
        let slot = |owner: UserId, upload_id: &str| Slot {
            session,
            owner,
            name: "Antwort \"1\"; 'ü'.mov".into(),
            content_type: "video/quicktime".into(),
            bytes: 5 << 32,
            part_bytes: 8 << 20,
            upload_id: upload_id.into(),
            job: None,
            created_us: 1,
            expires_us: 100,
        };
        let mine = slot(owner, "first");
        let open =
            async |slot: &Slot| uploads::open(&db, slot, Room { slots: i64::MAX, bytes: i64::MAX }).await.unwrap();
        assert_eq!(open(&slot(other, "theirs")).await, Opened::NoSession, "not on somebody else's session");
        assert_eq!(open(&mine).await, Opened::Yes);
        assert_eq!(open(&slot(owner, "second")).await, Opened::NoSession, "one slot of each session");
        assert_eq!(uploads::get(&db, owner, session).await.unwrap(), Some(mine.clone()));
        assert_eq!(uploads::get(&db, other, session).await.unwrap(), None);
        assert_eq!(uploads::all_owners_get(&db, session).await.unwrap(), Some(mine.clone()));

        assert!(!uploads::extend(&db, &slot(owner, "second"), 300).await.unwrap());
        assert!(uploads::extend(&db, &mine, 200).await.unwrap());
        assert!(uploads::all_owners_expired(&db, 200).await.unwrap().is_empty());
        assert_eq!(uploads::all_owners_expired(&db, 201).await.unwrap().len(), 1);

        // The first job stays, and a slot with a job is neither closed nor swept.
        let jobs = [Uuid::now_v7(), Uuid::now_v7()];
        uploads::set_job(&db, other, session, jobs[1]).await.unwrap();
        assert_eq!(uploads::get(&db, owner, session).await.unwrap().unwrap().job, None);
        for job in jobs {
            uploads::set_job(&db, owner, session, job).await.unwrap();
            assert_eq!(uploads::get(&db, owner, session).await.unwrap().unwrap().job, Some(jobs[0]));
        }
        assert!(!uploads::close(&db, &mine).await.unwrap());
        assert!(uploads::all_owners_expired(&db, i64::MAX).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn of_twenty_sessions_at_once_only_those_within_the_quota_are_created() {
    on_both(async |db| {
        let (owner, other) = two_people(&db).await;
        let (questions, hints) = (Vec::new(), HintSettings { enabled: Vec::new(), budget_ms: 20_000 });
        let new = NewSession { source: Source::Upload, questions, hints, capture: Capture::default(), affect: false };
        session(&db, owner).await;
        session(&db, other).await;
        let quota = Quota { since_us: 0, most: 4 };
        let created = join_all((0..20).map(|_| {
            let (db, new) = (db.clone(), new.clone());
            tokio::spawn(async move { sessions::create(&db, owner, new, quota).await.unwrap() })
        }));
        assert_eq!(created.await.into_iter().filter(|session| session.as_ref().unwrap().is_some()).count(), 3);
        assert_eq!(sessions::list(&db, owner, None, 100).await.unwrap().len(), 4);
        assert!(sessions::create(&db, other, new.clone(), quota).await.unwrap().is_some(), "each has a quota");
        let later = Quota { since_us: now_us() + 1_000_000_000, most: 1 };
        assert!(sessions::create(&db, owner, new, later).await.unwrap().is_some(), "only new ones count");
    })
    .await;
}

#[tokio::test]
async fn of_twenty_uploads_at_once_only_those_with_room_get_a_slot() {
    on_both(async |db| {
        let (owner, other) = two_people(&db).await;
        let slot = async |owner: UserId| Slot {
            session: session(&db, owner).await.id,
            owner,
            name: "a.mov".into(),
            content_type: "video/quicktime".into(),
            bytes: 100,
            part_bytes: 100,
            upload_id: "it".into(),
            job: None,
            created_us: 1,
            expires_us: 100,
        };
        let at_once = async |owner: UserId, room: Room| {
            let slots = join_all((0..20).map(|_| slot(owner))).await;
            let opened = join_all(slots.into_iter().map(|slot| {
                let db = db.clone();
                tokio::spawn(async move { uploads::open(&db, &slot, room).await.unwrap() })
            }));
            opened.await.into_iter().map(Result::unwrap).collect::<Vec<_>>()
        };
        let count = |opened: &[Opened], what: Opened| opened.iter().filter(|one| **one == what).count();
        let opened = at_once(owner, Room { slots: 5, bytes: i64::MAX }).await;
        assert_eq!((count(&opened, Opened::Yes), count(&opened, Opened::TooMany)), (5, 15));
        // 500 bytes are under way, of all owners.
        let opened = at_once(other, Room { slots: 100, bytes: 850 }).await;
        assert_eq!((count(&opened, Opened::Yes), count(&opened, Opened::NoRoom(50))), (3, 17));
    })
    .await;
}
