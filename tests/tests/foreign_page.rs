//! A page of somebody else in the person's own browser reads nothing and changes nothing.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{screenshots, walk};
use coach_e2e::coach::{Coach, project};
use serde_json::{Value, json};
use std::ffi::OsStr;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_somebody_else_reads_nothing_and_changes_nothing() -> Result<()> {
    let coach = Coach::start(&[("COACH_LIMITS_CHANGES_HZ", "1000")]).await?;
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?;
    let state = async || -> Result<Value> {
        let (_, me) = coach.get("/api/me").await?;
        let (_, session) = coach.get(&format!("/api/sessions/{id}")).await?;
        let (_, sessions) = coach.get("/api/sessions").await?;
        Ok(json!([me, session, sessions]))
    };
    let before = state().await?;
    let offer = project().join("media/tests/data/chromium-156-offer.sdp");
    let (_, bank) = coach.get("/api/questions").await?;
    let question = bank["questions"][0]["id"].as_str().context("a question")?;
    let version = before[0]["consent_version"].as_str().context("a version")?;
    let shots = screenshots()?;
    let args: [&OsStr; 5] = [id.as_ref(), question.as_ref(), version.as_ref(), offer.as_os_str(), shots.as_os_str()];
    let seen = walk(&coach, "foreign.mjs", &args).await?;
    println!("the foreign page saw: {seen:#}");
    ensure!(seen["requests"].as_u64() >= Some(50), "{seen:#}");
    ensure!(seen["read"] == json!([]), "a foreign page read an answer: {seen:#}");
    let loaded: Vec<_> =
        seen["others"].as_object().context("others")?.iter().filter(|(_, loaded)| **loaded == true).collect();
    ensure!(loaded.is_empty(), "a foreign page loaded {loaded:?}");
    for what in ["framed", "window_readable", "opener"] {
        ensure!(seen[what] == false, "{what}: {seen:#}");
    }
    ensure!(seen["rebound"]["says_who"] == false && seen["rebound"]["status"].as_u64() >= Some(400), "{seen:#}");
    let after = state().await?;
    ensure!(before == after, "a foreign page changed something: {before:#} {after:#}");
    // Its requests came, and were refused here, not by the browser alone.
    let refused = coach.log().matches("status=403").count();
    println!("{refused} requests were refused");
    ensure!(refused >= 10, "{refused} requests were refused:\n{}", coach.log());
    let metrics = reqwest::get(coach.url("/metrics")).await?.text().await?;
    ensure!(metrics.lines().any(|line| line.trim() == "coach_live_sessions 0"), "a foreign page holds a place");
    Ok(())
}
