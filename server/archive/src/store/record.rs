//! What the store writes down about an object, an upload and a part, and how it names them on the disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The format of the folder; a folder of another format is refused.
pub(super) const FORMAT: &str = "coach-store 1\n";

/// Sums of a run of bytes, each computed while the bytes were written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sums {
    /// Length in bytes.
    pub len: u64,
    /// MD5, 32 hexadecimal digits: the ETag.
    pub md5: String,
    /// CRC-32/ISO-HDLC.
    pub crc32: u32,
    /// CRC-32/ISCSI.
    pub crc32c: u32,
    /// CRC-64/NVME.
    pub crc64: u64,
    /// SHA-1 in base64, when the writer sent one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha1: Option<String>,
    /// SHA-256 in base64, when the writer sent one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// A run of bytes in a file of its own, `blobs/<two digits>/<id>`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Segment {
    pub blob: Uuid,
    pub sums: Sums,
}

/// Headers that are kept with an object and given back with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Headers {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_disposition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub user: BTreeMap<String, String>,
}

/// Which checksum an object answers with, chosen when it was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Algorithm {
    Crc32,
    Crc32c,
    #[default]
    Crc64,
    Sha1,
    Sha256,
}

/// `objects/<two digits>/<sha256>`: everything about one object. Its presence is the object's existence.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub bucket: String,
    pub key: String,
    pub headers: Headers,
    pub etag: String,
    pub modified_us: i64,
    pub algorithm: Algorithm,
    /// Whether the checksum covers the bytes (true) or the checksums of the parts (false).
    pub full_object: bool,
    /// The multipart upload that made it, so that a repeated Complete is answered and a crash inside one is repaired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<Uuid>,
    pub segments: Vec<Segment>,
}

impl Manifest {
    /// An object of one piece, which is still to be filled in.
    pub fn new(bucket: String, key: String, headers: Headers, algorithm: Algorithm, etag: String) -> Manifest {
        Manifest {
            bucket,
            key,
            headers,
            etag,
            modified_us: now_us(),
            algorithm,
            full_object: true,
            upload: None,
            segments: Vec::new(),
        }
    }

    /// Length in bytes.
    pub fn len(&self) -> u64 {
        self.segments.iter().map(|segment| segment.sums.len).sum()
    }
}

/// `uploads/<id>/upload`: a multipart upload that is under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upload {
    pub bucket: String,
    pub key: String,
    pub headers: Headers,
    pub algorithm: Algorithm,
    pub full_object: bool,
    pub started_us: i64,
}

/// `uploads/<id>/<number>`: one part of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    pub segment: Segment,
    pub modified_us: i64,
}

/// Where things lie under the store's folder. Names from outside never become part of a path.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub root: PathBuf,
}

impl Layout {
    pub fn object(&self, bucket: &str, key: &str) -> PathBuf {
        let mut hash = Sha256::new();
        hash.update(bucket.as_bytes());
        hash.update([0]);
        hash.update(key.as_bytes());
        let name = hex(&hash.finalize());
        self.root.join("objects").join(&name[..2]).join(name)
    }

    pub fn bucket(&self, bucket: &str) -> PathBuf {
        self.root.join("buckets").join(hex(&Sha256::digest(bucket.as_bytes())))
    }

    pub fn blob(&self, id: Uuid) -> PathBuf {
        let name = id.simple().to_string();
        self.root.join("blobs").join(&name[..2]).join(name)
    }

    pub fn upload(&self, id: Uuid) -> PathBuf {
        self.root.join("uploads").join(id.simple().to_string())
    }

    pub fn part(&self, id: Uuid, number: u16) -> PathBuf {
        self.upload(id).join(format!("{number:05}"))
    }

    pub fn temporary(&self) -> PathBuf {
        self.root.join("tmp").join(Uuid::new_v4().simple().to_string())
    }
}

/// The folder a file lies in.
pub(super) fn folder(path: &Path) -> &Path {
    path.parent().expect("every path of the layout has a parent below the root")
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes every write");
        text
    })
}

/// Microseconds since 1970.
pub(super) fn now_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

pub(super) fn system_time(us: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(us).unwrap_or(0))
}
