//! The listener of pages and API: HTTP/1.1 with a limit to how long a client may take and to how many come at once.

pub mod tls;

use super::rate::prefix;
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::uri::{Authority, PathAndQuery};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use ipnet::IpNet;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::util::MapRequest;

/// How long a client may take to send its headers.
const HEADERS: Duration = Duration::from_secs(15);
/// How long a client may take to go on reading an answer.
const READING: Duration = Duration::from_secs(30);
/// Most connections at once, however many descriptors the process may have.
const MOST: usize = 1024;

/// Connections of each address, as [`prefix`] counts addresses.
type Each = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// One accepted connection; gives its place back when it is dropped.
struct Place {
    _permit: OwnedSemaphorePermit,
    each: Each,
    ip: IpAddr,
}

impl Place {
    /// Returns a place for the connection; `None`: this address has its share.
    fn take(permit: OwnedSemaphorePermit, each: &Each, ip: IpAddr, share: usize) -> Option<Place> {
        let mut counts = each.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(ip).or_default();
        if *count >= share {
            return None;
        }
        *count += 1;
        Some(Place { _permit: permit, each: each.clone(), ip })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.ip) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.ip);
            }
        }
    }
}

/// Raises the number of descriptors that this process may have to what the system allows. Returns the number.
pub fn raise_descriptors() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let now = if setrlimit(Resource::Nofile, raised).is_ok() { limit.maximum } else { limit.current };
    now.and_then(|now| usize::try_from(now).ok()).unwrap_or(usize::MAX)
}

/// Returns how many connections may be open when the process may have so many descriptors: a third of them, because recordings,
/// the database and the object store need theirs.
pub fn connections(descriptors: usize) -> usize {
    (descriptors / 3).clamp(16, MOST)
}

/// Returns the address that a request comes from: the one of its connection `from`, or, when that is a trusted proxy's, the last in
/// `X-Forwarded-For` that is no trusted proxy's. What stands before it was written by somebody who is not trusted.
fn client(from: SocketAddr, headers: &HeaderMap, proxies: &[IpNet]) -> SocketAddr {
    let trusted = |address: SocketAddr| proxies.iter().any(|net| net.contains(&address.ip().to_canonical()));
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let mut hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    let mut client = from;
    while trusted(client) {
        // Without a further address that can be read, the request counts as the proxy's own.
        let Some(hop) = hops.next().and_then(address) else { break };
        client = hop;
    }
    client
}

/// Reads an address as proxies write it, with or without a port.
fn address(hop: &str) -> Option<SocketAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    bare.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, 0)).or_else(|_| hop.parse()).ok()
}

/// How the listener serves.
pub struct Options {
    /// Most connections at once; three quarters of them are open to one address.
    pub connections: usize,
    /// Requests that come through one of these carry the address of the proxy's client as their [`ConnectInfo`].
    pub proxies: Arc<[IpNet]>,
    /// Https; whoever speaks plain http is led to it. `None`: plain http.
    pub tls: Option<TlsAcceptor>,
}

/// What bytes come and go through.
trait Stream: AsyncRead + AsyncWrite + Send {}
impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

/// The first byte of a TLS connection: the type of a handshake record.
const HANDSHAKE: u8 = 22;

/// Returns the stream after the handshake, and whether it is protected. Plain http on an https port is passed through as it is.
async fn protect(stream: TcpStream, tls: Option<TlsAcceptor>) -> std::io::Result<(Pin<Box<dyn Stream>>, bool)> {
    let timed = |stream| {
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(READING));
        stream
    };
    let Some(tls) = tls else { return Ok((Box::pin(timed(stream)), true)) };
    let handshake = async {
        let mut first = [0];
        stream.peek(&mut first).await?;
        if first[0] != HANDSHAKE {
            return Ok((Box::pin(timed(stream)) as Pin<Box<dyn Stream>>, false));
        }
        let stream = tls.accept(Box::pin(timed(stream))).await?;
        Ok((Box::pin(stream) as Pin<Box<dyn Stream>>, true))
    };
    tokio::time::timeout(HEADERS, handshake).await?
}

/// Answers a request in plain http on an https port: the same address by https.
async fn to_https(request: Request) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    match host.filter(|host| host.parse::<Authority>().is_ok()) {
        Some(host) => Redirect::temporary(&format!("https://{host}{path}")).into_response(),
        None => (StatusCode::BAD_REQUEST, "this port speaks https").into_response(),
    }
}

