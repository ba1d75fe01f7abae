//! The archive: one client for every S3, and the S3 store that is built in for those who have none.
//!
//! [`Archive`] speaks S3 to whatever its [`Config`] names: the embedded [`store::Store`] by default, any S3 by
//! configuration. It is the only code of the project that knows `aws-sdk-s3`, which compiles slowly.

mod client;
mod error;
mod objects;
mod presign;
pub mod store;
mod upload;

pub use client::{Archive, Config};
pub use error::Error;
pub use objects::{Body, Head, Page};
pub use presign::Presigned;
pub use upload::{PartReceipt, Stored, Unfinished, Upload};
