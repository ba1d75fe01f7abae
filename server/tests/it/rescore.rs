//! Scores that are computed again from journals: equal formulas give equal reports, and old scores stay beside new ones.

use crate::support::objects::Memory;
use crate::support::on_both;
use crate::support::report::{make_ready, session};
use coach_core::UserId;
use coach_core::report::Report;
use coach_insight::replay::replay_text;
use coach_server::objects::{Objects, blocking, journal_key, report_key};
use coach_server::recording::rescore::{Outcome, one};
use coach_server::store::people::users;
use coach_server::store::sessions::Session;
use coach_server::store::{Db, reports, sessions};
use std::io::Read;

const JOURNAL: &[u8] = include_bytes!("../../../inference/insight/tests/golden/journal_v1.jsonl");
/// What version 0.1.0 made of the same journal: formulas of version 2, metrics without names, no praise, no advice.
const REPORT_OF_0_1_0: &[u8] = include_bytes!("../../../inference/insight/tests/golden/report_of_0.1.0.json");

fn packed(journal: &[u8]) -> Vec<u8> {
    zstd::encode_all(journal, 3).unwrap()
}

fn made() -> Report {
    replay_text(JOURNAL).unwrap().report
}

/// Creates a ready session with this report, and its journal in the store.
async fn ready(db: &Db, store: &Memory, report: &Report) -> (UserId, Session) {
    let me = users::personal(db).await.unwrap();
    let id = session(db, me).await.id;
    make_ready(db, me, id, report).await;
    store.put(&journal_key(id), packed(JOURNAL));
    store.put(&report_key(id), serde_json::to_vec(report).unwrap());
    (me, sessions::get(db, me, id).await.unwrap().unwrap())
}

async fn stored(store: &Memory, key: &str) -> Vec<u8> {
    let mut from = blocking(store.read(key).await.unwrap().unwrap());
    tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        bytes
    })
    .await
    .unwrap()
}

/// Returns formula and value of the whole session's confidence, oldest first.
async fn confidences(db: &Db, session: &Session) -> Vec<(i32, Option<f64>)> {
    const SELECT: &str = "SELECT formula, value FROM scores WHERE session = $1 AND answer IS NULL AND name = 'confidence' ORDER BY formula";
    match db {
        Db::Pg(pool) => sqlx::query_as(SELECT).bind(session.id.0).fetch_all(pool).await.unwrap(),
        Db::Lite(pool) => sqlx::query_as(SELECT).bind(session.id.0).fetch_all(pool).await.unwrap(),
    }
}

#[tokio::test]
async fn while_the_formulas_are_the_same_the_report_is_the_same_in_every_bit() {
    on_both(async |db| {
        let store = Memory::default();
        let (me, session) = ready(&db, &store, &made()).await;
        let before = (stored(&store, &report_key(session.id)).await, confidences(&db, &session).await);
        for _ in 0..2 {
            assert!(matches!(one(&db, &store, &session).await.unwrap(), Outcome::Same(_)));
        }
        assert_eq!(before, (stored(&store, &report_key(session.id)).await, confidences(&db, &session).await));
        let points = reports::points(&db, me, 10).await.unwrap();
        assert_eq!(points[0].formulas, made().formulas);
    })
    .await;
}

#[tokio::test]
async fn scores_of_an_older_formula_stay_beside_the_new_ones_which_everybody_sees() {
    on_both(async |db| {
        let store = Memory::default();
        let mut older = made();
        older.formulas.insert("confidence".into(), 0);
        older.overall.scores.confidence.value = Some(12.5);
        for answer in &mut older.answers {
            answer.scores.confidence.value = Some(12.5);
        }
        let (me, session) = ready(&db, &store, &older).await;
        let outcome = one(&db, &store, &session).await.unwrap();
        let Outcome::New { old, new } = outcome else { panic!("nothing was rescored: {outcome:?}") };
        let now = made().overall.scores.confidence.value.map(f64::from);
        assert_eq!((old.confidence, new.confidence), (Some(12.5), now));
        assert_eq!(stored(&store, &report_key(session.id)).await, serde_json::to_vec(&made()).unwrap());
        let version = i32::try_from(made().formulas["confidence"]).unwrap();
        assert_eq!(confidences(&db, &session).await, [(0, Some(12.5)), (version, now)]);
        let summary = reports::summaries(&db, me, session.id, session.id).await.unwrap().remove(&session.id).unwrap();
        assert_eq!(summary.scores.unwrap(), new);
        assert_ne!(summary.answers[0].scores.confidence, Some(12.5));
        assert_eq!(reports::points(&db, me, 1).await.unwrap()[0].scores, new);
        assert_eq!(one(&db, &store, &session).await.unwrap(), Outcome::Same(new));
    })
    .await;
}

