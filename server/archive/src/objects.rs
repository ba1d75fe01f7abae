//! Whole objects: put, get (also a range), head, list, copy, delete.

use std::ops::RangeInclusive;
use std::path::Path;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode, ChecksumType, Delete, ObjectIdentifier};
use bytes::{Bytes, BytesMut};
use tokio::io::AsyncWriteExt as _;

use crate::client::Archive;
use crate::error::Error;
use crate::upload::crc64_from_base64;

/// What is known about an object without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The object's key.
    pub key: String,
    /// Length in bytes.
    pub size: u64,
    /// The ETag, without quotes.
    pub etag: String,
    /// Media type; None in lists.
    pub content_type: Option<String>,
    /// Last written, microseconds since 1970.
    pub modified_us: i64,
    /// CRC-64/NVME of all bytes, when the store knows it; None in lists.
    pub crc64: Option<u64>,
}

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Objects in the order of their keys.
    pub objects: Vec<Head>,
    /// The token of the next page, when there is one.
    pub next: Option<String>,
}

/// An object's bytes as they come.
#[derive(Debug)]
pub struct Body {
    /// Bytes that will come in all.
    pub size: u64,
    /// Media type.
    pub content_type: Option<String>,
    /// The ETag, without quotes.
    pub etag: String,
    what: String,
    stream: ByteStream,
    came: u64,
}

impl Body {
    /// The next bytes; None at the end.
    ///
    /// # Errors
    /// The connection broke, or the bytes are not those that were stored: nothing that came before may be trusted.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        let broken = |message: String| Error::Unavailable { what: self.what.clone(), message };
        match self.stream.next().await {
            Some(Ok(bytes)) => {
                self.came += bytes.len() as u64;
                Ok(Some(bytes))
            }
            Some(Err(error)) => Err(broken(format!("{error:?}"))),
            None if self.came != self.size => Err(broken(format!("ended after {} of {} bytes", self.came, self.size))),
            None => Ok(None),
        }
    }

    /// All bytes, when there are at most `limit` of them.
    ///
    /// # Errors
    /// There are more, or the connection broke.
    pub async fn bytes(mut self, limit: u64) -> Result<Bytes, Error> {
        if self.size > limit {
            let message = format!("has {} bytes, more than the {limit} that are expected here", self.size);
            return Err(Error::Corrupt { what: self.what, message });
        }
        let mut all = BytesMut::with_capacity(usize::try_from(self.size).unwrap_or(0));
        while let Some(bytes) = self.next().await? {
            all.extend_from_slice(&bytes);
        }
        Ok(all.freeze())
    }

    /// Writes all bytes to a file and syncs it; returns how many. The file is made or cut to nothing first.
    ///
    /// # Errors
    /// The connection broke, or the disk failed; the file then holds a beginning of the object.
    pub async fn to_file(mut self, path: &Path) -> Result<u64, Error> {
        let failed = |source| Error::io(path, source);
        let mut file = tokio::fs::File::create(path).await.map_err(failed)?;
        while let Some(bytes) = self.next().await? {
            file.write_all(&bytes).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        file.sync_all().await.map_err(failed)?;
        Ok(self.came)
    }
}

pub(crate) fn plain_etag(etag: Option<&str>) -> String {
    etag.unwrap_or_default().trim_matches('"').to_owned()
}

fn micros(time: Option<&aws_sdk_s3::primitives::DateTime>) -> i64 {
    time.map_or(0, |time| time.secs().saturating_mul(1_000_000) + i64::from(time.subsec_nanos() / 1000))
}

fn size(length: Option<i64>) -> u64 {
    length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0)
}

impl Archive {
    /// Stores bytes as a whole object, replacing what was there; its CRC is checked by the store.
    ///
    /// # Errors
    /// See [`Error`]; nothing is stored then.
    pub async fn put(&self, key: &str, bytes: Bytes, content_type: &str) -> Result<(), Error> {
        let put = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        let put = put.checksum_algorithm(ChecksumAlgorithm::Crc64Nvme).body(bytes.into());
        put.send().await.map_err(|error| Error::sdk(key, error))?;
        Ok(())
    }

    /// Reads an object, or the bytes of a range (both ends included; an end beyond the object is cut).
    ///
    /// # Errors
    /// See [`Error`]; a range that begins beyond the end is `Refused` with code `InvalidRange`.
    pub async fn get(&self, key: &str, range: Option<RangeInclusive<u64>>) -> Result<Body, Error> {
        let range = range.map(|range| format!("bytes={}-{}", range.start(), range.end()));
        // The checksum is of all bytes, so only a whole read can be compared with it.
        let mode = range.is_none().then_some(ChecksumMode::Enabled);
        let get = self.client.get_object().bucket(&self.bucket).key(key).set_range(range).set_checksum_mode(mode);
        let found = get.send().await.map_err(|error| Error::sdk(key, error))?;
        Ok(Body {
            size: size(found.content_length),
            content_type: found.content_type,
            etag: plain_etag(found.e_tag.as_deref()),
            what: key.to_owned(),
            stream: found.body,
            came: 0,
        })
    }

