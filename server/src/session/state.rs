//! The states of a session and the events that lead from one to another.

use serde::{Deserialize, Serialize};

/// States: `created -> live <-> grace -> finalising -> scoring -> ready`, or `interrupted`, `failed`, `deleted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SessionState)]
pub enum State {
    /// Nothing was published yet.
    Created,
    /// A publisher is connected.
    Live,
    /// The publisher is disconnected and may come back.
    Grace,
    /// The recording is being joined and stored.
    Finalising,
    /// The report is being made.
    Scoring,
    /// The report is stored.
    Ready,
    /// The server stopped before the session was ready. The next start finishes it.
    Interrupted,
    /// The session cannot continue by itself. The reason is stored with it, and it can be tried again.
    Failed,
    /// Nobody can see the session any more; its objects are being erased.
    Deleted,
}

/// An event that changes the state of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A publisher is connected: the first, the same one again, or one that replaces another.
    Published,
    /// The publisher is disconnected without having stopped.
    Lost,
    /// The person stopped, or the time to come back has run out.
    Stopped,
    /// The joined recording is stored.
    Recorded,
    /// The report is stored.
    Scored,
    /// The server has started and found the session unfinished.
    Found,
    /// The session is finished from what was recorded.
    Resumed,
    /// No media came; the session can be started again.
    NothingCame,
    /// The session cannot continue. The text gives the reason, for the person.
    Failed(String),
    /// The report is to be made again.
    Rescore,
    /// The owner has deleted the session, or its time to be kept is over.
    Deleted,
}

impl State {
    /// All states.
    pub const ALL: [State; 9] = [
        State::Created,
        State::Live,
        State::Grace,
        State::Finalising,
        State::Scoring,
        State::Ready,
        State::Interrupted,
        State::Failed,
        State::Deleted,
    ];

    /// Returns the name of the state on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Created => "created",
            State::Live => "live",
            State::Grace => "grace",
            State::Finalising => "finalising",
            State::Scoring => "scoring",
            State::Ready => "ready",
            State::Interrupted => "interrupted",
            State::Failed => "failed",
            State::Deleted => "deleted",
        }
    }

    /// Returns whether media may be published.
    pub fn takes_media(self) -> bool {
        matches!(self, State::Created | State::Live | State::Grace)
    }

    /// Returns whether the state stays until a person changes it.
    pub fn is_over(self) -> bool {
        matches!(self, State::Ready | State::Failed | State::Deleted)
    }

    /// Returns the state after the event; `None` when this state does not allow it.
    pub fn after(self, event: &Event) -> Option<State> {
        use State as S;
        match (self, event) {
            (S::Deleted, _) => None,
            (_, Event::Deleted) => Some(S::Deleted),
            (S::Created | S::Live | S::Grace, Event::Published) => Some(S::Live),
            (S::Live | S::Grace, Event::Lost) => Some(S::Grace),
            // An uploaded session was never live.
            (S::Created | S::Live | S::Grace, Event::Stopped) => Some(S::Finalising),
            (S::Finalising, Event::Recorded) => Some(S::Scoring),
            (S::Scoring, Event::Scored) => Some(S::Ready),
            (S::Live | S::Grace | S::Finalising | S::Scoring, Event::Found) => Some(S::Interrupted),
            (S::Interrupted | S::Failed, Event::Resumed) => Some(S::Finalising),
            (S::Created | S::Live | S::Grace | S::Finalising | S::Interrupted, Event::NothingCame) => Some(S::Created),
            (S::Ready, Event::Rescore) => Some(S::Scoring),
            (S::Ready, Event::Failed(_)) => None,
            (_, Event::Failed(_)) => Some(S::Failed),
            _ => None,
        }
    }
}

impl Event {
    /// Returns the state after the event, which is the same for every state that allows it.
    pub fn leads_to(&self) -> State {
        match self {
            Event::Published => State::Live,
            Event::Lost => State::Grace,
            Event::Stopped | Event::Resumed => State::Finalising,
            Event::Recorded | Event::Rescore => State::Scoring,
            Event::Scored => State::Ready,
            Event::Found => State::Interrupted,
            Event::NothingCame => State::Created,
            Event::Failed(_) => State::Failed,
            Event::Deleted => State::Deleted,
        }
    }
}

impl TryFrom<String> for State {
    type Error = UnknownState;
    fn try_from(text: String) -> Result<State, UnknownState> {
        State::ALL.into_iter().find(|state| state.as_str() == text).ok_or(UnknownState(text))
    }
}

/// A text that names no state.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is no state of a session")]
pub struct UnknownState(String);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events() -> Vec<Event> {
        use Event::*;
        let failed = Failed("disk full".into());
        vec![Published, Lost, Stopped, Recorded, Scored, Found, Resumed, NothingCame, failed, Rescore, Deleted]
    }

    #[test]
    fn the_usual_events_lead_from_created_to_ready() {
        let way = [Event::Published, Event::Lost, Event::Published, Event::Stopped, Event::Recorded, Event::Scored];
        let end = way.iter().fold(State::Created, |state, event| state.after(event).unwrap());
        assert_eq!(end, State::Ready);
    }

    #[test]
    fn a_session_that_a_crash_interrupted_goes_on_to_finalising() {
        for state in [State::Live, State::Grace, State::Finalising, State::Scoring] {
            assert_eq!(state.after(&Event::Found), Some(State::Interrupted));
        }
        assert_eq!(State::Interrupted.after(&Event::Resumed), Some(State::Finalising));
        assert_eq!(State::Ready.after(&Event::Found), None);
    }

    #[test]
    fn an_event_leads_to_one_state_wherever_it_is_allowed() {
        for (state, event) in State::ALL.into_iter().flat_map(|state| events().into_iter().map(move |e| (state, e))) {
            assert!(state.after(&event).is_none_or(|to| to == event.leads_to()), "{state:?} {event:?}");
        }
    }

    #[test]
    fn a_session_without_media_can_be_started_again_and_a_ready_one_cannot() {
        assert!(State::Interrupted.after(&Event::NothingCame).is_some_and(State::takes_media));
        assert_eq!(State::Ready.after(&Event::NothingCame), None);
    }

    #[test]
    fn a_finished_session_takes_no_media_and_does_not_fail() {
        for state in
            [State::Finalising, State::Scoring, State::Ready, State::Failed, State::Deleted, State::Interrupted]
        {
            assert_eq!(state.after(&Event::Published), None);
            assert!(!state.takes_media());
        }
        assert_eq!(State::Ready.after(&Event::Failed("late".into())), None);
    }

    #[test]
    fn every_state_is_read_back_as_it_is_written() {
        for state in State::ALL {
            assert_eq!(State::try_from(state.as_str().to_owned()).unwrap(), state);
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert!(State::try_from("Ready".to_owned()).is_err());
    }

    proptest! {
        #[test]
        fn no_event_restores_a_deleted_session_and_every_session_can_be_deleted(way in prop::collection::vec(0usize..11, 0..40)) {
            let events = events();
            let mut state = State::Created;
            for step in way {
                let was = state;
                state = state.after(&events[step]).unwrap_or(state);
                prop_assert!(was != State::Deleted || state == State::Deleted);
                prop_assert!(state == State::Deleted || state.after(&Event::Deleted) == Some(State::Deleted));
            }
        }
    }
}
