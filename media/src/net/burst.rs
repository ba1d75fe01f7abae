//! Datagrams of one peer and one turn on their way to the system: those of one length for one address go in one call, which
//! costs half of a call for each.

use super::port::Port;
use std::net::{IpAddr, SocketAddr};

/// The largest datagram that is joined with others, bytes: it must fit into a packet of the network.
const LONGEST: usize = 1400;
/// The most bytes of one call.
const MOST_BYTES: usize = 60_000;

/// Datagrams that wait for their call.
#[derive(Debug, Default)]
pub(crate) struct Burst {
    bytes: Vec<u8>,
    to: Option<(SocketAddr, Option<IpAddr>)>,
    /// The length of each, but the last, which may be shorter.
    length: usize,
    count: u64,
    /// The last one is shorter: none can follow.
    full: bool,
}

/// How many datagrams the system took, and how many it did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Outcome {
    pub sent: u64,
    pub failed: u64,
}

impl Burst {
    /// Takes a datagram, after sending those that it cannot be joined with.
    pub fn push(&mut self, port: &Port, to: SocketAddr, source: Option<IpAddr>, datagram: &[u8]) -> Outcome {
        let joins = self.to == Some((to, source))
            && !self.full
            && datagram.len() <= self.length
            && self.length <= LONGEST
            && self.count < port.most_segments()
            && self.bytes.len() + datagram.len() <= MOST_BYTES;
        let outcome = if joins { Outcome::default() } else { self.flush(port) };
        if !joins {
            (self.to, self.length) = (Some((to, source)), datagram.len());
        }
        self.full = datagram.len() < self.length;
        self.bytes.extend_from_slice(datagram);
        self.count += 1;
        outcome
    }

    /// Sends what waits.
    pub fn flush(&mut self, port: &Port) -> Outcome {
        let Some((to, source)) = self.to.take() else { return Outcome::default() };
        let segment = (self.count > 1).then_some(self.length);
        let count = std::mem::take(&mut self.count);
        let sent = port.send(to, source, &self.bytes, segment);
        self.bytes.clear();
        if sent { Outcome { sent: count, failed: 0 } } else { Outcome { sent: 0, failed: count } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::UdpSocket;
    use std::time::Duration;

    #[test]
    fn datagrams_arrive_whole_and_in_order_whatever_their_lengths_and_addresses() {
        let port = Port::bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let receivers = [(), ()].map(|()| UdpSocket::bind("127.0.0.1:0").unwrap());
        let lengths = [500, 500, 500, 20, 20, 1400, 1400, 900, 1000, 1500, 1500, 1500, 3, 1, 2, 2, 1];
        let mut burst = Burst::default();
        let mut outcome = Outcome::default();
        let mut add = |more: Outcome| {
            outcome = Outcome { sent: outcome.sent + more.sent, failed: outcome.failed + more.failed };
        };
        for (receiver, times) in [(0, 1), (1, 1), (0, 2)] {
            for (n, length) in lengths.iter().cycle().take(lengths.len() * times).enumerate() {
                let to = receivers[receiver].local_addr().unwrap();
                add(burst.push(&port, to, None, &vec![n as u8; *length]));
            }
        }
        add(burst.flush(&port));
        add(burst.flush(&port));
        assert_eq!(outcome, Outcome { sent: 4 * lengths.len() as u64, failed: 0 });
        for (receiver, rounds) in receivers.iter().zip([&[1, 2][..], &[1]]) {
            receiver.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            for round in rounds {
                for (n, length) in lengths.iter().cycle().take(lengths.len() * round).enumerate() {
                    let mut buffer = [0; 2000];
                    let (got, _) = receiver.recv_from(&mut buffer).unwrap();
                    assert_eq!((got, buffer[0]), (*length, n as u8));
                }
            }
        }
    }
}
