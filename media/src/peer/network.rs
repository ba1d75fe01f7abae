//! The thread that runs all peers. It owns the port, reads it in turns, and gives each peer its datagrams. From the
//! socket to the finished item a packet stays on this thread, and no lock is taken for it.

use super::Error;
use super::command::Command;
use super::fragment::Fragment;
use super::pump::{Pump, Restarted};
use crate::net::{Batch, Datagram, Gate, PeerId, Port, Reach, Routes};
use rtc::crypto::RTCCryptoProvider;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{
    AtomicU64, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The time between two reads of the port while there are peers. A wake-up costs as much as ten packets, here and in
/// every thread behind, and the kernel's stamps keep arrivals exact: so packets are read in groups and wait half of
/// this time on average.
const TURN: Duration = Duration::from_millis(20);
/// The turn while a peer that was heard within [`CONNECTING`] is connecting, which takes many answers one after the
/// other.
const CONNECTING_TURN: Duration = Duration::from_millis(2);
/// How long after its last datagram a connecting peer keeps the turns short.
const CONNECTING: Duration = Duration::from_secs(1);
/// The turn while there are no peers, so that datagrams of unknown senders do not fill the socket's buffer.
const IDLE: Duration = Duration::from_millis(500);
/// The most reads in one turn, so that a flood does not delay the peers' timers.
const MOST_READS: usize = 16;

/// Counts of the port since it was bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counters {
    /// Datagrams received.
    pub received: u64,
    /// Datagrams sent.
    pub sent: u64,
    /// Datagrams from unknown senders or from addresses that are not admitted.
    pub unknown: u64,
    /// Datagrams that the system could not take.
    pub send_failures: u64,
    /// Peers that hold a place now.
    pub peers: usize,
    /// Addresses that belong to a peer now.
    pub addresses: usize,
}

#[derive(Debug, Default)]
struct Counts {
    received: AtomicU64,
    sent: AtomicU64,
    unknown: AtomicU64,
    send_failures: AtomicU64,
    peers: AtomicUsize,
    addresses: AtomicUsize,
}

/// The handle to the thread. Dropping it closes all peers and waits until the thread has ended.
#[derive(Debug)]
pub struct Network {
    commands: Sender<Command>,
    local: SocketAddr,
    counts: Arc<Counts>,
    last_peer: AtomicU64,
    thread: Option<JoinHandle<()>>,
}

impl Network {
    /// Binds the port and starts the thread.
    ///
    /// # Errors
    /// The address is taken or not ours, or the process has no descriptors or threads left.
    pub fn start(bind: SocketAddr, reach: Reach, crypto: Arc<dyn RTCCryptoProvider>) -> io::Result<Network> {
        let port = Port::bind(bind)?;
        let local = port.local();
        let counts = Arc::new(Counts::default());
        let (commands, inbox) = channel();
        let turns = Turns {
            port,
            gate: Gate::new(reach),
            routes: Routes::new(crypto),
            peers: HashMap::new(),
            due: Vec::new(),
            closing: Vec::new(),
            ending: false,
            counts: counts.clone(),
            inbox,
        };
        let thread = std::thread::Builder::new().name("network".into()).spawn(move || turns.run())?;
        Ok(Network { commands, local, counts, last_peer: AtomicU64::new(0), thread: Some(thread) })
    }

    /// Returns the bound address; its port is the one to announce.
    pub fn local(&self) -> SocketAddr {
        self.local
    }

    /// Returns the counts. `received` is read first: what it counts has already had its effect.
    pub fn counters(&self) -> Counters {
        Counters {
            received: self.counts.received.load(Acquire),
            sent: self.counts.sent.load(Relaxed),
            unknown: self.counts.unknown.load(Relaxed),
            send_failures: self.counts.send_failures.load(Relaxed),
            peers: self.counts.peers.load(Relaxed),
            addresses: self.counts.addresses.load(Relaxed),
        }
    }

