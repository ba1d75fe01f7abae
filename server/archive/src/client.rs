//! The archive's configuration and its two clients: one that works, one that only signs for the public address.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};

use crate::error::Error;
use crate::store::Keys;

/// Which S3 to use. [`Config::embedded`] names the built-in store; all fields may be set for another.
#[derive(Clone, Debug)]
pub struct Config {
    /// `http(s)://host:port` of the S3 as the server reaches it; None: that of AWS for the region.
    pub endpoint: Option<String>,
    /// For example `eu-central-1`; the embedded store takes any.
    pub region: String,
    /// The bucket that everything lies in; made by [`Archive::ensure_bucket`] when it is missing.
    pub bucket: String,
    /// The key that signs.
    pub keys: Keys,
    /// `endpoint/bucket/key` rather than `bucket.endpoint/key`.
    pub path_style: bool,
    /// The address under which a browser reaches the same S3, when it is another than `endpoint`. Presigned URLs carry
    /// it, and the S3 must see it as Host.
    pub public_url: Option<String>,
    /// Bytes of one part of a multipart upload, 5 MiB to 5 GiB.
    pub part_size: usize,
}

impl Config {
    /// The embedded store, listening at `endpoint`.
    pub fn embedded(endpoint: impl Into<String>, keys: Keys) -> Config {
        Config {
            endpoint: Some(endpoint.into()),
            region: "us-east-1".into(),
            bucket: "coach".into(),
            keys,
            path_style: true,
            public_url: None,
            part_size: 8 << 20,
        }
    }
}

/// The least size of every part but the last, by the protocol.
pub(crate) const LEAST_PART: usize = 5 << 20;

/// A client of one bucket. Cheap to clone; connections are shared and made when they are needed.
///
/// ```no_run
/// use coach_archive::store::Keys;
/// use coach_archive::{Archive, Config};
/// use std::time::Duration;
///
/// # async fn run() -> Result<(), coach_archive::Error> {
/// let keys = Keys { access_key: "coach".into(), secret_key: "from the environment".into() };
/// let archive = Archive::new(Config { region: "eu-central-1".into(), ..Config::embedded("http://localhost:9000", keys) })?;
/// archive.ensure_bucket().await?;
/// // In parts, checked by their CRC against what the store says it has.
/// let stored = archive.put_file("sessions/1/recording.webm", "part-0.webm".as_ref(), "video/webm").await?;
/// println!("{} bytes", stored.size);
/// // What a browser plays, for an hour.
/// let link = archive.presign_get("sessions/1/recording.webm", Duration::from_secs(3600), None).await?;
/// println!("{}", link.url);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Archive {
    pub(crate) client: Client,
    pub(crate) signer: Client,
    pub(crate) bucket: String,
    pub(crate) part_size: usize,
}

impl Archive {
    /// Makes the clients; connects to nothing yet.
    ///
    /// # Errors
    /// The configuration cannot work; the message names the field.
    pub fn new(config: Config) -> Result<Archive, Error> {
        for (name, url) in [("endpoint", &config.endpoint), ("public_url", &config.public_url)] {
            if let Some(url) = url {
                let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
                if host.is_none_or(|host| host.is_empty() || host.starts_with('/') || host.contains(['?', '#', ' '])) {
                    return Err(Error::Config(format!("{name} is {url:?}, but must be http(s)://host[:port]")));
                }
            }
        }
        let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
        if !(3..=63).contains(&config.bucket.len()) || !config.bucket.chars().all(valid) {
            return Err(Error::Config(format!("bucket {:?} is not 3 to 63 of a-z, 0-9, '-' and '.'", config.bucket)));
        }
        if config.region.is_empty() || config.keys.access_key.is_empty() || config.keys.secret_key.is_empty() {
            return Err(Error::Config("region, access key and secret key must not be empty".into()));
        }
        if config.part_size < LEAST_PART || config.part_size > 5 << 30 {
            return Err(Error::Config(format!("part_size is {} bytes, but must be 5 MiB to 5 GiB", config.part_size)));
        }
        let client = client(&config, config.endpoint.as_deref());
        let signer = match &config.public_url {
            Some(url) => self::client(&config, Some(url)),
            None => client.clone(),
        };
        Ok(Archive { client, signer, bucket: config.bucket, part_size: config.part_size })
    }

    /// The bucket's name.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Makes the bucket if it is missing.
    ///
    /// # Errors
    /// The store cannot be reached, or refuses.
    pub async fn ensure_bucket(&self) -> Result<(), Error> {
        let what = format!("the bucket {}", self.bucket);
        match self.client.head_bucket().bucket(&self.bucket).send().await {
            Ok(_) => return Ok(()),
            Err(error) => match Error::sdk(&what, error) {
                Error::NotFound { .. } => {}
                other => return Err(other),
            },
        }
        use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
        let region = self.client.config().region().map_or("us-east-1", |region| region.as_ref());
        // AWS refuses the constraint for its first region and demands it for all others.
        let place = (region != "us-east-1").then(|| {
            CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(region)).build()
        });
        let made = self.client.create_bucket().bucket(&self.bucket).set_create_bucket_configuration(place).send().await;
        match made {
            Ok(_) => Ok(()),
            Err(error) => match Error::sdk(&what, error) {
                // Somebody else made it at the same time.
                Error::Condition { code, .. } if code == "BucketAlreadyOwnedByYou" => Ok(()),
                other => Err(other),
            },
        }
    }

    /// Proves that the archive works: writes, reads, presigns for and deletes a small object.
    ///
    /// # Errors
    /// The first thing that does not work, with its cure.
    pub async fn check(&self) -> Result<(), Error> {
        let key = format!("checks/{}", uuid::Uuid::now_v7());
        let bytes = bytes::Bytes::from(key.clone());
        self.put(&key, bytes.clone(), "text/plain").await?;
        let found = self.get(&key, None).await?.bytes(1 << 10).await;
        self.presign_get(&key, Duration::from_secs(60), None).await?;
        self.delete(&key).await?;
        if found? != bytes {
            return Err(Error::Corrupt { what: key, message: "other bytes came back than were written".into() });
        }
        Ok(())
    }
}

fn client(config: &Config, endpoint: Option<&str>) -> Client {
    let http = aws_smithy_http_client::Builder::new();
    let http = if endpoint.is_some_and(|url| url.starts_with("http://")) {
        http.build_http()
    } else {
        http.tls_provider(tls::Provider::Rustls(CryptoMode::Ring)).build_https()
    };
    let timeouts =
        TimeoutConfig::builder().connect_timeout(Duration::from_secs(5)).read_timeout(Duration::from_secs(60)).build();
    let keys = Credentials::new(&config.keys.access_key, &config.keys.secret_key, None, None, "configuration");
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new(config.region.clone()))
        .credentials_provider(keys)
        .force_path_style(config.path_style)
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .timeout_config(timeouts);
    Client::from_conf(match endpoint {
        Some(url) => config.endpoint_url(url.trim_end_matches('/')).build(),
        None => config.build(),
    })
}
