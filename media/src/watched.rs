//! State that threads share and wait for.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// State of several threads. Whoever changes what others wait for says so by [`Watched::notify`].
#[derive(Debug, Default)]
pub(crate) struct Watched<S> {
    state: Mutex<S>,
    changed: Condvar,
}

impl<S> Watched<S> {
    /// Begins with this state.
    pub fn new(state: S) -> Watched<S> {
        Watched { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Returns the state, also where a thread panicked with it: each change of it is whole.
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

    /// Waits as long as `waiting` holds, at most `most`; returns the state, and whether it still held then.
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
