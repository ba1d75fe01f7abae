//! One WebSocket: messages of the hub to the page, the page's marks to the live session.

use crate::auth::Viewer;
use crate::channel::hub::Subscription;
use crate::channel::protocol::{ClientMark, FromClient, Message, VERSION};
use crate::channel::rate::Bucket;
use crate::http::app::App;
use crate::http::routes::sharing::visitor;
use crate::http::viewer::is_valid;
use crate::live::Participant;
use crate::session::hints;
use crate::session::view::SessionView;
use crate::store;
use crate::store::sharing::visits;
use axum::extract::ws::{CloseFrame, Message as Frame, Utf8Bytes, WebSocket, close_code};
use coach_core::journal::MarkKind;
use coach_core::{MediaTime, SessionId, UserId};
use std::time::{Duration, Instant};

/// Largest message of a page, bytes.
pub const MESSAGE_MAX: usize = 64 * 1024;
/// Interval at which a silent page is pinged.
const PING: Duration = Duration::from_secs(20);
/// A page is disconnected if it does not answer, or does not take a message, for this long.
const SILENCE: Duration = Duration::from_secs(60);
const SEND: Duration = Duration::from_secs(10);
/// Longest nonce, hint id and note, characters.
const TEXT_MAX: usize = 500;

/// Why a channel ends.
enum End {
    /// The page left, or the connection broke.
    Gone,
    Close(u16, &'static str),
}

/// Serves a page until it leaves, is too slow, breaks the rules, or the server stops.
pub async fn serve(
    app: App,
    watcher: Watcher,
    session: SessionView,
    subscription: Subscription,
    mut socket: WebSocket,
) {
    let end = Channel { app: &app, watcher, session: session.id }.run(session, subscription, &mut socket).await;
    if let End::Close(code, reason) = end {
        let close = Frame::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) }));
        // The page may have left already, so a failure to send is ignored.
        let _ = tokio::time::timeout(SEND, socket.send(close)).await;
    }
}

/// Whose page it is.
pub enum Watcher {
    /// The candidate's.
    Person(Viewer),
    /// That of somebody whom the candidate invited.
    Invited(visits::Guest),
}

impl Watcher {
    /// Returns as whom this page sets marks; `None`: it sets none.
    fn sets_marks_as(&self) -> Option<Participant> {
        match self {
            Watcher::Person(_) => Some(Participant::Candidate),
            Watcher::Invited(guest) => visitor::takes_part_as(guest),
        }
    }

    /// Returns whether they may still watch.
    async fn is_valid(&self, app: &App) -> sqlx::Result<bool> {
        match self {
            Watcher::Person(viewer) => is_valid(app, *viewer).await,
            Watcher::Invited(guest) => visitor::may_still(app, guest).await,
        }
    }
}

struct Channel<'a> {
    app: &'a App,
    watcher: Watcher,
    session: SessionId,
}

