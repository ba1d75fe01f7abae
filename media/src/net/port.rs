//! The shared port: one socket, one reading task, and the table that says whose datagram it is.

use super::mailbox::Mailbox;
use super::stun::Request;
use rtc::crypto::RTCCryptoProvider;
use std::collections::HashMap;
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::Interest;
use webrtc::runtime::{BATCH_SIZE, RecvMeta, Transmit, UdpSockRef, UdpSocketState};

/// What the kernel is asked to keep for us: a second of 30 publishers. It may grant less.
const SOCKET_BUFFER_BYTES: usize = 8 << 20;
/// The kernel joins datagrams of one sender up to this.
const READ_BUFFER_BYTES: usize = 1 << 16;

/// One UDP port that any number of peers share.
///
/// An address belongs to a peer from the moment a STUN binding request from there carried that peer's user name
/// fragment and a valid MESSAGE-INTEGRITY; everything else from unknown addresses is dropped without an answer and
/// without a trace. Addresses of another peer change hands by the same proof only.
#[derive(Debug)]
pub struct Port {
    wire: Arc<Wire>,
    reader: tokio::task::AbortHandle,
}

/// What the port has seen, counted since it was bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    pub received: u64,
    pub sent: u64,
    /// From nobody we know.
    pub unknown: u64,
    /// The system had no room to send.
    pub send_failures: u64,
    /// Peers that hold a place now.
    pub peers: usize,
    /// Addresses that are known now.
    pub addresses: usize,
}

/// The socket and the table, shared with the virtual sockets.
pub(crate) struct Wire {
    socket: tokio::net::UdpSocket,
    state: UdpSocketState,
    local: SocketAddr,
    crypto: Arc<dyn RTCCryptoProvider>,
    table: Mutex<Table>,
    received: AtomicU64,
    sent: AtomicU64,
    unknown: AtomicU64,
    send_failures: AtomicU64,
}

#[derive(Default)]
struct Table {
    by_address: HashMap<SocketAddr, Arc<Mailbox>>,
    by_ufrag: HashMap<String, Arc<Mailbox>>,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("local", &self.local).finish_non_exhaustive()
    }
}

/// A peer's place on the port. Dropping it forgets the peer's addresses at once.
#[derive(Debug)]
pub(crate) struct Lease {
    pub(super) wire: Arc<Wire>,
    pub(super) mailbox: Arc<Mailbox>,
}

impl Port {
    /// Binds the port and starts to read. Needs a Tokio runtime.
    ///
    /// # Errors
    /// The address is taken or not ours, or the process has no descriptors left.
    pub fn bind(address: SocketAddr, crypto: Arc<dyn RTCCryptoProvider>) -> io::Result<Port> {
        let socket = std::net::UdpSocket::bind(address)?;
        socket.set_nonblocking(true)?;
        let socket = tokio::net::UdpSocket::from_std(socket)?;
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // A smaller buffer than asked for is no failure: the kernel's own limit decides.
        let _ = state.set_recv_buffer_size(UdpSockRef::from(&socket), SOCKET_BUFFER_BYTES);
        let _ = state.set_send_buffer_size(UdpSockRef::from(&socket), SOCKET_BUFFER_BYTES);
        let local = socket.local_addr()?;
        let wire = Arc::new(Wire {
            socket,
            state,
            local,
            crypto,
            table: Mutex::default(),
            received: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            unknown: AtomicU64::new(0),
            send_failures: AtomicU64::new(0),
        });
        let reader = tokio::spawn(read(wire.clone())).abort_handle();
        Ok(Port { wire, reader })
    }

    /// The bound address; its port is the one to announce.
    pub fn local_address(&self) -> SocketAddr {
        self.wire.local
    }

    pub fn counters(&self) -> Counters {
        let table = self.wire.table();
        Counters {
            received: self.wire.received.load(Relaxed),
            sent: self.wire.sent.load(Relaxed),
            unknown: self.wire.unknown.load(Relaxed),
            send_failures: self.wire.send_failures.load(Relaxed),
            peers: table.by_ufrag.len(),
            addresses: table.by_address.len(),
        }
    }

