//! The recorder of a live session: writes units into a spool file that can be played wherever it is cut.

use super::ebml::Buffer;
use super::{Error, webm};
use crate::h264;
use crate::item::{AccessUnit, Formats, Item, Track, VideoCodec};
use coach_core::MediaTime;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, TryRecvError};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch;

/// How often written bytes are made durable. A power cut loses this much, and the disk's own time.
const SYNC_EVERY: Duration = Duration::from_millis(500);

/// How long units are gathered for one write. Killing the process loses this much.
const WRITE_EVERY: Duration = Duration::from_millis(100);
/// The approximate size of one write, bytes, so that a backlog is not in memory twice.
const MOST_WRITTEN: usize = 1 << 20;

/// The most bytes that may wait for the disk: some minutes of a session. More means that the disk is broken.
const MOST_QUEUED: usize = 256 << 20;

/// How long audio waits for the first frame before the header is written without what the frame would tell,
/// milliseconds. Players then find the size, and the parameter sets of H.264, in the stream.
const SIZE_WITHIN_MS: i64 = 1000;

/// Writes the items of one part. No call but [`Recorder::finish`] blocks: one thread writes, another makes the bytes
/// durable.
///
/// Bytes are given to the operating system every 100 ms; killing the process loses at most that much. A power cut loses
/// up to 500 ms more, and the disk's own time.
#[derive(Debug)]
pub struct Recorder {
    units: Option<mpsc::Sender<(Track, AccessUnit)>>,
    writer: Option<JoinHandle<Result<Recorded, Error>>>,
    written: watch::Receiver<u64>,
    queued: Arc<AtomicUsize>,
    slow: AtomicBool,
    failed: Arc<Mutex<Option<Error>>>,
}

/// The properties of a part that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// The length of the file.
    pub bytes: u64,
    /// The end of the last unit.
    pub duration: MediaTime,
    /// Access units in the file.
    pub units: u64,
}

impl Recorder {
    /// Creates the spool file and starts the two threads.
    ///
    /// # Errors
    /// A file of that name exists, it cannot be created, a format is none of VP8, H.264 and Opus, or there is no
    /// track.
    pub fn create(spool: &Path, formats: &Formats) -> Result<Recorder, Error> {
        let tracks = webm::Tracks::of(formats).ok_or_else(|| {
            let name = |f: &Option<crate::Format>| f.as_ref().map_or("nothing".into(), |f| f.caps.clone());
            Error::Codec(format!("{} and {}", name(&formats.video), name(&formats.audio)))
        })?;
        if tracks.video.is_none() && tracks.audio.is_none() {
            return Err(Error::NoTracks);
        }
        let path = spool.to_path_buf();
        let wrong = |source| Error::Write { path: path.clone(), source };
        let file = File::options().write(true).create_new(true).open(spool).map_err(wrong)?;
        Recorder::over(file, path, tracks)
    }

    /// Starts the threads over an open file.
    fn over(file: File, path: PathBuf, tracks: webm::Tracks) -> Result<Recorder, Error> {
        let wrong = |source| Error::Write { path: path.clone(), source };
        let durable = file.try_clone().map_err(wrong)?;
        let at = Arc::new(AtomicU64::new(0));
        let (report, written) = watch::channel(0);
        let (stop, stopped) = mpsc::channel::<()>();
        let syncer = std::thread::Builder::new()
            .name("record-sync".into())
            .spawn({
                let at = at.clone();
                move || sync_until(&durable, &at, &report, &stopped)
            })
            .map_err(wrong)?;
        let (units, inbox) = mpsc::channel();
        let queued = Arc::new(AtomicUsize::new(0));
        let failed = Arc::new(Mutex::new(None));
        let mut spool = Spool {
            file,
            at,
            tracks,
            clusters: Default::default(),
            header: false,
            waiting: Vec::new(),
            prefixed: Vec::new(),
        };
        let writer = std::thread::Builder::new()
            .name("record-write".into())
            .spawn({
                let (queued, failed, path) = (queued.clone(), failed.clone(), path.clone());
                move || {
                    let result = spool.run(&inbox, &queued);
                    drop(stop);
                    let durable = syncer.join().unwrap_or_else(|_| Err(io::Error::other("the sync thread panicked")));
                    let result = result.and_then(|r| durable.map(|()| r));
                    result.map_err(|source| {
                        let again = io::Error::new(source.kind(), source.to_string());
                        *lock(&failed) = Some(Error::Write { path: path.clone(), source: again });
                        Error::Write { path, source }
                    })
                }
            })
            .map_err(wrong)?;
        Ok(Recorder { units: Some(units), writer: Some(writer), written, queued, slow: AtomicBool::new(false), failed })
    }

