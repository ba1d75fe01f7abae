//! In the steady state a hop allocates nothing.

use coach_core::MediaTime;
use coach_perception::voice::{Activity, Listener};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged; counting touches a thread-local number only.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|n| n.set(n.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|n| n.set(n.get() + 1));
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

#[test]
fn a_hop_allocates_nothing() {
    for rate_hz in [16_000u32, 44_100, 48_000] {
        let samples: Vec<f32> = (0..rate_hz * 12)
            .map(|i| {
                let t = f64::from(i) / f64::from(rate_hz);
                let on = if t % 4.3 < 3.9 { 0.2 } else { 0.0 };
                (on * (1..9).map(|k| (2.0 * std::f64::consts::PI * 130.0 * f64::from(k) * t).sin()).sum::<f64>()) as f32
            })
            .collect();
        let mut listener = Listener::new(rate_hz, Activity::energy(), MediaTime::ZERO).expect("a rate in range");
        let mut lines = 0;
        let (warm_up, steady) = samples.split_at(samples.len() / 6);
        listener.push(warm_up, &mut |_| lines += 1).expect("no detector");
        let before = ALLOCATIONS.with(Cell::get);
        listener.push(steady, &mut |_| lines += 1).expect("no detector");
        let made = ALLOCATIONS.with(Cell::get) - before;
        assert!(lines > 100);
        assert_eq!(made, 0, "allocations in 10 s at {rate_hz} Hz");
    }
}
