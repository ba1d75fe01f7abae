//! Parts on their way to the object store while they are still being recorded, so that a lost machine costs seconds, not
//! the session.

use crate::objects::{Growing, Objects};
use bytes::Bytes;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// S3's smallest part but for the last one.
const PART_BYTES: u64 = 5 * 1024 * 1024;
/// After a failure the store is tried again after so long, doubled up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long a request that should not be cut is waited for when the uploads end.
const LAST_REQUEST: Duration = Duration::from_secs(5);

/// The uploads of one session.
#[derive(Default)]
pub struct Uploads {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Uploads {
    /// Follows the durable bytes of `file` until the recorder is done with it, then makes them an object. While the store
    /// is away, the spool has everything.
    pub fn follow(&mut self, objects: Arc<dyn Objects>, key: String, file: PathBuf, durable: watch::Receiver<u64>) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move { follow(&*objects, &key, &file, durable, &stop).await });
    }

    /// Ends what is under way; nothing is stored after this. What the store has of it lies under the session's prefix.
    pub async fn stop(&mut self) {
        self.stop.cancel();
        let over = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_REQUEST, over).await.is_err() {
            self.tasks.shutdown().await;
        }
    }
}

async fn follow(
    objects: &dyn Objects,
    key: &str,
    file: &Path,
    mut durable: watch::Receiver<u64>,
    stop: &CancellationToken,
) {
    let (mut sent, mut over, mut pause) = (0, false, FIRST_PAUSE);
    let mut growing: Option<Box<dyn Growing>> = None;
    while !stop.is_cancelled() {
        let known = *durable.borrow_and_update();
        if known - sent < PART_BYTES && !over {
            tokio::select! {
                () = stop.cancelled() => return,
                changed = durable.changed() => over = changed.is_err(),
            }
            continue;
        }
        if sent == known {
            break;
        }
        match send(objects, key, file, &mut growing, sent, (known - sent).min(PART_BYTES), stop).await {
            Ok(bytes) => (sent, pause) = (sent + bytes, FIRST_PAUSE),
            Err(error) => {
                tracing::warn!(%error, key, "the object store does not take the part; the spool keeps it");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
    if let (Some(growing), false) = (growing, stop.is_cancelled())
        && let Err(error) = growing.complete().await
    {
        tracing::warn!(%error, key, "the part in the object store is not whole; the spool keeps it");
    }
}

/// Sends the next bytes. Beginning is never cut: an upload without a name could not be cleared away by it.
async fn send(
    objects: &dyn Objects,
    key: &str,
    file: &Path,
    growing: &mut Option<Box<dyn Growing>>,
    from: u64,
    bytes: u64,
    stop: &CancellationToken,
) -> anyhow::Result<u64> {
    let growing = match growing {
        Some(growing) => growing,
        none => none.insert(objects.begin(key, "video/webm").await?),
    };
    let path = file.to_owned();
    let chunk = tokio::task::spawn_blocking(move || read(&path, from, bytes)).await??;
    tokio::select! {
        () = stop.cancelled() => anyhow::bail!("the upload was ended"),
        sent = growing.part(chunk) => sent.map(|()| bytes),
    }
}

fn read(path: &Path, from: u64, bytes: u64) -> std::io::Result<Bytes> {
    let mut file = std::fs::File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut chunk = vec![0; bytes as usize];
    file.read_exact(&mut chunk)?;
    Ok(chunk.into())
}
