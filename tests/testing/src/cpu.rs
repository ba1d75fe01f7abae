//! CPU time, which other work on the machine does not change.

/// Returns the seconds that the calling thread has run on a core. `None`: the kernel does not tell.
pub fn thread_cpu_s() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let ns: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(ns / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_computes_uses_cpu_time() {
        let Some(before) = thread_cpu_s() else { return };
        let sum = (0..20_000_000_u64).fold(0, |sum: u64, n| std::hint::black_box(sum.wrapping_add(n)));
        assert!(thread_cpu_s() > Some(before), "{sum}");
    }
}
