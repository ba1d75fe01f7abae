//! Distributes the messages of each session to all pages that watch it. A slow page never holds up the session or the others.

use super::protocol::{Audience, Message, Snapshot};
use crate::session::{self, State};
use axum::extract::ws::Utf8Bytes;
use coach_core::SessionId;
use dashmap::DashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

/// Longest queue of messages to a page: about ten seconds of a busy session.
pub const OUTBOX: usize = 64;
/// A page that missed this many messages in a row is disconnected. It may connect again and then gets a snapshot.
pub const MISSED_MAX: u32 = 256;

/// The rooms of all sessions. A room is created when a page subscribes or a message is published; [`Hub::close`] and
/// [`Hub::sweep`] remove it.
pub struct Hub {
    rooms: DashMap<SessionId, Arc<Mutex<Room>>>,
    channels_max: usize,
}

/// The state of one session's channel.
#[derive(Default)]
struct Room {
    /// Number of the last message; the first is 1.
    seq: u64,
    /// The latest message of each kind.
    snapshot: Snapshot,
    /// The pages that watch.
    outboxes: Vec<Outbox>,
    /// Id of the next outbox.
    next: u64,
}

/// The queue of messages to one page.
struct Outbox {
    id: u64,
    audience: Audience,
    sender: mpsc::Sender<Outgoing>,
    /// Messages that did not fit since the last one that did.
    missed: u32,
}

/// A message in a page's queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// Number of the message.
    pub seq: u64,
    /// The JSON text of the message, which all pages share.
    pub text: Utf8Bytes,
}

/// A page's subscription to a session. Dropping it unsubscribes.
pub struct Subscription {
    id: u64,
    room: Arc<Mutex<Room>>,
    /// The messages to the page. Ends when the session's channel is closed or the page was too slow.
    pub outbox: mpsc::Receiver<Outgoing>,
    /// Number of the last message before this page subscribed.
    pub seq: u64,
    /// The latest message of each kind before this page subscribed.
    pub snapshot: Snapshot,
}

/// The session is watched by as many pages as are allowed; the value is that limit.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("this session is watched {0} times already")]
pub struct Crowded(pub usize);

impl Hub {
    /// Returns a hub that lets at most `channels_max` pages watch one session.
    pub fn new(channels_max: usize) -> Hub {
        Hub { rooms: DashMap::new(), channels_max }
    }

    /// Subscribes a page to a session.
    ///
    /// # Errors
    /// The session has as many pages as are allowed.
    pub fn subscribe(&self, session: SessionId, audience: Audience) -> Result<Subscription, Crowded> {
        // The entry stays locked until the page is subscribed, so that no sweep removes the room meanwhile.
        let entry = self.rooms.entry(session).or_default();
        let room = entry.clone();
        let mut inner = lock(&room);
        if inner.outboxes.len() >= self.channels_max {
            return Err(Crowded(self.channels_max));
        }
        let (sender, outbox) = mpsc::channel(OUTBOX);
        let id = inner.next;
        inner.next += 1;
        inner.outboxes.push(Outbox { id, audience, sender, missed: 0 });
        let (seq, snapshot) = (inner.seq, inner.snapshot.told_to(audience));
        drop(inner);
        drop(entry);
        metrics::gauge!("coach_live_channels").increment(1.0);
        Ok(Subscription { id, room, outbox, seq, snapshot })
    }

    /// Sends a message to every page of the session. Never waits.
    pub fn publish(&self, session: SessionId, message: Message) {
        self.tell(session, message);
    }

    /// Sends a message to every page of the session and returns true. A state or progress that equals the last one is not sent
    /// and returns false.
    pub fn tell(&self, session: SessionId, message: Message) -> bool {
        let room = self.rooms.entry(session).or_default().clone();
        lock(&room).send(&message)
    }

    /// Ends the channel of every page of the session. For a session that sends nothing more.
    pub fn close(&self, session: SessionId) {
        if let Some((_, room)) = self.rooms.remove(&session) {
            lock(&room).outboxes.clear();
        }
    }

    /// Removes the rooms without pages whose session is over or never had a state.
    pub fn sweep(&self) {
        self.rooms.retain(|_, room| {
            let room = lock(room);
            !room.outboxes.is_empty() || !room.snapshot.state.is_none_or(State::is_over)
        });
    }

    /// Returns how many rooms there are.
    pub fn rooms(&self) -> usize {
        self.rooms.len()
    }

    /// Ends every channel of every session.
    pub fn close_all(&self) {
        for room in &self.rooms {
            lock(room.value()).outboxes.clear();
        }
        self.rooms.clear();
    }

    /// Returns the sessions that at least one page watches.
    pub fn watched(&self) -> Vec<SessionId> {
        self.rooms.iter().filter(|room| !lock(room.value()).outboxes.is_empty()).map(|room| *room.key()).collect()
    }

