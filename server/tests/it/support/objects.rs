//! An object store in memory that fails when a test says so.

use async_trait::async_trait;
use bytes::Bytes;
use coach_server::objects::{Growing, Objects, Reading};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Shelf = Arc<Mutex<BTreeMap<String, Bytes>>>;

#[derive(Default)]
pub struct Memory {
    shelf: Shelf,
    away: AtomicBool,
}

impl Memory {
    pub fn put(&self, key: &str, bytes: impl Into<Bytes>) {
        self.shelf.lock().unwrap().insert(key.into(), bytes.into());
    }

    pub fn keys(&self) -> Vec<String> {
        self.shelf.lock().unwrap().keys().cloned().collect()
    }

    /// Sets whether the store answers.
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    fn here(&self) -> anyhow::Result<()> {
        anyhow::ensure!(!self.away.load(Ordering::SeqCst), "the store is away");
        Ok(())
    }
}

#[async_trait]
impl Objects for Memory {
    async fn size(&self, key: &str) -> anyhow::Result<Option<u64>> {
        self.here()?;
        Ok(self.shelf.lock().unwrap().get(key).map(|bytes| bytes.len() as u64))
    }

    async fn read(&self, key: &str) -> anyhow::Result<Option<Reading>> {
        self.here()?;
        let Some(bytes) = self.shelf.lock().unwrap().get(key).cloned() else { return Ok(None) };
        // The object is sent in small pieces, as over a network.
        let pieces: Vec<_> = bytes.chunks(1000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        Ok(Some(Reading {
            bytes: bytes.len() as u64,
            content_type: None,
            chunks: Box::pin(futures::stream::iter(pieces)),
        }))
    }

    async fn keys(&self, prefix: &str) -> anyhow::Result<Vec<String>> {
        self.here()?;
        Ok(Memory::keys(self).into_iter().filter(|key| key.starts_with(prefix)).collect())
    }

    async fn put_file(&self, key: &str, path: &Path, _: &str) -> anyhow::Result<()> {
        self.here()?;
        self.put(key, std::fs::read(path)?);
        Ok(())
    }

    async fn begin(&self, key: &str, _: &str) -> anyhow::Result<Box<dyn Growing>> {
        self.here()?;
        Ok(Box::new(Part { key: key.into(), bytes: Vec::new(), shelf: self.shelf.clone() }))
    }

    async fn presign(&self, key: &str, good_for: Duration) -> anyhow::Result<String> {
        self.here()?;
        Ok(format!("http://store.example/{key}?expires={}", good_for.as_secs()))
    }

    async fn delete_prefix(&self, prefix: &str) -> anyhow::Result<usize> {
        self.here()?;
        let mut shelf = self.shelf.lock().unwrap();
        let before = shelf.len();
        shelf.retain(|key, _| !key.starts_with(prefix));
        Ok(before - shelf.len())
    }

    async fn abort_unfinished(&self, _: &str) -> anyhow::Result<()> {
        self.here()
    }

    fn browser_origin(&self) -> String {
        "http://store.example".into()
    }

    async fn ping(&self) -> anyhow::Result<()> {
        self.here()
    }
}

struct Part {
    key: String,
    bytes: Vec<u8>,
    shelf: Shelf,
}

#[async_trait]
impl Growing for Part {
    async fn part(&mut self, bytes: Bytes) -> anyhow::Result<()> {
        self.bytes.extend_from_slice(&bytes);
        Ok(())
    }

    async fn complete(self: Box<Self>) -> anyhow::Result<()> {
        self.shelf.lock().unwrap().insert(self.key, self.bytes.into());
        Ok(())
    }
}
