//! The store in memory has no multipart uploads: tests of uploads use the embedded store.

use super::objects::Memory;
use async_trait::async_trait;
use bytes::Bytes;
use coach_server::objects::parts::{BrowserParts, Filling};
use std::time::Duration;

const NO: &str = "the store in memory takes no parts";

#[async_trait]
impl BrowserParts for Memory {
    async fn begin_parts(&self, _: &str, _: &str) -> anyhow::Result<String> {
        anyhow::bail!(NO)
    }

    async fn filling(&self, _: &str, _: &str) -> anyhow::Result<Option<Box<dyn Filling>>> {
        anyhow::bail!(NO)
    }

    async fn presign_part(&self, _: &str, _: &str, _: u16, _: u64, _: Duration) -> anyhow::Result<String> {
        anyhow::bail!(NO)
    }

    async fn abort_parts(&self, _: &str, _: &str) -> anyhow::Result<()> {
        anyhow::bail!(NO)
    }

    async fn confirm(&self, _: &str, _: u64, _: Option<u64>) -> anyhow::Result<Result<(), String>> {
        anyhow::bail!(NO)
    }

    async fn beginning(&self, _: &str, _: u64) -> anyhow::Result<Bytes> {
        anyhow::bail!(NO)
    }
}