    /// What is known about an object; None when it is not there.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn head(&self, key: &str) -> Result<Option<Head>, Error> {
        let head = self.client.head_object().bucket(&self.bucket).key(key).checksum_mode(ChecksumMode::Enabled);
        let found = match head.send().await.map_err(|error| Error::sdk(key, error)) {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let full = found.checksum_type != Some(ChecksumType::Composite);
        let crc64 = found.checksum_crc64_nvme.as_deref().filter(|_| full).and_then(crc64_from_base64);
        Ok(Some(Head {
            key: key.to_owned(),
            size: size(found.content_length),
            etag: plain_etag(found.e_tag.as_deref()),
            content_type: found.content_type,
            modified_us: micros(found.last_modified.as_ref()),
            crc64,
        }))
    }

    /// One page of the objects whose keys begin with `prefix`: at most `max` (1 to 1000), after the page of `token`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list_page(&self, prefix: &str, token: Option<&str>, max: i32) -> Result<Page, Error> {
        let list = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).max_keys(max);
        let found = list.set_continuation_token(token.map(str::to_owned)).send().await;
        let found = found.map_err(|error| Error::sdk(&format!("the list of {prefix}"), error))?;
        let objects = found.contents.unwrap_or_default().into_iter().map(|object| Head {
            key: object.key.unwrap_or_default(),
            size: size(object.size),
            etag: plain_etag(object.e_tag.as_deref()),
            content_type: None,
            modified_us: micros(object.last_modified.as_ref()),
            crc64: None,
        });
        let next = found.next_continuation_token.filter(|_| found.is_truncated == Some(true));
        Ok(Page { objects: objects.collect(), next })
    }

    /// All objects whose keys begin with `prefix`. For prefixes of one session or user, not of everything.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn list(&self, prefix: &str) -> Result<Vec<Head>, Error> {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let page = self.list_page(prefix, token.as_deref(), 1000).await?;
            all.extend(page.objects);
            match page.next {
                Some(next) => token = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// Copies an object inside the bucket, up to 5 GiB; the bytes do not travel.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn copy(&self, from: &str, to: &str) -> Result<(), Error> {
        let source = format!("{}/{}", self.bucket, percent_encode(from));
        let copy = self.client.copy_object().bucket(&self.bucket).copy_source(source).key(to);
        copy.send().await.map_err(|error| Error::sdk(from, error))?;
        Ok(())
    }

    /// Deletes an object; one that is not there is no error.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        let delete = self.client.delete_object().bucket(&self.bucket).key(key);
        delete.send().await.map_err(|error| Error::sdk(key, error))?;
        Ok(())
    }

    /// Deletes every object whose key begins with `prefix` (not empty) and aborts the uploads there; returns how many
    /// objects went. What an error left can be deleted by the same call again.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_prefix(&self, prefix: &str) -> Result<usize, Error> {
        if prefix.is_empty() {
            return Err(Error::Config("an empty prefix would delete the whole archive".into()));
        }
        self.abort_uploads(prefix, None).await?;
        let mut deleted = 0;
        loop {
            // Always the first page: what was listed before is gone.
            let page = self.list_page(prefix, None, 1000).await?;
            if page.objects.is_empty() {
                return Ok(deleted);
            }
            let wrong = |error: aws_sdk_s3::error::BuildError| Error::Config(error.to_string());
            let keys = page.objects.iter().map(|object| ObjectIdentifier::builder().key(&object.key).build());
            let keys = keys.collect::<Result<Vec<_>, _>>().map_err(wrong)?;
            let delete = Delete::builder().set_objects(Some(keys)).quiet(true).build().map_err(wrong)?;
            let answer = self.client.delete_objects().bucket(&self.bucket).delete(delete).send().await;
            let answer = answer.map_err(|error| Error::sdk(prefix, error))?;
            if let Some(error) = answer.errors().first() {
                return Err(Error::Refused {
                    what: error.key().unwrap_or(prefix).to_owned(),
                    code: error.code().unwrap_or_default().to_owned(),
                    message: error.message().unwrap_or_default().to_owned(),
                });
            }
            deleted += page.objects.len();
        }
    }
}

/// Percent-encodes all but unreserved characters and '/', as a copy source wants it.
pub(crate) fn percent_encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("a String takes every write");
        }
        out
    })
}
