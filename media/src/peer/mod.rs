//! WebRTC publishers: their offers are answered, their packets go through the tap, and events come out. Viewers get the
//! packets of a publisher as they came ([`Endpoint::watch`]).
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
//! The publisher's own candidates are never used, neither those of its offer nor trickled ones. Answers go only to
//! addresses from which authenticated checks came, so an offer cannot direct the server's traffic at a third party.

mod answer;
mod command;
mod connection;
mod endpoint;
mod engine;
mod feedback;
mod fragment;
mod link;
mod member;
mod network;
mod offer;
mod outbox;
mod outlet;
mod publisher;
mod pump;
mod reports;
mod stats;
mod video;
mod viewer;
mod watch;

pub use crate::net::Reach;
pub use endpoint::{Config, Endpoint};
pub use network::Counters;
pub use publisher::Publisher;
pub use stats::Stats;
pub use viewer::{Viewer, ViewerStats};

use crate::item::{Formats, Item, VideoCodec};
use coach_core::MediaTime;
use offer::Direction;
use std::time::Instant;

/// What one publisher may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The media time of the first kept unit: 0, or where a later part of the session begins.
    pub offset: MediaTime,
    /// The instant of media time 0, for a publisher who joins a timeline that runs already: the first kept unit then has the time that
    /// has passed since, and `offset` is not used. `None`: the first kept unit is at `offset`.
    pub zero: Option<Instant>,
    /// The bit rate that the sender is told to begin with, kbit/s. Without it senders begin at 300 and rise slowly.
    pub start_kbps: u32,
    /// The highest bit rate that the sender is told to use for video, kbit/s.
    pub max_kbps: u32,
    /// The largest width or height of a frame, pixels. Larger key frames are dropped.
    pub max_side: u32,
    /// How the video must be coded: as in the session's earlier parts. `None`: VP8 if it is offered, else H.264.
    pub codec: Option<VideoCodec>,
    /// Where viewers get what is published. `None`: nowhere.
    pub feed: Option<FeedId>,
}

/// Names what one participant publishes, over all of its publishings. [`Endpoint::feed`] makes a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FeedId(u64);

impl Default for Limits {
    fn default() -> Self {
        Limits {
            offset: MediaTime::ZERO,
            zero: None,
            start_kbps: 1500,
            max_kbps: 2500,
            max_side: 1920,
            codec: None,
            feed: None,
        }
    }
}

/// The reply to a publisher or to a viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The SDP answer, with all candidates of the server.
    pub sdp: String,
    /// How the video is coded. `None`: there is none.
    pub codec: Option<VideoCodec>,
    /// The name of this ICE session. It changes with every restart and serves as the ETag (RFC 9725, section 4.3.1).
    pub ice_tag: String,
}

/// Checks an offer without answering it.
///
/// # Errors
/// Those of [`Endpoint::accept`] that the offer itself causes.
pub fn check(offer: &str) -> Result<(), Error> {
    offer::check(offer, Direction::Publish, None).map(drop)
}

/// The effect of a publisher's SDP fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patched {
    /// The fragment had candidates of the present ICE session, which are ignored.
    Candidates,
    /// The fragment had new credentials: a new ICE session begins, and `fragment` is the reply.
    Restarted {
        /// The local credentials and candidates, as an SDP fragment.
        fragment: String,
        /// The name of the new ICE session, as in [`Answer::ice_tag`].
        ice_tag: String,
    },
}

/// What happens to a publisher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The connection is established; media can flow.
    Connected,
    /// The formats of the items. Comes before the first item.
    Formats(Formats),
    /// One item of media.
    Item(Item),
    /// Nothing was heard for [`Config::disconnected_after`]. The publisher may come back by itself.
    Disconnected,
    /// The connection is lost for good. `Closed` follows.
    Failed,
    /// The last event: everything that belongs to the peer has been freed.
    Closed,
}

/// Why an offer was not answered.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// 400: the text is no session description.
    #[error("this is not a session description: {0}")]
    Malformed(String),
    /// 400: the offer has no media in the direction that is asked for.
    #[error("the offer has no audio or video that can be exchanged: {0}")]
    NoMedia(String),
    /// 422: a session description that cannot be accepted as it is.
    #[error("this offer cannot be accepted: {0}")]
    Unacceptable(String),
    /// 503: all places are taken.
    #[error("all {0} places are taken; try again later")]
    Busy(usize),
    /// 500: the port could not be bound, or a resource of the machine is missing.
    #[error("the media port: {0}")]
    Io(#[from] std::io::Error),
    /// 500: the WebRTC library failed on an offer that was checked.
    #[error("the WebRTC engine failed: {0}")]
    Engine(String),
}
