//! Who asks. Personal mode has one person and no sign-in: whoever reaches the loopback port.

use coach_core::UserId;

/// The person who asks. Every route takes one, every query names its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    pub user: UserId,
}

/// How people are told apart.
#[derive(Debug, Clone, Copy)]
pub enum Mode {
    /// Everybody who reaches the server is this person.
    Personal(UserId),
}
