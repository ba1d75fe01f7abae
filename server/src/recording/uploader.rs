//! Uploads parts to the object store while they are still being recorded, so that the loss of the machine costs the last
//! seconds of a session only.

use crate::objects::{Growing, Objects};
use bytes::Bytes;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Bytes per request: the smallest upload part that S3 takes, except for the last one.
const PART_BYTES: u64 = 5 * 1024 * 1024;
/// Pause after the first failure. It doubles after each further one, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long [`Uploads::stop`] waits for requests under way before it aborts them.
const LAST_REQUEST: Duration = Duration::from_secs(5);

/// The uploads of one session.
#[derive(Default)]
pub struct Uploads {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Uploads {
    /// Starts to upload `file` as the object `key` while the file grows. `durable` gives the bytes that are on disk; when its
    /// sender is dropped, the file is whole and the object is completed. Failed requests are retried until [`Uploads::stop`].
    pub fn follow(&mut self, objects: Arc<dyn Objects>, key: String, file: PathBuf, durable: watch::Receiver<u64>) {
        let stop = self.stop.clone();
        self.tasks.spawn(async move { follow(&*objects, &key, &file, durable, &stop).await });
    }

    /// Stops all uploads; nothing is stored after this returns. Unfinished uploads stay under the session's prefix.
    pub async fn stop(&mut self) {
        self.stop.cancel();
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_REQUEST, ended).await.is_err() {
            self.tasks.shutdown().await;
        }
    }
}

/// Uploads one file until it is whole, or until `stop`.
async fn follow(
    objects: &dyn Objects,
    key: &str,
    file: &Path,
    mut durable: watch::Receiver<u64>,
    stop: &CancellationToken,
) {
    let (mut sent, mut whole, mut pause) = (0, false, FIRST_PAUSE);
    let mut growing: Option<Box<dyn Growing>> = None;
    while !stop.is_cancelled() {
        let known = *durable.borrow_and_update();
        if known - sent < PART_BYTES && !whole {
            tokio::select! {
                () = stop.cancelled() => return,
                changed = durable.changed() => whole = changed.is_err(),
            }
            continue;
        }
        if sent == known {
            break;
        }
        match send(objects, key, file, &mut growing, sent, (known - sent).min(PART_BYTES), stop).await {
            Ok(bytes) => (sent, pause) = (sent + bytes, FIRST_PAUSE),
            Err(error) => {
                tracing::warn!(%error, key, "a part could not be sent to the object store; it stays in the spool and is retried");
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
        tracing::warn!(%error, key, "the upload of a part could not be completed; the part stays in the spool");
    }
}

/// Sends the next `bytes` of the file, from the offset `from`, and begins the upload if there is none yet. Returns how many
/// bytes were sent. `stop` does not interrupt the beginning: an upload whose id is unknown could not be aborted later.
///
/// # Errors
/// The file cannot be read, the store does not take the bytes, or `stop` was cancelled.
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
        () = stop.cancelled() => anyhow::bail!("the upload was stopped"),
        sent = growing.part(chunk) => sent.map(|()| bytes),
    }
}

/// Reads `bytes` bytes of the file from the offset `from`.
fn read(path: &Path, from: u64, bytes: u64) -> std::io::Result<Bytes> {
    let mut file = std::fs::File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut chunk = vec![0; bytes as usize];
    file.read_exact(&mut chunk)?;
    Ok(chunk.into())
}
