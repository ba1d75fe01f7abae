//! Who makes a request. Personal mode has one person and no sign-in: everybody who reaches the loopback port.

use coach_core::UserId;

/// The person who makes a request. Every route takes one, and every query names its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewer {
    pub user: UserId,
}

/// How requests are assigned to people.
#[derive(Debug, Clone, Copy)]
pub enum Mode {
    /// Every request is made by this person.
    Personal(UserId),
}
