//! A session shown by a link, in the pages: its owner in one browser, a guest without an account in another.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{screenshots, walk};
use coach_e2e::coach::Coach;
use coach_e2e::media::stage;
use serde_json::json;
use std::ffi::OsString;

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_opens_a_link_comments_and_is_shut_out_when_it_ends() -> Result<()> {
    let stage = stage(30)?;
    let coach = Coach::start(&[("COACH_AUTH_LOCAL", "true")]).await?;
    let args: [OsString; 3] = [coach.invite("ada@uni.test", "Ada")?.into(), stage.mp4()?.into(), screenshots()?.into()];
    let seen = walk(&coach, "guests.mjs", &args).await?;
    println!("the browsers saw: {seen:#}");
    let text = |name: &str| seen[name].as_str().with_context(|| format!("{name} in {seen:#}"));
    ensure!(text("secret_in_fragment")? == "/guest" && seen["sent_secret"] == 0, "no address holds the secret");
    ensure!(text("wrong")? == "the passphrase is wrong");
    ensure!(text("title")?.starts_with("Ada, ") && seen["scores"] == 0, "whose it is, and no scores");
    ensure!(seen["plays_s"].as_f64() > Some(29.0), "the recording plays");
    ensure!(text("about")?.starts_with("About 0:06"), "a comment is about where the video stands");
    let comment = text("comment")?;
    ensure!(comment.starts_with("Gus") && comment.contains("One breath here"), "the owner reads it: {comment}");
    ensure!(seen["marked"].as_u64() > Some(0) && seen["played_at_s"].as_f64() < Some(10.0), "and plays the moment");
    ensure!(text("left")?.contains("Thank you, I will."), "the owner's reply outlives what it replies to");
    ensure!(text("visits")?.starts_with("Gus"), "the owner sees who looked, by the name that the guest gave");
    ensure!(
        seen["after"] == json!([404, 404, 404, 404, 404]) && seen["asked_after"] == 5,
        "nothing is answered any more"
    );
    ensure!(seen["recording_after"] == 403, "an address from before ends, too: {}", seen["recording_after"]);
    ensure!(seen["videos_after"] == 0);
    ensure!(seen["console"] == json!([]), "{}", seen["console"]);
    let log = coach.log();
    ensure!(log.contains("a link was opened") && !log.contains("blue heron"), "what is secret is not in the log");
    Ok(())
}
