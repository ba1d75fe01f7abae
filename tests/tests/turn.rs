//! Media through a real TURN server, coturn: with credentials that the coach makes, and not with ones that have expired.

use anyhow::{Context, Result, ensure};
use coach_e2e::browser::{screenshots, walk};
use coach_e2e::coach::{Coach, free_tcp};
use coach_e2e::media::stage;
use coach_e2e::tools::run;
use coach_testing::{LIMIT, Need, eventually, not_checked};
use serde_json::Value;
use std::net::{IpAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const SECRET: &str = "north-of-the-river";

/// A TURN server, ended when dropped.
struct Turn {
    child: Child,
    address: IpAddr,
    port: u16,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the address by which this machine reaches others; nothing is sent.
fn own_address() -> IpAddr {
    let socket = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    socket.map_or(IpAddr::from([127, 0, 0, 1]), |address| address.ip())
}

impl Turn {
    /// Starts coturn on a port of its own; `None`: it is not installed.
    async fn start(folder: &Path) -> Result<Option<Turn>> {
        let (address, port) = (own_address(), free_tcp());
        let log = std::fs::File::create(folder.join("turn.log"))?;
        let child = Command::new("turnserver")
            .args(["-n", "--no-cli", "--no-tls", "--no-dtls", "--no-multicast-peers", "--use-auth-secret"])
            .arg(format!("--static-auth-secret={SECRET}"))
            .args(["--realm=coach", "--allow-loopback-peers", "--log-file=stdout", "--simple-log"])
            .arg(format!("--listening-ip={address}"))
            .arg(format!("--relay-ip={address}"))
            .arg(format!("--listening-port={port}"))
            .current_dir(folder)
            .stdout(Stdio::from(log))
            .stderr(Stdio::null())
            .spawn();
        let Ok(child) = child else { return Ok(None) };
        let turn = Turn { child, address, port };
        let listens = async || std::net::TcpStream::connect((address, port)).ok();
        eventually(LIMIT, "the TURN server listens", listens).await;
        Ok(Some(turn))
    }

    /// Returns whether the server relays for these credentials.
    async fn relays(&self, username: &str, credential: &str) -> Result<bool> {
        let mut client = Command::new("turnutils_uclient");
        client.args(["-y", "-n", "2", "-m", "1", "-u", username, "-w", credential, "-p", &self.port.to_string()]);
        client.arg(self.address.to_string());
        let output = tokio::task::spawn_blocking(move || client.output()).await??;
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        Ok(output.status.success() && !said.contains("Cannot complete Allocation"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_whose_network_lets_nothing_else_through_is_recorded_by_the_relay() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let Some(turn) = Turn::start(folder.path()).await? else {
        not_checked(
            Need::Other,
            "media through a TURN server",
            "turnserver (Debian: coturn) is not installed".to_owned(),
        );
        return Ok(());
    };
    let stage = stage(30)?;
    let url = format!("turn:{}:{}?transport=udp", turn.address, turn.port);
    let coach = Coach::start(&[("COACH_TURN_URLS", &url), ("COACH_TURN_SECRET", SECRET)]).await?;
    let session = coach.session(&[0]).await?;
    let id = session["id"].as_str().context("an id")?.to_owned();

    let (status, told) = coach.get(&format!("/api/sessions/{id}/ice")).await?;
    let server = &told["ice_servers"][0];
    ensure!(status == 200 && server["urls"][0] == url.as_str(), "{told}");
    let text = |value: &Value| value.as_str().map(str::to_owned).context("a text");
    let (username, credential) = (text(&server["username"])?, text(&server["credential"])?);
    ensure!(turn.relays(&username, &credential).await?, "the server's credentials are good: {told}");
    ensure!(!turn.relays(&username, "bm90IHRoaXMgb25lIGhlcmU=").await?, "others are not");
    let past = format!("1760000000:{id}");
    let sign = format!("printf %s {past} | openssl dgst -sha1 -hmac {SECRET} -binary | openssl base64");
    let past_credential = String::from_utf8(run("sh", &["-c", &sign])?.stdout)?.trim().to_owned();
    ensure!(!turn.relays(&past, &past_credential).await?, "a credential that has expired is refused");

    let args = [
        id.clone().into(),
        stage.camera.clone().into_os_string(),
        stage.microphone.clone().into_os_string(),
        screenshots()?.into(),
    ];
    let seen = walk(&coach, "turn.mjs", &args).await?;
    println!("the browser saw: {seen:#}");
    ensure!(seen["pair"]["type"] == "relay" && seen["pair"]["sent"].as_u64() > Some(100_000), "{seen}");
    let (_, report) = coach.get(&format!("/api/sessions/{id}/report")).await?;
    ensure!(report["duration_ms"].as_i64() > Some(5000), "{}", report["duration_ms"]);
    Ok(())
}