    /// A place for a peer whose ICE credentials are these.
    pub(crate) fn lease(&self, ufrag: String, password: String) -> Lease {
        let mailbox = Arc::new(Mailbox::new(ufrag.clone(), password));
        self.wire.table().by_ufrag.insert(ufrag, mailbox.clone());
        Lease { wire: self.wire.clone(), mailbox }
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

impl Lease {
    /// Datagrams that the peer's driver did not read in time.
    pub(crate) fn overflow(&self) -> u64 {
        self.mailbox.overflow()
    }

    /// Takes the peer off the port: nothing more comes in, nothing more goes out.
    pub(crate) fn revoke(&self) {
        let mut table = self.wire.table();
        table.by_ufrag.remove(&self.mailbox.ufrag);
        for address in self.mailbox.forget_all() {
            if table.by_address.get(&address).is_some_and(|held| Arc::ptr_eq(held, &self.mailbox)) {
                table.by_address.remove(&address);
            }
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.revoke();
    }
}

impl Wire {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends one datagram, from the address on which the peer reached us. What the system cannot take now is lost, as
    /// on any network: waiting would need a waker per peer, and the socket remembers only one.
    pub(super) fn send(&self, to: SocketAddr, source: Option<IpAddr>, datagram: &[u8]) {
        let transmit = Transmit {
            destination: if self.local.is_ipv6() { mapped(to) } else { to },
            ecn: None,
            contents: datagram,
            segment_size: None,
            src_ip: source,
        };
        let sent =
            self.socket.try_io(Interest::WRITABLE, || self.state.try_send(UdpSockRef::from(&self.socket), &transmit));
        let counter = if sent.is_ok() { &self.sent } else { &self.send_failures };
        counter.fetch_add(1, Relaxed);
    }

    /// Gives a datagram to the peer that it is for.
    fn deliver(&self, table: &mut Table, from: SocketAddr, local: Option<IpAddr>, datagram: &[u8]) {
        if let Some(mut request) = Request::parse(datagram) {
            let addressee = request.addressee().and_then(|ufrag| table.by_ufrag.get(&ufrag)).cloned();
            let holder = table.by_address.get(&from).cloned();
            if let Some(addressee) = addressee
                && holder.as_ref().is_none_or(|holder| !Arc::ptr_eq(holder, &addressee))
                && request.is_authentic(&addressee.password, self.crypto.crypto())
            {
                if let Some(holder) = holder {
                    holder.forget(from);
                }
                if let Some(evicted) = addressee.learn(from, local) {
                    table.by_address.remove(&evicted);
                }
                table.by_address.insert(from, addressee);
            }
        }
        match table.by_address.get(&from) {
            Some(mailbox) => mailbox.put(from, datagram),
            None => _ = self.unknown.fetch_add(1, Relaxed),
        }
    }
}

/// Reads until it is aborted.
async fn read(wire: Arc<Wire>) {
    let mut storage = vec![0; READ_BUFFER_BYTES * BATCH_SIZE];
    let mut meta = [RecvMeta::default(); BATCH_SIZE];
    loop {
        if wire.socket.readable().await.is_err() {
            continue;
        }
        let read = wire.socket.try_io(Interest::READABLE, || {
            let mut chunks = storage.chunks_mut(READ_BUFFER_BYTES);
            let mut buffers: [IoSliceMut<'_>; BATCH_SIZE] =
                std::array::from_fn(|_| IoSliceMut::new(chunks.next().unwrap_or_default()));
            wire.state.recv(UdpSockRef::from(&wire.socket), &mut buffers, &mut meta)
        });
        // Errors here are news about single senders (ICMP), or readiness that was none.
        let Ok(count) = read else { continue };
        let mut table = wire.table();
        for (buffer, meta) in storage.chunks(READ_BUFFER_BYTES).zip(&meta[..count]) {
            let from = SocketAddr::new(meta.addr.ip().to_canonical(), meta.addr.port());
            // The datagrams that the kernel joined are told apart by their common length.
            for datagram in buffer[..meta.len].chunks(meta.stride.max(1)) {
                wire.received.fetch_add(1, Relaxed);
                wire.deliver(&mut table, from, meta.dst_ip, datagram);
            }
        }
    }
}

/// The form in which a dual-stack socket takes IPv4 addresses.
fn mapped(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
        IpAddr::V6(_) => address,
    }
}
