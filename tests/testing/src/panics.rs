//! Counts panics, also those of threads and tasks whose results nobody asks for.

use std::panic::{set_hook, take_hook};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static COUNTED: AtomicU64 = AtomicU64::new(0);
static HOOK: Once = Once::new();

/// Returns how many panics there have been in this process since the first call, caught ones included.
pub fn panics() -> u64 {
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |info| {
            COUNTED.fetch_add(1, Relaxed);
            before(info);
        }));
    });
    COUNTED.load(Relaxed)
}

#[cfg(test)]
mod tests {
    use super::panics;

    #[test]
    fn a_panic_of_a_thread_that_nobody_joins_is_counted() {
        let before = panics();
        let ended = std::thread::spawn(|| panic!("on purpose")).join();
        // Other tests of this program may panic meanwhile.
        assert!(ended.is_err() && panics() > before);
    }
}