#[tokio::test]
async fn a_session_of_version_0_1_0_is_read_as_it_is_and_brought_over() {
    on_both(async |db| {
        let store = Memory::default();
        let old: Report = serde_json::from_slice(REPORT_OF_0_1_0).unwrap();
        let versions = (old.formulas["confidence"], made().formulas["confidence"]);
        assert!(versions.0 == 2 && versions.1 > 2, "{versions:?}");
        let (me, session) = ready(&db, &store, &old).await;
        store.put(&report_key(session.id), REPORT_OF_0_1_0.to_vec());
        // Before: what it said then, marked with the formulas of then, so that nothing compares it with newer numbers.
        let before = reports::points(&db, me, 1).await.unwrap().remove(0);
        let was = old.overall.scores.confidence.value.map(f64::from);
        assert!(was.is_some_and(|v| v > 98.0), "{was:?}");
        assert_eq!((before.scores.confidence, before.formulas["confidence"]), (was, 2));
        let outcome = one(&db, &store, &session).await.unwrap();
        let Outcome::New { old: said, new } = outcome else { panic!("nothing was rescored: {outcome:?}") };
        assert_eq!((said.confidence, new.confidence), (was, made().overall.scores.confidence.value.map(f64::from)));
        // After: the report of today with its words, the new scores in the history, the old ones beside them.
        let report: Report = serde_json::from_slice(&stored(&store, &report_key(session.id)).await).unwrap();
        assert_eq!(report, made());
        assert!(report.overall.metrics.values().all(|m| !m.name.is_empty()), "metrics have names");
        let after = reports::points(&db, me, 1).await.unwrap().remove(0);
        assert_eq!((after.scores, after.formulas), (new, made().formulas));
        let kept = confidences(&db, &session).await;
        assert_eq!(kept, [(2, was), (i32::try_from(versions.1).unwrap(), new.confidence)]);
        assert_eq!(one(&db, &store, &session).await.unwrap(), Outcome::Same(new));
    })
    .await;
}

#[tokio::test]
async fn a_damaged_journal_is_reported_and_changes_nothing() {
    on_both(async |db| {
        let store = Memory::default();
        let mut older = made();
        older.formulas.insert("clarity".into(), 0);
        let (_, session) = ready(&db, &store, &older).await;
        let key = journal_key(session.id);
        let whole = packed(JOURNAL);
        let mut flipped = JOURNAL.to_vec();
        flipped[JOURNAL.len() / 2] = b'\n';
        let newer = String::from_utf8_lossy(JOURNAL).replacen("\"version\":1", "\"version\":99", 1).into_bytes();
        let damaged = [
            ("cut", whole[..whole.len() / 2].to_vec()),
            ("no archive", b"hello".to_vec()),
            ("empty", packed(b"")),
            ("a broken line", packed(&flipped)),
            ("of tomorrow", packed(&newer)),
        ];
        for (name, bytes) in damaged {
            store.put(&key, bytes);
            let outcome = one(&db, &store, &session).await.unwrap();
            assert!(matches!(&outcome, Outcome::Skipped(why) if !why.is_empty()), "{name}: {outcome:?}");
        }
        assert_eq!(stored(&store, &report_key(session.id)).await, serde_json::to_vec(&older).unwrap());
        store.set_away(true);
        assert!(one(&db, &store, &session).await.is_err(), "a store that is away is no damage");
    })
    .await;
}