impl Channel<'_> {
    async fn run(&self, view: SessionView, mut subscription: Subscription, socket: &mut WebSocket) -> End {
        let now_t = self.app.live.now(self.session);
        let follow_ups = matches!(self.watcher, Watcher::Person(_)) && self.app.live.follows_up();
        let hello = Message::Hello { protocol: VERSION, session: Box::new(view), now_t, follow_ups };
        let snapshot = Message::Snapshot(Box::new(subscription.snapshot.clone()));
        for message in [hello, snapshot] {
            if let Err(end) = send(socket, Frame::text(message.text(subscription.seq, now_t))).await {
                return end;
            }
        }
        let mut seq = subscription.seq;
        let mut bucket = Bucket::new(self.app.context.config.limits.channel_messages_hz, Instant::now());
        let mut ping = tokio::time::interval(PING);
        let mut heard = Instant::now();
        loop {
            let outcome = tokio::select! {
                () = self.app.context.shutdown.cancelled() => return End::Close(close_code::AWAY, "the server stops"),
                next = subscription.outbox.recv() => match next {
                    Some(next) => {
                        seq = next.seq;
                        send(socket, Frame::Text(next.text)).await
                    }
                    None => return End::Close(close_code::AGAIN, "too slow, or the session is gone"),
                },
                frame = socket.recv() => {
                    heard = Instant::now();
                    match frame {
                        None | Some(Ok(Frame::Close(_))) => return End::Gone,
                        // A frame that is too large or breaks the protocol.
                        Some(Err(_)) => return End::Close(close_code::PROTOCOL, "a frame that cannot be read"),
                        Some(Ok(Frame::Binary(_))) => return End::Close(close_code::UNSUPPORTED, "text only"),
                        Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => Ok(()),
                        Some(Ok(Frame::Text(text))) => {
                            if !bucket.take(Instant::now()) {
                                return End::Close(close_code::POLICY, "too many messages");
                            }
                            match self.hear(&text).await {
                                Some(reply) => send(socket, Frame::text(reply.text(seq, self.app.live.now(self.session)))).await,
                                None => Ok(()),
                            }
                        }
                    }
                }
                _ = ping.tick() => {
                    match self.watcher.is_valid(self.app).await {
                        Ok(true) => {}
                        Ok(false) => return End::Close(close_code::POLICY, "the sign-in has ended"),
                        // It is asked again at the next tick.
                        Err(error) => tracing::warn!(session = %self.session, %error, "a watcher's right could not be checked"),
                    }
                    if heard.elapsed() > SILENCE {
                        return End::Close(close_code::POLICY, "no sign of life");
                    }
                    send(socket, Frame::Ping(Default::default())).await
                }
            };
            if let Err(end) = outcome {
                return end;
            }
        }
    }

    /// Handles a message of the page; the reply goes to this page alone.
    async fn hear(&self, text: &str) -> Option<Message> {
        let refuse = |title: &str, detail: String| Some(Message::Error { title: title.into(), detail });
        match serde_json::from_str::<FromClient>(text) {
            Err(error) => refuse("A message that cannot be read", error.to_string()),
            Ok(FromClient::Unknown) => None,
            Ok(FromClient::Echo { nonce }) if nonce.chars().count() <= TEXT_MAX => Some(Message::Echo { nonce }),
            Ok(FromClient::Echo { .. }) => refuse("A nonce that is too long", format!("at most {TEXT_MAX} characters")),
            Ok(FromClient::Mark(mark)) => {
                let Some(by) = self.watcher.sets_marks_as() else {
                    return refuse("The mark was not taken", "observers only watch".into());
                };
                if mark.note.as_ref().is_some_and(|note| note.chars().count() > TEXT_MAX) {
                    return refuse("A note that is too long", format!("at most {TEXT_MAX} characters"));
                }
                match self.app.live.mark(self.session, by, mark).await {
                    Ok(()) => None,
                    Err(error) => refuse("The mark was not taken", error.to_string()),
                }
            }
            Ok(FromClient::HintFeedback { id, t, useful }) => {
                let Watcher::Person(viewer) = &self.watcher else {
                    return refuse("Feedback on no hint", "this page is shown none".into());
                };
                if id.is_empty() || id.chars().count() > 64 || t.ms() < 0 {
                    return refuse("Feedback on no hint", "id must be a hint's id and t its time".into());
                }
                self.judge_hint(viewer.user, t, id, useful).await
            }
        }
    }

    /// Keeps what its owner thinks of a hint; one that does not help is not shown again in this session.
    async fn judge_hint(&self, person: UserId, t: MediaTime, id: String, useful: bool) -> Option<Message> {
        let db = &self.app.context.db;
        match store::reports::hint_feedback(db, person, self.session, t, &id, useful).await {
            Ok(true) if hints::known(&id) => {
                let what = if useful { MarkKind::HintOn } else { MarkKind::HintOff };
                let mark = ClientMark { what, question_id: None, note: Some(id), follow_up: false };
                // A session that has ended shows no more hints.
                let _ended = self.app.live.mark(self.session, Participant::Candidate, mark).await;
                None
            }
            Ok(_) => None,
            Err(error) => {
                tracing::error!(session = %self.session, %error, "feedback on a hint was lost");
                let detail = "the server could not write it down".into();
                Some(Message::Error { title: "The feedback was not kept".into(), detail })
            }
        }
    }
}

async fn send(socket: &mut WebSocket, frame: Frame) -> Result<(), End> {
    match tokio::time::timeout(SEND, socket.send(frame)).await {
        Ok(Ok(())) => Ok(()),
        // The connection broke, or the page takes nothing.
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}
