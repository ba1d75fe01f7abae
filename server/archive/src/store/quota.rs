//! How many bytes the store may hold, counted as they are written and given back when files go.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The account of one store.
#[derive(Debug)]
pub(super) struct Quota {
    limit: u64,
    used: AtomicU64,
}

impl Quota {
    pub fn new(limit: Option<u64>) -> Arc<Quota> {
        Arc::new(Quota { limit: limit.unwrap_or(u64::MAX), used: AtomicU64::new(0) })
    }

    pub fn used(&self) -> u64 {
        self.used.load(Ordering::Relaxed)
    }

    pub fn limit(&self) -> Option<u64> {
        (self.limit != u64::MAX).then_some(self.limit)
    }

    /// An empty reservation that can grow.
    pub fn reserve(self: &Arc<Quota>) -> Reserved {
        Reserved { quota: self.clone(), bytes: 0 }
    }

    /// Counts bytes that are on the disk already, limit or not.
    pub fn adopt(self: &Arc<Quota>, bytes: u64) -> Reserved {
        self.used.fetch_add(bytes, Ordering::Relaxed);
        Reserved { quota: self.clone(), bytes }
    }
}

/// Bytes that count against the quota until this is dropped.
#[derive(Debug)]
pub(super) struct Reserved {
    quota: Arc<Quota>,
    bytes: u64,
}

/// The quota has no room for that.
#[derive(Debug)]
pub(super) struct Exceeded {
    pub limit: u64,
}

impl Reserved {
    pub fn grow(&mut self, bytes: u64) -> Result<(), Exceeded> {
        let limit = self.quota.limit;
        self.quota
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |used| {
                used.checked_add(bytes).filter(|sum| *sum <= limit)
            })
            .map_err(|_| Exceeded { limit })?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.quota.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_beyond_the_limit_are_refused_and_come_back_when_dropped() {
        let quota = Quota::new(Some(10));
        let mut first = quota.reserve();
        first.grow(8).expect("8 of 10");
        let mut second = quota.reserve();
        assert!(second.grow(3).is_err());
        assert!(second.grow(u64::MAX).is_err(), "an overflow is no way around the limit");
        second.grow(2).expect("10 of 10");
        drop(first);
        assert_eq!(quota.used(), 2);
        drop(quota.adopt(100));
        assert_eq!(quota.used(), 2);
    }
}
