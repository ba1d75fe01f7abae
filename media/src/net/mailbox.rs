//! What has arrived for one peer and was not yet read by it: bounded, and without an allocation per datagram.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// About two seconds of a 480p stream. A reader that is further behind loses the newest datagrams, as on a network.
const MAX_DATAGRAMS: usize = 2048;
const MAX_BYTES: usize = 1 << 20;
/// Addresses one peer may have at a time: its interfaces times its relays. The one unused for longest gives way.
const MAX_PATHS: usize = 16;

/// An address the peer has proven to hold, and our own address that it used to reach us.
#[derive(Debug, Clone, Copy)]
struct Path {
    remote: SocketAddr,
    local: Option<IpAddr>,
}

/// The receiving end of one peer on the shared port.
#[derive(Debug)]
pub(super) struct Mailbox {
    pub(super) ufrag: String,
    pub(super) password: String,
    /// IPv4 and IPv6: the library holds a socket for each.
    inboxes: [Mutex<Inbox>; 2],
    /// Newest last.
    paths: Mutex<Vec<Path>>,
    overflow: AtomicU64,
}

#[derive(Debug, Default)]
struct Inbox {
    heads: VecDeque<(SocketAddr, usize)>,
    bytes: VecDeque<u8>,
    waker: Option<Waker>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing is left half done under these locks, so a panic elsewhere does not spoil them.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Mailbox {
    pub(super) fn new(ufrag: String, password: String) -> Mailbox {
        Mailbox { ufrag, password, inboxes: Default::default(), paths: Mutex::default(), overflow: AtomicU64::new(0) }
    }

    /// Puts a datagram behind the others and wakes the reader.
    pub(super) fn put(&self, from: SocketAddr, datagram: &[u8]) {
        let mut inbox = lock(&self.inboxes[usize::from(from.is_ipv6())]);
        if inbox.heads.len() >= MAX_DATAGRAMS || inbox.bytes.len() + datagram.len() > MAX_BYTES {
            self.overflow.fetch_add(1, Relaxed);
            return;
        }
        inbox.heads.push_back((from, datagram.len()));
        inbox.bytes.extend(datagram);
        let waker = inbox.waker.take();
        drop(inbox);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Copies the oldest datagram into `into` (what does not fit is cut off) and gives its sender and length; keeps the
    /// waker when there is none.
    pub(super) fn take(&self, ipv6: bool, into: &mut [u8], waker: &Waker) -> Option<(SocketAddr, usize)> {
        let mut inbox = lock(&self.inboxes[usize::from(ipv6)]);
        let Some((from, len)) = inbox.heads.pop_front() else {
            inbox.waker = Some(waker.clone());
            return None;
        };
        let kept = len.min(into.len());
        let (front, back) = inbox.bytes.as_slices();
        let in_front = kept.min(front.len());
        into[..in_front].copy_from_slice(&front[..in_front]);
        into[in_front..kept].copy_from_slice(&back[..kept - in_front]);
        inbox.bytes.drain(..len);
        Some((from, kept))
    }

    /// Remembers a proven path; gives back the address that had to make room.
    pub(super) fn learn(&self, remote: SocketAddr, local: Option<IpAddr>) -> Option<SocketAddr> {
        let mut paths = lock(&self.paths);
        paths.retain(|path| path.remote != remote);
        paths.push(Path { remote, local });
        (paths.len() > MAX_PATHS).then(|| paths.remove(0).remote)
    }

    /// Forgets an address that another peer has proven to hold now.
    pub(super) fn forget(&self, remote: SocketAddr) {
        lock(&self.paths).retain(|path| path.remote != remote);
    }

    /// Forgets all addresses.
    pub(super) fn forget_all(&self) -> Vec<SocketAddr> {
        lock(&self.paths).drain(..).map(|path| path.remote).collect()
    }

    /// Our own address on the path to `remote`; `Err` when the peer never proved that it is there.
    pub(super) fn path_to(&self, remote: SocketAddr) -> Result<Option<IpAddr>, ()> {
        lock(&self.paths).iter().find(|path| path.remote == remote).map(|path| path.local).ok_or(())
    }

    /// Datagrams lost because they were not read in time.
    pub(super) fn overflow(&self) -> u64 {
        self.overflow.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailbox() -> Mailbox {
        Mailbox::new("ufrag".into(), "password".into())
    }

    fn address(n: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], n))
    }

    #[test]
    fn datagrams_come_out_whole_and_in_order() {
        let (mailbox, mut buffer) = (mailbox(), [0; 64]);
        for round in 0..500u16 {
            let payload = vec![round as u8; usize::from(round % 50)];
            mailbox.put(address(round), &payload);
            mailbox.put(address(round), &[7; 3]);
            assert_eq!(mailbox.take(false, &mut buffer, Waker::noop()), Some((address(round), payload.len())));
            assert_eq!(buffer[..payload.len()], payload);
            assert_eq!(mailbox.take(false, &mut buffer, Waker::noop()), Some((address(round), 3)));
        }
        assert_eq!(mailbox.take(false, &mut buffer, Waker::noop()), None);
    }

    #[test]
    fn a_datagram_longer_than_the_buffer_is_cut_and_the_next_one_is_whole() {
        let (mailbox, mut buffer) = (mailbox(), [0; 4]);
        mailbox.put(address(1), &[1; 10]);
        mailbox.put(address(1), &[2; 3]);
        assert_eq!(mailbox.take(false, &mut buffer, Waker::noop()), Some((address(1), 4)));
        assert_eq!(mailbox.take(false, &mut buffer, Waker::noop()), Some((address(1), 3)));
        assert_eq!(buffer[..3], [2; 3]);
    }

    #[test]
    fn a_flood_that_nobody_reads_is_bounded_and_counted() {
        let mailbox = mailbox();
        for _ in 0..10_000 {
            mailbox.put(address(1), &[0; 1200]);
        }
        assert!(mailbox.overflow() > 9_000);
    }

    #[test]
    fn a_peer_holds_a_bounded_number_of_addresses() {
        let mailbox = mailbox();
        let evicted: Vec<_> = (0..40).filter_map(|n| mailbox.learn(address(n), None)).collect();
        assert_eq!(evicted, (0..24).map(address).collect::<Vec<_>>());
        assert!(mailbox.path_to(address(39)).is_ok() && mailbox.path_to(address(0)).is_err());
    }
}
