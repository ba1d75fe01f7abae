//! A network that loses packets of media on their way out: below retransmission, so that it has something to do.

use std::future::Future;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, RecvMeta, Runtime, Transmit,
};

/// What the network does to us. Clones share it.
#[derive(Debug, Clone)]
pub struct Loss(Arc<State>);

#[derive(Debug)]
struct State {
    /// Of 1.
    share: f64,
    random: Mutex<u64>,
    cut: AtomicBool,
    garble: AtomicBool,
    sent: AtomicU64,
    lost: AtomicU64,
}

impl Loss {
    /// Loses this share of the media packets (0 to 1), the same ones for the same seed and order of sending.
    pub fn new(share: f64, seed: u64) -> Loss {
        let random = Mutex::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let state = State { share, random, cut: false.into(), garble: false.into(), sent: 0.into(), lost: 0.into() };
        Loss(Arc::new(state))
    }

    pub fn none() -> Loss {
        Loss::new(0.0, 0)
    }

    /// Cuts the cable: nothing goes out and nothing comes in any more.
    pub fn cut(&self) {
        self.0.cut.store(true, Relaxed);
    }

    /// From now on sends a damaged copy before every datagram, whatever it is.
    pub fn garble(&self) {
        self.0.garble.store(true, Relaxed);
    }

    fn random(&self) -> u64 {
        let mut random = self.0.random.lock().unwrap_or_else(PoisonError::into_inner);
        // Xorshift (Marsaglia 2003): good enough for a network.
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        *random
    }

    /// Media packets sent and, of these, lost.
    pub fn counts(&self) -> (u64, u64) {
        (self.0.sent.load(Relaxed), self.0.lost.load(Relaxed))
    }

    fn loses(&self, datagram: &[u8]) -> bool {
        // RFC 7983 and RFC 5761: RTP, and not RTCP.
        let is_media = matches!(datagram, [128..=191, kind, ..] if !(192..=223).contains(kind));
        if !is_media {
            return false;
        }
        self.0.sent.fetch_add(1, Relaxed);
        let lost = self.0.share > 0.0 && (self.random() >> 11) as f64 / (1u64 << 53) as f64 <= self.0.share;
        self.0.lost.fetch_add(u64::from(lost), Relaxed);
        lost
    }
}

#[derive(Debug)]
pub struct LossyRuntime {
    inner: Arc<dyn Runtime>,
    loss: Loss,
}

impl LossyRuntime {
    pub fn new(inner: Arc<dyn Runtime>, loss: Loss) -> LossyRuntime {
        LossyRuntime { inner, loss }
    }
}

#[derive(Debug)]
struct LossySocket {
    inner: Arc<dyn AsyncUdpSocket>,
    loss: Loss,
}

impl AsyncUdpSocket for LossySocket {
    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }

    fn poll_send(&self, cx: &mut Context<'_>, transmit: &Transmit<'_>) -> Poll<io::Result<usize>> {
        if self.loss.0.cut.load(Relaxed) || self.loss.loses(transmit.contents) {
            return Poll::Ready(Ok(transmit.contents.len()));
        }
        if self.loss.0.garble.load(Relaxed) {
            let mut copy = transmit.contents.to_vec();
            // The first byte says what it is; the copy shall get as far as possible.
            let at = 1 + self.loss.random() as usize % (copy.len() - 1).max(1);
            if let Some(byte) = copy.get_mut(at) {
                *byte ^= 1 << (self.loss.random() % 8);
            }
            let _ = self.inner.poll_send(cx, &Transmit { contents: &copy, ..transmit.clone() });
        }
        self.inner.poll_send(cx, transmit)
    }

    fn poll_recv(
        &self,
        cx: &mut Context<'_>,
        bufs: &mut [IoSliceMut<'_>],
        meta: &mut [RecvMeta],
    ) -> Poll<io::Result<usize>> {
        loop {
            match self.inner.poll_recv(cx, bufs, meta) {
                Poll::Ready(Ok(_)) if self.loss.0.cut.load(Relaxed) => {}
                other => return other,
            }
        }
    }

    // Batches would hide the single packets, so neither is offered: the defaults of 1 segment stand.
}

impl Runtime for LossyRuntime {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) -> Box<dyn JoinHandle> {
        self.inner.spawn(task)
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        Ok(Arc::new(LossySocket { inner: self.inner.wrap_udp_socket(socket)?, loss: self.loss.clone() }))
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        self.inner.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        address: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        self.inner.connect_tcp(address)
    }

    fn resolve_host<'a>(
        &'a self,
        host: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        self.inner.resolve_host(host)
    }

    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        self.inner.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        self.inner.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.inner.block_on(future);
    }
}
