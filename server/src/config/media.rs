//! Live media: addresses, times and rates.

pub mod turn;

use super::Error;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The one UDP port of all peers. All addresses by default: some browsers connect to no loopback address, not even on the
    /// same machine.
    pub udp_bind: SocketAddr,
    /// From where publishers may come; datagrams from elsewhere are dropped unread.
    pub udp_from: From,
    /// Addresses offered to browsers instead of the machine's own, for a server behind NAT or in a container.
    pub public_ips: Vec<IpAddr>,
    /// How long a session waits for a lost publisher, seconds.
    pub grace_s: u32,
    /// Frames analyzed per second of media.
    #[serde(alias = "analysed_hz")]
    pub analyzed_hz: u32,
    /// Bit rate that a publisher is asked to stay below, bits per second.
    pub max_bitrate_bps: u32,
}

/// From where publishers may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum From {
    /// Programs of this machine alone.
    Machine,
    /// Any machine that reaches the port.
    Network,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            udp_bind: SocketAddr::from(([0, 0, 0, 0], 8082)),
            udp_from: From::Machine,
            public_ips: Vec::new(),
            grace_s: 60,
            analyzed_hz: 15,
            max_bitrate_bps: 2_500_000,
        }
    }
}

impl Config {
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.udp_from == From::Machine && !self.public_ips.is_empty() {
            let why =
                "addresses are offered to other machines, but publishers of this machine alone are answered; set \
                       media.udp_from = \"network\" to answer others too"
                    .into();
            return Err(Error::Invalid { key: "media.public_ips", why });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_addresses_without_an_answer_to_the_network_are_refused_with_the_cure() {
        let closed = Config { public_ips: vec!["192.0.2.10".parse().unwrap()], ..Config::default() };
        let error = closed.check().unwrap_err().to_string();
        assert!(error.contains("media.public_ips") && error.contains("media.udp_from"), "{error}");
        assert!(Config { udp_from: From::Network, ..closed }.check().is_ok());
    }
}
