//! What the tests share: a running embedded store, a plain HTTP client, bytes to send.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::net::SocketAddr;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use coach_archive::store::{Cors, Keys, Options, Store};
use coach_archive::{Archive, Config};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

pub const ORIGIN: &str = "http://localhost:8080";

pub struct Running {
    pub store: Store,
    pub archive: Archive,
    pub config: Config,
    pub stop: tokio::sync::oneshot::Sender<()>,
    pub served: tokio::task::JoinHandle<std::io::Result<()>>,
}

/// Opens a store and serves it on a free port.
pub async fn start(options: Options) -> Running {
    let store = Store::open(options).expect("opens");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let config = Config::embedded(endpoint, store.keys().clone());
    let archive = Archive::new(config.clone()).expect("a configuration");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let cors = Cors { origins: vec![ORIGIN.into()] };
    let served = tokio::spawn(store.clone().serve(listener, cors, async move {
        let _ = stopped.await;
    }));
    archive.ensure_bucket().await.expect("a bucket");
    Running { store, archive, config, stop, served }
}

/// A client of the SDK as it comes, but for retries.
pub fn sdk(config: &Config, keys: &Keys) -> Client {
    let http = aws_smithy_http_client::Builder::new();
    let endpoint = config.endpoint.clone().expect("an endpoint");
    let http = if endpoint.starts_with("https") {
        use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
        http.tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
    } else {
        http.build_http()
    };
    let builder = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new(config.region.clone()))
        .credentials_provider(Credentials::new(&keys.access_key, &keys.secret_key, None, None, "test"))
        .force_path_style(config.path_style)
        .retry_config(RetryConfig::disabled())
        .endpoint_url(endpoint);
    Client::from_conf(builder.build())
}

/// Bytes that do not compress and do not repeat.
pub fn noise(n: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let next = |state: &mut u64| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 56) as u8
    };
    (0..n).map(|_| next(&mut state)).collect()
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends one request as curl or a browser would. `http://` only.
pub async fn http(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
    let host = url.strip_prefix("http://").and_then(|rest| rest.split('/').next()).expect("a host");
    http_as(method, url, &[&[("Host", host)], headers].concat(), body).await
}

/// The same with a Host header among the headers.
pub async fn http_as(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Answer {
    let rest = url.strip_prefix("http://").expect("plain HTTP");
    let (host, path) = rest.split_once('/').expect("a path");
    let mut request = format!("{method} /{path} HTTP/1.1\r\nConnection: close\r\n");
    let named = |name: &str| headers.iter().any(|(found, _)| found.eq_ignore_ascii_case(name));
    if let Some(body) = body
        && !named("content-length")
        && !named("transfer-encoding")
    {
        request.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    let address: SocketAddr = tokio::net::lookup_host(host).await.expect("a host").next().expect("an address");
    let announced = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let cut = announced.and_then(|(_, n)| n.parse().ok()).is_some_and(|n: usize| n > body.unwrap_or_default().len());
    raw(address, &[request.as_bytes(), body.unwrap_or_default()].concat(), cut).await
}

/// Sends bytes and reads to the end; a request that is cut short hangs up before.
async fn raw(address: SocketAddr, request: &[u8], cut: bool) -> Answer {
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("connected");
    let exchange = async {
        // A server that refuses early may close before it has read everything.
        let _ = stream.write_all(request).await;
        if cut {
            let _ = stream.shutdown().await;
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        answer
    };
    let answer = tokio::time::timeout(Duration::from_secs(60), exchange).await.expect("an answer in a minute");
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(answer.len());
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok()).unwrap_or(0);
    let headers: Vec<(String, String)> =
        lines.filter_map(|line| line.split_once(": ")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    let body = answer.get(end + 4..).unwrap_or_default().to_vec();
    Answer { status, headers, body }
}
