//! The journal file of a live session: takes each accepted line, and is synced to the disk twice a second by a thread of its own.

use coach_core::journal::Line;
use coach_insight::journal::Writer;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Time between two syncs to the disk.
const DURABLE_EVERY: Duration = Duration::from_millis(500);
/// Time that [`JournalFile::close`] lets a disk take for everything that waits for it.
const CLOSE_WITHIN: Duration = Duration::from_secs(60);

/// A journal that is being written. Nothing here waits for the disk but [`JournalFile::close`]: a disk may need seconds for a sync
/// while a session's thread must go on taking media.
pub struct JournalFile {
    lines: Writer<Vec<u8>>,
    /// When lines were last handed to the thread.
    handed: Instant,
    blocks: mpsc::Sender<Vec<u8>>,
    thread: JoinHandle<io::Result<()>>,
    /// Ends when the thread does.
    done: mpsc::Receiver<()>,
    /// Whether a line could not be written as text.
    failed: bool,
}

impl JournalFile {
    /// Creates an empty journal; an existing file is replaced.
    ///
    /// # Errors
    /// The file or the thread cannot be created.
    pub fn create(path: &Path) -> io::Result<JournalFile> {
        let file = File::create(path)?;
        let (blocks, inbox) = mpsc::channel();
        let (alive, done) = mpsc::channel();
        let thread = std::thread::Builder::new().name("journal".into()).spawn(move || {
            let _alive = alive;
            write(file, &inbox).inspect_err(|error| tracing::error!(%error, "the journal cannot be written"))
        })?;
        Ok(JournalFile { lines: Writer::new(Vec::new()), handed: Instant::now(), blocks, thread, done, failed: false })
    }

    /// Adds a line. A failure is logged once; the journal can be made again from the recording.
    pub fn write(&mut self, line: &Line) {
        if let Err(error) = self.lines.write(line)
            && !std::mem::replace(&mut self.failed, true)
        {
            tracing::error!(%error, "a line of the journal cannot be written");
        }
    }

    /// Hands new lines to the thread if 0.5 s have passed since it last got some.
    pub fn tick(&mut self) {
        if self.handed.elapsed() >= DURABLE_EVERY {
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        self.handed = Instant::now();
        let block = std::mem::replace(&mut self.lines, Writer::new(Vec::new())).into_inner();
        if !block.is_empty() {
            // A thread that failed has logged why; `close` returns it.
            let _ = self.blocks.send(block);
        }
    }

    /// Waits until every line is on the disk, at most 60 s.
    ///
    /// # Errors
    /// A line could not be written, or the disk does not answer: the journal is not whole.
    pub fn close(mut self) -> io::Result<()> {
        self.hand_over();
        drop(self.blocks);
        if self.done.recv_timeout(CLOSE_WITHIN) == Err(mpsc::RecvTimeoutError::Timeout) {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the disk does not take the journal"));
        }
        self.thread.join().unwrap_or_else(|_| Err(io::Error::other("the journal's thread panicked")))?;
        if self.failed { Err(io::Error::other("lines of the journal are missing")) } else { Ok(()) }
    }
}

/// Writes blocks of lines until their sender is gone. A sync that took long is followed by one for everything that came meanwhile.
fn write(mut file: File, inbox: &mpsc::Receiver<Vec<u8>>) -> io::Result<()> {
    while let Ok(block) = inbox.recv() {
        file.write_all(&block)?;
        for block in inbox.try_iter() {
            file.write_all(&block)?;
        }
        file.sync_data()?;
    }
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use coach_core::MediaTime;
    use coach_core::journal::{Mark, MarkKind};

    fn line(t: i64) -> Line {
        Line::Mark(Mark {
            t: MediaTime(t),
            what: MarkKind::Note,
            question: Some("a thought".into()),
            question_id: None,
            suggested_ms: None,
        })
    }

    #[test]
    fn every_line_is_in_the_file_when_it_is_closed_in_the_order_in_which_it_came() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("journal.jsonl");
        let mut journal = JournalFile::create(&path).expect("created");
        for t in 0..1000 {
            journal.write(&line(t));
            journal.hand_over();
        }
        journal.write(&line(1000));
        journal.close().expect("written");
        let text = std::fs::read_to_string(&path).expect("read");
        let times: Vec<i64> = text
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["t"].as_i64().expect("a time"))
            .collect();
        assert_eq!(times, (0..=1000).collect::<Vec<_>>());
    }

    #[test]
    fn a_disk_that_takes_nothing_is_an_error_at_the_end_and_none_before() {
        let mut journal = JournalFile::create(Path::new("/dev/full")).expect("opened");
        journal.write(&line(0));
        journal.hand_over();
        journal.write(&line(1));
        assert_eq!(journal.close().expect_err("nothing was written").kind(), io::ErrorKind::StorageFull);
    }
}
