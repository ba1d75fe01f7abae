//! Downloads: ZIP archives that are written while they are read, and the refusal where too many are under way.

use crate::http::error::Error;
use crate::objects::{self, Reading};
use crate::places::Full;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use std::io::{self, Write};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

/// The size of the pieces in which an archive is sent, bytes.
const PIECE: usize = 64 * 1024;
/// How long one archive may take, however slowly its reader reads.
const WHOLE: Duration = Duration::from_secs(6 * 3600);

/// Returns the refusal of one download more.
pub fn too_many_downloads(full: Full) -> Error {
    Error::TooMany { detail: format!("too many downloads at once: {full}; wait until one is over"), retry_after_s: 10 }
}

/// An archive on its way to whoever reads it.
pub struct Archive(ZipWriter<StreamWriter<Pipe>>);

impl Archive {
    /// Begins a file.
    fn begin(&mut self, name: &str) -> io::Result<()> {
        // Stored, not squeezed: the recording is compressed already. Large files need not be announced.
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored).large_file(true);
        Ok(self.0.start_file(name, options)?)
    }

    /// Adds a file with this text.
    ///
    /// # Errors
    /// The reader has gone, or took too long.
    pub fn text(&mut self, name: &str, text: &[u8]) -> io::Result<()> {
        self.begin(name)?;
        self.0.write_all(text)
    }

    /// Adds a file with what an object holds; the name `journal.jsonl` is that of a journal, which is compressed in the store.
    /// It must be called on a thread that may block, within the runtime.
    ///
    /// # Errors
    /// The reader has gone or took too long, or the object cannot be read.
    pub fn object(&mut self, name: &str, reading: Reading) -> io::Result<()> {
        self.begin(name)?;
        let mut reader = objects::blocking(reading);
        if name == "journal.jsonl" {
            io::copy(&mut zstd::Decoder::new(reader)?, &mut self.0)?;
        } else {
            io::copy(&mut reader, &mut self.0)?;
        }
        Ok(())
    }
}

/// Answers with an archive of this name, which `fill` writes on a thread that may block, as fast as the reader takes it. A failure
/// breaks the body off, so that nobody takes half an archive for a whole one.
///
/// # Errors
/// The name cannot stand in a header.
pub fn answer(
    name: &str,
    fill: impl FnOnce(&mut Archive) -> io::Result<()> + Send + 'static,
) -> anyhow::Result<Response> {
    let (sender, receiver) = mpsc::channel(4);
    let pipe = Pipe { sender: sender.clone(), piece: Vec::with_capacity(PIECE), until: Instant::now() + WHOLE };
    tokio::task::spawn_blocking(move || {
        let mut archive = Archive(ZipWriter::new_stream(pipe));
        let filled = fill(&mut archive).and_then(|()| archive.0.finish()?.into_inner().flush());
        if let Err(error) = filled {
            // The failure may be that the reader has gone.
            let _ = sender.blocking_send(Err(error));
        }
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/zip")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))?),
    ];
    Ok((headers, Body::from_stream(ReceiverStream::new(receiver))).into_response())
}

/// The writer whose bytes go to the reader of the body.
struct Pipe {
    sender: mpsc::Sender<io::Result<Bytes>>,
    piece: Vec<u8>,
    /// When it has taken too long.
    until: Instant,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        if Instant::now() > self.until {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.sender.blocking_send(Ok(piece.into())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