    /// Returns the bytes that wait for the disk.
    pub fn queued_bytes(&self) -> usize {
        self.queued.load(Ordering::Relaxed)
    }

    /// Takes an item. Gaps and ends are not written: they follow from the stamps.
    ///
    /// # Errors
    /// This and all later units are not recorded: the disk failed or is too slow.
    pub fn push(&self, item: &Item) -> Result<(), Error> {
        let Item::Unit(track, unit) = item else { return Ok(()) };
        let waiting = self.queued.fetch_add(unit.data.len(), Ordering::Relaxed) + unit.data.len();
        // After a missing unit the rest is not recorded either: what is decoded from the file would differ from what
        // was analyzed.
        if waiting > MOST_QUEUED || self.slow.load(Ordering::Relaxed) {
            self.slow.store(true, Ordering::Relaxed);
            self.queued.fetch_sub(unit.data.len(), Ordering::Relaxed);
            return Err(Error::Slow { queued_mb: MOST_QUEUED >> 20 });
        }
        let sent = self.units.as_ref().is_some_and(|units| units.send((*track, unit.clone())).is_ok());
        if sent { Ok(()) } else { Err(self.why()) }
    }

    /// Returns how many bytes of the file survive a power cut, as they grow.
    pub fn written(&self) -> watch::Receiver<u64> {
        self.written.clone()
    }

