//! A part on its way to the object store while it is still being recorded, so that a lost machine costs seconds, not the session.

use crate::objects::{Growing, Objects};
use bytes::Bytes;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// S3's smallest part but for the last one.
const PART_BYTES: u64 = 5 * 1024 * 1024;
/// After a failure the store is tried again after so long, doubled up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// At the end the store is not waited for longer than this: the final recording is put whole anyway.
const LAST_TRIES: u32 = 3;

/// How the upload of a part ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartUpload {
    pub key: String,
    /// Whole and confirmed.
    pub complete: bool,
}

impl PartUpload {
    /// Follows the durable bytes of `file` until the recorder is done with it. Never fails: while the store is away, the spool has everything.
    pub async fn follow(
        objects: Arc<dyn Objects>,
        key: String,
        file: PathBuf,
        mut durable: watch::Receiver<u64>,
    ) -> PartUpload {
        let mut sent = 0;
        let mut growing: Option<Box<dyn Growing>> = None;
        let mut pause = FIRST_PAUSE;
        let mut tries = 0;
        let mut over = false;
        loop {
            let known = *durable.borrow_and_update();
            let due = known - sent >= PART_BYTES || over;
            if !due {
                over = durable.changed().await.is_err();
                continue;
            }
            if over && sent == known {
                break;
            }
            match send(&*objects, &key, &file, &mut growing, sent, (known - sent).min(PART_BYTES)).await {
                Ok(bytes) => {
                    sent += bytes;
                    (pause, tries) = (FIRST_PAUSE, 0);
                }
                Err(error) => {
                    tries += 1;
                    tracing::warn!(%error, key, tries, "the object store does not take the part; the spool keeps it");
                    if over && tries >= LAST_TRIES {
                        return PartUpload { key, complete: false };
                    }
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
        let complete = match growing {
            Some(growing) => match growing.complete().await {
                Ok(()) => true,
                Err(error) => {
                    tracing::warn!(%error, key, "the part in the object store is not whole; the spool keeps it");
                    false
                }
            },
            None => false,
        };
        PartUpload { key, complete }
    }
}

async fn send(
    objects: &dyn Objects,
    key: &str,
    file: &Path,
    growing: &mut Option<Box<dyn Growing>>,
    from: u64,
    bytes: u64,
) -> anyhow::Result<u64> {
    if growing.is_none() {
        *growing = Some(objects.begin(key, "video/webm").await?);
    }
    let path = file.to_owned();
    let chunk = tokio::task::spawn_blocking(move || read(&path, from, bytes)).await??;
    let Some(growing) = growing else { anyhow::bail!("the upload has not begun") };
    growing.part(chunk).await?;
    Ok(bytes)
}

fn read(path: &Path, from: u64, bytes: u64) -> std::io::Result<Bytes> {
    let mut file = std::fs::File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut chunk = vec![0; bytes as usize];
    file.read_exact(&mut chunk)?;
    Ok(chunk.into())
}
