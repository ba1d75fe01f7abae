//! How a failure of the disk or a broken promise of a client becomes an answer of the S3 protocol.

use std::io;

use s3s::{S3Error, S3ErrorCode};

use super::quota::Exceeded;

/// The code of the answer when there is no room: HTTP 507, which clients do not retry.
pub(super) const NO_ROOM: &str = "InsufficientStorage";

/// A full disk says so; everything else is the server's own failure, logged here once.
pub(super) fn disk(error: io::Error) -> S3Error {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded | FileTooLarge => no_room(format!("the disk of the object store is full: {error}")),
        _ => {
            tracing::error!(%error, "the object store's disk failed");
            S3Error::with_message(S3ErrorCode::InternalError, format!("the object store's disk failed: {error}"))
        }
    }
}

pub(super) fn quota(exceeded: Exceeded) -> S3Error {
    no_room(format!("the object store's quota of {} bytes is used up", exceeded.limit))
}

fn no_room(message: String) -> S3Error {
    tracing::warn!(message, "an object was refused");
    let mut error = S3Error::with_message(S3ErrorCode::Custom(NO_ROOM.into()), message);
    error.set_status_code(hyper::StatusCode::INSUFFICIENT_STORAGE);
    error
}

/// An error of the client's making, with words.
pub(super) fn refuse(code: S3ErrorCode, message: impl Into<String>) -> S3Error {
    S3Error::with_message(code, message.into())
}
