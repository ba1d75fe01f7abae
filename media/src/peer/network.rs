//! The thread that runs all peers. It owns the port, reads it in turns, and gives each peer its datagrams. From the
//! socket to the finished item a packet stays on this thread, and no lock is taken for it.

use super::command::Command;
use super::fragment::Fragment;
use super::link::Restarted;
use super::member::Member;
use super::{Error, FeedId};
use crate::net::{Batch, Burst, Datagram, Gate, Outcome, PeerId, Port, Reach, Routes};
use crate::room::Feed;
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
/// The turn while somebody watches: the wait is part of the delay between two people.
const WATCHED_TURN: Duration = Duration::from_millis(5);
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
            feeds: HashMap::new(),
            burst: Burst::default(),
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
    pub fn join(&self, ufrag: String, password: String, member: Member) -> Result<(PeerId, Sender<Command>), Error> {
        let peer = self.last_peer.fetch_add(1, Relaxed);
        self.counts.peers.fetch_add(1, Relaxed);
        let join = Command::Join { peer, ufrag, password, member };
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
    /// What is watched, and by which peers.
    feeds: HashMap<FeedId, Watched>,
    /// What a peer sends in its turn.
    burst: Burst,
    /// The peers whose turn it is. Kept as a field so that its memory is reused.
    due: Vec<PeerId>,
    /// Peers that are closed after the datagrams that have already arrived were read.
    closing: Vec<PeerId>,
    /// All peers are to be closed.
    ending: bool,
    counts: Arc<Counts>,
    inbox: Receiver<Command>,
}

/// A feed that somebody watches.
#[derive(Default)]
struct Watched {
    feed: Feed,
    viewers: Vec<PeerId>,
}

struct Peer {
    member: Member,
    due: Instant,
    heard: Option<Instant>,
}

impl Peer {
    /// Returns whether the peer is connecting and was heard within [`CONNECTING`].
    fn is_connecting(&self, now: Instant) -> bool {
        self.member.is_connecting() && self.heard.is_some_and(|heard| now < heard + CONNECTING)
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
            self.attend_due(now, false);
            self.forward(now);
            self.attend_due(now, true);
            self.ask_for_key_frames(now);
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
                let turn = match (connecting, self.feeds.is_empty()) {
                    (true, _) => CONNECTING_TURN,
                    (false, false) => WATCHED_TURN,
                    (false, true) => TURN,
                };
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
            Command::Join { peer, ufrag, password, member } => {
                self.routes.open(peer, ufrag, password);
                if let Member::Viewer(watch) = &member {
                    self.feeds.entry(watch.feed).or_default().viewers.push(peer);
                }
                self.peers.insert(peer, Peer { member, due: Instant::now(), heard: None });
            }
            Command::Patch { peer, fragment, answer } => {
                // The peer's caller may have gone; nobody needs the answer then.
                let _ = answer.send(self.patch(peer, fragment));
            }
            Command::KeyFrame(peer) => self.want_key_frame(peer, Instant::now()),
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
        if catch_unwind(AssertUnwindSafe(|| peer.member.datagram(datagram))).is_err() {
            self.broken(id);
        }
    }

