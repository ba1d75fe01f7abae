//! Whether one recognizer keeps up with many talkers beside their faces: `words_talkers TALKERS CORES REST FRAMES WIDTH HEIGHT FILE...`.
//!
//! CPU time of segments and frames is measured on threads that work side by side; who waits for whom follows from it by arithmetic on media
//! time, so that a busy machine changes little. Every talker speaks without end: the files one after another, each talker beginning with
//! another. REST is what a session costs beside words, listening and faces, in % of a core. FRAMES holds raw I420 frames. Models from
//! $COACH_MODELS, else ./models; one JSON object on standard output. `scripts/bench/words.py` runs it.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

#[path = "../tests/shared/mod.rs"]
mod shared;
#[path = "../tests/voice_support/mod.rs"]
mod voice_support;
#[path = "../tests/words_support/mod.rs"]
mod words_support;

use coach_core::MediaTime;
use coach_perception::face::{Detail, Track, Worker};
use coach_perception::words::{Recognizer, Segment};
use serde_json::{Value, json};
use shared::Pixels;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use voice_support::{Sound, wav};
use words_support::{cpu_seconds, recognizer, segments};

/// How long every talker speaks, s.
const LENGTH_S: usize = 60;
/// Analyzed frames of a talker in a second.
const FRAMES_HZ: f64 = 15.0;
/// Threads that analyze faces, as the server has on two cores.
const FACE_THREADS: usize = 2;
/// What the scheduler of Linux gives the recognizer's thread (nice 5) while a thread of normal priority wants the same core.
const WORDS_WEIGHT: f64 = 335.0 / 1024.0;
/// Step of the arithmetic, ms.
const STEP_MS: f64 = 0.5;
/// Frames from which on a median is told.
const LEAST_FRAMES: usize = 100;

/// What happens at a moment: a closed segment or a frame, and the CPU time that it needs, ms.
#[derive(Debug, Clone, Copy)]
struct Task {
    at_ms: f64,
    cpu_ms: f64,
}

/// A thread with its queue.
#[derive(Debug, Default)]
struct Thread {
    weight: f64,
    tasks: VecDeque<Task>,
    waiting: VecDeque<Task>,
    done_ms: f64,
    delays_ms: Vec<f64>,
    longest_queue: usize,
}

impl Thread {
    fn new(weight: f64, mut tasks: Vec<Task>) -> Thread {
        tasks.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        Thread { weight, tasks: tasks.into(), ..Thread::default() }
    }

