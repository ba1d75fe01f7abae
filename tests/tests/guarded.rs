//! What the running server keeps to itself and refuses: places, consent, files, logs, a second server, slow clients.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::{Coach, free_tcp, program};
use coach_e2e::media::stage;
use coach_e2e::objects::embedded;
use coach_e2e::publisher::Publisher;
use coach_e2e::recording::{length, part, until_spool_is_empty, until_spooled};
use coach_testing::{LIMIT, eventually};
use reqwest::Client;
use serde_json::json;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CHROMIUM: &str = include_str!("../../media/tests/data/chromium-156-offer.sdp");

async fn offer(coach: &Coach, session: &str, sdp: String) -> Result<reqwest::Response> {
    let url = coach.url(&format!("/api/sessions/{session}/whip"));
    Ok(Client::new().post(url).header("content-type", "application/sdp").body(sdp).send().await?)
}

/// Returns the value of a metric, summed over its labels.
async fn metric(coach: &Coach, name: &str) -> Result<f64> {
    let metrics = reqwest::get(coach.url("/metrics")).await?.text().await?;
    let lines = metrics.lines().filter(|line| line.split(['{', ' ']).next() == Some(name));
    let values: Vec<f64> = lines.filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect();
    ensure!(!values.is_empty(), "/metrics has no {name}");
    Ok(values.iter().sum())
}

async fn live_sessions(coach: &Coach) -> Result<f64> {
    metric(coach, "coach_live_sessions").await
}

