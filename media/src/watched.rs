//! State that threads share and wait for.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// State of several threads. A thread that changes what others wait for calls [`Watched::notify`].
#[derive(Debug, Default)]
pub(crate) struct Watched<S> {
    state: Mutex<S>,
    changed: Condvar,
}

impl<S> Watched<S> {
    /// Returns this state, shared.
    pub fn new(state: S) -> Watched<S> {
        Watched { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Locks the state, also after a thread panicked with it: each change is complete before the lock is released.
    pub fn lock(&self) -> MutexGuard<'_, S> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes all threads that wait.
    pub fn notify(&self) {
        self.changed.notify_all();
    }

    /// Waits as long as `waiting` holds.
    pub fn wait_while<'a>(&self, state: MutexGuard<'a, S>, waiting: impl FnMut(&mut S) -> bool) -> MutexGuard<'a, S> {
        self.changed.wait_while(state, waiting).unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits as long as `waiting` holds, but no longer than `most`. Returns the state and whether the condition still
    /// held then.
    pub fn wait_at_most<'a>(
        &self,
        state: MutexGuard<'a, S>,
        most: Duration,
        waiting: impl FnMut(&mut S) -> bool,
    ) -> (MutexGuard<'a, S>, bool) {
        let (state, time) =
            self.changed.wait_timeout_while(state, most, waiting).unwrap_or_else(PoisonError::into_inner);
        (state, time.timed_out())
    }
}
