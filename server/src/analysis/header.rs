//! The first line of a live session's journal.

use super::models::Models;
use crate::config::Config;
use crate::store::sessions::Session;
use coach_core::MediaTime;
use coach_core::journal::{self, Header, Part, Source};

/// Returns the header of the journal of a live session.
pub fn live(models: &Models, config: &Config, session: &Session) -> Header {
    Header {
        version: journal::VERSION,
        source: Source::Live,
        started_us: session.started_us.unwrap_or_default(),
        owner: session.owner.to_string(),
        models: models.describe(),
        rate_hz: config.media.analyzed_hz,
        capture: session.capture,
        calibration: session.calibration,
        hints: session.hints.clone(),
        affect: session.affect,
        parts: vec![Part { n: 0, offset: MediaTime::ZERO }],
        room: session.room,
    }
}
