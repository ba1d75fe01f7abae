//! One publisher.
