//! The object store, the database or the room on the disk goes away in mid session and at its end: recording goes on, the
//! session waits, and is stored when they are back. SOAK_AWAY (10): how long in mid session.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, can_make_disks};
use coach_e2e::media::{heavy, stage};
use coach_e2e::objects::{self, Store};
use coach_e2e::postgres::Postgres;
use coach_e2e::publisher::Publisher;
use coach_e2e::recording::{fetch, length, part, until_spool_is_empty, until_spooled};
use coach_e2e::tools::{run, setting};
use coach_testing::{LIMIT, Need, not_checked};
use futures::StreamExt;
use serde_json::Value;
use std::path::PathBuf;
use std::time::{Duration, Instant};

fn away_for() -> Duration {
    Duration::from_secs(setting("SOAK_AWAY", 10))
}

/// Polls until the condition holds.
async fn until(what: &str, mut so: impl AsyncFnMut() -> Result<bool>) -> Result<()> {
    let began = Instant::now();
    while !so().await? {
        ensure!(began.elapsed() < LIMIT, "waited {LIMIT:?} in vain: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Waits for this time, during which the recording must grow.
async fn grows_for(coach: &Coach, session: &str, time: Duration) -> Result<()> {
    let (file, began) = (part(coach, session, 0), Instant::now());
    while began.elapsed() < time {
        let before = length(&file);
        until("the recording goes on", async || Ok(length(&file) > before)).await?;
    }
    Ok(())
}

/// Does something while the live channel is listened to, and waits for a message of it. Returns both.
async fn hears<T>(
    coach: &Coach,
    session: &str,
    wanted: impl Fn(&Value) -> bool,
    meanwhile: impl AsyncFnOnce() -> Result<T>,
) -> Result<(Value, T)> {
    let url = coach.ws_url(&format!("/api/sessions/{session}/live"));
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
    // A session always has something to say at once; from the first message on nothing of it is missed.
    let first = tokio::time::timeout(LIMIT, socket.next()).await.context("the live channel is silent")?;
    let done = meanwhile().await?;
    let heard = async {
        let mut next = first;
        while let Some(message) = next {
            let message: Value = serde_json::from_str(message?.to_text()?).unwrap_or_default();
            if wanted(&message) {
                return Ok(message);
            }
            next = socket.next().await;
        }
        anyhow::bail!("the live channel ended")
    };
    Ok((tokio::time::timeout(LIMIT, heard).await.context("nothing of it was said")??, done))
}

/// Checks that a page that connects now or later is told what the session waits for.
async fn says_it_waits(coach: &Coach, session: &str, stage: &str) -> Result<()> {
    hears(coach, session, |m| m["stage"] == stage || m["progress"]["stage"] == stage, async || Ok(())).await.map(drop)
}

async fn id_of_a_new_session(coach: &Coach) -> Result<String> {
    Ok(coach.session(&[0]).await?["id"].as_str().context("an id")?.to_owned())
}

async fn state(coach: &Coach, session: &str) -> Result<String> {
    let (_, found) = coach.get(&format!("/api/sessions/{session}")).await?;
    Ok(found["state"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_while_the_store_is_unreachable() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let webm = heavy(20)?;
    let mut store = Store::start()?;
    let settings = store.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut coach = Coach::start(&settings).await?;
    let id = id_of_a_new_session(&coach).await?;
    // Long enough after it for the next try and for what has gathered.
    let seconds = (away_for().as_secs() * 4 / 3 + 20).to_string();
    let publisher = Publisher::start(&coach, &webm, &id, &["--seconds", &seconds])?;
    until_spooled(&coach, &id, 0, 6_000_000).await?;
    let part_key = format!("sessions/{id}/parts/0.webm");
    let uploaded = |store: &Store| -> Result<u64> {
        Ok(store.contents()?.uploads.iter().filter(|(key, _)| *key == part_key).map(|(_, bytes)| bytes).sum())
    };
    until("the part is sent while live", async || Ok(uploaded(&store)? > 5_000_000)).await?;
    let before = uploaded(&store)?;

    store.stop();
    grows_for(&coach, &id, away_for()).await?;
    let grown = length(&part(&coach, &id, 0));
    store.resume()?;
    // All but what a part of its own would be too small for.
    let behind = grown.saturating_sub(5 << 20);
    until("the upload catches up", async || Ok(uploaded(&store)? > before.max(behind))).await?;
    println!("away for {:?}: {before} bytes in the store before, {} after it caught up", away_for(), uploaded(&store)?);

    // Away again when the session ends, and over a restart.
    store.stop();
    let sent = publisher.finish().await?;
    coach.until_state(&id, "finalising").await?;
    says_it_waits(&coach, &id, "waiting_for_store").await?;
    coach.kill();
    coach.launch_unready().await?;
    let (status, problem) = coach.get("/readyz").await?;
    ensure!(status == 503 && problem["detail"].to_string().contains("object store"), "not ready, and why: {problem}");
    says_it_waits(&coach, &id, "waiting_for_store").await?;
    ensure!(state(&coach, &id).await? == "finalising", "it waits, and has not failed");
    store.resume()?;
    coach.until_state(&id, "ready").await?;
    let kept = fetch(&coach, &id, folder.path()).await?;
    println!("{sent:.2} s sent, {kept:.2} s stored");
    ensure!(kept > sent - 1.0, "{sent:.2} s were sent, {kept:.2} s are stored");
    until_spool_is_empty(&coach).await?;
    let stored = store.contents()?;
    ensure!(stored.uploads.is_empty(), "uploads are left: {:?}", stored.uploads);
    ensure!(stored.objects.len() == 4, "recording, poster, journal and report: {:?}", stored.objects);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_while_the_database_is_unreachable() -> Result<()> {
    let Some(mut database) = Postgres::start()? else {
        not_checked(Need::Postgres, "a database that goes away", "no PostgreSQL 15 or newer is installed");
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    let webm = stage(40)?.webm()?;
    let url = database.url();
    let coach = Coach::start(&[("COACH_DATABASE_URL", &url), ("COACH_MEDIA_GRACE_S", "2")]).await?;
    let id = id_of_a_new_session(&coach).await?;
    let seconds = (away_for().as_secs() * 3 + 60).to_string();
    let publisher = Publisher::start(&coach, &webm, &id, &["--seconds", &seconds])?;
    coach.until_state(&id, "live").await?;
    until_spooled(&coach, &id, 0, 50_000).await?;

    database.stop()?;
    refuses_for_the_database(&coach).await?;
    grows_for(&coach, &id, away_for()).await?;
    database.resume()?;
    until("the session is still live", async || Ok(state(&coach, &id).await? == "live")).await?;

    // One that hangs is not one that is gone: connections stand, and nothing comes over them.
    database.freeze()?;
    let asked = Instant::now();
    refuses_for_the_database(&coach).await?;
    println!("frozen: refused after {:.1} s", asked.elapsed().as_secs_f64());
    grows_for(&coach, &id, away_for().saturating_sub(asked.elapsed())).await?;
    database.thaw()?;
    until("the session is still live", async || Ok(state(&coach, &id).await? == "live")).await?;

    // The publisher goes, and its time to come back runs out, while nobody can be told.
    database.stop()?;
    let sent = publisher.sent();
    drop(publisher);
    until("the server gives the publisher up", async || Ok(coach.log().contains("a publisher has left"))).await?;
    grown_up(&coach, &id).await?;
    database.resume()?;
    coach.until_state(&id, "ready").await?;
    let kept = fetch(&coach, &id, folder.path()).await?;
    println!("{sent:.2} s sent, {kept:.2} s stored");
    ensure!(kept > sent - 1.0, "{sent:.2} s were sent, {kept:.2} s are stored");
    until_spool_is_empty(&coach).await
}

async fn refuses_for_the_database(coach: &Coach) -> Result<()> {
    let (status, problem) = coach.post("/api/sessions", serde_json::json!({ "questions": ["x"] })).await?;
    ensure!(status == 503, "{status} {problem}");
    ensure!(problem["detail"].to_string().contains("the database does not answer"), "{problem}");
    Ok(())
}

/// The state changes wait for the database.
async fn grown_up(coach: &Coach, session: &str) -> Result<()> {
    until("the session waits for the database", async || Ok(has_waited(coach, session))).await
}

/// Returns whether the end of the session was put off by something that passes.
fn has_waited(coach: &Coach, session: &str) -> bool {
    coach.log().lines().any(|line| line.contains("the session waits") && line.contains(session))
}

/// A file that fills the server's disk.
struct Balloon(PathBuf);

impl Balloon {
    /// Leaves this many MiB free.
    fn leave(&self, free_mb: u64) -> Result<()> {
        let _ = std::fs::remove_file(&self.0);
        let folder = self.0.parent().context("a folder")?;
        // Of the disk itself, not of what this process has mounted.
        let room = run("stat", &["-f", "-c", "%a %S", folder.to_str().context("plain text")?])?;
        let numbers: Vec<u64> = String::from_utf8(room.stdout)?.split_whitespace().flat_map(str::parse).collect();
        let free: u64 = numbers.iter().product();
        let size = free.saturating_sub(free_mb << 20);
        let file = std::fs::File::create(&self.0)?;
        match std::io::copy(&mut std::io::Read::take(std::io::repeat(1), size), &mut &file) {
            // The server has taken some of it meanwhile.
            Err(error) if error.kind() != std::io::ErrorKind::StorageFull => Err(error.into()),
            _ => Ok(()),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_new_sessions_and_ends_live_ones_with_what_was_recorded() -> Result<()> {
    if !can_make_disks() {
        not_checked(Need::Other, "a live session on a full disk", "this machine lets tests mount no disks");
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let webm = heavy(20)?;
    let coach = Coach::start_on_small_disk(256, &[("COACH_STORAGE_MIN_FREE_BYTES", "50000000")]).await?;
    let balloon = Balloon(coach.data().join("balloon"));
    let made_before = id_of_a_new_session(&coach).await?;
    let (_, bank) = coach.get("/api/questions").await?;
    let wish = serde_json::json!({ "questions": [bank["questions"][0]["id"]] });

    balloon.leave(40)?;
    until("new sessions are refused", async || Ok(coach.post("/api/sessions", wish.clone()).await?.0 == 503)).await?;
    let (_, problem) = coach.post("/api/sessions", wish.clone()).await?;
    println!("refused: {}", problem["detail"]);
    ensure!(problem["detail"].to_string().contains("nearly full"), "{problem}");
    let refused = Publisher::start(&coach, &webm, &made_before, &["--seconds", "1"])?;
    ensure!(refused.finish().await.is_err(), "publishing is refused, too");

    // With a little left the session comes to its end at once; with nothing it waits.
    for (what, left) in [("nearly full", 11), ("full", 0)] {
        balloon.leave(100)?;
        until("sessions are taken again", async || Ok(coach.post("/api/sessions", wish.clone()).await?.0 == 201))
            .await?;
        let id = id_of_a_new_session(&coach).await?;
        let publisher = Publisher::start(&coach, &webm, &id, &["--vanish"])?;
        until_spooled(&coach, &id, 0, 2_000_000).await?;
        let told = {
            let fill = async || {
                balloon.leave(left)?;
                Ok(publisher.sent())
            };
            let (told, sent) = hears(&coach, &id, |m| m["type"] == "error", fill).await?;
            println!("{what}: the page is told {:?}", told["detail"]);
            sent
        };
        if left == 0 {
            says_it_waits(&coach, &id, "waiting_for_disk").await?;
            let state = state(&coach, &id).await?;
            ensure!(["live", "finalising"].contains(&state.as_str()), "it waits, and has not failed: {state}");
            let key = format!("sessions/{id}/recording.webm");
            let stored = objects::embedded(&coach)?;
            ensure!(
                !stored.objects.iter().any(|(found, _)| *found == key),
                "nothing is presented as whole: {stored:?}"
            );
            std::fs::remove_file(&balloon.0)?;
        } else {
            // Until the server looked, a burst of its publisher may have taken the little that was left.
            let over = async || Ok(has_waited(&coach, &id) || state(&coach, &id).await? == "ready");
            until("the session comes to its end or waits", over).await?;
            if has_waited(&coach, &id) {
                std::fs::remove_file(&balloon.0)?;
            }
        }
        drop(publisher);
        coach.until_state(&id, "ready").await?;
        let kept = fetch(&coach, &id, folder.path()).await?;
        println!("{what}: {told:.2} s sent when the room went, {kept:.2} s stored");
        ensure!(kept > told - 1.0, "{told:.2} s were sent before, {kept:.2} s are stored");
        until_spool_is_empty(&coach).await?;
    }
    Ok(())
}