    /// Registers a peer under its ICE credentials. Returns its number and the sender for commands to it.
    ///
    /// # Errors
    /// The thread has ended.
    pub fn join(&self, ufrag: String, password: String, pump: Pump) -> Result<(PeerId, Sender<Command>), Error> {
        let peer = self.last_peer.fetch_add(1, Relaxed);
        self.counts.peers.fetch_add(1, Relaxed);
        let join = Command::Join { peer, ufrag, password, pump: Box::new(pump) };
        match self.commands.send(join) {
            Ok(()) => Ok((peer, self.commands.clone())),
            Err(_) => {
                self.counts.peers.fetch_sub(1, Relaxed);
                Err(Error::Engine("the network thread has ended".into()))
            }
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // An error means that the thread has ended.
        let _ = self.commands.send(Command::End);
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the network thread panicked");
        }
    }
}

/// What the thread owns.
struct Turns {
    port: Port,
    gate: Gate,
    routes: Routes,
    peers: HashMap<PeerId, Peer>,
    /// The peers whose turn it is. Kept as a field so that its memory is reused.
    due: Vec<PeerId>,
    /// Peers that are closed after the datagrams that have already arrived were read.
    closing: Vec<PeerId>,
    /// All peers are to be closed.
    ending: bool,
    counts: Arc<Counts>,
    inbox: Receiver<Command>,
}

struct Peer {
    pump: Box<Pump>,
    due: Instant,
    heard: Option<Instant>,
}

impl Peer {
    /// Returns whether the peer is connecting and was heard within [`CONNECTING`].
    fn is_connecting(&self, now: Instant) -> bool {
        self.pump.is_connecting() && self.heard.is_some_and(|heard| now < heard + CONNECTING)
    }
}

impl Turns {
    fn run(mut self) {
        let mut batch = Batch::new();
        while !self.ending {
            self.commands();
            let began = Instant::now();
            let (read, more) = self.read(&mut batch);
            let now = Instant::now();
            let mut due = std::mem::take(&mut self.due);
            due.extend(self.peers.iter().filter(|(_, peer)| peer.due <= now).map(|(id, _)| id));
            for id in due.drain(..) {
                self.attend(id, now);
            }
            self.due = due;
            if self.ending {
                self.closing.extend(self.peers.keys());
            }
            while let Some(id) = self.closing.pop() {
                self.end(id);
            }
            self.counts.addresses.store(self.routes.addresses(), Relaxed);
            // Stored last, so that whoever sees datagrams counted also sees their effects.
            self.counts.received.fetch_add(read, Release);
            // While there is more to read, the next turn begins at once.
            if !self.peers.is_empty() && !more {
                let connecting = self.peers.values().any(|peer| peer.is_connecting(now));
                let turn = if connecting { CONNECTING_TURN } else { TURN };
                std::thread::sleep(turn.saturating_sub(began.elapsed()));
            }
        }
    }

    /// Runs the commands that are waiting. Without peers it waits up to [`IDLE`] for one.
    fn commands(&mut self) {
        if self.peers.is_empty() {
            match self.inbox.recv_timeout(IDLE) {
                Ok(command) => self.command(command),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => self.ending = true,
            }
        }
        while let Ok(command) = self.inbox.try_recv() {
            self.command(command);
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Join { peer, ufrag, password, pump } => {
                self.routes.open(peer, ufrag, password);
                self.peers.insert(peer, Peer { pump, due: Instant::now(), heard: None });
            }
            Command::Patch { peer, fragment, answer } => {
                // The publisher's caller may have gone; nobody needs the answer then.
                let _ = answer.send(self.patch(peer, fragment));
            }
            Command::KeyFrame(peer) => {
                if let Some(peer) = self.peers.get_mut(&peer) {
                    peer.pump.want_key_frame();
                    peer.due = Instant::now();
                }
            }
            Command::Close(peer) => self.closing.push(peer),
            Command::End => self.ending = true,
        }
    }