    fn is_busy(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn is_over(&self) -> bool {
        self.tasks.is_empty() && self.waiting.is_empty()
    }

    /// Goes on to `now`, with this share of the step's time on a core.
    fn step(&mut self, now_ms: f64, mut cpu_ms: f64) {
        while let Some(task) = self.waiting.front().copied() {
            let needs = task.cpu_ms - self.done_ms;
            if needs > cpu_ms {
                self.done_ms += cpu_ms;
                break;
            }
            cpu_ms -= needs;
            self.done_ms = 0.0;
            self.waiting.pop_front();
            self.delays_ms.push(now_ms - task.at_ms);
        }
        while self.tasks.front().is_some_and(|task| task.at_ms <= now_ms) {
            self.waiting.extend(self.tasks.pop_front());
        }
        self.longest_queue = self.longest_queue.max(self.waiting.len());
    }
}

/// Runs the threads on so many cores, which those with work share by their weights. Returns them at the end.
fn scheduled(mut threads: Vec<Thread>, cores: f64) -> Vec<Thread> {
    let mut now_ms = 0.0;
    threads.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    while !threads.iter().all(Thread::is_over) && now_ms < 10.0 * 1000.0 * LENGTH_S as f64 {
        now_ms += STEP_MS;
        // The heaviest come first: what a thread cannot use of its share, since it has one core at most, is left to the others.
        let mut left = cores.max(0.0);
        let mut weights: f64 = threads.iter().filter(|thread| thread.is_busy()).map(|thread| thread.weight).sum();
        for thread in &mut threads {
            let mut share = 0.0;
            if thread.is_busy() {
                share = (left * thread.weight / weights).min(1.0);
                (left, weights) = (left - share, weights - thread.weight);
            }
            thread.step(now_ms, STEP_MS * share);
        }
    }
    threads
}

fn delays(values: impl Iterator<Item = f64>) -> Value {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = |q: f64| values.get(((values.len() as f64 - 1.0) * q) as usize).copied().unwrap_or(0.0);
    json!({ "n": values.len(), "p50": at(0.5), "p95": at(0.95), "most": at(1.0) })
}

/// CPU time of this thread, ms.
fn thread_ms() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The sounds one after another for [`LENGTH_S`], beginning with sound `first`.
fn speech(sounds: &[Sound], first: usize) -> Sound {
    let rate_hz = sounds[0].rate_hz;
    let samples = sounds.iter().cycle().skip(first % sounds.len()).flat_map(|sound| sound.samples.iter().copied());
    Sound { rate_hz, samples: samples.take(LENGTH_S * rate_hz as usize).collect() }
}

/// Analyzes frames again and again. Returns the CPU time of each, ms.
fn faces(worker: &mut Worker, frames: &[Pixels], go_on: impl Fn(usize) -> bool) -> Vec<f64> {
    let (mut track, mut costs) = (Track::new(), Vec::new());
    let detail = Detail { blendshapes: true, landmarks: false };
    for (k, frame) in frames.iter().cycle().enumerate() {
        if !go_on(k) {
            break;
        }
        let (t, before) = (MediaTime((k as f64 * 1000.0 / FRAMES_HZ) as i64), thread_ms());
        let seen = worker.observe(&mut track, t, &frame.i420(), detail).expect("a working network");
        assert!(seen.present, "the frames show a face");
        costs.push(thread_ms() - before);
    }
    costs
}

/// Writes down every segment. Returns the CPU time of each, ms.
fn write(recognizer: &mut Recognizer, segments: &[Segment]) -> Vec<f64> {
    let cost = |segment: &Segment| {
        let before = thread_ms();
        std::hint::black_box(recognizer.transcribe(segment).expect("a working network"));
        thread_ms() - before
    };
    segments.iter().map(cost).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [talkers, cores, rest, frames, width, height, files @ ..] = &arguments[..] else {
        panic!("words_talkers TALKERS CORES REST FRAMES WIDTH HEIGHT FILE...")
    };
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let (talkers, width, height) = (number(talkers) as usize, number(width) as usize, number(height) as usize);
    let (cores, rest) = (number(cores), number(rest) / 100.0);
    let raw = std::fs::read(frames).expect("raw frames");
    let frames = raw.chunks_exact(width * height * 3 / 2).map(|data| Pixels { width, height, data: data.to_vec() });
    let frames: Vec<Pixels> = frames.collect();
    let sounds: Vec<Sound> = files.iter().map(|file| wav(file.as_ref())).collect();
    let (Some(mut recognizer), Some(mut worker)) = (recognizer("words"), shared::full_worker("faces")) else {
        return println!("{{}}");
    };

    let before = cpu_seconds();
    let said: Vec<Vec<Segment>> = (0..talkers).map(|k| segments(&speech(&sounds, k), 480)).collect();
    let listening = (cpu_seconds() - before) / (talkers * LENGTH_S) as f64;
    let said: Vec<Segment> = said.into_iter().flatten().collect();
    let frames_alone = faces(&mut worker, &frames, |k| k < LEAST_FRAMES);
    let written_alone = write(&mut recognizer, &said);
    let over = AtomicBool::new(false);
    let (written, frames_beside) = std::thread::scope(|scope| {
        let beside = scope.spawn(|| faces(&mut worker, &frames, |k| k < LEAST_FRAMES || !over.load(Ordering::Relaxed)));
        let written = write(&mut recognizer, &said);
        over.store(true, Ordering::Relaxed);
        (written, beside.join().expect("faces"))
    });

    // Talkers begin spread over a frame, and their segments close when they do.
    let frame_ms = mean(&frames_beside);
    let of_faces = |thread: usize| -> Vec<Task> {
        let mine = (0..talkers).filter(|k| k % FACE_THREADS == thread);
        let count = (LENGTH_S as f64 * FRAMES_HZ) as usize;
        let at = |k: usize, n: usize| (n as f64 + k as f64 / talkers as f64) * 1000.0 / FRAMES_HZ;
        mine.flat_map(|k| (0..count).map(move |n| Task { at_ms: at(k, n), cpu_ms: frame_ms })).collect()
    };
    let closed = said.iter().zip(&written).map(|(s, &cpu_ms)| Task { at_ms: s.known.ms() as f64, cpu_ms });
    let closed: Vec<Task> = closed.collect();
    let room = cores - talkers as f64 * (rest + listening);
    let threads = |words: Vec<Task>| {
        let faces = (0..FACE_THREADS).map(|thread| Thread::new(1.0, of_faces(thread)));
        scheduled(faces.chain([Thread::new(WORDS_WEIGHT, words)]).collect(), room)
    };
    let (without, with) = (threads(Vec::new()), threads(closed));
    let frame_delays = |threads: &[Thread]| delays(threads[..FACE_THREADS].iter().flat_map(|t| t.delays_ms.clone()));
    let queue = |threads: &[Thread]| threads[..FACE_THREADS].iter().map(|t| t.longest_queue).max();
    let share = |ms: &[f64]| ms.iter().sum::<f64>() / 1000.0 / (talkers * LENGTH_S) as f64;
    println!(
        "{}",
        json!({
            "talkers": talkers, "seconds": LENGTH_S, "segments": said.len(), "listening": listening, "words_alone": share(&written_alone),
            "words": share(&written), "segment_ms": delays(written.iter().copied()), "frame_ms_alone": mean(&frames_alone), "frame_ms": frame_ms,
            "faces": frame_ms * FRAMES_HZ / 1000.0, "room_cores": room,
            "frames_without_words": { "delay_ms": frame_delays(&without), "queue": queue(&without) },
            "frames_with_words": { "delay_ms": frame_delays(&with), "queue": queue(&with) },
            "phrases": { "delay_ms": delays(with[FACE_THREADS].delays_ms.iter().copied()), "queue": with[FACE_THREADS].longest_queue },
        })
    );
}
