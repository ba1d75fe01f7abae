//! The shared UDP socket, read in batches. Each datagram carries the moment at which the kernel received it.

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant, SystemTime};

/// The size that is requested for the socket's buffers, bytes: one second of 30 publishers. The kernel may grant less.
const SOCKET_BUFFER_BYTES: usize = 8 << 20;
/// Below this size, in bytes, a warning is logged. It holds what a dozen publishers send while the port's thread waits
/// to run; the kernel counts its own overhead in.
const LEAST_BUFFER_BYTES: usize = 1 << 20;
/// The largest read, in bytes: the kernel joins datagrams of one sender up to this size.
const READ_BUFFER_BYTES: usize = 1 << 16;
/// A kernel stamp older than this is ignored: the wall clock was set in between.
const OLDEST: Duration = Duration::from_secs(1);

/// One UDP socket that does not block.
pub(crate) struct Port {
    socket: UdpSocket,
    state: UdpSocketState,
    local: SocketAddr,
}

/// The datagrams of one read.
pub(crate) struct Batch {
    storage: Vec<u8>,
    meta: [RecvMeta; BATCH_SIZE],
    filled: usize,
    read_at: Instant,
    /// The wall-clock time of the read since 1970, the clock of the kernel's stamps.
    read_wall: Duration,
}

/// One received datagram.
pub(crate) struct Datagram<'a> {
    pub from: SocketAddr,
    /// The local address it was sent to; `None` where the system does not tell.
    pub local: Option<IpAddr>,
    /// When the kernel received it, or the moment of the read where the kernel gave no usable stamp.
    pub arrival: Instant,
    pub bytes: &'a [u8],
}

impl Port {
    /// Binds a non-blocking socket.
    ///
    /// # Errors
    /// The address is taken or not this machine's, or the process has no descriptors left.
    pub fn bind(address: SocketAddr) -> io::Result<Port> {
        let socket = UdpSocket::bind(address)?;
        socket.set_nonblocking(true)?;
        let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
        // A smaller buffer than asked for is no failure: the kernel's own limit decides.
        let _ = state.set_recv_buffer_size(UdpSockRef::from(&socket), SOCKET_BUFFER_BYTES);
        let _ = state.set_send_buffer_size(UdpSockRef::from(&socket), SOCKET_BUFFER_BYTES);
        let granted = state.recv_buffer_size(UdpSockRef::from(&socket)).unwrap_or(SOCKET_BUFFER_BYTES);
        if granted < LEAST_BUFFER_BYTES {
            let (granted_kib, wanted) = (granted >> 10, SOCKET_BUFFER_BYTES);
            tracing::warn!(
                granted_kib,
                "many publishers at once may lose packets here: let net.core.rmem_max be {wanted}"
            );
        }
        let local = socket.local_addr()?;
        Ok(Port { socket, state, local })
    }

    /// Returns the bound address.
    pub fn local(&self) -> SocketAddr {
        self.local
    }

    /// Reads the datagrams that have arrived, up to one batch, without waiting. Returns whether there may be more.
    pub fn read(&self, batch: &mut Batch) -> bool {
        let mut chunks = batch.storage.chunks_mut(READ_BUFFER_BYTES);
        let mut buffers: [IoSliceMut<'_>; BATCH_SIZE] =
            std::array::from_fn(|_| IoSliceMut::new(chunks.next().unwrap_or_default()));
        let read = self.state.recv(UdpSockRef::from(&self.socket), &mut buffers, &mut batch.meta);
        batch.filled = *read.as_ref().unwrap_or(&0);
        // In this order: when the thread is suspended in between, arrivals become late, as they may in any network, and
        // never early.
        batch.read_wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        batch.read_at = Instant::now();
        match read {
            Ok(filled) => filled == BATCH_SIZE,
            // Other errors report on single earlier datagrams (ICMP) and come before the data that is still waiting.
            Err(error) => error.kind() != io::ErrorKind::WouldBlock,
        }
    }

    /// Returns how many datagrams one call can send.
    pub fn most_segments(&self) -> u64 {
        self.state.max_gso_segments() as u64
    }

    /// Sends datagrams from the local address at which the other side reached the port: one, or several of `segment` bytes
    /// each, of which the last may be shorter. Returns false when the system could not take them; they are lost then.
    pub fn send(&self, to: SocketAddr, source: Option<IpAddr>, bytes: &[u8], segment: Option<usize>) -> bool {
        let transmit = Transmit {
            destination: if self.local.is_ipv6() { mapped(to) } else { to },
            ecn: None,
            contents: bytes,
            segment_size: segment,
            src_ip: source,
        };
        self.state.try_send(UdpSockRef::from(&self.socket), &transmit).is_ok()
    }
}

impl Batch {
    /// Creates an empty batch.
    pub fn new() -> Batch {
        Batch {
            storage: vec![0; READ_BUFFER_BYTES * BATCH_SIZE],
            meta: [RecvMeta::default(); BATCH_SIZE],
            filled: 0,
            read_at: Instant::now(),
            read_wall: Duration::ZERO,
        }
    }

