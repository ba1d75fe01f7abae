//! Addresses and origins of the pages and the API.

use super::Error;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address to listen at. Beyond loopback it needs https, and whoever comes proves who they are: people sign in, or, in
    /// personal mode, devices are paired. `COACH_ALLOW_BIND=i-understand` takes both away.
    pub bind: SocketAddr,
    /// Whether the listener speaks https: with `tls_cert` and `tls_key`, else with a certificate that the server makes itself and
    /// keeps in the data folder.
    pub tls: bool,
    /// File of the certificate and those that vouch for it, PEM. Read again when it changes.
    pub tls_cert: Option<PathBuf>,
    /// File of the certificate's key, PEM.
    pub tls_key: Option<PathBuf>,
    /// URL under which browsers reach the server, when it is not `http://localhost:<port>`; its host is allowed.
    pub public_url: Option<String>,
    /// Further host names of the server. The Host header is checked against them (DNS rebinding).
    pub allowed_hosts: Vec<String>,
    /// Further origins whose pages may call the API, such as `http://localhost:5173`.
    pub allowed_origins: Vec<String>,
    /// Proxies in front of the server, as `10.0.0.0/8` or `192.0.2.1`. Only from these is `X-Forwarded-For` believed, so that limits
    /// per address count the proxy's clients and not the proxy.
    pub trusted_proxies: Vec<Network>,
    /// Whether an address beyond loopback is allowed, which is set by `COACH_ALLOW_BIND=i-understand` alone. Everybody who
    /// reaches the port then acts as the person.
    #[serde(skip)]
    pub allow_any_bind: bool,
}

/// Addresses, as `10.0.0.0/8`, or a single one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(pub IpNet);

/// A text is neither an address nor a network.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is neither an address nor a network such as 10.0.0.0/8")]
pub struct NoNetwork(String);

impl TryFrom<String> for Network {
    type Error = NoNetwork;

    fn try_from(text: String) -> Result<Network, NoNetwork> {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        network.map(Network).map_err(|_| NoNetwork(text))
    }
}

impl From<Network> for String {
    fn from(network: Network) -> String {
        network.0.to_string()
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            bind: SocketAddr::from(([127, 0, 0, 1], 8080)),
            tls: false,
            tls_cert: None,
            tls_key: None,
            public_url: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            allow_any_bind: false,
        }
    }
}

impl Config {
    /// `signs_in`: people sign in, so that the address may be any that browsers reach by https.
    pub(super) fn check(&self, signs_in: bool) -> Result<(), Error> {
        if self.tls_cert.is_some() != self.tls_key.is_some() {
            let why = "a certificate needs its key: set both tls_cert and tls_key".into();
            return Err(Error::Invalid { key: "http.tls_cert", why });
        }
        if self.tls_cert.is_some() && !self.tls {
            let why = "the certificate is used only with http.tls = true".into();
            return Err(Error::Invalid { key: "http.tls", why });
        }
        let protected = self.tls || (signs_in && self.is_https());
        if !self.bind.ip().is_loopback() && !self.allow_any_bind && !protected {
            return Err(Error::Invalid {
                key: "http.bind",
                why: format!(
                    "{} is not a loopback address, and without sign-in whoever reaches the port sees every recording; set http.tls = true \
                     to pair devices, or [auth] and an https public_url, or COACH_ALLOW_BIND=i-understand if something else keeps \
                     strangers out",
                    self.bind
                ),
            });
        }
        if let Some(url) = &self.public_url {
            let uri: axum::http::Uri = url
                .parse()
                .map_err(|error| Error::Invalid { key: "http.public_url", why: format!("{url:?}: {error}") })?;
            let plain = uri.path() == "/" && uri.query().is_none();
            if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.authority().is_none() || !plain {
                let why = format!("{url:?} is not of the form https://coach.example");
                return Err(Error::Invalid { key: "http.public_url", why });
            }
        }
        Ok(())
    }

    /// Returns whether browsers reach the server by https.
    pub fn is_https(&self) -> bool {
        self.base_url().starts_with("https://")
    }

    /// Returns the URL under which a browser on this machine reaches the server, without a trailing slash.
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("{}://localhost:{}", if self.tls { "https" } else { "http" }, self.bind.port()),
        }
    }

    /// Returns whether devices other than this machine must be paired before they may ask anything. `signs_in`: people sign in
    /// instead.
    pub fn pairs(&self, signs_in: bool) -> bool {
        self.tls && !signs_in && !self.allow_any_bind && !self.bind.ip().is_loopback()
    }
}
