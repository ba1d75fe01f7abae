//! The queue from the thread that demuxes a file to the one that reads it: bounded, and closed from either side.

use crate::watched::Watched;
use std::collections::VecDeque;
use std::sync::MutexGuard;
use std::time::Duration;

/// The bytes from which a writer has to wait.
const MOST_BYTES: usize = 8 << 20;
/// The messages from which a writer has to wait.
const MOST_MESSAGES: usize = 1024;

/// The reader has gone.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed;

/// A bounded queue of messages.
#[derive(Debug)]
pub struct Queue<T>(Watched<State<T>>);

#[derive(Debug)]
struct State<T> {
    messages: VecDeque<(T, usize)>,
    bytes: usize,
    closed: bool,
}

impl<T> Queue<T> {
    pub fn new() -> Queue<T> {
        Queue(Watched::new(State { messages: VecDeque::new(), bytes: 0, closed: false }))
    }

    /// Adds a message, waiting for room. A single message of any size has room in an empty queue.
    pub fn push(&self, message: T, bytes: usize) -> Result<(), Closed> {
        let full = |s: &mut State<T>| {
            !s.closed && (s.messages.len() >= MOST_MESSAGES || s.bytes + bytes > MOST_BYTES && !s.messages.is_empty())
        };
        self.put(self.0.wait_while(self.0.lock(), full), message, bytes)
    }

    /// Adds a message without waiting, for the few messages about progress.
    pub fn say(&self, message: T) -> Result<(), Closed> {
        self.put(self.0.lock(), message, 0)
    }

    fn put(&self, mut state: MutexGuard<'_, State<T>>, message: T, bytes: usize) -> Result<(), Closed> {
        if state.closed {
            return Err(Closed);
        }
        state.bytes += bytes;
        state.messages.push_back((message, bytes));
        self.0.notify();
        Ok(())
    }

    /// Waits for a message. `None`: none came in time.
    pub fn pop(&self, most: Duration) -> Option<T> {
        let empty = |s: &mut State<T>| s.messages.is_empty();
        let (mut state, _) = self.0.wait_at_most(self.0.lock(), most, empty);
        let (message, bytes) = state.messages.pop_front()?;
        state.bytes -= bytes;
        self.0.notify();
        Some(message)
    }

    /// Ends reading: wakes the writer, whose messages are refused from now on.
    pub fn close(&self) {
        let mut state = self.0.lock();
        state.closed = true;
        state.messages.clear();
        state.bytes = 0;
        self.0.notify();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_writer_who_is_ahead_waits_for_the_reader_and_goes_when_the_reader_goes() {
        let queue = Arc::new(Queue::new());
        let writer = std::thread::spawn({
            let queue = queue.clone();
            move || (0..).take_while(|n| queue.push(*n, MOST_BYTES / 2).is_ok()).count()
        });
        for n in 0..10 {
            assert_eq!(queue.pop(Duration::from_secs(10)), Some(n));
        }
        queue.close();
        let written = writer.join().unwrap();
        assert!((10..=12).contains(&written), "{written}");
    }

    #[test]
    fn a_message_larger_than_the_queue_passes_when_it_is_alone() {
        let queue = Queue::new();
        queue.push("large", MOST_BYTES * 2).unwrap();
        assert_eq!(queue.pop(Duration::ZERO), Some("large"));
        assert_eq!(queue.pop(Duration::ZERO), None);
    }
}
