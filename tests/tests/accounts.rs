//! Signing in, in the pages: two people by invitation and password, who share a session, and one at a provider.

use anyhow::{Result, ensure};
use coach_e2e::browser::{screenshots, walk};
use coach_e2e::coach::{Coach, free_tcp};
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

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_at_a_provider_and_out_of_both() -> Result<()> {
    let port = free_tcp().to_string();
    let issuer = format!("http://127.0.0.1:{port}");
    let settings = [
        ("COACH_AUTH_ISSUER", issuer.as_str()),
        ("COACH_AUTH_CLIENT_ID", "coach"),
        ("COACH_AUTH_CLIENT_SECRET", "a-secret-of-the-tests"),
        ("COACH_AUTH_LABEL", "the university"),
    ];
    let coach = Coach::start(&settings).await?;
    let seen = walk(&coach, "provider_sign_in.mjs", &[port.into(), screenshots()?.into_os_string()]).await?;
    println!("the browsers saw: {seen:#}");
    ensure!(seen["passwords"] == 0, "no password is asked for here");
    ensure!(seen["who"] == "Ada", "whoever signed in comes back to the page that they asked for");
    ensure!(
        seen["forged"] == "state" && seen["forged_status"] == 401,
        "an answer that nobody waits for signs nobody in"
    );
    ensure!(seen["cancelled"] == "provider", "and the page says so when it was cancelled");
    ensure!(seen["after_sign_out"] == 401 && seen["asked_again"] == 1, "signed out here and at the provider");
    ensure!(seen["console"] == json!([]), "{}", seen["console"]);
    ensure!(!coach.log().contains("a-secret-of-the-tests"), "the client's secret is not in the log");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_signs_in_alone_and_after_the_password() -> Result<()> {
    let coach = Coach::start(&[("COACH_AUTH_LOCAL", "true")]).await?;
    let args = [coach.invite("ada@uni.test", "Ada")?.into(), screenshots()?.into_os_string()];
    let seen = walk(&coach, "passkeys.mjs", &args).await?;
    println!("the browser saw: {seen:#}");
    ensure!(seen["made"] == json!({"resident": true, "rp": "localhost", "count": 1}));
    ensure!(seen["twice"].as_str().is_some_and(|text| text.contains("already")), "one for each device");
    ensure!(seen["alone"] == "Ada" && seen["both"] == "Ada");
    ensure!(seen["password_alone"] == 401, "a password alone signs nobody in who has a passkey");
    ensure!(seen["wrong"] == "name or password is wrong", "and a wrong one tells nothing of the passkey");
    ensure!(
        seen["replayed"] == json!([401, 204, 401]),
        "an answer is good once and for its own ceremony: {}",
        seen["replayed"]
    );
    ensure!(
        seen["removed"].as_str().is_some_and(|text| text.contains("not known")),
        "one that was removed is not known"
    );
    ensure!(seen["log"] == json!(["passkey_removed", "passkey_added"]));
    ensure!(seen["console"] == json!([]), "{}", seen["console"]);
    Ok(())
}
