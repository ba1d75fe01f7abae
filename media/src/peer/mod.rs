//! One WebRTC publisher: its offer is answered, its packets go through the tap, events come out.
//!
//! ```no_run
//! # async fn run(offer: &str) -> Result<(), coach_media::peer::Error> {
//! use coach_media::peer::{Config, Endpoint, Event, Limits};
//! let endpoint = Endpoint::bind(Config::default())?;
//! let (answer, mut publisher) = endpoint.accept(offer, &Limits::default()).await?;
//! println!("{}", answer.sdp);
//! let mut events = publisher.events();
//! while let Some(event) = events.recv().await {
//!     if let Event::Item(item) = event {
//!         println!("{item:?}");
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Candidates of the publisher are never used, neither those of its offer nor trickled ones: it is answered where its own
//! authenticated checks come from, so an offer cannot aim the server at anybody.

mod answer;
mod command;
mod connection;
mod endpoint;
mod engine;
mod fragment;
mod network;
mod offer;
mod outbox;
mod publisher;
mod pump;
mod reports;
mod stats;

pub use crate::net::Reach;
pub use endpoint::{Config, Endpoint};
pub use network::Counters;
pub use publisher::Publisher;
pub use stats::Stats;

use crate::item::{Formats, Item};
use coach_core::MediaTime;

/// What one publisher may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Media time of the first unit that is kept: 0, or where a later part of the session begins.
    pub offset: MediaTime,
    /// What the sender is told to begin with, kbit/s, instead of feeling its way up from 300.
    pub start_kbps: u32,
    /// What the sender is told not to exceed for pictures, kbit/s.
    pub max_kbps: u32,
    /// Pictures wider or higher than that are dropped, pixels.
    pub max_side: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { offset: MediaTime::ZERO, start_kbps: 1500, max_kbps: 2500, max_side: 1920 }
    }
}

/// What goes back to the publisher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The SDP answer, with all our candidates.
    pub sdp: String,
    /// Names this ICE session; changes with every restart. Good for an ETag (RFC 9725, 4.3.1).
    pub ice_tag: String,
}

/// Checks an offer without answering it.
///
/// # Errors
/// Those of [`Endpoint::accept`] that are the offer's own fault.
pub fn check(offer: &str) -> Result<(), Error> {
    offer::check(offer).map(drop)
}

/// What a publisher's SDP fragment led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patched {
    /// It had candidates of the present ICE session, which are left aside.
    Candidates,
    /// It had new credentials: ICE begins anew, and this goes back.
    Restarted {
        /// Our credentials and candidates, as an SDP fragment.
        fragment: String,
        /// Names the new ICE session, as [`Answer::ice_tag`].
        ice_tag: String,
    },
}

/// What a publisher does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Media can flow.
    Connected,
    /// What the items will be; before the first of them.
    Formats(Formats),
    Item(Item),
    /// Nothing was heard for some seconds. It may come back by itself.
    Disconnected,
    /// It will not come back. `Closed` follows.
    Failed,
    /// The last event: everything of the peer has been freed.
    Closed,
}

/// Why an offer was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 400: this is no session description.
    #[error("this is not a session description: {0}")]
    Malformed(String),
    /// 400: it offers nothing to receive.
    #[error("the offer has no audio or video to send: {0}")]
    NoMedia(String),
    /// 422: a session description that we cannot take as it is.
    #[error("this offer cannot be accepted: {0}")]
    Unacceptable(String),
    /// 503: try again later.
    #[error("all {0} places for publishers are taken; try again later")]
    Busy(usize),
    /// 500: the port could not be bound, or the machine lacks something.
    #[error("the media port: {0}")]
    Io(#[from] std::io::Error),
    /// 500: the WebRTC library failed on an offer that we took for good.
    #[error("the WebRTC engine failed: {0}")]
    Engine(String),
}
