//! What can go wrong with an object, by whose doing, and whether to try again.

use std::io;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// Why an operation on the archive failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such object, upload or bucket.
    #[error("{what} is not in the archive")]
    NotFound {
        /// What was asked for.
        what: String,
    },
    /// The store refuses these keys.
    #[error(
        "the object store refused {what} ({code}): check the access key, the secret, the bucket's policy and this machine's clock"
    )]
    Denied {
        /// What was asked for.
        what: String,
        /// The code of S3.
        code: String,
    },
    /// The store has no room.
    #[error("the object store is full, {what} was not stored: {message}")]
    Full {
        /// What was to be stored.
        what: String,
        /// The words of the store.
        message: String,
    },
    /// A condition of the request did not hold.
    #[error("{what} is not as expected in the archive ({code})")]
    Condition {
        /// What was asked for.
        what: String,
        /// The code of S3.
        code: String,
    },
    /// The store cannot be reached or is overloaded: the same call may succeed later.
    #[error("the object store cannot be reached for {what}: {message}; check the endpoint and the network")]
    Unavailable {
        /// What was asked for.
        what: String,
        /// The words of the transport.
        message: String,
    },
    /// The bytes in the store are not the bytes that were sent.
    #[error("{what} in the archive is damaged: {message}")]
    Corrupt {
        /// The object.
        what: String,
        /// How it differs.
        message: String,
    },
    /// The store says that the request is wrong.
    #[error("the object store refused {what} ({code}): {message}")]
    Refused {
        /// What was asked for.
        what: String,
        /// The code of S3.
        code: String,
        /// The words of the store.
        message: String,
    },
    /// The configuration cannot work.
    #[error("the archive's configuration is wrong: {0}")]
    Config(String),
    /// A local file failed.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// Whether the same call may succeed later without anything else changing.
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Unavailable { .. })
    }

    /// Whether what was asked for is not there.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Error::NotFound { .. })
    }

    pub(crate) fn io(path: &std::path::Path, source: io::Error) -> Error {
        Error::Io { path: path.display().to_string(), source }
    }

    /// Sorts an error of the SDK.
    pub(crate) fn sdk<E>(what: &str, error: SdkError<E, HttpResponse>) -> Error
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let what = what.to_owned();
        let status = error.raw_response().map_or(0, |response| response.status().as_u16());
        let code = error.code().unwrap_or_default().to_owned();
        let message = match error.message() {
            Some(message) => message.to_owned(),
            None => DisplayErrorContext(&error).to_string(),
        };
        match (&error, status) {
            (SdkError::ConstructionFailure(_), _) => Error::Config(format!("{what}: {message}")),
            (SdkError::DispatchFailure(_) | SdkError::TimeoutError(_), _) | (_, 500 | 502 | 503 | 504 | 429) => {
                Error::Unavailable { what, message }
            }
            // A response that ends too early or cannot be parsed: the connection broke inside it.
            (SdkError::ResponseError(_), ..=399) => Error::Unavailable { what, message },
            (_, 404) if code == "NoSuchBucket" => Error::NotFound { what: format!("the bucket for {what}") },
            (_, 404) => Error::NotFound { what },
            (_, 401 | 403) => Error::Denied { what, code },
            (_, 304 | 412 | 409) => {
                Error::Condition { what, code: if code.is_empty() { status.to_string() } else { code } }
            }
            (_, 507) => Error::Full { what, message },
            _ if code == "BadDigest" => Error::Corrupt { what, message },
            _ => Error::Refused { what, code: if code.is_empty() { status.to_string() } else { code }, message },
        }
    }
}
