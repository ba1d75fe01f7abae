//! Gives out an object's bytes, whole or a range of them, in blocks, at the pace of the reader.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use futures::Stream;
use s3s::dto::StreamingBlob;

use super::index::Object;

/// Bytes are read in blocks of this size, the memory that one reader costs.
const BLOCK: u64 = 256 << 10;

/// Where a reader is.
struct Reader {
    object: Arc<Object>,
    /// The segment that `file` is, and where it begins in the object.
    segment: usize,
    begins: u64,
    file: Option<Arc<File>>,
    at: u64,
    end: u64,
}

/// The bytes `range` of the object, which must lie inside it.
pub(super) fn stream(object: Arc<Object>, range: Range<u64>) -> StreamingBlob {
    let reader = Reader { object, segment: 0, begins: 0, file: None, at: range.start, end: range.end };
    StreamingBlob::wrap(blocks(reader))
}

fn blocks(reader: Reader) -> impl Stream<Item = io::Result<Bytes>> + Send + Sync + 'static {
    futures::stream::try_unfold(reader, |mut reader| async move {
        if reader.at >= reader.end {
            return Ok(None);
        }
        tokio::task::spawn_blocking(move || {
            let block = reader.block()?;
            Ok(Some((block, reader)))
        })
        .await
        .unwrap_or_else(|panicked| Err(io::Error::other(panicked)))
    })
}

impl Reader {
    /// The next block; never empty. A file that is shorter than its record is an error, never a short answer.
    fn block(&mut self) -> io::Result<Bytes> {
        let segments = &self.object.manifest.segments;
        loop {
            let segment = segments.get(self.segment).ok_or(io::ErrorKind::UnexpectedEof)?;
            let past = self.begins + segment.sums.len;
            if self.at < past {
                break;
            }
            self.begins = past;
            self.segment += 1;
            self.file = None;
        }
        let file = match &self.file {
            Some(file) => file.clone(),
            None => {
                let file = Arc::new(self.object.blobs[self.segment].open()?);
                self.file = Some(file.clone());
                file
            }
        };
        let past = self.begins + segments[self.segment].sums.len;
        let count = (self.end.min(past) - self.at).min(BLOCK);
        let mut block = vec![0; usize::try_from(count).expect("a block fits in memory")];
        file.read_exact_at(&mut block, self.at - self.begins)?;
        self.at += count;
        Ok(block.into())
    }
}