    /// Returns how many pages watch the session.
    pub fn watchers(&self, session: SessionId) -> usize {
        self.rooms.get(&session).map_or(0, |room| lock(&room).outboxes.len())
    }
}

impl session::Observer for Hub {
    fn changed(&self, session: SessionId, to: State, reason: Option<&str>) {
        self.publish(session, Message::State { state: to, reason: reason.map(str::to_owned) });
        if to == State::Deleted {
            self.close(session);
        }
    }
}

impl Room {
    /// Sends a message to every page; false when it was not news. Pages that missed messages get a snapshot instead.
    fn send(&mut self, message: &Message) -> bool {
        if self.snapshot.knows(message) {
            return false;
        }
        self.seq += 1;
        self.snapshot.note(message);
        if self.outboxes.is_empty() {
            return true;
        }
        let text = Utf8Bytes::from(message.text(self.seq, None));
        // Made at most once for each audience, and only when a page has missed a message.
        let mut caught_up: [Option<Utf8Bytes>; 2] = [None, None];
        let (seq, snapshot) = (self.seq, &self.snapshot);
        self.outboxes.retain_mut(|outbox| {
            let audience = outbox.audience;
            if !message.is_for(audience) {
                return !outbox.sender.is_closed();
            }
            let next = if outbox.missed == 0 {
                text.clone()
            } else {
                // The snapshot contains this message, so it replaces it and has its number.
                caught_up[audience as usize]
                    .get_or_insert_with(|| {
                        Message::Snapshot(Box::new(snapshot.told_to(audience))).text(seq, None).into()
                    })
                    .clone()
            };
            match outbox.sender.try_send(Outgoing { seq, text: next }) {
                Ok(()) => {
                    outbox.missed = 0;
                    true
                }
                Err(TrySendError::Full(_)) => {
                    outbox.missed += 1;
                    metrics::counter!("coach_live_messages_missed_total").increment(1);
                    outbox.missed < MISSED_MAX
                }
                Err(TrySendError::Closed(_)) => false,
            }
        });
        true
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        lock(&self.room).outboxes.retain(|outbox| outbox.id != self.id);
        metrics::gauge!("coach_live_channels").decrement(1.0);
    }
}