    /// Applies an SDP fragment and registers the credentials of a new ICE session.
    fn patch(&mut self, id: PeerId, fragment: Fragment) -> Result<Option<Restarted>, Error> {
        let gone = || Error::Engine("the peer has left".into());
        let peer = self.peers.get_mut(&id).ok_or_else(gone)?;
        let now = Instant::now();
        let patched = catch_unwind(AssertUnwindSafe(|| peer.member.patch(fragment, now)));
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

    /// Runs the publishers or the viewers whose turn it is. Viewers come last, so that they get at once what publishers
    /// have brought.
    fn attend_due(&mut self, now: Instant, viewers: bool) {
        let mut due = std::mem::take(&mut self.due);
        let is_due = |peer: &Peer| peer.due <= now && matches!(peer.member, Member::Viewer(_)) == viewers;
        due.extend(self.peers.iter().filter(|(_, peer)| is_due(peer)).map(|(id, _)| id));
        for id in due.drain(..) {
            self.attend(id, now);
        }
        self.due = due;
    }

    /// Hands what publishers have brought in this turn to their viewers.
    fn forward(&mut self, now: Instant) {
        let mut broken = Vec::new();
        for Watched { feed, viewers } in self.feeds.values_mut().filter(|watched| !watched.feed.fresh().is_empty()) {
            for id in viewers {
                let Some(peer) = self.peers.get_mut(id) else { continue };
                let Member::Viewer(watch) = &mut peer.member else { continue };
                peer.due = now;
                if catch_unwind(AssertUnwindSafe(|| watch.forward(feed.fresh(), now))).is_err() {
                    broken.push(*id);
                }
            }
            feed.clear();
        }
        for id in broken {
            self.broken(id);
        }
    }

    /// Asks the publishers of which a viewer needs a key frame.
    fn ask_for_key_frames(&mut self, now: Instant) {
        let mut asked = Vec::new();
        for Watched { feed, viewers } in self.feeds.values_mut() {
            let wanted = viewers.iter().any(|id| match self.peers.get_mut(id) {
                Some(Peer { member: Member::Viewer(watch), .. }) => watch.wants_key_frame(now),
                _ => false,
            });
            if wanted {
                asked.extend(feed.ask(now));
            }
        }
        for publisher in asked {
            self.want_key_frame(publisher, now);
        }
    }

    fn want_key_frame(&mut self, id: PeerId, now: Instant) {
        if let Some(peer) = self.peers.get_mut(&id)
            && let Member::Publisher(pump) = &mut peer.member
        {
            pump.want_key_frame();
            peer.due = now;
        }
    }

    /// Runs a peer whose turn it is.
    fn attend(&mut self, id: PeerId, now: Instant) {
        let Turns { port, routes, peers, feeds, counts, burst, .. } = self;
        let Some(peer) = peers.get_mut(&id) else { return };
        let feed = match &peer.member {
            Member::Publisher(pump) => pump.feed.and_then(|feed| feeds.get_mut(&feed)),
            Member::Viewer(_) => None,
        };
        let watched = feed.map(|watched| (&mut watched.feed, id));
        let mut out = Out { port, routes, counts, burst, id };
        let ran =
            catch_unwind(AssertUnwindSafe(|| peer.member.run(now, watched, |to, datagram| out.send(to, datagram))));
        out.flush();
        match ran {
            Ok((true, due)) => peer.due = due,
            Ok((false, _)) => self.end(id),
            Err(_) => self.broken(id),
        }
    }

    /// Closes a peer and removes it.
    fn end(&mut self, id: PeerId) {
        let Some(Peer { mut member, .. }) = self.peers.remove(&id) else { return };
        let Turns { port, routes, counts, burst, .. } = self;
        let mut out = Out { port, routes, counts, burst, id };
        let finish = || member.finish(Instant::now(), |to, datagram| out.send(to, datagram));
        let finished = catch_unwind(AssertUnwindSafe(finish));
        out.flush();
        if finished.is_err() {
            tracing::error!("the WebRTC engine panicked while a peer was closed");
        }
        self.forget(id, member);
    }

    /// Removes a peer over whose datagrams the library panicked. The other peers go on; what the peer had brought is
    /// handed out.
    fn broken(&mut self, id: PeerId) {
        tracing::error!("the WebRTC engine panicked over a peer, which is closed");
        let Some(Peer { mut member, .. }) = self.peers.remove(&id) else { return };
        if catch_unwind(AssertUnwindSafe(|| member.fail(Instant::now()))).is_err() {
            tracing::error!("what such a peer had brought is lost");
        }
        self.forget(id, member);
    }

    /// Removes a peer's addresses and gives its place back.
    fn forget(&mut self, id: PeerId, member: Member) {
        self.routes.close(id);
        if let Member::Viewer(watch) = &member
            && let Some(watched) = self.feeds.get_mut(&watch.feed)
        {
            watched.viewers.retain(|viewer| *viewer != id);
            if watched.viewers.is_empty() {
                self.feeds.remove(&watch.feed);
            }
        }
        self.counts.peers.fetch_sub(1, Relaxed);
        self.counts.addresses.store(self.routes.addresses(), Relaxed);
        member.over();
    }
}

/// Sends for a peer, and only to addresses that the peer has proven: an offer must not direct the server's traffic at a third
/// party.
struct Out<'a> {
    port: &'a Port,
    routes: &'a Routes,
    counts: &'a Counts,
    burst: &'a mut Burst,
    id: PeerId,
}

impl Out<'_> {
    fn send(&mut self, to: SocketAddr, datagram: &[u8]) {
        if let Ok(source) = self.routes.source(self.id, to) {
            let outcome = self.burst.push(self.port, to, source, datagram);
            self.count(outcome);
        }
    }

    /// Sends what waits to be joined with more.
    fn flush(&mut self) {
        let outcome = self.burst.flush(self.port);
        self.count(outcome);
    }

    fn count(&self, outcome: Outcome) {
        self.counts.sent.fetch_add(outcome.sent, Relaxed);
        self.counts.send_failures.fetch_add(outcome.failed, Relaxed);
    }
}
