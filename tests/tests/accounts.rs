//! Two people on one server, in the pages: invited by the command line, signed in by password, sharing a session, signed out.

use anyhow::{Result, ensure};
use coach_e2e::browser::{screenshots, walk};
use coach_e2e::coach::Coach;
use serde_json::json;
use std::ffi::OsString;

#[tokio::test(flavor = "multi_thread")]
async fn two_people_are_invited_sign_in_share_and_sign_out() -> Result<()> {
    let coach = Coach::start(&[("COACH_AUTH_LOCAL", "true")]).await?;
    let links = [coach.invite("ada@uni.test", "Ada")?, coach.invite("bob@uni.test", "Bob")?];
    let mut args: Vec<OsString> = links.iter().map(OsString::from).collect();
    args.push(screenshots()?.into());
    let seen = walk(&coach, "accounts.mjs", &args).await?;
    println!("the browser saw: {seen:#}");
    ensure!(seen["led_to"] == "?to=%2Fsettings", "whoever is not signed in comes back to the page");
    ensure!(seen["wrong"] == "name or password is wrong" && seen["who"] == "Ada");
    ensure!(seen["token"] == 64 && seen["shared"] == 201);
    ensure!(seen["after_sign_out"] == 401, "signed out, nothing is read");
    ensure!(seen["sees"] == 200, "what is shared is seen");
    ensure!(seen["exports"] == 403 && seen["deletes"] == 403, "and nothing else is done with it");
    ensure!(seen["revoked"] == 204 && seen["sees_after"] == 404, "a share that ends ends at once");
    let log = json!(["unshared", "signed_in", "signed_out", "shared", "token_issued", "signed_in", "password_set"]);
    ensure!(seen["log"] == log, "the owner reads what happened: {}", seen["log"]);
    ensure!(seen["console"] == json!([]), "{}", seen["console"]);
    Ok(())
}
