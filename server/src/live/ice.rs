//! The ICE session of a publishing or a viewing, as requests know it: by its entity tag (RFC 9725, section 4.3.1).

use super::{Patch, PatchError, Patched};
use coach_media::peer;

/// An ICE session. A restart gives it another tag.
#[derive(Debug)]
pub struct IceSession {
    etag: String,
}

impl IceSession {
    /// Returns the session that the media port calls `ice_tag`.
    pub fn new(ice_tag: &str) -> IceSession {
        IceSession { etag: format!("\"{ice_tag}\"") }
    }

    /// Returns the strong entity tag, with its quotes.
    pub fn etag(&self) -> &str {
        &self.etag
    }

    /// Checks that a patch is meant for this ICE session.
    ///
    /// # Errors
    /// `If-Match` is missing or names another one.
    pub fn check(&self, patch: &Patch) -> Result<(), PatchError> {
        let wanted = patch.if_match.as_deref().ok_or(PatchError::NoPrecondition)?;
        let ours = wanted.split(',').map(str::trim).any(|tag| tag == "*" || tag == self.etag);
        if ours { Ok(()) } else { Err(PatchError::Precondition) }
    }

    /// Takes in what the media port has made of a patch.
    ///
    /// # Errors
    /// The media port refused it.
    pub fn take(&mut self, patched: Result<peer::Patched, peer::Error>) -> Result<Patched, PatchError> {
        match patched {
            Ok(peer::Patched::Candidates) => Ok(Patched::Candidates),
            Ok(peer::Patched::Restarted { fragment, ice_tag }) => {
                *self = IceSession::new(&ice_tag);
                Ok(Patched::Restarted { fragment, etag: self.etag.clone() })
            }
            Err(peer::Error::Malformed(why)) => Err(PatchError::Malformed(why)),
            Err(error) => Err(PatchError::Failed(error.into())),
        }
    }
}
