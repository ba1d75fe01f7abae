//! Another device of the network: paired by a code, it practises over https, and sees nothing once it is signed out.

use anyhow::{Result, ensure};
use coach_e2e::browser::{screenshots, walk};
use coach_e2e::coach::Coach;
use coach_e2e::media::stage;
use coach_testing::{Need, not_checked};
use serde_json::json;
use std::net::UdpSocket;

/// Returns whether this machine has a way to any other. Nothing is sent: connecting only chooses the way.
fn is_in_a_network() -> bool {
    let way = UdpSocket::bind("0.0.0.0:0").and_then(|socket| socket.connect("192.0.2.1:9").map(|()| socket));
    way.and_then(|socket| socket.local_addr()).is_ok_and(|own| !own.ip().is_loopback())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_paired_practises_and_is_signed_out() -> Result<()> {
    let stage = stage(40)?;
    if !is_in_a_network() {
        not_checked(Need::Other, "a phone of the network", "this machine is in no network");
        return Ok(());
    }
    let coach = Coach::start_on_network().await?;
    let seen = walk(&coach, "phone.mjs", &[&stage.camera, &stage.microphone, &screenshots()?]).await?;
    println!("the browsers saw: {seen:#}");
    ensure!(seen["code_px"].as_u64() > Some(100), "the code can be scanned");
    ensure!(seen["at"] == "/", "the code stays in no address: {}", seen["at"]);
    ensure!(seen["not_installable"] == json!([]), "it can be installed as an app: {}", seen["not_installable"]);
    ensure!(seen["plays_s"].as_f64() > Some(5.0) && seen["from"] == "this server", "the recording plays: {seen:#}");
    ensure!(seen["signed_out"] == true, "{seen:#}");
    ensure!(!coach.log().contains("/pair#"), "the code is in no log");
    Ok(())
}
