//! The job queue: no job runs twice, is lost, or is retried for ever.

use crate::support::{on_both, sqlite};
use anyhow::Context as _;
use async_trait::async_trait;
use coach_server::clock::now_us;
use coach_server::config::jobs::Config;
use coach_server::jobs::{Hold, Job, Worker};
use coach_server::store::Db;
use coach_server::store::jobs::{self, Attempt, Claimed, NewJob, pause_us};
use coach_server::store::queue::Queue;
use coach_testing::LIMIT;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const LEASE_US: i64 = 30_000_000;
const KINDS: &[&str] = &["count", "first", "second", "later", "hang", "fail"];

fn job(kind: &str, priority: i32, run_at_us: i64) -> NewJob<'_> {
    NewJob { kind, owner: None, session: None, payload: json!({"n": priority}), priority, max_attempts: 2, run_at_us }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_workers_take_every_job_exactly_once() {
    on_both(async |db| {
        for n in 0..200 {
            jobs::enqueue(&db, job("count", n, 0)).await.unwrap();
        }
        let workers = (0..8).map(|n| {
            let db = db.clone();
            tokio::spawn(async move {
                let (mut taken, name) = (Vec::new(), format!("worker-{n}"));
                while let Some(job) = jobs::claim(&db, &name, KINDS, 1000, LEASE_US).await.unwrap() {
                    assert_eq!(job.attempts, 1);
                    assert!(jobs::complete(&db, job.id, &name).await.unwrap());
                    taken.push(job.id);
                }
                taken
            })
        });
        let taken: Vec<_> = futures::future::join_all(workers).await.into_iter().flat_map(Result::unwrap).collect();
        assert_eq!((taken.len(), taken.iter().collect::<BTreeSet<_>>().len()), (200, 200));
        assert_eq!(jobs::count(&db).await.unwrap(), [("done".to_owned(), 200)]);
    })
    .await;
}

#[tokio::test]
async fn the_most_urgent_due_job_goes_first_and_a_later_one_waits() {
    on_both(async |db| {
        for (kind, priority, at) in [("later", 0, 2_000), ("second", 1, 0), ("first", 0, 500)] {
            jobs::enqueue(&db, job(kind, priority, at)).await.unwrap();
        }
        let first = jobs::claim(&db, "w", KINDS, 1_000, LEASE_US).await.unwrap().unwrap();
        assert_eq!((first.kind.as_str(), &first.payload), ("first", &json!({"n": 0})));
        assert_eq!(jobs::claim(&db, "w", KINDS, 1_000, LEASE_US).await.unwrap().unwrap().kind, "second");
        assert_eq!(jobs::claim(&db, "w", KINDS, 1_000, LEASE_US).await.unwrap(), None);
        assert_eq!(jobs::claim(&db, "w", KINDS, 2_000, LEASE_US).await.unwrap().unwrap().kind, "later");
    })
    .await;
}

#[tokio::test]
async fn a_job_whose_lease_runs_out_is_reclaimed_and_dead_after_the_last_attempt() {
    on_both(async |db| {
        jobs::enqueue(&db, job("hang", 0, 0)).await.unwrap();
        let first = jobs::claim(&db, "a", KINDS, 0, 100).await.unwrap().unwrap();
        assert_eq!(jobs::claim(&db, "b", KINDS, 100, 100).await.unwrap(), None, "the lease holds to its last moment");
        assert!(jobs::renew(&db, first.id, "a", 200, Some("half"), 50).await.unwrap());
        assert_eq!(jobs::claim(&db, "b", KINDS, 150, 100).await.unwrap(), None);
        let second = jobs::claim(&db, "b", KINDS, 201, 100).await.unwrap().unwrap();
        assert_eq!((second.id, second.attempts), (first.id, 2));
        // Calls of the first worker have no effect now.
        assert!(!jobs::renew(&db, first.id, "a", 900, None, 0).await.unwrap());
        assert!(!jobs::complete(&db, first.id, "a").await.unwrap());
        assert!(!jobs::fail(&db, &first, "a", 300, "late", Attempt::Counts).await.unwrap());
        assert!(!jobs::mark_dead(&db, first.id, "a", "late").await.unwrap());
        assert_eq!(jobs::claim_fallen(&db, "c", KINDS, 301, 100).await.unwrap(), None);
        assert_eq!(jobs::claim(&db, "c", KINDS, 400, 100).await.unwrap(), None);
        assert_eq!(jobs::claim_fallen(&db, "c", KINDS, 400, 100).await.unwrap().unwrap().id, first.id);
        assert!(jobs::mark_dead(&db, first.id, "c", "silent").await.unwrap());
        assert_eq!(jobs::count(&db).await.unwrap(), [("dead".to_owned(), 1)]);
    })
    .await;
}

#[tokio::test]
async fn a_failed_job_pauses_and_after_the_last_attempt_is_dead() {
    on_both(async |db| {
        jobs::enqueue(&db, job("fail", 0, 0)).await.unwrap();
        let first = jobs::claim(&db, "w", KINDS, 0, 100).await.unwrap().unwrap();
        assert!(jobs::fail(&db, &first, "w", 1_000, "no network", Attempt::Counts).await.unwrap());
        let due = 1_000 + pause_us(1);
        assert_eq!(jobs::claim(&db, "w", KINDS, due - 1, 100).await.unwrap(), None);
        let second = jobs::claim(&db, "w", KINDS, due, 100).await.unwrap().unwrap();
        assert!(jobs::mark_dead(&db, second.id, "w", "no network").await.unwrap());
        assert_eq!(jobs::count(&db).await.unwrap(), [("dead".to_owned(), 1)]);
    })
    .await;
}

