//! A round that is left by Back, by a reload, for another tab and by a killed server: it waits, it is asked for, and it says why it ended.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{screenshots, walk_with_restart};
use coach_e2e::coach::Coach;
use coach_e2e::media::stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_round_that_is_left_waits_and_one_that_ended_says_why() -> Result<()> {
    let stage = stage(60)?;
    let mut coach = Coach::start(&[]).await?;
    let seen = walk_with_restart(&mut coach, "round.mjs", &[&stage.camera, &stage.microphone, &screenshots()?]).await?;
    println!("the browser saw: {seen:#}");
    let text = |name: &str| seen[name].as_str().with_context(|| format!("{name} in {seen:#}"));
    ensure!(seen["deletes_before_stop"] == 0, "a page that goes away ends nothing");
    ensure!(text("asks_after_back")? == "Go on with question 1?", "it asks before it goes on");
    ensure!(text("question")? == text("question_after_back")?, "it goes on with the same question");
    ensure!(text("asked_before_leaving")? == "beforeunload", "the browser asks before an answer is left");
    ensure!(text("first_tab_meanwhile")? == "live", "a second tab takes nothing away");
    ensure!(text("first_tab_after")?.contains("another tab"), "the first tab is told");
    ensure!(seen["ended"] == 0, "a round that was stopped by its person has nothing to explain");
    ensure!(seen["kept"] == 2, "the chosen questions are kept");
    ensure!(text("why")? == "restart", "the page says that the server was restarted");
    ensure!(text("why_words")?.contains("One question was not reached"), "and which questions are open");
    Ok(())
}