    /// Returns the datagrams in the order in which they arrived.
    pub fn datagrams(&self) -> impl Iterator<Item = Datagram<'_>> {
        let read = self.storage.chunks(READ_BUFFER_BYTES).zip(&self.meta[..self.filled]);
        read.flat_map(|(buffer, meta)| {
            let from = SocketAddr::new(meta.addr.ip().to_canonical(), meta.addr.port());
            let arrival = self.arrival(meta.timestamp);
            // The kernel joins datagrams of equal length; only the last may be shorter.
            let joined = buffer[..meta.len].chunks(meta.stride.max(1));
            joined.map(move |bytes| Datagram { from, local: meta.dst_ip, arrival, bytes })
        })
    }

    /// Converts a kernel stamp to the monotonic clock. Returns the moment of the read where the stamp is missing or
    /// implausible.
    fn arrival(&self, stamp: Option<Duration>) -> Instant {
        stamp
            .and_then(|stamp| self.read_wall.checked_sub(stamp))
            .filter(|waited| *waited <= OLDEST)
            .and_then(|waited| self.read_at.checked_sub(waited))
            .unwrap_or(self.read_at)
    }
}

/// Returns the form in which a dual-stack socket takes addresses: IPv4 mapped to IPv6.
fn mapped(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
        IpAddr::V6(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_is_stamped_with_its_arrival_not_with_the_time_of_reading() {
        let port = Port::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut batch = Batch::new();
        assert!(!port.read(&mut batch) && batch.datagrams().next().is_none());
        // Linux begins to stamp shortly after stamps were requested.
        let stamps_by = Instant::now() + Duration::from_secs(5);
        loop {
            let before = Instant::now();
            sender.send_to(b"first", port.local()).unwrap();
            sender.send_to(b"and second", port.local()).unwrap();
            let after = Instant::now();
            while after.elapsed() < Duration::from_millis(20) {
                std::hint::spin_loop();
            }
            port.read(&mut batch);
            let read: Vec<_> = batch.datagrams().collect();
            assert_eq!(read.iter().map(|d| d.bytes).collect::<Vec<_>>(), [&b"first"[..], b"and second"]);
            assert!(read.iter().all(|datagram| datagram.from == sender.local_addr().unwrap()));
            let slack = Duration::from_millis(5);
            if read.iter().all(|datagram| datagram.arrival + slack >= before && datagram.arrival <= after + slack) {
                return;
            }
            assert!(Instant::now() < stamps_by, "the stamps are those of reading");
        }
    }

    #[test]
    fn a_stamp_from_before_the_clock_was_set_is_not_believed() {
        let mut batch = Batch::new();
        batch.read_wall = Duration::from_secs(1_000_000);
        for nonsense in [None, Some(Duration::ZERO), Some(Duration::from_secs(2_000_000))] {
            assert_eq!(batch.arrival(nonsense), batch.read_at);
        }
        let earlier = batch.read_wall - Duration::from_millis(4);
        assert_eq!(batch.arrival(Some(earlier)), batch.read_at - Duration::from_millis(4));
    }
}
