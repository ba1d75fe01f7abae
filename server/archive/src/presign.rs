//! URLs that let a browser do one thing for a short while: read an object, put one, put one part.

use std::time::Duration;

use aws_sdk_s3::presigning::{PresignedRequest, PresigningConfig};

use crate::client::Archive;
use crate::error::Error;
use crate::objects::percent_encode;

/// A signed request. The browser must send exactly these headers, or the store answers 403.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presigned {
    /// `GET` or `PUT`.
    pub method: String,
    /// Where; contains the signature and the expiry.
    pub url: String,
    /// Headers that are signed. A browser sets `content-length` by itself and forbids to name it.
    pub headers: Vec<(String, String)>,
}

impl Presigned {
    fn of(request: &PresignedRequest) -> Presigned {
        let headers = request.headers().map(|(name, value)| (name.to_owned(), value.to_owned()));
        Presigned { method: request.method().to_owned(), url: request.uri().to_owned(), headers: headers.collect() }
    }
}

/// AWS takes at most a week.
fn expiry(ttl: Duration) -> Result<PresigningConfig, Error> {
    PresigningConfig::expires_in(ttl).map_err(|error| Error::Config(format!("a presigned URL for {ttl:?}: {error}")))
}

fn announced(length: u64) -> Result<i64, Error> {
    i64::try_from(length).map_err(|_| Error::Config(format!("{length} bytes are too many for one request")))
}

impl Archive {
    /// A URL to read an object, also in ranges, for `ttl`. With a file name the browser saves it under that name.
    ///
    /// # Errors
    /// The time is longer than a week.
    pub async fn presign_get(&self, key: &str, ttl: Duration, filename: Option<&str>) -> Result<Presigned, Error> {
        let disposition = filename.map(|name| {
            // RFC 6266: the plain form for old clients, the encoded form for every name.
            let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
            let plain: String = name.chars().map(|c| if safe(c) { c } else { '_' }).collect();
            let encoded = percent_encode(name).replace('/', "%2F");
            format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
        });
        let get = self.signer.get_object().bucket(&self.bucket).key(key).set_response_content_disposition(disposition);
        // Recordings of people: neither a browser nor a proxy keeps a copy that a deletion would not reach.
        let get = get.response_cache_control("private, no-store");
        let request = get.presigned(expiry(ttl)?).await.map_err(|error| Error::sdk(key, error))?;
        Ok(Presigned::of(&request))
    }

    /// A URL to put an object of exactly this media type and length.
    ///
    /// # Errors
    /// The time is longer than a week, or the length no length.
    pub async fn presign_put(
        &self,
        key: &str,
        content_type: &str,
        length: u64,
        ttl: Duration,
    ) -> Result<Presigned, Error> {
        let put = self.signer.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        let request = put.content_length(announced(length)?).presigned(expiry(ttl)?).await;
        Ok(Presigned::of(&request.map_err(|error| Error::sdk(key, error))?))
    }

    /// A URL to put one part (1 to 10000) of exactly this length of an upload that [`Archive::create_multipart`] began.
    ///
    /// # Errors
    /// The time is longer than a week, or the length no length.
    pub async fn presign_part(
        &self,
        key: &str,
        upload_id: &str,
        number: u16,
        length: u64,
        ttl: Duration,
    ) -> Result<Presigned, Error> {
        let part = self.signer.upload_part().bucket(&self.bucket).key(key).upload_id(upload_id);
        let part = part.part_number(i32::from(number)).content_length(announced(length)?);
        let request = part.presigned(expiry(ttl)?).await.map_err(|error| Error::sdk(key, error))?;
        Ok(Presigned::of(&request))
    }
}
