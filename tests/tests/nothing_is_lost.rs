//! What crashes, a lost connection and a second publishing cost: at most a second of the recording, and never the session.
//!
//! The kills fall at random, from SOAK_SEED: SOAK_KILLS (5) sessions in all lose their server, SOAK_AT_ONCE (1) at a time.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::Coach;
use coach_e2e::media::stage;
use coach_e2e::objects;
use coach_e2e::publisher::Publisher;
use coach_e2e::recording::{fetch, last_packet, length, part, plays, until_spool_is_empty, until_spooled};
use coach_e2e::tools::{run, setting};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The most that may be lost, seconds.
const AT_MOST_LOST: f64 = 1.0;

/// Where in its life a server is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// While people speak.
    Live,
    /// Just after they have stopped.
    Ending,
}

/// A session whose server is about to be killed.
struct Victim {
    id: String,
    question: Value,
    publisher: Option<Publisher>,
    /// What its client had sent, seconds.
    sent: f64,
}

impl Victim {
    async fn new(coach: &Coach, webm: &Path, args: &[&str]) -> Result<Victim> {
        let session = coach.session(&[0]).await?;
        let id = session["id"].as_str().context("an id")?.to_owned();
        let publisher = Some(Publisher::start(coach, webm, &id, args)?);
        Ok(Victim { id, question: session["questions"][0]["id"].clone(), publisher, sent: 0.0 })
    }

    /// Checks that the spool can be played and holds all but the last second. Returns how much is missing.
    fn judge_spool(&self, coach: &Coach) -> Result<Option<f64>> {
        let file = part(coach, &self.id, 0);
        // A session that had come to its end has none any more.
        if length(&file) == 0 {
            return Ok(None);
        }
        plays(&file)?;
        let lost = self.sent - last_packet(&file)?;
        ensure!(lost <= AT_MOST_LOST, "{lost:.2} s of {:.2} s are not in the spool of {}", self.sent, self.id);
        Ok(Some(lost))
    }

