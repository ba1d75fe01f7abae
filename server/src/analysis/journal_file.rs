//! The journal file of a live session: takes each accepted line and is synced to the disk twice a second.

use coach_core::journal::Line;
use coach_insight::journal::Writer;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::time::{Duration, Instant};

/// Time between two syncs to the disk.
const DURABLE_EVERY: Duration = Duration::from_millis(500);

/// A journal that is being written.
pub struct JournalFile {
    file: Writer<BufWriter<File>>,
    /// When it was last synced.
    durable: Instant,
    /// Whether lines were added since then.
    dirty: bool,
    /// Whether a write has failed.
    failed: bool,
}

impl JournalFile {
    /// Creates an empty journal; an existing file is replaced.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn create(path: &Path) -> std::io::Result<JournalFile> {
        let file = Writer::new(BufWriter::with_capacity(64 * 1024, File::create(path)?));
        Ok(JournalFile { file, durable: Instant::now(), dirty: false, failed: false })
    }

    /// Adds a line. A failure is logged once; the journal can be made again from the recording.
    pub fn write(&mut self, line: &Line) {
        let written = self.file.write(line);
        self.dirty = true;
        self.note(written);
    }

    /// Syncs the file to the disk if it has new lines and the last sync was 0.5 s ago or more.
    pub fn tick(&mut self) {
        if self.dirty && self.durable.elapsed() >= DURABLE_EVERY {
            self.durable = Instant::now();
            self.dirty = false;
            let flushed = self.file.flush().and_then(|()| self.file.get_ref().get_ref().sync_data());
            self.note(flushed);
        }
    }

    /// Writes everything to the disk.
    ///
    /// # Errors
    /// A line could not be written, so the journal is not whole.
    pub fn close(mut self) -> std::io::Result<()> {
        if self.failed {
            return Err(std::io::Error::other("lines of the journal are missing"));
        }
        self.file.flush()?;
        self.file.get_ref().get_ref().sync_all()
    }

    /// Logs the first failure only.
    fn note(&mut self, result: std::io::Result<()>) {
        if let Err(error) = result
            && !std::mem::replace(&mut self.failed, true)
        {
            tracing::error!(%error, "the journal cannot be written");
        }
    }
}
