//! Limits for one person, one request and one machine.

use super::Error;
use serde::{Deserialize, Serialize};

/// Viewers on this machine at once.
pub const VIEWERS_MAX: usize = 200;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Live sessions on this machine at once.
    pub live_sessions: u32,
    /// Live sessions of one person at once; 0: as many as the machine takes.
    pub live_sessions_each: u32,
    /// A session ends by itself after this, minutes.
    pub session_minutes: u32,
    /// Largest SDP offer, bytes.
    pub offer_bytes: usize,
    /// Largest JSON body, bytes.
    pub json_bytes: usize,
    /// Largest clip of the device check, bytes.
    pub clip_bytes: usize,
    /// Largest uploaded file, bytes.
    pub upload_bytes: u64,
    /// Uploads of one person that are under way at once.
    pub uploads_each: u32,
    /// Sessions that one person may make within 24 hours.
    pub sessions_per_day: u32,
    /// Sessions are deleted after so many days; 0: never, unless their owner says so.
    pub retention_days: u32,
    /// Live channels of one session at once.
    pub channels: usize,
    /// Viewers of one live session at once, at most 200; 0: nobody may watch.
    pub viewers: usize,
    /// Messages a page may send on the live channel per second, averaged; bursts of twice as many pass.
    pub channel_messages_hz: u32,
    /// POST, PUT, PATCH and DELETE requests of one address per second, averaged; bursts of ten times as many pass. All who come
    /// through a proxy have the proxy's address, unless it is one of `http.trusted_proxies`.
    pub changes_hz: u32,
    /// Threads that look at faces; 0 = one per core.
    pub face_workers: usize,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            live_sessions: 8,
            live_sessions_each: 0,
            session_minutes: 90,
            offer_bytes: 64 * 1024,
            json_bytes: 64 * 1024,
            clip_bytes: 16 * 1024 * 1024,
            upload_bytes: 2 * 1024 * 1024 * 1024,
            uploads_each: 16,
            sessions_per_day: 500,
            retention_days: 0,
            channels: 16,
            viewers: 16,
            channel_messages_hz: 20,
            changes_hz: 20,
            face_workers: 0,
        }
    }
}

impl Config {
    /// Returns how many sessions of one person may be live at once.
    pub fn live_sessions_of_one(&self) -> usize {
        (if self.live_sessions_each == 0 { self.live_sessions } else { self.live_sessions_each }) as usize
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if self.viewers > VIEWERS_MAX {
            let why = format!("must be at most {VIEWERS_MAX}, which all live sessions share");
            return Err(Error::Invalid { key: "limits.viewers", why });
        }
        let positive = [
            ("limits.live_sessions", self.live_sessions as usize),
            ("limits.session_minutes", self.session_minutes as usize),
            ("limits.offer_bytes", self.offer_bytes),
            ("limits.json_bytes", self.json_bytes),
            ("limits.clip_bytes", self.clip_bytes),
            ("limits.upload_bytes", usize::try_from(self.upload_bytes).unwrap_or(usize::MAX)),
            ("limits.channels", self.channels),
            ("limits.channel_messages_hz", self.channel_messages_hz as usize),
            ("limits.uploads_each", self.uploads_each as usize),
            ("limits.sessions_per_day", self.sessions_per_day as usize),
            ("limits.changes_hz", self.changes_hz as usize),
        ];
        match positive.into_iter().find(|&(_, value)| value == 0) {
            Some((key, _)) => Err(Error::Invalid { key, why: "must be at least 1".into() }),
            None => Ok(()),
        }
    }
}
