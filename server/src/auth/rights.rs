//! Who may do what: a pure table. The right to a session comes from owning it, or from a grant or a link of its owner, never from what
//! somebody is on the server.

use super::By;
use crate::store::people::grants::Role;
use crate::store::people::tokens::Scope;
use crate::store::people::users::AccountRole;

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Reads what a session is and in which state.
    See,
    /// Changes a session, deletes it, uploads its file.
    Change,
    /// Sends media to a session.
    Publish,
    /// Watches a live session with its hints and values.
    Watch,
    /// Sees and hears a participant of a live session, without hints or values.
    View,
    /// Asks the questions of a live session, seen and heard by the candidate.
    Interview,
    /// Reads the recording and the transcript.
    Review,
    /// Reads scores and report.
    Report,
    /// Reads and writes comments.
    Comment,
    /// Takes the whole session away: journal, files.
    Export,
    /// Decides who else may read a session.
    Share,
    /// Uses what is the person's own: makes and lists sessions, reads trends, gives consent.
    Use,
    /// Changes what the account is opened by: browsers, tokens.
    Account,
    /// Reads what concerns the server alone.
    Operate,
}

/// What somebody is to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    Owner,
    Grantee {
        role: Role,
        /// Whether the owner shows scores and report.
        scores: bool,
    },
    /// Somebody without an account, who opened a link.
    Guest {
        /// Whether the owner shows scores and report.
        scores: bool,
        /// Whether the owner lets guests comment.
        comments: bool,
    },
    /// Somebody without an account, who opened an invitation into the live session.
    Invited {
        role: Role,
    },
}

impl Party {
    /// Returns whether the party may do this to the session.
    pub fn may(self, action: Action) -> bool {
        use Action as A;
        match (self, action) {
            (_, A::Use | A::Account | A::Operate) => false,
            (Party::Owner, _) => true,
            (Party::Grantee { .. } | Party::Invited { .. }, A::See | A::View) => true,
            (Party::Invited { role }, A::Interview) => role == Role::Interviewer,
            (Party::Grantee { role: Role::Coach, .. }, A::Review | A::Comment) => true,
            (Party::Grantee { role: Role::Coach, scores }, A::Report) => scores,
            (Party::Guest { .. }, A::See | A::Review) => true,
            (Party::Guest { scores, .. }, A::Report) => scores,
            (Party::Guest { comments, .. }, A::Comment) => comments,
            (Party::Grantee { .. } | Party::Guest { .. } | Party::Invited { .. }, _) => false,
        }
    }
}

/// Returns whether a credential is good for this action, given that its person may do it.
pub fn carries(by: By, action: Action) -> bool {
    use Action as A;
    match by {
        By::Personal | By::Login(_) => true,
        By::Token { scope: Scope::Publish, .. } => matches!(action, A::See | A::Publish),
        By::Token { scope: Scope::Watch, .. } => matches!(action, A::See | A::Watch | A::View),
        By::Token { scope: Scope::Api, session: None, .. } => action != A::Account,
        // A token for one session is good for nothing that concerns others.
        By::Token { scope: Scope::Api, session: Some(_), .. } => !matches!(action, A::Use | A::Account | A::Operate),
    }
}

/// Returns whether somebody of this role on the server may do what concerns no session.
pub fn may_on_server(role: AccountRole, action: Action) -> bool {
    match action {
        Action::Use | Action::Account => true,
        Action::Operate => role == AccountRole::Admin,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const ON_SESSIONS: [Action; 11] = [
        Action::See,
        Action::Change,
        Action::Publish,
        Action::Watch,
        Action::View,
        Action::Interview,
        Action::Review,
        Action::Report,
        Action::Comment,
        Action::Export,
        Action::Share,
    ];

    #[test]
    fn the_owner_may_everything_and_a_grantee_what_the_role_says() {
        let allowed = |party: Party| ON_SESSIONS.into_iter().filter(|&action| party.may(action)).collect::<Vec<_>>();
        assert_eq!(allowed(Party::Owner), ON_SESSIONS);
        for role in [Role::Interviewer, Role::Observer] {
            assert_eq!(allowed(Party::Grantee { role, scores: true }), [Action::See, Action::View]);
        }
        let coach = |scores| allowed(Party::Grantee { role: Role::Coach, scores });
        assert_eq!(coach(false), [Action::See, Action::View, Action::Review, Action::Comment]);
        assert_eq!(coach(true), [Action::See, Action::View, Action::Review, Action::Report, Action::Comment]);
    }

    #[test]
    fn a_guest_sees_the_recording_and_what_else_the_link_says() {
        let allowed = |scores, comments| {
            let guest = Party::Guest { scores, comments };
            ON_SESSIONS.into_iter().filter(|&action| guest.may(action)).collect::<Vec<_>>()
        };
        assert_eq!(allowed(false, false), [Action::See, Action::Review]);
        assert_eq!(allowed(true, false), [Action::See, Action::Review, Action::Report]);
        assert_eq!(allowed(false, true), [Action::See, Action::Review, Action::Comment]);
    }

    #[test]
    fn who_is_invited_watches_and_only_an_interviewer_takes_part() {
        let allowed = |role| ON_SESSIONS.into_iter().filter(|&a| Party::Invited { role }.may(a)).collect::<Vec<_>>();
        assert_eq!(allowed(Role::Interviewer), [Action::See, Action::View, Action::Interview]);
        assert_eq!(allowed(Role::Observer), [Action::See, Action::View]);
    }

    #[test]
    fn no_token_changes_the_account_and_a_scope_is_narrow() {
        let token = |scope, session| By::Token { id: Uuid::nil(), scope, session };
        let one = Some(coach_core::SessionId(Uuid::nil()));
        for scope in [Scope::Publish, Scope::Watch, Scope::Api] {
            assert!(!carries(token(scope, None), Action::Account), "{scope:?}");
            assert!(!carries(token(scope, one), Action::Use), "{scope:?}");
        }
        let good = |scope| ON_SESSIONS.into_iter().filter(|&a| carries(token(scope, None), a)).collect::<Vec<_>>();
        assert_eq!(good(Scope::Publish), [Action::See, Action::Publish]);
        assert_eq!(good(Scope::Watch), [Action::See, Action::Watch, Action::View]);
        assert_eq!(good(Scope::Api), ON_SESSIONS);
    }

    #[test]
    fn an_administrator_has_no_right_to_sessions() {
        for action in ON_SESSIONS {
            assert!(!may_on_server(AccountRole::Admin, action), "{action:?}");
        }
        assert!(may_on_server(AccountRole::Admin, Action::Operate));
        assert!(!may_on_server(AccountRole::Coach, Action::Operate));
    }
}
