//! Dies at every step of every write and looks at what is left.

/// Called at every step of a write.
pub(super) fn step(_name: &str) {}
