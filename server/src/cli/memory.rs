//! How the allocator of the C library shares memory between threads.

/// Lets all threads take memory from two arenas. glibc gives nearly each thread one of its own, and what they keep of a burst adds
/// up. `MALLOC_ARENA_MAX` in the environment comes first.
pub fn share_arenas() {
    #[cfg(target_env = "gnu")]
    if std::env::var_os("MALLOC_ARENA_MAX").is_none() {
        // SAFETY: the call takes two numbers and changes the allocator's settings alone.
        unsafe { libc::mallopt(libc::M_ARENA_MAX, 2) };
    }
}
