//! The thread on which all peers live. It owns the port, reads it in turns, and gives each peer what is its own: from the
//! socket to the finished item no packet changes its thread, and no lock is taken for it.

use super::pump::Pump;
use super::{Error, Event};
use crate::net::{Batch, Datagram, PeerId, Port, Routes};
use rtc::crypto::RTCCryptoProvider;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{
    AtomicU64, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often the port is read while there are peers. A wake-up costs as much as ten packets, here and in every thread behind,
/// and the kernel's stamps keep the arrivals exact: so packets are taken in handfuls, and wait half of it on average.
const TURN: Duration = Duration::from_millis(20);
/// ... and while one of them is connecting: its handshake is many answers one after the other.
const CONNECTING_TURN: Duration = Duration::from_millis(2);
/// ... and while there are none, so that strangers' datagrams do not pile up.
const IDLE: Duration = Duration::from_millis(500);
/// Reads of one turn: a flood must not keep the peers from their timers.
const MOST_READS: usize = 16;

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

#[derive(Debug, Default)]
struct Counts {
    received: AtomicU64,
    sent: AtomicU64,
    unknown: AtomicU64,
    send_failures: AtomicU64,
    peers: AtomicUsize,
    addresses: AtomicUsize,
}

/// What the thread is asked to do.
pub enum Command {
    Join {
        peer: PeerId,
        ufrag: String,
        password: String,
        pump: Box<Pump>,
    },
    KeyFrame(PeerId),
    Close(PeerId),
    /// Close all peers, then end.
    End,
}

/// The handle to the thread. Dropping it closes all peers and waits for the thread's end.
#[derive(Debug)]
pub struct Network {
    commands: Sender<Command>,
    local: SocketAddr,
    counts: Arc<Counts>,
    last_peer: AtomicU64,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Network {
    /// Binds the port and starts the thread.
    ///
    /// # Errors
    /// The address is taken or not ours, or the process has no descriptors or threads left.
    pub fn start(bind: SocketAddr, crypto: Arc<dyn RTCCryptoProvider>) -> io::Result<Network> {
        let port = Port::bind(bind)?;
        let local = port.local();
        let counts = Arc::new(Counts::default());
        let (commands, inbox) = channel();
        let (routes, peers, closing) = (Routes::new(crypto), HashMap::new(), Vec::new());
        let turns = Turns { port, routes, peers, closing, counts: counts.clone(), inbox };
        let thread = std::thread::Builder::new().name("network".into()).spawn(move || turns.run())?;
        Ok(Network { commands, local, counts, last_peer: AtomicU64::new(0), thread: Mutex::new(Some(thread)) })
    }

    /// The bound address; its port is the one to announce.
    pub fn local(&self) -> SocketAddr {
        self.local
    }

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

    /// Lets a peer with these ICE credentials come; its name, and where to ask things of it.
    ///
    /// # Errors
    /// The thread has ended.
    pub fn join(&self, ufrag: String, password: String, pump: Pump) -> Result<(PeerId, Sender<Command>), Error> {
        let peer = self.last_peer.fetch_add(1, Relaxed);
        self.counts.peers.fetch_add(1, Relaxed);
        let join = Command::Join { peer, ufrag, password, pump: Box::new(pump) };
        self.commands.send(join).map_err(|_| Error::Engine("the network thread has ended".into()))?;
        Ok((peer, self.commands.clone()))
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // An error says that the thread has ended.
        let _ = self.commands.send(Command::End);
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the network thread panicked");
        }
    }
}

/// What the thread owns.
struct Turns {
    port: Port,
    routes: Routes,
    peers: HashMap<PeerId, Peer>,
    /// To be closed when what has come by now has been read.
    closing: Vec<PeerId>,
    counts: Arc<Counts>,
    inbox: Receiver<Command>,
}

struct Peer {
    pump: Box<Pump>,
    due: Instant,
    /// Something has come since it ran.
    fresh: bool,
}

impl Turns {
    fn run(mut self) {
        let mut batch = Batch::new();
        while self.commands() {
            let began = Instant::now();
            for _ in 0..MOST_READS {
                if !self.port.read(&mut batch) {
                    break;
                }
                self.deliver(&batch);
            }
            let now = Instant::now();
            let due = self.peers.iter().filter(|(_, peer)| peer.fresh || peer.due <= now);
            for peer in due.map(|(&peer, _)| peer).collect::<Vec<_>>() {
                self.attend(peer, now);
            }
            while let Some(peer) = self.closing.pop() {
                self.end(peer);
            }
            self.counts.addresses.store(self.routes.addresses(), Relaxed);
            if !self.peers.is_empty() {
                let connecting = self.peers.values().any(|peer| peer.pump.is_connecting());
                let turn = if connecting { CONNECTING_TURN } else { TURN };
                std::thread::sleep(turn.saturating_sub(began.elapsed()));
            }
        }
        for peer in self.peers.keys().copied().collect::<Vec<_>>() {
            self.end(peer);
        }
    }

    /// Does what was asked, and waits for it while there is no peer; whether the thread goes on.
    fn commands(&mut self) -> bool {
        if self.peers.is_empty() {
            match self.inbox.recv_timeout(IDLE) {
                Ok(command) => {
                    if !self.command(command) {
                        return false;
                    }
                }
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        while let Ok(command) = self.inbox.try_recv() {
            if !self.command(command) {
                return false;
            }
        }
        true
    }

    fn command(&mut self, command: Command) -> bool {
        match command {
            Command::Join { peer, ufrag, password, pump } => {
                self.routes.open(peer, ufrag, password);
                self.peers.insert(peer, Peer { pump, due: Instant::now(), fresh: true });
            }
            Command::KeyFrame(peer) => {
                if let Some(peer) = self.peers.get_mut(&peer) {
                    peer.pump.key_frames.wanted = true;
                    peer.fresh = true;
                }
            }
            Command::Close(peer) => self.closing.push(peer),
            Command::End => return false,
        }
        true
    }

    fn deliver(&mut self, batch: &Batch) {
        for datagram in batch.datagrams() {
            match self.routes.peer_of(&datagram) {
                Some(id) => self.give(id, &datagram),
                None => _ = self.counts.unknown.fetch_add(1, Relaxed),
            }
            // Last, so that whoever sees it counted sees its consequences.
            self.counts.received.fetch_add(1, Release);
        }
    }

    fn give(&mut self, id: PeerId, datagram: &Datagram<'_>) {
        let Some(peer) = self.peers.get_mut(&id) else { return };
        peer.fresh = true;
        if catch_unwind(AssertUnwindSafe(|| peer.pump.datagram(datagram))).is_err() {
            self.broken(id);
        }
    }

    /// Lets a peer do what is due.
    fn attend(&mut self, id: PeerId, now: Instant) {
        let Turns { port, routes, peers, counts, .. } = self;
        let Some(peer) = peers.get_mut(&id) else { return };
        let run = || {
            let goes_on = peer.pump.run(now, sender(port, routes, counts, id));
            (goes_on, peer.pump.due())
        };
        match catch_unwind(AssertUnwindSafe(run)) {
            Ok((true, due)) => (peer.due, peer.fresh) = (due, false),
            Ok((false, _)) => self.end(id),
            Err(_) => self.broken(id),
        }
    }

    fn end(&mut self, id: PeerId) {
        let Some(Peer { mut pump, .. }) = self.peers.remove(&id) else { return };
        let Turns { port, routes, counts, .. } = self;
        let finish = || pump.finish(Instant::now(), sender(port, routes, counts, id));
        if catch_unwind(AssertUnwindSafe(finish)).is_err() {
            tracing::error!("the WebRTC engine panicked while a peer was closed");
        }
        self.forget(id, *pump);
    }

    /// A panic of the library over one peer's datagrams ends that peer alone.
    fn broken(&mut self, id: PeerId) {
        tracing::error!("the WebRTC engine panicked over a peer, which is closed");
        let Some(Peer { mut pump, .. }) = self.peers.remove(&id) else { return };
        pump.outbox.event(Event::Failed);
        self.forget(id, *pump);
    }

    fn forget(&mut self, id: PeerId, pump: Pump) {
        self.routes.close(id);
        self.counts.peers.fetch_sub(1, Relaxed);
        self.counts.addresses.store(self.routes.addresses(), Relaxed);
        pump.over();
    }
}

/// Sends for a peer, never to an address that has not proven itself: an offer must not be able to aim the server at somebody.
fn sender(port: &Port, routes: &Routes, counts: &Counts, id: PeerId) -> impl FnMut(SocketAddr, &[u8]) {
    move |to, datagram| {
        if let Ok(source) = routes.source(id, to) {
            let sent = port.send(to, source, datagram);
            let counter = if sent { &counts.sent } else { &counts.send_failures };
            counter.fetch_add(1, Relaxed);
        }
    }
}
