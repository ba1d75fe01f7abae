//! The checks of the conformance table; each panics with what is wrong.

pub mod objects;
pub mod parts;
pub mod signatures;

use std::fmt::Debug;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use coach_archive::Config;
use coach_archive::store::Keys;

use crate::support;

pub struct Target {
    pub name: &'static str,
    pub config: Config,
    pub client: Client,
    pub bucket: String,
}

impl Target {
    pub fn new(name: &'static str, config: Config) -> Target {
        let client = support::sdk(&config, &config.keys);
        Target { name, client, bucket: config.bucket.clone(), config }
    }

    pub fn with_keys(&self, access_key: &str, secret_key: &str) -> Client {
        support::sdk(&self.config, &Keys { access_key: access_key.into(), secret_key: secret_key.into() })
    }

    pub async fn put(&self, key: &str, bytes: &[u8]) {
        let put = self.client.put_object().bucket(&self.bucket).key(key).body(bytes.to_vec().into());
        put.send().await.unwrap_or_else(|error| panic!("put {key:?}: {error:?}"));
    }

    pub async fn get(&self, key: &str) -> Vec<u8> {
        let got = self.client.get_object().bucket(&self.bucket).key(key).send().await;
        let got = got.unwrap_or_else(|error| panic!("get {key:?}: {error:?}"));
        got.body.collect().await.expect("the bytes, whole").to_vec()
    }

    pub async fn delete(&self, key: &str) {
        let delete = self.client.delete_object().bucket(&self.bucket).key(key);
        delete.send().await.unwrap_or_else(|error| panic!("delete {key:?}: {error:?}"));
    }
}

/// The HTTP status and S3 code of a refusal.
#[track_caller]
pub fn refusal<T: Debug, E>(result: Result<T, SdkError<E, aws_sdk_s3::config::http::HttpResponse>>) -> (u16, String)
where
    E: ProvideErrorMetadata + Debug,
{
    match result {
        Ok(accepted) => panic!("accepted: {accepted:?}"),
        Err(error) => {
            let status = error.raw_response().map_or(0, |response| response.status().as_u16());
            (status, error.code().unwrap_or_default().to_owned())
        }
    }
}
