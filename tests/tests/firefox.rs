//! A whole session in Debian's Firefox with the server's default media settings: its fake camera and microphone, consent, device
//! check, an answer, stop, report, replay.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{screenshots, walk};
use coach_e2e::coach::Coach;
use coach_testing::{Need, not_checked};
use std::net::UdpSocket;

#[tokio::test(flavor = "multi_thread")]
async fn firefox_with_the_default_settings_reaches_a_report() -> Result<()> {
    if !has_a_network_address() {
        not_checked(
            Need::Other,
            "a session in Firefox",
            "the only address here is the loopback one, where it connects to nothing",
        );
        return Ok(());
    }
    let coach = Coach::start(&[]).await?;
    let seen = walk(&coach, "session_firefox.mjs", &[screenshots()?]).await?;
    println!("Firefox saw: {seen:#}");
    ensure!(seen["calibrated"].is_string(), "the device check was measured");
    let id = seen["session"].as_str().context("a session")?;
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    let seconds = report["duration_ms"].as_f64().context("a duration")? / 1000.0;
    println!("the report is about {seconds:.1} s");
    ensure!(seconds >= 7.0, "an answer of 8 s is in the report: {seconds} s");
    let replay = seen["duration_s"].as_f64().context("a length")?;
    ensure!((replay - seconds).abs() <= 0.3, "Firefox plays {replay} s of {seconds} s");
    Ok(())
}

/// Returns whether another machine could be reached from here; nothing is sent.
fn has_a_network_address() -> bool {
    let socket = UdpSocket::bind("0.0.0.0:0");
    let address = socket.and_then(|socket| socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr()));
    address.is_ok_and(|address| !address.ip().is_loopback())
}
