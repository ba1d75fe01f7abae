//! Live media: addresses, times and rates.

use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The UDP port that all peers share.
    pub udp_bind: SocketAddr,
    /// Addresses that are offered to browsers beside the bound one, for a server behind NAT or in a container.
    pub public_ips: Vec<IpAddr>,
    /// How long a session waits for a lost publisher, seconds.
    pub grace_s: u32,
    /// Frames analyzed per second of media.
    pub analysed_hz: u32,
    /// Bit rate that a publisher is asked to stay below, bits per second.
    pub max_bitrate_bps: u32,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            udp_bind: SocketAddr::from(([127, 0, 0, 1], 8082)),
            public_ips: Vec::new(),
            grace_s: 60,
            analysed_hz: 15,
            max_bitrate_bps: 2_500_000,
        }
    }
}