    /// Checks that the session has ended: everything is stored, and the report covers all of it.
    async fn judge_end(&self, coach: &Coach, folder: &Path) -> Result<()> {
        coach.until_state(&self.id, "ready").await?;
        let kept = fetch(coach, &self.id, folder).await?;
        ensure!(kept >= self.sent - AT_MOST_LOST, "{kept:.2} s of {:.2} s were stored", self.sent);
        let (_, report) = coach.get(&format!("/api/sessions/{}/report", self.id)).await?;
        let reported = report["duration_ms"].as_f64().unwrap_or_default() / 1000.0;
        ensure!((reported - kept).abs() < 0.3, "the report is of {reported:.2} s, {kept:.2} s were stored");
        ensure!(report["answers"][0]["question_id"] == self.question, "the question did not survive");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_at_any_moment_loses_at_most_a_second_and_no_session() -> Result<()> {
    let clock = SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros() as u64;
    let (kills, at_once, seed) = (setting("SOAK_KILLS", 5), setting("SOAK_AT_ONCE", 1), setting("SOAK_SEED", clock));
    println!("{kills} sessions lose their server, {at_once} at a time; again by SOAK_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir()?;
    let webm = stage(40)?.webm()?;
    let mut coach = Coach::start(&[]).await?;
    let (mut victims, mut worst, mut killed_again) = (Vec::new(), 0.0f64, 0);
    for kill in 0..kills.div_ceil(at_once) {
        let moment = if rng.random_bool(0.7) { Moment::Live } else { Moment::Ending };
        let seconds = rng.random_range(2.0..7.0f64).to_string();
        let args: &[&str] = if let Moment::Ending = moment { &["--seconds", &seconds] } else { &[] };
        let mut round = Vec::new();
        for _ in 0..at_once {
            round.push(Victim::new(&coach, &webm, args).await?);
        }
        for victim in &round {
            until_spooled(&coach, &victim.id, 0, 20_000).await?;
        }
        // Not to wait for anything: the moment is the chance that is tested.
        match moment {
            Moment::Live => tokio::time::sleep(Duration::from_millis(rng.random_range(0..5000))).await,
            Moment::Ending => {
                for victim in &mut round {
                    victim.sent = victim.publisher.take().context("a publisher")?.finish().await?;
                }
                tokio::time::sleep(Duration::from_millis(rng.random_range(0..400))).await;
            }
        }
        coach.kill();
        // All at once: the clients go on for a while.
        for victim in &mut round {
            victim.sent = victim.publisher.as_ref().map_or(victim.sent, Publisher::sent);
        }
        for victim in &mut round {
            victim.publisher = None;
            if let Some(lost) = victim.judge_spool(&coach)? {
                worst = worst.max(lost);
                println!("kill {kill}, {moment:?}: {:.2} s sent, {lost:.2} s lost", victim.sent);
            } else {
                println!("kill {kill}, {moment:?}: {:.2} s sent, the session was over", victim.sent);
            }
        }
        coach.launch().await?;
        if rng.random_bool(0.5) {
            // Now what was interrupted is being taken up.
            tokio::time::sleep(Duration::from_millis(rng.random_range(0..1500))).await;
            coach.kill();
            killed_again += 1;
            coach.launch().await?;
        }
        for victim in &round {
            victim.judge_end(&coach, folder.path()).await?;
        }
        victims.extend(round);
    }
    let ready = victims.len();
    println!(
        "{ready} of {ready} sessions are ready; {worst:.2} s lost at most; {killed_again} recoveries were killed, too"
    );
    until_spool_is_empty(&coach).await?;
    nothing_is_left_over(&coach, &victims)
}

/// Checks that objects, uploads and rows are those of finished sessions and no others.
fn nothing_is_left_over(coach: &Coach, victims: &[Victim]) -> Result<()> {
    let stored = objects::embedded(coach)?;
    ensure!(stored.uploads.is_empty(), "uploads are left: {:?}", stored.uploads);
    let mut keys: Vec<_> = stored.objects.into_iter().map(|(key, _)| key).collect();
    let names = ["journal.jsonl.zst", "poster.jpg", "recording.webm", "report.json"];
    let mut expected: Vec<_> = victims.iter().flat_map(|v| names.map(|n| format!("sessions/{}/{n}", v.id))).collect();
    keys.sort();
    expected.sort();
    ensure!(keys == expected, "objects: {keys:#?}\nshould be {expected:#?}");
    let query = "import sqlite3,sys; db=sqlite3.connect(sys.argv[1]); print([*db.execute(\"select id from sessions where \
                 state<>'ready'\"), *db.execute(\"select session,n,state from parts where state<>'joined'\")])";
    let database = coach.data().join("coach.db");
    let rows = run("python3", &["-c", query, database.to_str().context("plain text")?])?;
    let rows = String::from_utf8(rows.stdout)?;
    ensure!(rows.trim() == "[]", "rows in a middle state: {rows}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_again_takes_over_and_the_parts_become_one_recording() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let webm = stage(40)?.webm()?;
    let coach = Coach::start(&[]).await?;
    let session = coach.session(&[0, 1]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let first = Publisher::start(&coach, &webm, &id, &["--seconds", "20", "--vanish"])?;
    coach.until_state(&id, "live").await?;
    until_spooled(&coach, &id, 0, 500_000).await?;
    // The page is gone without a word; its owner opens it again.
    drop(first);
    let second = Publisher::start(&coach, &webm, &id, &["--seconds", "6"])?;
    until_spooled(&coach, &id, 1, 100_000).await?;
    second.finish().await?;
    coach.until_state(&id, "ready").await?;
    let kept = fetch(&coach, &id, folder.path()).await?;
    let journal = reqwest::get(coach.url(&format!("/api/sessions/{id}/journal"))).await?.text().await?;
    let gaps: Vec<Value> = journal
        .lines()
        .filter(|line| line.contains("no_connection"))
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    println!("two parts, {kept:.2} s in all; gaps without connection: {gaps:?}");
    ensure!(!gaps.is_empty(), "the time between the parts is said to be unknown");
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    ensure!((report["duration_ms"].as_f64().unwrap_or_default() / 1000.0 - kept).abs() < 0.3, "one timeline: {kept}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_session_that_is_deleted_leaves_nothing_behind() -> Result<()> {
    let webm = coach_e2e::media::heavy(40)?;
    let coach = Coach::start(&[]).await?;
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();
    let publisher = Publisher::start(&coach, &webm, &id, &["--vanish"])?;
    // So much that a part of it is on its way to the store.
    until_spooled(&coach, &id, 0, 5_500_000).await?;
    let deleted = reqwest::Client::new().delete(coach.url(&format!("/api/sessions/{id}"))).send().await?;
    ensure!(deleted.status() == 200, "deleting: {}", deleted.status());
    drop(publisher);
    until_spool_is_empty(&coach).await?;
    let stored = objects::embedded(&coach)?;
    ensure!(stored == objects::Contents::default(), "left in the store: {stored:?}");
    Ok(())
}
