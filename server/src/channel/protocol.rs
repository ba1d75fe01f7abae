//! The messages of the live channel, version 1: JSON, tagged by `type`. Unknown types are ignored by both sides.

use crate::session::State;
use crate::session::view::SessionView;
use coach_core::journal::MarkKind;
use coach_core::live::{FollowUp, RunningScores, TalkTime, Vitals};
use coach_core::{MediaTime, report};
use serde::{Deserialize, Serialize};

/// Version of the protocol, which `hello` carries.
pub const VERSION: u32 = 1;
/// How long a hint stays on the screen, ms.
pub const HINT_MS: i64 = 4000;

/// A message from the server to a page.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = LiveMessage)]
pub enum Message {
    /// The first message of every connection. `follow_ups`: the end of an answer is followed by a [`Message::FollowUp`].
    Hello { protocol: u32, session: Box<SessionView>, now_t: Option<MediaTime>, follow_ups: bool },
    /// The latest message of each kind: sent at the beginning, and after the page has missed messages.
    Snapshot(Box<Snapshot>),
    /// The session has changed its state; `reason` is set when it failed.
    State { state: State, reason: Option<String> },
    /// Live measurements, five times a second.
    Vitals(Vitals),
    /// A hint to show now.
    Hint(ShownHint),
    /// The running scores, every five seconds.
    Score(RunningScores),
    /// Follows a mark `answer_end` within two seconds: a further question, or nothing.
    FollowUp(FollowUp),
    /// How many see and hear the candidate at the moment.
    Viewers { count: u32 },
    /// Whether an interviewer is there, who can be seen and heard, and how they are called.
    Interviewer { present: bool, name: Option<String> },
    /// The interviewer has asked this; the candidate's page shows it.
    Asked(Asked),
    /// How long candidate and interviewer have spoken so far, every five seconds.
    TalkTime(TalkTime),
    /// Progress of the work after the stop, in percent. Stages are `finalising`, `scoring` and others.
    Progress { stage: String, percent: u8 },
    /// The report can be read.
    ReportReady {},
    /// A problem that the person should know about. The channel stays open.
    Error { title: String, detail: String },
    /// The answer to `echo`.
    Echo { nonce: String },
}

/// A hint and how long it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ShownHint {
    #[serde(flatten)]
    pub hint: report::Hint,
    /// How long it stays on the screen.
    pub for_ms: i64,
}

impl From<report::Hint> for ShownHint {
    fn from(hint: report::Hint) -> ShownHint {
        ShownHint { hint, for_ms: HINT_MS }
    }
}

/// The latest message of each kind; a field is `null` when there was none.
#[derive(Debug, Clone, PartialEq, Default, Serialize, utoipa::ToSchema)]
pub struct Snapshot {
    /// The state of the session.
    pub state: Option<State>,
    /// Why the session failed.
    pub reason: Option<String>,
    /// The latest measurements.
    pub vitals: Option<Vitals>,
    /// The latest running scores.
    pub score: Option<RunningScores>,
    /// The latest hint. Its times tell whether it is still shown.
    pub hint: Option<ShownHint>,
    /// The latest progress.
    pub progress: Option<Progress>,
    /// How many see and hear the candidate.
    pub viewers: Option<u32>,
    /// The interviewer; `null` while none is there.
    pub interviewer: Option<Present>,
    /// What the interviewer asked last.
    pub asked: Option<Asked>,
    /// How long each has spoken.
    pub talk_time: Option<TalkTime>,
}

/// A question as the interviewer asks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Asked {
    /// Id of one of the session's questions; `null`: the interviewer's own.
    pub question_id: Option<String>,
    pub text: String,
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
pub struct Present {
    /// How they are called, in their own words.
    pub name: Option<String>,
}

/// Progress of the work after the stop.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Progress {
    /// Name of the current step of the work.
    pub stage: String,
    /// How much of the work is done, 0 to 100.
    pub percent: u8,
}

/// For whom the messages of a channel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The candidate: everything.
    Candidate,
    /// People whom the candidate invited: who is there, and in which state the session is. No hints, no measurements, no scores.
    Invited,
}

impl Snapshot {
    /// Returns what this audience is told.
    pub fn told_to(&self, audience: Audience) -> Snapshot {
        match audience {
            Audience::Candidate => self.clone(),
            Audience::Invited => {
                let Snapshot { state, interviewer, asked, talk_time, .. } = self.clone();
                Snapshot { state, interviewer, asked, talk_time, ..Snapshot::default() }
            }
        }
    }

