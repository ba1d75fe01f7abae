//! Files that a browser uploads directly to the store: upload slots, signed URLs for their parts, and the checks at the end.

mod complete;
mod error;
mod plan;
pub mod sweep;

pub use complete::complete;
pub use plan::Plan;

use crate::clock::{DAY_US, now_us};
use crate::config::storage::Kind;
use crate::context::Context;
use crate::objects::upload_key;
use crate::recording::{disk, kinds};
use crate::store::sessions::Session;
use crate::store::uploads::{self, Opened, Room, Slot};
use coach_core::UserId;
pub use error::{Error, Result};

/// A slot accepts parts for this long after it was last requested.
pub const SLOT_US: i64 = DAY_US;
/// Longest name that is stored with a file, characters.
const NAME_MAX: usize = 255;

/// The page's announcement of a file, before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    pub name: String,
    pub content_type: String,
    pub bytes: u64,
}

impl Announced {
    /// Accepts the announcement if such a file can be analyzed.
    ///
    /// # Errors
    /// The name, the type or the size is not accepted; the sentence says what is.
    pub fn new(name: &str, content_type: &str, bytes: u64, most: u64) -> Result<Announced> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
            return Err(Error::Refused(format!("a file's name has 1 to {NAME_MAX} plain characters")));
        }
        let content_type = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kinds::container(&content_type).is_none() {
            let detail = format!("this is not a recording that can be analyzed; choose {}", kinds::IN_WORDS);
            return Err(Error::Refused(detail));
        }
        if bytes == 0 {
            return Err(Error::Refused("the file is empty; choose another".into()));
        }
        if bytes > most {
            let detail = format!(
                "the file has {}, at most {} can be uploaded; cut it or save it with a lower bit rate",
                size_in_words(bytes),
                size_in_words(most)
            );
            return Err(Error::Refused(detail));
        }
        Ok(Announced { name: name.to_owned(), content_type, bytes })
    }

    fn is(&self, slot: &Slot) -> bool {
        self.name == slot.name && self.content_type == slot.content_type && Ok(self.bytes) == u64::try_from(slot.bytes)
    }
}

/// Returns the slot for this file: the open one with its parts, or a new one that replaces any other.
///
/// # Errors
/// The store or the database is unreachable.
pub async fn open(context: &Context, session: &Session, file: Announced) -> Result<Slot> {
    let (key, db) = (upload_key(session.id), &context.db);
    loop {
        if let Some(mut slot) = uploads::get(db, session.owner, session.id).await? {
            // A complete upload is never replaced, because its session has moved on.
            if slot.job.is_some() {
                return Ok(slot);
            }
            let expires_us = now_us() + SLOT_US;
            if file.is(&slot)
                && context.objects.filling(&key, &slot.upload_id).await?.is_some()
                && uploads::extend(db, &slot, expires_us).await?
            {
                slot.expires_us = expires_us;
                return Ok(slot);
            }
            close(context, &slot).await?;
        }
        let (room, now) = (room(context), now_us());
        // Known without the database, and a full disk could not even begin the upload.
        if i64::try_from(file.bytes).is_ok_and(|bytes| bytes > room.bytes) {
            return Err(no_room(&file, room.bytes));
        }
        let slot = Slot {
            session: session.id,
            owner: session.owner,
            name: file.name.clone(),
            content_type: file.content_type.clone(),
            bytes: i64::try_from(file.bytes).map_err(|_| Error::Refused("the file is too large".into()))?,
            part_bytes: i64::try_from(Plan::new(file.bytes).part_bytes()).map_err(anyhow::Error::new)?,
            upload_id: context.objects.begin_parts(&key, &file.content_type).await?,
            job: None,
            created_us: now,
            expires_us: now + SLOT_US,
        };
        let opened = uploads::open(db, &slot, room).await?;
        if opened == Opened::Yes {
            tracing::info!(session = %session.id, bytes = slot.bytes, content_type = slot.content_type, "an upload has a slot");
            return Ok(slot);
        }
        context.objects.abort_parts(&key, &slot.upload_id).await?;
        match opened {
            Opened::TooMany => {
                let most = context.config.limits.uploads_each;
                let detail = format!("{most} uploads are under way; finish one or give it up first");
                return Err(Error::TooMany(detail));
            }
            Opened::NoRoom(room) => return Err(no_room(&file, room)),
            // Another page of the same person was faster, or the session is gone.
            Opened::Yes | Opened::NoSession => {}
        }
        if crate::store::sessions::get(db, session.owner, session.id).await?.is_none() {
            return Err(Error::NoSession);
        }
    }
}

