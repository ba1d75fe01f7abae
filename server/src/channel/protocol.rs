//! The messages of the live channel, version 1: JSON, tagged by `type`. Unknown types are ignored by both sides.

use crate::session::State;
use crate::session::view::SessionView;
use coach_core::journal::MarkKind;
use coach_core::live::{RunningScores, Vitals};
use coach_core::{MediaTime, report};
use serde::{Deserialize, Serialize};

/// The version that `hello` names.
pub const VERSION: u32 = 1;
/// How long a cue stays on the screen.
pub const HINT_MS: i64 = 4000;

/// Server to client.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = LiveMessage)]
pub enum Message {
    /// The first message of every connection.
    Hello {
        protocol: u32,
        session: Box<SessionView>,
        now_t: Option<MediaTime>,
    },
    /// Everything a page needs to draw itself, at the beginning and after messages were lost.
    Snapshot(Box<Snapshot>),
    State {
        state: State,
        reason: Option<String>,
    },
    /// Five times a second.
    Vitals(Vitals),
    Hint(Cue),
    /// Every five seconds.
    Score(RunningScores),
    /// Of what happens after the stop: `finalising`, `scoring`, ….
    Progress {
        stage: String,
        percent: u8,
    },
    ReportReady {},
    /// Something the person should know; the channel goes on.
    Error {
        title: String,
        detail: String,
    },
    /// The answer to `echo`.
    Echo {
        nonce: String,
    },
}

/// A cue with the time it stays.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Cue {
    #[serde(flatten)]
    pub hint: report::Hint,
    pub for_ms: i64,
}

impl From<report::Hint> for Cue {
    fn from(hint: report::Hint) -> Cue {
        Cue { hint, for_ms: HINT_MS }
    }
}

/// The last of each kind.
#[derive(Debug, Clone, PartialEq, Default, Serialize, utoipa::ToSchema)]
pub struct Snapshot {
    pub state: Option<State>,
    pub reason: Option<String>,
    pub vitals: Option<Vitals>,
    pub score: Option<RunningScores>,
    /// The last cue; whether it still shows is told by its time.
    pub hint: Option<Cue>,
    pub progress: Option<Progress>,
}

#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Progress {
    pub stage: String,
    pub percent: u8,
}

impl Snapshot {
    /// Whether a page that has heard everything so far learns nothing from the message.
    pub fn knows(&self, message: &Message) -> bool {
        match message {
            Message::State { state, reason } => self.state == Some(*state) && self.reason == *reason,
            Message::Progress { stage, percent } => {
                self.progress.as_ref().is_some_and(|known| known.stage == *stage && known.percent == *percent)
            }
            _ => false,
        }
    }

    /// Remembers what a page that comes later must know.
    pub fn note(&mut self, message: &Message) {
        match message {
            Message::State { state, reason } => {
                self.state = Some(*state);
                self.reason.clone_from(reason);
            }
            Message::Vitals(vitals) => self.vitals = Some(vitals.clone()),
            Message::Score(score) => self.score = Some(score.clone()),
            Message::Hint(cue) => self.hint = Some(cue.clone()),
            Message::Progress { stage, percent } => {
                self.progress = Some(Progress { stage: stage.clone(), percent: *percent });
            }
            Message::Hello { .. }
            | Message::Snapshot(_)
            | Message::ReportReady {}
            | Message::Error { .. }
            | Message::Echo { .. } => {}
        }
    }
}

/// A message as it goes over the wire.
#[derive(Serialize)]
pub(super) struct Envelope<'a> {
    /// Counts the room's messages; a step of more than one means that messages were lost and a snapshot follows.
    pub seq: u64,
    /// Media time, where the message has none of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub t: Option<MediaTime>,
    #[serde(flatten)]
    pub message: &'a Message,
}

impl Message {
    /// The JSON text of it.
    pub fn text(&self, seq: u64, t: Option<MediaTime>) -> String {
        // These carry their own time.
        let own = matches!(self, Message::Vitals(_) | Message::Score(_) | Message::Hint(_));
        let envelope = Envelope { seq, t: t.filter(|_| !own), message: self };
        // Maps with text keys and finite depth: serde_json has nothing to refuse.
        serde_json::to_string(&envelope).expect("a message is always JSON")
    }
}

/// A mark as the page sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClientMark {
    pub what: MarkKind,
    /// One of the session's questions, with `question`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question_id: Option<String>,
    /// Text of a note, at most 500 characters, with `note`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Client to server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromClient {
    Mark(ClientMark),
    HintFeedback {
        id: String,
        t: MediaTime,
        useful: bool,
    },
    Echo {
        nonce: String,
    },
    /// A type that this version does not know: ignored.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_tagged_numbered_and_has_one_time() {
        let vitals = Message::Vitals(Vitals { t: MediaTime(1200), ..Vitals::default() });
        let text = vitals.text(7, Some(MediaTime(9999)));
        assert_eq!(text.matches("\"t\":").count(), 1);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            (json["type"].as_str(), json["seq"].as_u64(), json["t"].as_i64()),
            (Some("vitals"), Some(7), Some(1200))
        );
        let hint = report::Hint {
            t: MediaTime(5),
            id: "slow_down".into(),
            text: "Slow down".into(),
            evidence: "190 wpm".into(),
            positive: false,
        };
        let json: serde_json::Value = serde_json::from_str(&Message::Hint(hint.into()).text(1, None)).unwrap();
        assert_eq!(
            (json["type"].as_str(), json["id"].as_str(), json["for_ms"].as_i64()),
            (Some("hint"), Some("slow_down"), Some(4000))
        );
        let state = Message::State { state: State::Live, reason: None }.text(2, Some(MediaTime(3)));
        assert!(state.contains("\"t\":3") && state.contains("\"state\":\"live\""), "{state}");
    }

    #[test]
    fn a_client_is_understood_or_refused_or_ignored() {
        let mark: FromClient =
            serde_json::from_str(r#"{"type":"mark","what":"question","question_id":"failure-1"}"#).unwrap();
        let expected = ClientMark { what: MarkKind::Question, question_id: Some("failure-1".into()), note: None };
        assert_eq!(mark, FromClient::Mark(expected));
        assert_eq!(serde_json::from_str::<FromClient>(r#"{"type":"dance","x":1}"#).unwrap(), FromClient::Unknown);
        for bad in [
            "",
            "7",
            "[]",
            "{}",
            r#"{"type":"mark"}"#,
            r#"{"type":"mark","what":"stop"}"#,
            r#"{"type":"echo","nonce":7}"#,
            r#"{"type":"hint_feedback","id":"x","t":"soon","useful":true}"#,
        ] {
            assert!(serde_json::from_str::<FromClient>(bad).is_err(), "{bad}");
        }
    }
}