#[derive(Default)]
struct Seen {
    runs: AtomicUsize,
    payloads: Mutex<Vec<Value>>,
}

struct Flaky(Arc<Seen>);

#[async_trait]
impl Job for Flaky {
    fn kind(&self) -> &'static str {
        "flaky"
    }

    async fn run(&self, job: &Claimed, _: &Hold) -> anyhow::Result<()> {
        self.0.payloads.lock().unwrap().push(job.payload.clone());
        anyhow::ensure!(self.0.runs.fetch_add(1, Ordering::SeqCst) > 0, "the first time never works");
        Ok(())
    }
}

async fn states(db: &Db) -> Vec<(String, i64)> {
    jobs::count(db).await.unwrap()
}

#[tokio::test]
async fn a_worker_runs_only_its_kinds_of_jobs_and_requeues_failed_ones() {
    on_both(async |db| {
        let (seen, stop) = (Arc::new(Seen::default()), CancellationToken::new());
        let queue = Queue::new(db.clone());
        let worker = Worker::new(queue.clone(), Config::default(), [Arc::new(Flaky(seen.clone())) as Arc<dyn Job>]);
        assert!(!worker.step(&stop).await.unwrap());
        queue.enqueue(job("flaky", 7, now_us())).await.unwrap();
        assert!(worker.step(&stop).await.unwrap());
        assert_eq!(states(&db).await, [("queued".to_owned(), 1)]);
        assert!(!worker.step(&stop).await.unwrap(), "it pauses");
        queue.enqueue(job("flaky", 8, now_us())).await.unwrap();
        queue.enqueue(job("of another version", 9, now_us())).await.unwrap();
        assert!(worker.step(&stop).await.unwrap() && !worker.step(&stop).await.unwrap());
        assert_eq!(states(&db).await, [("done".to_owned(), 1), ("queued".to_owned(), 2)]);
        assert_eq!(*seen.payloads.lock().unwrap(), [json!({"n": 7}), json!({"n": 8})]);
    })
    .await;
}

/// Holds the one write lock of SQLite until something else waits for it.
struct Writing(sqlx::SqlitePool);

#[async_trait]
impl Job for Writing {
    fn kind(&self) -> &'static str {
        "writing"
    }

    async fn run(&self, _: &Claimed, _: &Hold) -> anyhow::Result<()> {
        let mut connection = self.0.acquire().await?;
        let lock = sqlx::Connection::begin_with(&mut *connection, "BEGIN IMMEDIATE").await?;
        let renewal = async {
            while self.0.size() as usize <= self.0.num_idle() + 1 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(LIMIT, renewal).await.context("nothing else asks for the database")?;
        Ok(lock.commit().await?)
    }
}

#[tokio::test]
async fn a_job_that_writes_goes_on_while_its_lease_waits_to_be_renewed() {
    let (db, _dir) = sqlite().await;
    let Db::Lite(pool) = &db else { panic!("a SQLite database") };
    let queue = Queue::new(db.clone());
    let worker = Worker::new(queue.clone(), Config::default(), [Arc::new(Writing(pool.clone())) as Arc<dyn Job>]);
    queue.enqueue(job("writing", 0, now_us())).await.unwrap();
    assert!(worker.step(&CancellationToken::new()).await.unwrap());
    assert_eq!(states(&db).await, [("done".to_owned(), 1)]);
}

/// A job that finds the database busy.
struct Busy;

#[async_trait]
impl Job for Busy {
    fn kind(&self) -> &'static str {
        "busy"
    }

    async fn run(&self, _: &Claimed, _: &Hold) -> anyhow::Result<()> {
        Err(anyhow::Error::from(sqlx::Error::PoolTimedOut).context("the result cannot be written"))
    }
}

#[tokio::test]
async fn a_job_that_finds_the_database_busy_in_its_last_attempt_is_not_given_up() {
    on_both(async |db| {
        let queue = Queue::new(db.clone());
        let worker = Worker::new(queue.clone(), Config::default(), [Arc::new(Busy) as Arc<dyn Job>]);
        queue.enqueue(NewJob { max_attempts: 1, ..job("busy", 0, now_us()) }).await.unwrap();
        assert!(worker.step(&CancellationToken::new()).await.unwrap());
        assert_eq!(states(&db).await, [("queued".to_owned(), 1)]);
        let later = jobs::claim(&db, "w", &["busy"], i64::MAX / 2, LEASE_US).await.unwrap().unwrap();
        assert_eq!(later.attempts, 1, "the attempt before does not count");
    })
    .await;
}

/// A job that counts before it does what brings its worker down.
struct Dangerous(CancellationToken);

#[async_trait]
impl Job for Dangerous {
    fn kind(&self) -> &'static str {
        "dangerous"
    }

    async fn run(&self, _: &Claimed, hold: &Hold) -> anyhow::Result<()> {
        hold.count();
        self.0.cancel();
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_job_whose_worker_is_stopped_in_each_attempt_is_given_up() {
    on_both(async |db| {
        let queue = Queue::new(db.clone());
        queue.enqueue(job("dangerous", 0, now_us())).await.unwrap();
        for left in [("queued", 1), ("dead", 1)] {
            let stop = CancellationToken::new();
            let work = Arc::new(Dangerous(stop.clone())) as Arc<dyn Job>;
            let worker = Worker::new(queue.clone(), Config::default(), [work]);
            assert!(worker.step(&stop).await.unwrap());
            assert_eq!(states(&db).await, [(left.0.to_owned(), left.1)]);
        }
    })
    .await;
}
