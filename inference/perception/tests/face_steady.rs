//! What must hold from frame to frame: no allocation, the same bits whoever else works, tracks that do not mix.

mod shared;

use coach_core::MediaTime;
use coach_core::journal::Face;
use coach_perception::face::{Detail, Track, Worker};
use shared::{Pixels, References};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts the allocations of the thread that asks.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: everything is passed on to the system's allocator; counting neither allocates nor has a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|n| n.set(n.get() + 1));
        // SAFETY: passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.with(|n| n.set(n.get() + 1));
        // SAFETY: passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(of: impl FnOnce()) -> u64 {
    let before = ALLOCATIONS.with(Cell::get);
    of();
    ALLOCATIONS.with(Cell::get) - before
}

const LIVE: Detail = Detail { blendshapes: true, landmarks: false };

/// The first frames of a video with one face, as I420.
fn frames(what: &str, count: usize) -> Option<Vec<Pixels>> {
    let references = References::find(what)?;
    let file = "single_face.mp4";
    let expected = references.read(file);
    let mut frames = Vec::new();
    references.video(file, "yuv420p", &expected, |_, p| {
        if frames.len() < count {
            frames.push(Pixels { data: p.data.clone(), ..*p });
        }
    });
    Some(frames)
}

fn watch(worker: &mut Worker, track: &mut Track, k: usize, frame: &Pixels) -> Face {
    worker.observe(track, MediaTime(k as i64 * 67), &frame.i420(), LIVE).expect("a frame")
}

#[test]
fn a_frame_in_the_steady_state_allocates_nothing() {
    let what = "allocations per frame";
    let Some(frames) = frames(what, 24) else { return };
    let Some(full) = shared::full_worker(what) else { return };
    let Some(lite) = shared::lite_worker(what) else { return };
    for (name, mut worker) in [("full", full), ("lite", lite)] {
        let mut track = Track::new();
        watch(&mut worker, &mut track, 0, &frames[0]);
        // 23 frames at 15/s are more than a second: the detector counts faces once among them.
        let count = allocations(|| {
            for (k, frame) in frames.iter().enumerate().skip(1) {
                assert!(watch(&mut worker, &mut track, k, frame).present);
            }
        });
        println!("{name}: {count} allocations in {} frames", frames.len() - 1);
        assert_eq!(count, 0, "{name}");
        let black = Pixels { data: vec![0; frames[0].data.len()], ..frames[0] };
        let lost = allocations(|| {
            for k in 30..33 {
                assert!(!watch(&mut worker, &mut track, k, &black).present);
            }
        });
        assert_eq!(lost, 0, "{name}, without a face");
    }
}

#[test]
fn the_same_frames_give_the_same_bits_whatever_else_the_workers_do() {
    let what = "determinism";
    let Some(frames) = frames(what, 12) else { return };
    let (Some(mut alone), Some(mut first), Some(mut second)) =
        (shared::full_worker(what), shared::full_worker(what), shared::full_worker(what))
    else {
        return;
    };
    let mut track = Track::new();
    let expected: Vec<String> =
        frames.iter().enumerate().map(|(k, f)| bits(&watch(&mut alone, &mut track, k, f))).collect();
    // Two streams, one forwards and one backwards, change workers at every frame.
    let (mut forwards, mut backwards) = (Track::new(), Track::new());
    for (k, frame) in frames.iter().enumerate() {
        let [here, there] = if k % 2 == 0 { [&mut first, &mut second] } else { [&mut second, &mut first] };
        watch(there, &mut backwards, k, &frames[frames.len() - 1 - k]);
        assert_eq!(bits(&watch(here, &mut forwards, k, frame)), expected[k], "frame {k}");
    }
    // And on threads of their own, at once.
    std::thread::scope(|scope| {
        for worker in [&mut alone, &mut first, &mut second] {
            let (frames, expected) = (&frames, &expected);
            scope.spawn(move || {
                let mut track = Track::new();
                for (k, frame) in frames.iter().enumerate() {
                    assert_eq!(bits(&watch(worker, &mut track, k, frame)), expected[k], "frame {k}");
                }
            });
        }
    });
}

/// Shortest round trip of every number: equal text means equal bits.
fn bits(face: &Face) -> String {
    serde_json::to_string(face).expect("a face is JSON")
}

#[test]
fn another_size_a_jump_back_and_a_long_pause_begin_anew() {
    let what = "tracks that begin anew";
    let Some(frames) = frames(what, 4) else { return };
    let Some(mut worker) = shared::full_worker(what) else { return };
    let observe = |worker: &mut Worker, track: &mut Track, t: i64, frame: &Pixels| {
        worker.observe(track, MediaTime(t), &frame.i420(), LIVE).expect("a frame")
    };
    let fresh = bits(&Face { t: MediaTime(0), ..observe(&mut worker, &mut Track::new(), 0, &frames[3]) });
    for t in [5000, 1500, 20] {
        let mut track = Track::new();
        observe(&mut worker, &mut track, 400, &frames[0]);
        observe(&mut worker, &mut track, 467, &frames[1]);
        let again = Face { t: MediaTime(0), ..observe(&mut worker, &mut track, t, &frames[3]) };
        assert_eq!(bits(&again), fresh, "at {t} ms");
    }
}

#[test]
fn a_track_that_steps_down_to_the_lite_model_and_back_goes_on_with_the_face() {
    let what = "a track between models";
    let Some(frames) = frames(what, 9) else { return };
    let (Some(mut full), Some(mut lite)) = (shared::full_worker(what), shared::lite_worker(what)) else { return };
    let (mut steady, mut changing) = (Track::new(), Track::new());
    for (k, frame) in frames.iter().enumerate() {
        let expected = watch(&mut full, &mut steady, k, frame);
        let worker = if (3..6).contains(&k) { &mut lite } else { &mut full };
        let face = watch(worker, &mut changing, k, frame);
        assert_eq!((face.present, face.iris.is_some()), (true, !(3..6).contains(&k)), "frame {k}");
        for (a, b) in face.bounds.iter().zip(expected.bounds) {
            assert!((a - b).abs() < 0.03, "frame {k}: {:?} and {:?}", face.bounds, expected.bounds);
        }
        if let (Some(a), Some(b)) = (face.iris, expected.iris) {
            assert!((a.left[0] - b.left[0]).abs() < 0.06 && (a.right[1] - b.right[1]).abs() < 0.06, "frame {k}");
        }
    }
}

#[test]
fn planes_that_are_too_short_are_refused() {
    let Some(mut worker) = shared::full_worker("planes that are too short") else { return };
    let pixels = Pixels { width: 64, height: 48, data: vec![128; 64 * 48 * 3 / 2] };
    let mut frame = pixels.i420();
    frame.v = &frame.v[1..];
    assert!(worker.observe(&mut Track::new(), MediaTime(0), &frame, LIVE).is_err());
    for (width, height) in [(0, 0), (0, 48), (64, 0), (20_000, 48)] {
        let frame = coach_core::I420 { width, height, ..pixels.i420() };
        assert!(worker.observe(&mut Track::new(), MediaTime(0), &frame, LIVE).is_err(), "{width} by {height}");
    }
}
