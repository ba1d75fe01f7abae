//! Reads an object from a thread that may block, as decompressors and archivers do.

use super::Reading;
use bytes::{Buf, Bytes};
use futures::StreamExt;
use std::io::{self, Read};
use tokio::sync::mpsc;

/// A blocking reader of what a task downloads; the task is at most a few chunks ahead.
pub struct BlockingReader {
    chunks: mpsc::Receiver<anyhow::Result<Bytes>>,
    rest: Bytes,
    came: u64,
    expected: u64,
}

/// Starts the download. It must be called within the runtime, and the reader used on a blocking thread.
pub fn blocking(mut reading: Reading) -> BlockingReader {
    let (sender, chunks) = mpsc::channel(4);
    let expected = reading.bytes;
    tokio::spawn(async move {
        while let Some(chunk) = reading.chunks.next().await {
            // The reader was dropped.
            if sender.send(chunk).await.is_err() {
                return;
            }
        }
    });
    BlockingReader { chunks, rest: Bytes::new(), came: 0, expected }
}

impl Read for BlockingReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.chunks.blocking_recv() {
                Some(Ok(chunk)) => {
                    self.came += chunk.len() as u64;
                    self.rest = chunk;
                }
                Some(Err(error)) => return Err(io::Error::other(error)),
                None if self.came < self.expected => return Err(io::ErrorKind::UnexpectedEof.into()),
                None => return Ok(0),
            }
        }
        let len = self.rest.len().min(buffer.len());
        self.rest.copy_to_slice(&mut buffer[..len]);
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(bytes: u64, chunks: Vec<anyhow::Result<Bytes>>) -> Reading {
        Reading { bytes, content_type: None, chunks: Box::pin(futures::stream::iter(chunks)) }
    }

    async fn read(reading: Reading) -> io::Result<Vec<u8>> {
        let mut reader = blocking(reading);
        tokio::task::spawn_blocking(move || {
            let mut out = Vec::new();
            reader.read_to_end(&mut out).map(|_| out)
        })
        .await
        .unwrap()
    }

    #[tokio::test]
    async fn chunks_come_out_whole_empty_ones_included() {
        let chunks = ["ab", "", "cde"].map(|text| Ok(Bytes::from_static(text.as_bytes())));
        assert_eq!(read(reading(5, chunks.into())).await.unwrap(), b"abcde");
    }

    #[tokio::test]
    async fn an_object_that_breaks_off_is_an_error_and_not_a_short_object() {
        assert!(read(reading(5, vec![Ok(Bytes::from_static(b"abc"))])).await.is_err());
        let broken = vec![Ok(Bytes::from_static(b"ab")), Err(anyhow::anyhow!("gone"))];
        assert!(read(reading(5, broken)).await.unwrap_err().to_string().contains("gone"));
    }
}