/// Returns the refusal of a file for which there is room for so many bytes alone.
fn no_room(file: &Announced, room: i64) -> Error {
    Error::NoRoom(format!(
        "the file has {}, and the server has room for {}; try again when other uploads are over",
        size_in_words(file.bytes),
        size_in_words(room.unsigned_abs())
    ))
}

/// Returns what may be under way at once: of one owner, and of all where the files lie on this server's disk.
fn room(context: &Context) -> Room {
    let storage = &context.config.storage;
    let bytes = match storage.kind {
        // A disk that does not say has room: a write will tell.
        Kind::Embedded => {
            disk::free(&storage.data).map_or(u64::MAX, |free| free.saturating_sub(storage.min_free_bytes))
        }
        _ => u64::MAX,
    };
    let slots = i64::from(context.config.limits.uploads_each);
    Room { slots, bytes: i64::try_from(bytes).unwrap_or(i64::MAX) }
}

/// Removes a slot, its row and its parts. Returns whether it was still open.
///
/// # Errors
/// The store or the database is unreachable; the sweep tries again.
pub async fn close(context: &Context, slot: &Slot) -> Result<bool> {
    context.objects.abort_parts(&upload_key(slot.session), &slot.upload_id).await?;
    // The row is deleted last: as long as it exists, the sweep finds the parts.
    Ok(uploads::close(&context.db, slot).await?)
}

/// Gives up every upload of the owner that is not complete: what was sent of it is erased, and the URLs that were handed out are
/// good for nothing more.
///
/// # Errors
/// The store or the database is unreachable; a further call goes on with what is left.
pub async fn close_all(context: &Context, owner: UserId) -> Result<()> {
    for slot in uploads::open_of(&context.db, owner).await? {
        close(context, &slot).await?;
    }
    Ok(())
}

/// Formats a length in bytes for people.
fn size_in_words(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.2} GiB", bytes as f64 / 1_073_741_824.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announce(name: &str, content_type: &str, bytes: u64) -> std::result::Result<Announced, String> {
        Announced::new(name, content_type, bytes, 2 << 30).map_err(|error| error.to_string())
    }

    #[test]
    fn a_recording_of_any_phone_is_taken_under_its_plain_type() {
        let file = announce(" IMG 0042 – ümlaut.MOV ", "Video/QuickTime; codecs=hvc1", 1).unwrap();
        assert_eq!((file.name.as_str(), file.content_type.as_str()), ("IMG 0042 – ümlaut.MOV", "video/quicktime"));
        assert!(announce("a", "video/mp4", 2 << 30).is_ok());
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_would() {
        for name in ["", "   ", "a\nb", "a\0b", &"x".repeat(256)] {
            assert!(announce(name, "video/mp4", 1).unwrap_err().contains("plain characters"), "{name:?}");
        }
        for kind in ["", "text/html", "image/png", "video/", "video/mp4,video/webm", "application/octet-stream"] {
            assert!(announce("a", kind, 1).unwrap_err().contains("MP4"), "{kind:?}");
        }
        assert!(announce("a", "video/mp4", 0).unwrap_err().contains("empty"));
        assert!(announce("a", "video/mp4", (2 << 30) + 1).unwrap_err().contains("at most 2.00 GiB"));
        assert!(announce("a", "video/mp4", u64::MAX).is_err());
    }
}
