//! Worker threads that look at faces: one per core, each owns its ONNX sessions, each stream stays with one of them.

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

/// Which networks look at a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Net {
    /// The best one there is.
    Best,
    /// The small one, the last rung under overload.
    Lite,
}

/// The threads. They end when this and every [`Lane`] is dropped.
pub struct Workers {
    threads: Vec<mpsc::Sender<Work>>,
    next: AtomicUsize,
    ids: AtomicU64,
}

type Reply = Box<dyn FnOnce(MediaTime, Result<Face, String>) + Send>;

#[expect(clippy::large_enum_variant, reason = "it moves through one channel once; nearly all of it are looks")]
enum Work {
    Look { stream: u64, frame: VideoFrame, detail: Detail, net: Net, reply: Reply },
    Forget { stream: u64 },
}

impl Workers {
    /// Starts `count` threads and waits until each is warm. `None` without a face model.
    ///
    /// # Errors
    /// The model does not load.
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
                    look(&models, worker, &jobs);
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

    /// A place for one stream. Its frames are looked at in the order they are handed over, all by the same thread.
    pub fn lane(self: &Arc<Workers>) -> Lane {
        let thread = self.next.fetch_add(1, Ordering::Relaxed) % self.threads.len();
        Lane { stream: self.ids.fetch_add(1, Ordering::Relaxed), work: self.threads[thread].clone() }
    }
}

/// One stream's place at a worker. What the worker remembers of the stream goes with it.
pub struct Lane {
    stream: u64,
    work: mpsc::Sender<Work>,
}

impl Lane {
    /// Looks at `frame` and calls `reply` from the worker's thread. Never waits; the caller bounds what is under way.
    pub fn look(
        &self,
        frame: VideoFrame,
        detail: Detail,
        net: Net,
        reply: impl FnOnce(MediaTime, Result<Face, String>) + Send + 'static,
    ) {
        let work = Work::Look { stream: self.stream, frame, detail, net, reply: Box::new(reply) };
        // The thread ends only after its last lane is gone.
        let _ = self.work.send(work);
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let _ = self.work.send(Work::Forget { stream: self.stream });
    }
}

fn look(models: &Models, mut best: face::Worker, jobs: &mpsc::Receiver<Work>) {
    // Loaded when it is first needed: most servers never come to the last rung.
    let mut lite: Option<face::Worker> = None;
    let mut streams: HashMap<u64, (Net, Track)> = HashMap::new();
    while let Ok(work) = jobs.recv() {
        match work {
            Work::Forget { stream } => drop(streams.remove(&stream)),
            Work::Look { stream, frame, detail, mut net, reply } => {
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
                    // The two networks track by different points: start anew.
                    (*of, *track) = (net, Track::new());
                }
                let worker = match (net, &mut lite) {
                    (Net::Lite, Some(lite)) => lite,
                    _ => &mut best,
                };
                let t = frame.t;
                // A panic is a bug, but one stream's bug must not end the sight of all the others.
                let began = Instant::now();
                let seen = catch_unwind(AssertUnwindSafe(|| worker.observe(track, t, &frame.view(), detail)));
                metrics::histogram!("coach_face_seconds").record(began.elapsed());
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