    /// Returns whether the message is a state, a progress or a number of viewers that equals the latest one.
    pub fn knows(&self, message: &Message) -> bool {
        match message {
            Message::State { state, reason } => self.state == Some(*state) && self.reason == *reason,
            Message::Progress { stage, percent } => {
                self.progress.as_ref().is_some_and(|known| known.stage == *stage && known.percent == *percent)
            }
            Message::Viewers { count } => self.viewers == Some(*count),
            Message::Interviewer { present: false, .. } => self.interviewer.is_none(),
            _ => false,
        }
    }

    /// Takes the message as the latest of its kind. Kinds that a later page does not need are ignored.
    pub fn note(&mut self, message: &Message) {
        match message {
            Message::State { state, reason } => {
                self.state = Some(*state);
                self.reason.clone_from(reason);
            }
            Message::Vitals(vitals) => self.vitals = Some(vitals.clone()),
            Message::Score(score) => self.score = Some(score.clone()),
            Message::Hint(hint) => self.hint = Some(hint.clone()),
            Message::Progress { stage, percent } => {
                self.progress = Some(Progress { stage: stage.clone(), percent: *percent });
            }
            Message::Viewers { count } => self.viewers = Some(*count),
            Message::Interviewer { present, name } => {
                self.interviewer = present.then(|| Present { name: name.clone() });
            }
            Message::Asked(asked) => self.asked = Some(asked.clone()),
            Message::TalkTime(talk) => self.talk_time = Some(*talk),
            Message::Hello { .. }
            | Message::Snapshot(_)
            | Message::FollowUp(_)
            | Message::ReportReady {}
            | Message::Error { .. }
            | Message::Echo { .. } => {}
        }
    }
}

/// A message as it is sent.
#[derive(Serialize)]
pub(super) struct Envelope<'a> {
    /// Number of the message. A step of more than one means that messages were lost and this one is a snapshot.
    pub seq: u64,
    /// Media time, where the message itself has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub t: Option<MediaTime>,
    /// The message.
    #[serde(flatten)]
    pub message: &'a Message,
}

impl Message {
    /// Returns whether this audience is told. What is not named here is for the candidate alone.
    pub fn is_for(&self, audience: Audience) -> bool {
        let for_all = matches!(
            self,
            Message::Hello { .. }
                | Message::Snapshot(_)
                | Message::State { .. }
                | Message::Interviewer { .. }
                | Message::Asked(_)
                | Message::TalkTime(_)
                | Message::Echo { .. }
        );
        audience == Audience::Candidate || for_all
    }

    /// Returns the JSON text of the message. `t` is left out when the message has a media time of its own.
    pub fn text(&self, seq: u64, t: Option<MediaTime>) -> String {
        // These have a media time of their own.
        let own = matches!(
            self,
            Message::Vitals(_) | Message::Score(_) | Message::Hint(_) | Message::FollowUp(_) | Message::TalkTime(_)
        );
        let envelope = Envelope { seq, t: t.filter(|_| !own), message: self };
        // serde_json fails only on map keys that are not text, and the messages have no such map.
        serde_json::to_string(&envelope).expect("a message is always JSON")
    }
}

/// A mark as a page sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ClientMark {
    /// Kind of the mark.
    pub what: MarkKind,
    /// Id of one of the session's questions, for a mark `question`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question_id: Option<String>,
    /// Text of a note, at most 500 characters, for a mark `note`; the text of an interviewer's own question, for a mark `question`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// For a mark `answer_end`: the page waits for the further question, so a service of others may word it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub follow_up: bool,
}

/// A message from a page to the server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromClient {
    /// A mark at the current media time.
    Mark(ClientMark),
    /// What the person thinks of the hint `id` that was shown at `t`.
    HintFeedback { id: String, t: MediaTime, useful: bool },
    /// Asks for an `echo` with the same nonce.
    Echo { nonce: String },
    /// A type that this version does not know; it is ignored.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_its_type_its_number_and_one_time() {
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
    fn a_known_message_is_read_an_unknown_type_ignored_and_a_bad_one_refused() {
        let mark: FromClient =
            serde_json::from_str(r#"{"type":"mark","what":"question","question_id":"failure-1"}"#).unwrap();
        let expected = ClientMark {
            what: MarkKind::Question,
            question_id: Some("failure-1".into()),
            note: None,
            follow_up: false,
        };
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
