//! Multipart uploads by browsers, over `coach-archive`.

use super::archive::Stored;
use super::parts::{BrowserParts, Filling, PutPart};
use async_trait::async_trait;
use bytes::Bytes;
use coach_archive::{Error, Upload};
use std::time::Duration;

#[async_trait]
impl BrowserParts for Stored {
    async fn begin_parts(&self, key: &str, content_type: &str) -> anyhow::Result<String> {
        Ok(self.archive.create_multipart(key, content_type).await?.id().to_owned())
    }

    async fn filling(&self, key: &str, upload: &str) -> anyhow::Result<Option<Box<dyn Filling>>> {
        match self.archive.resume(key, upload).await {
            Ok(upload) => Ok(Some(Box::new(Filled(upload)))),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn presign_part(
        &self,
        key: &str,
        upload: &str,
        number: u16,
        bytes: u64,
        good_for: Duration,
    ) -> anyhow::Result<String> {
        Ok(self.for_browsers(self.archive.presign_part(key, upload, number, bytes, good_for).await?.url))
    }

    async fn abort_parts(&self, key: &str, upload: &str) -> anyhow::Result<()> {
        Ok(self.archive.abort(key, upload).await?)
    }

    async fn confirm(&self, key: &str, bytes: u64, crc64: Option<u64>) -> anyhow::Result<Result<(), String>> {
        match self.archive.confirm(key, bytes, crc64).await {
            Ok(_) => Ok(Ok(())),
            Err(Error::Corrupt { message, .. }) => Ok(Err(message)),
            Err(Error::NotFound { .. }) => Ok(Err("it is not there".into())),
            Err(error) => Err(error.into()),
        }
    }

    async fn beginning(&self, key: &str, bytes: u64) -> anyhow::Result<Bytes> {
        Ok(self.archive.get(key, Some(0..=bytes.saturating_sub(1))).await?.bytes(bytes).await?)
    }
}

struct Filled(Upload);

#[async_trait]
impl Filling for Filled {
    fn parts(&self) -> Vec<PutPart> {
        let part =
            |part: &coach_archive::PartReceipt| PutPart { number: part.number, bytes: part.size, crc64: part.crc64 };
        self.0.parts().iter().map(part).collect()
    }

    async fn join(self: Box<Self>) -> anyhow::Result<()> {
        self.0.complete().await?;
        Ok(())
    }
}