fn lock(room: &Mutex<Room>) -> MutexGuard<'_, Room> {
    // No panic can leave a room half changed, so a poisoned lock is safe to use.
    room.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_core::MediaTime;
    use coach_core::live::Vitals;

    fn vitals(t: i64) -> Message {
        Message::Vitals(Vitals { t: MediaTime(t), ..Vitals::default() })
    }

    fn json(outgoing: Outgoing) -> serde_json::Value {
        let json: serde_json::Value = serde_json::from_str(&outgoing.text).unwrap();
        assert_eq!(json["seq"], outgoing.seq);
        json
    }

    fn id() -> SessionId {
        SessionId(uuid::Uuid::now_v7())
    }

    #[test]
    fn all_pages_of_a_session_get_the_same_messages_and_no_other_page_does() {
        let (hub, here, there) = (Hub::new(4), id(), id());
        let (mut a, mut b, mut c) = (
            hub.subscribe(here, Audience::Candidate).unwrap(),
            hub.subscribe(here, Audience::Candidate).unwrap(),
            hub.subscribe(there, Audience::Candidate).unwrap(),
        );
        hub.publish(here, vitals(200));
        let (a, b) = (a.outbox.try_recv().unwrap(), b.outbox.try_recv().unwrap());
        assert_eq!(a, b);
        assert_eq!(json(a)["seq"], 1);
        assert!(c.outbox.try_recv().is_err());
    }

    #[test]
    fn who_is_invited_is_told_who_is_there_and_nothing_that_is_measured() {
        let (hub, session) = (Hub::new(4), id());
        let mut invited = hub.subscribe(session, Audience::Invited).unwrap();
        hub.publish(session, vitals(200));
        hub.publish(session, Message::Viewers { count: 2 });
        hub.publish(session, Message::Error { title: "x".into(), detail: "y".into() });
        hub.publish(session, Message::Interviewer { present: true, name: Some("Ira".into()) });
        let told: Vec<_> = std::iter::from_fn(|| invited.outbox.try_recv().ok()).map(json).collect();
        assert_eq!(
            (told.len(), told[0]["type"].as_str(), told[0]["name"].as_str()),
            (1, Some("interviewer"), Some("Ira"))
        );
        let late = hub.subscribe(session, Audience::Invited).unwrap();
        assert_eq!((late.snapshot.vitals.clone(), late.snapshot.viewers), (None, None));
        assert_eq!(late.snapshot.interviewer.as_ref().unwrap().name.as_deref(), Some("Ira"));
    }

    #[test]
    fn a_page_that_subscribes_late_begins_with_the_latest_messages() {
        let (hub, session) = (Hub::new(4), id());
        hub.publish(session, vitals(200));
        hub.publish(session, vitals(400));
        let mut late = hub.subscribe(session, Audience::Candidate).unwrap();
        assert_eq!((late.seq, late.snapshot.vitals.as_ref().unwrap().t), (2, MediaTime(400)));
        hub.publish(session, vitals(600));
        assert_eq!(json(late.outbox.try_recv().unwrap())["seq"], 3);
    }

    #[test]
    fn a_page_that_missed_messages_gets_a_snapshot_with_the_right_number() {
        let (hub, session) = (Hub::new(4), id());
        let mut slow = hub.subscribe(session, Audience::Candidate).unwrap();
        for i in 0..OUTBOX as i64 + 10 {
            hub.publish(session, vitals(i));
        }
        let heard: Vec<_> = std::iter::from_fn(|| slow.outbox.try_recv().ok()).map(json).collect();
        assert_eq!(heard.len(), OUTBOX);
        hub.publish(session, vitals(1000));
        let snapshot = json(slow.outbox.try_recv().unwrap());
        assert_eq!((snapshot["type"].as_str(), snapshot["vitals"]["t"].as_i64()), (Some("snapshot"), Some(1000)));
        assert_eq!(snapshot["seq"], OUTBOX + 11);
        hub.publish(session, vitals(1200));
        assert_eq!(json(slow.outbox.try_recv().unwrap())["seq"], OUTBOX + 12);
    }

    #[test]
    fn a_page_that_does_not_read_is_disconnected_and_the_others_miss_nothing() {
        let (hub, session) = (Hub::new(4), id());
        let (mut dead, mut alive) = (
            hub.subscribe(session, Audience::Candidate).unwrap(),
            hub.subscribe(session, Audience::Candidate).unwrap(),
        );
        let mut heard = 0;
        for i in 0..OUTBOX as i64 + i64::from(MISSED_MAX) {
            hub.publish(session, vitals(i));
            heard += usize::from(alive.outbox.try_recv().is_ok());
        }
        assert_eq!(heard, OUTBOX + MISSED_MAX as usize);
        assert_eq!(hub.watchers(session), 1);
        while dead.outbox.try_recv().is_ok() {}
        assert_eq!(dead.outbox.try_recv(), Err(mpsc::error::TryRecvError::Disconnected));
    }

    #[test]
    fn a_full_room_refuses_a_page_until_another_unsubscribes() {
        let (hub, session) = (Hub::new(1), id());
        let first = hub.subscribe(session, Audience::Candidate).unwrap();
        assert_eq!(hub.subscribe(session, Audience::Candidate).err(), Some(Crowded(1)));
        drop(first);
        assert!(hub.subscribe(session, Audience::Candidate).is_ok());
    }

    #[test]
    fn a_room_is_removed_when_the_session_is_over_and_nobody_watches() {
        let (hub, running, over, watched) = (Hub::new(2), id(), id(), id());
        let state = |state| Message::State { state, reason: None };
        hub.publish(running, state(State::Live));
        hub.publish(over, state(State::Ready));
        hub.publish(watched, state(State::Ready));
        let page = hub.subscribe(watched, Audience::Candidate).unwrap();
        hub.sweep();
        assert_eq!(hub.rooms(), 2);
        assert_eq!(hub.subscribe(running, Audience::Candidate).unwrap().snapshot.state, Some(State::Live));
        drop(page);
        hub.sweep();
        assert_eq!(hub.rooms(), 1);
    }

    #[test]
    fn a_state_and_a_progress_are_sent_once() {
        let (hub, session) = (Hub::new(1), id());
        let mut page = hub.subscribe(session, Audience::Candidate).unwrap();
        assert_eq!(hub.watched(), [session]);
        let state = |state| Message::State { state, reason: None };
        let progress = |percent| Message::Progress { stage: "scoring".into(), percent };
        assert!(hub.tell(session, state(State::Scoring)) && !hub.tell(session, state(State::Scoring)));
        assert!(hub.tell(session, progress(5)) && !hub.tell(session, progress(5)) && hub.tell(session, progress(6)));
        assert!(hub.tell(session, state(State::Ready)));
        assert_eq!(std::iter::from_fn(|| page.outbox.try_recv().ok()).count(), 4);
    }

    #[test]
    fn closing_a_session_ends_its_channels() {
        let (hub, session) = (Hub::new(2), id());
        let mut page = hub.subscribe(session, Audience::Candidate).unwrap();
        hub.close(session);
        assert_eq!(page.outbox.try_recv(), Err(mpsc::error::TryRecvError::Disconnected));
        assert_eq!(hub.watchers(session), 0);
    }
}
