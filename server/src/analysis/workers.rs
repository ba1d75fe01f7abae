//! Worker threads that analyze faces. Each owns its ONNX sessions, and all frames of a stream go to the same thread.

use super::models::Models;
use coach_core::MediaTime;
use coach_core::journal::Face;
use coach_media::decode::VideoFrame;
use coach_perception::face::{self, Detail, Track};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Instant;

/// Which networks analyze a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Net {
    /// The best face model that is loaded.
    Best,
    /// The lite face model: the last step of the overload ladder.
    Lite,
}

/// The worker threads. They end when this and every [`Lane`] is dropped.
pub struct Workers {
    threads: Vec<mpsc::Sender<Work>>,
    next: AtomicUsize,
    ids: AtomicU64,
}

/// Takes the stamp of a frame and what was seen in it, or why it could not be analyzed.
type Reply = Box<dyn FnOnce(MediaTime, Result<Face, String>) + Send>;

/// A command to a worker.
#[expect(clippy::large_enum_variant, reason = "it moves through one channel once; nearly all of them are frames")]
enum Work {
    /// Analyzes a frame of the stream.
    Frame { stream: u64, frame: VideoFrame, detail: Detail, net: Net, reply: Reply },
    /// The stream has ended; its track is dropped.
    Forget { stream: u64 },
}

impl Workers {
    /// Starts `count` threads, at least one, and waits until each is warm. `None` without a face model.
    ///
    /// # Errors
    /// The model does not load, or the system starts no further thread.
    pub fn start(models: &Models, count: usize) -> anyhow::Result<Option<Arc<Workers>>> {
        let mut threads = Vec::new();
        let (warm, is_warm) = mpsc::channel();
        for n in 0..count.max(1) {
            let (work, jobs) = mpsc::channel();
            let (models, warm) = (models.clone(), warm.clone());
            std::thread::Builder::new().name(format!("face-{n}")).spawn(move || match models.worker() {
                Some(Ok(worker)) => {
                    let _ = warm.send(Ok(true));
                    drop(warm);
                    run(&models, worker, &jobs);
                }
                Some(Err(error)) => drop(warm.send(Err(error))),
                None => drop(warm.send(Ok(false))),
            })?;
            threads.push(work);
        }
        drop(warm);
        for answer in is_warm {
            if !answer? {
                return Ok(None);
            }
        }
        Ok(Some(Arc::new(Workers { threads, next: AtomicUsize::new(0), ids: AtomicU64::new(0) })))
    }

    /// Returns a lane for one stream. The same thread analyzes all its frames, in the order they are handed over.
    pub fn lane(self: &Arc<Workers>) -> Lane {
        let thread = self.next.fetch_add(1, Ordering::Relaxed) % self.threads.len();
        Lane { stream: self.ids.fetch_add(1, Ordering::Relaxed), work: self.threads[thread].clone() }
    }
}

/// One stream at a worker. When it is dropped, the worker drops the stream's track.
pub struct Lane {
    stream: u64,
    work: mpsc::Sender<Work>,
}

impl Lane {
    /// Queues `frame` for analysis; `reply` is called on the worker's thread. Never waits: the caller limits how many frames
    /// are under way.
    pub fn analyze(
        &self,
        frame: VideoFrame,
        detail: Detail,
        net: Net,
        reply: impl FnOnce(MediaTime, Result<Face, String>) + Send + 'static,
    ) {
        let work = Work::Frame { stream: self.stream, frame, detail, net, reply: Box::new(reply) };
        // The thread ends only after its last lane was dropped, so it receives this.
        let _ = self.work.send(work);
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let _ = self.work.send(Work::Forget { stream: self.stream });
    }
}

/// The loop of a worker thread: ends when every sender of `jobs` is dropped.
fn run(models: &Models, mut best: face::Worker, jobs: &mpsc::Receiver<Work>) {
    // Loaded when it is first needed: most servers never reach the last step of the overload ladder.
    let mut lite: Option<face::Worker> = None;
    let mut streams: HashMap<u64, (Net, Track)> = HashMap::new();
    let seconds = metrics::histogram!("coach_face_seconds");
    while let Ok(work) = jobs.recv() {
        match work {
            Work::Forget { stream } => drop(streams.remove(&stream)),
            Work::Frame { stream, frame, detail, mut net, reply } => {
                if net == Net::Lite && lite.is_none() {
                    match models.lite_worker() {
                        Some(Ok(worker)) => lite = Some(worker),
                        Some(Err(error)) => tracing::error!(%error, "the lite face model does not load"),
                        None => {}
                    }
                }
                if lite.is_none() {
                    net = Net::Best;
                }
                let (of, track) = streams.entry(stream).or_insert_with(|| (net, Track::new()));
                if *of != net {
                    // The two networks track different points, so a track of one is of no use to the other.
                    (*of, *track) = (net, Track::new());
                }
                let worker = match (net, &mut lite) {
                    (Net::Lite, Some(lite)) => lite,
                    _ => &mut best,
                };
                let t = frame.t;
                let began = Instant::now();
                // A panic is a bug. It must not end the analysis of the other streams of this thread.
                let seen = catch_unwind(AssertUnwindSafe(|| worker.observe(track, t, &frame.view(), detail)));
                seconds.record(began.elapsed());
                drop(frame);
                reply(
                    t,
                    match seen {
                        Ok(seen) => seen.map_err(|e| e.to_string()),
                        Err(_) => {
                            *track = Track::new();
                            Err("the face engine panicked".into())
                        }
                    },
                );
            }
        }
    }
}
