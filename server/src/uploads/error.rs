//! Errors of uploads.

/// Why an upload cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The session is gone.
    #[error("there is no such session")]
    NoSession,
    /// The file or its announcement is refused; the text says what is accepted.
    #[error("{0}")]
    Refused(String),
    /// Parts are missing; the client sends them and asks again.
    #[error("{0}")]
    Incomplete(String),
    /// The owner has enough under way.
    #[error("{0}")]
    TooMany(String),
    /// The disk of the embedded store could not take the file.
    #[error("{0}")]
    NoRoom(String),
    /// The object store failed.
    #[error(transparent)]
    Store(#[from] anyhow::Error),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

pub type Result<T> = std::result::Result<T, Error>;
