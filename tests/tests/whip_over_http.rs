//! WHIP's ICE session at the running server, by plain requests: what a PATCH must name, an ICE restart, and the end (RFC 9725, sections 4.2 and
//! 4.3). No media comes.

use anyhow::{Context, Result, ensure};
use coach_e2e::coach::Coach;
use reqwest::{Client, Response, StatusCode};

const CHROMIUM: &str = include_str!("../../media/tests/data/chromium-156-offer.sdp");

fn header<'a>(answer: &'a Response, name: &str) -> Result<&'a str> {
    Ok(answer.headers().get(name).with_context(|| format!("{name} in {answer:?}"))?.to_str()?)
}

/// Returns the value of the first line of an SDP that begins so.
fn value(sdp: &str, start: &str) -> Result<String> {
    Ok(sdp.lines().find_map(|line| line.strip_prefix(start)).with_context(|| format!("{start} in {sdp}"))?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patch_must_name_the_ice_session_and_a_restart_begins_another() -> Result<()> {
    let (coach, client) = (Coach::start(&[]).await?, Client::new());
    let session = coach.session(&[0]).await?;
    let url = coach.url(&format!("/api/sessions/{}/whip", session["id"].as_str().context("an id")?));
    let answer = client.post(&url).header("content-type", "application/sdp").body(CHROMIUM).send().await?;
    ensure!(answer.status() == StatusCode::CREATED, "{answer:?}");
    let (resource, first) = (coach.url(header(&answer, "location")?), header(&answer, "etag")?.to_owned());
    let ours = value(&answer.text().await?, "a=ice-ufrag:")?;
    let patch = async |tag: Option<&str>, body: String| -> Result<Response> {
        let request = client.patch(&resource).header("content-type", "application/trickle-ice-sdpfrag").body(body);
        Ok(tag.into_iter().fold(request, |request, tag| request.header("if-match", tag)).send().await?)
    };
    let theirs = value(CHROMIUM, "a=ice-ufrag:")?;
    let candidate = format!(
        "a=ice-ufrag:{theirs}\r\na=ice-pwd:{}\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n",
        value(CHROMIUM, "a=ice-pwd:")?
    );
    for (tag, status) in [(None, 428), (Some("\"another\""), 412), (Some(first.as_str()), 204)] {
        let answer = patch(tag, candidate.clone()).await?;
        ensure!(answer.status() == status, "{tag:?}: {answer:?}");
    }
    let fresh = "a=ice-ufrag:zzzz\r\na=ice-pwd:0123456789012345678901234\r\n".to_owned();
    let restarted = patch(Some("*"), fresh).await?;
    ensure!(restarted.status() == 200, "{restarted:?}");
    let second = header(&restarted, "etag")?.to_owned();
    ensure!(second != first, "another ICE session has another tag");
    let fragment = restarted.text().await?;
    ensure!(value(&fragment, "a=ice-ufrag:")? != ours, "{fragment}");
    ensure!(value(&fragment, "a=ice-pwd:")?.len() >= 22 && fragment.contains("a=candidate:"), "{fragment}");
    // The tag of the session before is no longer good.
    ensure!(patch(Some(&first), candidate).await?.status() == 412);
    ensure!(client.get(&resource).send().await?.status() == 204);
    ensure!(client.delete(&resource).header("if-match", "\"another\"").send().await?.status() == 200);
    ensure!(client.delete(&resource).send().await?.status() == 404);
    Ok(())
}
