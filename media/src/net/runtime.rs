//! The library's window to the world for one peer: Tokio, except that its UDP sockets are places on the shared port.

use super::port::Lease;
use super::socket::VirtualSocket;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use webrtc::runtime::{AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime};

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

pub(crate) struct PeerRuntime {
    inner: Arc<dyn Runtime>,
    lease: Arc<Lease>,
    /// Called when a task of the peer has ended, for whatever reason, a panic included.
    on_task_end: Arc<dyn Fn() + Send + Sync>,
}

impl std::fmt::Debug for PeerRuntime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PeerRuntime").field("lease", &self.lease).finish_non_exhaustive()
    }
}

impl PeerRuntime {
    pub(crate) fn new(
        inner: Arc<dyn Runtime>,
        lease: Arc<Lease>,
        on_task_end: Arc<dyn Fn() + Send + Sync>,
    ) -> PeerRuntime {
        PeerRuntime { inner, lease, on_task_end }
    }
}

/// Calls when it is dropped, which a future does also when it panics or is aborted.
struct AtEnd(Arc<dyn Fn() + Send + Sync>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        (self.0)();
    }
}

impl Runtime for PeerRuntime {
    fn spawn(&self, task: Task) -> Box<dyn JoinHandle> {
        let at_end = AtEnd(self.on_task_end.clone());
        self.inner.spawn(Box::pin(async move {
            let _at_end = at_end;
            task.await;
        }))
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        // The library insists on binding one; its address is a name between us, the socket itself is closed here.
        let local = socket.local_addr()?;
        Ok(Arc::new(VirtualSocket { wire: self.lease.wire.clone(), mailbox: self.lease.mailbox.clone(), local }))
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        self.inner.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(
        &'a self,
        _: SocketAddr,
    ) -> Pin<Box<dyn Future<Output = io::Result<Arc<dyn AsyncTcpStream>>> + Send + 'a>> {
        // Only an offer's candidates could ask for it, and an offer must not aim the server at anybody.
        Box::pin(async { Err(io::ErrorKind::Unsupported.into()) })
    }

    fn resolve_host<'a>(
        &'a self,
        _: &'a str,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>> {
        Box::pin(async { Err(io::ErrorKind::Unsupported.into()) })
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

    fn yield_now(&self) -> Pin<Box<dyn Future<Output = ()> + Send + 'static>> {
        self.inner.yield_now()
    }

    fn name(&self) -> &'static str {
        "shared port"
    }
}