/// Serves until `stop`, then lets answers under way end.
pub async fn serve(listener: TcpListener, router: Router, options: Options, stop: CancellationToken) {
    let Options { connections, proxies, tls } = options;
    let plain = Router::new().fallback(to_https);
    let places = Arc::new(Semaphore::new(connections));
    let each = Each::default();
    let share = connections - connections / 4;
    let open = TaskTracker::new();
    loop {
        let accept = async {
            let permit = places.clone().acquire_owned().await.map_err(std::io::Error::other)?;
            listener.accept().await.map(|(stream, from)| (stream, from, permit))
        };
        let accepted = tokio::select! {
            accepted = accept => accepted,
            () = stop.cancelled() => break,
        };
        let (stream, from, permit) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, most likely: those who are served must end before others can begin.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Some(place) = Place::take(permit, &each, prefix(from.ip()), share) else {
            metrics::counter!("coach_connections_refused_total").increment(1);
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (router, plain, proxies, tls) = (router.clone(), plain.clone(), proxies.clone(), tls.clone());
        let stop = stop.clone();
        open.spawn(async move {
            let _place = place;
            let made = tokio::select! {
                made = protect(stream, tls) => made,
                () = stop.cancelled() => return,
            };
            let (stream, protected) = match made {
                Ok(made) => made,
                Err(error) => return tracing::debug!(%error, "a connection was not protected"),
            };
            let router = if protected { router } else { plain };
            let service = MapRequest::new(router, move |mut request: hyper::Request<hyper::body::Incoming>| {
                let client = client(from, request.headers(), &proxies);
                request.extensions_mut().insert(ConnectInfo::<SocketAddr>(client));
                request.map(axum::body::Body::new)
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEADERS);
            let service = TowerToHyperService::new(service);
            let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
            let served = tokio::select! {
                served = connection.as_mut() => served,
                () = stop.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = served {
                tracing::debug!(%error, "a connection broke");
            }
        });
    }
    drop(listener);
    open.close();
    open.wait().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(connection: &str, forwarded: &[&str], proxies: &[&str]) -> String {
        let proxies: Vec<IpNet> = proxies.iter().map(|net| net.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        client(SocketAddr::new(connection.parse().unwrap(), 1234), &headers, &proxies).ip().to_string()
    }

    #[test]
    fn only_a_trusted_proxy_says_where_a_request_comes_from() {
        let proxies = ["10.0.0.0/8", "2001:db8::/64"];
        assert_eq!(from("192.0.2.7", &["198.51.100.1"], &proxies), "192.0.2.7");
        assert_eq!(from("10.1.1.1", &["198.51.100.1"], &[]), "10.1.1.1");
        assert_eq!(from("10.1.1.1", &["198.51.100.1"], &proxies), "198.51.100.1");
        assert_eq!(from("::ffff:10.1.1.1", &["198.51.100.1:443"], &proxies), "198.51.100.1");
        assert_eq!(from("2001:db8::5", &["[2001:db8:1::2]:80"], &proxies), "2001:db8:1::2");
        // What a client writes itself stands before what the proxies add.
        assert_eq!(from("10.1.1.1", &["127.0.0.1, 198.51.100.1", "10.2.2.2"], &proxies), "198.51.100.1");
    }

    #[test]
    fn connections_leave_descriptors_for_recordings_and_the_store() {
        for (descriptors, most) in [(0, 16), (256, 85), (1024, 341), (1 << 20, MOST)] {
            assert_eq!(connections(descriptors), most, "of {descriptors}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_read_counts_as_the_proxy_that_wrote_it() {
        let proxies = ["10.0.0.0/8"];
        for line in ["", ",", "unknown", "_hidden", "198.51.100.1, x", "999.1.1.1", "[::1", "198.51.100.1 10.0.0.1"] {
            assert_eq!(from("10.1.1.1", &[line], &proxies), "10.1.1.1", "{line:?}");
        }
        assert_eq!(from("10.1.1.1", &["10.2.2.2, 10.3.3.3"], &proxies), "10.2.2.2", "only proxies");
        assert_eq!(from("10.1.1.1", &["x, 10.3.3.3"], &proxies), "10.3.3.3");
    }
}