    /// Reads the datagrams that have arrived. Returns how many there were and whether there may be more.
    fn read(&mut self, batch: &mut Batch) -> (u64, bool) {
        let mut read = 0;
        for _ in 0..MOST_READS {
            let more = self.port.read(batch);
            for datagram in batch.datagrams() {
                read += 1;
                if !self.gate.admits(datagram.from.ip(), datagram.arrival) {
                    self.counts.unknown.fetch_add(1, Relaxed);
                    continue;
                }
                // A panic over a datagram of an unknown sender must not end the thread.
                match catch_unwind(AssertUnwindSafe(|| self.routes.peer_of(&datagram))) {
                    Ok(Some(id)) => self.give(id, &datagram),
                    Ok(None) | Err(_) => _ = self.counts.unknown.fetch_add(1, Relaxed),
                }
            }
            if !more {
                return (read, false);
            }
        }
        (read, true)
    }

    /// Gives a datagram to its peer.
    fn give(&mut self, id: PeerId, datagram: &Datagram<'_>) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        (peer.due, peer.heard) = (datagram.arrival, Some(datagram.arrival));
        if catch_unwind(AssertUnwindSafe(|| peer.pump.datagram(datagram))).is_err() {
            self.broken(id);
        }
    }

    /// Applies an SDP fragment and registers the credentials of a new ICE session.
    fn patch(&mut self, id: PeerId, fragment: Fragment) -> Result<Option<Restarted>, Error> {
        let gone = || Error::Engine("the publisher has left".into());
        let peer = self.peers.get_mut(&id).ok_or_else(gone)?;
        let now = Instant::now();
        let patched = catch_unwind(AssertUnwindSafe(|| peer.pump.patch(fragment, now)));
        peer.due = now;
        match patched {
            Ok(patched) => {
                if let Ok(Some(restarted)) = &patched {
                    self.routes.renew(id, restarted.ufrag.clone(), restarted.password.clone());
                }
                patched
            }
            Err(_) => {
                self.broken(id);
                Err(gone())
            }
        }
    }

    /// Runs a peer whose turn it is.
    fn attend(&mut self, id: PeerId, now: Instant) {
        let Turns { port, routes, peers, counts, .. } = self;
        let Some(peer) = peers.get_mut(&id) else { return };
        let run = || {
            let goes_on = peer.pump.run(now, sender(port, routes, counts, id));
            (goes_on, peer.pump.due())
        };
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok((true, due)) => peer.due = due,
            Ok((false, _)) => self.end(id),
            Err(_) => self.broken(id),
        }
    }

    /// Closes a peer and removes it.
    fn end(&mut self, id: PeerId) {
        let Some(Peer { mut pump, .. }) = self.peers.remove(&id) else { return };
        let Turns { port, routes, counts, .. } = self;
        let finish = || pump.finish(Instant::now(), sender(port, routes, counts, id));
        if catch_unwind(AssertUnwindSafe(finish)).is_err() {
            tracing::error!("the WebRTC engine panicked while a peer was closed");
        }
        self.forget(id, *pump);
    }

    /// Removes a peer over whose datagrams the library panicked. The other peers go on; what the peer had brought is
    /// handed out.
    fn broken(&mut self, id: PeerId) {
        tracing::error!("the WebRTC engine panicked over a peer, which is closed");
        let Some(Peer { mut pump, .. }) = self.peers.remove(&id) else { return };
        if catch_unwind(AssertUnwindSafe(|| pump.fail(Instant::now()))).is_err() {
            tracing::error!("what such a peer had brought is lost");
        }
        self.forget(id, *pump);
    }

    /// Removes a peer's addresses and gives its place back.
    fn forget(&mut self, id: PeerId, pump: Pump) {
        self.routes.close(id);
        self.counts.peers.fetch_sub(1, Relaxed);
        self.counts.addresses.store(self.routes.addresses(), Relaxed);
        pump.over();
    }
}

/// Returns the function that sends for a peer. It sends only to addresses that the peer has proven: an offer must not
/// direct the server's traffic at a third party.
fn sender(port: &Port, routes: &Routes, counts: &Counts, id: PeerId) -> impl FnMut(SocketAddr, &[u8]) {
    move |to, datagram| {
        if let Ok(source) = routes.source(id, to) {
            let sent = port.send(to, source, datagram);
            let counter = if sent { &counts.sent } else { &counts.send_failures };
            counter.fetch_add(1, Relaxed);
        }
    }
}
