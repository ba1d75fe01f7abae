//! The place where a track is decoded: a thread of this process, or a separate process.

use super::Error;
use super::chain::Chain;
use crate::item::{AccessUnit, GapReason};
use crate::process;
use coach_core::MediaTime;

/// What happens to a unit that the decoder has no room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// The unit is lost.
    Live,
    /// The unit waits for room.
    File,
}

/// What the decoders of both tracks have in common.
pub(crate) trait Decoder {
    /// Takes a unit.
    fn take(&mut self, unit: &AccessUnit, pace: Pace) -> Result<(), Error>;

    /// Returns the place where the track is decoded.
    fn way(&mut self) -> &mut Way;
}

/// The decoder of one track, in either place.
pub(crate) enum Way {
    Here(Chain),
    Away(process::Decoder),
}

impl Way {
    /// Takes a unit. In this process one that is not `fit` is lost; a separate process checks that by itself.
    pub fn push(&mut self, unit: &AccessUnit, fit: bool, pace: Pace) -> Result<(), Error> {
        match (self, pace) {
            (Way::Here(chain), _) if !fit => {
                chain.refuse(unit);
                Ok(())
            }
            (Way::Here(chain), Pace::Live) => chain.push(unit),
            (Way::Here(chain), Pace::File) => chain.push_blocking(unit),
            (Way::Away(decoder), Pace::Live) => decoder.push(unit),
            (Way::Away(decoder), Pace::File) => decoder.push_blocking(unit),
        }
    }

    /// Begins decoding anew with the unit of time `t`; a separate process does that by itself.
    pub fn renew(&mut self, t: MediaTime) -> Result<(), Error> {
        match self {
            Way::Here(chain) => chain.renew(t),
            Way::Away(_) => Ok(()),
        }
    }

    /// Waits until everything that was pushed has come out. Nothing can be pushed afterwards.
    pub fn flush(&mut self) -> Result<(), Error> {
        match self {
            Way::Here(chain) => chain.flush(),
            Way::Away(decoder) => decoder.flush(),
        }
    }

    /// Returns since when nothing has come out for pushed units, unless later output reported it.
    pub fn lost(&self) -> Option<(MediaTime, GapReason)> {
        match self {
            Way::Here(chain) => chain.lost(),
            Way::Away(decoder) => decoder.lost(),
        }
    }

    /// Returns whether nothing decodes before the next key unit.
    pub fn needs_key(&self) -> bool {
        match self {
            Way::Here(chain) => chain.needs_key(),
            Way::Away(decoder) => decoder.needs_key(),
        }
    }
}
