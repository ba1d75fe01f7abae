//! The states of a session and the events that lead from one to another.

use serde::{Deserialize, Serialize};

/// `created -> live <-> grace -> finalising -> scoring -> ready`; `interrupted` is found at start-up, `failed` can be tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SessionState)]
pub enum State {
    /// Nothing was published yet.
    Created,
    Live,
    /// The publisher is gone; it may come back.
    Grace,
    /// The recording is being made whole and stored.
    Finalising,
    /// The report is being made.
    Scoring,
    Ready,
    /// The server died in the middle of it.
    Interrupted,
    /// It cannot go on by itself; the reason is with the session.
    Failed,
    /// Nobody sees it any more; its objects are being erased.
    Deleted,
}

/// What happens to a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A publisher is connected: the first, the same one again, or one that takes over.
    Published,
    /// The publisher is gone without a word.
    Lost,
    /// The person stopped, or the time to come back has run out.
    Stopped,
    /// The recording is whole and stored.
    Recorded,
    /// The report is stored.
    Scored,
    /// Found in the middle of something when the server started.
    Found,
    /// It goes on from what is there.
    Resumed,
    /// Nobody sent anything: it can be begun as if nothing had been.
    NothingCame,
    /// It cannot go on: why, for the person.
    Failed(String),
    /// The report is to be made anew.
    Rescore,
    Deleted,
}

impl State {
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

    /// Whether media may be published.
    pub fn takes_media(self) -> bool {
        matches!(self, State::Created | State::Live | State::Grace)
    }

    /// Whether nothing happens any more unless a person asks for it.
    pub fn is_over(self) -> bool {
        matches!(self, State::Ready | State::Failed | State::Deleted)
    }

    /// The state after the event; `None`: it cannot happen here.
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
    /// The state in which the event leaves a session, wherever it is allowed.
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
    fn the_usual_way_leads_from_created_to_ready() {
        let way = [Event::Published, Event::Lost, Event::Published, Event::Stopped, Event::Recorded, Event::Scored];
        let end = way.iter().fold(State::Created, |state, event| state.after(event).unwrap());
        assert_eq!(end, State::Ready);
    }

    #[test]
    fn what_a_crash_left_behind_goes_on_to_finalising() {
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
    fn a_session_to_which_nobody_sent_anything_can_be_begun_again_and_a_ready_one_cannot() {
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
    fn every_state_reads_as_it_is_written() {
        for state in State::ALL {
            assert_eq!(State::try_from(state.as_str().to_owned()).unwrap(), state);
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert!(State::try_from("Ready".to_owned()).is_err());
    }

    proptest! {
        #[test]
        fn nothing_brings_a_deleted_session_back_and_anything_can_be_deleted(way in prop::collection::vec(0usize..11, 0..40)) {
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