    /// Waits until everything that was pushed is durable. Blocks for as long as the disk needs.
    ///
    /// # Errors
    /// The disk failed or is too slow; the file holds what was written before.
    pub fn finish(mut self) -> Result<Recorded, Error> {
        match self.end().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            _ => Err(self.why()),
        }
    }

    /// Tells the writer that nothing follows and returns its thread. `None` after the first call.
    fn end(&mut self) -> Option<JoinHandle<Result<Recorded, Error>>> {
        self.units = None;
        let writer = self.writer.take()?;
        writer.thread().unpark();
        Some(writer)
    }

    /// Returns why the recording ended early.
    fn why(&self) -> Error {
        lock(&self.failed).take().unwrap_or_else(|| Error::Write {
            path: PathBuf::from("the spool"),
            source: io::Error::other("the recording has ended"),
        })
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if let Some(writer) = self.end()
            && writer.join().is_err()
        {
            tracing::error!("the recording thread panicked");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes written bytes durable every [`SYNC_EVERY`] until the writer has ended, and then once more.
fn sync_until(
    file: &File,
    at: &AtomicU64,
    report: &watch::Sender<u64>,
    stopped: &mpsc::Receiver<()>,
) -> io::Result<()> {
    loop {
        let last = stopped.recv_timeout(SYNC_EVERY) == Err(mpsc::RecvTimeoutError::Disconnected);
        let bytes = at.load(Ordering::Acquire);
        if bytes != *report.borrow() {
            file.sync_data()?;
            report.send_replace(bytes);
        }
        if last {
            return Ok(());
        }
    }
}

/// What the writing thread does next.
enum Next {
    More,
    Wait,
    End,
}

/// What the writing thread owns.
struct Spool {
    file: File,
    at: Arc<AtomicU64>,
    tracks: webm::Tracks,
    clusters: webm::Clusters,
    header: bool,
    /// Audio that arrived before the header could be written.
    waiting: Vec<(Track, AccessUnit)>,
    /// Scratch: a unit of H.264 as blocks hold it.
    prefixed: Vec<u8>,
}

impl Spool {
    fn run(&mut self, inbox: &mpsc::Receiver<(Track, AccessUnit)>, queued: &AtomicUsize) -> io::Result<Recorded> {
        let (mut buffer, mut units, mut duration) = (Buffer::default(), 0, MediaTime::ZERO);
        loop {
            let mut bytes = 0;
            let next = loop {
                if buffer.0.len() >= MOST_WRITTEN {
                    break Next::More;
                }
                match inbox.try_recv() {
                    Ok((track, unit)) => {
                        bytes += unit.data.len();
                        units += 1;
                        duration = duration.max(webm::end(track, &unit));
                        self.take(track, unit, &mut buffer);
                    }
                    Err(TryRecvError::Empty) => break Next::Wait,
                    Err(TryRecvError::Disconnected) => break Next::End,
                }
            };
            self.write(&mut buffer)?;
            queued.fetch_sub(bytes, Ordering::Relaxed);
            match next {
                Next::More => {}
                Next::Wait => std::thread::park_timeout(WRITE_EVERY),
                Next::End => break,
            }
        }
        if !self.header {
            self.head(&mut buffer);
        }
        self.write(&mut buffer)?;
        Ok(Recorded { bytes: self.at.load(Ordering::Relaxed), duration, units })
    }

    fn take(&mut self, track: Track, unit: AccessUnit, out: &mut Buffer) {
        if !self.header {
            let codec = self.tracks.codec();
            let told = (track == Track::Video).then(|| webm::Video::of_unit(codec, &unit.data)).flatten();
            let waited = self.waiting.first().is_some_and(|(_, first)| unit.t - first.t >= SIZE_WITHIN_MS);
            if told.is_none() && self.tracks.video.is_some() && !waited {
                self.waiting.push((track, unit));
                return;
            }
            if told.is_some() {
                self.tracks.video = told;
            }
            self.head(out);
        }
        self.block(track, &unit, out);
    }

    fn head(&mut self, out: &mut Buffer) {
        self.header = true;
        webm::header(out, self.tracks.codec());
        webm::open_segment(out);
        webm::info(out, None);
        webm::tracks(out, &self.tracks);
        for (track, unit) in std::mem::take(&mut self.waiting) {
            self.block(track, &unit, out);
        }
    }

    fn block(&mut self, track: Track, unit: &AccessUnit, out: &mut Buffer) {
        let (cluster, new) = self.clusters.place(track, unit.t, unit.key);
        if new {
            webm::open_cluster(out, cluster);
        }
        let mut data = &unit.data[..];
        if track == Track::Video && self.tracks.codec() == VideoCodec::H264 {
            self.prefixed.clear();
            h264::prefix(data, &mut self.prefixed);
            data = &self.prefixed;
        }
        webm::block_head(out, track, cluster, unit.t, unit.key, data.len());
        out.0.extend_from_slice(data);
    }

    fn write(&mut self, buffer: &mut Buffer) -> io::Result<()> {
        self.file.write_all(&buffer.0)?;
        self.at.fetch_add(buffer.0.len() as u64, Ordering::Release);
        buffer.0.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    #[test]
    fn a_full_disk_is_told_by_the_next_push_and_by_the_end() {
        let Ok(file) = File::options().write(true).open("/dev/full") else {
            coach_testing::not_checked(coach_testing::Need::Other, "a full disk", "there is no /dev/full");
            return;
        };
        let tracks = webm::Tracks { video: None, audio: Some(2) };
        let recorder = Recorder::over(file, "/dev/full".into(), tracks).unwrap();
        let unit = AccessUnit { t: MediaTime::ZERO, key: true, data: Bytes::from_static(&[0x78, 1, 2]) };
        let item = Item::Unit(Track::Audio, unit);
        let error = loop {
            if let Err(error) = recorder.push(&item) {
                break error;
            }
            std::thread::yield_now();
        };
        let full =
            |error: &Error| matches!(error, Error::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull);
        assert!(full(&error) || matches!(error, Error::Write { .. }), "{error}");
        let end = recorder.finish();
        assert!(end.as_ref().is_err_and(full), "{end:?}");
    }
}