async fn id(coach: &Coach) -> Result<String> {
    Ok(coach.session(&[0]).await?["id"].as_str().context("an id")?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_offers_hold_no_place_and_the_next_good_one_is_taken() -> Result<()> {
    let webm = stage(40)?.webm()?;
    let coach = Coach::start(&[("COACH_LIMITS_LIVE_SESSIONS", "1")]).await?;
    for (what, sdp, status) in [
        ("a version line alone", "v=0\r\n".to_owned(), 400),
        ("no media", CHROMIUM.replace("a=sendonly", "a=inactive"), 400),
        (
            "a codec that is not taken",
            CHROMIUM.replace(" VP8/90000", " VP9/90000").replace(" H264/90000", " AV1/90000"),
            422,
        ),
        ("no bundle", CHROMIUM.replace("a=group:BUNDLE 0 1\r\n", ""), 422),
        ("a fingerprint that is none", CHROMIUM.replace("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 zz"), 400),
    ] {
        let session = id(&coach).await?;
        let answer = offer(&coach, &session, sdp).await?;
        println!("{what}: {}", answer.status());
        ensure!(answer.status() == status, "{what}: {}", answer.status());
        ensure!(live_sessions(&coach).await? == 0.0, "{what} holds a place");
        let (_, found) = coach.get(&format!("/api/sessions/{session}")).await?;
        ensure!(found["state"] == "created", "{what}: {found}");
    }
    let session = id(&coach).await?;
    let publisher = Publisher::start(&coach, &webm, &session, &["--seconds", "3"])?;
    until_spooled(&coach, &session, 0, 20_000).await?;
    ensure!(live_sessions(&coach).await? == 1.0);
    let crowded = offer(&coach, &id(&coach).await?, CHROMIUM.to_owned()).await?;
    ensure!(crowded.status() == 503 && crowded.headers().contains_key("retry-after"), "{}", crowded.status());
    publisher.finish().await?;
    coach.until_state(&session, "ready").await?;
    ensure!(live_sessions(&coach).await? == 0.0);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_has_no_more_places_than_their_share() -> Result<()> {
    let coach = Coach::start(&[("COACH_LIMITS_LIVE_SESSIONS", "4"), ("COACH_LIMITS_LIVE_SESSIONS_EACH", "2")]).await?;
    let mut taken = Vec::new();
    for _ in 0..2 {
        let answer = offer(&coach, &id(&coach).await?, CHROMIUM.to_owned()).await?;
        ensure!(answer.status() == 201, "{}", answer.status());
        taken.push(answer.headers().get("location").context("a resource")?.to_str()?.to_owned());
    }
    let crowded = offer(&coach, &id(&coach).await?, CHROMIUM.to_owned()).await?;
    ensure!(crowded.status() == 503 && crowded.headers().contains_key("retry-after"), "{}", crowded.status());
    ensure!(crowded.text().await?.contains("2 of your sessions are live"), "it says whose share is taken");
    // Offers for one session at once begin it once.
    Client::new().delete(coach.url(&taken[0])).send().await?.error_for_status()?;
    let session = id(&coach).await?;
    let both = futures::future::join_all((0..4).map(|_| offer(&coach, &session, CHROMIUM.to_owned()))).await;
    ensure!(both.into_iter().all(|answer| answer.is_ok_and(|answer| answer.status() == 201)), "a later one takes over");
    ensure!(live_sessions(&coach).await? == 2.0);
    Ok(())
}

/// Returns how many threads of sessions the server has.
fn session_threads(coach: &Coach) -> Result<usize> {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", coach.pid()))?;
    let names = tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
    Ok(names.filter(|name| name.starts_with("session-")).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_is_deleted_just_when_it_stops_leaves_no_thread() -> Result<()> {
    let webm = stage(40)?.webm()?;
    let coach = Coach::start(&[("COACH_LIMITS_CHANGES_HZ", "1000")]).await?;
    for _ in 0..6 {
        let session = id(&coach).await?;
        let _publisher = Publisher::start(&coach, &webm, &session, &["--seconds", "30"])?;
        until_spooled(&coach, &session, 0, 2_000).await?;
        ensure!(session_threads(&coach)? > 0);
        for path in ["/api/consents", &format!("/api/sessions/{session}")] {
            Client::new().delete(coach.url(path)).send().await?.error_for_status()?;
        }
    }
    eventually(LIMIT, "the threads of the sessions end", async || (session_threads(&coach).ok()? == 0).then_some(()))
        .await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawn_consent_stops_a_running_recording_within_a_second() -> Result<()> {
    let webm = stage(40)?.webm()?;
    let coach = Coach::start(&[]).await?;
    let (session, waiting) = (id(&coach).await?, id(&coach).await?);
    let publisher = Publisher::start(&coach, &webm, &session, &["--seconds", "38", "--vanish"])?;
    until_spooled(&coach, &session, 0, 20_000).await?;

    let withdrawn = Client::new().delete(coach.url("/api/consents")).send().await?;
    ensure!(withdrawn.status() == 204, "{}", withdrawn.status());
    // Media time and not wall time: what is stored is compared with what had been sent when the answer came. A recording that went on
    // would hold up to 38 s.
    let sent = publisher.sent();
    ensure!(sent < 25.0, "{sent:.2} s were sent before the withdrawal, so nothing can be told");
    let until_sent = async |seconds: f64| {
        eventually(LIMIT, "the publisher goes on", async || (publisher.sent() >= seconds).then_some(())).await;
    };
    until_sent(sent + 1.0).await;
    let spooled = length(&part(&coach, &session, 0));
    eventually(LIMIT, "the publisher goes on for 5 s", async || {
        // It shrinks to nothing when the session is done.
        let now = length(&part(&coach, &session, 0));
        assert!(now <= spooled, "the spool grew from {spooled} to {now} bytes a second and more after the withdrawal");
        (publisher.sent() >= sent + 6.0).then_some(())
    })
    .await;
    let found = coach.until_state(&session, "ready").await?;
    until_spool_is_empty(&coach).await?;
    ensure!(live_sessions(&coach).await? == 0.0, "the session holds its place");
    let (kept, at) = (embedded(&coach)?, publisher.sent());
    until_sent(at + 3.0).await;
    let later = embedded(&coach)?;
    println!("{spooled} bytes of spool a second after, {kept:?} in the store at {at:.2} s, the same 3 s later");
    ensure!(later == kept && later.uploads.is_empty(), "the store held {kept:?} and holds {later:?}");
    until_spool_is_empty(&coach).await?;
    let stored = found["duration_ms"].as_f64().context("a length")? / 1000.0;
    println!("{sent:.2} s were sent before the withdrawal, {stored:.2} s are stored");
    ensure!(stored > 0.0 && stored < sent + 1.0, "{sent:.2} s were sent before, {stored:.2} s are stored");
    let refused = [
        offer(&coach, &waiting, CHROMIUM.to_owned()).await?.status(),
        Client::new()
            .post(coach.url(&format!("/api/sessions/{waiting}/calibration")))
            .header("content-type", "video/webm")
            .body(vec![0x1a, 0x45, 0xdf, 0xa3])
            .send()
            .await?
            .status(),
        Client::new().post(coach.url("/api/sessions")).json(&json!({ "questions": [] })).send().await?.status(),
    ];
    ensure!(refused.iter().all(|status| *status == 403), "{refused:?}");
    Ok(())
}

/// Returns everything below the folder that other accounts may open.
fn open_to_others(folder: &Path) -> Result<Vec<String>> {
    let (mut open, mut waiting) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(path) = waiting.pop() {
        let Ok(found) = path.symlink_metadata() else { continue };
        if found.mode() & 0o077 != 0 {
            open.push(format!("{} {:o}", path.display(), found.mode() & 0o777));
        }
        if found.is_dir() {
            waiting.extend(std::fs::read_dir(&path)?.flatten().map(|entry| entry.path()));
        }
    }
    Ok(open)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_account_can_open_the_data_folder_and_no_second_server_starts_on_it() -> Result<()> {
    let webm = stage(40)?.webm()?;
    let mut coach = Coach::start(&[]).await?;
    let session = id(&coach).await?;
    let _publisher = Publisher::start(&coach, &webm, &session, &["--seconds", "20", "--vanish"])?;
    until_spooled(&coach, &session, 0, 20_000).await?;
    let open = open_to_others(&coach.data())?;
    ensure!(open.is_empty(), "open to others: {open:#?}");

    let second = Command::new(program())
        .arg("serve")
        .current_dir(coach.folder.path())
        .env("COACH_HTTP_BIND", format!("127.0.0.1:{}", free_tcp()))
        .env("COACH_MEDIA_UDP_BIND", "127.0.0.1:0")
        .env("COACH_STORAGE_EMBEDDED_BIND", "127.0.0.1:0")
        .env("COACH_STORAGE_DATA", coach.data())
        .output()?;
    let said = String::from_utf8_lossy(&second.stderr);
    ensure!(!second.status.success() && said.contains("another `coach serve`"), "{said}");
    println!("{}", said.trim());
    let (_, found) = coach.get(&format!("/api/sessions/{session}")).await?;
    ensure!(found["state"] == "live", "the first server's session is {found}");

    coach.kill();
    let data = coach.data();
    for path in [data.clone(), data.join("spool"), data.join("coach.db")] {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    }
    coach.launch().await?;
    let open = open_to_others(&data)?;
    ensure!(open.is_empty(), "still open to others: {open:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_holds_a_signed_link_or_an_ice_password_and_no_file_what_was_deleted() -> Result<()> {
    let coach = Coach::start(&[("RUST_LOG", "trace")]).await?;
    let session = id(&coach).await?;
    let answer = offer(&coach, &session, CHROMIUM.to_owned()).await?.text().await?;
    let password = answer.lines().find_map(|line| line.strip_prefix("a=ice-pwd:")).context("a password")?.trim();
    ensure!(!coach.log().contains(password), "the ICE password is in the log");

    let (_, bank) = coach.get("/api/questions").await?;
    let wish = json!({ "questions": [bank["questions"][0]["id"]], "source": "upload" });
    let (status, upload) = coach.post("/api/sessions", wish).await?;
    ensure!(status == 201, "{upload}");
    let upload = upload["id"].as_str().context("an id")?.to_owned();
    let file = json!({ "name": "a-telling-name.webm", "content_type": "video/webm", "bytes": 1000 });
    let (status, slot) = coach.post(&format!("/api/sessions/{upload}/upload"), file).await?;
    ensure!(status == 200, "{slot}");
    let (status, urls) = coach.post(&format!("/api/sessions/{upload}/upload/urls"), json!({ "parts": [1] })).await?;
    ensure!(status == 200, "{urls}");
    let url = urls["urls"][0]["url"].as_str().context("a URL")?;
    let stored = Client::new().put(url).body(vec![7; 1000]).send().await?;
    ensure!(stored.status() == 200, "{}", stored.status());
    let signature = url.split("X-Amz-Signature=").nth(1).context("a signature")?.split('&').next().unwrap_or_default();
    ensure!(!coach.log().contains(signature), "a signature is in the log");
    ensure!(!coach.log().contains("X-Amz-Signature"), "a signed query is in the log");

    let refused_before = metric(&coach, "coach_store_refused_total").await?;
    let unsigned = reqwest::get(url.split('?').next().context("a URL")?).await?;
    ensure!(unsigned.status().is_client_error(), "{}", unsigned.status());
    ensure!(unsigned.headers()["x-content-type-options"] == "nosniff");
    let refused = metric(&coach, "coach_store_refused_total").await?;
    ensure!(refused > refused_before, "a refusal is not counted: {refused_before} before, {refused} after");

    let deleted = Client::new().delete(coach.url(&format!("/api/sessions/{upload}"))).send().await?;
    ensure!(deleted.status() == 200, "{}", deleted.status());
    for name in ["coach.db", "coach.db-wal"] {
        let bytes = std::fs::read(coach.data().join(name)).unwrap_or_default();
        let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        ensure!(!holds(b"a-telling-name"), "{name} holds the name of a deleted file");
        let key = uuid::Uuid::parse_str(&upload)?;
        ensure!(!holds(key.as_bytes()), "{name} holds the id of a deleted session");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_changes_are_told_to_wait_and_slow_clients_are_let_go() -> Result<()> {
    let coach = Coach::start(&[("COACH_LIMITS_CHANGES_HZ", "1")]).await?;
    let mut slow = Vec::new();
    for _ in 0..60 {
        let mut stream = TcpStream::connect(("127.0.0.1", coach.http)).await?;
        stream.write_all(b"GET /api/me HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").await?;
        slow.push(stream);
    }
    let mut half = TcpStream::connect(("127.0.0.1", coach.http)).await?;
    let head = "POST /api/consents HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    half.write_all(head.as_bytes()).await?;
    let (status, _) = coach.get("/healthz").await?;
    ensure!(status == 200, "others are served meanwhile: {status}");

    let mut limited = None;
    for _ in 0..60 {
        let answer = Client::new().delete(coach.url("/api/consents")).send().await?;
        if answer.status() == 429 {
            limited = Some(answer);
            break;
        }
        ensure!(answer.status() == 204, "{}", answer.status());
    }
    let limited = limited.context("60 changes at one a second passed")?;
    ensure!(limited.headers().contains_key("retry-after"));
    println!("{}", limited.text().await?);
    let (status, _) = coach.get("/api/me").await?;
    ensure!(status == 200, "reading is not limited: {status}");

    for mut stream in slow {
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(LIMIT, stream.read_to_end(&mut rest)).await;
        ensure!(ended.is_ok(), "a client that never ends its headers is kept");
    }
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(LIMIT, half.read_to_end(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer);
    ensure!(ended.is_ok() && answer.starts_with("HTTP/1.1 408 "), "a body that never ends: {answer:?}");
    Ok(())
}
